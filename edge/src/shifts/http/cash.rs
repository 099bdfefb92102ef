//! Cash outside sales, X and Z again, over HTTP: the API, and the forms of the page.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::text::read_money;
use counterpart_protocol::ids::{FactId, RegisterId, ShiftId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::shifts::CashMovement;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::known;
use crate::command::{Command, form_key, register_principal};
use crate::context::Context;
use crate::shifts::pages;
use crate::shifts::rules::{CashReason, CashRefused, Told};
use crate::shifts::service::{self, MovedView, NoSaleView, ReportView, ShiftError};
use crate::shifts::store::MovementRow;
use crate::staff::{self, Visitor};
use crate::written::moment;

/// Returns the routes of cash outside sales.
pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list, move_cash))
        .routes(routes!(no_sale))
        .routes(routes!(x))
        .routes(routes!(z_again))
        .route("/register/{register}/cash", get(page))
        .route("/register/{register}/cash/move", post(move_form))
        .route("/register/{register}/cash/no-sale", post(no_sale_form))
        .route("/register/{register}/cash/x", post(x_form))
        .route(
            "/register/{register}/shift/{shift_id}/again",
            post(again_form),
        )
}

/// Cash that goes in or out.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveRequest {
    /// Which way.
    movement: CashMovement,
    /// How much, in minor units.
    amount_minor: Minor,
    /// Why: `change`, `found`, `other` in; `purchase`, `delivery`, `other` out; none for a drop.
    #[serde(default)]
    reason: Option<String>,
    /// The number of a bag or a bill, at most 40 characters.
    #[serde(default)]
    reference: Option<String>,
    /// The PIN of the manager who approves money that is paid out; a manager needs none.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// Why a drawer is opened without a sale.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoSaleRequest {
    /// `change`, `looked` or `other`.
    reason: String,
}

/// Who approves an X.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct XRequest {
    /// The PIN of a manager; a manager needs none.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// What moved in the open shift.
#[derive(Debug, Serialize, ToSchema)]
struct MovementsJson {
    movements: Vec<MovementJson>,
}

/// Cash that moved, or a drawer that was opened for no sale.
#[derive(Debug, Serialize, ToSchema)]
struct MovementJson {
    fact_id: FactId,
    /// `paid_in`, `paid_out`, `dropped` or `no_sale`.
    movement: String,
    amount_minor: Minor,
    reason: Option<String>,
    reference: Option<String>,
    at: String,
}

impl From<MovementRow> for MovementJson {
    fn from(row: MovementRow) -> Self {
        Self {
            fact_id: row.fact_id,
            movement: row.movement,
            amount_minor: row.amount_minor,
            reason: row.reason,
            reference: row.reference,
            at: moment(row.at_ms),
        }
    }
}

/// Lists the cash that moved outside sales in the open shift of a register, the newest first.
#[utoipa::path(
    get, path = "/v1/registers/{register}/cash-movements", tag = "shifts",
    params(("register" = RegisterId, Path, description = "the register")),
    responses((status = 200, description = "the movements", body = MovementsJson))
)]
async fn list(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Json<MovementsJson>, Problem> {
    staff::at(&visitor, register)?;
    let read = ctx.db().read(move |tx| service::movements(tx, register));
    let movements = read.await?.into_iter().map(MovementJson::from).collect();
    Ok(Json(MovementsJson { movements }))
}

/// Pays cash in or out, or drops it into the safe: a fact, and the drawer opens.
#[utoipa::path(
    post, path = "/v1/registers/{register}/cash-movements", tag = "shifts",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = MoveRequest,
    responses(
        (status = 200, description = "recorded", body = MovedView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`till_closed`, `amount_out_of_range`, `unknown_reason`, \
            `reason_unfit`, `reference_unfit`, `not_approved`"),
    )
)]
async fn move_cash(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<MoveRequest>,
) -> Result<Json<MovedView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "POST cash", &request);
    let told = Told {
        movement: request.movement,
        amount_minor: request.amount_minor,
        reason: read_reason(request.reason.as_deref())?,
        reference: request.reference,
    };
    let moved = service::move_cash(&ctx, person, told, request.approval_pin, command);
    Ok(Json(moved.await?))
}

/// Opens the drawer without a sale; the reason is kept.
#[utoipa::path(
    post, path = "/v1/registers/{register}/no-sales", tag = "shifts",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = NoSaleRequest,
    responses(
        (status = 200, description = "the drawer opens", body = NoSaleView),
        (status = 409, description = "`till_closed`, `unknown_reason`, `reason_unfit`"),
    )
)]
async fn no_sale(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<NoSaleRequest>,
) -> Result<Json<NoSaleView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "POST no-sale", &request);
    let reason = read_reason(Some(&request.reason))?;
    let opened = service::no_sale(&ctx, person, reason, command).await?;
    Ok(Json(opened))
}

