//! Returns over HTTP: the API; the pages by which somebody takes goods back are beside it.

mod exchanges;
mod forms;
mod provisional;
mod rights;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query, ToProblem};
use counterpart_protocol::ids::{RegisterId, ReturnId, SaleId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{Disposition, InCash, ReturnLine};
use counterpart_protocol::sales::Tender;
use counterpart_protocol::tax::TaxSum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rules::{Brought, ReturnReason, ReturnRefused};
use super::service::{self, Bringing, LineLeft, Onward, RefundTo, ReturnError, ReturnView, Taken};
use super::store::{self, Returned};
use crate::command::{Command, register_principal, replica_problem};
use crate::context::Context;
use crate::payments::CardView;
use crate::staff::{self, Visitor};
use crate::written::moment;

/// Returns listed.
const LISTED: u32 = 100;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(returnable))
        .routes(routes!(take_back))
        .routes(routes!(go_on))
        .merge(exchanges::router())
        .merge(provisional::router())
        .merge(rights::router())
        .routes(routes!(list))
        .routes(routes!(one))
        .merge(forms::router().into())
}

/// What of a sale may still come back.
#[derive(Debug, Serialize, ToSchema)]
struct ReturnableJson {
    sale_id: SaleId,
    receipt: String,
    sold_at: String,
    currency: Currency,
    lines: Vec<LineLeft>,
    /// The returns of the sale so far, the oldest first.
    returns: Vec<ReturnJson>,
}

/// A return with everything in it.
#[derive(Debug, Serialize, ToSchema)]
struct ReturnJson {
    return_id: ReturnId,
    /// The number on its receipt.
    number: String,
    sale_id: SaleId,
    /// The receipt of the sale.
    receipt: String,
    returned_at: String,
    currency: Currency,
    lines: Vec<ReturnLine>,
    /// Tax that went back.
    taxes: Vec<TaxSum>,
    total_minor: Minor,
    /// How it went back.
    tenders: Vec<Tender>,
    /// What should have gone back to a card and went back in cash.
    instead: Option<InCash>,
    /// The store that sold it, where it was refunded without the right to.
    #[serde(skip_serializing_if = "Option::is_none")]
    provisional_of: Option<String>,
}

/// The returns of the store.
#[derive(Debug, Serialize, ToSchema)]
struct ReturnsJson {
    /// The latest, the newest first.
    returns: Vec<ReturnJson>,
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReturnRequest {
    /// The sale.
    sale_id: SaleId,
    /// What of it.
    lines: Vec<BroughtRequest>,
    /// To what the money goes back: `original` (cards first, then cash), `cash` where a card cannot
    /// get it, or `credit`: a new store credit on paper.
    #[serde(default)]
    to: RefundTo,
    /// The PIN of a manager, where more goes back than the person may give alone.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// What comes back of a line.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BroughtRequest {
    /// The number of the sale's line.
    line: u16,
    /// How much of it.
    quantity_milli: Milli,
    /// Why: `size`, `changed_mind`, `defective`, `damaged`, `wrong_item`, `wrong_price`, `other`.
    reason: String,
    /// Where it goes; only what is restocked is on hand again.
    disposition: Disposition,
}

impl From<Returned> for ReturnJson {
    fn from(returned: Returned) -> Self {
        let recorded = returned.recorded;
        Self {
            return_id: recorded.return_id,
            number: recorded.number.to_string(),
            sale_id: recorded.sale_id,
            receipt: recorded.receipt.to_string(),
            returned_at: moment(returned.at_ms),
            currency: recorded.currency,
            lines: recorded.lines,
            taxes: recorded.taxes,
            total_minor: recorded.total_minor,
            tenders: recorded.tenders,
            instead: recorded.instead,
            provisional_of: recorded.provisional.map(|it| it.sold_by.to_string()),
        }
    }
}

/// Which sale is asked about.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ReceiptQuery {
    /// The number on the customer's receipt, or its scanned code.
    #[param(example = "1-1-000042", max_length = 40)]
    receipt: String,
}

