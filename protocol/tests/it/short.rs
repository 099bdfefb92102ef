//! Exchanges in short: what is made whole is what was said, for every kind of fact and for
//! nonsense, and no bit that is flipped on the way makes it anything else.

use counterpart_protocol::documents::{Actor, ChangeHash, OrderDocument, Segment, Shape};
use counterpart_protocol::facts::Fact;
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{EdgeNumber, Incarnation, OrderId, SegmentId, Writer};
use counterpart_protocol::sync::{
    Ack, Batch, Before, Chain, EdgeHeld, Exchange, FeedHead, FeedId, Hello, HubMet,
    PROTOCOL_VERSION, Record, RecordVerdict, Reply, SayWhole, Verdict, Welcome, WireRecord,
    is_short, lengthen, lengthen_reply, shorten, shorten_reply,
};
use counterpart_protocol::time::BusinessDate;
use proptest::prelude::{any, prop, prop_assert_eq, proptest};

use crate::golden::lines;

const ACTOR: Actor = Actor([5; 16]);
const HUBS: Actor = Actor([9; 16]);
const WRITER: Writer = Writer {
    edge: EdgeNumber(7),
    incarnation: Incarnation(1),
};
const DOWN: FeedHead = FeedHead {
    feed: FeedId(1),
    seq: 6,
    chain: Chain([6; 32]),
};

fn sent(document: &str, fact: &[u8], change: Vec<u8>) -> WireRecord {
    let said = Fact::decode(fact).ok();
    let day = BusinessDate::from_days(20_780).unwrap();
    WireRecord {
        kind_number: said.as_ref().map_or(1, |fact| fact.kind_number),
        schema: said.as_ref().map_or(1, |fact| fact.schema),
        document: document.to_owned(),
        business_date: said.as_ref().map_or(day, |fact| fact.header.business_date),
        hlc: said.as_ref().map_or(Hlc(3), |fact| fact.header.hlc),
        change: change.into(),
    }
}

/// The records of a feed with these facts, in two segments.
fn journal(facts: &[Vec<u8>]) -> Vec<WireRecord> {
    let first = SegmentId {
        writer: WRITER,
        about: None,
        segment: 0,
    };
    let mut segment = Segment::begin(first, ACTOR);
    let mut records = Vec::new();
    for (seq, fact) in (1..).zip(facts) {
        if seq == 1 + facts.len() as u64 / 2 && seq > 1 {
            segment = Segment::begin(segment.document().next_segment(), ACTOR);
        }
        let change = segment.append(seq, fact).unwrap().change;
        records.push(sent(&segment.document().to_string(), fact, change));
    }
    records
}

fn heads(records: &[WireRecord]) -> Vec<FeedHead> {
    let mut heads = vec![FeedHead::start(FeedId(1))];
    for (seq, sent) in (1..).zip(records) {
        let record = Record {
            seq,
            kind_number: sent.kind_number,
            schema: sent.schema,
            document: sent.document.parse().unwrap(),
            change: ChangeHash::of(&sent.change),
            business_date: sent.business_date,
            hlc: sent.hlc,
        };
        heads.push(heads.last().unwrap().after(&record));
    }
    heads
}

/// The exchange that tells the records after number `after` up to `to`, and what the hub holds.
fn exchange(records: &[WireRecord], after: usize, to: usize) -> (Exchange, EdgeHeld) {
    let heads = heads(records);
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
        edge: WRITER.edge,
        incarnation: WRITER.incarnation,
        actor: ACTOR,
        up: heads[records.len()],
        down: DOWN,
        wall_ms: 1_763_890_000_000,
        days: Vec::new(),
        forked_at: None,
        met: None,
        refused: None,
    };
    let up = Batch {
        feed: FeedId(1),
        first_seq: after as u64 + 1,
        records: records[after..to].to_vec(),
        end_chain: heads[to].chain,
        hashes: None,
    };
    let before = records[after.saturating_sub(3)..after].iter();
    let before = before.map(|sent| Before {
        document: sent.document.parse().unwrap(),
        change: sent.change.to_vec(),
    });
    let by = EdgeHeld {
        edge: WRITER.edge,
        actor: ACTOR,
        held: heads[after],
        before: before.collect(),
    };
    let ack = Some(Ack {
        held: DOWN,
        verdicts: Vec::new(),
    });
    let said = Exchange {
        hello,
        ack,
        up: Some(up),
        back: None,
    };
    (said, by)
}

fn whole(body: &[u8], by: &EdgeHeld) -> Result<Exchange, SayWhole> {
    lengthen::<()>(body, by, |feed, seq| {
        Ok((feed == DOWN.feed && seq == DOWN.seq).then_some(DOWN.chain))
    })
    .unwrap()
}

#[track_caller]
fn check(records: &[WireRecord], after: usize, to: usize) -> Vec<u8> {
    let (said, by) = exchange(records, after, to);
    let body = shorten(&said, &by.before).expect("it can be said in short");
    assert!(is_short(&body));
    assert_eq!(whole(&body, &by).as_ref(), Ok(&said));
    body
}

