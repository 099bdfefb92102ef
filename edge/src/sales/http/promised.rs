//! Letting promised goods go over HTTP: the API, and the form of the register's page.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::load_basket;
use super::register::{command, done};
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::sales::rules::PromisedRefused;
use crate::sales::service::{self, BasketView, LetGo};
use crate::staff::{self, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(let_go))
        .route("/register/{register}/promised", post(form))
}

/// A manager's word that promised goods go.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LetGoRequest {
    /// The sum of `over_milli` that was not approved when the manager looked; refused when it is
    /// another by now.
    #[serde(default)]
    seen_milli: Option<Milli>,
    /// The PIN of a manager, where the person signed in is none.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// Approves that goods go which are not the store's own to sell, of a class that wants it: with a
/// manager's PIN, or by a manager who is signed in. Who takes them out instead needs nobody.
#[utoipa::path(
    post, path = "/v1/registers/{register}/basket/promised", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = LetGoRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`basket_empty`, `nothing_promised`, `promised_changed`, \
            `not_approved`"),
    )
)]
async fn let_go(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<LetGoRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "let go", &request);
    let wanted = LetGo {
        seen_milli: request.seen_milli,
        approval_pin: request.approval_pin,
    };
    service::let_promised_go(&ctx, person, wanted, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

#[derive(Debug, Serialize, Deserialize)]
struct LetGoForm {
    /// How much there was to approve on the page, in thousandths.
    seen: i64,
    #[serde(default, skip_serializing)]
    pin: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<LetGoForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "let go", &form)?;
    let wanted = LetGo {
        seen_milli: Some(Milli(form.seen)),
        approval_pin: Some(form.pin).filter(|pin| !pin.is_empty()),
    };
    service::let_promised_go(&ctx, person, wanted, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

impl ToProblem for PromisedRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Nothing => "nothing_promised",
            Self::NeedsManager { .. } => return Problem::forbidden(self.to_string()),
            Self::Changed => "promised_changed",
        };
        Problem::refused(code, self.to_string())
    }
}
