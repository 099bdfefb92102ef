//! What every request leaves behind: a span, a count and a duration.
//!
//! It records routes, not addresses: a path with ids in it would make a metric per sale, and a
//! query may hold a customer's name.

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tracing::Instrument;

use crate::clock::Stopwatch;

/// Observes every route of `router` under the name of its listener, `hub public` for example.
///
/// The last layer to put around a router, so that refusals by limits are seen too.
pub fn observed(router: Router, listener: &'static str) -> Router {
    router.layer(from_fn_with_state(listener, observe))
}

async fn observe(State(listener): State<&'static str>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!("request", listener, method = %method, route);
    let watch = Stopwatch::start();
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    metrics::histogram!(
        "counterpart_http_request_duration_seconds",
        "listener" => listener,
        "method" => method.to_string(),
        "route" => route,
        "status" => status.to_string(),
    )
    .record(watch.elapsed());
    span.in_scope(|| tracing::debug!(status, duration_ms = watch.elapsed_ms(), "answered"));
    response
}
