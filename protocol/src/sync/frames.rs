//! What an edge and the hub say to each other. Every type here stands on the wire since 0.1.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::digest::DayDigest;
use super::feed::{FeedHead, FeedId};
use super::generation::{GenerationTold, HubMet, SentBack};
use crate::documents::{Actor, ChangeHash};
use crate::hlc::Hlc;
use crate::ids::{EdgeNumber, Incarnation};
use crate::time::BusinessDate;

/// The version of the language both sides speak; a peer that speaks none in common is told so.
pub const PROTOCOL_VERSION: u32 = 1;

/// Everything an edge says in one request.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Exchange {
    /// Who speaks, and how far its feeds go.
    #[n(0)]
    pub hello: Hello,
    /// What became of the hub's records since the last exchange.
    #[n(1)]
    pub ack: Option<Ack>,
    /// The edge's next records.
    #[n(2)]
    pub up: Option<Batch>,
    /// What a restored hub asked for. Since 0.3.
    #[n(3)]
    pub back: Option<SentBack>,
}

/// Everything the hub says in answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reply {
    /// How far the hub has come.
    #[n(0)]
    pub welcome: Welcome,
    /// What became of the edge's records in this exchange.
    #[n(1)]
    pub ack: Option<Ack>,
    /// Why the edge's batch was not taken, if it was not.
    #[n(2)]
    pub refused: Option<BatchRefused>,
    /// The hub's next records for this edge.
    #[n(3)]
    pub down: Option<Batch>,
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// The highest [`PROTOCOL_VERSION`] it speaks.
    #[n(0)]
    pub protocol: u32,
    /// The edge, which must be the one its certificate names.
    #[n(1)]
    pub edge: EdgeNumber,
    /// Which of its lives.
    #[n(2)]
    pub incarnation: Incarnation,
    /// Its Automerge actor in this life.
    #[n(3)]
    pub actor: Actor,
    /// How far its own feed goes.
    #[n(4)]
    pub up: FeedHead,
    /// How far it has come in the hub's feed.
    #[n(5)]
    pub down: FeedHead,
    /// Its clock, in milliseconds since 1970 UTC: the hub shows how far it is off.
    #[n(6)]
    pub wall_ms: i64,
    /// Digests of its days that the hub has not confirmed yet, newest first.
    #[n(7)]
    pub days: Vec<DayCount>,
    /// The edge found by itself that the hub holds other records of it, up to this number, than it
    /// has: it goes on with nothing, and says so that the hub can show it. Since 0.2.
    #[n(8)]
    pub forked_at: Option<u64>,
    /// What it knows of the hub's generations, once there was one after the first. Since 0.3.
    #[n(9)]
    pub met: Option<HubMet>,
    /// Which records of this life it knows the hub to have set aside, if any. Since 0.4.
    #[n(10)]
    pub refused: Option<RefusedKnown>,
}

/// Which records of a run one side knows to be set aside by their reader, in few bytes: what the
/// other side has more is told again, however the telling was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct RefusedKnown {
    /// How many.
    #[n(0)]
    pub count: u32,
    /// The sum of their numbers, modulo 2⁶⁴.
    #[n(1)]
    pub sum: u64,
}

/// How far the hub has come.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Welcome {
    /// The version both will speak.
    #[n(0)]
    pub protocol: u32,
    /// The hub's Automerge actor in its journal for this edge.
    #[n(1)]
    pub actor: Actor,
    /// How far the hub's feed for this edge goes.
    #[n(2)]
    pub down: FeedHead,
    /// How much of the edge's feed the hub holds durably, this exchange's batch included.
    #[n(3)]
    pub up: FeedHead,
    /// The hub's clock, in milliseconds since 1970 UTC.
    #[n(4)]
    pub wall_ms: i64,
    /// Business dates whose digest at the hub differs from the one in hello.
    #[n(5)]
    pub days_differ: Vec<BusinessDate>,
    /// The newer life that fences the one that speaks: its facts are taken, and nothing else goes
    /// on with it. Since 0.2.
    #[n(6)]
    pub fenced_by: Option<Incarnation>,
    /// How far the hub holds the feeds of this edge's earlier lives, if it ever had one: at most
    /// [`LIVES_TOLD_MAX`], the newest. A fenced one may still grow. Since 0.2.
    #[n(8)]
    pub earlier: Option<Vec<FeedHead>>,
    /// What a hub that was restored says of its generation; nothing in the first. Since 0.3.
    #[n(7)]
    pub generation: Option<GenerationTold>,
    /// The newest dictionary with which it reads exchanges in short, and those before; nothing at a
    /// hub that reads whole ones only. Since 0.4.
    #[n(9)]
    pub short: Option<u32>,
}

