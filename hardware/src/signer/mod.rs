//! Fiscal signing devices: what a country's law puts between a paid sale and its receipt.
//!
//! ```text
//! unsigned ── sign ──► signing ──┬──► signed                 the receipt carries the signature
//!                                └──► failed ── find, sign ──► signed, later
//! ```
//! A [`Signer`] is asked to sign the amounts of one paid sale and answers with a [`Signature`]. It
//! knows no law: which sales are signed, what a receipt says without a signature, and when a device
//! is asked again is decided by whoever asks. Nothing here knows a sale; it knows amounts.
//!
//! # The law every signer keeps
//!
//! *One key, one transaction, for ever.* A request carries a key its sender made. However often the
//! same request comes (an answer was lost, the power went, somebody is impatient), the device makes
//! one signature and answers with that one. [`Signer::find`] asks without signing. A device that
//! forgets keys needs a driver that remembers them durably before it asks the device.
//!
//! # A module for a country
//!
//! Implement [`Signer`] for a type of your own, in this crate or in another: the amounts are in the
//! [`SignRequest`], what the law wants printed goes into the [`Signature`]. The smallest one that
//! keeps the law:
//!
//! ```
//! use std::collections::HashMap;
//! use std::sync::Mutex;
//!
//! use counterpart_hardware::{
//!     PaidAmount, SignFailed, SignRequest, Signature, Signer, SignerAnswer, SignerStatus,
//!     TaxedAmount,
//! };
//!
//! /// Signs with a rubber stamp, and forgets everything when it is dropped: not for a shop.
//! #[derive(Debug, Default)]
//! struct Stamp(Mutex<HashMap<String, Signature>>);
//!
//! impl Signer for Stamp {
//!     fn sign<'a>(&'a self, request: &'a SignRequest) -> SignerAnswer<'a, Signature> {
//!         Box::pin(async move {
//!             let mut signed = self.0.lock().expect("nobody panics holding it");
//!             let next = u64::try_from(signed.len()).expect("64 bits hold a count") + 1;
//!             let signature = signed.entry(request.key.clone()).or_insert_with(|| Signature {
//!                 serial: "STAMP-1".to_owned(),
//!                 transaction: next,
//!                 counter: next,
//!                 began_at_ms: request.paid_at_ms,
//!                 signed_at_ms: request.paid_at_ms,
//!                 algorithm: "stamp".to_owned(),
//!                 value: request.content().into_bytes(),
//!                 qr: Some(format!("STAMP;{};{next}", request.receipt)),
//!             });
//!             Ok(signature.clone())
//!         })
//!     }
//!
//!     fn find<'a>(&'a self, request: &'a SignRequest) -> SignerAnswer<'a, Option<Signature>> {
//!         Box::pin(async move {
//!             let signed = self.0.lock().expect("nobody panics holding it");
//!             Ok(signed.get(&request.key).cloned())
//!         })
//!     }
//!
//!     fn status(&self) -> SignerAnswer<'_, SignerStatus> {
//!         Box::pin(async {
//!             Ok(SignerStatus { serial: "STAMP-1".to_owned(), valid_until_ms: None })
//!         })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), SignFailed> {
//! let request = SignRequest {
//!     key: "01JD0000000000000000000001".to_owned(),
//!     register: 1,
//!     receipt: "1-1-000042".to_owned(),
//!     paid_at_ms: 1_795_431_600_000,
//!     currency: "EUR".to_owned(),
//!     total_minor: 3_998,
//!     taxed: vec![TaxedAmount { rate_milli: 21_000, gross_minor: 3_998 }],
//!     paid: vec![PaidAmount { with: "cash".to_owned(), amount_minor: 3_998 }],
//! };
//! let stamp = Stamp::default();
//! assert_eq!(stamp.find(&request).await?, None);
//! let first = stamp.sign(&request).await?;
//! assert_eq!(stamp.sign(&request).await?, first, "one key, one signature");
//! assert_eq!(stamp.find(&request).await?, Some(first));
//! # Ok(())
//! # }
//! ```
//!
//! A driver for a real device is tried against a twin with that device's faults, as [`LineSigner`]
//! is against [`crate::VirtualSigner`]: away, slow, refusing, talking nonsense, and, worst,
//! signing and then losing the answer.

