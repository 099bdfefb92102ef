//! What can go wrong with keys and certificates.
//!
//! A refused peer is no failure of ours: see `peer.rs` for that.

use std::path::PathBuf;

/// A failure to make, read or use a key or a certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A key or a certificate could not be made.
    #[error("could not make {what}")]
    Make {
        /// What was being made.
        what: &'static str,
        /// What rcgen said.
        #[source]
        cause: rcgen::Error,
    },
    /// The edge's request is damaged, or not signed with the key it names.
    #[error("the certificate request is damaged or not signed by its own key")]
    RequestRefused {
        /// What rcgen said.
        #[source]
        cause: rcgen::Error,
    },
    /// A name can't stand in a certificate.
    #[error("\"{name}\" is no {expected}")]
    NameRefused {
        /// The name.
        name: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A text that should hold a certificate or a key does not.
    #[error("{what} is not a readable PEM text")]
    Pem {
        /// Which text.
        what: &'static str,
        /// What the reader said.
        #[source]
        cause: rustls::pki_types::pem::Error,
    },
    /// A certificate can't be parsed.
    #[error("{what} is not a readable certificate")]
    Unreadable {
        /// Which certificate.
        what: &'static str,
    },
    /// The key and the certificate in the files do not belong together, or rustls refuses them.
    #[error("the key and certificate of {what} can't be used together")]
    Unusable {
        /// Whose.
        what: &'static str,
        /// What rustls said.
        #[source]
        cause: rustls::Error,
    },
    /// The authority's certificate can't be trusted as one.
    #[error("the authority's certificate can't be used to check others")]
    Authority {
        /// What rustls said.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file could not be read or written.
    #[error("could not {doing} {path}: check that the data folder exists and is writable")]
    File {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// One of the two files of a pair is missing.
    #[error("{path} is missing beside its other half: restore it, or enrol anew")]
    HalfMissing {
        /// The missing file.
        path: PathBuf,
    },
}
