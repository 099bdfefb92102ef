//! The limits of every listener: how large, how long, how many.
//!
//! They protect the daemon, not a rule of the shop: who may do how much is a slice's matter.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_http::limit::RequestBodyLimitLayer;

use super::pace::{Pace, paced};
use super::problem::Problem;
use super::zero::none_in_address;
use super::{Share, Shares, caller};

/// The limits of a listener and its routers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes_max: usize,
    /// Bytes of all headers of a request, at least 8,192 (hyper's own minimum).
    pub header_bytes_max: u32,
    /// Headers of a request.
    pub header_count_max: usize,
    /// How long a request's headers may take to arrive, and an idle connection stays open.
    pub header_timeout: Duration,
    /// How long a handler may take until its answer begins; streams go on after that.
    pub request_timeout: Duration,
    /// How fast a request's body must come; a slower one is answered 408 and frees its place.
    pub body_pace: Pace,
    /// Requests handled at once; more are answered 503.
    pub requests_max: usize,
    /// Requests of one address handled at once, so that one machine cannot take every place.
    pub requests_per_address_max: usize,
}

impl Default for Limits {
    /// The limits of pages and the API: 1 MiB, 16 KiB of headers, 10 s, 30 s, 256 requests, 64 of
    /// them from one address.
    fn default() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            header_bytes_max: 16 * 1024,
            header_count_max: 64,
            header_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            body_pace: Pace::default(),
            requests_max: 256,
            requests_per_address_max: 64,
        }
    }
}

impl Limits {
    /// Puts the limits around all routes of `router`; a handler's panic becomes a problem too.
    ///
    /// Routers that need others, long polls or uploads, get theirs before they are merged; the
    /// header limits are those of the listener.
    pub fn around(self, router: Router) -> Router {
        let gate = Gate {
            limits: self,
            free: Arc::new(Semaphore::new(self.requests_max)),
            by_address: Shares::default(),
        };
        router
            // The first is for extractors, the second for handlers that read the body themselves.
            .layer(DefaultBodyLimit::max(self.body_bytes_max))
            .layer(RequestBodyLimitLayer::new(self.body_bytes_max))
            .layer(from_fn_with_state(gate, pass))
    }
}

#[derive(Clone)]
struct Gate {
    limits: Limits,
    free: Arc<Semaphore>,
    by_address: Shares<IpAddr>,
}

/// A place among the requests handled at once, free again when it is dropped.
struct Place {
    _one: OwnedSemaphorePermit,
    _of_address: Option<Share<IpAddr>>,
}

impl Gate {
    /// Returns a place, unless all are taken, or as many by one address as it may.
    fn place_for(&self, request: &Request) -> Option<Place> {
        let one = Arc::clone(&self.free).try_acquire_owned().ok()?;
        // A request that came over no socket, in a test for example, is nobody's.
        let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let most = self.limits.requests_per_address_max;
        let of_address = match from {
            Some(ConnectInfo(from)) => Some(self.by_address.try_take(caller(from.ip()), most)?),
            None => None,
        };
        Some(Place {
            _one: one,
            _of_address: of_address,
        })
    }
}

async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let declared = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<u64>().ok());
    if declared.is_some_and(|bytes| bytes > gate.limits.body_bytes_max as u64) {
        return too_large(gate.limits.body_bytes_max).into_response();
    }
    if let Err(problem) = none_in_address(request.uri()) {
        return problem.into_response();
    }
    let Some(_place) = gate.place_for(&request) else {
        metrics::counter!("counterpart_http_turned_away").increment(1);
        let detail = "too many requests at once: try again in a moment";
        return Problem::failed("overloaded", detail).into_response();
    };
    let (request, was_slow) = paced(request, gate.limits.body_pace);
    let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(gate.limits.request_timeout, handled).await {
        // Whatever the handler made of half a body.
        Ok(Ok(_)) if was_slow.load(Ordering::Relaxed) => {
            let detail = "the request came too slowly: send the same command again";
            Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow")
                .detail(detail)
                .into_response()
        }
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => {
            // The panic's own words are in the log already, by the panic hook.
            let detail = "the program made a mistake: report the time of day to whoever looks \
                          after it";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "bug")
                .detail(detail)
                .into_response()
        }
        Err(_elapsed) => {
            let waited = gate.limits.request_timeout;
            let detail = format!(
                "no answer within {}: send the same command again",
                in_words(waited)
            );
            Problem::failed("timed_out", detail).into_response()
        }
    }
}

fn too_large(bytes_max: usize) -> Problem {
    let detail = format!("a body has at most {bytes_max} bytes here");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large").detail(detail)
}

fn in_words(duration: Duration) -> String {
    match duration.as_millis() {
        ms if ms % 1_000 == 0 => format!("{} s", ms / 1_000),
        ms => format!("{ms} ms"),
    }
}