/// Shows what of a sale may still come back, by the number on its receipt.
#[utoipa::path(
    get, path = "/v1/returnable", tag = "returns",
    params(ReceiptQuery),
    responses(
        (status = 200, description = "the sale and its lines", body = ReturnableJson),
        (status = 404, description = "this store printed no such receipt"),
        (status = 409, description = "`not_a_receipt`, `other_ground`, `passed_on`, \
            `other_currency`, `code_refused`, `code_of_other_store`"),
    )
)]
async fn returnable(
    State(ctx): State<Context>,
    _: Visitor,
    Query(query): Query<ReceiptQuery>,
) -> Result<Json<ReturnableJson>, Problem> {
    let context = ctx.clone();
    let read = ctx.db().read(move |tx| {
        let sale_id = service::find(&context, tx, &query.receipt)?;
        service::returnable(&context, tx, sale_id)
    });
    let found: Result<_, ReturnError> = read.await;
    let found = found?;
    let sale = &found.sold.sale;
    Ok(Json(ReturnableJson {
        sale_id: sale.sale_id,
        receipt: sale.receipt.to_string(),
        sold_at: moment(found.sold.sold_at_ms),
        currency: sale.currency,
        lines: found.lines,
        returns: found.returns.into_iter().map(ReturnJson::from).collect(),
    }))
}

/// Takes goods of a sale of this store back: cards get back what they paid, by the terminal, and
/// the rest goes back in cash. While a terminal is asked the return waits, and is stated by itself.
#[utoipa::path(
    post, path = "/v1/registers/{register}/returns", tag = "returns",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = ReturnRequest,
    responses(
        (status = 200, description = "taken back", body = ReturnView),
        (status = 202, description = "a terminal is asked to give a card its money back",
            body = CardView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 404, description = "this store made no such sale"),
        (status = 409, description = "`till_closed`, `unknown_reason`, `nothing_returned`, \
            `too_many_lines`, `no_such_line`, `quantity_not_positive`, `quantity_not_whole`, \
            `more_than_sold`, `not_approved`, `no_terminal`, `no_transaction`, `card_first`, \
            `terminal_asked`, `in_exchange`, `passed_on`, `other_currency`, `no_printer`, \
            `line_is_money`"),
    )
)]
async fn take_back(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<ReturnRequest>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "POST returns", &request);
    let bringing = Bringing {
        sale_id: request.sale_id,
        brought: brought_of(&request.lines)?,
        to: request.to,
        approval_pin: request.approval_pin,
    };
    let taken = service::take_back(&ctx, person, bringing, command).await?;
    Ok(answered(taken))
}

fn brought_of(lines: &[BroughtRequest]) -> Result<Vec<Brought>, ReturnRefused> {
    let brought = lines.iter().map(|line| {
        Ok(Brought {
            line: line.line,
            quantity_milli: line.quantity_milli,
            reason: ReturnReason::read(&line.reason)?,
            disposition: line.disposition,
        })
    });
    brought.collect()
}

fn answered(taken: Taken) -> Response {
    match taken {
        Taken::Recorded(view) => Json(view).into_response(),
        Taken::Asked(view) => (StatusCode::ACCEPTED, Json(view)).into_response(),
    }
}

/// How a return goes on whose card got nothing back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OnwardRequest {
    /// `again` asks the terminal again, `cash` gives the rest back in cash, `give_up` takes nothing
    /// back.
    onward: Onward,
}

