//! Receipts of other stores by their signed code, over HTTP: what the code proves, and refunding
//! from it without the right to.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::{leave_for, respond};
use counterpart_protocol::ids::{RegisterId, SaleId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::time::BusinessDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::forms::{Fields, brought, sign_in, there};
use super::{BroughtRequest, brought_of};
use crate::command::{Command, form_key, register_principal};
use crate::context::Context;
use crate::returns::pages;
use crate::returns::rules::ProvisionalRefused;
use crate::returns::service::{
    self, BringingProven, CodeOf, LineLeft, Proven, RefundTo, ReturnError, ReturnView, returns_path,
};
use crate::staff::{self, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(check_code))
        .routes(routes!(refund))
        .route(
            "/register/{register}/returns/code/{sale_id}",
            get(page).post(form),
        )
}

/// A code that was scanned.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeRequest {
    /// What the picture on the receipt says.
    #[schema(max_length = 600)]
    code: String,
}

/// What a receipt's code proves.
#[derive(Debug, Serialize, ToSchema)]
struct ProvenJson {
    sale_id: SaleId,
    /// The number on the receipt.
    receipt: String,
    /// The store that sold it.
    sold_by: String,
    /// The business day of the sale.
    #[schema(value_type = String)]
    sold_on: BusinessDate,
    currency: Currency,
    /// What was paid in all.
    paid_minor: Minor,
    /// Its lines with what of each can come back, as far as this store knows; none where the code
    /// says only the total.
    lines: Vec<LineLeft>,
    /// Why it may be refunded here without the right to: `hub_away`, `holder_away`; nothing where
    /// it may not.
    provisional: Option<&'static str>,
    /// Why it may not, in a sentence.
    why_not: Option<String>,
    /// The most that goes back at once without the right.
    refund_max_minor: Minor,
}

impl From<Proven> for ProvenJson {
    fn from(proven: Proven) -> Self {
        let code = proven.read.code;
        Self {
            sale_id: proven.read.sale_id,
            receipt: proven.read.receipt.to_string(),
            sold_by: code.store.to_string(),
            sold_on: code.date,
            currency: code.currency,
            paid_minor: code.paid_minor,
            lines: proven.lines,
            provisional: proven.may.as_ref().ok().map(|why| why.word()),
            why_not: proven.may.err().map(|refused| refused.to_string()),
            refund_max_minor: proven.policy.refund_max_minor,
        }
    }
}

/// Checks the signed code of a receipt with the keys this store has, and shows what it proves: no
/// hub is asked.
#[utoipa::path(
    post, path = "/v1/registers/{register}/receipt-codes", tag = "returns",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = CodeRequest,
    responses(
        (status = 200, description = "what it proves", body = ProvenJson),
        (status = 409, description = "`code_refused`, `not_a_receipt_code`"),
    )
)]
async fn check_code(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    // It changes nothing, but every POST has a key: a client need not know which do.
    _: IdempotencyKey,
    Json(request): Json<CodeRequest>,
) -> Result<Json<ProvenJson>, Problem> {
    staff::at(&visitor, register)?;
    let context = ctx.clone();
    let of = CodeOf::Text(request.code);
    let read = ctx.db().read(move |tx| service::prove(&context, tx, &of));
    let proven: Result<Proven, ReturnError> = read.await;
    Ok(Json(proven?.into()))
}

/// What comes back of another store's sale.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProvisionalRequest {
    /// What the picture on the receipt says.
    #[schema(max_length = 600)]
    code: String,
    /// What of it.
    lines: Vec<BroughtRequest>,
    /// To what the money goes back: `original` and `cash` are cash, `credit` is a new store credit
    /// on paper.
    #[serde(default)]
    to: RefundTo,
    /// The PIN of a manager, where one has to approve it.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// Refunds goods of another store's sale without the right to, from what the receipt's code proves
