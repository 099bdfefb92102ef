//! Labels: shelf labels of this shop's goods, and carriers' labels passed through as they came.
//!
//! ```text
//! asked for ─► queued with the command ─► label printer ─► confirmed
//!                 ▲        │                  └─► in doubt: the till asks a person
//!                 └────────┴─► waits or failed: sent to another register's printer
//! ```
//! Other workflows print theirs through here where a printer is set to print them: one for each
//! carton of a parcel that leaves for another store, one for the bag of an order that is staged.
//! A label states no fact; that somebody said what became of one in doubt does, as for receipts.

mod http;
mod label;
mod pages;
mod service;

pub use label::{Bag, LabelCopy, Parcel};
pub use service::{print_bag, print_parcel, prints};

use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;

/// Returns the routes of this slice: `/labels` and `/v1/labels`.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
