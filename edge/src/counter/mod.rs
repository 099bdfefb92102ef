//! The devices page: what stands at each counter, how it is, what to do, and a button to try it.
//!
//! ```text
//! button ─► device does it once ─► sentence what came of it
//! ```
//! Devices that were changed in the settings are taken over by a key of the page, or by the signal
//! service managers send (`systemctl reload`), while the till goes on selling.
//!
//! Trying a device states no fact: a test label, a text on the display and a weight leave nothing
//! behind; a test page goes through the print queue as every paper does. What waits there for a
//! printer that stays away is sent to another register's from here. Drawers are opened elsewhere,
//! where each opening has its reason.

mod http;
mod pages;
mod service;

pub use service::{NotSetUp, set_up};

use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;

/// Returns the routes of this slice: `/devices`, its stream and its buttons, and the scale for
/// programs.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
