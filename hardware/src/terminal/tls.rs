//! Whom a terminal's certificate must come from: the authority its maker named, and no other.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// The authorities a terminal is believed by, and the name its certificate has. Clones share them.
#[derive(Clone)]
pub struct TlsTrust {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) name: ServerName<'static>,
    /// The file it was read from, to tell two of them apart.
    pem: Arc<[u8]>,
}

impl PartialEq for TlsTrust {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.pem == other.pem
    }
}

impl Eq for TlsTrust {}

/// Why certificates cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TlsRefused {
    /// The file holds no certificate.
    #[error("the file with the terminal's authority holds no certificate: it must be PEM")]
    NoCertificate,
    /// A certificate cannot be read.
    #[error("the certificate of the terminal's authority cannot be read")]
    Unreadable,
    /// The name is none.
    #[error("\"{0}\" is no name a certificate has")]
    Name(String),
}

impl TlsTrust {
    /// Believes the authorities of a PEM file about a terminal of this name.
    ///
    /// # Errors
    /// [`TlsRefused`].
    pub fn from_pem(pem: &[u8], name: &str) -> Result<Self, TlsRefused> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| TlsRefused::Unreadable)?;
            roots.add(certificate).map_err(|_| TlsRefused::Unreadable)?;
        }
        if roots.is_empty() {
            return Err(TlsRefused::NoCertificate);
        }
        let name_refused = |_| TlsRefused::Name(name.to_owned());
        let name = ServerName::try_from(name.to_owned()).map_err(name_refused)?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring knows the protocols rustls does")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            config: Arc::new(config),
            name,
            pem: pem.into(),
        })
    }
}

impl fmt::Debug for TlsTrust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TlsTrust")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
