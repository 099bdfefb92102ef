//! The route of customers: erasing one. Records are shown with their orders, and nowhere else.

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Path, Problem, StoredResponse};
use counterpart_protocol::ids::CustomerId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service;
use crate::context::Context;
use crate::users::{OrdersWrite, Permitted};
use crate::web::{done, once, request_of};

/// Returns the routes of operators and channels.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(routes!(erase))
}

/// A customer nothing is known of any more.
#[derive(Debug, Serialize, ToSchema)]
struct Erased {
    customer_id: CustomerId,
}

/// Erases a customer's name and contact for good. The facts keep their pseudonym.
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
    let id: CustomerId = customer_id
        .parse()
        .map_err(|_| Problem::not_found(format!("there is no customer {customer_id}")))?;
    let request = request_of(&format!("/v1/customers/{id}/erase"), &());
    let within = context.clone();
    once(&context, caller.scope(key.0), request, move |tx| {
        service::erase_in(&within, tx, id)?;
        Ok(done(&Erased { customer_id: id }))
    })
    .await
}
