//! The hub's end of the line to its edges: exchanges, long polls and what stores read.
//!
//! ```text
//! edge ── POST /sync/v1/exchange ──────────► replica.answer, one transaction a batch
//!      ── POST /sync/v1/recovery ──────────► a new life fences the older ones and takes back
//!      ── POST /sync/v1/comparison ────────► what both have of a feed, and what one has lost
//!      ── GET  /sync/v1/wake ──────────────► held open until the hub has something to say
//!      ── GET  /sync/v1/reference/… ───────► the published snapshot or what changed, by its hash
//!      ── POST /sync/v1/customers ─────────► the `orders` slice, which `app` brings along
//!      ── POST /sync/v1/customers/… ───────► the `customers` slice, likewise
//! ```
//!
//! All are reached with a client certificate only, and the edge's number comes from there.
//! It knows no slice: what a fact means is the projections' business, which store an edge belongs
//! to is a slug here, and enrolment is in the `stores` slice.

mod comparison;
pub mod edges;
mod exchange;
pub mod hearing;
mod presence;
mod recovery;
pub mod reference;
mod refusals;
mod wake;

pub use exchange::known;
pub use presence::{Presence, Seen};
pub use reference::{Announced, Prepared, Scope, publish};
pub use refusals::{SyncFailed, sentence};

use axum::Router;
use axum::routing::{get, post};
use counterpart_daemon::http::Limits;
use counterpart_protocol::sync::BODY_BYTES_MAX;

use crate::context::Context;

/// The topic of pages that show what edges have said: facts came in.
pub const FACTS: &str = "facts";
/// The topic of pages that show who is connected, and of ages that grow.
pub const CONTACT: &str = "contact";

/// Returns the routes of the sync listener, with those by which slices answer edges.
pub fn router(context: &Context, slices: Router<Context>) -> Router {
    let limits = Limits {
        body_bytes_max: BODY_BYTES_MAX,
        // A thousand stores hold one long poll each beside their exchanges.
        requests_max: 4_096,
        // They may all come through one line of the company, and each has a certificate.
        requests_per_address_max: 4_096,
        ..Limits::default()
    };
    let routes = Router::new()
        .route("/sync/v1/exchange", post(exchange::exchange))
        .route("/sync/v1/recovery", post(recovery::recovery))
        .route("/sync/v1/comparison", post(comparison::comparison))
        .route("/sync/v1/wake", get(wake::wake))
        .route("/sync/v1/reference/{kind}", get(reference::newest_for_edge))
        .route(
            "/sync/v1/reference/{kind}/{sha256}",
            get(reference::by_hash),
        )
        .merge(slices)
        .with_state(context.clone());
    limits.around(routes)
}
