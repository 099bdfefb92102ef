//! Opening, counting and closing a till over HTTP: the API, and the forms of the page.

mod cash;
mod others;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::{asks_for_regions, leave_for, respond, stream};
use counterpart_daemon::web::text::read_money;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::shifts::Pieces;
use counterpart_protocol::staff::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages::{self, Question};
use super::rules::{Reason, ShiftRefused, TenderTyped};
use super::service::{self, ClosedView, Count, ShiftError, TillView};
use crate::command::{Command, form_key, register_principal};
use crate::context::Context;
use crate::staff::{self, Visitor};
use crate::web::STATUS_TOPIC;

/// Returns the routes of this slice.
pub(crate) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(open))
        .routes(routes!(close))
        .merge(cash::router())
        .merge(others::router())
        .route("/register/{register}/shift", get(page))
        .route("/register/{register}/shift/stream", get(live))
        .route("/register/{register}/shift/open", post(open_form))
        .route("/register/{register}/shift/close", post(close_form))
        .route("/register/{register}/shift/drawer", post(drawer_form))
}

/// With what a till is opened.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenRequest {
    /// The cash in the drawer.
    float_minor: Minor,
}

/// What was counted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CloseRequest {
    /// Notes and coins by value.
    counted: Vec<Pieces>,
    /// What was counted beside them: slips of cards and accounts, vouchers, foreign cash. What is
    /// left out was not counted.
    #[serde(default)]
    others: Vec<TenderTyped>,
    /// Why it differs from what should be there, if it does: a word such as `unknown`.
    #[serde(default)]
    reason: Option<String>,
}

/// Shows the till of a register; what should be in it is shown to managers only.
#[utoipa::path(
    get, path = "/v1/registers/{register}/shift", tag = "shifts",
    params(("register" = RegisterId, Path, description = "the register")),
    responses((status = 200, description = "the till", body = TillView))
)]
async fn show(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Json<TillView>, Problem> {
    let role = staff::at(&visitor, register)?.role;
    Ok(Json(till(&ctx, register, role).await?))
}

/// Opens the till of a register with a float.
#[utoipa::path(
    post, path = "/v1/registers/{register}/shift/open", tag = "shifts",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = OpenRequest,
    responses(
        (status = 200, description = "open", body = TillView),
        (status = 409, description = "`till_open`, `float_out_of_range`"),
    )
)]
async fn open(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<OpenRequest>,
) -> Result<Json<TillView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = "POST shift/open";
    let command = Command::new(register_principal(register), key, what, &request);
    let opened = service::open(&ctx, person, request.float_minor, command).await?;
    Ok(Json(opened))
}

/// Closes the till of a register by a blind count. Over and short is named, never refused.
#[utoipa::path(
    post, path = "/v1/registers/{register}/shift/close", tag = "shifts",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = CloseRequest,
    responses(
        (status = 200, description = "closed; the Z is on its way to paper", body = ClosedView),
        (status = 409, description = "`till_closed`, `sale_open`, `count_out_of_range`, \
            `unknown_reason`, `tender_unfit`"),
    )
)]
async fn close(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<CloseRequest>,
) -> Result<Json<ClosedView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let reason = read_reason(request.reason.as_deref())?;
    let what = "POST shift/close";
    let command = Command::new(register_principal(register), key, what, &request);
    let count = Count {
        pieces: request.counted,
        others: request.others,
    };
    let closed = service::close(&ctx, person, count, reason, command).await?;
    Ok(Json(closed))
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    known(&ctx, register)?;
    let here = format!("/register/{register}/shift");
    match visitor.as_ref().and_then(|visitor| visitor.at(register)) {
        Some(person) => Ok(pages::page(&ctx, person, None).await?.into_response()),
        None => {
            let page = staff::sign_in_page(&ctx, register, &here, None).await?;
            Ok(page.into_response())
        }
    }
}

async fn live(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?.clone();
    let topics = [crate::sales::topic(register), STATUS_TOPIC.to_owned()];
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let render = move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        async move { pages::live_regions(&ctx, &person, version).await }
    };
    Ok(stream(&live, viewer, topics, stopping, render))
}

#[derive(Debug, Serialize, Deserialize)]
struct OpenForm {
    #[serde(default)]
    float: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn open_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<OpenForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let key = form_key(&headers, &form.command_id)?;
    let decimals = ctx.profile().currency.decimals();
    let locale = ctx.lang().locale();
    let float = match form.float.trim() {
        "" => 0,
        typed => read_money(typed, decimals, locale).map_err(|unreadable| {
            Problem::refused("float_unreadable", format!("the float: {unreadable}"))
                .field("float", unreadable.to_string())
        })?,
    };
    let command = Command::new(register_principal(register), key, "open till", &form);
    service::open(&ctx, person, Minor(float), command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}")))
}

