//! The API of selling for programs, under `/v1`.

mod bodies;

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query, ToProblem as _};
use counterpart_protocol::ids::{PrintJobId, RegisterId, SaleId};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use bodies::{
    PayRequest, QuantityRequest, SaleAnswer, SaleListed, SalesAnswer, ScanAnswer, ScanRequest,
    SettlePrintRequest, SettleScanRequest, SettleWord, TenderRequest, sale_answer,
};

use super::known;
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::sales::rules::Confirmed;
use crate::sales::service::{
    self, BasketView, CopyView, LineChange, PayView, SaleView, SalesError, SettledView,
};
use crate::sales::store;
use crate::staff::{self, Visitor};
use crate::written::moment;

/// Sales listed when nothing else is asked for, and at most.
const LISTED: u32 = 50;
const LISTED_MAX: u32 = 500;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(scan))
        .routes(routes!(settle_scan))
        .routes(routes!(basket, void_basket))
        .routes(routes!(set_quantity, void_line))
        .routes(routes!(restore_line))
        .routes(routes!(pay))
        .routes(routes!(sales))
        .routes(routes!(sale))
        .routes(routes!(reprint))
        .routes(routes!(settle_print))
}

/// Takes a code as if it had been scanned at the register.
#[utoipa::path(
    post, path = "/v1/registers/{register}/scans", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = ScanRequest,
    responses(
        (status = 200, description = "what became of it, and the basket", body = ScanAnswer),
        (status = 409, description = "`too_many_lines`, `quantity_too_large`, `amount_too_large`, \
            `staff_badge`"),
    )
)]
async fn scan(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<ScanRequest>,
) -> Result<Json<ScanAnswer>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "scan", &request);
    staff::no_badge(&request.code)?;
    let taken = service::scan(&ctx, person, request.code, request.aim, command).await?;
    let basket = load_basket(&ctx, register).await?;
    Ok(Json(ScanAnswer { taken, basket }))
}

/// Settles a scan that waits for a person.
#[utoipa::path(
    post, path = "/v1/registers/{register}/scans/{scan}/settle", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("scan" = i64, Path, description = "the scan's number"),
        IdempotencyKey,
    ),
    request_body = SettleScanRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`no_such_scan`, or as for a scan"),
    )
)]
async fn settle_scan(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, scan)): Path<(RegisterId, i64)>,
    key: IdempotencyKey,
    Json(request): Json<SettleScanRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let settle = match request.settle {
        SettleWord::Aside => service::Settle::Aside,
        SettleWord::Again => service::Settle::Again,
    };
    let what = format!("settle scan {scan}");
    let command = Command::new(register_principal(register), key, &what, &request);
    service::settle_scan(&ctx, person, scan, settle, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

/// Shows what is in the basket of a register.
#[utoipa::path(
    get, path = "/v1/registers/{register}/basket", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register")),
    responses((status = 200, description = "the basket", body = BasketView))
)]
async fn basket(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Json<BasketView>, Problem> {
    known(&ctx, register)?;
    staff::at(&visitor, register)?;
    Ok(Json(load_basket(&ctx, register).await?))
}

/// Voids everything in the basket.
#[utoipa::path(
    delete, path = "/v1/registers/{register}/basket", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    responses(
        (status = 200, description = "the empty basket", body = BasketView),
        (status = 409, description = "`till_closed`, `basket_empty`, `money_gone`, \
            `terminal_asked`"),
    )
)]
async fn void_basket(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "void basket", &());
    service::void_basket(&ctx, person, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

/// Sets how much of a line is sold.
#[utoipa::path(
    put, path = "/v1/registers/{register}/basket/lines/{line}", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("line" = u16, Path, description = "the line's number"),
        IdempotencyKey,
    ),
    request_body = QuantityRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`no_such_line`, `line_voided`, `quantity_not_positive`, \
            `quantity_not_whole`, `quantity_too_large`, `amount_too_large`"),
    )
)]
async fn set_quantity(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, line)): Path<(RegisterId, u16)>,
    key: IdempotencyKey,
    Json(request): Json<QuantityRequest>,
) -> Result<Json<BasketView>, Problem> {
    let change = LineChange::Quantity(request.quantity_milli);
    let what = format!("set line {line}");
    let command = Command::new(register_principal(register), key, &what, &request);
    change_line(&ctx, &visitor, (register, line), change, command).await
}

/// Takes a line out; it stays visible and can be restored until the sale is paid.
#[utoipa::path(
    delete, path = "/v1/registers/{register}/basket/lines/{line}", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("line" = u16, Path, description = "the line's number"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`no_such_line`, `line_voided`"),
    )
)]
async fn void_line(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, line)): Path<(RegisterId, u16)>,
    key: IdempotencyKey,
) -> Result<Json<BasketView>, Problem> {
    let what = format!("void line {line}");
    let command = Command::new(register_principal(register), key, &what, &());
    change_line(&ctx, &visitor, (register, line), LineChange::Void, command).await
}

/// Puts a line that was taken out back in.
#[utoipa::path(
    post, path = "/v1/registers/{register}/basket/lines/{line}/restore", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("line" = u16, Path, description = "the line's number"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`no_such_line`, `line_stands`, `amount_too_large`"),
    )
)]
async fn restore_line(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, line)): Path<(RegisterId, u16)>,
    key: IdempotencyKey,
) -> Result<Json<BasketView>, Problem> {
    let what = format!("restore line {line}");
    let command = Command::new(register_principal(register), key, &what, &());
    change_line(
        &ctx,
        &visitor,
        (register, line),
        LineChange::Restore,
        command,
    )
    .await
}

