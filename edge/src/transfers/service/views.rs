//! What people and programs see of transfers.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{Sku, StoreId, TransferId};
use counterpart_protocol::quantity::Milli;
use serde::Serialize;
use utoipa::ToSchema;

use super::written;
use crate::context::Context;
use crate::transfers::rules;
use crate::transfers::store::{self, Direction, Line, Transfer};
use crate::{reference, rights};

/// Transfers shown; older ones are found by their id.
const SHOWN: u32 = 100;

/// The transfers of this store.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TransferList)]
pub(crate) struct ListView {
    /// Those being packed, then those to count in, then the newest others; at most 100 that left.
    pub transfers: Vec<TransferView>,
    /// The stores goods can be sent to.
    pub stores: Vec<StoreView>,
}

/// A store goods can be sent to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TransferStore)]
pub(crate) struct StoreView {
    /// Its id.
    #[schema(value_type = String)]
    pub store_id: StoreId,
    /// Its name.
    pub name: String,
}

/// How a transfer stands, as far as this store knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TransferState)]
pub(crate) enum State {
    /// It is packed here and has not left.
    Packing,
    /// It left here; this store is not told whether it arrived.
    Sent,
    /// It is on its way here, or here and not counted.
    Expected,
    /// It was counted in here, as it was sent.
    Received,
    /// It was counted in here, and something differs.
    Discrepancy,
}

/// A transfer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub(crate) struct TransferView {
    /// Its id, which is the barcode of its slip.
    #[schema(value_type = String)]
    pub transfer_id: TransferId,
    /// How it stands.
    pub state: State,
    /// The other store.
    #[schema(value_type = String)]
    pub other_store: StoreId,
    /// What people call it.
    pub other_store_name: String,
    /// When it left, in RFC 3339.
    pub sent_at: Option<String>,
    /// When it was counted in here, in RFC 3339.
    pub received_at: Option<String>,
    /// When it was begun or left, in milliseconds UTC.
    #[serde(skip)]
    pub at_ms: i64,
    /// The discrepancy's id, the same as at the hub.
    pub exception_id: Option<String>,
    /// Its products.
    pub lines: Vec<LineView>,
}

/// A product of a transfer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = StoreTransferLine)]
pub(crate) struct LineView {
    /// What.
    pub sku: Sku,
    /// What people call it.
    pub name: String,
    /// How it is counted.
    pub unit: Option<Unit>,
    /// How much left; nothing while it is packed.
    pub sent_milli: Option<Milli>,
    /// How much is packed, or was counted so far.
    pub counted_milli: Option<Milli>,
    /// While it is packed: how much may leave now.
    pub free_milli: Option<Milli>,
}

/// Returns the transfers of this store.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn list(ctx: &Context, tx: &mut Tx) -> Result<ListView, DbError> {
    let mut transfers = Vec::new();
    for packing in store::packing(tx)? {
        transfers.extend(one(ctx, tx, packing.id)?);
    }
    for known in store::newest(tx, SHOWN)? {
        transfers.push(known_view(tx, known)?);
    }
    let stores = reference::stores_nearby(tx)?;
    Ok(ListView {
        transfers,
        stores: stores
            .into_iter()
            .map(|(store_id, name)| StoreView { store_id, name })
            .collect(),
    })
}

/// Returns one transfer, if this store knows it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn one(
    ctx: &Context,
    tx: &mut Tx,
    id: TransferId,
) -> Result<Option<TransferView>, DbError> {
    if let Some(known) = store::by_id(tx, id)? {
        return known_view(tx, known).map(Some);
    }
    let Some(packing) = store::packing(tx)?.into_iter().find(|one| one.id == id) else {
        return Ok(None);
    };
    let mut lines = Vec::new();
    for (sku, quantity) in store::counts(tx, id)? {
        let free = rights::may_promise(ctx, tx, &sku)?;
        lines.push(line(tx, sku, (None, Some(quantity), Some(free)))?);
    }
    Ok(Some(TransferView {
        transfer_id: id,
        state: State::Packing,
        other_store_name: store_name(tx, &packing.to)?,
        other_store: packing.to,
        sent_at: None,
        received_at: None,
        at_ms: packing.begun_at_ms,
        exception_id: None,
        lines,
    }))
}

/// Returns what people call another store; its id where no name is known.
///
/// # Errors
///
/// Those of the database.
pub(super) fn store_name(tx: &mut Tx, store: &StoreId) -> Result<String, DbError> {
    let nearby = reference::stores_nearby(tx)?;
    let found = nearby.into_iter().find(|(id, _)| id == store);
    Ok(found.map_or_else(|| store.to_string(), |(_, name)| name))
}

fn known_view(tx: &mut Tx, known: Transfer) -> Result<TransferView, DbError> {
    let said = store::lines(tx, known.id)?;
    let differs = said.iter().any(|line| line.sent != line.counted);
    let state = match (known.direction, known.received_at_ms) {
        (Direction::Out, _) => State::Sent,
        (Direction::In, None) => State::Expected,
        (Direction::In, Some(_)) if differs => State::Discrepancy,
        (Direction::In, Some(_)) => State::Received,
    };
    let both = known.sent_fact.zip(known.received_fact);
    let exception = both.filter(|_| state == State::Discrepancy);
    Ok(TransferView {
        transfer_id: known.id,
        state,
        other_store_name: store_name(tx, &known.other_store)?,
        other_store: known.other_store,
        sent_at: written(Some(known.sent_at_ms)),
        received_at: written(known.received_at_ms),
        at_ms: known.sent_at_ms,
        exception_id: exception
            .map(|(sent, received)| rules::discrepancy(sent, received).to_string()),
        lines: known_lines(tx, (known.id, state), said)?,
    })
}

fn known_lines(
    tx: &mut Tx,
    (id, state): (TransferId, State),
    said: Vec<Line>,
) -> Result<Vec<LineView>, DbError> {
    let counts = match state {
        State::Expected => store::counts(tx, id)?,
        State::Packing | State::Sent | State::Received | State::Discrepancy => Vec::new(),
    };
    let found = counts
        .iter()
        .filter(|(sku, _)| said.iter().all(|line| line.sku != *sku));
    let found: Vec<Sku> = found.map(|(sku, _)| sku.clone()).collect();
    let mut lines = Vec::new();
    for one in said {
        let counted = match state {
            State::Received | State::Discrepancy => Some(one.counted),
            State::Packing | State::Sent | State::Expected => counts
                .iter()
                .find(|(sku, _)| *sku == one.sku)
                .map(|(_, quantity)| *quantity),
        };
        lines.push(line(tx, one.sku, (Some(one.sent), counted, None))?);
    }
    for sku in found {
        let counted = counts.iter().find(|(one, _)| *one == sku);
        let counted = counted.map(|(_, quantity)| *quantity);
        lines.push(line(tx, sku, (Some(Milli::ZERO), counted, None))?);
    }
    Ok(lines)
}

fn line(
    tx: &mut Tx,
    sku: Sku,
    (sent_milli, counted_milli, free_milli): (Option<Milli>, Option<Milli>, Option<Milli>),
) -> Result<LineView, DbError> {
    let product = reference::find_by_sku(tx, &sku)?;
    Ok(LineView {
        unit: product.as_ref().map(|product| product.unit),
        name: product.map_or_else(|| sku.to_string(), |product| product.name),
        sku,
        sent_milli,
        counted_milli,
        free_milli,
    })
}
