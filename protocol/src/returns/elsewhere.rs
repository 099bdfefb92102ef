//! What the hub tells a store of refunds elsewhere: they count there too, and what was too much is
//! raised from the same facts as at the hub.

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{CameBack, over_refund};
use crate::exceptions::Raised;
use crate::facts::{Body, Kind};
use crate::ids::{EdgeNumber, FactId, RegisterId, SaleId, Sku, StoreId};
use crate::money::{Currency, Minor};
use crate::quantity::Milli;
use crate::sales::ReceiptNumber;

/// All that came back of a sale wherever it did, as far as the hub knows: told to the store that
/// sold it, to whoever has the right to refund it and to whoever refunded some of it, once any of
/// it was refunded provisionally or too much was. The newest one counts. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RefundsTold {
    /// The sale.
    #[n(0)]
    pub sale_id: SaleId,
    /// The store that sold it.
    #[n(1)]
    pub sold_by: StoreId,
    /// The number on its receipt.
    #[n(2)]
    pub receipt: ReceiptNumber,
    /// The currency of every amount.
    #[n(3)]
    pub currency: Currency,
    /// What was sold, by line.
    #[n(4)]
    pub sold: Vec<SoldUnits>,
    /// What came back, by ascending id of the facts.
    #[n(5)]
    pub refunds: Vec<RefundOf>,
}

impl Body for RefundsTold {
    const KIND: Kind = Kind::RefundsTold;
}

/// How much was sold by a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct SoldUnits {
    /// The number of the sale's line.
    #[n(0)]
    pub line: u16,
    /// What.
    #[n(1)]
    pub sku: Sku,
    /// How much.
    #[n(2)]
    pub quantity_milli: Milli,
}

/// A refund, and the till that gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RefundOf {
    /// The fact that says so.
    #[n(0)]
    pub fact_id: FactId,
    /// The store.
    #[n(1)]
    pub store: StoreId,
    /// The store's edge.
    #[n(2)]
    pub edge: EdgeNumber,
    /// The register.
    #[n(3)]
    pub register: Option<RegisterId>,
    /// When, in milliseconds UTC.
    #[n(4)]
    pub at_ms: i64,
    /// The number on its paper.
    #[n(5)]
    pub number: String,
    /// Whether it was given without the right to.
    #[n(6)]
    pub is_provisional: bool,
    /// What went back.
    #[n(7)]
    pub total_minor: Minor,
    /// What came back.
    #[n(8)]
    pub back: CameBack,
}

impl RefundsTold {
    /// Returns the exception of a sale of which more was refunded than was sold, if there is one.
    #[must_use]
    pub fn over(&self) -> Option<Raised> {
        let refunds = self.refunds.iter();
        let refunds = refunds.map(|it| (it.fact_id, it.back.lines.as_slice()));
        over_refund(&self.sold, refunds)
    }

    /// Tells whether anybody has to be told: some of it was refunded provisionally, or too much.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.refunds.iter().any(|it| it.is_provisional) || self.over().is_some()
    }
}
