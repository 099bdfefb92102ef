//! The status page: how this store stands, and what a person can do about each thing that is wrong.
//!
//! It gathers what the spine and the reference slice know and changes nothing. Whatever needs a
//! person comes first, as a sentence to act on.

mod http;
mod pages;
mod rules;
mod service;
#[cfg(test)]
mod tests;

use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;

/// Returns the routes of this slice: `/status`, its stream, and `GET /v1/status`.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
