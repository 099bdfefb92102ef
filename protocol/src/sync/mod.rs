//! How two nodes agree on feeds: records in a hash chain, frames, and the decisions of both sides.
//!
//! Nothing here does I/O. An edge posts an [`Exchange`] and gets a [`Reply`]; both are complete in
//! themselves, so hub processes keep no session and any of them may serve any store. What each
//! side stored decides what happens next, so a lost, repeated or late message changes nothing.
//!
//! ```text
//!  edge                                   hub
//!   │  Exchange{ hello, ack, up batch }    │
//!   ├─────────────────────────────────────▶│ greet → intake → commit
//!   │  Reply{ welcome, ack, down batch }   │
//!   │◀─────────────────────────────────────┤
//!   │ intake → commit; next exchange acks  │
//! ```

mod digest;
mod edge;
mod feed;
mod frames;
mod hub;
mod intake;
mod wire;

pub use digest::DayDigest;
pub use edge::{EdgeSession, MoreDown, Phase, Step, Trouble, WithHashes};
pub use feed::{Chain, FeedHead, FeedId, Record};
pub use frames::{
    Ack, Batch, BatchRefused, DayCount, Exchange, Hello, PROTOCOL_VERSION, RecordVerdict, Reply,
    Verdict, Welcome, WireRecord,
};
pub use hub::{Greeting, KnownEdge, greet};
pub use intake::{Intake, Offered, check_batch};
pub use wire::{BODY_BYTES_MAX, PLAIN_BYTES_MAX, WireFailed, pack, unpack};

/// How many records one batch holds at most (evidence/sync.md §3.6).
pub const BATCH_RECORDS_MAX: usize = 256;
/// How many bytes of changes one batch holds at most, unless its one record is larger.
pub const BATCH_BYTES_MAX: usize = 64 * 1024;
