//! Refund rights at the hub: who asks is heard, who holds the right is asked to pass it on, and
//! what was passed is handed on. The hub itself holds none of a sale at a till.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed, ReplicaFailed};
use counterpart_protocol::facts::{Body, Kind};
use counterpart_protocol::ids::{DocumentId, EdgeNumber, FactId, SaleId, StoreId};
use counterpart_protocol::returns::{
    RefundRightAsked, RefundRightGranted, RefundRightPassed, RefundRightRefused, RefundRightWanted,
    WhyNotPassed,
};
use counterpart_protocol::sales::ReceiptNumber;

use crate::context::{Context, Progress};
use crate::returns::store::{self, Open};
use crate::sales;
use crate::sync::edges::{self, Edge};
use crate::sync::hearing;

/// Asks looked at in one turn.
const ASKS_AT_ONCE: u32 = 200;

/// The views of refund rights.
pub(super) struct Rights;

impl Projection for Rights {
    fn name(&self) -> &'static str {
        "refund_rights"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[
            Kind::RefundRightAsked,
            Kind::RefundRightWanted,
            Kind::RefundRightPassed,
            Kind::RefundRightGranted,
            Kind::RefundRightRefused,
        ]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let (fact, writer) = (projected.fact, projected.origin.writer.edge);
        match fact.kind() {
            Some(Kind::RefundRightAsked) => {
                let body: RefundRightAsked = fact.read()?;
                store::put_asked(tx, writer, fact, (&body.store, body.receipt))?;
            }
            Some(Kind::RefundRightWanted) => {
                let body: RefundRightWanted = fact.read()?;
                if let Some(of) = reader(projected) {
                    store::put_wanted(tx, fact, (body.ask, body.sale_id, of))?;
                }
            }
            Some(Kind::RefundRightPassed) => {
                let body: RefundRightPassed = fact.read()?;
                store::put_passed(tx, writer, fact, &body)?;
            }
            Some(Kind::RefundRightGranted) => {
                let body: RefundRightGranted = fact.read()?;
                store::put_answered(tx, fact, body.passed.ask)?;
            }
            Some(Kind::RefundRightRefused) => {
                let body: RefundRightRefused = fact.read()?;
                store::put_answered(tx, fact, body.ask)?;
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::RIGHTS_VIEWS
    }
}

/// Returns the edge a fact of the hub was told to.
fn reader(projected: &Projected<'_>) -> Option<EdgeNumber> {
    match projected.document {
        DocumentId::Segment(segment) => segment.about,
        DocumentId::Order(_) => None,
    }
}

/// Goes on with every ask as far as it can go now: that something was told is read from the fact
/// that tells it, so that nothing is told twice.
///
/// # Errors
/// [`ReplicaFailed`]; what was told before stays told.
pub(super) async fn run_once(context: &Context) -> Result<Progress, ReplicaFailed> {
    let read = |tx: &mut Tx| store::open(tx, ASKS_AT_ONCE).map_err(ReplicaFailed::from);
    let mut progress = Progress::Idle;
    for open in context.db().read(read).await? {
        let within = context.clone();
        let told = context.db().write(move |tx| go_on(&within, tx, &open));
        if told.await? == Progress::Moved {
            progress = Progress::Moved;
        }
    }
    Ok(progress)
}

fn go_on(context: &Context, tx: &mut Tx, open: &Open) -> Result<Progress, ReplicaFailed> {
    // What was read may have moved on by now.
    let still = store::open(tx, ASKS_AT_ONCE)?;
    let Some(open) = still.into_iter().find(|it| it.ask == open.ask) else {
        return Ok(Progress::Idle);
    };
    if let Some((passed, by)) = open.passed {
        let Some(holder) = edges::by_number(tx, by)? else {
            return Ok(Progress::Idle);
        };
        let granted = RefundRightGranted {
            by: holder.store_id,
            passed,
        };
        return tell(context, tx, open.edge, &granted);
    }
    if open.wanted_of.is_some() {
        return Ok(Progress::Idle);
    }
    match holder_of(tx, &open)? {
        Ok((sale_id, holder)) => want(context, tx, (open.ask, open.edge), (sale_id, holder)),
        Err(why) => tell(
            context,
            tx,
            open.edge,
            &RefundRightRefused { ask: open.ask, why },
        ),
    }
}

/// Returns the sale that is asked about and which edge may refund it now.
fn holder_of(
    tx: &mut Tx,
    open: &Open,
) -> Result<Result<(SaleId, EdgeNumber), WhyNotPassed>, DbError> {
    let sold_by = edges::of_store(tx, &open.store)?;
    if sold_by.is_empty() {
        return Ok(Err(WhyNotPassed::UnknownStore));
    }
    let Some((sale_id, seller)) = sale_of(tx, &sold_by, open.receipt)? else {
        return Ok(Err(WhyNotPassed::UnknownReceipt));
    };
    let held = store::held(tx, sale_id)?;
    let holder = held.map_or(seller, |held| held.edge);
    match holder == open.edge {
        true => Ok(Err(WhyNotPassed::HeldThere)),
        false => Ok(Ok((sale_id, holder))),
    }
}

fn sale_of(
    tx: &mut Tx,
    sold_by: &[Edge],
    receipt: ReceiptNumber,
) -> Result<Option<(SaleId, EdgeNumber)>, DbError> {
    for edge in sold_by {
        if let Some(sale_id) = sales::sale_of_receipt(tx, edge.number, receipt)? {
            return Ok(Some((sale_id, edge.number)));
        }
    }
    Ok(None)
}

/// Asks who holds the right to pass it on, once no other ask for it is under way.
fn want(
    context: &Context,
    tx: &mut Tx,
    (ask, asker): (FactId, EdgeNumber),
    (sale_id, holder): (SaleId, EdgeNumber),
) -> Result<Progress, ReplicaFailed> {
    if store::is_wanted(tx, sale_id)? {
        return Ok(Progress::Idle);
    }
    let Some(to) = store_of(tx, asker)? else {
        return Ok(Progress::Idle);
    };
    let wanted = RefundRightWanted {
        ask,
        sale_id,
        to,
        to_edge: asker,
    };
    tell(context, tx, holder, &wanted)
}

fn store_of(tx: &mut Tx, edge: EdgeNumber) -> Result<Option<StoreId>, DbError> {
    Ok(edges::by_number(tx, edge)?.map(|edge| edge.store_id))
}

/// Tells an edge something, unless it is blocked, or a restored hub may have told it already.
fn tell(
    context: &Context,
    tx: &mut Tx,
    edge: EdgeNumber,
    body: &impl Body,
) -> Result<Progress, ReplicaFailed> {
    let reader = edges::by_number(tx, edge)?.filter(|edge| edge.blocked_at_ms.is_none());
    let Some(reader) = reader else {
        return Ok(Progress::Idle);
    };
    if hearing::is_unheard(context, tx, reader.number)? {
        return Ok(Progress::Idle);
    }
    let place = context.place_on(&reader.days);
    context.replica().record(tx, reader.number, place, body)?;
    tracing::info!(edge.id = reader.number.0, "told a store of a refund right");
    Ok(Progress::Moved)
}
