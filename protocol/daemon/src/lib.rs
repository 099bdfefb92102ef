//! What both daemons are made of beside the language: database, replica, TLS, HTTP and live pages.
//!
//! It knows no domain rule and no slice's SQL: those live in the edge and the hub.

pub mod clock;
pub mod db;
pub mod entropy;
pub mod http;
pub mod tls;
pub mod web;
