//! What the pages of this store share: the frame, the status bar, the session's cookie, and the
//! addresses for machines (`/healthz`, `/readyz`, `/metrics`).
//!
//! It knows no slice: who is signed in and what a page shows come from the slices.

mod alert;
mod banner;
mod control;
mod frame;
mod health;
mod machine;
mod session;
mod status_bar;
pub mod trust;

pub use alert::{Alert, AlertOf};
pub use banner::{SHOP_PAGE, TRAINING_PAGE, banner, facing, plain};
pub use control::{Control, ControlFailed};
pub use frame::{Screen, page};
pub use machine::Machine;
pub use session::{
    SessionToken, cookie_name, facing_cookie, facing_token, sign_in_cookie, sign_out_cookie,
};
pub use status_bar::status_bar;

use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;

/// The topic that is published when the status bar shows something else: the hub, what is unsent,
/// a device.
pub const STATUS_TOPIC: &str = "status";

/// Returns the routes for machines and for the command line.
pub fn router(control: Control) -> OpenApiRouter<Context> {
    control::router(control).merge(health::router().into())
}

/// Returns the routes of [`router`] that programs are told about, to describe them.
pub fn described_router() -> OpenApiRouter<Context> {
    control::described()
}
