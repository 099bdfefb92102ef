//! The safe over HTTP: the API, and the forms of its page.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::text::read_money;
use counterpart_protocol::ids::{FactId, RegisterId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::shifts::{Pieces, SafeEntry};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::{SafeReason, SafeRefused, Told};
use super::service::{self, BookedView, SafeError};
use super::store::EntryRow;
use crate::command::{Command, form_key, register_principal, replica_problem};
use crate::context::Context;
use crate::staff::{self, Visitor};
use crate::written::moment;

/// Returns the routes of this slice.
pub(crate) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(move_cash))
        .routes(routes!(count))
        .route("/register/{register}/safe", get(page))
        .route("/register/{register}/safe/move", post(move_form))
        .route("/register/{register}/safe/count", post(count_form))
}

/// Cash that goes into or out of the safe.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveRequest {
    /// `float_out`, `float_back` or `banked`.
    entry: SafeEntry,
    /// How much, in minor units.
    amount_minor: Minor,
    /// The number of the bag, which a bank drop needs; of a float, the till it is for.
    #[serde(default)]
    reference: Option<String>,
    /// The PIN of a manager; a manager needs none.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// What was counted in the safe.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CountRequest {
    /// Notes and coins by value.
    counted: Vec<Pieces>,
    /// Why it differs, if it does: `not_recorded`, `miscounted` or `unexplained`.
    #[serde(default)]
    reason: Option<String>,
    /// The PIN of a manager; a manager needs none.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// The safe and its last entries.
#[derive(Debug, Serialize, ToSchema)]
struct SafeJson {
    currency: Currency,
    /// What should be in it; shown to managers only, because the count is blind.
    expected_minor: Option<Minor>,
    entries: Vec<EntryJson>,
}

/// One entry of the safe's book.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SafeEntryJson)]
struct EntryJson {
    fact_id: FactId,
    /// `dropped`, `float_out`, `float_back`, `banked` or `counted`.
    entry: String,
    amount_minor: Minor,
    /// Counted less expected, for a count; shown to managers only.
    over_short_minor: Option<Minor>,
    reason: Option<String>,
    reference: Option<String>,
    register: Option<RegisterId>,
    at: String,
}

fn entry_json(row: EntryRow, shows_all: bool) -> EntryJson {
    let is_count = row.expected_minor.is_some();
    EntryJson {
        fact_id: row.fact_id,
        entry: row.entry,
        amount_minor: row.amount_minor,
        over_short_minor: (is_count && shows_all).then_some(row.change_minor),
        reason: row.reason,
        reference: row.reference,
        register: row.register,
        at: moment(row.at_ms),
    }
}

/// Shows the safe of the store, as somebody at this register may see it.
#[utoipa::path(
    get, path = "/v1/registers/{register}/safe", tag = "safe",
    params(("register" = RegisterId, Path, description = "the register somebody stands at")),
    responses((status = 200, description = "the safe", body = SafeJson))
)]
async fn show(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Json<SafeJson>, Problem> {
    let role = staff::at(&visitor, register)?.role;
    let currency = ctx.profile().currency;
    let read = ctx.db().read(move |tx| service::safe(tx, currency, role));
    let view = read.await?;
    let shows_all = view.expected_minor.is_some();
    let entries = view.entries.into_iter();
    Ok(Json(SafeJson {
        currency,
        expected_minor: view.expected_minor,
        entries: entries.map(|row| entry_json(row, shows_all)).collect(),
    }))
}

/// Takes a float out of the safe, puts one back, or gives a bag to the bank.
#[utoipa::path(
    post, path = "/v1/registers/{register}/safe/movements", tag = "safe",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = MoveRequest,
    responses(
        (status = 200, description = "booked; its slip is on its way to paper", body = BookedView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`amount_out_of_range`, `reference_unfit`, `not_counted`"),
    )
)]
async fn move_cash(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<MoveRequest>,
) -> Result<Json<BookedView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "safe move", &request);
    let told = Told::Moved {
        entry: request.entry,
        amount_minor: request.amount_minor,
        reference: request.reference,
    };
    let booked = service::book(&ctx, person, told, request.approval_pin, command);
    Ok(Json(booked.await?))
}

/// Counts the safe, blind. Over and short is named and posted, never refused.
#[utoipa::path(
    post, path = "/v1/registers/{register}/safe/counts", tag = "safe",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = CountRequest,
    responses(
        (status = 200, description = "booked; its slip is on its way to paper", body = BookedView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`count_out_of_range`, `unknown_reason`"),
    )
)]
async fn count(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<CountRequest>,
) -> Result<Json<BookedView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "safe count", &request);
    let told = Told::Counted {
        pieces: request.counted,
        reason: read_reason(request.reason.as_deref())?,
    };
    let booked = service::book(&ctx, person, told, request.approval_pin, command);
    Ok(Json(booked.await?))
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    if ctx.register(register).is_none() {
        let detail = format!("this store has no register {register}");
        return Err(Problem::not_found(detail));
    }
    match visitor.as_ref().and_then(|visitor| visitor.at(register)) {
        Some(person) => Ok(pages::safe(&ctx, person).await?.into_response()),
        None => {
            let here = pages::safe_path(register);
            let page = staff::sign_in_page(&ctx, register, &here, None).await?;
            Ok(page.into_response())
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct MoveForm {
    #[serde(default)]
    entry: String,
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
    let mut entries = SafeEntry::ALL.into_iter();
    let entry = entries.find(|it| it.word() == form.entry);
    let told = Told::Moved {
        entry: entry.ok_or_else(|| {
            Problem::refused("what_missing", "say what happened with the cash")
                .field("entry", "choose one")
        })?,
        amount_minor: Minor(amount),
        reference: Some(form.reference.clone()),
    };
    let command = Command::new(register_principal(register), key, "safe page", &form);
    let pin = Some(form.pin).filter(|pin| !pin.is_empty());
    service::book(&ctx, person, told, pin, command).await?;
    Ok(leave_for(&headers, &pages::safe_path(register)))
}

/// The counted pieces arrive as `piece_<value>` fields, because their number is the currency's.
async fn count_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let value_of = |name: &str| {
        let field = fields.iter().find(|(field, _)| field == name);
        field.map_or("", |(_, value)| value.trim())
    };
    let key = form_key(&headers, value_of("command_id"))?;
    let told = Told::Counted {
        pieces: crate::shifts::read_pieces(&fields)?,
        reason: read_reason(Some(value_of("reason")))?,
    };
    let said: Vec<_> = fields
        .iter()
        .filter(|(name, _)| name != "command_id" && name != "pin")
        .collect();
    let command = Command::new(register_principal(register), key, "safe count page", &said);
    let pin = Some(value_of("pin").to_owned()).filter(|pin| !pin.is_empty());
    service::book(&ctx, person, told, pin, command).await?;
    Ok(leave_for(&headers, &pages::safe_path(register)))
}

fn read_reason(word: Option<&str>) -> Result<Option<SafeReason>, SafeError> {
    let word = word.filter(|word| !word.is_empty());
    Ok(word.map(SafeReason::read).transpose()?)
}

impl ToProblem for SafeRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::AmountOutOfRange { .. } => "amount_out_of_range",
            Self::ReferenceUnfit => "reference_unfit",
            Self::NotCounted => "not_counted",
            Self::Count(refused) => return refused.to_problem(),
            Self::UnknownReason(_) => "unknown_reason",
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for SafeError {
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
