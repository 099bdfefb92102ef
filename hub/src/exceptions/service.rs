//! Folds facts into exceptions, puts the facts of one side by side, and settles what a person says.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::{
    Projected, Projection, ProjectionFailed, ReplicaFailed, order_facts,
};
use counterpart_protocol::exceptions::{
    ExceptionId, ExceptionResolved, Raised, Resolution, Standing,
};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{CouponId, DocumentId, EdgeNumber, OrderId, SaleId, StoredId};
use counterpart_protocol::orders::{Order, exceptions, order_kinds};

use super::rules::{self, SettlingBarred};
use super::store::{self, Filter, Stored, Subject};
use crate::context::Context;
use crate::orders::{self, OrderFailed, ToldFact};
use crate::stores::{self, StoreName};
use crate::sync::edges;
use crate::{coupons, returns, stock, stored, transfers};

/// The topic of pages that show exceptions.
pub(super) const EXCEPTIONS: &str = "exceptions";

/// Why an exception was not read or settled.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExceptionFailed {
    /// There is none.
    #[error("there is no such exception")]
    Unknown,
    /// It is not settled like that.
    #[error(transparent)]
    Barred(#[from] SettlingBarred),
    /// Nobody is left to be told.
    #[error("no edge is left that could be told of it")]
    NoEdge,
    /// Its order.
    #[error("could not use the exception's order")]
    Order(#[from] OrderFailed),
    /// A fact could not be stated.
    #[error("could not state that it is settled")]
    Replica(#[from] ReplicaFailed),
    /// The database.
    #[error("could not use an exception")]
    Db(#[from] DbError),
}

impl ToProblem for ExceptionFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Unknown => Problem::not_found(sentence),
            Self::Barred(_) => Problem::refused("exception_not_settled", sentence),
            Self::NoEdge => Problem::refused("nobody_to_tell", sentence),
            Self::Order(failed) => failed.to_problem(),
            Self::Db(error) | Self::Replica(ReplicaFailed::Db(error)) => error.to_problem(),
            Self::Replica(_) => Problem::failed("replica_failed", sentence),
        }
    }
}

/// Returns the views this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Exceptions)]
}

/// The view of exceptions.
struct Exceptions;

const KINDS: [Kind; 15] = order_kinds();

impl Projection for Exceptions {
    fn name(&self) -> &'static str {
        "exceptions"
    }

    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        if projected.fact.kind() == Some(Kind::ExceptionResolved) {
            let body: ExceptionResolved = projected.fact.read()?;
            let at_ms = at_ms(projected.fact.header.hlc.at_ms());
            store::put_resolution(tx, body.exception_id, rules::way_word(body.how), at_ms)?;
        }
        match projected.document {
            DocumentId::Order(id) => fold_order(tx, id),
            DocumentId::Segment(_) => Ok(()),
        }
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}

fn at_ms(hlc_ms: u64) -> i64 {
    i64::try_from(hlc_ms).unwrap_or(i64::MAX)
}

fn fold_order(tx: &mut Tx, id: OrderId) -> Result<(), ProjectionFailed> {
    let facts = order_facts(tx, id)?;
    let raised = exceptions(&facts)?;
    let order = Order::fold(&facts)?;
    for one in &raised {
        // It is raised by the last of its facts; what stands in a journal came before.
        let met = facts
            .iter()
            .filter(|stated| one.facts.contains(&stated.fact.header.id));
        let raised_at = met.map(|stated| stated.fact.header.hlc.at_ms()).max();
        let part = one.fulfilment_id.and_then(|id| order.fulfilments.get(&id));
        let edge = part.and_then(|part| part.edge);
        let raised_at_ms = at_ms(raised_at.unwrap_or(0));
        store::put(tx, Subject::Order(id), edge, one, raised_at_ms)?;
    }
    let kept: Vec<ExceptionId> = raised.iter().map(|one| one.exception_id).collect();
    Ok(store::keep_only(tx, id, &kept)?)
}

/// Raises an exception of something that is no order; whoever settled it before it was raised here
/// settled it.
///
/// # Errors
/// Those of the database.
pub fn raise(
    tx: &mut Tx,
    about: Subject,
    edge: EdgeNumber,
    mut raised: Raised,
    raised_at_ms: i64,
) -> Result<(), DbError> {
    if store::is_resolved(tx, raised.exception_id)? {
        raised.standing = Standing::Resolved;
    }
    store::put(tx, about, Some(edge), &raised, raised_at_ms)
}

/// Raises the exception of a card, if there is one, and takes back any other of that card. With it
/// goes where and when its last use was, the time in milliseconds UTC.
///
/// # Errors
/// Those of the database.
pub fn of_card(
    tx: &mut Tx,
    card: StoredId,
    (edge, raised_at_ms): (EdgeNumber, i64),
    raised: Option<Raised>,
) -> Result<(), DbError> {
    let kept = raised.as_ref().map(|raised| raised.exception_id);
    store::keep_of_card(tx, card, kept)?;
    match raised {
        Some(raised) => raise(tx, Subject::Card(card), edge, raised, raised_at_ms),
        None => Ok(()),
    }
}

