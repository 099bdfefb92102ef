//! The catalogue: published whole, sold from by every store.
//!
//! One publication replaces the one before as a whole. Files are checked and brought in by the
//! slice `imports`.

mod http;
mod pages;
mod service;
mod store;

pub use http::router;
pub use service::{
    Edition, News, PublishFailed, Published, currency, departments, find_skus, known_codes,
    product_names, publish_edition, units,
};
pub use store::ProductName;
