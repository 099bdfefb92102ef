//! Labels over HTTP: for programs, and the page on which people print and redirect them.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_protocol::ids::{PrintJobId, RegisterId, Sku};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::service::{self, LabelError, LabelView};
use crate::command::{Command, form_key};
use crate::context::Context;
use crate::devices::{self, PrintJob};
use crate::staff::{self, Visitor};

/// The page's address.
pub(super) const PAGE: &str = "/labels";

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(shelf))
        .routes(routes!(carrier))
        .routes(routes!(reroute))
        .route(PAGE, get(page).post(shelf_form))
        .route("/labels/{job_id}", post(reroute_form))
}

/// A label that waits, failed or is in doubt.
#[derive(Debug, Serialize, ToSchema)]
struct OpenLabel {
    /// Its print job.
    job_id: PrintJobId,
    /// The register whose printer prints it.
    register: RegisterId,
    /// `label`, or `carrier_label` for one that is passed through.
    kind: String,
    /// Which one it is.
    about: String,
    /// `queued`, `sending`, `uncertain` or `failed`.
    state: String,
    /// Where it stands and what to do, a sentence.
    sentence: String,
}

/// The labels somebody may have to do something about.
#[derive(Debug, Serialize, ToSchema)]
struct OpenLabels {
    /// Oldest first, at most 50.
    labels: Vec<OpenLabel>,
}

/// Which shelf label is printed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShelfRequest {
    /// The product.
    sku: Sku,
    /// How many, 1 to 100; 1 unless set.
    #[serde(default = "one")]
    copies: u16,
}

/// A carrier's label.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CarrierRequest {
    /// Which one it is, in a few words that name no person: the shipment's number.
    about: String,
    /// Its ZPL or PDF as the carrier sent it, in base64.
    label: String,
}

/// Where a label goes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RerouteRequest {
    /// The register whose printer is to print it.
    register: RegisterId,
}

/// Lists the labels that wait, failed or are in doubt.
#[utoipa::path(
    get, path = "/v1/labels", tag = "labels",
    responses((status = 200, description = "oldest first, at most 50", body = OpenLabels)),
)]
async fn open(State(ctx): State<Context>, _visitor: Visitor) -> Result<Json<OpenLabels>, Problem> {
    let jobs = ctx.db().read(devices::label_jobs).await?;
    let labels = jobs.into_iter().map(|job| OpenLabel {
        sentence: job.sentence(),
        job_id: job.job_id,
        register: job.register,
        kind: job.kind.word().to_owned(),
        about: job.about.unwrap_or_default(),
        state: job.state.word().to_owned(),
    });
    Ok(Json(OpenLabels {
        labels: labels.collect(),
    }))
}

/// Prints shelf labels of a product, with the price it has now.
#[utoipa::path(
    post, path = "/v1/registers/{register}/shelf-labels", tag = "labels",
    params(("register" = u16, Path, description = "the register's number"), IdempotencyKey),
    request_body = ShelfRequest,
    responses(
        (status = 200, description = "it is in the queue of the register's printer",
            body = LabelView),
        (status = 404, description = "there is no such product"),
        (status = 409, description = "`no_price`, `copies`"),
    )
)]
async fn shelf(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<u16>,
    key: IdempotencyKey,
    Json(request): Json<ShelfRequest>,
) -> Result<Json<LabelView>, Problem> {
    let what = format!("POST registers/{register}/shelf-labels");
    let command = Command::new(principal(&visitor), key, &what, &request);
    let wanted = (request.sku, request.copies);
    let queued = service::shelf(&ctx, RegisterId(register), wanted, command);
    Ok(Json(queued.await?))
}

