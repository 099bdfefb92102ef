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
//!
//! # The bytes
//!
//! Enough to speak it from another language. The transport is HTTPS with TLS 1.3 and the client
//! certificate the hub gave at enrolment (`POST /v1/enrolments`, JSON); the edge's number is the
//! certificate's, and an exchange that says another one is refused.
//!
//! ```text
//! POST /sync/v1/exchange                        an Exchange
//!      200 a Reply; 403, 409, 503 a problem (RFC 9457); 412 what was said in short is to be said
//!      whole
//! POST /sync/v1/recovery                        a RecoveryAsked, while a new life recovers
//!      200 a RecoveryTold; 403, 503 a problem
//! POST /sync/v1/comparison                      a ComparisonAsked, whenever the edge likes
//!      200 a ComparisonTold; 400, 403, 503 a problem
//! GET  /sync/v1/wake?feed=F&after=N&timeout_s=S
//!      200 {"feed":F,"seq":M} once M > N; 204 after S seconds
//! GET  /sync/v1/reference/{kind}
//!      200 a snapshot, or what changed since the ETag named; the hub's fact has its hash
//! ```
//!
//! A body of the exchange, in either direction ([`pack`], [`unpack`]):
//!
//! ```text
//! offset  length  what
//! 0       1       0x01, the form; another value is refused
//! 1       rest    one zstd frame (RFC 8878) of one CBOR item (RFC 8949), without a dictionary
//! ```
//!
//! At most [`BODY_BYTES_MAX`] bytes as sent and [`PLAIN_BYTES_MAX`] inflated; a receiver stops
//! while inflating. The CBOR item is a map with the unsigned integers below as keys; a field that
//! is not there is left out or `null`, unknown keys are skipped, lengths are definite.
//!
//! ```text
//! Exchange       0 hello: Hello          1 ack: Ack              2 up: Batch
//!                3 back: SentBack, what a restored hub asked for
//! Reply          0 welcome: Welcome      1 ack: Ack              2 refused: see BatchRefused
//!                3 down: Batch
//! Hello          0 protocol: uint        1 edge: uint            2 incarnation: uint
//!                3 actor: 16 bytes       4 up: FeedHead          5 down: FeedHead
//!                6 wall_ms: int          7 days: array of DayCount
//!                8 forked_at: uint, the edge found itself behind its past and goes on with nothing
//!                9 met: HubMet              10 refused: RefusedKnown, of its own records
//! Welcome        0 protocol: uint        1 actor: 16 bytes       2 down: FeedHead
//!                3 up: FeedHead          4 wall_ms: int          5 days_differ: array of day
//!                6 fenced_by: uint, the newer life       7 generation: GenerationTold, of a hub
//!                  that was restored     8 earlier: array of FeedHead, of the edge's older lives
//!                9 short: uint, the newest dictionary with which it reads exchanges in short
//! FeedHead       0 feed: uint            1 seq: uint, 0 before the first record
//!                2 chain: 32 bytes
//! Batch          0 feed: uint            1 first_seq: uint, from 1
//!                2 records: array of WireRecord                  3 end_chain: 32 bytes
//!                4 hashes: array of 32 bytes
//! WireRecord     0 kind: uint            1 schema: uint          2 document: text
//!                3 business_date: day    4 hlc: uint, milliseconds << 16 | counter
//!                5 change: bytes, one uncompressed Automerge change
//! Ack            0 held: FeedHead        1 verdicts: array of those not simply stored
//! RecordVerdict  0 seq: uint             1 verdict: 0 stored, 1 duplicate, 2 quarantined
//!                2 reason: text
//! RecoveryAsked  0 edge: uint            1 incarnation: uint     2 actor: 16 bytes
//!                3 nonce: 16 bytes       4 at: FeedHead, a place in the feed of an earlier life
//! RecoveryTold   0 nonce: the asker's    1 newest: LifeMet       2 lives: array of FeedHead
//!                3 at: the asker's       4 agrees: bool          5 actor: 16 bytes
//!                6 batch: Batch, what comes after "at" if it agrees
//!                7 aside: array of RecordVerdict, those of them the hub set aside
//! HubMet         0 generation: uint      1 runs: array of RunMet
//! RunMet         0 whose: 0 the hub's, 1 the edge's              1 head: FeedHead
//! RefusedKnown   0 count: uint           1 sum: uint, of their numbers, modulo 2^64
//! GenerationTold 0 generation: uint      1 heard: bool           2 asks: RunMet
//!                3 settled: bool
//! SentBack       0 at: RunMet            1 actor: 16 bytes       2 batch: Batch
//!                3 aside: array of RecordVerdict, those of the edge's own that were set aside
//! ComparisonAsked 0 edge: uint           1 incarnation: uint     2 way: 0 up, 1 down
//!                3 feed: uint            4 spans: array of SpanSum
//!                5 mend: array of Leaf, what the hub said it lacks
//! ComparisonTold 0 looked: uint, of the spans                    1 differ: array of uint
//!                2 leaves: array of Leaf                         3 mended: array of uint
//! SpanSum        0 span: Span            1 digest: DayDigest, of the bytes that are right
//! Span           0 first: uint, from 1   1 records: uint
//! Leaf           0 seq: uint             1 change: bytes
//! LifeMet        0 incarnation: uint     1 actor: 16 bytes
//! DayCount       0 business_date: day    1 digest: DayDigest
//! day            int, days since 1970-01-01
//! ```
//!
//! A batch holds at most [`BATCH_RECORDS_MAX`] records and [`BATCH_BYTES_MAX`] bytes of changes,
//! unless its one record is larger. Numbers follow from `first_seq` without a gap.
//!
//! **The chain.** It begins with 32 zero bytes. After each record it is SHA-256 of the 32 bytes
//! before and the record's canonical bytes: the CBOR array `[seq, kind, schema, document,
//! change hash, business date, hlc]`, shortest forms, where the change hash is SHA-256 of the
//! change's bytes (32 bytes). A receiver computes both; records that do not lead to `end_chain` are
//! answered [`BatchRefused::ChainDiffers`], and the batch is sent again with `hashes`, so that the
//! one damaged record can be told from a damaged feed.
//!
//! **The fact** inside a change stands under the key `<edge>/<incarnation>/<seq, 8 hex digits>` of
//! the document `<edge>/<incarnation>/<segment>`, as bytes: a canonical CBOR map with 0 id
//! (16 bytes), 1 kind, 2 schema, 3 hlc, 4 business date, 5 register, 6 staff (16 bytes),
//! 7 must-understand (true), 8 the heads of the segment before, 9 the body, a map of its own.
//! Received bytes are stored and forwarded verbatim.
//!
//! **In short.** A hub that says `short` in its welcome also takes a body of another form, and
//! answers it in that form. Nobody has to speak it; an edge that does saves four fifths of a
//! sale's bytes:
//!
//! ```text
//! offset  length  what
//! 0       1       0x02, the form
//! 1       1       the dictionary's number, 1: the file protocol/dictionaries/1.zdict
//! 2       N       length of the noise, LEB128, and the noise: bytes nobody can compress
//!                 one zstd frame of the plain part, without its magic number, content size,
//!                 checksum and dictionary id; the dictionary is the file's bytes, followed by the
//!                 folded facts of the last 16 records both hold, a zero before each, and of these
//!                 the last 16 KiB
//! ```
//!
//! The plain part of an exchange is a byte of flags (1 ack, 2 with verdicts, 4 met, 8 the feed
//! goes further than the batch, 16 refused), the `down` feed and number, then as flagged: how many
//! records further, the CBOR of `met`, of `refused` and of the verdicts, each after its length;
//! then the records, and `wall_ms` less the time seen last, zigzag. Of a reply: flags (1 `up` is
//! hello's, 2 `down` is where the edge will be, 4 ack, 8 with verdicts, 16 generation, 32 earlier,
//! 64 records), `short`, then the numbers and CBOR not implied, the records, and `wall_ms` less
//! hello's.
//! Numbers are LEB128; chains that are not implied stand in the noise, and at its end the first 12
//! bytes of SHA-256 of the message's whole CBOR, which a receiver makes again and compares.
//! Records are their count, and each a byte of flags (`short/records.rs`: what is not as expected
//! follows), and its fact folded as `short/fold.rs` says. Days are never said in short, and forks,
//! hashes and batches that were refused neither.
//!
//! **What a sender does.** It sends what comes after the `up` of the last welcome. An answer that
//! never came is no reason to think: the next exchange says where both are. `refused` means "go on
//! from the welcome's head"; a fork stops it until a person has looked.

