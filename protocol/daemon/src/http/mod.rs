//! What every listener of a daemon shares: problem answers, idempotency, limits, serving.
//!
//! It holds no route and no page; slices bring routers, `web/` brings pages.

mod extract;
pub mod health;
mod https_only;
pub mod idempotency;
mod limits;
mod observe;
pub mod openapi;
mod pace;
mod problem;
mod serve;
mod shares;
mod zero;

#[cfg(test)]
mod tests;

pub use extract::{Form, Json, Multipart, Path, Query, RawBody, method_not_allowed, not_found};
pub use idempotency::{Begun, IdempotencyKey, Scope, StoredResponse};
pub use limits::Limits;
pub use observe::observed;
pub use pace::Pace;
pub use problem::{FieldProblem, Problem, ProblemBody, ToProblem};
pub use serve::{Listener, ServeError, Transport, bind};
pub(crate) use shares::{Share, Shares, caller};
