//! Receiving goods, and telling what is on hand and why.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::barcode::{self, Scanned};
use counterpart_protocol::catalog::{Product, Unit};
use counterpart_protocol::ids::{DeliveryId, EdgeNumber, FactId, RegisterId, SaleId, Sku};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::{ReceivedAs, ReceivedLine};
use serde::{Deserialize, Serialize};

use super::TOPIC;
use super::rules::{self, Arrived, StockRefused};
use super::store::{self, Draft};
use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::reference;
use crate::staff::Person;
use crate::written::moment;

/// Movements shown of one product; older ones are in the sum.
const MOVEMENTS_SHOWN: u32 = 200;
/// Products on one page of the list.
pub(crate) const PAGE: u32 = 100;

/// Goods that were received, as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReceivedView {
    /// The receiving.
    pub delivery_id: DeliveryId,
    /// The fact.
    pub fact_id: FactId,
    /// How many lines it has.
    pub lines: usize,
}

/// What is on hand of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct StockLine {
    /// What.
    pub sku: Sku,
    /// Its name, if the catalogue has it.
    pub name: Option<String>,
    /// How it is counted, if the catalogue has it.
    pub unit: Option<Unit>,
    /// How much is on hand; below nothing when more was sold than received.
    pub on_hand_milli: Milli,
}

/// What is on hand of a product, and the facts that make the number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct StockView {
    /// The product and its number.
    #[serde(flatten)]
    pub stock: StockLine,
    /// The facts, newest first, at most 200.
    pub facts: Vec<StockFact>,
}

/// One fact that moved a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct StockFact {
    /// The fact.
    pub fact_id: FactId,
    /// Its kind, in a word.
    pub kind: &'static str,
    /// How much more or less.
    pub delta_milli: Milli,
    /// What was on hand after it.
    pub after_milli: Milli,
    /// When, in RFC 3339.
    pub at: String,
    /// When, in milliseconds UTC.
    #[serde(skip)]
    pub at_ms: i64,
    /// The register it happened at.
    pub register: Option<RegisterId>,
    /// Who did it, by name, while they are on the roster.
    pub staff: Option<String>,
    /// The receipt's number, or what stood on the delivery's paper.
    pub reference: Option<String>,
    /// The sale, if it was one.
    pub sale_id: Option<SaleId>,
}

/// One line of a delivery being counted, with the product's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DraftLine {
    /// What.
    pub sku: Sku,
    /// Its name.
    pub name: String,
    /// How it is counted.
    pub unit: Option<Unit>,
    /// How much was counted.
    pub quantity_milli: Milli,
}

/// What is done to a line of a delivery being counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DraftChange {
    /// One more of what was scanned, found or chosen.
    Add(String),
    /// So much of it.
    Set(Sku, Milli),
    /// None of it.
    Drop(Sku),
    /// The whole delivery is forgotten.
    Forget,
}

/// What a typed text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One product.
    One(Product),
    /// So many products.
    Several(usize),
    /// None.
    None,
}

/// Why nothing was received or found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StockError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] StockRefused),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// The fact could not be stated.
    #[error("could not state what came in")]
    Replica(#[from] ReplicaFailed),
    /// The database failed.
    #[error("could not read or store stock")]
    Db(#[from] DbError),
}

/// Receives goods.
///
/// # Errors
///
/// [`StockError`].
pub(crate) async fn receive(
    ctx: &Context,
    person: &Person,
    received_as: ReceivedAs,
    reference: Option<String>,
    lines: Vec<ReceivedLine>,
    command: Command,
) -> Result<ReceivedView, StockError> {
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let (at_ms, random) = context.new_ulid();
            let id = DeliveryId::from_parts(at_ms, random);
            let reference = reference.as_deref();
            receive_now(&context, tx, &person, (id, received_as, reference), &lines)
        })
    };
    ctx.db().write(work).await
}