async fn change_line(
    ctx: &Context,
    visitor: &Visitor,
    (register, line): (RegisterId, u16),
    change: LineChange,
    command: Command,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(visitor, register)?;
    service::change_line(ctx, person, line, change, command).await?;
    Ok(Json(load_basket(ctx, register).await?))
}

/// Pays the basket: the sale is recorded and its receipt is on its way to paper.
#[utoipa::path(
    post, path = "/v1/registers/{register}/pay", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = PayRequest,
    responses(
        (status = 200, description = "sold", body = PayView),
        (status = 409, description = "`till_closed`, `basket_empty`, `scans_unsettled`, \
            `not_weighed`, `age_unconfirmed`, `promised_unapproved`, `untraced`, \
            `tender_not_positive`, \
            `too_many_tenders`, `still_due`, \
            `tender_unlikely`, `tender_not_taken`, `voucher_unfit`, `voucher_twice`, \
            `voucher_above_total`, `no_rate`, `foreign_out_of_range`, `no_such_account`, \
            `account_above_due`, `account_limit`, `gives_back`, `giving_back`, \
            `stored_number_unfit`, `stored_unknown`, `stored_blocked`, `stored_empty`, \
            `stored_other_currency`, `stored_twice`"),
    )
)]
async fn pay(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<PayRequest>,
) -> Result<Json<PayView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let confirmed = if request.confirmed {
        Confirmed::Yes
    } else {
        Confirmed::No
    };
    let command = Command::new(register_principal(register), key, "pay", &request);
    let given = request.tenders.into_iter().map(TenderRequest::given);
    let given: Result<Vec<_>, _> = given.collect();
    let given = given.map_err(|refused| refused.to_problem())?;
    let paid = service::pay(&ctx, person, given, confirmed, command).await?;
    Ok(Json(paid))
}

/// How many sales are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct SalesQuery {
    /// 50 if nothing.
    #[param(minimum = 1, maximum = 500)]
    #[serde(default)]
    limit: Option<u32>,
}

/// Lists the latest sales of the store.
#[utoipa::path(
    get, path = "/v1/sales", tag = "sales",
    params(SalesQuery),
    responses((status = 200, description = "newest first", body = SalesAnswer))
)]
async fn sales(
    State(ctx): State<Context>,
    _: Visitor,
    Query(query): Query<SalesQuery>,
) -> Result<Json<SalesAnswer>, Problem> {
    let limit = query.limit.unwrap_or(LISTED).min(LISTED_MAX);
    let sold = ctx
        .db()
        .read(move |tx| store::latest(tx, None, limit))
        .await?;
    let sales = sold.into_iter().map(|sold| SaleListed {
        sale_id: sold.sale_id,
        receipt: sold.receipt.to_string(),
        register: sold.receipt.register,
        sold_at: moment(sold.sold_at_ms),
        items: sold.items,
        total_minor: sold.total_minor,
    });
    Ok(Json(SalesAnswer {
        currency: ctx.profile().currency,
        sales: sales.collect(),
    }))
}

/// Shows a sale with everything in it.
#[utoipa::path(
    get, path = "/v1/sales/{sale_id}", tag = "sales",
    params(("sale_id" = SaleId, Path, description = "the sale")),
    responses((status = 200, description = "the sale", body = SaleAnswer))
)]
async fn sale(
    State(ctx): State<Context>,
    _: Visitor,
    Path(sale_id): Path<SaleId>,
) -> Result<Json<SaleAnswer>, Problem> {
    let read = ctx.db().read(move |tx| service::sale_view(tx, sale_id));
    let view: Result<SaleView, SalesError> = read.await;
    Ok(Json(sale_answer(view?)))
}

/// Prints a receipt again, marked COPY.
#[utoipa::path(
    post, path = "/v1/sales/{sale_id}/reprint", tag = "sales",
    params(("sale_id" = SaleId, Path, description = "the sale"), IdempotencyKey),
    responses((status = 200, description = "the copy", body = CopyView))
)]
async fn reprint(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(sale_id): Path<SaleId>,
    key: IdempotencyKey,
) -> Result<Json<CopyView>, Problem> {
    let person = visitor.latest();
    let what = format!("reprint {sale_id}");
    let command = Command::new(register_principal(person.register), key, &what, &());
    Ok(Json(
        service::reprint(&ctx, person, sale_id, command).await?,
    ))
}

/// Says what became of a print nobody was sure of.
#[utoipa::path(
    post, path = "/v1/print-jobs/{job_id}/settle", tag = "sales",
    params(("job_id" = PrintJobId, Path, description = "the print"), IdempotencyKey),
    request_body = SettlePrintRequest,
    responses(
        (status = 200, description = "settled", body = SettledView),
        (status = 409, description = "`nothing_to_settle`"),
    )
)]
async fn settle_print(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(job_id): Path<PrintJobId>,
    key: IdempotencyKey,
    Json(request): Json<SettlePrintRequest>,
) -> Result<Json<SettledView>, Problem> {
    let person = visitor.latest();
    let what = format!("settle print {job_id}");
    let command = Command::new(register_principal(person.register), key, &what, &request);
    let settlement = request.settlement;
    Ok(Json(
        service::settle_print(&ctx, person, job_id, settlement, command).await?,
    ))
}

pub(super) async fn load_basket(
    ctx: &Context,
    register: RegisterId,
) -> Result<BasketView, Problem> {
    let context = ctx.clone();
    let read = ctx
        .db()
        .read(move |tx| service::basket(&context, tx, register));
    Ok(read.await?)
}
