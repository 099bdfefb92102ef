//! How the hub itself is: one answer for a monitor or a person on call.

use std::path::PathBuf;

use axum::extract::State;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Json, Problem};
use counterpart_daemon::replica::Direction;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::context::Context;
use crate::stores;
use crate::users::{Permitted, StatusRead};

/// Records kept aside that are counted at most.
const QUARANTINED_MAX: u32 = 1_000;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(status))
        .routes(routes!(back_up))
}

/// Where a backup goes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct BackupAsked {
    /// A file on the machine of the hub that is not there yet.
    #[schema(value_type = String, example = "/var/backups/hub.sqlite")]
    path: PathBuf,
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
    let made = context.db().backup_to(asked.path.clone()).await;
    made.map_err(|failed| {
        tracing::warn!(error = %failed, "could not make a backup");
        Problem::failed("backup_failed", failed.to_string())
    })?;
    tracing::info!(path = %asked.path.display(), "made a backup");
    Ok(Json(asked))
}

/// How the hub is.
#[derive(Debug, Serialize, ToSchema)]
struct Status {
    version: &'static str,
    at: Timestamp,
    generation: Option<u32>,
    sync_address: String,
    authority_sha256: String,
    stores: usize,
    stores_connected: usize,
    lag: i64,
    quarantined: usize,
    streams_open: usize,
}

/// Says how the hub is.
#[utoipa::path(
    get, path = "/v1/status", tag = "status",
    responses((status = 200, description = "how it is", body = Status))
)]
async fn status(
    State(context): State<Context>,
    _: Permitted<StatusRead>,
) -> Result<Json<Status>, Problem> {
    let within = context.clone();
    let status = context.db().read(move |tx| load(&within, tx)).await;
    Ok(Json(
        status.map_err(|failed: DbError| Problem::from(failed))?,
    ))
}

fn load(context: &Context, tx: &mut Tx) -> Result<Status, DbError> {
    let views = stores::views(context, tx)?;
    let identity = context.replica().identity(tx)?;
    let quarantined = context.replica().quarantined(tx, QUARANTINED_MAX)?;
    let seen_now = |view: &&stores::StoreView| view.seen == crate::sync::Seen::Now;
    Ok(Status {
        version: env!("CARGO_PKG_VERSION"),
        at: Timestamp::from_millisecond(context.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH),
        generation: identity.map(|identity| identity.writer.incarnation.0),
        sync_address: context.sync_address().to_owned(),
        authority_sha256: context.authority().fingerprint().to_string(),
        stores: views.len(),
        stores_connected: views.iter().filter(seen_now).count(),
        lag: views.iter().map(stores::StoreView::lag).sum(),
        quarantined: quarantined
            .iter()
            .filter(|row| row.direction == Direction::In)
            .count(),
        streams_open: context.live().streams_open(),
    })
}