/// Prints a carrier's label as it came: its bytes are not touched.
#[utoipa::path(
    post, path = "/v1/registers/{register}/carrier-labels", tag = "labels",
    params(("register" = u16, Path, description = "the register's number"), IdempotencyKey),
    request_body = CarrierRequest,
    responses(
        (status = 200, description = "it is in the queue of the register's printer",
            body = LabelView),
        (status = 400, description = "it is no base64"),
        (status = 409, description = "`no_label`: it is neither ZPL nor PDF, or cut short"),
    )
)]
async fn carrier(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<u16>,
    key: IdempotencyKey,
    Json(request): Json<CarrierRequest>,
) -> Result<Json<LabelView>, Problem> {
    let what = format!("POST registers/{register}/carrier-labels");
    let command = Command::new(principal(&visitor), key, &what, &request);
    let bytes = BASE64
        .decode(request.label.as_bytes())
        .map_err(|error| Problem::unreadable(format!("the label is no base64: {error}")))?;
    let queued = service::carrier(&ctx, RegisterId(register), (request.about, bytes), command);
    Ok(Json(queued.await?))
}

/// Sends a label that waits or failed to another register's printer, or tries it again at its own.
#[utoipa::path(
    post, path = "/v1/labels/{job_id}/printer", tag = "labels",
    params(("job_id" = String, Path, description = "its print job"), IdempotencyKey),
    request_body = RerouteRequest,
    responses(
        (status = 200, description = "it waits for that printer now", body = LabelView),
        (status = 404, description = "there is no such label"),
        (status = 409, description = "`no_label_printer`, `label_not_waiting`: it may be on paper"),
    )
)]
async fn reroute(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(job_id): Path<PrintJobId>,
    key: IdempotencyKey,
    Json(request): Json<RerouteRequest>,
) -> Result<Json<LabelView>, Problem> {
    let what = format!("POST labels/{job_id}/printer");
    let command = Command::new(principal(&visitor), key, &what, &request);
    let moved = service::reroute(&ctx, job_id, request.register, command);
    Ok(Json(moved.await?))
}

async fn page(State(ctx): State<Context>, visitor: Option<Visitor>) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first(PAGE));
    };
    let jobs: Vec<PrintJob> = ctx.db().read(devices::label_jobs).await?;
    let page = pages::labels(&ctx, visitor.latest(), &jobs).await?;
    Ok(page.into_response())
}

#[derive(Debug, Serialize, Deserialize)]
struct ShelfForm {
    sku: String,
    register: u16,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn shelf_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<ShelfForm>,
) -> Result<Response, Problem> {
    let key = form_key(&headers, &form.command_id)?;
    let command = Command::new(principal(&visitor), key, "labels", &form);
    let sku = form.sku.trim();
    let unknown = || Problem::not_found(format!("this store knows no product '{sku}'"));
    let sku: Sku = sku.parse().map_err(|_| unknown())?;
    service::shelf(&ctx, RegisterId(form.register), (sku, 1), command).await?;
    Ok(leave_for(&headers, PAGE))
}

#[derive(Debug, Serialize, Deserialize)]
struct RerouteForm {
    register: u16,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn reroute_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(job_id): Path<PrintJobId>,
    Form(form): Form<RerouteForm>,
) -> Result<Response, Problem> {
    let key = form_key(&headers, &form.command_id)?;
    let what = format!("labels/{job_id}");
    let command = Command::new(principal(&visitor), key, &what, &form);
    service::reroute(&ctx, job_id, RegisterId(form.register), command).await?;
    Ok(leave_for(&headers, PAGE))
}

fn one() -> u16 {
    1
}

fn principal(visitor: &Visitor) -> String {
    format!("staff/{}", visitor.latest().staff_id)
}

impl ToProblem for LabelError {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::UnknownProduct(_) | Self::Unknown(_) => {
                return Problem::not_found(self.to_string());
            }
            Self::NoPrice(_) => "no_price",
            Self::Copies => "copies",
            Self::Carrier(_) => "no_label",
            Self::NoPrinter(_) => "no_label_printer",
            Self::NotWaiting => "label_not_waiting",
            Self::Command(failed) => return failed.to_problem(),
            Self::Db(failed) => return failed.to_problem(),
        };
        Problem::refused(code, self.to_string())
    }
}
