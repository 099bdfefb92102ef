//! What a day came to: papers by series, money by currency, and a mark of what was on hand.

use minicbor::{Decode, Encode};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::ids::RegisterId;
use crate::money::{Currency, Minor};
use crate::sales::{PaperKind, TenderKind};
use crate::tax::TaxSum;

/// The sums of a day, each list in ascending order of what it is by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct DaySums {
    /// Receipts by register and series.
    #[n(0)]
    pub receipts: Vec<ReceiptRun>,
    /// Invoices and their like by kind and series.
    #[n(1)]
    pub papers: Vec<PaperRun>,
    /// Money by currency.
    #[n(2)]
    pub takings: Vec<Takings>,
}

/// The receipts of one series of one register on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ReceiptRun {
    /// The register.
    #[n(0)]
    pub register: RegisterId,
    /// The series.
    #[n(1)]
    pub series: u32,
    /// The lowest number of the day.
    #[n(2)]
    pub first: u32,
    /// The highest.
    #[n(3)]
    pub last: u32,
    /// How many.
    #[n(4)]
    pub count: u64,
}

/// The papers of one kind and series of one store server on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct PaperRun {
    /// What they are.
    #[n(0)]
    pub kind: PaperKind,
    /// The series.
    #[n(1)]
    pub series: u32,
    /// The lowest number of the day.
    #[n(2)]
    pub first: u32,
    /// The highest.
    #[n(3)]
    pub last: u32,
    /// How many.
    #[n(4)]
    pub count: u64,
}

/// What came in on a day in one currency. Amounts beyond an `i64` saturate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Takings {
    /// The currency of every amount.
    #[n(0)]
    pub currency: Currency,
    /// How many sales.
    #[n(1)]
    pub sales: u64,
    /// What they came to, tax included.
    #[n(2)]
    pub total_minor: Minor,
    /// What stayed here, by kind of tender: given less change and less what went back.
    #[n(3)]
    pub tenders: Vec<TenderSum>,
    /// Tax by rate: that of what was sold less that of what came back.
    #[n(4)]
    pub taxes: Vec<TaxSum>,
    /// What went back, where something did.
    #[n(5)]
    pub returned: Option<DayReturns>,
    /// What cash was rounded by, sales less returns, where it was: the tenders are the total less
    /// what went back plus this. Since version 0.1.0.
    #[n(6)]
    pub rounding_minor: Option<Minor>,
}

/// What went back on a day in one currency; tenders and taxes are less by it already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct DayReturns {
    /// How many returns.
    #[n(0)]
    pub returns: u64,
    /// What they came to, tax included.
    #[n(1)]
    pub total_minor: Minor,
}

/// What stayed of one kind of tender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct TenderSum {
    /// With what was paid.
    #[n(0)]
    pub kind: TenderKind,
    /// How much stayed.
    #[n(1)]
    pub amount_minor: Minor,
}

/// What is on hand, as one number and one hash: equal for equal shelves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct StockCheckpoint {
    /// How many SKUs have something, or less than nothing, on hand.
    #[n(0)]
    pub skus: u32,
    /// SHA-256 over them in ascending order: length and bytes of the SKU, then thousandths.
    #[cbor(n(1), with = "minicbor::bytes")]
    #[serde(serialize_with = "crate::facts::hex")]
    pub sha256: [u8; 32],
}

impl StockCheckpoint {
    /// Marks a shelf: SKUs with what is on hand in thousandths, in any order, each at most once.
    /// What is nought is as if it were not named.
    #[must_use]
    pub fn of<'a>(shelf: impl IntoIterator<Item = (&'a str, i64)>) -> Self {
        let mut shelf: Vec<(&str, i64)> =
            shelf.into_iter().filter(|(_, milli)| *milli != 0).collect();
        shelf.sort_unstable();
        let mut hasher = Sha256::new();
        for (sku, milli) in &shelf {
            hasher.update((sku.len() as u64).to_be_bytes());
            hasher.update(sku.as_bytes());
            hasher.update(milli.to_be_bytes());
        }
        Self {
            skus: u32::try_from(shelf.len()).unwrap_or(u32::MAX),
            sha256: hasher.finalize().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StockCheckpoint;

    #[test]
    fn equal_shelves_have_equal_marks_and_others_do_not() {
        let shelf = StockCheckpoint::of([("INK", 2_000), ("PEN", 1_000), ("TEA", 0)]);
        assert_eq!(shelf, StockCheckpoint::of([("PEN", 1_000), ("INK", 2_000)]));
        assert_eq!(shelf.skus, 2);
        assert_ne!(shelf, StockCheckpoint::of([("PEN", 2_000), ("INK", 1_000)]));
        assert_ne!(
            StockCheckpoint::of([("AB", 1)]),
            StockCheckpoint::of([("A", 1)])
        );
    }
}
