//! Putting goods that come back beside a sale over HTTP, and taking them out of it again.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_protocol::ids::RegisterId;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{BroughtRequest, brought_of};
use crate::command::{Command, form_key, register_principal};
use crate::context::Context;
use crate::returns::service::{self, Bringing, RefundTo};
use crate::staff::{self, Visitor};
use counterpart_protocol::ids::SaleId;
use utoipa::ToSchema;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(begin, give_up))
        .route("/register/{register}/exchange/give-up", post(give_up_form))
}

/// What comes back with the sale in work.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExchangeRequest {
    /// The sale it was sold by.
    sale_id: SaleId,
    /// What of it.
    lines: Vec<BroughtRequest>,
    /// The PIN of a manager, where more comes back than the person may take alone.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// Puts goods that come back beside the sale in work at the register: they count for what goes out
/// with it, and both are stated when it is paid, or finished. The basket shows them.
#[utoipa::path(
    post, path = "/v1/registers/{register}/exchange", tag = "returns",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = ExchangeRequest,
    responses(
        (status = 204, description = "they stand beside the sale"),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 404, description = "this store made no such sale"),
        (status = 409, description = "`till_closed`, `unknown_reason`, `nothing_returned`, \
            `too_many_lines`, `no_such_line`, `quantity_not_positive`, `quantity_not_whole`, \
            `more_than_sold`, `not_approved`, `terminal_asked`, `in_exchange`, `exchange_here`, \
            `money_given`, `passed_on`, `other_currency`"),
    )
)]
async fn begin(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<ExchangeRequest>,
) -> Result<StatusCode, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "exchange", &request);
    let bringing = Bringing {
        sale_id: request.sale_id,
        brought: brought_of(&request.lines)?,
        to: RefundTo::Original,
        approval_pin: request.approval_pin,
    };
    service::begin_exchange(&ctx, person, bringing, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes goods that come back out of the sale in work at the register.
#[utoipa::path(
    delete, path = "/v1/registers/{register}/exchange", tag = "returns",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    responses(
        (status = 204, description = "nothing comes back with the sale any more"),
        (status = 409, description = "`no_exchange`, `terminal_asked`, `money_gone`"),
    )
)]
async fn give_up(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
) -> Result<StatusCode, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = "give up exchange";
    let command = Command::new(register_principal(register), key, what, &());
    service::give_up_exchange(&ctx, person, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Serialize, Deserialize)]
struct GiveUpForm {
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn give_up_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<GiveUpForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let key = form_key(&headers, &form.command_id)?;
    let what = "page give up exchange";
    let command = Command::new(register_principal(register), key, what, &form);
    service::give_up_exchange(&ctx, person, command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}")))
}
