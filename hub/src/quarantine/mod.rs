//! Records that could not be believed: listed, shown with every byte, and let in after all when
//! they can be used.
//!
//! ```text
//! a record is refused ─► set aside ─► somebody looks ─► readmitted: checked again, views anew
//!                                                  └──► still refused: it stays, with a sentence
//! ```

mod http;
mod pages;
mod service;

pub use http::router;
