//! Receiving goods: a delivery is counted into a draft, or sent whole, and becomes one fact.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{DeliveryId, EdgeNumber, FactId, Sku};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::{ReceivedAs, ReceivedLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Found, StockError, find};
use crate::command::Command;
use crate::context::Context;
use crate::reference;
use crate::staff::{self, Person};
use crate::stock::TOPIC;
use crate::stock::rules::{self, Arrived, StockRefused};
use crate::stock::store::{self, Draft};

/// Goods that were received, as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReceivedView {
    /// The receiving.
    pub delivery_id: DeliveryId,
    /// The fact.
    pub fact_id: FactId,
    /// How many lines it has.
    pub lines: usize,
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
    staff::permit(ctx, person, Operation::ReceiveGoods).await?;
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
    staff::permit(ctx, person, Operation::ReceiveGoods).await?;
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
