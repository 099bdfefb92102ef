//! What the region tells its stores: short texts on their screens, and who has got them.
//!
//! ```text
//! post ─► one notice_posted fact for each edge ─► delivered, once the edge holds that record
//! ```
//!
//! A notice that was not delivered is visible. It must not speak about persons: it is a fact, and
//! facts are never erased.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::router;
pub use rules::{NoticeDraft, NoticeRefused};
pub use service::{NoticeFailed, post};
