//! What was set aside over HTTP: the list for programs and the page, and letting a record in.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::replica::{ReadmitRefused, Said};
use counterpart_daemon::web::live::{asks_for_regions, respond, stream};
use counterpart_protocol::time::BusinessDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages::{self, PAGE};
use super::service::{self, Aside, Place, QuarantineError, Readmitted, TOPIC};
use crate::command::{Command, form_key, register_principal, replica_problem};
use crate::context::Context;
use crate::staff::{self, Visitor};
use crate::web::STATUS_TOPIC;
use crate::written::moment;

/// Returns the routes of this slice.
pub(crate) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(readmit))
        .route(PAGE, get(page))
        .route("/quarantine/stream", get(live))
        .route("/quarantine/{run}/{seq}/readmit", post(readmit_form))
}

/// What stands in quarantine.
#[derive(Debug, Serialize, ToSchema)]
struct QuarantineAnswer {
    /// The newest first, at most 50.
    records: Vec<RecordJson>,
    /// Whether older ones stand there too.
    has_more: bool,
}

/// A record that was set aside.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuarantinedJson)]
struct RecordJson {
    /// The run of the hub's feed.
    run: u32,
    /// Its number there.
    seq: u64,
    /// Why it was set aside.
    reason: String,
    noticed_at: String,
    /// The word for its kind, as the record says, or its number.
    kind: String,
    document: String,
    business_date: BusinessDate,
    size_bytes: u64,
    /// Whether the kept bytes are those that were sent.
    intact: bool,
    /// What it would say, if it can be read: who, when, what.
    #[schema(value_type = Option<Object>)]
    says: Option<Said>,
    /// Why it cannot be read, if it cannot.
    unreadable: Option<String>,
}

impl From<Aside> for RecordJson {
    fn from(aside: Aside) -> Self {
        let shown = aside.shown;
        let (says, unreadable) = match shown.said {
            Said::Unreadable { unreadable } => (None, Some(unreadable)),
            said @ Said::Fact { .. } => (Some(said), None),
        };
        let record = shown.listed.record;
        Self {
            run: record.feed,
            seq: record.seq,
            reason: record.reason,
            noticed_at: moment(record.noticed_at_ms),
            kind: shown.listed.kind,
            document: shown.listed.document,
            business_date: shown.listed.business_date,
            size_bytes: shown.listed.size_bytes,
            intact: shown.is_intact,
            says,
            unreadable,
        }
    }
}

/// Lists the records that the hub sent and this store set aside, the newest first.
#[utoipa::path(
    get, path = "/v1/quarantine", tag = "quarantine",
    responses((status = 200, description = "the newest of them", body = QuarantineAnswer))
)]
async fn list(State(ctx): State<Context>, _: Visitor) -> Result<Json<QuarantineAnswer>, Problem> {
    let replica = ctx.replica().clone();
    let read = ctx.db().read(move |tx| service::list(&replica, tx));
    let listed = read.await?;
    Ok(Json(QuarantineAnswer {
        records: listed.records.into_iter().map(RecordJson::from).collect(),
        has_more: listed.has_more,
    }))
}

/// Who lets a record in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadmitRequest {
    /// The PIN of a manager; a manager needs none.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// Lets a record count after all, if it can be used now: after an upgrade, say. Every view is made
/// anew, and nothing else is written meanwhile: tills wait.
#[utoipa::path(
    post, path = "/v1/quarantine/{run}/{seq}/readmit", tag = "quarantine",
    params(
        ("run" = u32, Path, description = "the run of the hub's feed"),
        ("seq" = u64, Path, description = "its number there"),
        IdempotencyKey,
    ),
    request_body = ReadmitRequest,
    responses(
        (status = 200, description = "it counts now", body = Readmitted),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 404, description = "`not_found`: no such record stands in quarantine"),
        (status = 409, description = "`record_not_usable`: it stays set aside"),
    )
)]
async fn readmit(
    State(ctx): State<Context>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path(place): Path<Place>,
    Json(request): Json<ReadmitRequest>,
) -> Result<Json<Readmitted>, Problem> {
    let person = visitor.latest();
    let (register, what) = (person.register, what(place));
    let command = Command::new(register_principal(register), key, &what, &request);
    let readmitted = service::readmit(&ctx, person, place, request.approval_pin, command);
    Ok(Json(readmitted.await?))
}

fn what((run, seq): Place) -> String {
    format!("quarantine {run}/{seq} readmit")
}

async fn page(State(ctx): State<Context>, visitor: Option<Visitor>) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first(PAGE));
    };
    let page = pages::page(&ctx, visitor.latest()).await?;
    Ok(page.into_response())
}

async fn live(State(ctx): State<Context>, visitor: Visitor) -> Response {
    let person = visitor.latest().clone();
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let topics = [TOPIC, STATUS_TOPIC];
    stream(&live, viewer, topics, stopping, move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        async move { pages::live(&ctx, &person, version).await }
    })
}

#[derive(Debug, Serialize, Deserialize)]
struct ReadmitForm {
    #[serde(default, skip_serializing)]
    pin: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn readmit_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(place): Path<Place>,
    headers: HeaderMap,
    Form(form): Form<ReadmitForm>,
) -> Result<Response, Problem> {
    let person = visitor.latest();
    let key = form_key(&headers, &form.command_id)?;
    let command = Command::new(
        register_principal(person.register),
        key,
        &what(place),
        &form,
    );
    let pin = Some(form.pin).filter(|pin| !pin.is_empty());
    service::readmit(&ctx, person, place, pin, command).await?;
    let mut regions = Vec::new();
    if asks_for_regions(&headers) {
        let version = ctx.live().version();
        regions = pages::live(&ctx, person, version).await?;
    }
    Ok(respond(&headers, PAGE, regions))
}

impl ToProblem for QuarantineError {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Approval(failed) => failed.to_problem(),
            Self::Command(failed) => failed.to_problem(),
            Self::Refused(ReadmitRefused::NotThere(record)) => Problem::not_found(format!(
                "{record} does not stand in quarantine here: the list shows what does"
            )),
            Self::Refused(ReadmitRefused::Still { .. }) => {
                Problem::refused("record_not_usable", self.to_string())
            }
            Self::Refused(ReadmitRefused::Failed(failed)) => replica_problem(failed),
            Self::Db(failed) => failed.to_problem(),
        }
    }
}