/// Receives the delivery the person has counted.
///
/// # Errors
///
/// [`StockError`].
pub(crate) async fn receive_draft(
    ctx: &Context,
    person: &Person,
    received_as: ReceivedAs,
    reference: Option<String>,
    command: Command,
) -> Result<ReceivedView, StockError> {
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let draft = store::draft(tx, person.staff_id)?.ok_or(StockRefused::Empty)?;
            // Shown newest first, received in the order it was counted.
            let counted = draft.lines.into_iter().rev();
            let lines: Vec<ReceivedLine> = counted
                .map(|(sku, quantity_milli)| ReceivedLine {
                    sku,
                    quantity_milli,
                })
                .collect();
            let what = (draft.delivery_id, received_as, reference.as_deref());
            let received = receive_now(&context, tx, &person, what, &lines)?;
            store::drop_draft(tx, person.staff_id)?;
            Ok(received)
        })
    };
    ctx.db().write(work).await
}

/// Changes the delivery the person is counting.
///
/// # Errors
///
/// [`StockError`].
pub(crate) async fn change_draft(
    ctx: &Context,
    person: &Person,
    change: DraftChange,
    command: Command,
) -> Result<(), StockError> {
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            change_now(&context, tx, &person, &change)
        })
    };
    ctx.db().write(work).await
}

/// Returns the delivery the person is counting.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn draft(tx: &mut Tx, person: &Person) -> Result<Vec<DraftLine>, DbError> {
    let draft = store::draft(tx, person.staff_id)?;
    let lines = draft.map_or_else(Vec::new, |draft: Draft| draft.lines);
    lines
        .into_iter()
        .map(|(sku, quantity_milli)| {
            let product = reference::find_by_sku(tx, &sku)?;
            Ok(DraftLine {
                unit: product.as_ref().map(|product| product.unit),
                name: product.map_or_else(|| sku.to_string(), |product| product.name),
                sku,
                quantity_milli,
            })
        })
        .collect()
}

/// Returns what is on hand of a product and why; nothing for one this store never heard of.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn stock_of(tx: &mut Tx, sku: &Sku) -> Result<Option<StockView>, DbError> {
    let product = reference::find_by_sku(tx, sku)?;
    let found = store::on_hand(tx, sku)?;
    if product.is_none() && found.is_none() {
        return Ok(None);
    }
    let on_hand = found.map_or(Milli::ZERO, |found| found.on_hand_milli);
    let moved = store::movements_of(tx, sku, MOVEMENTS_SHOWN)?;
    let deltas: Vec<Milli> = moved.iter().map(|movement| movement.delta_milli).collect();
    let mut facts = Vec::new();
    for (movement, after_milli) in moved.into_iter().zip(rules::running(on_hand, &deltas)) {
        let member = match movement.staff {
            Some(staff_id) => reference::member_by_id(tx, staff_id)?,
            None => None,
        };
        facts.push(StockFact {
            fact_id: movement.fact_id,
            kind: movement.kind.word(),
            delta_milli: movement.delta_milli,
            after_milli,
            at: moment(movement.moved_at_ms),
            at_ms: movement.moved_at_ms,
            register: movement.register,
            staff: member.map(|member| member.name),
            reference: movement.reference,
            sale_id: movement.sale_id,
        });
    }
    Ok(Some(StockView {
        stock: line_of(sku.clone(), product, on_hand),
        facts,
    }))
}

/// Returns how much of a product is on hand.
///
/// # Errors
///
/// Those of the database.
pub fn on_hand(tx: &mut Tx, sku: &Sku) -> Result<Milli, DbError> {
    Ok(store::on_hand(tx, sku)?.map_or(Milli::ZERO, |found| found.on_hand_milli))
}

/// Returns what is on hand of the products that match `query`; with nothing typed, of everything
/// that ever moved, by SKU after `after`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn list(tx: &mut Tx, query: &str, after: &str) -> Result<Vec<StockLine>, DbError> {
    if query.trim().is_empty() {
        let found = store::on_hand_after(tx, after, PAGE)?;
        return found
            .into_iter()
            .map(|found| {
                let product = reference::find_by_sku(tx, &found.sku)?;
                Ok(line_of(found.sku, product, found.on_hand_milli))
            })
            .collect();
    }
    let products = reference::search(tx, query, PAGE)?;
    products
        .into_iter()
        .map(|product| {
            let on_hand = on_hand(tx, &product.sku)?;
            Ok(line_of(product.sku.clone(), Some(product), on_hand))
        })
        .collect()
}

