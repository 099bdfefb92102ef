//! What is said of a line, ages and gift receipts over HTTP: the API and the forms of the pages.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_protocol::ids::{RegisterId, SaleId, StaffId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::load_basket;
use super::known;
use super::register::{command, done};
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::sales::pages;
use crate::sales::rules::{Remark, RemarkRefused, TraceRefused};
use crate::sales::service::{self, AgeSeen, BasketView, GiftView};
use crate::staff::{self, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(remark))
        .routes(routes!(gift_receipt))
        .routes(routes!(see_age))
        .routes(routes!(trace))
        .route("/register/{register}/traced", post(trace_form))
        .route("/register/{register}/age", post(age_form))
        .route(
            "/register/{register}/lines/{line}/remarks",
            get(page).post(form),
        )
        .route("/register/{register}/sales/{sale_id}/gift", post(gift_form))
}

/// What is said of a line; what is left out is taken back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RemarkRequest {
    /// A note that is printed below the line, at most 80 characters.
    #[serde(default)]
    note: Option<String>,
    /// Who sold it, where that is not who takes the money.
    #[serde(default)]
    sold_by: Option<StaffId>,
}

/// Says something of a line: a note, and who sold it.
#[utoipa::path(
    put, path = "/v1/registers/{register}/basket/lines/{line}/remarks", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("line" = u16, Path, description = "the line's number"),
        IdempotencyKey,
    ),
    request_body = RemarkRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`note_too_long`, `unknown_person`, `no_such_line`, \
            `line_voided`"),
    )
)]
async fn remark(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, line)): Path<(RegisterId, u16)>,
    key: IdempotencyKey,
    Json(request): Json<RemarkRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("remark line {line}");
    let command = Command::new(register_principal(register), key, &what, &request);
    let said = Remark {
        note: request.note,
        sold_by: request.sold_by,
    };
    service::remark(&ctx, person, line, said, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

/// Prints a gift receipt of a sale: what was bought, without prices, with the receipt's code.
#[utoipa::path(
    post, path = "/v1/sales/{sale_id}/gift-receipt", tag = "sales",
    params(("sale_id" = SaleId, Path, description = "the sale"), IdempotencyKey),
    responses(
        (status = 200, description = "on its way to paper", body = GiftView),
        (status = 404, description = "this store made no such sale"),
    )
)]
async fn gift_receipt(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(sale_id): Path<SaleId>,
    key: IdempotencyKey,
) -> Result<Json<GiftView>, Problem> {
    let person = visitor.latest();
    let what = format!("gift receipt {sale_id}");
    let command = Command::new(register_principal(person.register), key, &what, &());
    let printed = service::print_gift_receipt(&ctx, person, sale_id, command).await?;
    Ok(Json(printed))
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path((register, line)): Path<(RegisterId, u16)>,
) -> Result<Response, Problem> {
    known(&ctx, register)?;
    match visitor.as_ref().and_then(|visitor| visitor.at(register)) {
        Some(person) => Ok(pages::remarks(&ctx, person, line).await?.into_response()),
        None => Ok(staff::sign_in_first(&format!("/register/{register}"))),
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct RemarkForm {
    #[serde(default)]
    note: String,
    #[serde(default)]
    sold_by: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, line)): Path<(RegisterId, u16)>,
    headers: HeaderMap,
    Form(form): Form<RemarkForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("remark {line}");
    let command = command(&headers, register, &form.command_id, &what, &form)?;
    let sold_by = match form.sold_by.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| RemarkRefused::UnknownPerson)?),
    };
    let said = Remark {
        note: Some(form.note),
        sold_by,
    };
    service::remark(&ctx, person, line, said, command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}")))
}

/// What somebody saw of the customer's age.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgeRequest {
    /// `true`: old enough for everything in the basket; `false`: what wants the age is taken out.
    old_enough: bool,
}

/// Notes that somebody saw the customer's age, or takes out what the customer is too young for.
#[utoipa::path(
    post, path = "/v1/registers/{register}/basket/age", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = AgeRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`basket_empty`"),
    )
)]
async fn see_age(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<AgeRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "see age", &request);
    let seen = match request.old_enough {
        true => AgeSeen::OldEnough,
        false => AgeSeen::TooYoung,
    };
    service::see_age(&ctx, person, seen, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

#[derive(Debug, Serialize, Deserialize)]
struct AgeForm {
    /// `old_enough`; anything else takes out what wants the age.
    #[serde(default)]
    does: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn age_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<AgeForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "age", &form)?;
    let seen = match form.does.as_str() {
        "old_enough" => AgeSeen::OldEnough,
        _ => AgeSeen::TooYoung,
    };
    service::see_age(&ctx, person, seen, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

#[derive(Debug, Serialize, Deserialize)]
struct GiftForm {
    /// `sale` from the page of the sale, which is shown again then.
    #[serde(default)]
    does: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn gift_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, sale_id)): Path<(RegisterId, SaleId)>,
    headers: HeaderMap,
    Form(form): Form<GiftForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("gift {sale_id}");
    let command = command(&headers, register, &form.command_id, &what, &form)?;
    service::print_gift_receipt(&ctx, person, sale_id, command).await?;
    if form.does == "sale" {
        return Ok(leave_for(&headers, &format!("/sales/{sale_id}")));
    }
    done(&ctx, person, &headers, Vec::new()).await
}

/// Which serial number or lot a line is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TraceRequest {
    /// The number, 1 to 40 characters.
    number: String,
}

/// Says which serial number or lot a line is. A code that is scanned while one is asked for, and
/// under which nothing is sold, does the same.
#[utoipa::path(
    put, path = "/v1/registers/{register}/basket/lines/{line}/number", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("line" = u16, Path, description = "the line's number"),
        IdempotencyKey,
    ),
    request_body = TraceRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`number_unfit`, `number_twice`, `not_traced`, \
            `no_such_line`, `line_voided`"),
    )
)]
async fn trace(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, line)): Path<(RegisterId, u16)>,
    key: IdempotencyKey,
    Json(request): Json<TraceRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("number of line {line}");
    let command = Command::new(register_principal(register), key, &what, &request);
    service::trace(&ctx, person, (line, request.number), command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

#[derive(Debug, Serialize, Deserialize)]
struct TraceForm {
    line: u16,
    #[serde(default)]
    number: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn trace_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<TraceForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "number", &form)?;
    service::trace(&ctx, person, (form.line, form.number), command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

impl ToProblem for TraceRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Unfit => "number_unfit",
            Self::Twice(_) => "number_twice",
            Self::NotTraced(_) => "not_traced",
            Self::Basket(refused) => return refused.to_problem(),
        };
        Problem::refused(code, self.to_string()).field("number", self.to_string())
    }
}
