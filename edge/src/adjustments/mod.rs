//! Puts right what is on hand without goods coming or going through a till.
//!
//! ```text
//! so many more or fewer, and why ─► a manager, or a manager's PIN ─► adjusted (one fact)
//!                                                 on hand and rights follow: debt is named
//! ```
//! What is physically gone is never refused: if it was promised, the order that loses it is named
//! by the slice of rights, as after a walk-in sale. Counting a whole shelf is another workflow.

mod http;
mod pages;
mod rules;
mod service;

use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
