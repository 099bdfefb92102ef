//! The routes of customers: finding, adding, changing and erasing those whom tills know, their
//! groups, and what edges ask. What a command answers is kept for weeks, so that it names nobody.

mod edges;
mod groups;
mod json;

pub use edges::edge_router;
pub(super) use groups::{put_once as put_group_once, remove_once as remove_group_once};
pub(super) use json::CustomerKept;

use axum::extract::State;
use axum::http::StatusCode;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query, StoredResponse};
use counterpart_protocol::customers::{CustomerCard, CustomerTextRefused};
use counterpart_protocol::ids::CustomerId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::json::{CustomerJson, CustomersJson, customers_json, one_json};
use super::pages;
use super::rules::{RegularDraft, Sought};
use super::service::{self, CustomerView, Wanted};
use crate::context::Context;
use crate::users::{Caller, OrdersWrite, Permitted};
use crate::web::{done, once, request_of};

/// Returns the routes of operators and channels.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(one, change))
        .routes(routes!(erase))
        .merge(groups::router())
        .merge(pages::router().into())
}

/// Which customers are looked for, as in an address; the newest if nothing is said.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Whoever has this card, exactly.
    #[serde(default)]
    card: Option<String>,
    /// A telephone number or a part of one, or words that all occur in name or e-mail address.
    #[serde(default)]
    search: Option<String>,
}

impl Asked {
    fn wanted(&self) -> Result<Wanted, Problem> {
        if let Some(card) = self.card.as_deref().filter(|text| !text.trim().is_empty()) {
            let card: Result<CustomerCard, CustomerTextRefused> = card.parse();
            let card = card.map_err(|refused| {
                Problem::unreadable(refused.to_string()).field("card", refused.to_string())
            });
            return Ok(Wanted::Card(card?));
        }
        let sought = Sought::of(self.search.as_deref().unwrap_or_default());
        Ok(sought.map_or(Wanted::All, Wanted::Meant))
    }
}

/// Finds customers whom tills know, the newest first.
#[utoipa::path(
    get, path = "/v1/customers", tag = "customers",
    params(Asked),
    responses((status = 200, description = "at most 50", body = CustomersJson))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<OrdersWrite>,
    Query(asked): Query<Asked>,
) -> Result<Json<CustomersJson>, Problem> {
    let wanted = asked.wanted()?;
    let within = context.clone();
    let found = context
        .db()
        .read(move |tx| service::look_up(&within, tx, &wanted));
    Ok(Json(customers_json(found.await?)))
}

/// Adds a customer whom tills know: every store has heard of their card within seconds.
#[utoipa::path(
    post, path = "/v1/customers", tag = "customers",
    params(IdempotencyKey),
    request_body = RegularDraft,
    responses(
        (status = 201, description = "added", body = CustomerKept),
        (status = 409, description = "`fields_refused`, `too_many_customers`"),
    )
)]
async fn add(
    State(context): State<Context>,
    caller: Permitted<OrdersWrite>,
    key: IdempotencyKey,
    Json(draft): Json<RegularDraft>,
) -> Result<StoredResponse, Problem> {
    add_once(&context, &caller, key.0, draft).await
}

/// Adds a customer once, for the API and the page.
pub(super) async fn add_once(
    context: &Context,
    caller: &Caller,
    key: String,
    draft: RegularDraft,
) -> Result<StoredResponse, Problem> {
    let request = request_of("/v1/customers", &draft);
    let within = context.clone();
    once(context, caller.scope(key), request, move |tx| {
        let kept = service::add_regular(&within, tx, &draft)?;
        let kept = CustomerKept::of(&kept);
        Ok(StoredResponse::json(StatusCode::CREATED, &kept))
    })
    .await
}

/// Shows a customer, whom tills know or who only ordered.
#[utoipa::path(
    get, path = "/v1/customers/{customer_id}", tag = "customers",
    params(("customer_id" = CustomerId, Path, description = "the customer")),
    responses(
        (status = 200, description = "the customer", body = CustomerJson),
        (status = 404, description = "`not_found`: there is no such customer"),
    )
)]
async fn one(
    State(context): State<Context>,
    _: Permitted<OrdersWrite>,
    Path(customer_id): Path<String>,
) -> Result<Json<CustomerJson>, Problem> {
    let view = view_of(&context, parse_customer(&customer_id)?).await?;
    Ok(Json(one_json(view)))
}

/// Reads a customer, for the API and the page.
pub(super) async fn view_of(context: &Context, id: CustomerId) -> Result<CustomerView, Problem> {
    let within = context.clone();
    let view = context.db().read(move |tx| service::view(&within, tx, id));
    Ok(view.await?)
}

/// Changes a customer and lets tills know them. What is left out is taken away.
#[utoipa::path(
    put, path = "/v1/customers/{customer_id}", tag = "customers",
    params(("customer_id" = CustomerId, Path, description = "the customer"), IdempotencyKey),
    request_body = RegularDraft,
    responses(
        (status = 200, description = "changed", body = CustomerKept),
        (status = 404, description = "`not_found`: there is no such customer"),
        (status = 409,
            description = "`fields_refused`, `customer_erased`, `too_many_customers`"),
    )
)]
async fn change(
    State(context): State<Context>,
    caller: Permitted<OrdersWrite>,
    Path(customer_id): Path<String>,
    key: IdempotencyKey,
    Json(draft): Json<RegularDraft>,
) -> Result<StoredResponse, Problem> {
    let id = parse_customer(&customer_id)?;
    change_once(&context, &caller, key.0, id, draft).await
}

/// Changes a customer once, for the API and the page.
pub(super) async fn change_once(
    context: &Context,
    caller: &Caller,
    key: String,
    id: CustomerId,
    draft: RegularDraft,
) -> Result<StoredResponse, Problem> {
    let request = request_of(&format!("/v1/customers/{id}"), &draft);
    let within = context.clone();
    once(context, caller.scope(key), request, move |tx| {
        let kept = service::change_regular(&within, tx, id, &draft)?;
        Ok(done(&CustomerKept::of(&kept)))
    })
    .await
}

/// A customer nothing is known of any more.
#[derive(Debug, Serialize, ToSchema)]
struct Erased {
    customer_id: CustomerId,
}

/// Erases a customer's name and contact for good, and takes them out of what tills know. The facts
/// keep their pseudonym.
#[utoipa::path(
    post, path = "/v1/customers/{customer_id}/erase", tag = "customers",
    params(("customer_id" = CustomerId, Path, description = "the customer"), IdempotencyKey),
    responses(
        (status = 200, description = "erased", body = Erased),
        (status = 404, description = "`not_found`: there is no such customer"),
    )
)]
async fn erase(
    State(context): State<Context>,
    caller: Permitted<OrdersWrite>,
    Path(customer_id): Path<String>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    let id = parse_customer(&customer_id)?;
    erase_once(&context, &caller, key.0, id).await
}

/// Erases a customer once, for the API and the page.
pub(super) async fn erase_once(
    context: &Context,
    caller: &Caller,
    key: String,
    id: CustomerId,
) -> Result<StoredResponse, Problem> {
    let request = request_of(&format!("/v1/customers/{id}/erase"), &());
    let within = context.clone();
    once(context, caller.scope(key), request, move |tx| {
        service::erase_in(&within, tx, id)?;
        Ok(done(&Erased { customer_id: id }))
    })
    .await
}

/// Reads a customer's id in an address; what is no id is no customer.
pub(super) fn parse_customer(text: &str) -> Result<CustomerId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found(format!("there is no customer {text}")))
}
