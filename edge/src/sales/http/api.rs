//! The API of selling for programs, under `/v1`.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post, put};
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query};
use counterpart_protocol::barcode::Aim;
use counterpart_protocol::ids::{PrintJobId, RegisterId, SaleId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{SaleLine, Settlement, Tender, TenderKind, VoidedLine};
use counterpart_protocol::tax::TaxSum;
use serde::{Deserialize, Serialize};

use super::known;
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::sales::rules::Confirmed;
use crate::sales::service::{
    self, BasketView, CopyView, LineChange, PayView, SaleView, SalesError, ScanTaken, SettledView,
};
use crate::sales::store;
use crate::staff::{self, Visitor};
use crate::written::moment;

/// Sales listed when nothing else is asked for, and at most.
const LISTED: u32 = 50;
const LISTED_MAX: u32 = 500;

pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/v1/registers/{register}/scans", post(scan))
        .route(
            "/v1/registers/{register}/scans/{scan}/settle",
            post(settle_scan),
        )
        .route(
            "/v1/registers/{register}/basket",
            get(basket).delete(void_basket),
        )
        .route(
            "/v1/registers/{register}/basket/lines/{line}",
            put(set_quantity).delete(void_line),
        )
        .route(
            "/v1/registers/{register}/basket/lines/{line}/restore",
            post(restore_line),
        )
        .route("/v1/registers/{register}/pay", post(pay))
        .route("/v1/sales", get(sales))
        .route("/v1/sales/{sale_id}", get(sale))
        .route("/v1/sales/{sale_id}/reprint", post(reprint))
        .route("/v1/print-jobs/{job_id}/settle", post(settle_print))
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScanRequest {
    code: String,
    #[serde(default)]
    aim: Option<Aim>,
}

/// A scan's outcome with the basket as it is after it.
#[derive(Debug, Serialize)]
struct ScanAnswer {
    #[serde(flatten)]
    taken: ScanTaken,
    basket: BasketView,
}

async fn scan(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<ScanRequest>,
) -> Result<Json<ScanAnswer>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "scan", &request);
    let taken = service::scan(&ctx, person, request.code, request.aim, command).await?;
    let basket = load_basket(&ctx, register).await?;
    Ok(Json(ScanAnswer { taken, basket }))
}

/// What a person does with a scan that waits.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SettleWord {
    Aside,
    Again,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleScanRequest {
    settle: SettleWord,
}

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

async fn basket(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Json<BasketView>, Problem> {
    known(&ctx, register)?;
    staff::at(&visitor, register)?;
    Ok(Json(load_basket(&ctx, register).await?))
}

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

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuantityRequest {
    quantity_milli: Milli,
}

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

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayRequest {
    tenders: Vec<TenderRequest>,
    /// A person said that an unlikely amount is right.
    #[serde(default)]
    confirmed: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum TenderRequest {
    Cash { amount_minor: Minor },
}

async fn pay(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<PayRequest>,
) -> Result<Json<PayView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let tenders = request.tenders.iter().map(|tender| match tender {
        TenderRequest::Cash { amount_minor } => Tender {
            kind: TenderKind::Cash,
            amount_minor: *amount_minor,
        },
    });
    let confirmed = if request.confirmed {
        Confirmed::Yes
    } else {
        Confirmed::No
    };
    let command = Command::new(register_principal(register), key, "pay", &request);
    let paid = service::pay(&ctx, person, tenders.collect(), confirmed, command).await?;
    Ok(Json(paid))
}

#[derive(Debug, Deserialize)]
struct SalesQuery {
    #[serde(default)]
    limit: Option<u32>,
}

/// A sale in a list.
#[derive(Debug, Serialize)]
struct SaleListed {
    sale_id: SaleId,
    receipt: String,
    register: RegisterId,
    sold_at: String,
    items: i64,
    total_minor: Minor,
}

#[derive(Debug, Serialize)]
struct SalesAnswer {
    currency: Currency,
    sales: Vec<SaleListed>,
}

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

/// A sale with everything in it.
#[derive(Debug, Serialize)]
struct SaleAnswer {
    sale_id: SaleId,
    receipt: String,
    register: RegisterId,
    sold_at: String,
    business_date: String,
    cashier: Option<String>,
    currency: Currency,
    lines: Vec<SaleLine>,
    voided: Vec<VoidedLine>,
    taxes: Vec<TaxSum>,
    total_minor: Minor,
    tenders: Vec<Tender>,
    change_minor: Minor,
    catalog_version: u64,
    copies: u16,
    prints: Vec<PrintAnswer>,
}

#[derive(Debug, Serialize)]
struct PrintAnswer {
    print_job_id: PrintJobId,
    kind: &'static str,
    state: &'static str,
    sentence: String,
    settlement: Option<Settlement>,
}

async fn sale(
    State(ctx): State<Context>,
    _: Visitor,
    Path(sale_id): Path<SaleId>,
) -> Result<Json<SaleAnswer>, Problem> {
    let read = ctx.db().read(move |tx| service::sale_view(tx, sale_id));
    let view: Result<SaleView, SalesError> = read.await;
    Ok(Json(sale_answer(view?)))
}

fn sale_answer(view: SaleView) -> SaleAnswer {
    let sale = view.sold.sale;
    let prints = view.prints.iter().map(|job| PrintAnswer {
        print_job_id: job.job_id,
        kind: job.kind.word(),
        state: job.state.word(),
        sentence: job.sentence(),
        settlement: job.settlement,
    });
    SaleAnswer {
        sale_id: sale.sale_id,
        receipt: sale.receipt.to_string(),
        register: sale.receipt.register,
        sold_at: moment(view.sold.sold_at_ms),
        business_date: view.sold.business_date.to_string(),
        cashier: view.cashier,
        currency: sale.currency,
        lines: sale.lines,
        voided: sale.voided,
        taxes: sale.taxes,
        total_minor: sale.total_minor,
        tenders: sale.tenders,
        change_minor: sale.change_minor,
        catalog_version: sale.catalog_version,
        copies: view.copies,
        prints: prints.collect(),
    }
}

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

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettlePrintRequest {
    settlement: Settlement,
}

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

async fn load_basket(ctx: &Context, register: RegisterId) -> Result<BasketView, Problem> {
    let currency = ctx.profile().currency;
    let read = ctx
        .db()
        .read(move |tx| service::basket(tx, currency, register));
    Ok(read.await?)
}
