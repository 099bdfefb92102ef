//! Exceptions with the facts that raise them side by side, and how a person settles one.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{self, ReplicaFailed, order_facts};
use counterpart_protocol::exceptions::{ExceptionId, ExceptionResolved, Resolution, Standing};
use counterpart_protocol::facts::{BodyRefused, Fact, Kind};
use counterpart_protocol::ids::{EdgeNumber, FactId, FulfilmentId, OrderId, Sku};
use counterpart_protocol::orders::{
    AllocationBroken, CancelRequested, HandedOver, LinesShorted, Order, OrderCancelled, Units,
};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::source;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, Exception, standing_word};
use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::reference;
use crate::staff::Person;
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
    /// How urgent it is; 1 is the worst.
    pub severity: u8,
    /// How it stands: `open`, `settled` or `resolved`.
    pub standing: &'static str,
    /// The order.
    pub order_id: OrderId,
    /// What people call the order.
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
    let facts = order_facts(tx, found.order_id)?;
    let order = Order::fold(&facts)?;
    let part = found
        .fulfilment_id
        .and_then(|id| order.fulfilments.get(&id));
    let epoch = part.map_or(0, |part| part.epoch);
    let place = ctx.place(Some(person.register), Some(person.staff_id));
    let resolved = ExceptionResolved { exception_id, how };
    ctx.replica()
        .record_order(tx, found.order_id, epoch, place, &resolved)?;
    tracing::info!(
        order.id = %found.order_id,
        exception.id = %exception_id,
        rule = found.rule.word(),
        "settled an exception"
    );
    Ok(Settled { exception_id, how })
}

fn view(tx: &mut Tx, found: Exception) -> Result<ExceptionView, ExceptionError> {
    let me = replica::own_edge(tx)?;
    let stated = order_facts(tx, found.order_id)?;
    let mut facts = Vec::new();
    for fact_id in found.facts {
        let of_order = stated.iter().find(|one| one.fact.header.id == fact_id);
        let view = match of_order {
            Some(one) => fact_view(tx, &one.fact, by(one.writer.edge, me))?,
            // What took the goods stands in this store's own journal.
            None => match replica::fact(tx, fact_id)? {
                Some(fact) => fact_view(tx, &fact, "this store")?,
                None => unknown(fact_id),
            },
        };
        facts.push(view);
    }
    let mut units = Vec::new();
    for (sku, quantity_milli) in found.units {
        let name = name_of(tx, &sku)?;
        units.push(UnitsView {
            sku,
            name,
            quantity_milli,
        });
    }
    Ok(ExceptionView {
        exception_id: found.exception_id,
        rule: found.rule.word(),
        severity: found.rule.severity().0,
        standing: standing_word(found.standing),
        order_id: found.order_id,
        reference: match found.reference.is_empty() {
            true => found.order_id.to_string(),
            false => found.reference,
        },
        fulfilment_id: found.fulfilment_id,
        raised_at: moment(found.raised_at_ms),
        raised_at_ms: found.raised_at_ms,
        units,
        facts,
    })
}

fn by(writer: EdgeNumber, me: Option<EdgeNumber>) -> &'static str {
    match writer {
        EdgeNumber::HUB => "the hub",
        edge if Some(edge) == me => "this store",
        _ => "another store",
    }
}

fn unknown(fact_id: FactId) -> FactView {
    FactView {
        fact_id,
        kind: None,
        says: "a fact that has not arrived here".to_owned(),
        by: "another store",
        staff: None,
        at: None,
        at_ms: None,
    }
}

fn fact_view(tx: &mut Tx, fact: &Fact, by: &'static str) -> Result<FactView, ExceptionError> {
    let at_ms = i64::try_from(fact.header.hlc.at_ms()).ok();
    let staff = match fact.header.staff {
        Some(staff_id) => reference::member_by_id(tx, staff_id)?.map(|member| member.name),
        None => None,
    };
    Ok(FactView {
        fact_id: fact.header.id,
        kind: fact.kind().map(Kind::word),
        says: says(tx, fact)?,
        by,
        staff,
        at: at_ms.map(moment),
        at_ms,
    })
}

/// Says what a fact says, in a few words.
fn says(tx: &mut Tx, fact: &Fact) -> Result<String, ExceptionError> {
    let Some(kind) = fact.kind() else {
        return Ok("something this program does not know yet".to_owned());
    };
    let (what, units) = match kind {
        Kind::LinesShorted => ("could not be picked", fact.read::<LinesShorted>()?.units),
        Kind::AllocationBroken => ("lost its goods", fact.read::<AllocationBroken>()?.units),
        Kind::HandedOver => ("handed over", fact.read::<HandedOver>()?.units),
        Kind::CancelRequested => ("asked to cancel", fact.read::<CancelRequested>()?.units),
        Kind::OrderCancelled => ("cancelled for good", fact.read::<OrderCancelled>()?.units),
        other => {
            let source = source(fact)?;
            let reference = source.and_then(|source| source.reference);
            let word = other.word().replace('_', " ");
            return Ok(match reference {
                Some(reference) => format!("{word}, {reference}"),
                None => word,
            });
        }
    };
    Ok(format!("{what}: {}", units_text(tx, &units)?))
}

fn units_text(tx: &mut Tx, units: &[Units]) -> Result<String, DbError> {
    let mut texts = Vec::new();
    for unit in units {
        let name = name_of(tx, &unit.sku)?;
        texts.push(format!("{} × {name}", unit.quantity_milli));
    }
    Ok(texts.join(", "))
}

fn name_of(tx: &mut Tx, sku: &Sku) -> Result<String, DbError> {
    let product = reference::find_by_sku(tx, sku)?;
    Ok(product.map_or_else(|| sku.to_string(), |product| product.name))
}

/// Returns how many exceptions are open, and whether one of them is of the worst kind.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn open_now(tx: &mut Tx) -> Result<(i64, i64), DbError> {
    store::open_count(tx)
}
