//! Stock put right over HTTP: for programs, and the page.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::text::read_quantity;
use counterpart_protocol::ids::Sku;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::{AdjustReason, AdjustedLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::AdjustRefused;
use super::service::{self, AdjustError, AdjustedView, Shown};
use crate::command::{Command, form_key, replica_problem};
use crate::context::Context;
use crate::staff::{self, Person, Visitor};

/// Returns the routes of this slice.
pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(adjust))
        .route("/stock/adjust/{sku}", get(page).post(form))
}

/// What is put right.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdjustRequest {
    /// Why.
    reason: AdjustReason,
    /// By how much more or less, at most 500 products.
    lines: Vec<AdjustedLine>,
    /// The PIN of the manager who approves; a manager needs none.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// Puts right what is on hand: one fact, and the numbers follow. What is gone is never refused; an
/// order that loses its goods by it is named.
#[utoipa::path(
    post, path = "/v1/stock/adjustments", tag = "stock",
    params(IdempotencyKey),
    request_body = AdjustRequest,
    responses(
        (status = 200, description = "put right", body = AdjustedView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`nothing_to_adjust`, `too_many_lines`, `unknown_product`, \
            `no_change`, `quantity_not_whole`, `quantity_too_large`, `reason_goes_other_way`, \
            `not_approved`"),
    )
)]
async fn adjust(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Json(request): Json<AdjustRequest>,
) -> Result<Json<AdjustedView>, Problem> {
    let person = visitor.latest();
    let command = Command::new(principal(person), key, "POST stock/adjustments", &request);
    let what = (request.reason, request.lines);
    let adjusted = service::adjust(&ctx, person, what, request.approval_pin, command);
    Ok(Json(adjusted.await?))
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(sku): Path<String>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first("/stock"));
    };
    let shown = shown(&ctx, &sku).await?;
    let page = pages::one(&ctx, visitor.latest(), &shown).await?;
    Ok(page.into_response())
}

/// What happened, as a person chooses it: most reasons go one way only.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Damaged,
    Expired,
    Missing,
    OwnUse,
    Found,
    OtherLess,
    OtherMore,
}

#[derive(Debug, Serialize, Deserialize)]
struct AdjustForm {
    what: Choice,
    #[serde(default)]
    quantity: String,
    #[serde(default, skip_serializing)]
    pin: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn form(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(sku): Path<String>,
    Form(form): Form<AdjustForm>,
) -> Result<Response, Problem> {
    let person = visitor.latest();
    let shown = shown(&ctx, &sku).await?;
    let key = form_key(&headers, &form.command_id)?;
    let what = format!("adjust {sku}");
    let command = Command::new(principal(person), key, &what, &form);
    let quantity = read_quantity(&form.quantity, ctx.lang().locale()).map_err(|unreadable| {
        Problem::refused("quantity_unreadable", format!("the quantity: {unreadable}"))
            .field("quantity", unreadable.to_string())
    })?;
    let (because, delta) = match form.what {
        Choice::Damaged => (AdjustReason::Damaged, -quantity),
        Choice::Expired => (AdjustReason::Expired, -quantity),
        Choice::Missing => (AdjustReason::Missing, -quantity),
        Choice::OwnUse => (AdjustReason::OwnUse, -quantity),
        Choice::Found => (AdjustReason::Found, quantity),
        Choice::OtherLess => (AdjustReason::Other, -quantity),
        Choice::OtherMore => (AdjustReason::Other, quantity),
    };
    let line = AdjustedLine {
        sku: shown.sku.clone(),
        delta_milli: Milli(delta),
    };
    let pin = Some(form.pin).filter(|pin| !pin.is_empty());
    service::adjust(&ctx, person, (because, vec![line]), pin, command).await?;
    Ok(leave_for(&headers, &pages::product(&shown.sku)))
}

async fn shown(ctx: &Context, sku: &str) -> Result<Shown, Problem> {
    let unknown = || Problem::not_found(format!("this store knows no product '{sku}'"));
    let parsed: Sku = sku.parse().map_err(|_| unknown())?;
    let read = ctx.db().read(move |tx| service::shown(tx, &parsed));
    read.await?.ok_or_else(unknown)
}

fn principal(person: &Person) -> String {
    format!("staff/{}", person.staff_id)
}

impl ToProblem for AdjustRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Empty => "nothing_to_adjust",
            Self::TooManyLines => "too_many_lines",
            Self::UnknownProduct(_) => "unknown_product",
            Self::Nothing(_) => "no_change",
            Self::NotWhole(_) => "quantity_not_whole",
            Self::TooMuch(_) => "quantity_too_large",
            Self::OtherWay { .. } => "reason_goes_other_way",
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for AdjustError {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Refused(refused) => refused.to_problem(),
            Self::Approval(failed) => failed.to_problem(),
            Self::Command(failed) => failed.to_problem(),
            Self::Replica(failed) => replica_problem(failed),
            Self::Db(failed) => failed.to_problem(),
        }
    }
}
