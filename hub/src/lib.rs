//! The hub: what every store is, knows and has sold, in one place.
//!
//! ```text
//!              ┌──────────────── app ────────────────┐
//!   edges ───► sync (8401, client certificates)       │   facts ──► replica ──► views
//!   people ──► web + slices (8400): stores, stock,    │
//!              sales, catalog, notices, users         │
//!              └──────────────────────────────────────┘
//! ```
//!
//! A slice is one workflow in one folder; `sync` and `web` know no slice, and only [`app`] knows
//! both. Start with [`Hub::start`], or with `stores` to see how a slice is made.

pub mod app;
pub mod availability;
pub mod catalog;
pub mod config;
pub mod context;
pub mod coupons;
pub mod customers;
pub mod days;
pub mod exceptions;
pub mod imports;
pub mod keys;
pub mod lives;
pub mod neighbours;
pub mod notices;
pub mod openings;
pub mod orders;
pub mod policies;
pub mod prices;
pub mod promotions;
pub mod quarantine;
pub mod returns;
pub mod rights;
pub mod routing;
pub mod sales;
pub mod status;
pub mod stock;
pub mod stored;
pub mod stores;
pub mod sync;
pub mod tills;
pub mod transfers;
pub mod unlisted;
pub mod users;
pub mod web;

pub use app::{Hub, HubError, RunningHub};
pub use config::HubConfig;
