//! The catalogue: files checked row by row, published whole, sold from by every store.
//!
//! ```text
//! upload ─► checking ─► refused (every bad row with its column and sentence)
//!                   └─► checked ─► publishing ─► published: version n, told to every store
//! ```
//!
//! One publication replaces the one before as a whole; a file with one bad row publishes nothing.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::{router, upload_limits, upload_router};
pub use rules::{Checked, RowProblem};
pub use service::{
    Afterwards, ImportFailed, Progress, Published, currency, find_skus, import_now, product_names,
    run_once,
};
pub use store::ProductName;
