//! The hub's own certificate authority, and the edge's request to it.
//!
//! It keeps no list of what it issued: the hub's stores slice does, by serial number and
//! fingerprint. A store's own authority for its pages on the LAN is the same thing.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType, SerialNumber,
};
use time::{Duration, OffsetDateTime};

use super::error::TlsError;
use super::fingerprint::Fingerprint;
use super::identity::{Identity, first_certificate};
use crate::entropy::{Entropy, random_bytes};

/// The prefix of the name that a client certificate carries for machines: then the edge's number,
/// a colon and the store.
pub(super) const EDGE_URN: &str = "urn:counterpart:edge:";
/// An authority lives for ten years: every store is enrolled anew when it ends.
const AUTHORITY_DAYS: u32 = 3_650;
/// A certificate is valid from a day before it is made, because the clocks of shops are wrong.
const BACKDATED: Duration = Duration::days(1);

/// Whom a client certificate is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeName {
    /// The edge's number, given by the hub, unique among its edges.
    pub edge_number: u32,
    /// The store's slug: lower-case letters, digits and `-`.
    pub store: String,
}

/// A fresh key of an edge, and the request to certify it.
pub struct KeyAndCsr {
    /// PEM, PKCS#8; stays at the edge.
    pub key_pem: String,
    /// PEM; goes to the hub.
    pub csr_pem: String,
}

/// Makes the edge's key and its request. The name is given by the hub, so the request has none.
///
/// # Errors
///
/// [`TlsError::Make`] when the system has no randomness.
pub fn make_key_and_csr() -> Result<KeyAndCsr, TlsError> {
    let key = new_key()?;
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name("counterpart edge");
    let csr_pem = params
        .serialize_request(&key)
        .and_then(|request| request.pem())
        .map_err(|cause| TlsError::Make {
            what: "the certificate request",
            cause,
        })?;
    Ok(KeyAndCsr {
        key_pem: key.serialize_pem(),
        csr_pem,
    })
}

/// A certificate authority with its key.
pub struct Authority {
    identity: Identity,
    fingerprint: Fingerprint,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Makes a new authority that is valid for ten years from `now_ms`. The key comes from the
    /// system's generator; `entropy` only gives the serial number.
    ///
    /// # Errors
    ///
    /// [`TlsError::Make`].
    pub fn create(name: &str, now_ms: i64, entropy: &dyn Entropy) -> Result<Self, TlsError> {
        let key = new_key()?;
        let mut params = params(now_ms, AUTHORITY_DAYS, entropy)?;
        params.distinguished_name = common_name(name);
        // It signs certificates of machines only, never another authority.
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(|cause| TlsError::Make {
            what: "the authority's certificate",
            cause,
        })?;
        let certificate_pem = certificate.pem();
        Self::load(Identity {
            certificate_pem,
            key_pem: key.serialize_pem(),
        })
    }

    /// Takes up an authority that was saved.
    ///
    /// # Errors
    ///
    /// [`TlsError::Pem`], [`TlsError::Make`] when the texts are no authority and its key.
    pub fn load(identity: Identity) -> Result<Self, TlsError> {
        let der = first_certificate(&identity.certificate_pem, "the authority's certificate")?;
        let failed = |cause| TlsError::Make {
            what: "the saved authority",
            cause,
        };
        let key = KeyPair::from_pem(&identity.key_pem).map_err(failed)?;
        let issuer = Issuer::from_ca_cert_der(&der, key).map_err(failed)?;
        Ok(Self {
            fingerprint: Fingerprint::of(&der),
            identity,
            issuer,
        })
    }

