//! Exchanges as stores say them, without a store: what a dictionary is made of, and what frames are
//! measured with.

use counterpart_protocol::documents::{Actor, ChangeHash, Segment};
use counterpart_protocol::facts::{Body, Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{
    EdgeNumber, FactId, Incarnation, RegisterId, SegmentId, StaffId, Writer,
};
use counterpart_protocol::sync::{
    Ack, BEFORE_RECORDS, Batch, Before, Exchange, FeedHead, FeedId, Hello, PROTOCOL_VERSION,
    Record, WireRecord, unsqueezed,
};
use counterpart_protocol::time::BusinessDate;

use crate::chance::Chance;
use crate::trade::{Trade, Wares};

/// The golden records; `protocol/tests/it/golden.rs` says what they are.
const RECORDS: &str = include_str!("../corpus/records.txt");
/// How many sales a dictionary is made of.
const SALES: usize = 4_000;
/// Which trade they are of.
const SEED: u64 = 4;
/// When it begins, in milliseconds since 1970.
const BEGINS_MS: u64 = 1_790_000_000_000;
/// How far apart two sales of a register are, in milliseconds.
const APART_MS: u64 = 120_000;

/// A store's end of its feed, kept in memory.
pub struct Told {
    actor: Actor,
    segment: Segment,
    head: FeedHead,
    chance: Chance,
    now_ms: u64,
    staff: StaffId,
    /// What was told, in its order.
    pub records: Vec<(WireRecord, FeedHead)>,
}

impl Told {
    /// Begins the feed of a store.
    #[must_use]
    pub fn begin(edge: u32, seed: u64) -> Self {
        let mut chance = Chance::of("told", seed);
        let writer = Writer {
            edge: EdgeNumber(edge),
            incarnation: Incarnation(900_000 + u32::try_from(chance.below(99_999)).expect("small")),
        };
        let document = SegmentId {
            writer,
            about: None,
            segment: 0,
        };
        let half = |chance: &mut Chance| chance.below(u64::MAX).to_be_bytes();
        let actor = [half(&mut chance), half(&mut chance)].concat();
        let actor = Actor(actor.try_into().expect("two halves"));
        Self {
            actor,
            segment: Segment::begin(document, actor),
            head: FeedHead::start(FeedId(writer.incarnation.0)),
            staff: StaffId::from_parts(BEGINS_MS, u128::from(chance.below(u64::MAX)) << 13),
            chance,
            now_ms: BEGINS_MS,
            records: Vec::new(),
        }
    }

    /// States a fact as a register does, some time after the one before.
    ///
    /// # Panics
    ///
    /// Never: the fact is small.
    pub fn state<B: Body>(&mut self, body: &B) {
        self.now_ms += self.chance.between(APART_MS / 4, APART_MS);
        let random = u128::from(self.chance.below(u64::MAX)) << 16;
        let header = Header {
            id: FactId::from_parts(self.now_ms, random | u128::from(self.chance.below(0xffff))),
            hlc: Hlc(self.now_ms << 16),
            business_date: BusinessDate::from_days(20_717).expect("a day of this century"),
            register: Some(RegisterId(1)),
            staff: Some(self.staff),
        };
        self.tell(&Fact::new(header, body).encode());
    }

    /// Tells a fact's bytes.
    ///
    /// # Panics
    ///
    /// When they are none, or too many.
    pub fn tell(&mut self, bytes: &[u8]) {
        if self.segment.is_full() {
            let next = self.segment.document().next_segment();
            self.segment = Segment::begin(next, self.actor);
        }
        let seq = self.head.seq + 1;
        let change = self
            .segment
            .append(seq, bytes)
            .expect("a small fact")
            .change;
        let fact = Fact::decode(bytes).expect("a fact");
        let record = Record {
            seq,
            kind_number: fact.kind_number,
            schema: fact.schema,
            document: self.segment.document().into(),
            change: ChangeHash::of(&change),
            business_date: fact.header.business_date,
            hlc: fact.header.hlc,
        };
        self.head = self.head.after(&record);
        let sent = WireRecord {
            kind_number: record.kind_number,
            schema: record.schema,
            document: record.document.to_string(),
            business_date: record.business_date,
            hlc: record.hlc,
            change: change.into(),
        };
        self.records.push((sent, self.head));
    }

    /// Returns the exchange that tells the records from number `from` (from 0) to before `to`.
    #[must_use]
    pub fn exchange(&self, from: usize, to: usize) -> Exchange {
        let down = FeedHead {
            seq: 40 + self.head.seq / 100,
            ..FeedHead::start(FeedId(1))
        };
        let (_, end) = self.records[to - 1];
        Exchange {
            hello: Hello {
                protocol: PROTOCOL_VERSION,
                edge: self.segment.document().writer.edge,
                incarnation: self.segment.document().writer.incarnation,
                actor: self.actor,
                up: end,
                down,
                wall_ms: i64::try_from(self.now_ms + 60).expect("a time of this century"),
                days: Vec::new(),
                forked_at: None,
                met: None,
                refused: None,
            },
            ack: Some(Ack {
                held: down,
                verdicts: Vec::new(),
            }),
            up: Some(Batch {
                feed: end.feed,
                first_seq: from as u64 + 1,
                records: self.records[from..to]
                    .iter()
                    .map(|(sent, _)| sent.clone())
                    .collect(),
                end_chain: end.chain,
                hashes: None,
            }),
            back: None,
        }
    }

    /// Returns what a compressor gets of the exchange that tells one record.
    fn sample(&self, at: usize) -> Option<Vec<u8>> {
        let before = self.before(at, BEFORE_RECORDS as usize);
        unsqueezed(&self.exchange(at, at + 1), &before).map(|parts| parts.plain)
    }

    /// Returns the last `count` records before one as both ends know them.
    ///
    /// # Panics
    ///
    /// Never: what was told names its document.
    #[must_use]
    pub fn before(&self, from: usize, count: usize) -> Vec<Before> {
        let some = &self.records[from.saturating_sub(count)..from];
        let known = some.iter().map(|(sent, _)| Before {
            document: sent.document.parse().expect("a document"),
            change: sent.change.to_vec(),
        });
        known.collect()
    }
}

/// Returns the golden records' bytes.
///
/// # Panics
///
/// Never: they are hex.
#[must_use]
pub fn golden() -> Vec<Vec<u8>> {
    let lines = RECORDS.lines().filter(|line| !line.starts_with('#'));
    let hex = lines.filter_map(|line| line.split_once(' ').map(|(_, hex)| hex));
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).expect("hex is text");
        u8::from_str_radix(pair, 16).expect("the corpus is hex")
    };
    hex.map(|hex| hex.as_bytes().chunks(2).map(byte).collect())
        .collect()
}

/// Returns what dictionaries are made of: exchanges with one sale each, of shops whose goods are
/// called otherwise than those the benches sell, and one with each golden record.
#[must_use]
pub fn samples() -> Vec<Vec<u8>> {
    let mut samples = Vec::new();
    for (wares, register) in [Wares::Garden, Wares::Fashion, Wares::Books]
        .into_iter()
        .zip(1..)
    {
        let mut trade = Trade::of(register, 9_000, SEED).selling(wares);
        let mut told = Told::begin(u32::from(register) + 10, SEED + u64::from(register));
        for at in 0..SALES / 3 {
            told.state(&trade.sale());
            samples.extend(told.sample(at));
        }
    }
    let mut told = Told::begin(5, SEED);
    for (at, bytes) in golden().iter().enumerate() {
        told.tell(bytes);
        samples.extend(told.sample(at));
    }
    samples
}
