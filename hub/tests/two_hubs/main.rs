//! Several hubs on one PostgreSQL database: what one states the others know, and one that is killed
//! takes nothing with it.

#![expect(
    clippy::unwrap_used,
    reason = "the functions that tests share are tests too, and clippy.toml frees only the tests"
)]
#![expect(
    dead_code,
    reason = "the world and its peers can do more than these tests need"
)]

#[path = "../it/facts.rs"]
mod facts;
mod killed;
#[path = "../it/peer.rs"]
mod peer;
mod together;
#[path = "../it/world.rs"]
mod world;