/// Goes on with a return that waits because its card got nothing back.
#[utoipa::path(
    post, path = "/v1/registers/{register}/returns/of/{sale_id}", tag = "returns",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("sale_id" = SaleId, Path, description = "the sale"),
        IdempotencyKey,
    ),
    request_body = OnwardRequest,
    responses(
        (status = 200, description = "taken back", body = ReturnView),
        (status = 202, description = "the terminal is asked again", body = CardView),
        (status = 204, description = "given up"),
        (status = 409, description = "`nothing_waits`, `other_register`, `terminal_asked`, \
            `money_gone`, `card_first`"),
    )
)]
async fn go_on(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, sale_id)): Path<(RegisterId, SaleId)>,
    key: IdempotencyKey,
    Json(request): Json<OnwardRequest>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("go on with the return of {sale_id}");
    let command = Command::new(register_principal(register), key, &what, &request);
    let taken = service::go_on(&ctx, person, sale_id, request.onward, command).await?;
    Ok(match taken {
        Some(taken) => answered(taken),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Lists the latest returns of the store.
#[utoipa::path(
    get, path = "/v1/returns", tag = "returns",
    responses((status = 200, description = "newest first, at most 100", body = ReturnsJson))
)]
async fn list(State(ctx): State<Context>, _: Visitor) -> Result<Json<ReturnsJson>, Problem> {
    let latest = ctx.db().read(|tx| store::latest(tx, LISTED)).await?;
    Ok(Json(ReturnsJson {
        returns: latest.into_iter().map(ReturnJson::from).collect(),
    }))
}

/// Shows a return with everything in it.
#[utoipa::path(
    get, path = "/v1/returns/{return_id}", tag = "returns",
    params(("return_id" = ReturnId, Path, description = "the return")),
    responses(
        (status = 200, description = "the return", body = ReturnJson),
        (status = 404, description = "this store took nothing back as that"),
    )
)]
async fn one(
    State(ctx): State<Context>,
    _: Visitor,
    Path(return_id): Path<ReturnId>,
) -> Result<Json<ReturnJson>, Problem> {
    let read = ctx.db().read(move |tx| service::taken(tx, return_id));
    let found: Result<_, ReturnError> = read.await;
    Ok(Json(found?.0.into()))
}

impl ToProblem for ReturnRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::UnknownReason(_) => "unknown_reason",
            Self::UnknownDisposition(_) => "unknown_disposition",
            Self::Nothing => "nothing_returned",
            Self::TooManyLines => "too_many_lines",
            Self::NoSuchLine(_) => "no_such_line",
            Self::NotPositive { .. } => "quantity_not_positive",
            Self::NotWhole { .. } => "quantity_not_whole",
            Self::TooMuch { .. } => "more_than_sold",
            Self::CardFirst => "card_first",
            Self::NoTerminal => "no_terminal",
            Self::NoPrinter => "no_printer",
            Self::IsMoney { .. } => "line_is_money",
            Self::NoTransaction => "no_transaction",
            Self::TerminalAsked => "terminal_asked",
            Self::NothingWaits => "nothing_waits",
            Self::OtherRegister(_) => "other_register",
            Self::MoneyGone => "money_gone",
            Self::InExchange(_) => "in_exchange",
            Self::ExchangeHere => "exchange_here",
            Self::BasketTendered => "money_given",
            Self::NoExchange => "no_exchange",
            Self::PassedOn(..) => "passed_on",
            Self::OtherCurrency { .. } => "other_currency",
            Self::UnknownStore(_) => "unknown_store",
            Self::Provisional(refused) => return refused.to_problem(),
            Self::NeedsManager { .. } => return Problem::forbidden(self.to_string()),
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for ReturnError {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Refused(refused) => refused.to_problem(),
            Self::NotApproved(failed) => failed.to_problem(),
            Self::Payments(failed) => failed.to_problem(),
            Self::TillClosed => Problem::refused("till_closed", self.to_string()),
            Self::NotANumber(_) => Problem::refused("not_a_receipt", self.to_string()),
            Self::OtherGround(_) => Problem::refused("other_ground", self.to_string()),
            Self::NoSuchSale(_) | Self::NoSuchReceipt(_) | Self::NoSuchReturn(_) => {
                Problem::not_found(self.to_string())
            }
            Self::Invalid(_) => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Problem::new(status, "bug").detail(
                    "the return did not add up and nothing was stored: report the time of day to \
                     whoever looks after the program",
                )
            }
            Self::Command(failed) => failed.to_problem(),
            Self::Replica(failed) => replica_problem(failed),
            Self::Db(failed) => failed.to_problem(),
        }
    }
}
