//! Transfers over HTTP: packing, sending and counting in for programs; the pages stand beside it.

mod screens;

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query, ToProblem};
use counterpart_protocol::ids::{StoreId, TransferId};
use counterpart_protocol::stock::ReceivedLine;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rules::TransferRefused;
use super::service::{self, Cartons, Done, ListView, TransferError, TransferView};
use crate::command::{Command, replica_problem};
use crate::context::Context;
use crate::staff::{Person, Visitor};

/// Returns the routes of this slice.
pub(crate) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list, begin))
        .routes(routes!(one))
        .routes(routes!(send))
        .routes(routes!(labels))
        .routes(routes!(receive))
        .merge(screens::router())
}

/// What is packed for another store.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BeginTransferRequest)]
struct BeginRequest {
    /// The store it goes to.
    #[schema(value_type = String)]
    to: StoreId,
    /// What is in it so far, at most 500 products.
    #[serde(default)]
    lines: Vec<ReceivedLine>,
}

/// What was counted of a parcel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CountTransferRequest)]
struct CountRequest {
    /// What was counted, beside what was scanned here already; what is not named did not come.
    #[serde(default)]
    lines: Vec<CountLine>,
}

/// What was counted of one product.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CountTransferLine)]
struct CountLine {
    sku: counterpart_protocol::ids::Sku,
    /// How much, from nothing.
    quantity_milli: counterpart_protocol::quantity::Milli,
}

/// Lists the transfers of this store, and the stores goods can be sent to.
#[utoipa::path(
    get, path = "/v1/transfers", tag = "transfers",
    responses((status = 200, description = "the transfers", body = ListView))
)]
async fn list(State(ctx): State<Context>, _: Visitor) -> Result<Json<ListView>, Problem> {
    let within = ctx.clone();
    let read = ctx.db().read(move |tx| service::list(&within, tx));
    Ok(Json(read.await?))
}

/// Begins to pack for another store: what is in it is set aside, and the hub is asked to give back
/// the right to promise it.
#[utoipa::path(
    post, path = "/v1/transfers", tag = "transfers",
    params(IdempotencyKey),
    request_body = BeginRequest,
    responses(
        (status = 200, description = "begun", body = Done),
        (status = 409, description = "`unknown_store`, `same_store`, `unknown_product`, \
            `quantity_not_positive`, `quantity_not_whole`, `quantity_too_large`, `too_many_lines`"),
    )
)]
async fn begin(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Json(request): Json<BeginRequest>,
) -> Result<Json<Done>, Problem> {
    let command = Command::new(principal(visitor.latest()), key, "POST transfers", &request);
    let lines = request.lines.into_iter();
    let lines = lines.map(|line| (line.sku, line.quantity_milli)).collect();
    Ok(Json(
        service::begin(&ctx, (request.to, lines), command).await?,
    ))
}

/// Tells how a transfer stands, as far as this store knows.
#[utoipa::path(
    get, path = "/v1/transfers/{transfer_id}", tag = "transfers",
    params(("transfer_id" = String, Path, description = "the transfer")),
    responses(
        (status = 200, description = "how it stands", body = TransferView),
        (status = 404, description = "this store knows none"),
    )
)]
async fn one(
    State(ctx): State<Context>,
    _: Visitor,
    Path(id): Path<TransferId>,
) -> Result<Json<TransferView>, Problem> {
    Ok(Json(view(&ctx, id).await?))
}

/// Sends what is packed: it leaves this store's stock, and its slip and a label for each carton are
/// printed.
#[utoipa::path(
    post, path = "/v1/transfers/{transfer_id}/departure", tag = "transfers",
    params(("transfer_id" = String, Path, description = "the transfer"), Cartons, IdempotencyKey),
    responses(
        (status = 200, description = "it left", body = Done),
        (status = 404, description = "this store knows none"),
        (status = 409, description = "`nothing_packed`, `not_free`, `transfer_left`, `cartons`"),
    )
)]
async fn send(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<TransferId>,
    Query(cartons): Query<Cartons>,
) -> Result<Json<Done>, Problem> {
    let person = visitor.latest();
    let what = format!("POST transfers/{id}/departure");
    let command = Command::new(principal(person), key, &what, &cartons);
    let sent = service::send(&ctx, person, (id, cartons), command);
    Ok(Json(sent.await?))
}

