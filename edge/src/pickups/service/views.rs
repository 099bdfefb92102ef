//! Pickups as pages and programs see them: names put to what the views hold.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{FulfilmentId, OrderId, Sku};
use counterpart_protocol::orders::{HandoverCheck, Payment};
use counterpart_protocol::quantity::Milli;
use serde::Serialize;
use utoipa::ToSchema;

use super::PickupError;
use super::loading::{load, staff_name};
use super::names::{self, CustomerName};
use crate::context::Context;
use crate::pickups::rules::{self, Line};
use crate::pickups::store::{self, Card, Cursor, List};
use crate::staff::Person;
use crate::written::{moment, spelled};

/// Cards on one page.
pub(crate) const PAGE: u32 = 50;
/// How long a bell may ring before it counts as not heard, in milliseconds.
const HEARD_MS: i64 = 60_000;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ListView {
    /// How many stand in each list.
    pub counts: Counts,
    /// The cards.
    pub pickups: Vec<PickupCard>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// How many pickups stand in each list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Counts {
    /// To be accepted, picked, staged or put away.
    pub to_do: i64,
    /// Waiting for the customer.
    pub ready: i64,
    /// Over.
    pub done: i64,
}

/// How the bell of a new pickup was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Waiting {
    /// Somebody accepted it, or it is not new.
    Answered,
    /// It rings, and an open page shows it.
    Ringing,
    /// It rings, and no page was open to show it.
    Unheard,
}

/// A pickup in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PickupCard {
    /// The part.
    pub fulfilment_id: FulfilmentId,
    /// Its order.
    pub order_id: OrderId,
    /// What people call the order.
    pub reference: String,
    /// The channel it came through.
    pub channel: String,
    /// What the customer is called, while that is known here.
    pub customer_name: Option<String>,
    /// What is known of that.
    #[serde(skip)]
    pub customer: CustomerName,
    /// How far it is, in a word.
    pub stage: String,
    /// By when it is promised, in RFC 3339.
    pub promise_at: String,
    /// By when it is promised, in milliseconds UTC.
    #[serde(skip)]
    pub promise_at_ms: i64,
    /// Where the bag stands.
    pub location: Option<String>,
    /// Until when it waits for the customer, in RFC 3339.
    pub held_until: Option<String>,
    /// Whether a cancellation waits for an answer.
    pub cancel_waits: bool,
    /// Whether something of it is to be put away.
    pub to_put_away: bool,
    /// Who took it on, by name.
    pub accepted_by: Option<String>,
    /// How its bell was met.
    pub bell: Waiting,
    /// Its lines.
    pub lines: Vec<CardLineView>,
}

/// A line of a pickup in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct CardLineView {
    /// Its number.
    pub line: u16,
    /// What.
    pub sku: Sku,
    /// What people call it.
    pub description: String,
    /// Reserved and not consumed.
    pub remaining_milli: Milli,
    /// Still to be picked.
    pub to_pick_milli: Milli,
    /// In the bag.
    pub bag_milli: Milli,
    /// With the customer.
    pub handed_over_milli: Milli,
    /// Asked to be cancelled.
    pub cancel_milli: Milli,
}

/// One pickup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PickupView {
    /// What the lists show of it.
    #[serde(flatten)]
    pub card: PickupCard,
    /// How it is paid, in a word.
    pub payment: Option<&'static str>,
    /// What the customer still has to pay at the counter.
    pub due: Option<String>,
    /// Who was found to be the right person, if anybody was.
    pub proof: Option<ProofView>,
    /// The bag was packed before this store was restored: it is seen before it is given out.
    pub bag_unseen: bool,
    /// What a person works on.
    pub work: Vec<WorkLine>,
}

/// Somebody was found to be the right person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ProofView {
    /// How.
    pub checked_by: HandoverCheck,
}

/// A line as a person works on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct WorkLine {
    /// Its number.
    pub line: u16,
    /// What.
    pub sku: Sku,
    /// What people call it.
    pub name: String,
    /// Still to be found and scanned.
    pub to_scan_milli: Milli,
    /// Scanned, and in no fact yet.
    pub scanned_milli: Milli,
    /// In the bag.
    pub bag_milli: Milli,
    /// What may be handed over.
    pub to_hand_over_milli: Milli,
    /// Still to be put away, and why.
    pub to_put_away_milli: Milli,
    /// Why, in a word.
    pub put_away_because: Option<&'static str>,
}

/// Returns a page of a list.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn list(
    ctx: &Context,
    tx: &mut Tx,
    list: List,
    after: Option<Cursor>,
) -> Result<ListView, DbError> {
    let cards = store::cards(tx, list, after, PAGE + 1)?;
    let full = u32::try_from(cards.len()).is_ok_and(|count| count > PAGE);
    let shown = usize::try_from(PAGE).expect("32 bits fit");
    let last = cards.get(shown - 1).filter(|_| full);
    let next = last.map(|card| card.cursor(list).to_string());
    let mut pickups = Vec::new();
    for card in cards.into_iter().take(shown) {
        pickups.push(named(ctx, tx, card)?);
    }
    Ok(ListView {
        counts: list_counts(tx)?,
        pickups,
        next,
    })
}

