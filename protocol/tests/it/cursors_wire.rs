//! The messages of the model of cursors, and the product's own frames that they stand for.

use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use counterpart_protocol::documents::{Actor, ChangeHash};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::sync::{
    Batch, BatchRefused, FeedHead, FeedId, Hello, PROTOCOL_VERSION, Record, Reply, Welcome,
    WireRecord,
};
use counterpart_protocol::time::BusinessDate;

pub(crate) const ACTOR: Actor = Actor([1; 16]);
/// How many records each side writes at most.
pub(crate) const WRITTEN: u64 = 2;

/// An exchange on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    /// How far the edge was, and how far it was in the hub's feed.
    pub(crate) up: u64,
    pub(crate) down: u64,
    pub(crate) batch: Sent,
}

/// A reply on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Replied {
    pub(crate) up: u64,
    pub(crate) down: u64,
    pub(crate) refused: Option<BatchRefused>,
    pub(crate) batch: Sent,
}

impl Hash for Replied {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.up, self.down, self.refused.is_some(), self.batch).hash(state);
    }
}

/// A batch: the records after one up to another, none if these are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Sent {
    pub(crate) after: u64,
    pub(crate) to: u64,
    pub(crate) with_hashes: bool,
    pub(crate) damaged: bool,
}

/// The heads of either feed after each of its records: both have the same ones here.
pub(crate) static HEADS: LazyLock<Vec<FeedHead>> = LazyLock::new(|| {
    let mut heads = vec![FeedHead::start(FeedId(1))];
    for seq in 1..=WRITTEN {
        let last = heads[heads.len() - 1];
        heads.push(last.after(&record(seq)));
    }
    heads
});

pub(crate) fn head(seq: u64) -> FeedHead {
    HEADS[usize::try_from(seq).unwrap()]
}

pub(crate) fn change(seq: u64) -> Vec<u8> {
    vec![u8::try_from(seq).unwrap(); 20]
}

pub(crate) fn record(seq: u64) -> Record {
    Record {
        seq,
        kind_number: 1,
        schema: 1,
        document: "7/1/0".parse().unwrap(),
        change: ChangeHash::of(&change(seq)),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        hlc: Hlc(seq),
    }
}

pub(crate) fn batch(sent: Sent) -> Option<Batch> {
    let wire = |seq: u64| WireRecord {
        kind_number: 1,
        schema: 1,
        document: "7/1/0".to_owned(),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        hlc: Hlc(seq),
        change: change(seq).into(),
    };
    let mut records: Vec<WireRecord> = (sent.after + 1..=sent.to).map(wire).collect();
    let hashes = records
        .iter()
        .map(|one| ChangeHash::of(&one.change))
        .collect();
    let hashes = sent.with_hashes.then_some(hashes);
    if sent.damaged {
        records.first_mut()?.change = vec![0xee; 20].into();
    }
    (!records.is_empty()).then(|| Batch {
        feed: FeedId(1),
        first_seq: sent.after + 1,
        records,
        end_chain: head(sent.to).chain,
        hashes,
    })
}

pub(crate) fn hello(asked: Asked) -> Hello {
    Hello {
        protocol: PROTOCOL_VERSION,
        edge: EdgeNumber(7),
        incarnation: Incarnation(1),
        actor: ACTOR,
        up: head(asked.up),
        down: head(asked.down),
        wall_ms: 0,
        days: Vec::new(),
        forked_at: None,
        met: None,
        refused: None,
    }
}

pub(crate) fn reply(replied: Replied) -> Reply {
    let welcome = Welcome {
        protocol: PROTOCOL_VERSION,
        actor: ACTOR,
        down: head(replied.down),
        up: head(replied.up),
        wall_ms: 0,
        days_differ: Vec::new(),
        fenced_by: None,
        generation: None,
        earlier: None,
        short: None,
    };
    Reply {
        welcome,
        ack: None,
        refused: replied.refused,
        down: batch(replied.batch),
    }
}
