//! Promise rights: how many units a store and the hub may each still promise, as sums over facts.
//!
//! Escrow after O'Neil 1986 and Balegas et al. 2015, as `replication.md` §3 fixes it. Each side
//! sees its own facts exactly and the other's late, which only delays credits: so no partition
//! lets both promise one unit. Who grants how much is the store's policy, not decided here.

mod fact;
#[cfg(test)]
mod tests;

pub use fact::{RightsAsked, RightsGranted, RightsReturned, SkuUnits};

use crate::facts::{BodyRefused, Fact, Kind};
use crate::ids::{EdgeNumber, Sku};
use crate::orders::{
    AllocationBroken, AllocationWithdrawn, FulfilmentAllocated, HandedOver, LinesShorted, Units,
    UnitsReleased,
};
use crate::quantity::Milli;

/// The sums of one edge and one SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rights {
    /// Let to the hub by the store.
    pub granted: Milli,
    /// Given back to the store by the hub.
    pub returned: Milli,
    /// Reserved by the hub for orders.
    pub reserved: Milli,
    /// Reservations undone before they were consumed.
    pub released: Milli,
    /// Handed over, shipped, shorted or broken: reservations that are over.
    pub consumed: Milli,
}

/// Which of the sums a fact adds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// [`Rights::granted`].
    Granted,
    /// [`Rights::returned`].
    Returned,
    /// [`Rights::reserved`].
    Reserved,
    /// [`Rights::released`].
    Released,
    /// [`Rights::consumed`].
    Consumed,
}

/// What one fact adds to the rights of one edge and one SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Whose stock it is about.
    pub edge: EdgeNumber,
    /// What.
    pub sku: Sku,
    /// Which sum.
    pub term: Term,
    /// How much more.
    pub quantity_milli: Milli,
}

impl Rights {
    /// Returns these rights with an effect added; sums beyond an `i64` stay at its end.
    #[must_use]
    pub fn with(mut self, term: Term, quantity: Milli) -> Self {
        let sum = match term {
            Term::Granted => &mut self.granted,
            Term::Returned => &mut self.returned,
            Term::Reserved => &mut self.reserved,
            Term::Released => &mut self.released,
            Term::Consumed => &mut self.consumed,
        };
        sum.0 = sum.0.saturating_add(quantity.0);
        self
    }

    /// Returns how much of what is on hand is spoken for by the hub, as the store sees it.
    #[must_use]
    pub fn encumbered(&self) -> Milli {
        less(less(self.granted, self.returned), self.consumed)
    }

    /// Returns how much the store may promise by itself, below nothing when it owes.
    #[must_use]
    pub fn store_may_promise(&self, on_hand: Milli) -> Milli {
        less(on_hand, self.encumbered())
    }

    /// Returns how much more the hub may reserve.
    #[must_use]
    pub fn hub_may_promise(&self) -> Milli {
        let held = less(less(self.granted, self.returned), self.reserved);
        Milli(held.0.saturating_add(self.released.0))
    }

    /// Returns how much is reserved and neither consumed nor released.
    #[must_use]
    pub fn open_reservations(&self) -> Milli {
        less(less(self.reserved, self.released), self.consumed)
    }

    /// Returns the debt: what was promised and is not there, because of facts nobody may refuse.
    #[must_use]
    pub fn debt(&self, on_hand: Milli) -> Milli {
        Milli(less(self.encumbered(), on_hand).0.max(0))
    }
}

fn less(from: Milli, what: Milli) -> Milli {
    Milli(from.0.saturating_sub(what.0))
}

/// Returns the kinds of fact that change rights.
#[must_use]
pub const fn rights_kinds() -> [Kind; 8] {
    [
        Kind::RightsGranted,
        Kind::RightsReturned,
        Kind::FulfilmentAllocated,
        Kind::AllocationWithdrawn,
        Kind::HandedOver,
        Kind::LinesShorted,
        Kind::UnitsReleased,
        Kind::AllocationBroken,
    ]
}

