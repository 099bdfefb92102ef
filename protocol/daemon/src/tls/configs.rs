//! The rustls settings of both ends: TLS 1.3, the ring provider, our own authority and no other.
//!
//! Certificates of public authorities play no part here: calls to carriers and payment services
//! are other clients.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig,
    SignatureScheme,
};

use super::enrolment_code::EnrolmentCode;
use super::error::TlsError;
use super::fingerprint::Fingerprint;
use super::identity::{Identity, first_certificate};

/// Which versions of HTTP a connection may settle on (ALPN).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocols {
    /// HTTP/1.1 only.
    Http1,
    /// HTTP/2, or HTTP/1.1 with a peer that has no other.
    Http1And2,
}

/// Makes ring the provider of every TLS connection of this process. The first thing in every
/// `main` and test harness: reqwest panics without it. Calling it again does nothing.
pub fn install_crypto_provider() {
    if CryptoProvider::get_default().is_none() {
        // Another thread may have been faster with the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

/// Returns the settings of a listener that asks for no client certificate: pages and the API.
///
/// # Errors
///
/// [`TlsError::Pem`], [`TlsError::Unusable`] when key and certificate do not belong together.
pub fn server_config(
    identity: &Identity,
    protocols: Protocols,
) -> Result<Arc<ServerConfig>, TlsError> {
    let mut config = server_builder()
        .with_no_client_auth()
        .with_single_cert(identity.certificates()?, identity.key()?)
        .map_err(|cause| TlsError::Unusable {
            what: "the server",
            cause,
        })?;
    config.alpn_protocols = alpn(protocols);
    Ok(Arc::new(config))
}

/// Returns the settings of the sync listener: no certificate of this authority, no connection.
///
/// # Errors
///
/// As [`server_config`]; [`TlsError::Authority`].
pub fn server_config_with_client_certs(
    identity: &Identity,
    authority_pem: &str,
    protocols: Protocols,
) -> Result<Arc<ServerConfig>, TlsError> {
    let verifier = WebPkiClientVerifier::builder_with_provider(roots(authority_pem)?, provider())
        .build()
        .map_err(|cause| TlsError::Authority {
            cause: Box::new(cause),
        })?;
    let mut config = server_builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(identity.certificates()?, identity.key()?)
        .map_err(|cause| TlsError::Unusable {
            what: "the server",
            cause,
        })?;
    config.alpn_protocols = alpn(protocols);
    Ok(Arc::new(config))
}

/// Returns the settings of a client that trusts one authority only and shows `identity`, if it has
/// one. For reqwest: `ClientBuilder::tls_backend_preconfigured`.
///
/// # Errors
///
/// [`TlsError::Pem`], [`TlsError::Authority`], [`TlsError::Unusable`].
pub fn client_config(
    authority_pem: &str,
    identity: Option<&Identity>,
    protocols: Protocols,
) -> Result<ClientConfig, TlsError> {
    let builder = client_builder().with_root_certificates(roots(authority_pem)?);
    let mut config = match identity {
        Some(identity) => builder
            .with_client_auth_cert(identity.certificates()?, identity.key()?)
            .map_err(|cause| TlsError::Unusable {
                what: "the client",
                cause,
            })?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = alpn(protocols);
    Ok(config)
}

/// Returns the settings of an edge that has nothing but the enrolment code: it talks only to a
/// server whose chain carries the authority the code names.
#[must_use]
pub fn enrolling_client_config(code: &EnrolmentCode, protocols: Protocols) -> ClientConfig {
    let verifier = NamedAuthority {
        code: code.clone(),
        provider: provider(),
    };
    let mut config = client_builder()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = alpn(protocols);
    config
}

/// Checks a server against the authority that an enrolment code names.
#[derive(Debug)]
struct NamedAuthority {
    code: EnrolmentCode,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for NamedAuthority {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let unknown = || rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let authority = intermediates
            .iter()
            .find(|certificate| self.code.names(&Fingerprint::of(certificate)))
            .ok_or_else(unknown)?;
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone().into_owned())?;
        let verifier =
            WebPkiServerVerifier::builder_with_provider(roots.into(), self.provider.clone())
                .build()
                .map_err(|_| unknown())?;
        verifier.verify_server_cert(end_entity, &[], server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General(
            "TLS 1.2 is not spoken here".to_owned(),
        ))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn server_builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("ring has the cipher suites of TLS 1.3")
}

fn client_builder() -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("ring has the cipher suites of TLS 1.3")
}

fn roots(authority_pem: &str) -> Result<Arc<RootCertStore>, TlsError> {
    let mut roots = RootCertStore::empty();
    roots
        .add(first_certificate(
            authority_pem,
            "the authority's certificate",
        )?)
        .map_err(|cause| TlsError::Authority {
            cause: Box::new(cause),
        })?;
    Ok(Arc::new(roots))
}

fn alpn(protocols: Protocols) -> Vec<Vec<u8>> {
    match protocols {
        Protocols::Http1 => vec![b"http/1.1".to_vec()],
        Protocols::Http1And2 => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
    }
}
