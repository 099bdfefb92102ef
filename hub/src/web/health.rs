//! What a monitor asks of the hub: is it alive, can it work, what are its numbers.
//!
//! The first two are asked without signing in and tell nothing about a shop.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::http::Problem;
use counterpart_daemon::http::health::{Check, Readiness, alive, database};

use crate::context::Context;

/// Returns `/healthz`, `/readyz` and `/metrics`.
pub fn router(context: &Context) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(context.clone())
}

/// Ready is who can take in what stores recorded: the database takes commands, somebody listens to
/// stores and people, and nobody asked it to stop.
async fn ready(State(context): State<Context>) -> Readiness {
    let running = match context.streams().is_cancelled() {
        true => Err("the hub is stopping".to_owned()),
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
