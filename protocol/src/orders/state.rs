//! What state an order is in: a fold over its facts that gives the same in any order of arrival.
//! Quantities are sums; the last place of a bag goes by epoch and its writer's sequence, no clock.

use std::collections::BTreeMap;

use super::about::AboutUnits;
use super::count::LineCount;
use super::fact::{
    AllocationWithdrawn, CancelRequested, CustodyGranted, FulfilmentAllocated, OrderCancelled,
    OrderPlaced, Units,
};
use super::store_fact::{
    AllocationBroken, CancelDeclined, HandedOver, LinesPicked, LinesShorted, PickupAccepted,
    PickupStaged, UnitsReleased,
};
use crate::codes::TypedDigits;
use crate::exceptions::{ExceptionId, ExceptionResolved};
use crate::facts::{BodyRefused, Fact, Kind};
use crate::ids::{EdgeNumber, FulfilmentId, StoreId, Writer};
use crate::quantity::Milli;

/// One fact of an order's document, and where it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFact {
    /// The fact.
    pub fact: Fact,
    /// Who wrote it.
    pub writer: Writer,
    /// The custody epoch it was written under; 0 before any custody.
    pub epoch: u32,
    /// The writer's own sequence within the document, from 1.
    pub seq: u64,
}

/// An order as its facts say it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Order {
    /// What was ordered; missing when only later facts have arrived.
    pub placed: Option<OrderPlaced>,
    /// The nodes' parts.
    pub fulfilments: BTreeMap<FulfilmentId, Fulfilment>,
    /// What is cancelled for good, by order line.
    pub cancelled: BTreeMap<u16, Milli>,
    /// The exceptions a person settled.
    pub resolved: BTreeMap<ExceptionId, ExceptionResolved>,
}

/// One node's part of an order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fulfilment {
    /// The store; missing when its allocation has not arrived.
    pub store: Option<StoreId>,
    /// The edge whose stock it is about.
    pub edge: Option<EdgeNumber>,
    /// The newest custody epoch; 0 before custody was granted.
    pub epoch: u32,
    /// By when the customer was told it is ready, in milliseconds since 1970 UTC.
    pub promise_at_ms: Option<i64>,
    /// How many days it waits for the customer.
    pub hold_days: Option<u16>,
    /// What typed digits are checked against.
    pub digits: Option<TypedDigits>,
    /// Whether somebody at the node has taken it on.
    pub accepted: bool,
    /// Where the bag stands.
    pub location: Option<String>,
    /// When the bag was put there, by the writer's hybrid clock in milliseconds UTC.
    pub staged_at_ms: Option<i64>,
    /// Its lines, by order line.
    pub lines: BTreeMap<u16, LineCount>,
    staged_by: Option<(u32, Writer, u64)>,
}

/// How far a fulfilment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Reserved; the node does not know of it yet.
    Allocated,
    /// The node has custody and nobody there has looked at it.
    Offered,
    /// Somebody has taken it on.
    Accepted,
    /// Some of it is picked.
    Picking,
    /// All that is left of it is picked.
    Picked,
    /// It waits for the customer.
    Staged,
    /// It is over, and the customer has something of it.
    HandedOver,
    /// It is over, and the customer has nothing of it.
    Released,
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderStatus {
    /// Some units have no node that could serve them.
    Unrouted,
    /// Every unit is reserved at a node.
    Routed,
    /// A node works on it.
    InProgress,
    /// Everything that is left waits for the customer.
    Ready,
    /// The customer has what was not cancelled.
    Completed,
    /// Nothing of it is left to do, and the customer has nothing of it.
    Cancelled,
}

