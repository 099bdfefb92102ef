//! Packs, sends and counts in; each fact stands in the transaction that decides it.

mod printing;
mod views;

pub(super) use printing::{Cartons, print_labels};
pub(super) use views::{LineView, ListView, State, TransferView, list, one};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{ReplicaFailed, is_recovering};
use counterpart_protocol::ids::{EdgeNumber, Sku, StoreId, TransferId};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::TOPIC;
use super::rules::{self, Known, NotFree, TransferRefused};
use super::store::{self, Direction, Packing};
use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::staff::{self, ApprovalFailed, Person};
use crate::stock::{self, Found};
use crate::written::moment;
use crate::{labels, reference, rights};

/// What a command did to a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TransferDone)]
pub(crate) struct Done {
    /// The transfer.
    #[schema(value_type = String)]
    pub transfer_id: TransferId,
}

/// What is done to what is packed or counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// One more of what was scanned or found.
    Add(String),
    /// So much of it.
    Set(Sku, Milli),
    /// None of it.
    Drop(Sku),
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransferError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] TransferRefused),
    /// The person may not do it, or nobody approved it.
    #[error(transparent)]
    NotApproved(#[from] ApprovalFailed),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// The fact could not be stated.
    #[error("could not state what went between stores")]
    Replica(#[from] ReplicaFailed),
    /// The database failed.
    #[error("could not read or store transfers")]
    Db(#[from] DbError),
}

/// Returns how much of a product lies ready to leave for other stores.
///
/// # Errors
///
/// Those of the database.
pub fn set_aside(tx: &mut Tx, sku: &Sku) -> Result<Milli, DbError> {
    store::set_aside(tx, sku)
}

/// Begins to pack for another store, with `lines` in it already.
///
/// # Errors
///
/// [`TransferError`].
pub(super) async fn begin(
    ctx: &Context,
    (to, lines): (StoreId, Vec<(Sku, Milli)>),
    command: Command,
) -> Result<Done, TransferError> {
    carry_out(ctx, command, move |ctx, tx| {
        if to == ctx.profile().store_id {
            return Err(TransferRefused::SameStore.into());
        }
        let nearby = reference::stores_nearby(tx)?;
        if nearby.iter().all(|(store, _)| *store != to) {
            return Err(TransferRefused::UnknownStore(to.clone()).into());
        }
        let (at_ms, random) = ctx.new_ulid();
        let id = TransferId::from_parts(at_ms, random);
        let begun_at_ms = ctx.now_ms();
        store::put_packing(
            tx,
            &Packing {
                id,
                to: to.clone(),
                begun_at_ms,
            },
        )?;
        for (sku, quantity) in &lines {
            change_now(ctx, tx, id, &Change::Set(sku.clone(), *quantity))?;
        }
        Ok(Done { transfer_id: id })
    })
    .await
}

/// Changes what is packed, or what was counted of a parcel that came; several people may at once.
///
/// # Errors
///
/// [`TransferError`].
pub(super) async fn change(
    ctx: &Context,
    id: TransferId,
    change: Change,
    command: Command,
) -> Result<Done, TransferError> {
    carry_out(ctx, command, move |ctx, tx| {
        change_now(ctx, tx, id, &change)?;
        Ok(Done { transfer_id: id })
    })
    .await
}

/// Forgets what is being packed; of a parcel that came, what was counted so far.
///
/// # Errors
///
/// [`TransferError`].
pub(super) async fn forget(
    ctx: &Context,
    id: TransferId,
    command: Command,
) -> Result<Done, TransferError> {
    carry_out(ctx, command, move |ctx, tx| {
        let packing = at_work(tx, id)?.is_some();
        for (sku, _) in clear(tx, id)? {
            if packing {
                rights::look_again(ctx, tx, &sku)?;
            }
        }
        Ok(Done { transfer_id: id })
    })
    .await
}

/// Sends what is packed: it leaves the stock of this store, and a slip is printed to go with it,
/// and a label for each of its `cartons` where a label printer is set to.
///
/// # Errors
///
/// [`TransferError`].
pub(super) async fn send(
    ctx: &Context,
    person: &Person,
    (id, cartons): (TransferId, Cartons),
    command: Command,
) -> Result<Done, TransferError> {
    staff::permit(ctx, person, Operation::SendTransfer).await?;
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        let cartons = cartons.counted()?;
        let packing = at_work(tx, id)?.ok_or(TransferRefused::Left)?;
        if is_recovering(tx)? {
            return Err(TransferRefused::Recovering.into());
        }
        let mut packed = Vec::new();
        for (sku, quantity) in store::counts(tx, id)?.into_iter().rev() {
            packed.push(free(ctx, tx, &sku, quantity)?);
        }
        let sent = rules::send(id, packing.to.clone(), &packed)?;
        let place = ctx.place(None, Some(person.staff_id));
        ctx.replica().record(tx, EdgeNumber::HUB, place, &sent)?;
        printing::slip_of(ctx, tx, &person, &packing, &packed)?;
        let sent_at_ms = ctx.now_ms();
        let parcel = (id, &packing.to, sent_at_ms, cartons);
        printing::labels_of(ctx, tx, person.register, parcel, labels::LabelCopy::First)?;
        clear(tx, id)?;
        tracing::info!(transfer.id = %id, lines = packed.len(), "goods left for another store");
        Ok(Done { transfer_id: id })
    })
    .await
}

