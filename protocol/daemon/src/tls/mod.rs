//! Who is who on the wire: the hub's own authority, the certificates it issues, enrolment codes.
//!
//! It opens no listener and calls nobody: it makes certificates and the rustls settings that
//! `http/serve.rs` and the sync agent use. Everything is TLS 1.3 on the ring provider.
//!
//! ```text
//! hub:  Authority ── issue_server ──► Identity ──► server_config_with_client_certs (8401)
//!           └────── sign_client ◄── CSR ── edge: make_key_and_csr      PeerCertificate ◄┘
//! code: EnrolmentCode = one-time secret + the authority's fingerprint, typed at the edge
//! ```

mod authority;
mod configs;
mod enrolment_code;
mod error;
mod explain;
mod fingerprint;
mod identity;
mod peer;
mod secret;

#[cfg(test)]
mod tests;

pub use authority::{Authority, EdgeName, KeyAndCsr, make_key_and_csr};
pub use configs::{
    Protocols, client_config, enrolling_client_config, install_crypto_provider, server_config,
    server_config_with_client_certs,
};
pub use enrolment_code::{CodeRefused, EnrolmentCode};
pub use error::TlsError;
pub use explain::{DistrustReason, distrust_reason};
pub use fingerprint::Fingerprint;
pub use identity::Identity;
pub use peer::{PeerCertificate, PeerRefused};
pub use secret::keep_secret;
