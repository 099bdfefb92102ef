//! Exceptions with the facts that raise them side by side, and how a person settles one.

mod facts;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{ReplicaFailed, order_facts};
use counterpart_protocol::exceptions::{
    ExceptionId, ExceptionResolved, Resolution, Rule, Standing,
};
use counterpart_protocol::facts::BodyRefused;
use counterpart_protocol::ids::{EdgeNumber, FactId, FulfilmentId, OrderId, Sku, TransferId};
use counterpart_protocol::orders::Order;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::facts::{ends, facts_of_order, name_of, refunds, uses};
use super::store::{self, Exception, Subject, standing_word};
use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::staff::{self, ApprovalFailed, Person};
use crate::transfers;
use crate::written::moment;

/// Exceptions on one page.
pub(crate) const PAGE: u32 = 20;

/// Why an exception was not settled.
#[derive(Debug, thiserror::Error)]
pub enum ExceptionError {
    /// There is none with this id.
    #[error("this store has no exception {0}")]
    NoSuchException(ExceptionId),
    /// It needs nobody any more.
    #[error("this exception is taken care of already: {0}")]
    NotOpen(&'static str),
    /// It is no way out of this one.
    #[error("this is not settled like that: choose one of the ways that are offered")]
    NoWay,
    /// The person may not do it, or nobody approved it.
    #[error(transparent)]
    NotApproved(#[from] ApprovalFailed),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// The fact could not be stated.
    #[error("could not state how an exception was settled")]
    Replica(#[from] ReplicaFailed),
    /// A fact cannot be read.
    #[error("could not read a fact that raises an exception")]
    Unreadable(#[from] BodyRefused),
    /// The database failed.
    #[error("could not read or store exceptions")]
    Db(#[from] DbError),
}

/// An exception and the facts that raise it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ExceptionView {
    /// Its id, the same at every replica.
    #[schema(value_type = String)]
    pub exception_id: ExceptionId,
    /// Its rule, in a word.
    pub rule: &'static str,
    /// How it may be settled.
    #[serde(skip)]
    pub ways: &'static [Resolution],
    /// How urgent it is; 1 is the worst.
    pub severity: u8,
    /// How it stands: `open`, `settled` or `resolved`.
    pub standing: &'static str,
    /// The order, if it is about one.
    pub order_id: Option<OrderId>,
    /// The transfer, if it is about one.
    pub transfer_id: Option<TransferId>,
    /// What people call the order; of a transfer, the store it came from; of a gift card or a
    /// credit, the end of its number and how much too much was redeemed; of a sale, its receipt and
    /// the store that sold it.
    pub reference: String,
    /// This store's part of it, if it is about one.
    pub fulfilment_id: Option<FulfilmentId>,
    /// When it was raised, in RFC 3339.
    pub raised_at: String,
    /// When it was raised, in milliseconds UTC.
    #[serde(skip)]
    pub raised_at_ms: i64,
    /// What it is about.
    pub units: Vec<UnitsView>,
    /// The facts that met, side by side.
    pub facts: Vec<FactView>,
}

/// Some of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct UnitsView {
    /// What.
    pub sku: Sku,
    /// What people call it.
    pub name: String,
    /// How much.
    pub quantity_milli: Milli,
}

/// A fact that raises an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FactView {
    /// The fact.
    pub fact_id: FactId,
    /// Its kind, in a word; nothing when it has not arrived.
    pub kind: Option<&'static str>,
    /// What it says.
    pub says: String,
    /// Who stated it: `this store`, `the hub`, `another store`.
    pub by: &'static str,
    /// The person, by name, while they are on the roster.
    pub staff: Option<String>,
    /// When, in RFC 3339.
    pub at: Option<String>,
    /// When, in milliseconds UTC.
    #[serde(skip)]
    pub at_ms: Option<i64>,
}

/// An exception was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Settled {
    /// Which.
    #[schema(value_type = String)]
    pub exception_id: ExceptionId,
    /// How.
    #[schema(value_type = String)]
    pub how: Resolution,
}

/// Returns the exceptions with a standing, the worst first; `page` counts from 0.
///
/// # Errors
///
/// [`ExceptionError`].
pub(crate) fn list(
    tx: &mut Tx,
    standing: Standing,
    page: u32,
) -> Result<(Vec<ExceptionView>, bool), ExceptionError> {
    let skipped = page.saturating_mul(PAGE);
    let mut found = store::with_standing(tx, standing, (PAGE + 1, skipped))?;
    let shown = usize::try_from(PAGE).expect("32 bits fit");
    let has_more = found.len() > shown;
    found.truncate(shown);
    let views: Result<Vec<_>, _> = found.into_iter().map(|one| view(tx, one)).collect();
    Ok((views?, has_more))
}

/// Returns one exception.
///
/// # Errors
///
/// [`ExceptionError`].
pub(crate) fn one(tx: &mut Tx, id: ExceptionId) -> Result<ExceptionView, ExceptionError> {
    let found = store::exception(tx, id)?.ok_or(ExceptionError::NoSuchException(id))?;
    view(tx, found)
}

/// Settles an exception: that is a fact of its own, and those that raised it stay as they are.
///
/// # Errors
///
/// [`ExceptionError`].
pub(crate) async fn resolve(
    ctx: &Context,
    person: &Person,
    (id, how): (ExceptionId, Resolution),
    command: Command,
) -> Result<Settled, ExceptionError> {
    staff::permit(ctx, person, Operation::ResolveException).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            resolve_now(&context, tx, &person, id, how)
        })
    };
    ctx.db().write(work).await
}

