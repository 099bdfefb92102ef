//! Price lists over HTTP. They come in as files (`POST /v1/imports?subject=prices`).

use axum::extract::State;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query, StoredResponse};
use counterpart_protocol::ids::{GroupId, Sku, StoreId};
use counterpart_protocol::money::Minor;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::service::{self, PricesFailed};
use super::store::{self, List};
use crate::context::Context;
use crate::users::{Caller, CatalogRead, CatalogWrite, Permitted};
use crate::web::{done, once, request_of};

/// Lists told at most.
pub(super) const LISTS_MAX: u32 = 500;
/// Prices of one answer unless fewer are asked for.
pub(super) const PAGE: u32 = 100;
const PAGE_MAX: u32 = 1_000;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(lists))
        .routes(routes!(one))
        .routes(routes!(end))
        .merge(pages::router().into())
}

/// A price list.
#[derive(Debug, Serialize, ToSchema)]
struct PriceListJson {
    list_id: String,
    name: String,
    /// The stores it is for; every store if empty.
    stores: Vec<StoreId>,
    /// Wall time in each store.
    from: Option<String>,
    /// Wall time in each store, exclusive.
    until: Option<String>,
    /// The group of customers it is for; everybody if nothing.
    group: Option<GroupId>,
    prices: i64,
    put_at: Timestamp,
    put_by: String,
    ended_at: Option<Timestamp>,
}

fn list_json(list: List) -> PriceListJson {
    let at = |ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    PriceListJson {
        list_id: list.terms.list_id,
        name: list.terms.name,
        stores: list.terms.stores,
        from: list.terms.from.map(|wall| wall.to_string()),
        until: list.terms.until.map(|wall| wall.to_string()),
        group: list.terms.group,
        prices: list.prices,
        put_at: at(list.put_at_ms),
        put_by: list.put_by,
        ended_at: list.ended_at_ms.map(at),
    }
}

/// Lists the price lists, newest first.
#[utoipa::path(
    get, path = "/v1/prices/lists", tag = "prices",
    responses((status = 200, description = "at most 500", body = [PriceListJson]))
)]
async fn lists(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
) -> Result<Json<Vec<PriceListJson>>, Problem> {
    let found = context.db().read(|tx| store::lists(tx, LISTS_MAX));
    let found: Result<Vec<List>, DbError> = found.await;
    Ok(Json(found?.into_iter().map(list_json).collect()))
}

/// Which prices of a list are asked for, as in an address.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// After this SKU.
    #[serde(default)]
    pub(super) after: String,
    /// How many.
    #[param(minimum = 1, maximum = 1000)]
    #[serde(default)]
    limit: Option<u32>,
}

/// A price list with some of its prices, by SKU.
#[derive(Debug, Serialize, ToSchema)]
struct OnePriceListJson {
    #[serde(flatten)]
    list: PriceListJson,
    page: Vec<PriceJson>,
    /// Where the next page begins, if there is one.
    after: Option<Sku>,
}

/// The price of one unit.
#[derive(Debug, Serialize, ToSchema)]
struct PriceJson {
    sku: Sku,
    price_minor: Minor,
}

/// Shows a price list with some of its prices.
#[utoipa::path(
    get, path = "/v1/prices/lists/{list}", tag = "prices",
    params(("list" = String, Path, description = "the list's short name"), Asked),
    responses((status = 200, description = "the list", body = OnePriceListJson))
)]
async fn one(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
    Path(list_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<OnePriceListJson>, Problem> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let found = context.db().read(move |tx| {
        let list = store::list_by_id(tx, &list_id)?;
        let list = list.ok_or_else(|| PricesFailed::Unknown(list_id.clone()))?;
        let prices = store::prices(tx, &list, &asked.after, limit + 1)?;
        Ok::<_, PricesFailed>((list, prices))
    });
    let (list, mut prices) = found.await?;
    let more = prices.len() > limit as usize;
    prices.truncate(limit as usize);
    let last = prices.last().map(|(sku, _)| sku.clone());
    Ok(Json(OnePriceListJson {
        list: list_json(list),
        after: last.filter(|_| more),
        page: prices
            .into_iter()
            .map(|(sku, price_minor)| PriceJson { sku, price_minor })
            .collect(),
    }))
}

/// Ends a price list before its time.
#[utoipa::path(
    post, path = "/v1/prices/lists/{list}/end", tag = "prices",
    params(("list" = String, Path, description = "the list's short name"), IdempotencyKey),
    responses((status = 200, description = "it is ended", body = ListEnded))
)]
async fn end(
    State(context): State<Context>,
    operator: Permitted<CatalogWrite>,
    Path(list_id): Path<String>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    end_once(&context, &operator, key.0, list_id).await
}

/// A list that is ended.
#[derive(Debug, Serialize, ToSchema)]
struct ListEnded {
    list_id: String,
}

/// Ends a list once, for the API and the page.
pub(super) async fn end_once(
    context: &Context,
    operator: &Caller,
    key: String,
    list_id: String,
) -> Result<StoredResponse, Problem> {
    let request = request_of(&format!("/v1/prices/lists/{list_id}/end"), &());
    let scope = operator.scope(key);
    let (within, by) = (context.clone(), operator.name.clone());
    once(context, scope, request, move |tx| {
        service::end_list(&within, tx, &list_id, &by)?;
        Ok(done(&ListEnded { list_id }))
    })
    .await
}