/// Prints an X: what the open till comes to. It closes nothing.
#[utoipa::path(
    post, path = "/v1/registers/{register}/shift/x", tag = "shifts",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = XRequest,
    responses(
        (status = 200, description = "on its way to paper", body = ReportView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`till_closed`, `not_approved`"),
    )
)]
async fn x(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<XRequest>,
) -> Result<Json<ReportView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "POST shift/x", &request);
    let printed = service::x(&ctx, person, request.approval_pin, command).await?;
    Ok(Json(printed))
}

/// Prints the Z of a closed shift again, marked COPY.
#[utoipa::path(
    post, path = "/v1/registers/{register}/shifts/{shift_id}/reprint", tag = "shifts",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("shift_id" = ShiftId, Path, description = "the shift"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "on its way to paper", body = ReportView),
        (status = 404, description = "this register closed no such shift"),
    )
)]
async fn z_again(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, shift_id)): Path<(RegisterId, ShiftId)>,
    key: IdempotencyKey,
) -> Result<Json<ReportView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("POST shifts/{shift_id}/reprint");
    let command = Command::new(register_principal(register), key, &what, &());
    let printed = service::reprint_z(&ctx, person, shift_id, command).await?;
    Ok(Json(printed))
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    known(&ctx, register)?;
    match visitor.as_ref().and_then(|visitor| visitor.at(register)) {
        Some(person) => Ok(pages::cash(&ctx, person).await?.into_response()),
        None => {
            let here = pages::cash_path(register);
            let page = staff::sign_in_page(&ctx, register, &here, None).await?;
            Ok(page.into_response())
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct MoveForm {
    /// A movement, and behind a dot its reason: `paid_out.purchase`.
    #[serde(default)]
    what: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    reference: String,
    #[serde(default, skip_serializing)]
    pin: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn move_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<MoveForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let key = form_key(&headers, &form.command_id)?;
    let decimals = ctx.profile().currency.decimals();
    let amount = read_money(&form.amount, decimals, ctx.lang().locale());
    let amount = amount.map_err(|unreadable| {
        Problem::refused("amount_unreadable", format!("the amount: {unreadable}"))
            .field("amount", unreadable.to_string())
    })?;
    let (word, reason) = match form.what.split_once('.') {
        Some((word, reason)) => (word, Some(reason)),
        None => (form.what.as_str(), None),
    };
    let movement = CashMovement::ALL.into_iter().find(|it| it.word() == word);
    let told = Told {
        movement: movement.ok_or_else(|| {
            Problem::refused("what_missing", "say what happened with the cash")
                .field("what", "choose one")
        })?,
        amount_minor: Minor(amount),
        reason: read_reason(reason)?,
        reference: Some(form.reference.clone()),
    };
    let command = Command::new(register_principal(register), key, "cash page", &form);
    let pin = Some(form.pin).filter(|pin| !pin.is_empty());
    service::move_cash(&ctx, person, told, pin, command).await?;
    Ok(leave_for(&headers, &pages::cash_path(register)))
}

#[derive(Debug, Serialize, Deserialize)]
struct NoSaleForm {
    #[serde(default)]
    reason: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn no_sale_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<NoSaleForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let key = form_key(&headers, &form.command_id)?;
    let reason = read_reason(Some(&form.reason))?;
    let command = Command::new(register_principal(register), key, "no-sale page", &form);
    service::no_sale(&ctx, person, reason, command).await?;
    Ok(leave_for(&headers, &pages::cash_path(register)))
}

#[derive(Debug, Serialize, Deserialize)]
struct ReportForm {
    #[serde(default, skip_serializing)]
    pin: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn x_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<ReportForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let key = form_key(&headers, &form.command_id)?;
    let command = Command::new(register_principal(register), key, "X page", &form);
    let pin = Some(form.pin).filter(|pin| !pin.is_empty());
    service::x(&ctx, person, pin, command).await?;
    Ok(leave_for(&headers, &pages::cash_path(register)))
}

async fn again_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, shift_id)): Path<(RegisterId, ShiftId)>,
    headers: HeaderMap,
    Form(form): Form<ReportForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let key = form_key(&headers, &form.command_id)?;
    let what = format!("Z again {shift_id}");
    let command = Command::new(register_principal(register), key, &what, &form);
    service::reprint_z(&ctx, person, shift_id, command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}/shift")))
}

fn read_reason(word: Option<&str>) -> Result<Option<CashReason>, ShiftError> {
    let word = word.filter(|word| !word.is_empty());
    Ok(word.map(CashReason::read).transpose()?)
}

impl ToProblem for CashRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::AmountOutOfRange { .. } => "amount_out_of_range",
            Self::UnknownReason(_) => "unknown_reason",
            Self::ReasonUnfit { .. } => "reason_unfit",
            Self::ReferenceUnfit => "reference_unfit",
            Self::NoSuchClosing => return Problem::not_found(self.to_string()),
        };
        Problem::refused(code, self.to_string())
    }
}
