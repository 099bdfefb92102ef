//! How the hub itself is: what needs a person first, for a monitor, a command line and a page.
//!
//! It measures and reads; it changes nothing but by making a backup, which it does when asked.

mod http;
mod pages;
mod rules;
mod service;

pub use http::router;
