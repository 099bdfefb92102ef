//! Business days of the stores: what arrived of each, whether it is sealed, and whether the hub
//! holds what the store sealed.
//!
//! ```text
//! day_sealed ─► sealed_days ─┐
//! sales, papers, movements ──┼─► compare ─┬─► equal: day_countersigned, a fact for the store
//! feed, digest, quarantine ──┘            └─► differs: named, compared again when that changes
//! ```
//!
//! The proof of a day is made anew whenever somebody asks; nothing of it is stored but the facts.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub(crate) use http::ProofJson;
pub use http::router;
pub use rules::{Aside, DayState, Difference, EdgeDay, Late, SeriesProof, Takings, What};
pub use service::{
    DaysFailed, PackingFailed, days_text, pack_once, projections, proof, proof_of_days, run_once,
};
pub use store::{Differing, differing};