/// How many earlier lives a welcome names at most.
pub const LIVES_TOLD_MAX: usize = 8;

/// A digest of one business date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DayCount {
    /// The date.
    #[n(0)]
    pub business_date: BusinessDate,
    /// What its sender holds of it, up to its sent head.
    #[n(1)]
    pub digest: DayDigest,
}

/// Records in feed order, declaring where the chain ends after them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Batch {
    /// Which run of the sender's feed.
    #[n(0)]
    pub feed: FeedId,
    /// The first record's number; the others follow without a gap.
    #[n(1)]
    pub first_seq: u64,
    /// The records.
    #[n(2)]
    pub records: Vec<WireRecord>,
    /// The chain after the last record.
    #[n(3)]
    pub end_chain: super::Chain,
    /// The change hash of each record: sent only after a batch did not match its end chain.
    #[n(4)]
    pub hashes: Option<Vec<ChangeHash>>,
}

/// A record as sent: its number follows from its place, its hash and chain from its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WireRecord {
    /// The fact's kind, by number.
    #[n(0)]
    pub kind_number: u32,
    /// The schema of the fact's body.
    #[n(1)]
    pub schema: u32,
    /// The document, as text.
    #[n(2)]
    pub document: String,
    /// The day it counts for.
    #[n(3)]
    pub business_date: BusinessDate,
    /// When.
    #[n(4)]
    pub hlc: Hlc,
    /// The uncompressed change.
    #[n(5)]
    pub change: ByteVec,
}

/// What became of records, durably. It leaves only after the commit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ack {
    /// How far the receiver now holds the sender's feed.
    #[n(0)]
    pub held: FeedHead,
    /// The records of this batch that were not simply stored.
    #[n(1)]
    pub verdicts: Vec<RecordVerdict>,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecordVerdict {
    /// The record's number.
    #[n(0)]
    pub seq: u64,
    /// What became of it.
    #[n(1)]
    pub verdict: Verdict,
    /// For a quarantined record, why: a sentence for a person.
    #[n(2)]
    pub reason: Option<String>,
}

/// What a receiver did with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Verdict {
    /// It is stored and counted.
    #[n(0)]
    Stored,
    /// It was there already.
    #[n(1)]
    Duplicate,
    /// It is kept aside with its bytes; the rest goes on.
    #[n(2)]
    Quarantined,
}

/// Why a whole batch was not taken; the sender continues from the welcome's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, thiserror::Error)]
pub enum BatchRefused {
    /// It starts after the next record the receiver needs.
    #[error("the batch leaves a gap")]
    #[n(0)]
    Gap,
    /// Its records do not lead to its end chain; send it again with a hash for each record.
    #[error("the records do not lead to the declared end of the chain")]
    #[n(1)]
    ChainDiffers,
    /// It overlaps what the receiver holds, and the overlap differs: two feeds in one name.
    #[error("the sender's feed is not the one the receiver knows")]
    #[n(2)]
    Fork,
    /// It is of another run than the one expected.
    #[error("the batch is of another run of the feed")]
    #[n(3)]
    OtherFeed,
    /// It is larger than agreed, empty, or its hashes do not pair with its records.
    #[error("the batch is malformed")]
    #[n(4)]
    Malformed,
}
