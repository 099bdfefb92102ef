//! Stock as facts: on hand is a sum over movements, and movements come from facts.

mod fact;
mod source;
mod transfer;

pub use fact::{
    AdjustReason, AdjustedLine, ReceivedAs, ReceivedLine, StockAdjusted, StockReceived,
};
pub use source::{Source, source};
pub use transfer::{
    CountedLine, OpeningBalanceSent, TransferExpected, TransferReceived, TransferSent,
};

use crate::facts::{BodyRefused, Fact, Kind};
use crate::ids::Sku;
use crate::orders::{HandedOver, LinesShorted, Units};
use crate::quantity::Milli;
use crate::returns::ReturnRecorded;
use crate::rights::SkuUnits;
use crate::sales::{SaleLine, SaleRecorded};

/// One change of what is on hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// What.
    pub sku: Sku,
    /// How much more (positive) or less (negative) is on the shelf.
    pub delta_milli: Milli,
}

/// Returns the kinds of fact that move the stock of whoever wrote them.
#[must_use]
pub const fn moving_kinds() -> [Kind; 8] {
    [
        Kind::SaleRecorded,
        Kind::ReturnRecorded,
        Kind::StockReceived,
        Kind::StockAdjusted,
        Kind::TransferSent,
        Kind::TransferReceived,
        Kind::HandedOver,
        Kind::LinesShorted,
    ]
}

/// Returns how a fact moves its writer's stock: at every replica the same, in the order of its
/// lines.
///
/// # Errors
/// [`BodyRefused`] when the fact's body cannot be read.
pub fn movements(fact: &Fact) -> Result<Vec<Movement>, BodyRefused> {
    match fact.kind() {
        Some(kind) => movements_of(kind, fact),
        None => Ok(Vec::new()),
    }
}

fn movements_of(kind: Kind, fact: &Fact) -> Result<Vec<Movement>, BodyRefused> {
    match kind {
        Kind::SaleRecorded => sold(kind, fact.read()?),
        Kind::TransferSent => sent(kind, fact.read()?),
        Kind::HandedOver => units_left(kind, fact.read::<HandedOver>()?.units),
        Kind::LinesShorted => units_left(kind, fact.read::<LinesShorted>()?.units),
        Kind::StockReceived => Ok(received(fact.read()?)),
        Kind::ReturnRecorded => Ok(restocked(fact.read()?)),
        Kind::StockAdjusted => Ok(adjusted(fact.read()?)),
        Kind::TransferReceived => Ok(counted(fact.read()?)),
        Kind::BasketVoided
        | Kind::ShiftOpened
        | Kind::ShiftClosed
        | Kind::CashMoved
        | Kind::ReportReprinted
        | Kind::DrawerOpened
        | Kind::CardGivenBack
        | Kind::CardSettled
        | Kind::CashierChanged
        | Kind::SafeBooked
        | Kind::TerminalCounted
        | Kind::ApprovalRefused
        | Kind::ApprovalGiven
        | Kind::OperationRefused
        | Kind::OperationApproved
        | Kind::GiftReceiptPrinted
        | Kind::SaleSigned
        | Kind::ReceiptUnsigned
        | Kind::SigningOutageBegan
        | Kind::SigningOutageEnded
        | Kind::DaySealed
        | Kind::DayCountersigned
        | Kind::LifeOpened
        | Kind::RecoveryEnded
        | Kind::GenerationOpened
        | Kind::ReceiptReprinted
        | Kind::InvoiceIssued
        | Kind::InvoiceReprinted
        | Kind::PrintSettled
        | Kind::RightsGranted
        | Kind::RightsAsked
        | Kind::SigningKeyAdded
        | Kind::ExceptionResolved
        | Kind::ReferencePublished
        | Kind::NoticePosted
        | Kind::StoredTold
        | Kind::RefundsTold
        | Kind::RightsReturned
        | Kind::TransferExpected
        | Kind::RefundRightAsked
        | Kind::RefundRightWanted
        | Kind::RefundRightPassed
        | Kind::RefundRightGranted
        | Kind::RefundRightRefused
        | Kind::OpeningBalanceSent
        | Kind::OrderPlaced
        | Kind::FulfilmentAllocated
        | Kind::CustodyGranted
        | Kind::AllocationWithdrawn
        | Kind::CancelRequested
        | Kind::OrderCancelled
        | Kind::PickupAccepted
        | Kind::LinesPicked
        | Kind::PickupStaged
        | Kind::UnitsReleased
        | Kind::AllocationBroken
        | Kind::CancelDeclined => Ok(Vec::new()),
    }
}

fn counted(body: TransferReceived) -> Vec<Movement> {
    let lines = body.lines.into_iter();
    let lines = lines.map(|line| (line.sku, line.counted_milli));
    lines.map(came).collect()
}

/// What is sold by its department is nobody's stock: nobody knows what it was. Nor is money on a
/// gift card.
fn sold(kind: Kind, body: SaleRecorded) -> Result<Vec<Movement>, BodyRefused> {
    let lines = body.lines.into_iter();
    let counted = lines.filter(|line| line.sku.is_goods());
    let gone = |line: SaleLine| left(kind, line.sku, line.quantity_milli);
    counted.map(gone).collect()
}

fn adjusted(body: StockAdjusted) -> Vec<Movement> {
    let lines = body.lines.into_iter();
    let lines = lines.map(|line| (line.sku, line.delta_milli));
    lines.map(came).collect()
}

fn received(body: StockReceived) -> Vec<Movement> {
    let lines = body.lines.into_iter();
    let lines = lines.map(|line| (line.sku, line.quantity_milli));
    lines.map(came).collect()
}

/// Only what goes back to its shelf is on hand again: it left with the sale.
fn restocked(body: ReturnRecorded) -> Vec<Movement> {
    let lines = body.lines.into_iter();
    let counted = lines.filter(|line| line.sku.is_goods());
    let back = counted.filter(|line| line.disposition.is_on_hand());
    back.map(|line| came((line.sku, line.quantity_milli)))
        .collect()
}

fn sent(kind: Kind, body: TransferSent) -> Result<Vec<Movement>, BodyRefused> {
    let gone = |line: SkuUnits| left(kind, line.sku, line.quantity_milli);
    body.lines.into_iter().map(gone).collect()
}

fn units_left(kind: Kind, units: Vec<Units>) -> Result<Vec<Movement>, BodyRefused> {
    let gone = |unit: Units| left(kind, unit.sku, unit.quantity_milli);
    units.into_iter().map(gone).collect()
}

fn came((sku, delta_milli): (Sku, Milli)) -> Movement {
    Movement { sku, delta_milli }
}

fn left(kind: Kind, sku: Sku, gone: Milli) -> Result<Movement, BodyRefused> {
    let delta = gone.0.checked_neg().ok_or_else(|| BodyRefused::Malformed {
        kind,
        cause: "a quantity has no opposite".to_owned(),
    })?;
    Ok(came((sku, Milli(delta))))
}