/// Returns what a fact does to rights: at every replica the same. `writer` wrote it; `about` is
/// the edge the hub's journal is about, for the hub's journal facts.
///
/// # Errors
/// [`BodyRefused`] when the fact's body cannot be read.
pub fn effects(
    fact: &Fact,
    writer: EdgeNumber,
    about: Option<EdgeNumber>,
) -> Result<Vec<Effect>, BodyRefused> {
    match fact.kind() {
        Some(kind) => effects_of(kind, fact, (writer, about)),
        None => Ok(Vec::new()),
    }
}

/// Who wrote a fact, and the edge the hub's journal is about.
type Whose = (EdgeNumber, Option<EdgeNumber>);

fn effects_of(kind: Kind, fact: &Fact, whose: Whose) -> Result<Vec<Effect>, BodyRefused> {
    let (writer, about) = whose;
    Ok(match kind {
        Kind::RightsGranted => of_lines(writer, Term::Granted, fact.read::<RightsGranted>()?.lines),
        Kind::RightsReturned => returned(about, fact.read()?),
        Kind::FulfilmentAllocated => allocated(fact.read()?),
        Kind::AllocationWithdrawn => withdrawn(fact.read()?),
        Kind::HandedOver => of_units(writer, Term::Consumed, fact.read::<HandedOver>()?.units),
        Kind::LinesShorted => of_units(writer, Term::Consumed, fact.read::<LinesShorted>()?.units),
        Kind::UnitsReleased => released(writer, fact.read()?),
        Kind::AllocationBroken => broken(writer, fact.read()?),
        Kind::SaleRecorded
        | Kind::BasketVoided
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
        | Kind::StockReceived
        | Kind::ReceiptReprinted
        | Kind::InvoiceIssued
        | Kind::InvoiceReprinted
        | Kind::PrintSettled
        | Kind::StockAdjusted
        | Kind::TransferSent
        | Kind::TransferReceived
        | Kind::RightsAsked
        | Kind::SigningKeyAdded
        | Kind::ExceptionResolved
        | Kind::ReferencePublished
        | Kind::NoticePosted
        | Kind::StoredTold
        | Kind::RefundsTold
        | Kind::TransferExpected
        | Kind::RefundRightAsked
        | Kind::RefundRightWanted
        | Kind::RefundRightPassed
        | Kind::RefundRightGranted
        | Kind::RefundRightRefused
        | Kind::OpeningBalanceSent
        | Kind::OrderPlaced
        | Kind::CustodyGranted
        | Kind::CancelRequested
        | Kind::OrderCancelled
        | Kind::PickupAccepted
        | Kind::LinesPicked
        | Kind::PickupStaged
        | Kind::CancelDeclined
        | Kind::GenerationOpened
        | Kind::ReturnRecorded => Vec::new(),
    })
}

fn released(writer: EdgeNumber, body: UnitsReleased) -> Vec<Effect> {
    of_units(writer, Term::Released, body.units)
}

fn allocated(body: FulfilmentAllocated) -> Vec<Effect> {
    of_units(body.edge, Term::Reserved, body.units)
}

fn withdrawn(body: AllocationWithdrawn) -> Vec<Effect> {
    of_units(body.edge, Term::Released, body.units)
}

fn broken(writer: EdgeNumber, body: AllocationBroken) -> Vec<Effect> {
    of_units(writer, Term::Consumed, body.units)
}

fn returned(about: Option<EdgeNumber>, body: RightsReturned) -> Vec<Effect> {
    match about {
        Some(edge) => of_lines(edge, Term::Returned, body.lines),
        None => Vec::new(),
    }
}

fn of_lines(edge: EdgeNumber, term: Term, lines: Vec<SkuUnits>) -> Vec<Effect> {
    let effect = |line: SkuUnits| Effect {
        edge,
        sku: line.sku,
        term,
        quantity_milli: line.quantity_milli,
    };
    lines.into_iter().map(effect).collect()
}

fn of_units(edge: EdgeNumber, term: Term, units: Vec<Units>) -> Vec<Effect> {
    let effect = |unit: Units| Effect {
        edge,
        sku: unit.sku,
        term,
        quantity_milli: unit.quantity_milli,
    };
    units.into_iter().map(effect).collect()
}