mod line;
mod request;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use thiserror::Error;

use crate::port::PortError;

pub use line::{LineSigner, signed_text};
pub use request::{PaidAmount, SignRequest, TaxedAmount};

/// What a signer will have answered.
pub type SignerAnswer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SignFailed>> + Send + 'a>>;

/// A fiscal signing device, whichever country's.
///
/// Every call may be dropped before it is answered; the device may have signed all the same.
/// Implementations set a limit of their own to each call; callers usually have a shorter one.
pub trait Signer: fmt::Debug + Send + Sync {
    /// Signs `request`, or returns what was signed for its key before.
    ///
    /// # Errors
    /// [`SignFailed`]; after all but `Unreachable` and `Refused` it may be signed.
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignerAnswer<'a, Signature>;

    /// Returns what was signed for the key of `request`, if anything was. Signs nothing.
    ///
    /// # Errors
    /// [`SignFailed`].
    fn find<'a>(&'a self, request: &'a SignRequest) -> SignerAnswer<'a, Option<Signature>>;

    /// Asks whether it would sign now. Signs nothing.
    ///
    /// # Errors
    /// [`SignFailed`], as [`Signer::sign`] would fail.
    fn status(&self) -> SignerAnswer<'_, SignerStatus>;
}

/// What a signer made of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Which device: its serial number as the law wants it printed.
    pub serial: String,
    /// The device's number of the transaction.
    pub transaction: u64,
    /// The device's count of signatures, without a gap, this one included.
    pub counter: u64,
    /// When the device began with it, in milliseconds UTC by its own clock.
    pub began_at_ms: i64,
    /// When the device signed it, in milliseconds UTC by its own clock.
    pub signed_at_ms: i64,
    /// How it is signed: `ed25519`, `ecdsa-plain-SHA256`.
    pub algorithm: String,
    /// The signature.
    pub value: Vec<u8>,
    /// What a QR code on the receipt says, where the law has one; at most 512 bytes.
    pub qr: Option<String>,
}

/// How a signer that would sign now describes itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerStatus {
    /// Its serial number.
    pub serial: String,
    /// When its certificate ends, in milliseconds UTC, if it has one.
    pub valid_until_ms: Option<i64>,
}

/// Why a signer did not answer as asked.
#[derive(Debug, Error)]
pub enum SignFailed {
    /// It was not reached; nothing was asked of it.
    #[error("the signing device is not reached")]
    Unreachable(#[source] PortError),
    /// It was asked, and the line ended before its answer: it may have signed.
    #[error("the signing device did not answer")]
    Lost(#[source] PortError),
    /// It answered something that is no answer to this: it may have signed.
    #[error("the signing device answered nonsense: {0}")]
    Garbled(&'static str),
    /// It said no; nothing was signed.
    #[error("the signing device refused: {0}")]
    Refused(SignRefusal),
}

/// Why a signer said no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignRefusal {
    /// Its certificate has ended: it must be renewed or exchanged.
    #[error("its certificate has ended")]
    CertificateEnded,
    /// The key was used for other amounts, which means a fault of the asker.
    #[error("it signed other amounts under this key")]
    OtherContent,
    /// Anything else, in the device's own words.
    #[error("{0}")]
    Other(String),
}

impl SignFailed {
    /// Returns whether the device may have signed although it did not say so.
    #[must_use]
    pub fn may_have_signed(&self) -> bool {
        match self {
            Self::Lost(_) | Self::Garbled(_) => true,
            Self::Unreachable(_) | Self::Refused(_) => false,
        }
    }
}
