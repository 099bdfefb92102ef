//! Exchanges in short: without what the other side can compute.
//!
//! A request in short leaves out what the hub holds (who the edge is, both chains, the change a
//! change follows), what follows from a fact (its change, what its record says), and packs the
//! rest with a shipped dictionary and the last records both hold. The receiver makes the whole
//! message again and compares it, byte for byte in its whole form, by a hash of 12 bytes. So
//! nothing that decides anything knows of this form, and any difference of what both sides hold, or
//! of a bit, leads to one thing: "say it whole".
//!
//! ```text
//!  edge                                     hub
//!   │  whole Exchange                        │
//!   ├───────────────────────────────────────▶│
//!   │  whole Reply { welcome.short: 1 }      │  it reads this form
//!   │◀───────────────────────────────────────┤
//!   │  in short                              │
//!   ├───────────────────────────────────────▶│  made whole, its hash is right
//!   │  in short                              │
//!   │◀───────────────────────────────────────┤
//!   │  in short                              │
//!   ├───────────────────────────────────────▶│  it holds something else than the edge thinks
//!   │  412                                   │
//!   │◀───────────────────────────────────────┤
//!   │  the same, whole                       │
//!   ├───────────────────────────────────────▶│
//! ```

mod fold;
mod records;
mod reply;
mod request;
mod squeeze;
mod talk;

pub use records::Before;
pub use reply::{lengthen_reply, shorten_reply};
pub use request::{EdgeHeld, Parts, SayWhole, lengthen, shorten, unsqueezed};
pub use squeeze::DICTIONARY;
pub use talk::ShortTalk;

use minicbor::Encode;
use sha2::{Digest as _, Sha256};

use super::feed::{FeedHead, Record};
use super::frames::{Batch, WireRecord};
use crate::documents::ChangeHash;

/// How many records before a batch both ends remember for it.
pub const BEFORE_RECORDS: u32 = 16;
/// How many bytes of the hash of a whole message stand in the short one: a message made whole to
/// something else would pass once in 2⁹⁶ times, and the chain of the next reply would show it.
const PROOF_BYTES: usize = 12;

/// Tells whether a body is in short.
#[must_use]
pub fn is_short(body: &[u8]) -> bool {
    squeeze::is_short(body)
}

/// Returns what proves that a message was made whole again.
fn proof<T: Encode<()>>(message: &T) -> [u8; PROOF_BYTES] {
    let whole = minicbor::to_vec(message).expect("encoding into memory cannot fail");
    let hash = Sha256::digest(whole);
    hash[..PROOF_BYTES].try_into().expect("a hash is longer")
}

/// Returns the batch of `records` that follow `held`, and the head after them.
fn batch_after(held: FeedHead, records: Vec<WireRecord>) -> Option<(Batch, FeedHead)> {
    let mut head = held;
    for sent in &records {
        let record = Record {
            seq: head.seq.checked_add(1)?,
            kind_number: sent.kind_number,
            schema: sent.schema,
            document: sent.document.parse().ok()?,
            change: ChangeHash::of(&sent.change),
            business_date: sent.business_date,
            hlc: sent.hlc,
        };
        head = head.after(&record);
    }
    let batch = Batch {
        feed: held.feed,
        first_seq: held.seq.checked_add(1)?,
        records,
        end_chain: head.chain,
        hashes: None,
    };
    Some((batch, head))
}
