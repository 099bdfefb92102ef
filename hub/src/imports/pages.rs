//! The pages of files: where one is brought, and how far each is.

mod desk;
mod file;

use axum::Router;

use crate::context::Context;

pub(super) use desk::upload_router;

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    desk::router().merge(file::router())
}
