//! Stock over HTTP: receiving and looking up for programs, and the pages.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, Query, ToProblem};
use counterpart_daemon::web::live::{leave_for, respond, stream};
use counterpart_daemon::web::text::read_quantity;
use counterpart_protocol::ids::Sku;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::{ReceivedAs, ReceivedLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rules::StockRefused;
use super::service::{self, DraftChange, ReceivedView, Recount, StockError, StockLine, StockView};
use super::{TOPIC, pages};
use crate::command::{Command, form_key, replica_problem};
use crate::context::Context;
use crate::staff::{self, Person, Visitor};
use crate::web::STATUS_TOPIC;

/// Returns the routes of this slice.
pub(crate) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(receive))
        .routes(routes!(recount))
        .routes(routes!(one))
        .route("/stock/recount", get(recount_page))
        .route("/stock", get(list_page))
        .route("/stock/stream", get(list_live))
        .route("/stock/product/{sku}", get(one_page))
        .route("/stock/receive", get(receive_page).post(receive_form))
        .route("/stock/receive/lines", post(line_form))
        .route("/stock/receive/scan", post(scan_form))
}

/// Goods that came in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReceiveRequest {
    /// The delivery's own number, at most 40 characters.
    #[serde(default)]
    reference: Option<String>,
    /// What it counts as.
    received_as: ReceivedAs,
    /// What came, at most 500 lines.
    lines: Vec<ReceivedLine>,
}

/// Receives goods: one fact, and the numbers on hand follow.
#[utoipa::path(
    post, path = "/v1/stock/receipts", tag = "stock",
    params(IdempotencyKey),
    request_body = ReceiveRequest,
    responses(
        (status = 200, description = "received", body = ReceivedView),
        (status = 409, description = "`nothing_to_receive`, `too_many_lines`, `unknown_product`, \
            `quantity_not_positive`, `quantity_not_whole`, `quantity_too_large`, \
            `reference_too_long`"),
    )
)]
async fn receive(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Json(request): Json<ReceiveRequest>,
) -> Result<Json<ReceivedView>, Problem> {
    let person = visitor.latest();
    let command = Command::new(principal(person), key, "POST stock/receipts", &request);
    let ReceiveRequest {
        reference,
        received_as,
        lines,
    } = request;
    let received = service::receive(&ctx, person, received_as, reference, lines, command).await?;
    Ok(Json(received))
}

/// Which products.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Parts of words of a name or an SKU.
    #[serde(default)]
    query: String,
    /// The last SKU of the page before.
    #[serde(default)]
    after: String,
}

/// What is on hand, by SKU, 100 a page.
#[derive(Debug, Serialize, ToSchema)]
struct ListAnswer {
    stock: Vec<StockLine>,
}

/// Lists what is on hand.
#[utoipa::path(
    get, path = "/v1/stock", tag = "stock",
    params(ListQuery),
    responses((status = 200, description = "a page of it", body = ListAnswer))
)]
async fn list(
    State(ctx): State<Context>,
    _: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListAnswer>, Problem> {
    let read = ctx
        .db()
        .read(move |tx| service::list(tx, &query.query, &query.after));
    Ok(Json(ListAnswer { stock: read.await? }))
}

/// Explains what is on hand of a product by the facts that make the number.
#[utoipa::path(
    get, path = "/v1/stock/{sku}", tag = "stock",
    params(("sku" = Sku, Path, description = "the SKU")),
    responses((status = 200, description = "the number and its facts", body = StockView))
)]
async fn one(
    State(ctx): State<Context>,
    _: Visitor,
    Path(sku): Path<String>,
) -> Result<Json<StockView>, Problem> {
    Ok(Json(stock_of(&ctx, &sku).await?))
}

/// What to count first after a restore.
#[derive(Debug, Serialize, ToSchema)]
struct RecountAnswer {
    /// Nothing when no record is known to be missing.
    recount: Option<Recount>,
}

/// Lists what to count first after this store was restored.
#[utoipa::path(
    get, path = "/v1/stock-recount", tag = "stock",
    responses((status = 200, description = "the list", body = RecountAnswer))
)]
async fn recount(State(ctx): State<Context>, _: Visitor) -> Result<Json<RecountAnswer>, Problem> {
    let recount = to_count(&ctx).await?;
    Ok(Json(RecountAnswer { recount }))
}

async fn recount_page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first("/stock/recount"));
    };
    let recount = to_count(&ctx).await?;
    let page = pages::recount(&ctx, visitor.latest(), recount.as_ref()).await?;
    Ok(page.into_response())
}

async fn list_page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    headers: HeaderMap,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first("/stock"));
    };
    if counterpart_daemon::web::live::asks_for_regions(&headers) {
        let version = ctx.live().version();
        let region = pages::list_region(&ctx, version, &query.query, &query.after).await?;
        return Ok(respond(&headers, "/stock", vec![region]));
    }
    let page = pages::list(&ctx, visitor.latest(), &query.query, &query.after).await?;
    Ok(page.into_response())
}

