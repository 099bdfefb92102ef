//! Finishing an exchange over HTTP.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem};
use counterpart_protocol::ids::RegisterId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::register::{command, done};
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::payments::CardView;
use crate::returns::RefundTo;
use crate::sales::service::{self, ExchangeDone, PayView};
use crate::staff::{self, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(finish))
        .route("/register/{register}/exchange/finish", post(finish_form))
}

/// To what the rest of an exchange goes back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FinishRequest {
    /// `original` (cards first, then cash), or `cash` where a card cannot get it.
    #[serde(default)]
    to: RefundTo,
}

/// Finishes an exchange in which nothing is due: gives back what the goods that came back count for
/// beyond those that go out, and states both in one transaction. An exchange in which something is
/// due is finished by paying that.
#[utoipa::path(
    post, path = "/v1/registers/{register}/exchange/finish", tag = "returns",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = FinishRequest,
    responses(
        (status = 200, description = "both halves are stated", body = PayView),
        (status = 202, description = "a terminal is asked to give a card its money back",
            body = CardView),
        (status = 409, description = "`till_closed`, `no_exchange`, `still_due`, `money_given`, \
            `giving_back`, `basket_empty`, `scans_unsettled`, `not_weighed`, `age_unconfirmed`, \
            `promised_unapproved`, `untraced`, `no_terminal`, `no_transaction`, `card_first`, \
            `card_under_way`, `card_unknown`, `discount_outgrown`"),
    )
)]
async fn finish(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<FinishRequest>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = "finish exchange";
    let command = Command::new(register_principal(register), key, what, &request);
    Ok(
        match service::finish_exchange(&ctx, person, request.to, command).await? {
            ExchangeDone::Recorded(view) => Json(view).into_response(),
            ExchangeDone::Asked(view) => (StatusCode::ACCEPTED, Json(view)).into_response(),
        },
    )
}

#[derive(Debug, Serialize, Deserialize)]
struct FinishForm {
    does: RefundTo,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn finish_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<FinishForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "finish", &form)?;
    service::finish_exchange(&ctx, person, form.does, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}
