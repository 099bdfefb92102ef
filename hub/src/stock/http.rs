//! The routes of stock.

use axum::extract::State;
use counterpart_daemon::http::{Json, Path, Problem, Query};
use counterpart_protocol::ids::Sku;
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::{Freshness, freshness};
use super::service::{self, Question, ShelfRow};
use super::store::Movement;
use crate::context::Context;
use crate::users::{Permitted, StockRead};

/// Rows of one answer unless fewer are asked for.
pub(super) const PAGE: u32 = 50;
const PAGE_MAX: u32 = 1_000;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .merge(pages::router().into())
}

/// What is asked, as in an address.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Words of a product.
    #[serde(default)]
    pub(super) query: Option<String>,
    /// A store's slug.
    #[serde(default)]
    pub(super) store: Option<String>,
    /// `below_zero`, or everything.
    #[serde(default)]
    pub(super) view: Option<String>,
    /// After this row: `<edge>.<sku>`, from the answer before.
    #[serde(default)]
    pub(super) after: Option<String>,
    /// How many rows.
    #[param(minimum = 1, maximum = 1000)]
    #[serde(default)]
    limit: Option<u32>,
}

impl Asked {
    pub(super) fn question(&self) -> Question {
        let after = self.after.as_deref().and_then(|mark| {
            let (edge, sku) = mark.split_once('.')?;
            Some((sku.to_owned(), edge.parse().ok()?))
        });
        Question {
            text: self.query.clone().unwrap_or_default(),
            store: self.store.clone().filter(|store| !store.is_empty()),
            below_zero: self.view.as_deref() == Some("below_zero"),
            after,
        }
    }
}

/// Writes where a page ends.
pub(super) fn mark_of(next: &(String, u32)) -> String {
    format!("{}.{}", next.1, next.0)
}

/// What is on hand, by SKU and store.
#[derive(Debug, Serialize, ToSchema)]
struct ShelfJson {
    rows: Vec<RowJson>,
    below_zero: i64,
    after: Option<String>,
}

/// What is on hand of a SKU in a store.
#[derive(Debug, Serialize, ToSchema)]
struct RowJson {
    sku: String,
    name: Option<String>,
    store_id: Option<String>,
    edge: u32,
    on_hand_milli: i64,
    /// What the store lets the hub promise of it.
    held_milli: i64,
    /// What of that is promised to orders.
    reserved_milli: i64,
    /// What the hub may still promise, however long the store is silent.
    free_milli: i64,
    moved_at: Timestamp,
    /// How long ago the store was last heard of, in milliseconds: how old the number is.
    age_ms: Option<i64>,
    freshness: Freshness,
}

fn row_json(row: &ShelfRow, now_ms: i64) -> RowJson {
    let age_ms = row
        .store
        .as_ref()
        .and_then(|store| store.seen.age_ms(now_ms));
    RowJson {
        sku: row.sku.clone(),
        name: row.product.as_ref().map(|product| product.name.clone()),
        store_id: row.store.as_ref().map(|store| store.store_id.to_string()),
        edge: row.edge.0,
        on_hand_milli: row.on_hand_milli,
        held_milli: row.rights.encumbered().0,
        reserved_milli: row.rights.open_reservations().0,
        free_milli: row.rights.hub_may_promise().0,
        moved_at: at(row.moved_at_ms),
        age_ms,
        freshness: freshness(age_ms),
    }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Lists what is on hand, by SKU and store, with its age.
#[utoipa::path(
    get, path = "/v1/stock", tag = "stock",
    params(Asked),
    responses(
        (status = 200, description = "a page of rows", body = ShelfJson),
        (status = 404, description = "`not_found`: there is no such store"),
    )
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<StockRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<ShelfJson>, Problem> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let (within, question) = (context.clone(), asked.question());
    let shelf = context
        .db()
        .read(move |tx| service::shelf(&within, tx, &question, limit))
        .await?;
    let now_ms = context.now_ms();
    Ok(Json(ShelfJson {
        rows: shelf.rows.iter().map(|row| row_json(row, now_ms)).collect(),
        below_zero: shelf.below_zero,
        after: shelf.next.as_ref().map(mark_of),
    }))
}

/// What is on hand of a SKU, and the movements that make the number.
#[derive(Debug, Serialize, ToSchema)]
struct WhyJson {
    sku: String,
    name: Option<String>,
    /// In the store that was asked for, or in all of them.
    on_hand_milli: i64,
    /// In every store that ever had it.
    stores: Vec<RowJson>,
    movements: Vec<MovementJson>,
}

/// Something that moved stock.
#[derive(Debug, Serialize, ToSchema)]
struct MovementJson {
    store_id: Option<String>,
    kind: String,
    delta_milli: i64,
    business_date: BusinessDate,
    at: Timestamp,
    register: Option<u16>,
    staff_id: Option<String>,
    reference: Option<String>,
    sale_id: Option<String>,
}

/// Explains what is on hand of a SKU by the movements that make the number.
#[utoipa::path(
    get, path = "/v1/stock/{sku}", tag = "stock",
    params(("sku" = Sku, Path, description = "the SKU"), Asked),
    responses((status = 200, description = "the number and its movements", body = WhyJson))
)]
async fn one(
    State(context): State<Context>,
    _: Permitted<StockRead>,
    Path(sku): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<WhyJson>, Problem> {
    let within = context.clone();
    let store = asked.question().store;
    let of = store.clone();
    let why = context
        .db()
        .read(move |tx| service::why(&within, tx, &sku, store.as_deref()))
        .await?;
    let now_ms = context.now_ms();
    let store_of = |movement: &Movement| {
        let store = why
            .stores
            .iter()
            .find(|store| store.edges.contains(&movement.edge));
        store.map(|store| store.store_id.to_string())
    };
    let movements = why.movements.iter().map(|movement| MovementJson {
        store_id: store_of(movement),
        kind: movement.kind.clone(),
        delta_milli: movement.delta_milli,
        business_date: movement.business_date,
        at: at(movement.at_ms),
        register: movement.register,
        staff_id: movement.staff_id.map(|id| Ulid::from_bytes(id).to_string()),
        reference: movement.reference.clone(),
        sale_id: movement.sale_id.map(|id| Ulid::from_bytes(id).to_string()),
    });
    let here = |row: &&ShelfRow| match (&of, &row.store) {
        (None, _) => true,
        (Some(slug), Some(store)) => store.store_id.as_str() == slug,
        (Some(_), None) => false,
    };
    Ok(Json(WhyJson {
        movements: movements.collect(),
        on_hand_milli: why
            .rows
            .iter()
            .filter(here)
            .map(|row| row.on_hand_milli)
            .sum(),
        stores: why.rows.iter().map(|row| row_json(row, now_ms)).collect(),
        name: why.product.map(|product| product.name),
        sku: why.sku,
    }))
}
