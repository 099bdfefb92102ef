//! Files on their way in: products, price lists, staff, and what a migrating retailer's old system
//! says of its stores' stock, of its customers and of orders still open. One mechanism for all.
//!
//! ```text
//! upload ─► checking ─► refused (every bad row with its column and sentence)
//!               │          └─► applying, if a person wants the good rows alone
//!               └─► checked ─► applying ─► applied: a sentence says what changed
//! ```
//!
//! Checking and applying are done in the background and begin anew after a restart: what a row
//! changes is known by the row's own key, so a file that is applied twice changes nothing twice.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::{router, upload_limits, upload_router};
pub use rules::{Afterwards, NotReady, RowProblem, Subject, Takes};
pub use service::{ImportFailed, Progress, Said, import_now, product_columns, purge, run_once};