/// was paid: while the hub or whoever has the right is away, and within the signed policy. What
/// came back elsewhere as well is named later.
#[utoipa::path(
    post, path = "/v1/registers/{register}/provisional-refunds", tag = "returns",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = ProvisionalRequest,
    responses(
        (status = 200, description = "refunded", body = ReturnView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`till_closed`, `code_refused`, `not_a_receipt_code`, \
            `total_only`, `sold_too_long_ago`, `hub_too_long_away`, `ask_first`, `just_asked`, \
            `unknown_store`, `held_here`, `tender_not_allowed`, `beyond_cap`, `training`, \
            `unknown_reason`, `nothing_returned`, `no_such_line`, `quantity_not_positive`, \
            `quantity_not_whole`, `more_than_sold`, `not_approved`, `other_currency`, \
            `no_printer`"),
    )
)]
async fn refund(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<ProvisionalRequest>,
) -> Result<Json<ReturnView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = "POST provisional refund";
    let command = Command::new(register_principal(register), key, what, &request);
    let bringing = BringingProven {
        of: CodeOf::Text(request.code),
        brought: brought_of(&request.lines)?,
        to: request.to,
        approval_pin: request.approval_pin,
    };
    let refunded = service::refund_provisionally(&ctx, person, bringing, command).await?;
    Ok(Json(refunded))
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path((register, sale_id)): Path<(RegisterId, SaleId)>,
) -> Result<Response, Problem> {
    match there(&ctx, visitor.as_ref(), register)? {
        Some(person) => Ok(pages::proven(&ctx, person, sale_id).await?.into_response()),
        None => {
            let here = format!("{}/code/{sale_id}", returns_path(register));
            sign_in(&ctx, register, &here).await
        }
    }
}

async fn form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, sale_id)): Path<(RegisterId, SaleId)>,
    headers: HeaderMap,
    Form(mut fields): Form<Fields>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command_id = fields.remove("command_id").unwrap_or_default();
    let pin = fields.remove("pin").filter(|pin| !pin.is_empty());
    let brought = brought(&ctx, &fields)?;
    let desk = returns_path(register);
    let does = fields.get("does").map(String::as_str);
    if does == Some("count") {
        let region = pages::counted_region(&ctx, sale_id, brought).await?;
        return Ok(respond(
            &headers,
            &format!("{desk}/code/{sale_id}"),
            vec![region],
        ));
    }
    let to = match does {
        Some("credit") => RefundTo::Credit,
        Some(_) | None => RefundTo::Cash,
    };
    let key = form_key(&headers, &command_id)?;
    let what = format!("page provisional refund of {sale_id}");
    let command = Command::new(register_principal(register), key, &what, &fields);
    let bringing = BringingProven {
        of: CodeOf::Scanned(sale_id),
        brought,
        to,
        approval_pin: pin,
    };
    let refunded = service::refund_provisionally(&ctx, person, bringing, command).await?;
    let done = format!("{desk}/done/{}", refunded.return_id);
    Ok(leave_for(&headers, &done))
}

impl ToProblem for ProvisionalRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Code(_) | Self::Key(_) => "code_refused",
            Self::NotAReceipt => "not_a_receipt_code",
            Self::Training => "training",
            Self::OtherStore(_) => "code_of_other_store",
            Self::TotalOnly => "total_only",
            Self::NotScanned => "not_scanned",
            Self::TooOld { .. } => "sold_too_long_ago",
            Self::TooLong { .. } => "hub_too_long_away",
            Self::AskFirst => "ask_first",
            Self::JustAsked => "just_asked",
            Self::UnknownStore => "unknown_store",
            Self::HeldHere => "held_here",
            Self::Tender(_) => "tender_not_allowed",
            Self::BeyondCap { .. } => "beyond_cap",
            Self::NeedsManager => return Problem::forbidden(self.to_string()),
        };
        Problem::refused(code, self.to_string())
    }
}
