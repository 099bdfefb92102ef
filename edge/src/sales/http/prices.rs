//! Prices changed by hand over HTTP: the API, and the form of the register's page.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem};
use counterpart_daemon::web::text::{read_money, read_quantity};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::pricing::{Off, Percent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::load_basket;
use super::register::{command, done};
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::sales::rules::{PriceReason, Reprice};
use crate::sales::service::{self, BasketView, Wanted};
use crate::staff::{self, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(discount_sale, undiscount_sale))
        .routes(routes!(discount_line, undiscount_line))
        .routes(routes!(type_price))
        .route("/register/{register}/discount/close", post(close_form))
        .route("/register/{register}/discount", post(discount_form))
}

/// What comes off, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DiscountRequest {
    /// A share in thousandths of a percent, or an amount in minor units.
    off: Off,
    /// Why: `damaged`, `best_before`, `shelf_label`, `price_match`, `staff`, `goodwill`, `other`.
    reason: String,
    /// The PIN of a manager, where it is beyond what the person may give alone.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// What one unit costs instead, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PriceRequest {
    /// The price of one unit, tax included, in minor units.
    price_minor: Minor,
    /// Why, as of a discount.
    reason: String,
    /// The PIN of a manager, where it is beyond what the person may do alone.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// Takes something off the whole sale; it is prorated to the lines.
#[utoipa::path(
    post, path = "/v1/registers/{register}/basket/discounts", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = DiscountRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`basket_empty`, `unknown_reason`, `discount_out_of_range`, \
            `too_many_discounts`, `beyond_limits`, `not_approved`"),
    )
)]
async fn discount_sale(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<DiscountRequest>,
) -> Result<Json<BasketView>, Problem> {
    let command = Command::new(register_principal(register), key, "discount sale", &request);
    let wanted = Wanted {
        change: Reprice::Sale(request.off),
        reason: Some(PriceReason::read(&request.reason)?),
        approval_pin: request.approval_pin,
    };
    reprice(&ctx, &visitor, register, wanted, command).await
}

/// Takes every discount off the sale again; those of its lines stay.
#[utoipa::path(
    delete, path = "/v1/registers/{register}/basket/discounts", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`basket_empty`"),
    )
)]
async fn undiscount_sale(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
) -> Result<Json<BasketView>, Problem> {
    let command = Command::new(register_principal(register), key, "undiscount sale", &());
    reprice(
        &ctx,
        &visitor,
        register,
        taken_back(Reprice::ClearSale),
        command,
    )
    .await
}

/// Takes something off a line.
#[utoipa::path(
    post, path = "/v1/registers/{register}/basket/lines/{line}/discounts", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("line" = u16, Path, description = "the line's number"),
        IdempotencyKey,
    ),
    request_body = DiscountRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`basket_empty`, `no_such_line`, `line_voided`, \
            `unknown_reason`, `discount_out_of_range`, `too_many_discounts`, `beyond_limits`, \
            `not_approved`"),
    )
)]
async fn discount_line(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, line)): Path<(RegisterId, u16)>,
    key: IdempotencyKey,
    Json(request): Json<DiscountRequest>,
) -> Result<Json<BasketView>, Problem> {
    let what = format!("discount line {line}");
    let command = Command::new(register_principal(register), key, &what, &request);
    let wanted = Wanted {
        change: Reprice::Line(line, request.off),
        reason: Some(PriceReason::read(&request.reason)?),
        approval_pin: request.approval_pin,
    };
    reprice(&ctx, &visitor, register, wanted, command).await
}

/// Lets a line cost again what it did before anything was changed by hand.
#[utoipa::path(
    delete, path = "/v1/registers/{register}/basket/lines/{line}/discounts", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("line" = u16, Path, description = "the line's number"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`basket_empty`, `no_such_line`, `line_voided`"),
    )
)]
async fn undiscount_line(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, line)): Path<(RegisterId, u16)>,
    key: IdempotencyKey,
) -> Result<Json<BasketView>, Problem> {
    let what = format!("undiscount line {line}");
    let command = Command::new(register_principal(register), key, &what, &());
    let wanted = taken_back(Reprice::ClearLine(line));
    reprice(&ctx, &visitor, register, wanted, command).await
}

