//! How this store speaks with its hub: enrolment, the exchange of facts, and what is fetched.
//!
//! ```text
//! local fact ─► 50 ms ─┐                                    ┌─► Listen: long poll + local facts
//! hub's news ──────────┼─► exchange ─► hear ─► next step ───┼─► Exchange: more to say
//! timer ───────────────┘    (mutual TLS)                    ├─► Wait: the hub is away
//!                                                           └─► Stop: a person must look
//! ```
//! The decisions are the protocol's `EdgeSession`; this module moves bytes and tells the pages how
//! it stands. It knows no fact and no slice, and nothing here stops a sale.

mod agent;
mod client;
mod comparing;
mod enrolment;
mod enrolment_store;
mod handshake;
mod link;
mod trouble;

pub use agent::{Agent, Progress, publish_waiting};
pub use client::{Fetched, FetchedForm, HubClient, HubClientFailed, Wanted, Woken};
pub use enrolment::{EnrolFailed, edge_of, keep_enrolment, profile, request_enrolment};
pub use enrolment_store::{EnrolledStore, certified_edge, enrolled, store_of};
pub use link::{Link, LinkState, Standing, hub_link_of};
pub use trouble::HubTrouble;

use counterpart_daemon::db::Migration;

/// The tables of this part of the spine.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 3,
    name: "enrolment",
    sql: include_str!("../../migrations/0003_enrolment.sql"),
}];
