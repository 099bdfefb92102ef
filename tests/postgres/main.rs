//! The journeys to which the hub's database matters, with PostgreSQL below the hub: the same files
//! as in `tests/it`, and beside them what only a server can have: several hubs on one database, and
//! a server that stops.

#![expect(
    clippy::unwrap_used,
    reason = "a journey that cannot go on says where by panicking"
)]

use counterpart_tests::engine::Engine;

/// What hubs keep their data in here; the program `it` says otherwise.
pub(crate) const ENGINE: Engine = Engine::Postgres;

#[path = "../it/adjusted.rs"]
mod adjusted;
#[path = "../it/api.rs"]
mod api;
#[path = "../it/days.rs"]
mod days;
#[path = "../it/invoices.rs"]
mod invoices;
#[path = "../it/names.rs"]
mod names;
#[path = "../it/pickups.rs"]
mod pickups;
#[path = "../it/restarts.rs"]
mod restarts;
#[path = "../it/restored.rs"]
mod restored;
mod server_stopped;
#[path = "../it/signed.rs"]
mod signed;
#[path = "../it/transfers.rs"]
mod transfers;
mod turns;
mod two_hubs;
#[path = "../it/two_stores.rs"]
mod two_stores;