/// Ends the count of a parcel: what was counted is on hand here.
///
/// # Errors
///
/// [`TransferError`].
pub(super) async fn receive(
    ctx: &Context,
    person: &Person,
    (id, lines): (TransferId, Option<Vec<(Sku, Milli)>>),
    command: Command,
) -> Result<Done, TransferError> {
    staff::permit(ctx, person, Operation::ReceiveTransfer).await?;
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        if at_work(tx, id)?.is_some() {
            return Err(TransferRefused::NotSent.into());
        }
        for (sku, quantity) in lines.iter().flatten() {
            change_now(ctx, tx, id, &Change::Set(sku.clone(), *quantity))?;
        }
        let expected: Vec<(Sku, Milli)> = store::lines(tx, id)?
            .into_iter()
            .map(|line| (line.sku, line.sent))
            .collect();
        let counted = clear(tx, id)?;
        let received = rules::receive(id, &expected, &counted);
        let place = ctx.place(None, Some(person.staff_id));
        ctx.replica()
            .record(tx, EdgeNumber::HUB, place, &received)?;
        let live = ctx.live().clone();
        tx.on_commit(Box::new(move || live.publish(stock::TOPIC)));
        tracing::info!(transfer.id = %id, "goods from another store were counted in");
        Ok(Done { transfer_id: id })
    })
    .await
}

async fn carry_out(
    ctx: &Context,
    command: Command,
    work: impl Fn(&Context, &mut Tx) -> Result<Done, TransferError> + Send + 'static,
) -> Result<Done, TransferError> {
    let context = ctx.clone();
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let done = work(&context, tx)?;
            let live = context.live().clone();
            tx.on_commit(Box::new(move || live.publish(TOPIC)));
            Ok(done)
        })
    };
    ctx.db().write(work).await
}

/// Returns the packing of a transfer, or nothing for one that came and is not counted in yet.
fn at_work(tx: &mut Tx, id: TransferId) -> Result<Option<Packing>, TransferError> {
    if let Some(packing) = store::packing(tx)?.into_iter().find(|one| one.id == id) {
        return Ok(Some(packing));
    }
    let known = store::by_id(tx, id)?.ok_or(TransferRefused::Unknown(id))?;
    match (known.direction, known.received_at_ms) {
        (Direction::Out, _) => Err(TransferRefused::Left.into()),
        (Direction::In, Some(_)) => Err(TransferRefused::Received.into()),
        (Direction::In, None) => Ok(None),
    }
}

fn change_now(
    ctx: &Context,
    tx: &mut Tx,
    id: TransferId,
    change: &Change,
) -> Result<(), TransferError> {
    let packing = at_work(tx, id)?.is_some();
    let counted = store::counts(tx, id)?;
    let (sku, quantity) = match change {
        Change::Drop(sku) => (sku.clone(), None),
        Change::Set(sku, quantity) => (sku.clone(), Some(*quantity)),
        Change::Add(text) => {
            let sku = find(tx, id, text)?;
            let before = counted.iter().find(|(one, _)| *one == sku);
            let more = before.map_or(0, |(_, quantity)| quantity.0) + Milli::ONE.0;
            (sku, Some(Milli(more)))
        }
    };
    match quantity {
        None => store::drop_count(tx, id, &sku)?,
        Some(quantity) => {
            let known = match reference::find_by_sku(tx, &sku)? {
                Some(product) => Known::ByCatalog(product.unit),
                None if is_in(tx, id, &sku)? => Known::ByParcel,
                None => Known::Nowhere,
            };
            let least = if packing { Milli(1) } else { Milli::ZERO };
            rules::line(&sku, known, quantity, least)?;
            let is_new = counted.iter().all(|(one, _)| *one != sku);
            if is_new && counted.len() >= rules::LINES_MAX {
                return Err(TransferRefused::TooManyLines.into());
            }
            store::put_count(tx, id, &sku, quantity)?;
        }
    }
    if packing {
        rights::look_again(ctx, tx, &sku)?;
    }
    Ok(())
}

/// Finds what was scanned or typed: in the catalogue, or by its SKU in a parcel that came.
fn find(tx: &mut Tx, id: TransferId, text: &str) -> Result<Sku, TransferError> {
    let found = stock::find(tx, text)?;
    if let Found::One(product) = found {
        return Ok(product.sku);
    }
    if let Ok(sku) = text.trim().parse::<Sku>()
        && is_in(tx, id, &sku)?
    {
        return Ok(sku);
    }
    Err(match found {
        Found::Several(count) => TransferRefused::SeveralFound(count).into(),
        Found::One(_) | Found::None => TransferRefused::NotFound(text.to_owned()).into(),
    })
}

/// Whether a parcel is said to hold a product; one that is still packed here is said nothing of.
fn is_in(tx: &mut Tx, id: TransferId, sku: &Sku) -> Result<bool, DbError> {
    Ok(store::lines(tx, id)?.iter().any(|line| line.sku == *sku))
}

/// Takes what was packed or counted off the table and returns it.
fn clear(tx: &mut Tx, id: TransferId) -> Result<Vec<(Sku, Milli)>, DbError> {
    let counted = store::counts(tx, id)?;
    store::drop_work(tx, id)?;
    Ok(counted)
}

fn free(ctx: &Context, tx: &mut Tx, sku: &Sku, packed: Milli) -> Result<NotFree, DbError> {
    let shelf = rights::shelf_of(ctx, tx, sku)?;
    let at_least_nothing = |milli: Milli| Milli(milli.0.max(0));
    Ok(NotFree {
        sku: sku.clone(),
        packed,
        free: shelf.may_promise(),
        on_hand: shelf.on_hand,
        reserved: at_least_nothing(shelf.rights.open_reservations()),
        at_hub: at_least_nothing(shelf.rights.hub_may_promise()),
    })
}

fn written(at_ms: Option<i64>) -> Option<String> {
    at_ms.map(moment)
}
