//! What machines ask: does it live, can it sell, what are its figures.
//!
//! No secrets and no names of people are in the answers.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::http::Problem;
use counterpart_daemon::http::health::{Check, Readiness, alive, database};

use crate::context::Context;

/// Returns `/healthz`, `/readyz` and `/metrics`.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready is who can sell: the database takes commands, and nobody asked to stop. The hub plays no
/// part.
async fn ready(State(context): State<Context>) -> Readiness {
    let running = match context.stopping().is_cancelled() {
        true => Err("the store server is stopping".to_owned()),
        false => Ok(()),
    };
    Readiness::of(vec![
        Check::of("running", running),
        context.machine().gone().check(),
        database(context.db()).await,
    ])
}

async fn metrics(State(context): State<Context>, request: Request) -> Result<Response, Problem> {
    let scrape = context.machine().scrape();
    scrape.answer(request.extensions(), request.headers())
}
