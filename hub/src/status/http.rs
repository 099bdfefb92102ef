//! The hub's state for programs, and the backup the command line asks for.

use std::path::PathBuf;

use axum::extract::State;
use counterpart_daemon::db::CopyFor;
use counterpart_daemon::http::{Json, Problem};
use counterpart_protocol::condition::{Concern, Measured};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{pages, service};
use crate::context::Context;
use crate::users::{Permitted, StatusRead};

/// Returns the routes of operators and of the command line.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(status))
        .routes(routes!(back_up))
        .merge(pages::router().into())
}

/// Where a backup goes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct BackupAsked {
    /// A file on the machine of the hub that is not there yet.
    #[schema(value_type = String, example = "/var/backups/hub.sqlite")]
    path: PathBuf,
    /// What for; a copy to look at is no backup.
    #[serde(default)]
    copy_for: CopyFor,
}

/// Copies the database to a file on the hub's machine; only whoever may read its folder may ask.
#[utoipa::path(
    post, path = "/v1/control/backup", tag = "status",
    request_body = BackupAsked,
    responses(
        (status = 200, description = "made, and opened to check it", body = BackupAsked),
        (status = 503, description = "`backup_failed`, or the database is busy"),
    )
)]
async fn back_up(
    State(context): State<Context>,
    operator: Permitted<StatusRead>,
    Json(asked): Json<BackupAsked>,
) -> Result<Json<BackupAsked>, Problem> {
    if !operator.is_command_line() {
        let detail = "only the command line on the hub's machine may ask for this";
        return Err(Problem::forbidden(detail));
    }
    let made = context
        .db()
        .backup_to(asked.path.clone(), asked.copy_for)
        .await;
    made.map_err(|failed| {
        tracing::warn!(error = %failed, "could not make a backup");
        Problem::failed("backup_failed", failed.to_string())
    })?;
    tracing::info!(path = %asked.path.display(), "made a backup");
    Ok(Json(asked))
}

/// How the hub is.
#[derive(Debug, Serialize, ToSchema)]
struct StatusJson {
    version: &'static str,
    at: Timestamp,
    /// Which life of its database it lives.
    generation: Option<u32>,
    /// What stores are told to connect to.
    sync_address: String,
    authority_sha256: String,
    stores: usize,
    stores_connected: usize,
    /// Records stores said they have and the hub has not.
    lag: i64,
    /// Records set aside because they could not be believed.
    quarantined: usize,
    streams_open: usize,
    /// Records of old days that lie in packs.
    packed: PackedJson,
    /// Disk, database and backups.
    machine: Measured,
    /// When the certificate of the hub's own pages ends.
    certificate_until: Option<Timestamp>,
    /// When the certificate of its authority ends.
    authority_until: Option<Timestamp>,
    /// What needs a person, the most urgent first.
    concerns: Vec<Concern>,
}

/// Records in packs: all of them are there, in less room.
#[derive(Debug, Serialize, ToSchema)]
struct PackedJson {
    records: u64,
    /// How many bytes less they take.
    saved_bytes: u64,
}

/// Says how the hub is, and what needs a person.
#[utoipa::path(
    get, path = "/v1/status", tag = "status",
    responses((status = 200, description = "how it is", body = StatusJson))
)]
async fn status(
    State(context): State<Context>,
    _: Permitted<StatusRead>,
) -> Result<Json<StatusJson>, Problem> {
    let status = service::status(&context).await?;
    let at = |ms: i64| Timestamp::from_millisecond(ms).ok();
    Ok(Json(StatusJson {
        version: env!("CARGO_PKG_VERSION"),
        at: at(status.now_ms).unwrap_or(Timestamp::UNIX_EPOCH),
        generation: status.generation,
        sync_address: context.sync_address().to_owned(),
        authority_sha256: context.authority().fingerprint().to_string(),
        stores: status.stores,
        stores_connected: status.stores_connected,
        lag: status.lag,
        quarantined: status.quarantined,
        streams_open: context.live().streams_open(),
        packed: PackedJson {
            records: status.packed.changes,
            saved_bytes: status.packed.saved_bytes(),
        },
        machine: status.measured,
        certificate_until: status.certificate_ends_at_ms.and_then(at),
        authority_until: status.authority_ends_at_ms.and_then(at),
        concerns: status.concerns,
    }))
}