async fn list_live(
    State(ctx): State<Context>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Response {
    let person = visitor.latest().clone();
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let topics = [TOPIC, STATUS_TOPIC];
    stream(&live, viewer, topics, stopping, move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        let (query, after) = (query.query.clone(), query.after.clone());
        async move {
            let shown = (query.as_str(), after.as_str());
            pages::list_live(&ctx, &person, version, shown).await
        }
    })
}

async fn one_page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(sku): Path<String>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first("/stock"));
    };
    let view = stock_of(&ctx, &sku).await?;
    let page = pages::one(&ctx, visitor.latest(), &view).await?;
    Ok(page.into_response())
}

async fn receive_page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first("/stock/receive"));
    };
    let page = pages::receive(&ctx, visitor.latest()).await?;
    Ok(page.into_response())
}

#[derive(Debug, Serialize, Deserialize)]
struct ReceiveForm {
    #[serde(default)]
    reference: String,
    received_as: ReceivedAs,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn receive_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<ReceiveForm>,
) -> Result<Response, Problem> {
    let person = visitor.latest();
    let key = form_key(&headers, &form.command_id)?;
    let command = Command::new(principal(person), key, "receive", &form);
    let reference = Some(form.reference);
    service::receive_draft(&ctx, person, form.received_as, reference, command).await?;
    Ok(leave_for(&headers, "/stock"))
}

#[derive(Debug, Serialize, Deserialize)]
struct LineForm {
    does: LineWord,
    #[serde(default)]
    sku: String,
    #[serde(default)]
    quantity: String,
    #[serde(default)]
    code: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

/// What a form does to the delivery being counted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LineWord {
    Add,
    Set,
    Drop,
    Forget,
}

async fn line_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<LineForm>,
) -> Result<Response, Problem> {
    let key = form_key(&headers, &form.command_id)?;
    let command = Command::new(principal(visitor.latest()), key, "delivery line", &form);
    let sku = || {
        form.sku
            .parse::<Sku>()
            .map_err(|refused| Problem::refused("unknown_product", refused.to_string()))
    };
    let change = match form.does {
        LineWord::Add => DraftChange::Add(form.code.clone()),
        LineWord::Drop => DraftChange::Drop(sku()?),
        LineWord::Forget => DraftChange::Forget,
        LineWord::Set => {
            let quantity = read_quantity(&form.quantity, ctx.lang().locale());
            let quantity = quantity.map_err(|unreadable| {
                Problem::refused("quantity_unreadable", format!("the quantity: {unreadable}"))
                    .field("quantity", unreadable.to_string())
            })?;
            DraftChange::Set(sku()?, Milli(quantity))
        }
    };
    changed(&ctx, &visitor, &headers, change, command).await
}

#[derive(Debug, Serialize, Deserialize)]
struct ScanForm {
    code: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn scan_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<ScanForm>,
) -> Result<Response, Problem> {
    let key = form_key(&headers, &form.command_id)?;
    let command = Command::new(principal(visitor.latest()), key, "delivery scan", &form);
    let change = DraftChange::Add(form.code);
    changed(&ctx, &visitor, &headers, change, command).await
}

async fn changed(
    ctx: &Context,
    visitor: &Visitor,
    headers: &HeaderMap,
    change: DraftChange,
    command: Command,
) -> Result<Response, Problem> {
    let person = visitor.latest();
    service::change_draft(ctx, person, change, command).await?;
    let version = ctx.live().version();
    let region = pages::delivery_region(ctx, person, version).await?;
    Ok(respond(headers, "/stock/receive", vec![region]))
}

async fn to_count(ctx: &Context) -> Result<Option<Recount>, Problem> {
    let replica = ctx.replica().clone();
    let read = ctx.db().read(move |tx| service::recount(tx, &replica));
    Ok(read.await?)
}

async fn stock_of(ctx: &Context, sku: &str) -> Result<StockView, Problem> {
    let unknown = || Problem::not_found(format!("this store knows no product '{sku}'"));
    let parsed: Sku = sku.parse().map_err(|_| unknown())?;
    let read = ctx.db().read(move |tx| service::stock_of(tx, &parsed));
    read.await?.ok_or_else(unknown)
}

fn principal(person: &Person) -> String {
    format!("staff/{}", person.staff_id)
}

impl ToProblem for StockRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Empty => "nothing_to_receive",
            Self::TooManyLines { .. } => "too_many_lines",
            Self::UnknownProduct { .. } => "unknown_product",
            Self::NotPositive { .. } => "quantity_not_positive",
            Self::NotWhole { .. } => "quantity_not_whole",
            Self::TooMuch { .. } => "quantity_too_large",
            Self::ReferenceTooLong => "reference_too_long",
            Self::NotFound { .. } => "not_found_by_name",
            Self::SeveralFound { .. } => "several_found",
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for StockError {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Refused(refused) => refused.to_problem(),
            Self::NotApproved(failed) => failed.to_problem(),
            Self::Command(failed) => failed.to_problem(),
            Self::Replica(failed) => replica_problem(failed),
            Self::Db(failed) => failed.to_problem(),
        }
    }
}
