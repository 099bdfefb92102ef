//! What both daemons are made of beside the language: database, replica, TLS, HTTP and live pages.
//!
//! It knows no domain rule and no slice's SQL: those live in the edge and the hub.

pub mod clock;
pub mod config;
pub mod db;
pub mod entropy;
pub mod http;
pub mod measure;
pub mod password;
pub mod replica;
pub mod seeded;
pub mod shutdown;
pub mod telemetry;
pub mod tls;
pub mod vault;
pub mod web;
