//! Card payments over HTTP: the API, and the forms of the register's page.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::CardSaid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::known;
use super::register::{command, done};
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::payments::{self, CardRefused, CardView, SettleCard};
use crate::sales::service::{self, CardPayments};
use crate::staff::{self, Person, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(begin, card_payments))
        .routes(routes!(cancel))
        .routes(routes!(give_back))
        .routes(routes!(settle))
        .route("/register/{register}/card", post(card_form))
}

/// What a card is asked for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CardRequest {
    /// At most what is due; all of it if nothing.
    #[serde(default)]
    amount_minor: Option<Minor>,
}

/// Asks the payment terminal of a register for what is due, or a part of it. The answer is that it
/// is asked: what becomes of it is told by the list.
#[utoipa::path(
    post, path = "/v1/registers/{register}/card-payments", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = CardRequest,
    responses(
        (status = 200, description = "the terminal is asked", body = CardView),
        (status = 409, description = "`no_terminal`, `card_under_way`, `card_unknown`, \
            `card_above_due`, `card_above_total`, or as for paying"),
    )
)]
async fn begin(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<CardRequest>,
) -> Result<Json<CardView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "card", &request);
    let begun = service::begin_card(&ctx, person, request.amount_minor, command).await?;
    Ok(Json(begun))
}

/// Shows what is due at a register, what was given, and what its terminal was asked for.
#[utoipa::path(
    get, path = "/v1/registers/{register}/card-payments", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register")),
    responses((status = 200, description = "as it is now", body = CardPayments))
)]
async fn card_payments(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Json<CardPayments>, Problem> {
    known(&ctx, register)?;
    staff::at(&visitor, register)?;
    let context = ctx.clone();
    let read = ctx
        .db()
        .read(move |tx| service::card_payments(&context, tx, register));
    Ok(Json(read.await?))
}

/// Asks the terminal to give up what the customer has not paid yet. What becomes of it is told by
/// the list; told twice, it gives up once.
#[utoipa::path(
    post, path = "/v1/registers/{register}/card-payments/cancel", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    responses(
        (status = 204, description = "the terminal was told"),
        (status = 409, description = "`card_known`: it is not asked for anything"),
    )
)]
async fn cancel(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    _: IdempotencyKey,
) -> Result<StatusCode, Problem> {
    staff::at(&visitor, register)?;
    payments::cancel(&ctx, register).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a card back what it paid for a sale that is not finished.
#[utoipa::path(
    post, path = "/v1/registers/{register}/card-payments/{payment}/give-back", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("payment" = String, Path, description = "what the terminal knows it by"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "the terminal is asked", body = CardView),
        (status = 404, description = "there is no such payment"),
        (status = 409, description = "`nothing_to_give_back`, `no_transaction`, `no_terminal`, \
            `other_register`, `card_under_way`, `card_unknown`"),
    )
)]
async fn give_back(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, payment)): Path<(RegisterId, String)>,
    key: IdempotencyKey,
) -> Result<Json<CardView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("give back {payment}");
    let command = Command::new(register_principal(register), key, &what, &());
    Ok(Json(
        service::give_back(&ctx, person, payment, command).await?,
    ))
}

/// What a manager says of a payment nobody knows about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettleRequest {
    /// Whether the money moved, by the terminal's own list.
    said: CardSaid,
    /// The manager's PIN.
    approval_pin: String,
}

/// Takes a manager's word for what became of a payment nobody knows about; the terminal is still
/// asked for its own.
#[utoipa::path(
    post, path = "/v1/registers/{register}/card-payments/{payment}/settle", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("payment" = String, Path, description = "what the terminal knows it by"),
        IdempotencyKey,
    ),
    request_body = SettleRequest,
    responses(
        (status = 204, description = "settled"),
        (status = 403, description = "the PIN is no manager's"),
        (status = 404, description = "there is no such payment"),
        (status = 409, description = "`card_known`, `not_approved`"),
        (status = 429, description = "`throttled`: too many wrong PINs; wait as long as \
            `Retry-After` says"),
    )
)]
async fn settle(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, payment)): Path<(RegisterId, String)>,
    key: IdempotencyKey,
    Json(request): Json<SettleRequest>,
) -> Result<StatusCode, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("settle {payment}");
    let command = Command::new(register_principal(register), key, &what, &request.said);
    let settle = SettleCard {
        intent: payment,
        said: request.said,
        approval_pin: request.approval_pin,
    };
    payments::settle(&ctx, person, settle, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A button of the card's panel.
#[derive(Debug, Serialize, Deserialize)]
struct CardForm {
    /// `all`, `cancel`, `again`, `give_back`, `moved` or `not_moved`.
    #[serde(default)]
    does: String,
    /// The payment it is about.
    #[serde(default)]
    payment: String,
    /// The manager's PIN.
    #[serde(default, skip_serializing)]
    approval_pin: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn card_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<CardForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    press(&ctx, person, &headers, form).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

async fn press(
    ctx: &Context,
    person: &Person,
    headers: &HeaderMap,
    form: CardForm,
) -> Result<(), Problem> {
    let register = person.register;
    let command = command(headers, register, &form.command_id, "card", &form)?;
    let said = match form.does.as_str() {
        "all" => {
            service::begin_card(ctx, person, None, command).await?;
            return Ok(());
        }
        "cancel" => return Ok(payments::cancel(ctx, register).await?),
        "again" => {
            payments::ask_again(ctx, register);
            return Ok(());
        }
        "give_back" => {
            service::give_back(ctx, person, form.payment, command).await?;
            return Ok(());
        }
        "moved" => CardSaid::Moved,
        "not_moved" => CardSaid::NotMoved,
        other => {
            let detail = format!("'{other}' is nothing a card payment can do");
            return Err(Problem::unreadable(detail));
        }
    };
    let left = ctx.db().read(move |tx| service::to_settle(tx, register));
    let settle = SettleCard {
        intent: left.await?.ok_or(CardRefused::Known)?,
        said,
        approval_pin: form.approval_pin,
    };
    Ok(payments::settle(ctx, person, settle, command).await?)
}