/// Returns what a code, a SKU or a part of a name means.
///
/// # Errors
///
/// Those of the database.
pub fn find(tx: &mut Tx, text: &str) -> Result<Found, DbError> {
    let exact = match barcode::read(text.as_bytes(), None) {
        Ok(Scanned::Gtin(gtin)) => reference::find_by_gtin(tx, gtin)?,
        Ok(Scanned::Text(text)) => match text.parse::<Sku>() {
            Ok(sku) => reference::find_by_sku(tx, &sku)?,
            Err(_) => None,
        },
        Err(_) => None,
    };
    if let Some(product) = exact {
        return Ok(Found::One(product));
    }
    let mut found = reference::search(tx, text, PAGE)?;
    Ok(match found.len() {
        0 => Found::None,
        1 => Found::One(found.remove(0)),
        count => Found::Several(count),
    })
}

fn line_of(sku: Sku, product: Option<Product>, on_hand_milli: Milli) -> StockLine {
    StockLine {
        sku,
        unit: product.as_ref().map(|product| product.unit),
        name: product.map(|product| product.name),
        on_hand_milli,
    }
}

fn receive_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    (delivery_id, received_as, reference): (DeliveryId, ReceivedAs, Option<&str>),
    lines: &[ReceivedLine],
) -> Result<ReceivedView, StockError> {
    let mut arrived = Vec::new();
    for line in lines.iter().take(rules::LINES_MAX + 1) {
        let product = reference::find_by_sku(tx, &line.sku)?;
        arrived.push(Arrived {
            sku: line.sku.clone(),
            unit: product.map(|product| product.unit),
            quantity_milli: line.quantity_milli,
        });
    }
    let received = rules::receive(delivery_id, received_as, reference, &arrived)?;
    // Goods come in at the store, not at a register.
    let place = ctx.place(None, Some(person.staff_id));
    let recorded = ctx
        .replica()
        .record(tx, EdgeNumber::HUB, place, &received)?;
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(TOPIC)));
    tracing::info!(lines = lines.len(), "goods were received");
    Ok(ReceivedView {
        delivery_id,
        fact_id: recorded.fact_id,
        lines: received.lines.len(),
    })
}

fn change_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    change: &DraftChange,
) -> Result<(), StockError> {
    let staff = person.staff_id;
    match change {
        DraftChange::Forget => store::drop_draft(tx, staff)?,
        DraftChange::Drop(sku) => store::drop_draft_line(tx, staff, sku)?,
        DraftChange::Set(sku, quantity) => set(ctx, tx, person, sku, *quantity)?,
        DraftChange::Add(text) => {
            let product = match find(tx, text)? {
                Found::One(product) => product,
                Found::Several(count) => return Err(StockRefused::SeveralFound { count }.into()),
                Found::None => {
                    let text = text.clone();
                    return Err(StockRefused::NotFound { text }.into());
                }
            };
            let counted = store::draft(tx, staff)?.map_or_else(Vec::new, |draft| draft.lines);
            let before = counted.iter().find(|(sku, _)| *sku == product.sku);
            let quantity = before.map_or(0, |(_, quantity)| quantity.0) + Milli::ONE.0;
            set(ctx, tx, person, &product.sku, Milli(quantity))?;
        }
    }
    Ok(())
}

fn set(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    sku: &Sku,
    quantity: Milli,
) -> Result<(), StockError> {
    let product = reference::find_by_sku(tx, sku)?;
    rules::line(&Arrived {
        sku: sku.clone(),
        unit: product.map(|product| product.unit),
        quantity_milli: quantity,
    })?;
    let (at_ms, random) = ctx.new_ulid();
    let delivery_id = DeliveryId::from_parts(at_ms, random);
    store::begin_draft(tx, person.staff_id, delivery_id, ctx.now_ms())?;
    store::put_draft_line(tx, person.staff_id, sku, quantity)?;
    Ok(())
}
