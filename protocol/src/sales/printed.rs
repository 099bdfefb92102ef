//! The facts of a sale's receipt: printed again, printed without prices, and what a person said of
//! a print that nobody was sure of.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ReceiptNumber;
use crate::facts::{Body, Kind};
use crate::ids::{PrintJobId, SaleId};

/// A receipt printed again and marked COPY.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ReceiptReprinted {
    /// The sale.
    #[n(0)]
    pub sale_id: SaleId,
    /// Its receipt.
    #[n(1)]
    pub receipt: ReceiptNumber,
    /// Counts its copies from 1.
    #[n(2)]
    pub copy: u16,
}

impl Body for ReceiptReprinted {
    const KIND: Kind = Kind::ReceiptReprinted;
}

/// A receipt without prices was printed for a sale: goods that are a gift come back with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct GiftReceiptPrinted {
    /// The sale.
    #[n(0)]
    pub sale_id: SaleId,
    /// Its receipt, whose number it bears.
    #[n(1)]
    pub receipt: ReceiptNumber,
    /// Counts the gift receipts of the sale from 1.
    #[n(2)]
    pub paper: u16,
}

impl Body for GiftReceiptPrinted {
    const KIND: Kind = Kind::GiftReceiptPrinted;
}

/// What a person said became of a receipt nobody was sure of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct PrintSettled {
    /// The print job.
    #[n(0)]
    pub job_id: PrintJobId,
    /// The sale it was for, if it was for one.
    #[n(1)]
    pub sale_id: Option<SaleId>,
    /// What was said.
    #[n(2)]
    pub settlement: Settlement,
}

impl Body for PrintSettled {
    const KIND: Kind = Kind::PrintSettled;
}

/// What a person can say about an uncertain print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Settlement {
    /// It came out whole.
    #[n(0)]
    Printed,
    /// It did not; a copy was printed instead.
    #[n(1)]
    Reprinted,
    /// It did not, and nobody needs it.
    #[n(2)]
    Abandoned,
}