mod comparison;
mod digest;
mod edge;
mod feed;
mod frames;
mod generation;
mod hub;
mod intake;
mod recovery;
mod short;
mod wire;

pub use comparison::{
    COMPARED_MAX, Compared, Comparison, ComparisonAsked, ComparisonTold, DIFFERING_MAX,
    HANDED_BYTES_MAX, Leaf, SPAN_RECORDS_MAX, SPANS_MAX, Span, SpanSum, Way,
};
pub use digest::DayDigest;
pub use edge::{EdgeSession, MoreDown, Phase, Step, Trouble, WithHashes};
pub use feed::{Chain, FeedHead, FeedId, Record};
pub use frames::{
    Ack, Batch, BatchRefused, DayCount, Exchange, Hello, LIVES_TOLD_MAX, PROTOCOL_VERSION,
    RecordVerdict, RefusedKnown, Reply, Verdict, Welcome, WireRecord,
};
pub use generation::{
    FIRST_GENERATION, GenerationTold, HearStep, HubMet, RUNS_MAX, RunMet, RunSeen, SentBack, Whose,
    hear_step,
};
pub use hub::{Greeting, KnownEdge, greet};
pub use intake::{Intake, Offered, check_batch};
pub use recovery::{
    LIVES_MAX, LifeMet, LifeSeen, LifeStep, Nonce, RecoveryAsked, RecoveryTold, next_step,
};
pub use short::{
    BEFORE_RECORDS, Before, DICTIONARY, EdgeHeld, Parts, SayWhole, ShortTalk, is_short, lengthen,
    lengthen_reply, shorten, shorten_reply, unsqueezed,
};
pub use wire::{BODY_BYTES_MAX, PLAIN_BYTES_MAX, WireBody, WireFailed, pack, unpack};

/// How many records one batch holds at most (evidence/sync.md §3.6).
pub const BATCH_RECORDS_MAX: usize = 256;
/// How many bytes of changes one batch holds at most, unless its one record is larger.
pub const BATCH_BYTES_MAX: usize = 64 * 1024;
