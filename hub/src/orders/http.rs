//! The routes of orders: capture, look up, cancel, send another way.

mod answers;
mod edges;

pub use edges::edge_router;

use axum::extract::State;
use axum::http::StatusCode;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query, StoredResponse};
use counterpart_protocol::ids::{OrderId, StoreId};
use counterpart_protocol::orders::{CancelReason, OrderStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::OrderDraft;
use super::service::{self, CaptureAnswer, OrderFailed, OrderView};
use super::store::{self, Filter, Listed};
use crate::context::Context;
use crate::users::{Caller, OrdersRead, OrdersWrite, Permitted};
use crate::web::{done, once, request_of};
use answers::{ListJson, OrderJson, list_json, order_json};

/// Orders of one answer unless fewer are asked for.
pub(super) const PAGE: u32 = 50;
const PAGE_MAX: u32 = 500;

/// Returns the routes of channels and operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list, capture))
        .routes(routes!(one))
        .routes(routes!(cancel))
        .routes(routes!(reroute))
        .merge(pages::router().into())
}

/// What is asked of the list, as in an address.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Words of a reference, a SKU or a description.
    #[serde(default)]
    pub(super) query: Option<String>,
    /// A status, `open` for all that are not over, or `late`.
    #[serde(default)]
    pub(super) status: Option<String>,
    /// A store's slug.
    #[serde(default)]
    pub(super) store: Option<String>,
    /// A channel.
    #[serde(default)]
    pub(super) channel: Option<String>,
    /// After this order: `<ms>.<id>`, from the answer before.
    #[serde(default)]
    pub(super) after: Option<String>,
    #[serde(default)]
    pub(super) limit: Option<u32>,
}

/// The statuses there are.
pub(super) const STATUSES: [OrderStatus; 6] = [
    OrderStatus::Unrouted,
    OrderStatus::Routed,
    OrderStatus::InProgress,
    OrderStatus::Ready,
    OrderStatus::Completed,
    OrderStatus::Cancelled,
];
/// Those of orders that are not over.
pub(super) const OPEN: [OrderStatus; 4] = [
    OrderStatus::Unrouted,
    OrderStatus::Routed,
    OrderStatus::InProgress,
    OrderStatus::Ready,
];

impl Asked {
    /// Reads what is asked.
    ///
    /// # Errors
    /// A problem that names what there is instead.
    pub(super) fn filter(&self, now_ms: i64) -> Result<Filter, Problem> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let mut late_at_ms = None;
        let statuses: Vec<String> = match given(&self.status).as_deref() {
            None => Vec::new(),
            Some("open") => OPEN.map(|status| status.word().to_owned()).to_vec(),
            Some("late") => {
                late_at_ms = Some(now_ms);
                Vec::new()
            }
            Some(word) if STATUSES.iter().any(|status| status.word() == word) => {
                vec![word.to_owned()]
            }
            Some(word) => {
                let known: Vec<&str> = STATUSES.iter().map(|status| status.word()).collect();
                let sentence = format!(
                    "'{word}' is no status of an order: there are {}, open and late",
                    known.join(", ")
                );
                return Err(Problem::unreadable(sentence.clone()).field("status", sentence));
            }
        };
        Ok(Filter {
            statuses,
            store: given(&self.store),
            channel: given(&self.channel),
            text: self.query.clone().unwrap_or_default(),
            late_at_ms,
            after: self.after.as_deref().and_then(|mark| {
                let (at_ms, id) = mark.split_once('.')?;
                Some((at_ms.parse().ok()?, id.parse().ok()?))
            }),
        })
    }
}

/// Writes where a page ends.
pub(super) fn mark_of(last: &Listed) -> String {
    format!("{}.{}", last.placed_at_ms, last.order_id)
}

/// Reads an order's id from an address.
pub(super) fn id_of(text: &str) -> Result<OrderId, Problem> {
    let unknown = |_| Problem::from(OrderFailed::Unknown(text.to_owned()));
    text.parse().map_err(unknown)
}

/// Lists orders, the newest first.
#[utoipa::path(
    get, path = "/v1/orders", tag = "orders",
    params(Asked),
    responses((status = 200, description = "a page of orders", body = ListJson))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<OrdersRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<ListJson>, Problem> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let filter = asked.filter(context.now_ms())?;
    let read = context.db().read(move |tx| {
        let mut rows = store::listed(tx, &filter, limit + 1)?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let ids: Vec<OrderId> = rows.iter().map(|row| row.order_id).collect();
        let parts = store::listed_parts(tx, &ids)?;
        Ok::<_, OrderFailed>((rows, parts, more))
    });
    let (rows, parts, more) = read.await?;
    let after = rows.last().filter(|_| more).map(mark_of);
    Ok(Json(list_json(&rows, &parts, after)))
}

/// Tells everything that is known of one order; code, digits and customer only to callers who may
/// change orders.
#[utoipa::path(
    get, path = "/v1/orders/{order_id}", tag = "orders",
    params(("order_id" = OrderId, Path, description = "the order")),
    responses(
        (status = 200, description = "the order with its facts", body = OrderJson),
        (status = 404, description = "`not_found`: there is no such order"),
    )
)]
async fn one(
    State(context): State<Context>,
    caller: Permitted<OrdersRead>,
    Path(order_id): Path<String>,
) -> Result<Json<OrderJson>, Problem> {
    let view = view_of(&context, &order_id, &caller).await?;
    Ok(Json(order_json(&view)))
}

