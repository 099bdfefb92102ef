//! What a monitor asks: is it alive, can it work, what are its numbers.
//!
//! They are asked without signing in and tell nothing about a shop.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Json, Problem};
use counterpart_daemon::params;
use counterpart_daemon::telemetry::{self, Telemetry};
use serde_json::json;

use crate::context::Context;

/// What the health routes need.
#[derive(Clone)]
pub struct Health {
    context: Context,
    telemetry: Telemetry,
}

impl Health {
    /// Takes what is asked.
    #[must_use]
    pub fn new(context: Context) -> Self {
        Self {
            context,
            telemetry: telemetry::metrics(),
        }
    }
}

/// Returns `/healthz`, `/readyz` and `/metrics`.
pub fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// Answers 200 when the database answers and the hub is not stopping.
async fn ready(State(health): State<Health>) -> Result<Response, Problem> {
    if health.context.streams().is_cancelled() {
        return Err(Problem::failed("stopping", "the hub is stopping"));
    }
    health
        .context
        .db()
        .read(|tx| tx.query_one("SELECT 1", params![]).map(|_| ()))
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    Ok((StatusCode::OK, Json(json!({ "ready": true }))).into_response())
}

async fn metrics(State(health): State<Health>) -> Response {
    let text = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, text)], health.telemetry.render()).into_response()
}