fn golden() -> Vec<Vec<u8>> {
    lines().map(|(_, bytes)| bytes).collect()
}

#[test]
fn every_kind_of_fact_is_made_whole_alone_and_among_others() {
    let records = journal(&golden());
    for at in 0..records.len() {
        assert!(Shape::read(&records[at].change).is_some());
        check(&records, at, at + 1);
    }
    for (after, to) in [
        (0, records.len()),
        (5, 30),
        (records.len() / 2, records.len()),
    ] {
        check(&records, after, to);
    }
}

#[test]
fn a_flipped_bit_is_refused_and_never_another_exchange() {
    let records = journal(&golden());
    for at in 0..records.len() {
        let (said, by) = exchange(&records, at, at + 1);
        let body = shorten(&said, &by.before).unwrap();
        for bit in 0..body.len() * 8 {
            let mut flipped = body.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // Some bits of a compressed frame say nothing: then it must be the same.
            if let Ok(read) = whole(&flipped, &by) {
                assert_eq!(read, said, "bit {bit} of record {at}");
            }
        }
    }
}

#[test]
fn a_hub_that_holds_something_else_asks_for_the_whole() {
    let records = journal(&golden()[..8]);
    let (said, by) = exchange(&records, 4, 6);
    let body = shorten(&said, &by.before).unwrap();
    assert_eq!(whole(&body, &by).as_ref(), Ok(&said));
    let (_, behind) = exchange(&records, 3, 6);
    let (_, ahead) = exchange(&records, 5, 6);
    let mut clone = by.clone();
    clone.actor = Actor([6; 16]);
    let mut other = by.clone();
    other.edge = EdgeNumber(8);
    let mut forked = by.clone();
    forked.held.chain = Chain([1; 32]);
    let mut damaged = by.clone();
    damaged.before[2].change[40] ^= 1;
    let mut forgotten = by.clone();
    forgotten.before.clear();
    for held in [behind, ahead, clone, other, forked, damaged, forgotten] {
        assert_eq!(whole(&body, &held), Err(SayWhole), "{held:?}");
    }
    let lost = lengthen::<()>(&body, &by, |_, _| Ok(None)).unwrap();
    assert_eq!(lost, Err(SayWhole));
    let elsewhere = lengthen::<()>(&body, &by, |_, _| Ok(Some(Chain([7; 32])))).unwrap();
    assert_eq!(elsewhere, Err(SayWhole));
}

#[test]
fn what_is_no_change_of_ours_goes_as_it_is() {
    let facts = golden();
    let mut records = journal(&facts[..6]);
    records[1].change = b"no change at all".to_vec().into();
    records[2].hlc = Hlc(77);
    records[3].document = "7/1/9".to_owned();
    let last = records[4].change.len() - 1;
    records[4].change[last] ^= 1;
    check(&records, 0, 6);
    check(&records, 2, 5);
    // A document nobody can name has no place in a chain: whoever has one says it whole.
    let (mut said, by) = exchange(&records, 0, 6);
    said.up.as_mut().unwrap().records[0].document = "nonsense".to_owned();
    let body = shorten(&said, &by.before).unwrap();
    assert_eq!(whole(&body, &by), Err(SayWhole));
}

#[test]
fn orders_and_their_writers_are_made_whole() {
    let facts = golden();
    let mut records = journal(&facts[..4]);
    let order = OrderId::from_parts(1, 1);
    let hub = Writer {
        edge: EdgeNumber::HUB,
        incarnation: Incarnation(1),
    };
    let mut ours = OrderDocument::begin(order, hub, HUBS);
    let first = ours.append(1, &facts[0]).unwrap();
    let theirs = OrderDocument::load(order, WRITER, ACTOR, [first.change.clone()], &[first.head]);
    let mut theirs = theirs.unwrap();
    let name = format!("order/{order}");
    records.insert(2, sent(&name, &facts[0], first.change));
    let second = theirs.append(1, &facts[1]).unwrap().change;
    records.insert(3, sent(&name, &facts[1], second));
    let beside = ours.append(2, &facts[2]).unwrap().change;
    records.push(sent(&name, &facts[2], beside));
    for after in 0..records.len() {
        check(&records, after, records.len());
    }
}

#[test]
fn what_only_a_whole_exchange_can_say_is_not_said_in_short() {
    let records = journal(&golden()[..4]);
    let (said, by) = exchange(&records, 0, 4);
    let hashes = records.iter().map(|sent| ChangeHash::of(&sent.change));
    let mut with_hashes = said.clone();
    with_hashes.up.as_mut().unwrap().hashes = Some(hashes.collect());
    let mut forked = said.clone();
    forked.hello.forked_at = Some(3);
    let mut nothing = said.clone();
    nothing.up = None;
    let mut newer = said.clone();
    newer.hello.protocol += 1;
    for only in [with_hashes, forked, nothing, newer] {
        assert_eq!(shorten(&only, &by.before), None);
    }
    // What it knows of the hub, and what it set aside, can be.
    let mut more = said;
    more.hello.met = Some(HubMet {
        generation: 3,
        runs: None,
    });
    more.ack.as_mut().unwrap().verdicts = vec![aside()];
    let body = shorten(&more, &by.before).unwrap();
    assert_eq!(whole(&body, &by), Ok(more));
}

