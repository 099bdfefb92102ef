//! What machines ask: does it live, can it sell, what are its figures.
//!
//! No secrets and no names of people are in the answers.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::Problem;
use counterpart_daemon::telemetry::Telemetry;
use counterpart_protocol::ids::EdgeNumber;

use crate::context::Context;

/// What the health routes answer with beside the context.
#[derive(Clone)]
pub struct Health {
    /// The metrics of this process.
    pub telemetry: Telemetry,
}

/// Returns `/healthz`, `/readyz` and `/metrics`.
pub(super) fn router(health: Health) -> Router<Context> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .layer(Extension(health))
}

async fn alive() -> &'static str {
    "alive\n"
}

/// Ready is who can sell: the database answers. The hub plays no part.
async fn ready(State(context): State<Context>) -> Result<&'static str, Problem> {
    let replica = context.replica().clone();
    context
        .db()
        .read(move |tx| replica.up_state(tx, EdgeNumber::HUB).map(|_| ()))
        .await
        .map_err(|error: DbError| Problem::from(error))?;
    if context.stopping().is_cancelled() {
        return Err(Problem::failed("stopping", "the store server is stopping"));
    }
    Ok("ready\n")
}

async fn metrics(Extension(health): Extension<Health>) -> Response {
    let text = health.telemetry.render();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
