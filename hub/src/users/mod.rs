//! The console's operators: passwords, sessions, and who asks.
//!
//! ```text
//! first start ─► admin with a random password, shown once
//! sign in ─► session (12 h after the last use) ─► sign out, or it runs out
//!        └─► 5 wrong in a row ─► locked for 30 s, then twice as long each time, at most 15 min
//! ```
//!
//! Every operator may do everything; roles come with the issue after this one.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::{Operator, PageOperator, router};
pub use rules::{NameRefused, PasswordRefused};
pub use service::{
    FirstStart, Session, SignInRefused, UserFailed, add, begin, change_password, purge,
};