fn resolve_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    exception_id: ExceptionId,
    how: Resolution,
) -> Result<Settled, ExceptionError> {
    let found =
        store::exception(tx, exception_id)?.ok_or(ExceptionError::NoSuchException(exception_id))?;
    match found.standing {
        Standing::Open => {}
        Standing::Settled => return Err(ExceptionError::NotOpen("later facts settled it")),
        Standing::Resolved => return Err(ExceptionError::NotOpen("somebody resolved it")),
    }
    if !ways(found.rule).contains(&how) {
        return Err(ExceptionError::NoWay);
    }
    let place = ctx.place(Some(person.register), Some(person.staff_id));
    let resolved = ExceptionResolved { exception_id, how };
    match found.about {
        Subject::Order(order_id) => {
            let order = Order::fold(&order_facts(tx, order_id)?)?;
            let part = found.fulfilment_id;
            let part = part.and_then(|id| order.fulfilments.get(&id));
            let epoch = part.map_or(0, |part| part.epoch);
            ctx.replica()
                .record_order(tx, order_id, epoch, place, &resolved)?;
        }
        Subject::Transfer(_) | Subject::Card(_) | Subject::Sale(_) => {
            ctx.replica()
                .record(tx, EdgeNumber::HUB, place, &resolved)?;
        }
    }
    tracing::info!(
        exception.id = %exception_id,
        rule = found.rule.word(),
        "settled an exception"
    );
    Ok(Settled { exception_id, how })
}

/// Returns how an exception of this rule may be settled, in the order people are asked.
pub(crate) const fn ways(rule: Rule) -> &'static [Resolution] {
    match rule {
        Rule::ShortPick
        | Rule::OverSale
        | Rule::CancelTooLate
        | Rule::RefundAfterHandover
        | Rule::DoubleHandover
        | Rule::ClonedEdge => &[
            Resolution::Accepted,
            Resolution::CustomerTold,
            Resolution::Refunded,
            Resolution::Recounted,
            Resolution::Rerouted,
        ],
        // No customer waits for it: the hub names the same two.
        Rule::TransferDiscrepancy => &[Resolution::Recounted, Resolution::Accepted],
        Rule::OverRedeem | Rule::OverRefund | Rule::CouponTwice => {
            &[Resolution::CustomerTold, Resolution::Accepted]
        }
    }
}

fn view(tx: &mut Tx, found: Exception) -> Result<ExceptionView, ExceptionError> {
    let (facts, reference) = match found.about {
        Subject::Order(order_id) => {
            let facts = facts_of_order(tx, order_id, &found.facts)?;
            let reference = match found.reference.is_empty() {
                true => order_id.to_string(),
                false => found.reference.clone(),
            };
            (facts, reference)
        }
        Subject::Transfer(transfer_id) => match transfers::difference(tx, transfer_id)? {
            Some(both) => ends(tx, &both)?,
            None => (Vec::new(), transfer_id.to_string()),
        },
        Subject::Card(card) => uses(tx, card)?,
        Subject::Sale(sale_id) => refunds(tx, sale_id)?,
    };
    let mut units = Vec::new();
    for (sku, quantity_milli) in found.units {
        let name = name_of(tx, &sku)?;
        units.push(UnitsView {
            sku,
            name,
            quantity_milli,
        });
    }
    let (order_id, transfer_id) = match found.about {
        Subject::Order(id) => (Some(id), None),
        Subject::Transfer(id) => (None, Some(id)),
        Subject::Card(_) | Subject::Sale(_) => (None, None),
    };
    Ok(ExceptionView {
        exception_id: found.exception_id,
        rule: found.rule.word(),
        ways: ways(found.rule),
        severity: found.rule.severity().0,
        standing: standing_word(found.standing),
        order_id,
        transfer_id,
        reference,
        fulfilment_id: found.fulfilment_id,
        raised_at: moment(found.raised_at_ms),
        raised_at_ms: found.raised_at_ms,
        units,
        facts,
    })
}

/// Returns how many exceptions are open, and whether one of them is of the worst kind.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn open_now(tx: &mut Tx) -> Result<(i64, i64), DbError> {
    store::open_count(tx)
}
