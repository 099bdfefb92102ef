//! What every request leaves behind: a span, a count and a duration.
//!
//! It records routes, not addresses: a path with ids in it would make a metric per sale, and a
//! query may hold a customer's name.

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tracing::Instrument;

use crate::clock::Stopwatch;
use crate::entropy::{Entropy as _, OsEntropy};

/// The header of a request's id, in requests and answers.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id taken from a caller.
const ID_LENGTH_MAX: usize = 64;

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
    let id = request_id(request.headers());
    let span = tracing::info_span!("request", listener, method = %method, route, request.id = id);
    let watch = Stopwatch::start();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    metrics::histogram!(
        "counterpart_http_request_duration_seconds",
        "listener" => listener,
        "method" => known(&method),
        "route" => route,
        "status" => status.to_string(),
    )
    .record(watch.elapsed());
    span.in_scope(|| tracing::debug!(status, duration_ms = watch.elapsed_ms(), "answered"));
    response
}

/// Returns the id under which a request stands in the log and is answered: the caller's own, if it
/// is short and plain, so that a request is found on both sides of a line; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let given = given.filter(|id| (1..=ID_LENGTH_MAX).contains(&id.len()) && id.bytes().all(plain));
    given.map_or_else(
        || {
            let mut drawn = [0; 8];
            OsEntropy.fill(&mut drawn);
            format!("{:016x}", u64::from_be_bytes(drawn))
        },
        ToOwned::to_owned,
    )
}

/// Returns a method's name for a label; a caller could make others up without end.
fn known(method: &Method) -> &'static str {
    let usual = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];
    let known = usual.into_iter().find(|usual| method.as_str() == *usual);
    known.unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_keeps_the_id_its_caller_gave_if_it_is_plain() {
        let of = |id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, id.parse().unwrap());
            request_id(&headers)
        };
        assert_eq!(of("till-7_42"), "till-7_42");
        for bad in ["", "a b", "Robin <x>", &"x".repeat(65)] {
            assert_eq!(of(bad).len(), 16, "{bad:?} is written into the log");
        }
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }

    #[test]
    fn a_made_up_method_makes_no_new_label() {
        assert_eq!(known(&Method::DELETE), "DELETE");
        assert_eq!(known(&Method::from_bytes(b"STEAL").unwrap()), "other");
    }
}
