//! The right to refund a sale goes from store to store: asked for, wanted, passed and granted.
//!
//! ```text
//! desk ── asked ──► hub ── wanted ──► who holds it ── passed ──► hub ── granted ──► desk
//! ```
//! Who holds it gives it away before anybody else has it, so that never two have it. All that can
//! still come back of a sale goes at once, with what is needed to refund it: the sale as it was
//! paid, and what came back of it so far. Since version 0.1.0.

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::ReturnRecorded;
use crate::facts::{Body, Kind};
use crate::ids::{EdgeNumber, FactId, ReturnId, SaleId, StoreId};
use crate::money::Minor;
use crate::quantity::Milli;
use crate::sales::{ReceiptNumber, SaleRecorded, Tender, TenderKind};
use crate::tax::Rate;
use crate::time::BusinessDate;

/// A desk asks for the right to refund a sale of another store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RefundRightAsked {
    /// The store that sold it.
    #[n(0)]
    pub store: StoreId,
    /// The number on its receipt.
    #[n(1)]
    pub receipt: ReceiptNumber,
}

impl Body for RefundRightAsked {
    const KIND: Kind = Kind::RefundRightAsked;
}

/// The hub asks whoever holds the right to pass it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RefundRightWanted {
    /// The fact by which it was asked for.
    #[n(0)]
    pub ask: FactId,
    /// Of which sale.
    #[n(1)]
    pub sale_id: SaleId,
    /// Which store asks.
    #[n(2)]
    pub to: StoreId,
    /// By which edge.
    #[n(3)]
    pub to_edge: EdgeNumber,
}

impl Body for RefundRightWanted {
    const KIND: Kind = Kind::RefundRightWanted;
}

/// Who held the right gave it away: from here on nothing of the sale is refunded there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RefundRightPassed {
    /// The fact by which it was asked for.
    #[n(0)]
    pub ask: FactId,
    /// Which store gets it.
    #[n(1)]
    pub to: StoreId,
    /// By which edge.
    #[n(2)]
    pub to_edge: EdgeNumber,
    /// Counts the times the right of this sale was passed, from 1: the latest says who has it.
    #[n(3)]
    pub turn: u32,
    /// The store that sold it.
    #[n(4)]
    pub sold_by: StoreId,
    /// When, in milliseconds since 1970 UTC.
    #[n(5)]
    pub sold_at_ms: i64,
    /// The business day of the sale.
    #[n(6)]
    pub business_date: BusinessDate,
    /// The sale as it was paid.
    #[n(7)]
    pub sale: SaleRecorded,
    /// What came back of it so far, at whichever store.
    #[n(8)]
    pub before: Vec<CameBack>,
}

impl Body for RefundRightPassed {
    const KIND: Kind = Kind::RefundRightPassed;
}

/// The hub hands on a right that was passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RefundRightGranted {
    /// The store that held it.
    #[n(0)]
    pub by: StoreId,
    /// What that store said.
    #[n(1)]
    pub passed: RefundRightPassed,
}

impl Body for RefundRightGranted {
    const KIND: Kind = Kind::RefundRightGranted;
}

/// The hub can ask nobody for the right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RefundRightRefused {
    /// The fact by which it was asked for.
    #[n(0)]
    pub ask: FactId,
    /// Why.
    #[n(1)]
    pub why: WhyNotPassed,
}

impl Body for RefundRightRefused {
    const KIND: Kind = Kind::RefundRightRefused;
}

/// Why nobody can be asked for a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum WhyNotPassed {
    /// There is no such store, or it has no store server.
    #[n(0)]
    UnknownStore,
    /// The hub has heard of no such receipt of that store.
    #[n(1)]
    UnknownReceipt,
    /// Who asks has it already.
    #[n(2)]
    HeldThere,
}

impl WhyNotPassed {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::UnknownStore, Self::UnknownReceipt, Self::HeldThere];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::UnknownStore => "unknown_store",
            Self::UnknownReceipt => "unknown_receipt",
            Self::HeldThere => "held_there",
        }
    }
}

/// A return as whoever refunds the rest needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct CameBack {
    /// The return: it counts once, by whichever way it is heard of.
    #[n(0)]
    pub return_id: ReturnId,
    /// What came back by it.
    #[n(1)]
    pub lines: Vec<LineBack>,
    /// What of it went back to cards, or in cash instead.
    #[n(2)]
    pub cards_minor: Minor,
    /// What of it went back to accounts.
    #[n(3)]
    pub accounts_minor: Minor,
}

/// What came back of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct LineBack {
    /// The number of the sale's line.
    #[n(0)]
    pub line: u16,
    /// How much.
    #[n(1)]
    pub quantity_milli: Milli,
    /// What went back for it, tax included.
    #[n(2)]
    pub amount_minor: Minor,
    /// The tax rate in it.
    #[n(3)]
    pub tax_rate: Rate,
}

impl CameBack {
    /// Says of a return what whoever refunds the rest needs to know.
    #[must_use]
    pub fn of(recorded: &ReturnRecorded) -> Self {
        // What counted for goods that went out was first paid by cards and accounts.
        let paid = recorded.tenders.iter().flat_map(|it| match &it.exchanged {
            Some(exchanged) => exchanged.paid_by(),
            None => vec![it.clone()],
        });
        let paid: Vec<Tender> = paid.collect();
        let instead = recorded.instead.as_ref().map_or(0, |it| it.amount_minor.0);
        let to_cards = Tender::sum_of(&paid, TenderKind::Card).0;
        let lines = recorded.lines.iter().map(|line| LineBack {
            line: line.line,
            quantity_milli: line.quantity_milli,
            amount_minor: line.amount_minor,
            tax_rate: line.tax_rate,
        });
        Self {
            return_id: recorded.return_id,
            lines: lines.collect(),
            cards_minor: Minor(to_cards.saturating_add(instead)),
            accounts_minor: Tender::sum_of(&paid, TenderKind::OnAccount),
        }
    }
}