/// The counted pieces arrive as `piece_<value>` fields, because their number is the currency's.
async fn close_form(
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
    let count = Count {
        pieces: read_pieces(&fields)?,
        others: others::read(&ctx, &fields)?,
    };
    let reason = read_reason(Some(value_of("reason")).filter(|word| !word.is_empty()))?;
    if reason.is_none() {
        let counted = service::count(&ctx, register, count.clone()).await?;
        if counted.differs() {
            let question = Question {
                over_short_minor: counted.over_short_minor,
                counted_minor: counted.counted_minor,
                pieces: count.pieces,
                others: counted.others,
            };
            return ask(&ctx, &headers, person, question).await;
        }
    }
    let told: Vec<_> = fields
        .iter()
        .filter(|(name, _)| name != "command_id")
        .collect();
    let command = Command::new(register_principal(register), key, "close till", &told);
    service::close(&ctx, person, count, reason, command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}/shift")))
}

/// Asks for a reason before anything is stored; the count is kept in the form.
async fn ask(
    ctx: &Context,
    headers: &HeaderMap,
    person: &staff::Person,
    question: Question,
) -> Result<Response, Problem> {
    if !asks_for_regions(headers) {
        let page = pages::page(ctx, person, Some(question)).await?;
        return Ok(page.into_response());
    }
    let version = ctx.live().version();
    let region = pages::counting_region(ctx, person, version, Some(&question)).await?;
    let here = format!("/register/{}/shift", person.register);
    Ok(respond(headers, &here, vec![region]))
}

#[derive(Debug, Serialize, Deserialize)]
struct DrawerForm {
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn drawer_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<DrawerForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let key = form_key(&headers, &form.command_id)?;
    let principal = register_principal(register);
    let command = Command::new(principal, key, "page drawer", &form);
    service::open_drawer(&ctx, person, command).await?;
    let here = format!("/register/{register}/shift");
    Ok(respond(&headers, &here, Vec::new()))
}

async fn till(ctx: &Context, register: RegisterId, role: Role) -> Result<TillView, ShiftError> {
    let currency = ctx.profile().currency;
    let read = ctx
        .db()
        .read(move |tx| service::till(tx, register, currency, role));
    Ok(read.await?)
}

fn read_reason(word: Option<&str>) -> Result<Option<Reason>, ShiftError> {
    Ok(word.map(Reason::read).transpose()?)
}

/// Reads the pieces of a count: fields `piece_<value>`.
///
/// # Errors
///
/// `count_unreadable`, at its field.
pub(crate) fn read_pieces(fields: &[(String, String)]) -> Result<Vec<Pieces>, Problem> {
    let mut pieces = Vec::new();
    for (name, typed) in fields {
        let Some(value) = name
            .strip_prefix("piece_")
            .and_then(|value| value.parse().ok())
        else {
            continue;
        };
        let count = match typed.trim() {
            "" => 0,
            digits => digits.parse().map_err(|_| {
                Problem::refused("count_unreadable", "a count is a whole number: 0, 1, 2 …")
                    .field(name, "type a whole number")
            })?,
        };
        pieces.push(Pieces {
            value_minor: Minor(value),
            count,
        });
    }
    Ok(pieces)
}

fn known(ctx: &Context, register: RegisterId) -> Result<(), Problem> {
    match ctx.register(register) {
        Some(_) => Ok(()),
        None => Err(Problem::not_found(format!(
            "this store has no register {register}"
        ))),
    }
}

impl ToProblem for ShiftRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::AlreadyOpen => "till_open",
            Self::NotOpen => "till_closed",
            Self::FloatOutOfRange { .. } => "float_out_of_range",
            Self::SaleOpen => "sale_open",
            Self::CountOutOfRange { .. } => "count_out_of_range",
            Self::UnknownReason(_) => "unknown_reason",
            Self::TenderUnfit(_) => "tender_unfit",
            Self::SameCashier => "same_cashier",
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for ShiftError {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Refused(refused) => refused.to_problem(),
            Self::Cash(refused) => refused.to_problem(),
            Self::Approval(failed) => failed.to_problem(),
            Self::Command(failed) => failed.to_problem(),
            Self::Replica(failed) => crate::command::replica_problem(failed),
            Self::Db(failed) => failed.to_problem(),
            Self::Resume(failed) => failed.to_problem(),
        }
    }
}