/// Raises the exception of a sale, if there is one, and takes back any other of that sale. With it
/// goes where and when its last refund was, the time in milliseconds UTC.
///
/// # Errors
/// Those of the database.
pub fn of_sale(
    tx: &mut Tx,
    sale_id: SaleId,
    (edge, raised_at_ms): (EdgeNumber, i64),
    raised: Option<Raised>,
) -> Result<(), DbError> {
    let kept = raised.as_ref().map(|raised| raised.exception_id);
    store::keep_of_sale(tx, sale_id, kept)?;
    match raised {
        Some(raised) => raise(tx, Subject::Sale(sale_id), edge, raised, raised_at_ms),
        None => Ok(()),
    }
}

/// Raises the exception of a coupon, if there is one, and takes back any other of that coupon. With
/// it goes where and when it was used last, the time in milliseconds UTC.
///
/// # Errors
/// Those of the database.
pub fn of_coupon(
    tx: &mut Tx,
    coupon: CouponId,
    (edge, raised_at_ms): (EdgeNumber, i64),
    raised: Option<Raised>,
) -> Result<(), DbError> {
    let kept = raised.as_ref().map(|raised| raised.exception_id);
    store::keep_of_coupon(tx, coupon, kept)?;
    match raised {
        Some(raised) => raise(tx, Subject::Coupon(coupon), edge, raised, raised_at_ms),
        None => Ok(()),
    }
}

/// Returns how many exceptions need a person.
///
/// # Errors
/// Those of the database.
pub fn open_count(tx: &mut Tx) -> Result<i64, DbError> {
    Ok(store::counts(tx)?.remove("open").unwrap_or(0))
}

/// An exception with its facts side by side.
pub(super) struct View {
    pub(super) stored: Stored,
    pub(super) facts: Vec<ToldFact>,
    pub(super) stores: Vec<StoreName>,
    pub(super) now_ms: i64,
}

/// Returns an exception with its facts side by side.
pub(super) fn view(
    context: &Context,
    tx: &mut Tx,
    id: ExceptionId,
) -> Result<View, ExceptionFailed> {
    let stored = store::by_id(tx, id)?.ok_or(ExceptionFailed::Unknown)?;
    let mut facts = match stored.about {
        Subject::Order(order) => orders::told(context, tx, order, &stored.facts)?,
        Subject::Transfer(transfer) => transfers::told(tx, transfer)?,
        Subject::Card(card) => stored::told(tx, card)?,
        Subject::Sale(sale_id) => returns::told(tx, sale_id)?,
        Subject::Coupon(coupon) => coupons::told(tx, coupon)?,
    };
    // What took reserved units away stands in a journal: its movement says what it was.
    for fact in &stored.facts {
        if facts.iter().any(|told| told.fact_id == *fact) {
            continue;
        }
        let moved = stock::moved_by(tx, *fact)?;
        // Of one millisecond, what took the units away comes before what that broke.
        let told = moved.map(|moved| ToldFact {
            fact_id: *fact,
            at_ms: moved.at_ms,
            edge: moved.edge,
            title: "Stock moved".to_owned(),
            detail: moved.sentence,
        });
        facts.splice(0..0, told);
    }
    facts.sort_by_key(|told| told.at_ms);
    Ok(View {
        stored,
        facts,
        stores: stores::names(context, tx)?,
        now_ms: context.now_ms(),
    })
}

/// A page of the inbox.
pub(super) struct Inbox {
    pub(super) rows: Vec<Stored>,
    pub(super) more: bool,
    pub(super) open: i64,
    pub(super) settled: i64,
    pub(super) resolved: i64,
    pub(super) stores: Vec<StoreName>,
    pub(super) now_ms: i64,
}

/// Returns a page of the inbox.
pub(super) fn inbox(
    context: &Context,
    tx: &mut Tx,
    filter: &Filter,
    limit: u32,
) -> Result<Inbox, DbError> {
    let mut rows = store::listed(tx, filter, limit + 1)?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let mut counts = store::counts(tx)?;
    let mut count = |standing: &str| counts.remove(standing).unwrap_or(0);
    Ok(Inbox {
        open: count("open"),
        settled: count("settled"),
        resolved: count("resolved"),
        rows,
        more,
        stores: stores::names(context, tx)?,
        now_ms: context.now_ms(),
    })
}

/// States that a person settled an exception: in its order's document, or in the hub's journal for
/// the store that counted.
pub(super) fn resolve_in(
    context: &Context,
    tx: &mut Tx,
    id: ExceptionId,
    how: Resolution,
) -> Result<(), ExceptionFailed> {
    let stored = store::by_id(tx, id)?.ok_or(ExceptionFailed::Unknown)?;
    rules::check(stored.rule, &stored.standing, how)?;
    match stored.about {
        Subject::Order(order) => orders::resolve_in(context, tx, order, id, how)?,
        Subject::Transfer(_) | Subject::Card(_) | Subject::Sale(_) | Subject::Coupon(_) => {
            let edge = stored.edge.ok_or(ExceptionFailed::NoEdge)?;
            let known = edges::by_number(tx, edge)?.ok_or(ExceptionFailed::NoEdge)?;
            let place = context.place_on(&known.days);
            let body = ExceptionResolved {
                exception_id: id,
                how,
            };
            context.replica().record(tx, edge, place, &body)?;
        }
    }
    let live = context.live().clone();
    tx.on_commit(Box::new(move || live.publish(EXCEPTIONS)));
    tracing::info!(exception.id = %id, rule = stored.rule.word(), "settled an exception");
    Ok(())
}