impl Order {
    /// Folds an order's facts; facts of kinds it does not know change nothing.
    ///
    /// # Errors
    /// [`BodyRefused`] when a body of a known kind cannot be read.
    pub fn fold<'a>(facts: impl IntoIterator<Item = &'a OrderFact>) -> Result<Self, BodyRefused> {
        let mut order = Self::default();
        for stated in facts {
            order.take(stated)?;
        }
        Ok(order)
    }

    fn take(&mut self, stated: &OrderFact) -> Result<(), BodyRefused> {
        match stated.fact.kind() {
            Some(kind) => self.take_of(kind, stated),
            None => Ok(()),
        }
    }

    fn take_of(&mut self, kind: Kind, stated: &OrderFact) -> Result<(), BodyRefused> {
        match kind {
            Kind::OrderPlaced => self.placed = Some(stated.fact.read()?),
            Kind::OrderCancelled => self.cancel(stated.fact.read()?),
            Kind::ExceptionResolved => self.resolve(stated.fact.read()?),
            Kind::FulfilmentAllocated => self.allocate(stated.fact.read()?),
            Kind::CustodyGranted => self.custody(stated.fact.read()?),
            Kind::PickupAccepted => self.accept(&stated.fact.read()?),
            Kind::PickupStaged => self.staged(&stated.fact.read()?, stated),
            Kind::AllocationWithdrawn
            | Kind::CancelRequested
            | Kind::LinesPicked
            | Kind::LinesShorted
            | Kind::HandedOver
            | Kind::UnitsReleased
            | Kind::AllocationBroken
            | Kind::CancelDeclined => self.units(&stated.fact)?,
            Kind::OperationRefused
            | Kind::OperationApproved
            | Kind::SaleRecorded
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
            | Kind::SaleSigned
            | Kind::GiftReceiptPrinted
            | Kind::ReceiptUnsigned
            | Kind::SigningOutageBegan
            | Kind::SigningOutageEnded
            | Kind::DaySealed
            | Kind::DayCountersigned
            | Kind::LifeOpened
            | Kind::RecoveryEnded
            | Kind::GenerationOpened
            | Kind::ReturnRecorded
            | Kind::RefundRightAsked
            | Kind::RefundRightWanted
            | Kind::RefundRightPassed
            | Kind::RefundRightGranted
            | Kind::RefundRightRefused
            | Kind::StockReceived
            | Kind::ReceiptReprinted
            | Kind::InvoiceIssued
            | Kind::InvoiceReprinted
            | Kind::PrintSettled
            | Kind::StockAdjusted
            | Kind::TransferSent
            | Kind::TransferReceived
            | Kind::RightsGranted
            | Kind::RightsAsked
            | Kind::SigningKeyAdded
            | Kind::ReferencePublished
            | Kind::NoticePosted
            | Kind::StoredTold
            | Kind::RefundsTold
            | Kind::RightsReturned
            | Kind::TransferExpected
            | Kind::OpeningBalanceSent => {}
        }
        Ok(())
    }

    fn resolve(&mut self, resolved: ExceptionResolved) {
        self.resolved.insert(resolved.exception_id, resolved);
    }

    /// Adds up the units of a fact, by the one kind it is of.
    fn units(&mut self, fact: &Fact) -> Result<(), BodyRefused> {
        self.sum::<AllocationWithdrawn>(fact, |line| &mut line.withdrawn)?;
        self.sum::<CancelRequested>(fact, |line| &mut line.cancel_asked)?;
        self.sum::<LinesPicked>(fact, |line| &mut line.picked)?;
        self.sum::<LinesShorted>(fact, |line| &mut line.shorted)?;
        self.sum::<HandedOver>(fact, |line| &mut line.handed_over)?;
        self.sum::<UnitsReleased>(fact, |line| &mut line.released)?;
        self.sum::<AllocationBroken>(fact, |line| &mut line.broken)?;
        self.sum::<CancelDeclined>(fact, |line| &mut line.cancel_declined)
    }

    fn staged(&mut self, body: &PickupStaged, stated: &OrderFact) {
        self.part(body.fulfilment_id).stage_at(body, stated);
    }

    fn accept(&mut self, body: &PickupAccepted) {
        self.part(body.fulfilment_id).accepted = true;
    }

    fn allocate(&mut self, body: FulfilmentAllocated) {
        let part = self.part(body.fulfilment_id);
        part.store = Some(body.store);
        part.edge = Some(body.edge);
        part.sum(&body.units, |line| &mut line.allocated);
    }

    fn sum<B: AboutUnits>(
        &mut self,
        fact: &Fact,
        of: impl Fn(&mut LineCount) -> &mut Milli,
    ) -> Result<(), BodyRefused> {
        if fact.kind() != Some(B::KIND) {
            return Ok(());
        }
        let body: B = fact.read()?;
        let (part, units) = body.about();
        self.part(part).sum(units, of);
        Ok(())
    }

    fn cancel(&mut self, body: OrderCancelled) {
        for unit in body.units {
            let sum = self.cancelled.entry(unit.line).or_default();
            add(sum, unit.quantity_milli);
        }
    }

    fn part(&mut self, id: FulfilmentId) -> &mut Fulfilment {
        self.fulfilments.entry(id).or_default()
    }

    fn custody(&mut self, body: CustodyGranted) {
        let part = self.part(body.fulfilment_id);
        if body.epoch >= part.epoch {
            part.epoch = body.epoch;
            part.promise_at_ms = Some(body.promise_at_ms);
            part.hold_days = Some(body.hold_days);
            part.digits = Some(body.digits);
        }
    }

    /// Returns how much of a line the customers has, over all nodes.
    #[must_use]
    pub fn handed_over(&self, line: u16) -> Milli {
        self.sum_of(line, |count| count.handed_over)
    }

    /// Returns how much of a line is neither cancelled, handed over nor reserved anywhere.
    #[must_use]
    pub fn unrouted(&self, line: u16) -> Milli {
        let ordered = self.placed.as_ref().and_then(|placed| {
            let found = placed.lines.iter().find(|ordered| ordered.line == line);
            found.map(|found| found.quantity_milli.0)
        });
        let settled = self.cancelled.get(&line).map_or(0, |cancelled| cancelled.0)
            + self.handed_over(line).0
            + self.sum_of(line, LineCount::remaining).0;
        Milli((ordered.unwrap_or(0) - settled).max(0))
    }

    fn sum_of(&self, line: u16, count: impl Fn(&LineCount) -> Milli) -> Milli {
        let lines = self
            .fulfilments
            .values()
            .filter_map(|part| part.lines.get(&line));
        Milli(lines.map(|line| count(line).0).sum())
    }

    /// Returns how far the order is.
    #[must_use]
    pub fn status(&self) -> OrderStatus {
        let lines = self.placed.as_ref().map_or(&[][..], |placed| &placed.lines);
        let any = |of: &dyn Fn(u16) -> Milli| lines.iter().any(|line| of(line.line).0 > 0);
        if any(&|line| self.unrouted(line)) {
            return OrderStatus::Unrouted;
        }
        let mut open = self.fulfilments.values().map(Fulfilment::stage);
        let mut open = open
            .by_ref()
            .filter(|stage| *stage < Stage::HandedOver)
            .peekable();
        if open.peek().is_none() {
            return match any(&|line| self.handed_over(line)) {
                true => OrderStatus::Completed,
                false => OrderStatus::Cancelled,
            };
        }
        let stages: Vec<Stage> = open.collect();
        if stages.iter().all(|stage| *stage == Stage::Staged) {
            OrderStatus::Ready
        } else if stages.iter().any(|stage| *stage > Stage::Offered) {
            OrderStatus::InProgress
        } else {
            OrderStatus::Routed
        }
    }
}

