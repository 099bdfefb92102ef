//! Training: the way into the training store beside the shop, and the counter of twins inside it.
//!
//! ```text
//! shop: /training ─► its address        training: /training ─► twins of a register's devices
//!                                                 /training/refresh ─► goods, prices, people anew
//!                                                 /training/anew ─► everything done is gone
//! ```
//! The store itself is the same program on another folder (`app/training.rs`): nothing here sells,
//! and nothing of it is stored.

mod http;
mod pages;
mod service;

pub(crate) use service::watch_twins;

use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
