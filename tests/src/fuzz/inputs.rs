//! The honest inputs: the golden records, and what is made of them.

use counterpart_protocol::codes::{CodeKind, CodeSigner, LinePaid, LineSold, SignedCode, Subject};
use counterpart_protocol::documents::{Actor, ChangeHash, OrderDocument, Segment};
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{EdgeNumber, Incarnation, OrderId, SaleId, SegmentId, Writer};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sync::{
    Batch, EdgeHeld, Exchange, FeedHead, FeedId, Hello, PROTOCOL_VERSION, Parts, Record, Reply,
    Welcome, WireRecord, pack, unsqueezed,
};
use counterpart_protocol::tax::Rate;
use counterpart_protocol::time::BusinessDate;

use crate::samples::{Told, golden};

/// The dictionary of exchanges in short.
const DICTIONARY: &[u8] = include_bytes!("../../../protocol/dictionaries/1.zdict");
/// Scans as scanners deliver them.
pub(super) const SCANS: &[&str] = &[
    "4006381333931",
    "96385074",
    "036000291452",
    "04006381333931",
    "]E04006381333931",
    "]d2010400638133393117260101",
    "]C1010400638133393110AB-1\u{1d}21XYZ",
    "]Q1https://example.com/01/04006381333931",
    "TEE-M",
    "STAFF 0042",
];
pub(super) const ACTOR: Actor = Actor([5; 16]);
pub(super) const WRITER: Writer = Writer {
    edge: EdgeNumber(7),
    incarnation: Incarnation(1),
};
pub(super) const DOCUMENT: SegmentId = SegmentId {
    writer: WRITER,
    about: None,
    segment: 0,
};

pub(super) fn records() -> Vec<Vec<u8>> {
    golden()
}

/// An exchange that can be said in short, what the hub holds, and what is packed of it.
pub(super) struct InShort {
    pub(super) exchange: Exchange,
    pub(super) by: EdgeHeld,
    pub(super) parts: Parts,
}

/// Some exchanges with a few of the golden records each.
pub(super) fn in_short() -> Vec<InShort> {
    let mut told = Told::begin(7, 1);
    for fact in golden() {
        told.tell(&fact);
    }
    let last = told.records.len();
    let said = (1..last).step_by(9).map(|from| {
        let exchange = told.exchange(from, (from + 2).min(last));
        let before = told.before(from, 2);
        let parts = unsqueezed(&exchange, &before).expect("it can be said in short");
        let by = EdgeHeld {
            edge: exchange.hello.edge,
            actor: exchange.hello.actor,
            held: told.records[from - 1].1,
            before,
        };
        InShort {
            exchange,
            by,
            parts,
        }
    });
    said.collect()
}

/// Packs parts as the product does.
pub(super) fn packed(plain: &[u8], noise: &[u8], known: &[u8]) -> Vec<u8> {
    let dictionary = [DICTIONARY, known].concat();
    let mut zstd = zstd::bulk::Compressor::with_dictionary(3, &dictionary).expect("a dictionary");
    zstd.include_dictid(false).expect("a flag");
    zstd.include_contentsize(false).expect("a flag");
    let packed = zstd.compress(plain).expect("small inputs are compressed");
    let mut body = vec![2, 1];
    let mut length = noise.len();
    while length >= 0x80 {
        body.push(length as u8 | 0x80);
        length >>= 7;
    }
    body.push(length as u8);
    body.extend(noise);
    // zstd's own first four bytes are left out.
    body.extend(&packed[4..]);
    body
}

/// A first change and one that follows it, of every record.
pub(super) fn changes() -> Vec<Vec<u8>> {
    let mut changes = Vec::new();
    for fact in records() {
        let mut segment = Segment::begin(DOCUMENT, ACTOR);
        for seq in 1..=2 {
            let appended = segment.append(seq, &fact).expect("a golden record fits");
            changes.push(appended.change);
        }
    }
    changes
}

