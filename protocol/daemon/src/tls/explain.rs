//! Finds, in the errors of a failed call, why the two ends did not trust each other.
//!
//! It explains only; whether to try again is the caller's matter. A refused client certificate
//! does not always leave a trace: the hub may have closed the connection before its reason was
//! read, so a hub tells an edge the same on its public listener.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError};

/// Why no TLS connection came about, in words for the person at the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DistrustReason {
    /// The server's certificate is not from the authority we know.
    #[error("the server is not the hub this edge was enrolled at: check the hub's address")]
    OtherHub,
    /// The server's certificate names other addresses.
    #[error("the hub's certificate does not name this address: use the name it was set up with")]
    OtherName,
    /// The server's certificate is over, or begins later.
    #[error("the hub's certificate is not valid today: check this machine's date and the hub")]
    HubNotValidNow,
    /// The hub wants a certificate and we have none.
    #[error("the hub wants a certificate: enrol this edge")]
    NoCertificate,
    /// The hub says that our certificate is over.
    #[error("this edge's certificate is over: enrol it again")]
    Expired,
    /// The hub does not accept our certificate.
    #[error("the hub does not accept this edge's certificate: enrol it again")]
    Refused,
    /// The two ends have no version or cipher in common, or one of them is not TLS.
    #[error("the server does not speak TLS 1.3 here: check the hub's address and port")]
    NoTls,
}

/// Returns why two ends did not trust each other, if that is what `error` or one of its causes is.
#[must_use]
pub fn distrust_reason(error: &(dyn Error + 'static)) -> Option<DistrustReason> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return reason(tls);
        }
        // An io::Error shows its inner error's causes but not the inner error itself.
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| distrust_reason(inner)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn reason(error: &rustls::Error) -> Option<DistrustReason> {
    match error {
        rustls::Error::InvalidCertificate(wrong) => Some(match wrong {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => DistrustReason::HubNotValidNow,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                DistrustReason::OtherName
            }
            _ => DistrustReason::OtherHub,
        }),
        rustls::Error::AlertReceived(alert) => match alert {
            AlertDescription::CertificateRequired => Some(DistrustReason::NoCertificate),
            AlertDescription::CertificateExpired => Some(DistrustReason::Expired),
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::DecryptError
            | AlertDescription::AccessDenied => Some(DistrustReason::Refused),
            AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure => {
                Some(DistrustReason::NoTls)
            }
            _ => None,
        },
        rustls::Error::InvalidMessage(_) | rustls::Error::PeerIncompatible(_) => {
            Some(DistrustReason::NoTls)
        }
        _ => None,
    }
}
