//! What a signer is asked to sign: the amounts of one paid sale, and the text made of them.
//!
//! It carries what the laws known to us want signed: the sum, the amounts by tax rate, how they
//! were paid. A country's module makes its own text of them.

use serde::Serialize;

/// The amounts of one paid sale. Amounts are in the smallest unit of the currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignRequest {
    /// The sender's name for the transaction, 1 to 64 visible ASCII characters; used once.
    #[serde(skip)]
    pub key: String,
    /// The till position, from 1.
    pub register: u16,
    /// The number on the receipt.
    pub receipt: String,
    /// When it was paid, in milliseconds UTC by the store's clock.
    pub paid_at_ms: i64,
    /// ISO 4217.
    pub currency: String,
    /// What was due, tax included.
    pub total_minor: i64,
    /// The total by tax rate.
    pub taxed: Vec<TaxedAmount>,
    /// The total by what it was paid with, change taken off.
    pub paid: Vec<PaidAmount>,
}

/// What of a total bears one tax rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaxedAmount {
    /// The rate in thousandths of a percent: 21 000 is 21 %.
    pub rate_milli: u32,
    /// The amount, tax included.
    pub gross_minor: i64,
}

/// What of a total was paid with one means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaidAmount {
    /// `cash`, or another word of the sender's.
    pub with: String,
    /// How much.
    pub amount_minor: i64,
}

impl SignRequest {
    /// Returns the amounts as one line of JSON, the same for the same amounts: what [`LineSigner`]
    /// has signed.
    ///
    /// [`LineSigner`]: super::LineSigner
    ///
    /// # Panics
    /// Never: text and numbers are always JSON.
    #[must_use]
    pub fn content(&self) -> String {
        serde_json::to_string(self).expect("text and numbers are JSON")
    }
}
