//! The console's operators: passwords, sessions, and who asks.
//!
//! ```text
//! first start ─► admin with a random password, shown once
//! sign in ─► session (12 h after the last use) ─► sign out, or it runs out
//!        └─► 5 wrong in a row ─► locked for 30 s, then twice as long each time, at most 15 min
//! ```
//!
//! API key: made (its secret shown once) ─► used, at most so often a minute ─► revoked
//!
//! What a caller may do is decided in `rules/permission.rs` and asked for in the arguments of every
//! handler: `Permitted<OrdersWrite>` for the API, `OnPage<OrdersWrite>` for pages and
//! `Watching<OrdersRead>` for their event streams, which end with the session. Nothing else finds
//! out who asks, so a handler that names no permission has no caller.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::*;
pub use rules::{ConsoleRole, NameRefused, PasswordRefused, Permission, WordUnknown};
pub use service::{Caller, FirstStart, Session, SignInRefused, UserFailed, add, begin, purge};
