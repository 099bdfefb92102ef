//! The simulator (replication.md §7): stores and a hub in one thread, on disks and a network that
//! fail, from one 64-bit seed; afterwards an oracle that shares nothing with the product decides.
//!
//! ```text
//! seed ─► dice ─► deeds, messages, faults ─► nodes (the product's replica, views, sessions and
//!                                            writer, on SQLite, on the model's disk)
//!                          oracle ◄── what was acknowledged
//!         healed world ─► checks against the oracle ─► nothing, or a seed and a shrunk trace
//! ```
//!
//! `DESIGN.md` beside this crate says what it covers and what not yet.

mod checks;
pub mod climate;
pub mod cover;
pub mod deeds;
pub mod dice;
pub mod disk;
mod ghosts;
mod healing;
mod line;
mod lives;
mod mended;
pub mod node;
pub mod oracle;
mod orders;
mod packing;
pub mod points;
mod refusals;
mod rot;
pub mod search;
pub mod skew;
mod trouble;
pub mod vfs;
pub mod world;
