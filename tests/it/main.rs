//! Everything that looks at the whole: the tidy rules and the journeys across crates. This file
//! only lists them; a journey is a file beside it and builds its world with the harness in `src/`.

#![expect(
    clippy::unwrap_used,
    reason = "a journey that cannot go on says where by panicking"
)]

use counterpart_tests::engine::Engine;

/// What hubs keep their data in here; the program beside this one, `postgres`, says otherwise.
pub(crate) const ENGINE: Engine = Engine::Sqlite;

mod adjusted;
mod api;
mod badges;
mod behind_counter;
mod browser;
mod cards;
mod copied_store;
mod coupons;
mod customers;
mod days;
mod drawer;
mod fleet;
mod forgotten_store;
mod full_disk;
mod hub_killed;
mod hub_restored;
mod invoices;
mod logs;
#[cfg(debug_assertions)]
mod mistakes;
mod names;
mod offline;
mod over_refund;
mod paper;
mod pickups;
mod power;
mod prices;
mod print_queue;
mod rebuild;
mod refund_rights;
mod refusals;
mod restarts;
mod restored;
mod sale;
mod scanner;
mod scans;
mod signed;
mod simulation;
mod stopping;
mod store_api;
mod stored;
mod taxes;
mod tidy;
mod training;
mod transfers;
mod two_stores;
mod unreachable;
mod whole_day;
mod wrong_clock;