pub(super) fn order_changes() -> Vec<Vec<u8>> {
    let mut changes = Vec::new();
    for fact in records() {
        let mut order = OrderDocument::begin(OrderId::from_parts(1, 1), WRITER, ACTOR);
        for epoch in 1..=2 {
            let appended = order.append(epoch, &fact).expect("a golden record fits");
            changes.push(appended.change);
        }
    }
    changes
}

/// The plain bytes of an exchange and of a reply with each record.
pub(super) fn frames() -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    for fact in records() {
        let change = Segment::begin(DOCUMENT, ACTOR)
            .append(1, &fact)
            .expect("it fits");
        let fact = Fact::decode(&fact).expect("a golden record is a fact");
        let batch = batch_of(&fact, change.change);
        let head = FeedHead {
            feed: FeedId(1),
            seq: 1,
            chain: batch.end_chain,
        };
        let exchange = Exchange {
            hello: hello(head),
            ack: None,
            up: Some(batch.clone()),
            back: None,
        };
        let reply = Reply {
            welcome: welcome(head),
            ack: None,
            refused: None,
            down: Some(batch),
        };
        for body in [pack(&exchange), pack(&reply)] {
            let body = body.expect("one record fits a body");
            let plain = zstd::bulk::decompress(&body[1..], 1 << 20);
            frames.push(plain.expect("what was packed is unpacked"));
        }
    }
    frames
}

fn batch_of(fact: &Fact, change: Vec<u8>) -> Batch {
    let record = Record {
        seq: 1,
        kind_number: fact.kind_number,
        schema: fact.schema,
        document: DOCUMENT.into(),
        change: ChangeHash::of(&change),
        business_date: fact.header.business_date,
        hlc: fact.header.hlc,
    };
    let sent = WireRecord {
        kind_number: record.kind_number,
        schema: record.schema,
        document: record.document.to_string(),
        business_date: record.business_date,
        hlc: record.hlc,
        change: change.into(),
    };
    Batch {
        feed: FeedId(1),
        first_seq: 1,
        records: vec![sent],
        end_chain: FeedHead::start(FeedId(1)).after(&record).chain,
        hashes: Some(vec![record.change]),
    }
}

fn hello(up: FeedHead) -> Hello {
    Hello {
        protocol: PROTOCOL_VERSION,
        edge: WRITER.edge,
        incarnation: WRITER.incarnation,
        actor: ACTOR,
        up,
        down: FeedHead::start(FeedId(1)),
        wall_ms: 1_763_890_000_000,
        days: Vec::new(),
        forked_at: None,
        met: None,
        refused: None,
    }
}

fn welcome(down: FeedHead) -> Welcome {
    Welcome {
        protocol: PROTOCOL_VERSION,
        actor: ACTOR,
        down,
        up: FeedHead::start(FeedId(1)),
        wall_ms: 1_763_890_000_000,
        days_differ: vec![BusinessDate::from_days(20_780).expect("a day of this century")],
        fenced_by: Some(Incarnation(3)),
        earlier: Some(vec![FeedHead::start(FeedId(1))]),
        generation: None,
        short: Some(1),
    }
}

pub(super) fn codes(signer: &CodeSigner) -> Vec<Vec<u8>> {
    let kinds = [CodeKind::Receipt, CodeKind::Pickup, CodeKind::PackingSlip];
    let code = |kind| SignedCode {
        kind,
        subject: Subject::Sale(SaleId::from_parts(1_763_890_000_000, 1)),
        store: "ghent".parse().expect("it is a slug"),
        date: BusinessDate::from_days(20_780).expect("a day of this century"),
        epoch: 1,
        currency: Currency::EUR,
        paid_minor: Minor(3_000),
        lines: vec![LinePaid {
            line: 1,
            paid_minor: Minor(3_000),
            sold: Some(LineSold {
                sku: "TEE-M".parse().expect("it is a SKU"),
                quantity_milli: Milli::ONE,
                tax_rate: Rate(21_000),
            }),
        }],
        receipt: None,
    };
    kinds
        .map(|kind| signer.sign(&code(kind)).into_bytes())
        .to_vec()
}