fn aside() -> RecordVerdict {
    RecordVerdict {
        seq: 2,
        verdict: Verdict::Quarantined,
        reason: Some("the view could not use it".to_owned()),
    }
}

/// Replies to an exchange: that all is stored; that some is, with news; with what was set aside.
fn replies(asked: &Exchange) -> Vec<Reply> {
    let welcome = Welcome {
        protocol: PROTOCOL_VERSION,
        actor: HUBS,
        down: DOWN,
        up: asked.hello.up,
        wall_ms: asked.hello.wall_ms + 40,
        days_differ: Vec::new(),
        fenced_by: None,
        generation: None,
        earlier: None,
        short: Some(1),
    };
    let stored = Reply {
        ack: Some(Ack {
            held: welcome.up,
            verdicts: Vec::new(),
        }),
        welcome,
        refused: None,
        down: None,
    };
    let mut some = stored.clone();
    some.welcome.up.seq -= 1;
    some.welcome.up.chain = Chain([3; 32]);
    some.welcome.down.seq += 40;
    some.ack = Some(Ack {
        held: some.welcome.up,
        verdicts: vec![aside()],
    });
    some.welcome.earlier = Some(vec![FeedHead::start(FeedId(1))]);
    let mut news = stored.clone();
    let records = journal(&golden()[..3]);
    let mut head = DOWN;
    for sent in &records {
        head = head.after(&Record {
            seq: head.seq + 1,
            kind_number: sent.kind_number,
            schema: sent.schema,
            document: sent.document.parse().unwrap(),
            change: ChangeHash::of(&sent.change),
            business_date: sent.business_date,
            hlc: sent.hlc,
        });
    }
    news.welcome.down = head;
    news.down = Some(Batch {
        feed: DOWN.feed,
        first_seq: DOWN.seq + 1,
        records,
        end_chain: head.chain,
        hashes: None,
    });
    vec![stored, some, news]
}

#[test]
fn a_reply_is_made_whole_and_no_flipped_bit_makes_it_another() {
    let (asked, _) = exchange(&journal(&golden()[..4]), 0, 4);
    for reply in replies(&asked) {
        let body = shorten_reply(&reply, &asked).expect("it can be said in short");
        assert_eq!(lengthen_reply(&body, &asked, HUBS).as_ref(), Some(&reply));
        assert_eq!(lengthen_reply(&body, &asked, ACTOR), None);
        for bit in 0..body.len() * 8 {
            let mut flipped = body.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Some(read) = lengthen_reply(&flipped, &asked, HUBS) {
                assert_eq!(read, reply, "bit {bit}");
            }
        }
    }
}

#[test]
fn what_only_a_whole_reply_can_say_is_not_said_in_short() {
    let (asked, _) = exchange(&journal(&golden()[..4]), 0, 4);
    let [stored, ..] = <[Reply; 3]>::try_from(replies(&asked)).unwrap();
    let mut differs = stored.clone();
    differs.welcome.days_differ = vec![BusinessDate::from_days(20_780).unwrap()];
    let mut fenced = stored.clone();
    fenced.welcome.fenced_by = Some(Incarnation(9));
    let mut other_run = stored;
    other_run.welcome.down = FeedHead::start(FeedId(2));
    for only in [differs, fenced, other_run] {
        assert_eq!(shorten_reply(&only, &asked), None);
    }
}

proptest! {
    #[test]
    fn any_facts_are_made_whole(
        facts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..200), 1..12),
        numbers in prop::collection::vec(any::<u64>(), 0..12),
        after in 0_usize..12,
    ) {
        // Bytes that are no facts, and facts of numbers of every size.
        let header = [0xa6, 0x00, 0x50];
        let made = numbers.iter().map(|number| {
            let mut fact = [&header[..], &[1; 16], &[1, 1, 2, 1, 3, 0x1b]].concat();
            fact.extend((number >> 1).max(1 << 41).to_be_bytes());
            fact.extend([4, 0x19, 0x51, 0x2c, 9, 0xa1, 0]);
            minicbor::encode(number, &mut fact).unwrap();
            fact
        });
        let facts: Vec<Vec<u8>> = made.chain(facts).collect();
        let records = journal(&facts);
        check(&records, after.min(records.len() - 1), records.len());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (said, by) = exchange(&journal(&golden()[..2]), 1, 2);
        let body = [&[2, 1][..], &bytes].concat();
        prop_assert_eq!(whole(&body, &by), Err(SayWhole));
        prop_assert_eq!(lengthen_reply(&body, &said, HUBS), None);
    }
}