/// Says what one unit of a line costs instead of the price in force.
#[utoipa::path(
    put, path = "/v1/registers/{register}/basket/lines/{line}/price", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("line" = u16, Path, description = "the line's number"),
        IdempotencyKey,
    ),
    request_body = PriceRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`basket_empty`, `no_such_line`, `line_voided`, \
            `unknown_reason`, `price_out_of_range`, `beyond_limits`, `not_approved`"),
    )
)]
async fn type_price(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, line)): Path<(RegisterId, u16)>,
    key: IdempotencyKey,
    Json(request): Json<PriceRequest>,
) -> Result<Json<BasketView>, Problem> {
    let what = format!("price of line {line}");
    let command = Command::new(register_principal(register), key, &what, &request);
    let wanted = Wanted {
        change: Reprice::Price(line, request.price_minor),
        reason: Some(PriceReason::read(&request.reason)?),
        approval_pin: request.approval_pin,
    };
    reprice(&ctx, &visitor, register, wanted, command).await
}

async fn reprice(
    ctx: &Context,
    visitor: &Visitor,
    register: RegisterId,
    wanted: Wanted,
    command: Command,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(visitor, register)?;
    service::reprice(ctx, person, wanted, command).await?;
    Ok(Json(load_basket(ctx, register).await?))
}

const fn taken_back(change: Reprice) -> Wanted {
    Wanted {
        change,
        reason: None,
        approval_pin: None,
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct CloseForm {
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn close_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<CloseForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(
        &headers,
        register,
        &form.command_id,
        "close discount",
        &form,
    )?;
    service::ask_discount(&ctx, person, None, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

#[derive(Debug, Serialize, Deserialize)]
struct DiscountForm {
    /// The line it is about.
    #[serde(default)]
    line: String,
    /// What is wanted: `line_percent`, `line_amount`, `price`, `sale_percent`, `sale_amount`.
    #[serde(default)]
    what: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    reason: String,
    /// `clear_line` or `clear_sale` when something is taken back.
    #[serde(default)]
    does: String,
    #[serde(default, skip_serializing)]
    pin: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn discount_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<DiscountForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "discount", &form)?;
    let line = line_of(&form.line)?;
    let wanted = match form.does.as_str() {
        "clear_line" => taken_back(Reprice::ClearLine(line)),
        "clear_sale" => taken_back(Reprice::ClearSale),
        _ => Wanted {
            change: typed_change(&ctx, line, &form)?,
            reason: Some(PriceReason::read(&form.reason)?),
            approval_pin: Some(form.pin).filter(|pin| !pin.is_empty()),
        },
    };
    service::reprice(&ctx, person, wanted, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

fn typed_change(ctx: &Context, line: u16, form: &DiscountForm) -> Result<Reprice, Problem> {
    let (lang, decimals) = (ctx.lang(), ctx.profile().currency.decimals());
    let unreadable = |why: String| {
        Problem::refused("value_unreadable", format!("what comes off: {why}")).field("value", why)
    };
    let amount = || {
        let read = read_money(&form.value, decimals, lang.locale());
        read.map(Minor).map_err(|why| unreadable(why.to_string()))
    };
    // A percentage has three decimals, as a quantity has.
    let share = || {
        let read = read_quantity(form.value.trim_end_matches(['%', ' ']), lang.locale());
        let read = read.map_err(|why| unreadable(why.to_string()))?;
        let share = u32::try_from(read).ok().filter(|it| *it <= Percent::ALL.0);
        let share = share.ok_or_else(|| unreadable("at most 100 %".to_owned()))?;
        Ok::<_, Problem>(Percent(share))
    };
    Ok(match form.what.as_str() {
        "line_percent" => Reprice::Line(line, Off::Percent(share()?)),
        "line_amount" => Reprice::Line(line, Off::Amount(amount()?)),
        "price" => Reprice::Price(line, amount()?),
        "sale_percent" => Reprice::Sale(Off::Percent(share()?)),
        "sale_amount" => Reprice::Sale(Off::Amount(amount()?)),
        _ => {
            let problem = Problem::refused("what_missing", "say what is to change");
            return Err(problem.field("what", "choose one"));
        }
    })
}

fn line_of(text: &str) -> Result<u16, Problem> {
    let sentence = "choose a line of the sale first, then press Discount";
    text.parse()
        .map_err(|_| Problem::refused("no_line", sentence))
}
