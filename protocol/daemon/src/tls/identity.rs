//! A certificate with its private key, and the two files they live in.
//!
//! It decides no trust and renews nothing; it tells how many days are left.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::error::TlsError;
use super::fingerprint::Fingerprint;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// A certificate, those above it, and the private key of the first.
#[derive(Clone)]
pub struct Identity {
    /// PEM, the own certificate first, then the authority's.
    pub certificate_pem: String,
    /// PEM, PKCS#8. Never logged, never sent.
    pub key_pem: String,
}

/// Shows the certificate's fingerprint only.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Identity");
        if let Ok(fingerprint) = self.fingerprint() {
            shown.field("fingerprint", &fingerprint);
        }
        shown.finish_non_exhaustive()
    }
}

impl Identity {
    /// Reads `<name>.pem` and `<name>.key` in `folder`; `None` when neither exists.
    ///
    /// # Errors
    ///
    /// [`TlsError::File`], [`TlsError::HalfMissing`], [`TlsError::Pem`] when a file holds
    /// something else.
    pub fn load(folder: &Path, name: &str) -> Result<Option<Self>, TlsError> {
        let (certificate_path, key_path) = paths(folder, name);
        match (read(&certificate_path)?, read(&key_path)?) {
            (Some(certificate_pem), Some(key_pem)) => {
                let identity = Self {
                    certificate_pem,
                    key_pem,
                };
                identity.certificates()?;
                identity.key()?;
                Ok(Some(identity))
            }
            (None, None) => Ok(None),
            (Some(_), None) => Err(TlsError::HalfMissing { path: key_path }),
            (None, Some(_)) => Err(TlsError::HalfMissing {
                path: certificate_path,
            }),
        }
    }

    /// Writes `<name>.key`, then `<name>.pem` in `folder`, each whole or not at all, readable by
    /// their owner only (mode 0600).
    ///
    /// # Errors
    ///
    /// [`TlsError::File`].
    pub fn save(&self, folder: &Path, name: &str) -> Result<(), TlsError> {
        let (certificate_path, key_path) = paths(folder, name);
        write_private(&key_path, &self.key_pem)?;
        write_private(&certificate_path, &self.certificate_pem)
    }

    /// Returns the fingerprint of the own certificate.
    ///
    /// # Errors
    ///
    /// [`TlsError::Pem`] when the text holds no certificate.
    pub fn fingerprint(&self) -> Result<Fingerprint, TlsError> {
        first_certificate(&self.certificate_pem, "the certificate").map(|der| Fingerprint::of(&der))
    }

    /// Returns the end of the certificate's life, in milliseconds UTC.
    ///
    /// # Errors
    ///
    /// [`TlsError::Pem`], [`TlsError::Unreadable`].
    pub fn not_after_ms(&self) -> Result<i64, TlsError> {
        let der = first_certificate(&self.certificate_pem, "the certificate")?;
        let (_, certificate) =
            x509_parser::parse_x509_certificate(&der).map_err(|_| TlsError::Unreadable {
                what: "the certificate",
            })?;
        Ok(certificate
            .validity()
            .not_after
            .timestamp()
            .saturating_mul(1_000))
    }

    /// Returns how many whole days of the certificate's life are left at `now_ms`, negative once
    /// it is over.
    ///
    /// # Errors
    ///
    /// As [`Identity::not_after_ms`].
    pub fn days_left(&self, now_ms: i64) -> Result<i64, TlsError> {
        Ok(days_between(now_ms, self.not_after_ms()?))
    }

    pub(super) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        CertificateDer::pem_slice_iter(self.certificate_pem.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|cause| TlsError::Pem {
                what: "the certificate",
                cause,
            })
    }

    pub(super) fn key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes()).map_err(|cause| TlsError::Pem {
            what: "the private key",
            cause,
        })
    }
}

/// Returns the whole days from `now_ms` to `end_ms`, rounded down.
pub(super) fn days_between(now_ms: i64, end_ms: i64) -> i64 {
    end_ms.saturating_sub(now_ms).div_euclid(DAY_MS)
}

/// Reads the first certificate of a PEM text.
pub(super) fn first_certificate(
    pem: &str,
    what: &'static str,
) -> Result<CertificateDer<'static>, TlsError> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|cause| TlsError::Pem { what, cause })
}

fn paths(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    (
        folder.join(format!("{name}.pem")),
        folder.join(format!("{name}.key")),
    )
}

pub(super) fn read(path: &Path) -> Result<Option<String>, TlsError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(TlsError::File {
            doing: "read",
            path: path.to_owned(),
            cause,
        }),
    }
}

pub(super) fn write_private(path: &Path, text: &str) -> Result<(), TlsError> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let write = || -> io::Result<()> {
        let mut open = OpenOptions::new();
        open.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
        let mut file = open.open(&partial)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&partial, path)?;
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    };
    write().map_err(|cause| TlsError::File {
        doing: "write",
        path: path.to_owned(),
        cause,
    })
}
