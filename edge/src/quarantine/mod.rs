//! Records of the hub's that this store could not believe: listed with what they would say, and let
//! in after all once they can be used.
//!
//! ```text
//! a record is refused ─► set aside ─► a manager lets it in ─┬► checked again: views anew
//!                                                           └► still refused: it stays
//! ```
//! It states nothing: what the hub said was said, and only whether it counts here changes.

mod http;
mod pages;
mod service;

use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