/// Prints the labels of a parcel that left once more, marked COPY.
#[utoipa::path(
    post, path = "/v1/transfers/{transfer_id}/labels", tag = "transfers",
    params(("transfer_id" = String, Path, description = "the transfer"), Cartons, IdempotencyKey),
    responses(
        (status = 200, description = "they wait for the label printer", body = Done),
        (status = 404, description = "this store knows none"),
        (status = 409, description = "`cartons`, `transfer_not_sent`, `transfer_came_here`, \
            `no_label_printer`"),
    )
)]
async fn labels(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<TransferId>,
    Query(cartons): Query<Cartons>,
) -> Result<Json<Done>, Problem> {
    let person = visitor.latest();
    let what = format!("POST transfers/{id}/labels");
    let command = Command::new(principal(person), key, &what, &cartons);
    let printed = service::print_labels(&ctx, person, (id, cartons), command);
    Ok(Json(printed.await?))
}

/// Counts a parcel in: what was counted is on hand here, and a difference is named.
#[utoipa::path(
    post, path = "/v1/transfers/{transfer_id}/arrival", tag = "transfers",
    params(("transfer_id" = String, Path, description = "the transfer"), IdempotencyKey),
    request_body = CountRequest,
    responses(
        (status = 200, description = "it is counted in", body = Done),
        (status = 404, description = "this store knows none"),
        (status = 409, description = "`transfer_received`, `transfer_left`, `transfer_not_sent`, \
            `unknown_product`, `quantity_not_whole`, `quantity_too_large`"),
    )
)]
async fn receive(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(id): Path<TransferId>,
    Json(request): Json<CountRequest>,
) -> Result<Json<Done>, Problem> {
    let person = visitor.latest();
    let what = format!("POST transfers/{id}/arrival");
    let command = Command::new(principal(person), key, &what, &request);
    let lines = request.lines.into_iter();
    let lines = lines.map(|line| (line.sku, line.quantity_milli)).collect();
    let done = service::receive(&ctx, person, (id, Some(lines)), command).await?;
    Ok(Json(done))
}

async fn view(ctx: &Context, id: TransferId) -> Result<TransferView, Problem> {
    let within = ctx.clone();
    let read = ctx.db().read(move |tx| service::one(&within, tx, id));
    let unknown = || TransferRefused::Unknown(id).to_problem();
    read.await?.ok_or_else(unknown)
}

fn principal(person: &Person) -> String {
    format!("staff/{}", person.staff_id)
}

impl ToProblem for TransferRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Unknown(_) => return Problem::not_found(self.to_string()),
            Self::UnknownStore(_) => "unknown_store",
            Self::SameStore => "same_store",
            Self::Left => "transfer_left",
            Self::Received => "transfer_received",
            Self::NotSent => "transfer_not_sent",
            Self::Cartons => "cartons",
            Self::CameHere => "transfer_came_here",
            Self::NoLabelPrinter => "no_label_printer",
            Self::Recovering => "store_recovering",
            Self::Empty => "nothing_packed",
            Self::TooManyLines => "too_many_lines",
            Self::UnknownProduct(_) => "unknown_product",
            Self::NotPositive(_) => "quantity_not_positive",
            Self::NotWhole(_) => "quantity_not_whole",
            Self::TooMuch(_) => "quantity_too_large",
            Self::NotFree(_) => "not_free",
            Self::NotFound(_) => "not_found_by_name",
            Self::SeveralFound(_) => "several_found",
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for TransferError {
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