/// Reads an order for a caller.
pub(super) async fn view_of(
    context: &Context,
    order_id: &str,
    caller: &Caller,
) -> Result<OrderView, Problem> {
    let id = id_of(order_id)?;
    let (within, caller) = (context.clone(), caller.clone());
    let read = context
        .db()
        .read(move |tx| service::view(&within, tx, id, &caller));
    Ok(read.await?)
}

/// Captures an order. The same order sent again, under the same key or another one, is captured
/// once and answered the same.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders",
    params(IdempotencyKey),
    request_body = OrderDraft,
    responses(
        (status = 201, description = "captured, now or before", body = CaptureAnswer),
        (status = 409, description = "`order_refused`, `reference_taken`"),
    )
)]
async fn capture(
    State(context): State<Context>,
    caller: Permitted<OrdersWrite>,
    key: IdempotencyKey,
    Json(draft): Json<OrderDraft>,
) -> Result<StoredResponse, Problem> {
    let about = format!("{} {}", draft.channel, draft.channel_reference);
    let request = request_of("/v1/orders", &draft).about(about);
    let (within, by) = (context.clone(), caller.principal());
    once(&context, caller.scope(key.0), request, move |tx| {
        let answer = service::capture_in(&within, tx, &draft, &by)?;
        Ok(StoredResponse::json(StatusCode::CREATED, &answer))
    })
    .await
}

/// Why an order is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CancelDraft {
    #[serde(default = "customer")]
    #[schema(value_type = String, example = "customer")]
    pub(super) because: CancelReason,
}

const fn customer() -> CancelReason {
    CancelReason::Customer
}

/// Cancels what nobody has consumed of an order: at once while no store has seen it, else by asking
/// the store.
#[utoipa::path(
    post, path = "/v1/orders/{order_id}/cancel", tag = "orders",
    params(("order_id" = OrderId, Path, description = "the order"), IdempotencyKey),
    request_body = CancelDraft,
    responses(
        (status = 200, description = "cancelled, or asked of the store", body = CancelJson),
        (status = 404, description = "`not_found`: there is no such order"),
        (status = 409, description = "`order_not_cancelled`"),
    )
)]
async fn cancel(
    State(context): State<Context>,
    caller: Permitted<OrdersWrite>,
    Path(order_id): Path<String>,
    key: IdempotencyKey,
    Json(draft): Json<CancelDraft>,
) -> Result<StoredResponse, Problem> {
    cancel_once(&context, &caller, key.0, &order_id, draft).await
}

/// What came of a cancellation.
#[derive(Debug, Serialize, ToSchema)]
struct CancelJson {
    order_id: OrderId,
    /// `cancelled`, or `cancel_requested` while a store has to answer.
    outcome: &'static str,
}

/// Cancels once, for the API and the page.
pub(super) async fn cancel_once(
    context: &Context,
    caller: &Caller,
    key: String,
    order_id: &str,
    draft: CancelDraft,
) -> Result<StoredResponse, Problem> {
    let id = id_of(order_id)?;
    let request = request_of(&format!("/v1/orders/{id}/cancel"), &draft);
    let within = context.clone();
    once(context, caller.scope(key), request, move |tx| {
        let outcome = service::cancel_in(&within, tx, id, draft.because)?;
        Ok(done(&CancelJson {
            order_id: id,
            outcome: outcome.word(),
        }))
    })
    .await
}

/// Where an order should go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RerouteDraft {
    /// The store the customer agreed to; the rule chooses if nothing.
    #[serde(default)]
    pub(super) store: Option<StoreId>,
}

/// Sends what is left of an order another way.
#[utoipa::path(
    post, path = "/v1/orders/{order_id}/reroute", tag = "orders",
    params(("order_id" = OrderId, Path, description = "the order"), IdempotencyKey),
    request_body = RerouteDraft,
    responses(
        (status = 200, description = "another store has it", body = RerouteJson),
        (status = 404, description = "`not_found`: there is no such order"),
        (status = 409, description = "`order_not_rerouted`, `nobody_serves`, `order_newer`"),
    )
)]
async fn reroute(
    State(context): State<Context>,
    caller: Permitted<OrdersWrite>,
    Path(order_id): Path<String>,
    key: IdempotencyKey,
    Json(draft): Json<RerouteDraft>,
) -> Result<StoredResponse, Problem> {
    reroute_once(&context, &caller, key.0, &order_id, draft).await
}

/// Who serves an order now.
#[derive(Debug, Serialize, ToSchema)]
struct RerouteJson {
    order_id: OrderId,
    store_id: StoreId,
}

/// Sends an order another way once, for the API and the page.
pub(super) async fn reroute_once(
    context: &Context,
    caller: &Caller,
    key: String,
    order_id: &str,
    draft: RerouteDraft,
) -> Result<StoredResponse, Problem> {
    let id = id_of(order_id)?;
    let request = request_of(&format!("/v1/orders/{id}/reroute"), &draft);
    let (within, by) = (context.clone(), caller.principal());
    once(context, caller.scope(key), request, move |tx| {
        let store = service::reroute_in(&within, tx, id, draft.store, &by)?;
        Ok(done(&RerouteJson {
            order_id: id,
            store_id: store,
        }))
    })
    .await
}