    /// Returns the certificate and key, to save them.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Returns the certificate others trust, in PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.identity.certificate_pem
    }

    /// Returns the SHA-256 of the authority's certificate, which enrolment codes carry.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Issues a key and certificate for a server that is reached under `names`, DNS names or IP
    /// addresses, valid for `days` from `now_ms`. The chain carries the authority's certificate,
    /// so that an edge that only knows its fingerprint can check it.
    ///
    /// # Errors
    ///
    /// [`TlsError::NameRefused`] when a name can't stand in a certificate, [`TlsError::Make`].
    pub fn issue_server(
        &self,
        names: &[String],
        now_ms: i64,
        days: u32,
        entropy: &dyn Entropy,
    ) -> Result<Identity, TlsError> {
        let key = new_key()?;
        let mut params = params(now_ms, days, entropy)?;
        for name in names {
            params.subject_alt_names.push(server_name(name)?);
        }
        params.distinguished_name = common_name(names.first().map_or("counterpart", |name| name));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(|cause| TlsError::Make {
                what: "the server's certificate",
                cause,
            })?;
        let certificate_pem = format!("{}{}", certificate.pem(), self.certificate_pem());
        Ok(Identity {
            certificate_pem,
            key_pem: key.serialize_pem(),
        })
    }

    /// Certifies an edge's key under the name the hub gives it, valid for `days` from `now_ms`.
    /// Whatever else the request asks for is ignored.
    ///
    /// # Errors
    ///
    /// [`TlsError::RequestRefused`] when the request is damaged or not signed by its own key,
    /// [`TlsError::NameRefused`] when the store is no slug, [`TlsError::Make`].
    pub fn sign_client(
        &self,
        csr_pem: &str,
        edge: &EdgeName,
        now_ms: i64,
        days: u32,
        entropy: &dyn Entropy,
    ) -> Result<String, TlsError> {
        let request = CertificateSigningRequestParams::from_pem(csr_pem)
            .map_err(|cause| TlsError::RequestRefused { cause })?;
        let mut params = params(now_ms, days, entropy)?;
        params.subject_alt_names = vec![edge_name(edge)?];
        params.distinguished_name =
            common_name(&format!("edge {} of {}", edge.edge_number, edge.store));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        params
            .signed_by(&request.public_key, &self.issuer)
            .map(|certificate| certificate.pem())
            .map_err(|cause| TlsError::Make {
                what: "the edge's certificate",
                cause,
            })
    }
}

/// ECDSA on P-256, the curve every TLS stack and browser takes.
fn new_key() -> Result<KeyPair, TlsError> {
    KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(|cause| TlsError::Make {
        what: "a key",
        cause,
    })
}

fn params(now_ms: i64, days: u32, entropy: &dyn Entropy) -> Result<CertificateParams, TlsError> {
    let now = OffsetDateTime::from_unix_timestamp(now_ms.div_euclid(1_000)).map_err(|_| {
        TlsError::Make {
            what: "a certificate at this time",
            cause: rcgen::Error::Time,
        }
    })?;
    let mut params = CertificateParams::default();
    params.not_before = now - BACKDATED;
    params.not_after = now + Duration::days(i64::from(days));
    let mut serial: [u8; 16] = random_bytes(entropy);
    // RFC 5280 §4.1.2.2: positive, at most 20 octets; and no leading zero octet to lose.
    serial[0] = serial[0] & 0x7F | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    Ok(params)
}

fn common_name(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn server_name(name: &str) -> Result<SanType, TlsError> {
    if let Ok(address) = name.parse() {
        return Ok(SanType::IpAddress(address));
    }
    let refused = || TlsError::NameRefused {
        name: name.to_owned(),
        expected: "DNS name or IP address",
    };
    rustls::pki_types::DnsName::try_from(name).map_err(|_| refused())?;
    name.try_into().map(SanType::DnsName).map_err(|_| refused())
}

fn edge_name(edge: &EdgeName) -> Result<SanType, TlsError> {
    let slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let refused = || TlsError::NameRefused {
        name: edge.store.clone(),
        expected: "store slug of lower-case letters, digits and dashes",
    };
    if edge.store.is_empty() || edge.store.len() > 64 || !edge.store.bytes().all(slug) {
        return Err(refused());
    }
    let urn = format!("{EDGE_URN}{}:{}", edge.edge_number, edge.store);
    urn.as_str()
        .try_into()
        .map(SanType::URI)
        .map_err(|_| refused())
}
