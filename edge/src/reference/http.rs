//! Reference data over HTTP: `GET /v1/products?query=`, `GET /v1/product-groups/{group}` and
//! `GET /v1/stock/{sku}/elsewhere`.
//!
//! It changes nothing: the hub owns all of it.

use axum::extract::State;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Json, Path, Problem, Query};
use counterpart_protocol::catalog::{Product, ProductGroup};
use counterpart_protocol::ids::{IdRefused, Sku};
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::Elsewhere;
use super::{catalog_version, store};
use crate::context::Context;
use crate::written::moment;

/// Products in one answer when the caller names no number, and at most.
const LIMIT: u32 = 20;
const LIMIT_MAX: u32 = 100;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(products))
        .routes(routes!(group))
        .routes(routes!(nearby))
}

/// What is looked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Parts of words of a name, an SKU or a number; the first of each department if nothing.
    #[serde(default)]
    query: String,
    /// How many.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// The answer: the best matches first.
#[derive(Debug, Serialize, ToSchema)]
struct Products {
    catalog_version: u64,
    currency: String,
    products: Vec<Product>,
}

/// Finds products of the catalogue in use, the best matches first.
#[utoipa::path(
    get, path = "/v1/products", tag = "reference",
    security(()),
    params(Asked),
    responses((status = 200, description = "what was found", body = Products))
)]
async fn products(
    State(context): State<Context>,
    Query(asked): Query<Asked>,
) -> Result<Json<Products>, Problem> {
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let now_ms = context.now_ms();
    let found = context.db().read(move |tx| {
        let version = catalog_version(tx)?;
        let found = store::search(tx, &asked.query, limit)?;
        Ok::<_, DbError>((version, all_priced(tx, found, now_ms)?))
    });
    let (catalog_version, products) = found.await?;
    Ok(Json(Products {
        catalog_version,
        currency: context.profile().currency.code().to_owned(),
        products,
    }))
}

fn all_priced(tx: &mut Tx, found: Vec<Product>, now_ms: i64) -> Result<Vec<Product>, DbError> {
    found
        .into_iter()
        .map(|product| store::priced(tx, product, None, now_ms))
        .collect()
}

/// The answer: a group and its variants, by SKU.
#[derive(Debug, Serialize, ToSchema)]
struct Group {
    #[serde(flatten)]
    group: ProductGroup,
    products: Vec<Product>,
}

/// Shows a product with its variants, priced for now.
#[utoipa::path(
    get, path = "/v1/product-groups/{group}", tag = "reference",
    security(()),
    params(("group" = String, Path, description = "the group's id")),
    responses((status = 200, description = "the group", body = Group))
)]
async fn group(
    State(context): State<Context>,
    Path(group): Path<String>,
) -> Result<Json<Group>, Problem> {
    let now_ms = context.now_ms();
    let found = context.db().read(move |tx| {
        let found = store::variants(tx, &group, LIMIT_MAX)?;
        let priced = found.map(|(group, products)| {
            Ok::<_, DbError>(Group {
                group,
                products: all_priced(tx, products, now_ms)?,
            })
        });
        priced.transpose()
    });
    let found: Result<Option<Group>, DbError> = found.await;
    let group = found?.ok_or_else(|| Problem::not_found("the catalogue has no such group"))?;
    Ok(Json(group))
}

/// The answer: stores nearby that have it, the nearest first, as far as is known.
#[derive(Debug, Serialize, ToSchema)]
struct Nearby {
    sku: Sku,
    stores: Vec<NearbyStore>,
}

/// A store and what it had.
#[derive(Debug, Serialize, ToSchema)]
struct NearbyStore {
    store_id: String,
    name: String,
    on_hand_milli: Milli,
    /// When it had so much: when the hub last heard of it; nothing means not known.
    as_of: Option<String>,
    /// How old that is, in milliseconds.
    age_ms: Option<i64>,
}

/// Says which stores nearby have a product, the nearest first, as far as is known.
#[utoipa::path(
    get, path = "/v1/stock/{sku}/elsewhere", tag = "reference",
    security(()),
    params(("sku" = Sku, Path, description = "the SKU")),
    responses((status = 200, description = "the stores", body = Nearby))
)]
async fn nearby(
    State(context): State<Context>,
    Path(sku): Path<String>,
) -> Result<Json<Nearby>, Problem> {
    let refused = |refused: IdRefused| Problem::not_found(refused.to_string());
    let sku: Sku = sku.parse().map_err(refused)?;
    let sought = sku.clone();
    let found = context.db().read(move |tx| store::elsewhere(tx, &sought));
    let now_ms = context.now_ms();
    let found: Result<Vec<Elsewhere>, DbError> = found.await;
    let stores = found?.into_iter().map(|store| NearbyStore {
        store_id: store.store_id,
        name: store.name,
        on_hand_milli: store.on_hand_milli,
        as_of: store.as_of_ms.map(moment),
        age_ms: store
            .as_of_ms
            .map(|as_of_ms| now_ms.saturating_sub(as_of_ms).max(0)),
    });
    Ok(Json(Nearby {
        sku,
        stores: stores.collect(),
    }))
}