/// Returns the pickups that were found by a name, in the order they were found.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn among(
    ctx: &Context,
    tx: &mut Tx,
    ids: &[FulfilmentId],
) -> Result<Vec<PickupCard>, DbError> {
    let mut pickups = Vec::new();
    for id in ids {
        // One that left this store meanwhile is no card any more.
        if let Some(card) = store::card(tx, *id)? {
            pickups.push(named(ctx, tx, card)?);
        }
    }
    Ok(pickups)
}

/// Returns how many pickups stand in each list.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn list_counts(tx: &mut Tx) -> Result<Counts, DbError> {
    let [to_do, ready, done] = store::counts(tx)?;
    Ok(Counts { to_do, ready, done })
}

/// Returns one pickup as `person` sees it.
///
/// # Errors
///
/// [`PickupError::NoSuchPickup`], the failures.
pub(crate) fn one(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    id: FulfilmentId,
) -> Result<PickupView, PickupError> {
    let card = store::card(tx, id)?.ok_or(PickupError::NoSuchPickup(id))?;
    let loaded = load(ctx, tx, id)?;
    let card = named(ctx, tx, card)?;
    let proof = store::proof(tx, id)?
        .filter(|proof| proof.register == person.register)
        .filter(|proof| rules::valid_proof(proof.checked_at_ms, ctx.now_ms()))
        .map(|proof| ProofView {
            checked_by: proof.checked_by,
        });
    let placed = loaded.placed.as_ref();
    let due = placed.filter(|placed| placed.payment == Payment::AtPickup);
    Ok(PickupView {
        card,
        payment: placed.map(|placed| placed.payment.word()),
        due: due.map(|placed| spelled(placed.total_minor, placed.currency)),
        proof,
        bag_unseen: loaded.work.bag_unseen,
        work: loaded.work.lines.iter().map(work_line).collect(),
    })
}

fn work_line(line: &Line) -> WorkLine {
    WorkLine {
        line: line.line,
        sku: line.count.sku.clone(),
        name: line.name.clone(),
        to_scan_milli: line.to_scan(),
        scanned_milli: line.scanned_milli(),
        bag_milli: line.count.in_the_bag(),
        to_hand_over_milli: line.to_hand_over(),
        to_put_away_milli: line.to_put_away(),
        put_away_because: line.put_aways.first().map(|task| task.because.word()),
    }
}

fn named(ctx: &Context, tx: &mut Tx, card: Card) -> Result<PickupCard, DbError> {
    let accepted_by = match card.accepted_by {
        Some(staff_id) => Some(staff_name(tx, staff_id)?),
        None => None,
    };
    let bell = bell_of(&card, ctx.now_ms());
    let customer = customer_of(ctx, tx, &card)?;
    let lines = card.lines.into_iter().map(|line| CardLineView {
        line: line.line,
        sku: line.sku,
        description: line.description,
        remaining_milli: line.remaining_milli,
        to_pick_milli: line.to_pick_milli,
        bag_milli: line.bag_milli,
        handed_over_milli: line.handed_over_milli,
        cancel_milli: line.cancel_milli,
    });
    Ok(PickupCard {
        fulfilment_id: card.fulfilment_id,
        order_id: card.order_id,
        reference: match card.reference.is_empty() {
            true => card.order_id.to_string(),
            false => card.reference,
        },
        channel: card.channel,
        customer_name: customer.known().map(str::to_owned),
        customer,
        stage: card.stage,
        promise_at: moment(card.promise_at_ms),
        promise_at_ms: card.promise_at_ms,
        location: card.location,
        held_until: card.held_until_ms.map(moment),
        cancel_waits: card.cancel_waits,
        to_put_away: card.to_put_away,
        accepted_by,
        bell,
        lines: lines.collect(),
    })
}

/// Returns who ordered, as far as that is known here and of use: a name that was dropped when its
/// pickups were long over is not waited for.
fn customer_of(ctx: &Context, tx: &mut Tx, card: &Card) -> Result<CustomerName, DbError> {
    let Some(id) = card.customer_id else {
        return Ok(CustomerName::Nobody);
    };
    let is_over = matches!(card.stage.as_str(), "handed_over" | "released");
    Ok(match names::shown(ctx, tx, id)? {
        CustomerName::Awaited if is_over => CustomerName::Nobody,
        shown => shown,
    })
}

/// Returns how the bell of a card was met: a notice that reached nobody is seen as such, also when
/// a page is open at last.
fn bell_of(card: &Card, now_ms: i64) -> Waiting {
    if card.stage != "offered" {
        return Waiting::Answered;
    }
    let rung_at_ms = card.rung_at_ms.unwrap_or(now_ms);
    match card.reached_at_ms.unwrap_or(now_ms) - rung_at_ms > HEARD_MS {
        true => Waiting::Unheard,
        false => Waiting::Ringing,
    }
}
