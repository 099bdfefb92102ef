//! A feed: a node's gap-free, hash-chained sequence of records for one peer.
//!
//! The feed is the outbox, the audit journal and the proof of completeness at once; there is no
//! second one. Where records are stored belongs to the replica.

use std::fmt;

use minicbor::{Decode, Encode, Encoder};
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::documents::{ChangeHash, Sha};
use crate::hlc::Hlc;
use crate::ids::DocumentId;
use crate::time::BusinessDate;

/// A point in a feed's hash chain: SHA-256 of the point before and the record's canonical bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Chain(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl Chain {
    /// Where a feed starts: 32 zero bytes.
    pub const GENESIS: Self = Self([0; 32]);

    /// Returns the chain after `record`.
    #[must_use]
    pub fn after(self, record: &Record) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(self.0);
        hasher.update(record.canonical());
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Sha(self.0.as_slice()).fmt(f)
    }
}

impl Serialize for Chain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Which run of a feed: a writer starts a new one when it can no longer vouch for the old one's
/// end. For an edge it is its incarnation, for the hub its generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct FeedId(#[n(0)] pub u32);

/// How far a feed goes, or how far a reader has come in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedHead {
    /// Which run.
    #[n(0)]
    pub feed: FeedId,
    /// The last record's number; 0 before the first.
    #[n(1)]
    pub seq: u64,
    /// The chain after it.
    #[n(2)]
    pub chain: Chain,
}

impl FeedHead {
    /// Returns where a run starts.
    #[must_use]
    pub const fn start(feed: FeedId) -> Self {
        Self {
            feed,
            seq: 0,
            chain: Chain::GENESIS,
        }
    }

    /// Returns where the run stands after `record`, which must be the next one.
    #[must_use]
    pub fn after(self, record: &Record) -> Self {
        debug_assert_eq!(record.seq, self.seq + 1, "feeds have no gaps");
        Self {
            feed: self.feed,
            seq: record.seq,
            chain: self.chain.after(record),
        }
    }
}

/// One entry of a feed: which change, and what a reader must know without decoding it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Its number in the feed, from 1.
    pub seq: u64,
    /// The fact's kind, by number.
    pub kind_number: u32,
    /// The schema of the fact's body.
    pub schema: u32,
    /// The document the change belongs to.
    pub document: DocumentId,
    /// The change, by our own hash.
    pub change: ChangeHash,
    /// The day the fact counts for.
    pub business_date: BusinessDate,
    /// When, for the order in which people see things.
    pub hlc: Hlc,
}

impl Record {
    /// Returns the bytes that are chained: a CBOR array in the fields' order.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(96);
        let mut e = Encoder::new(&mut bytes);
        let document = self.document.to_string();
        e.array(7)
            .and_then(|e| e.u64(self.seq))
            .and_then(|e| e.u32(self.kind_number))
            .and_then(|e| e.u32(self.schema))
            .and_then(|e| e.str(&document))
            .and_then(|e| e.encode(self.change))
            .and_then(|e| e.encode(self.business_date))
            .and_then(|e| e.encode(self.hlc))
            .expect("encoding into memory cannot fail");
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{Chain, FeedHead, FeedId, Record};
    use crate::documents::ChangeHash;
    use crate::hlc::Hlc;
    use crate::time::BusinessDate;

    fn record(seq: u64) -> Record {
        Record {
            seq,
            kind_number: 1,
            schema: 1,
            document: "7/1/0".parse().unwrap(),
            change: ChangeHash([1; 32]),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            hlc: Hlc(5),
        }
    }

    #[test]
    fn every_field_of_a_record_is_in_the_chain() {
        let base = Chain::GENESIS.after(&record(1));
        let day = BusinessDate::from_days(20_781).unwrap();
        for other in [
            Record {
                seq: 2,
                ..record(1)
            },
            Record {
                kind_number: 2,
                ..record(1)
            },
            Record {
                schema: 2,
                ..record(1)
            },
            Record {
                document: "7/1/1".parse().unwrap(),
                ..record(1)
            },
            Record {
                change: ChangeHash([2; 32]),
                ..record(1)
            },
            Record {
                business_date: day,
                ..record(1)
            },
            Record {
                hlc: Hlc(6),
                ..record(1)
            },
        ] {
            assert_ne!(Chain::GENESIS.after(&other), base, "{other:?}");
        }
    }

    #[test]
    fn a_head_moves_one_record_at_a_time() {
        let head = FeedHead::start(FeedId(1))
            .after(&record(1))
            .after(&record(2));
        assert_eq!(head.seq, 2);
        assert_eq!(
            head.chain,
            Chain::GENESIS.after(&record(1)).after(&record(2))
        );
    }
}
