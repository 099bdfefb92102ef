//! Gift cards over HTTP: money put on them, and the page on which it is typed and a balance asked.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::text::read_money;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::load_basket;
use super::known;
use super::register::command;
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::sales::pages;
use crate::sales::rules::GiftCardRefused;
use crate::sales::service::{self, BasketView, GiftCardWanted};
use crate::staff::{self, Visitor};
use crate::stored;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(put_on_gift_card))
        .route("/register/{register}/gift-card", get(page).post(form))
        .route("/register/{register}/gift-card/balance", post(balance))
}

/// Money for a gift card.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GiftCardRequest {
    /// How much, in minor units.
    amount_minor: Minor,
    /// The number of a gift card that gets it; nothing for a new one, whose number comes on paper
    /// when the sale is paid.
    #[serde(default)]
    #[schema(max_length = 40)]
    number: Option<String>,
    /// The PIN of a manager, where it is beyond what the person may do alone.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// Puts money on a gift card, as a line of the sale without tax: tax is due when the card pays.
#[utoipa::path(
    post, path = "/v1/registers/{register}/basket/gift-cards", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = GiftCardRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`till_closed`, `gift_card_out_of_range`, `not_gift_card`, \
            `no_printer`, \
            `beyond_limits`, `too_many_lines`, `not_approved`, `stored_number_unfit`, \
            `stored_blocked`"),
    )
)]
async fn put_on_gift_card(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<GiftCardRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "gift card", &request);
    let wanted = GiftCardWanted {
        amount_minor: request.amount_minor,
        number: request.number,
        approval_pin: request.approval_pin,
    };
    service::sell_gift_card(&ctx, person, wanted, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    known(&ctx, register)?;
    match visitor.as_ref().and_then(|visitor| visitor.at(register)) {
        Some(person) => Ok(pages::gift_card(&ctx, person, None).await?.into_response()),
        None => Ok(staff::sign_in_first(&format!("/register/{register}"))),
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct GiftCardForm {
    #[serde(default)]
    amount: String,
    #[serde(default)]
    number: String,
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
    Form(form): Form<GiftCardForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "gift card", &form)?;
    let decimals = ctx.profile().currency.decimals();
    let amount = read_money(&form.amount, decimals, ctx.lang().locale()).map_err(|unreadable| {
        let sentence = format!("the amount: {unreadable}");
        Problem::refused("amount_unreadable", sentence).field("amount", unreadable.to_string())
    });
    let wanted = GiftCardWanted {
        amount_minor: Minor(amount?),
        number: Some(form.number).filter(|number| !number.trim().is_empty()),
        approval_pin: Some(form.pin).filter(|pin| !pin.is_empty()),
    };
    service::sell_gift_card(&ctx, person, wanted, command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}")))
}

#[derive(Debug, Deserialize)]
struct BalanceForm {
    #[serde(default)]
    number: String,
}

/// Answers the page with what is on a card.
async fn balance(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    Form(form): Form<BalanceForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let told = stored::look(&ctx, &form.number).await?;
    let page = pages::gift_card(&ctx, person, Some(&told)).await?;
    Ok(page.into_response())
}

impl ToProblem for GiftCardRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Card(refused) => return refused.to_problem(),
            Self::OutOfRange { .. } => "gift_card_out_of_range",
            Self::NoPrinter => "no_printer",
            Self::Credit => "not_gift_card",
            Self::NeedsManager { .. } => return Problem::forbidden(self.to_string()),
            Self::BeyondAll { .. } => "beyond_limits",
            Self::Basket(refused) => return refused.to_problem(),
        };
        Problem::refused(code, self.to_string())
    }
}
