//! What is on hand and why, and what a typed text means; receiving stands beside it.

mod receiving;
mod recount;

pub(crate) use receiving::{
    DraftChange, DraftLine, ReceivedView, change_draft, draft, receive, receive_draft,
};
pub(crate) use recount::{Recount, RecountLine, recount};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::barcode::{self, Aim};
use counterpart_protocol::catalog::{Product, Unit};
use counterpart_protocol::ids::{FactId, RegisterId, SaleId, Sku};
use counterpart_protocol::quantity::Milli;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{self, StockRefused};
use super::store;
use crate::command::CommandFailed;
use crate::reference::{self, Elsewhere};
use crate::staff::ApprovalFailed;
use crate::written::moment;

/// Movements shown of one product; older ones are in the sum.
const MOVEMENTS_SHOWN: u32 = 200;
/// Products on one page of the list.
pub(crate) const PAGE: u32 = 100;

/// What is on hand of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct StockView {
    /// The product and its number.
    #[serde(flatten)]
    pub stock: StockLine,
    /// The facts, newest first, at most 200.
    pub facts: Vec<StockFact>,
    /// What stores nearby had, with the age of each number.
    #[serde(skip)]
    pub elsewhere: Vec<Elsewhere>,
}

/// One fact that moved a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
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
    /// The receipt's number, what stood on the delivery's paper, or why it was put right.
    pub reference: Option<String>,
    /// The sale, if it was one.
    pub sale_id: Option<SaleId>,
}

/// What a typed text means.
#[expect(clippy::large_enum_variant, reason = "one a search, moved once")]
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
    /// The person may not do it, or nobody approved it.
    #[error(transparent)]
    NotApproved(#[from] ApprovalFailed),
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
        elsewhere: reference::elsewhere(tx, sku)?,
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

/// Returns the newest fact nobody could refuse that took units of a product: a walk-in sale, or an
/// adjustment.
///
/// # Errors
///
/// Those of the database.
pub fn last_taker(tx: &mut Tx, sku: &Sku) -> Result<Option<FactId>, DbError> {
    store::last_taker(tx, sku)
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
    let mut exact = product_of(tx, text.as_bytes(), None)?;
    if exact.is_none()
        && let Some((aim, rest)) = barcode::split_aim(text.as_bytes())
    {
        exact = product_of(tx, rest, Some(aim))?;
    }
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

/// Returns the product whose code or SKU this is.
fn product_of(tx: &mut Tx, code: &[u8], aim: Option<Aim>) -> Result<Option<Product>, DbError> {
    match barcode::read(code, aim) {
        Ok(scanned) => reference::find_scanned(tx, &scanned),
        Err(_) => Ok(None),
    }
}

fn line_of(sku: Sku, product: Option<Product>, on_hand_milli: Milli) -> StockLine {
    StockLine {
        sku,
        unit: product.as_ref().map(|product| product.unit),
        name: product.map(|product| product.name),
        on_hand_milli,
    }
}