impl Fulfilment {
    fn sum(&mut self, units: &[Units], of: impl Fn(&mut LineCount) -> &mut Milli) {
        for unit in units {
            let line = self.lines.entry(unit.line);
            let line = line.or_insert_with(|| LineCount::none(&unit.sku));
            add(of(line), unit.quantity_milli);
        }
    }

    fn stage_at(&mut self, body: &PickupStaged, stated: &OrderFact) {
        let said = (stated.epoch, stated.writer, stated.seq);
        if self.staged_by.is_none_or(|before| before < said) {
            self.staged_by = Some(said);
            self.location = Some(body.location.clone());
            self.staged_at_ms = i64::try_from(stated.fact.header.hlc.at_ms()).ok();
        }
    }

    /// Returns how far this part is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        let any = |of: fn(&LineCount) -> Milli| self.lines.values().any(|line| of(line).0 > 0);
        if !any(LineCount::remaining) {
            return match any(|line| line.handed_over) {
                true => Stage::HandedOver,
                false => Stage::Released,
            };
        }
        match (any(LineCount::to_pick), any(LineCount::in_the_bag)) {
            (false, _) if self.location.is_some() => Stage::Staged,
            (false, _) => Stage::Picked,
            (true, true) => Stage::Picking,
            (true, false) if self.accepted => Stage::Accepted,
            (true, false) if self.epoch > 0 => Stage::Offered,
            (true, false) => Stage::Allocated,
        }
    }

    /// Returns whether a cancellation was asked for that nobody has answered yet.
    #[must_use]
    pub fn cancel_waits(&self) -> bool {
        self.lines.values().any(|line| line.cancel_open().0 > 0)
    }
}

fn add(sum: &mut Milli, more: Milli) {
    sum.0 = sum.0.saturating_add(more.0);
}
