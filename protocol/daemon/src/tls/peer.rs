//! Who is on the other end of a sync connection, read from the certificate it showed.
//!
//! TLS has already checked signature, authority and dates; whether the edge may still sync
//! (revoked, fenced) is the hub's stores slice to say.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum_server::tls::TlsInfo;
use std::sync::Arc;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::X509Certificate;

use super::authority::{EDGE_URN, EdgeName};
use super::fingerprint::Fingerprint;
use super::identity::days_between;
use crate::http::Problem;

/// What a client certificate says.
///
/// As an axum extractor it answers 401 when the connection showed none of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    /// The edge and its store, as the hub named them when it signed.
    pub edge: EdgeName,
    /// The serial number, in lower-case hexadecimal digits.
    pub serial: String,
    /// The SHA-256 of the certificate.
    pub fingerprint: Fingerprint,
    /// The end of its life, in milliseconds UTC.
    pub not_after_ms: i64,
}

/// Why a certificate is not an edge's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerRefused {
    /// The connection has no certificate, or is not TLS at all.
    #[error("no client certificate was shown: enrol this edge at the hub first")]
    Missing,
    /// The bytes are no certificate.
    #[error("the client certificate can't be read")]
    Unreadable,
    /// It names no edge.
    #[error("the client certificate names no edge: enrol this edge at the hub")]
    NoEdge,
}

impl PeerCertificate {
    /// Reads an edge's certificate given as DER.
    ///
    /// # Errors
    ///
    /// [`PeerRefused::Unreadable`], [`PeerRefused::NoEdge`].
    pub fn from_der(der: &[u8]) -> Result<Self, PeerRefused> {
        let (_, certificate) =
            x509_parser::parse_x509_certificate(der).map_err(|_| PeerRefused::Unreadable)?;
        let serial = certificate.tbs_certificate.raw_serial();
        Ok(Self {
            edge: edge_of(&certificate)?,
            serial: serial.iter().map(|byte| format!("{byte:02x}")).collect(),
            fingerprint: Fingerprint::of(der),
            not_after_ms: certificate
                .validity()
                .not_after
                .timestamp()
                .saturating_mul(1_000),
        })
    }

    /// Reads the certificate that a connection showed.
    ///
    /// # Errors
    ///
    /// [`PeerRefused::Missing`] and those of [`PeerCertificate::from_der`].
    pub fn from_tls_info(info: &TlsInfo) -> Result<Self, PeerRefused> {
        info.peer_certificates
            .first()
            .ok_or(PeerRefused::Missing)
            .and_then(|der| Self::from_der(der))
    }

    /// Returns how many whole days of the certificate's life are left at `now_ms`, negative once
    /// it is over.
    #[must_use]
    pub fn days_left(&self, now_ms: i64) -> i64 {
        days_between(now_ms, self.not_after_ms)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PeerCertificate {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Arc<TlsInfo>>()
            .ok_or(PeerRefused::Missing)
            .and_then(|info| Self::from_tls_info(info))
            .map_err(|refused| {
                Problem::new(StatusCode::UNAUTHORIZED, "client_certificate_refused")
                    .detail(refused.to_string())
            })
    }
}

fn edge_of(certificate: &X509Certificate<'_>) -> Result<EdgeName, PeerRefused> {
    let names = certificate
        .subject_alternative_name()
        .map_err(|_| PeerRefused::Unreadable)?;
    let names = names.map_or(&[][..], |extension| &extension.value.general_names);
    let urn = names.iter().find_map(|name| match name {
        GeneralName::URI(uri) => uri.strip_prefix(EDGE_URN),
        _ => None,
    });
    let (number, store) = urn
        .and_then(|urn| urn.split_once(':'))
        .ok_or(PeerRefused::NoEdge)?;
    let edge_number = number.parse().map_err(|_| PeerRefused::NoEdge)?;
    Ok(EdgeName {
        edge_number,
        store: store.to_owned(),
    })
}
