//! The golden records: one fact of every kind as the bytes that stand on stores' disks, and what
//! becomes of each of their bits when it is flipped.
//!
//! The list is `tests/corpus/records.txt`, a line `word hex` a record. A line is never changed: a
//! program must read what an older one wrote. A new kind adds a line; the failing test prints it.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use counterpart_protocol::documents::{
    Actor, ChangeHash, Expected, OrderDocument, Segment, admit, admit_to_order, stored_fact,
};
use counterpart_protocol::facts::{Fact, Kind, check_canonical};
use counterpart_protocol::ids::{EdgeNumber, Incarnation, OrderId, SegmentId, Writer};
use counterpart_protocol::orders::{Order, OrderFact};
use counterpart_protocol::rights::effects;
use counterpart_protocol::sync::{
    Batch, Exchange, FeedHead, FeedId, Hello, PROTOCOL_VERSION, Record, WireRecord, check_batch,
    pack, unpack,
};

use crate::golden_facts::facts;

const RECORDS: &str = include_str!("../../../tests/corpus/records.txt");
const ACTOR: Actor = Actor([5; 16]);
const WRITER: Writer = Writer {
    edge: EdgeNumber(7),
    incarnation: Incarnation(1),
};
const DOCUMENT: SegmentId = SegmentId {
    writer: WRITER,
    about: None,
    segment: 0,
};
const EXPECTED: Expected = Expected {
    document: DOCUMENT,
    actor: ACTOR,
    seq: 1,
};

pub(crate) fn lines() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let lines = RECORDS.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let (word, hex) = line.split_once(' ').expect("a line is: word hex");
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (word, (0..hex.len()).step_by(2).map(digit).collect())
    })
}

fn line(fact: &Fact) -> String {
    let hex = fact
        .encode()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    format!("{} {hex}", fact.kind().unwrap().word())
}

fn flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    })
}

#[test]
fn what_a_program_writes_is_what_older_ones_wrote() {
    let there: BTreeSet<&str> = RECORDS.lines().collect();
    let missing: Vec<String> = facts()
        .iter()
        .map(line)
        .filter(|line| !there.contains(line.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "not in the list:\n{}",
        missing.join("\n")
    );
    let kinds: BTreeSet<&str> = lines().map(|(word, _)| word).collect();
    assert!(kinds.len() >= 46, "the list lost kinds: {kinds:?}");
}

#[test]
fn every_golden_record_reads_and_spells_itself_again() {
    for (word, bytes) in lines() {
        check_canonical(&bytes).unwrap();
        let fact = Fact::decode(&bytes).unwrap();
        assert_eq!(fact.kind().map(Kind::word), Some(word));
        assert_eq!(fact.encode(), bytes, "{word}");
        fact.body_json().unwrap();
    }
}

/// Reads everything that is read of a fact, whatever it says: only a panic is wrong.
fn use_it(fact: &Fact) {
    let _json = fact.body_json();
    let _effects = effects(fact, WRITER.edge, Some(WRITER.edge));
    let stated = OrderFact {
        fact: fact.clone(),
        writer: WRITER,
        epoch: 1,
        seq: 1,
    };
    let _order = Order::fold([&stated]);
    let _raised = counterpart_protocol::orders::exceptions(std::slice::from_ref(&stated));
}

#[test]
fn a_flipped_bit_of_a_fact_is_refused_or_says_what_its_bytes_say() {
    for (word, bytes) in lines() {
        for flipped in flips(&bytes) {
            let used = catch_unwind(|| match Fact::decode(&flipped) {
                // A field of a newer program is skipped, and all else must spell itself again.
                Ok(fact) => {
                    use_it(&fact);
                    let again = fact.encode();
                    again == flipped || Fact::decode(&again).as_ref() == Ok(&fact)
                }
                Err(_) => true,
            });
            assert!(matches!(used, Ok(true)), "{word}: {flipped:02x?}");
        }
    }
}

#[test]
fn no_flipped_bit_of_a_change_is_let_in() {
    for (word, bytes) in lines() {
        let change = Segment::begin(DOCUMENT, ACTOR)
            .append(1, &bytes)
            .unwrap()
            .change;
        let admitted = admit(&change, &EXPECTED).unwrap();
        assert_eq!(admitted.fact_bytes, bytes);
        let hash = ChangeHash::of(&change);
        for flipped in flips(&change) {
            assert!(
                admit(&flipped, &EXPECTED).is_err(),
                "{word}: {flipped:02x?}"
            );
            assert_eq!(stored_fact(&flipped, hash), None);
        }
        let order = OrderId::from_parts(1, 1);
        let mut document = OrderDocument::begin(order, WRITER, ACTOR);
        let change = document.append(1, &bytes).unwrap().change;
        admit_to_order(&change).unwrap();
        for flipped in flips(&change) {
            assert!(admit_to_order(&flipped).is_err(), "{word}: {flipped:02x?}");
        }
    }
}

/// An exchange with one record, and the record's place in its feed.
fn exchange(bytes: &[u8]) -> (Exchange, FeedHead) {
    let fact = Fact::decode(bytes).unwrap();
    let change = Segment::begin(DOCUMENT, ACTOR).append(1, bytes).unwrap();
    let record = Record {
        seq: 1,
        kind_number: fact.kind_number,
        schema: fact.schema,
        document: DOCUMENT.into(),
        change: change.hash,
        business_date: fact.header.business_date,
        hlc: fact.header.hlc,
    };
    let head = FeedHead::start(FeedId(1)).after(&record);
    let sent = WireRecord {
        kind_number: record.kind_number,
        schema: record.schema,
        document: record.document.to_string(),
        business_date: record.business_date,
        hlc: record.hlc,
        change: change.change.into(),
    };
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
        edge: WRITER.edge,
        incarnation: WRITER.incarnation,
        actor: ACTOR,
        up: head,
        down: FeedHead::start(FeedId(1)),
        wall_ms: 1_763_890_000_000,
        days: Vec::new(),
        forked_at: None,
        met: None,
        refused: None,
    };
    let up = Batch {
        feed: FeedId(1),
        first_seq: 1,
        records: vec![sent],
        end_chain: head.chain,
        hashes: None,
    };
    let exchange = Exchange {
        hello,
        ack: None,
        up: Some(up),
        back: None,
    };
    (exchange, head)
}

#[test]
fn a_flipped_bit_of_a_frame_never_gets_another_record_in() {
    for (word, bytes) in lines() {
        let (honest, head) = exchange(&bytes);
        let body = pack(&honest).unwrap();
        assert_eq!(unpack::<Exchange>(&body).unwrap(), honest);
        for flipped in flips(&body) {
            let Ok(Exchange {
                up: Some(batch), ..
            }) = unpack::<Exchange>(&flipped)
            else {
                continue;
            };
            let Ok(intake) = check_batch(FeedHead::start(FeedId(1)), &batch, |_| None) else {
                continue;
            };
            for offered in intake.new {
                let same = offered.head == head && batch.end_chain == head.chain;
                assert!(same || !offered.intact, "{word}: another record came in");
            }
        }
    }
}
