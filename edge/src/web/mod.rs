//! What the pages of this store share: the frame, the status bar, the session's cookie, and the
//! addresses for machines (`/healthz`, `/readyz`, `/metrics`).
//!
//! It knows no slice: who is signed in and what a page shows come from the slices.

mod control;
mod frame;
mod health;
mod session;
mod status_bar;

pub use control::{Control, ControlFailed};
pub use frame::{Screen, page};
pub use health::Health;
pub use session::{SessionToken, sign_in_cookie, sign_out_cookie};
pub use status_bar::status_bar;

use axum::Router;

use crate::context::Context;

/// The topic that is published when the status bar shows something else: the hub, what is unsent,
/// a device.
pub const STATUS_TOPIC: &str = "status";

/// Returns the routes for machines and for the command line.
pub fn router(health: Health, control: Control) -> Router<Context> {
    health::router(health).merge(control::router(control))
}
