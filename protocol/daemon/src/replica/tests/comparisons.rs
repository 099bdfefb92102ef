//! Ends that lost bytes, and a night that finds and mends them.

use counterpart_protocol::facts::NoticePosted;
use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::sync::{
    Comparison, ComparisonAsked, ComparisonTold, DayDigest, FeedId, Leaf, SPANS_MAX, Span, SpanSum,
    Way, WithHashes,
};
use counterpart_protocol::time::BusinessDate;
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use proptest::sample::Index;

use super::{EDGE, Node, Pair, place};
use crate::db::Tx;
use crate::params;
use crate::replica::{ComparisonRefused, LastComparison, ReplicaFailed, SealFailed};

/// The change of record `seq` of a feed, by which direction it stands there.
fn hash_of(node: &Node, direction: &'static str, seq: u64) -> [u8; 32] {
    node.write(move |_, tx| {
        let row = tx.query_one(
            "SELECT change_hash FROM feed_records WHERE direction = $1 AND seq = $2",
            params![direction, i64::try_from(seq).unwrap()],
        )?;
        Ok(row.read(0)?)
    })
}

impl Node {
    /// The disk forgets the bytes of a record.
    pub(super) fn forget(&self, direction: &'static str, seq: u64) {
        let hash = hash_of(self, direction, seq);
        self.write(move |_, tx| {
            let sql = "DELETE FROM changes WHERE change_hash = $1";
            assert_eq!(tx.execute(sql, params![hash])?, 1);
            Ok(())
        });
    }

    /// The disk turns a bit of the bytes of a record.
    pub(super) fn rot(&self, direction: &'static str, seq: u64) {
        let hash = hash_of(self, direction, seq);
        self.write(move |_, tx| {
            let row = tx.query_one(
                "SELECT bytes FROM changes WHERE change_hash = $1",
                params![hash],
            )?;
            let mut bytes: Vec<u8> = row.read(0)?;
            bytes[0] ^= 1;
            let sql = "UPDATE changes SET bytes = $2 WHERE change_hash = $1";
            assert_eq!(tx.execute(sql, params![hash, bytes])?, 1);
            Ok(())
        });
    }

    pub(super) fn due(&self) -> Option<Comparison> {
        self.write(|replica, tx| replica.comparison_due(tx))
    }

    pub(super) fn last(&self) -> [Option<LastComparison>; 2] {
        self.write(|replica, tx| Ok(replica.last_comparisons(tx)?))
    }

    pub(super) fn told(&self, asked: ComparisonAsked) -> Result<ComparisonTold, ComparisonRefused> {
        let replica = self.replica.clone();
        self.db
            .write_blocking(move |tx| replica.answer_comparison(tx, EDGE, &asked))
    }
}

impl Pair {
    /// A shop that said `count` things and was told as many, and whose day is over.
    pub(super) fn at_night(count: usize) -> Self {
        let mut pair = Self::new();
        for nth in 0..count {
            pair.edge.say(EdgeNumber::HUB, &format!("up {nth}"));
            pair.hub.say(EDGE, &format!("down {nth}"));
        }
        pair.seal();
        pair.settle();
        pair
    }

    pub(super) fn seal(&self) {
        let _recorded = self.seal_on(place().business_date.days());
    }

    pub(super) fn seal_on(&self, days: i32) -> Result<(), SealFailed> {
        let date = BusinessDate::from_days(days).unwrap();
        let replica = self.edge.replica.clone();
        let notice = NoticePosted {
            text: "sealed".to_owned(),
            until_ms: None,
        };
        let seal = move |tx: &mut Tx| replica.seal(tx, date, |_, _| Ok(notice));
        self.edge.db.write_blocking(seal).map(drop)
    }

    /// Compares until nothing is due; returns how many questions it took.
    pub(super) fn compare(&self) -> usize {
        let mut questions = 0;
        while let Some(mut comparison) = self.edge.due() {
            loop {
                questions += 1;
                assert!(questions < 1_000, "it ends");
                let now = comparison.clone();
                let asked = self
                    .edge
                    .write(move |replica, tx| replica.ask_comparison(tx, &now));
                let told = self.hub.told(asked.clone()).unwrap();
                comparison = self.edge.write(move |replica, tx| {
                    replica.hear_comparison(tx, &mut comparison, &asked, &told)?;
                    Ok::<_, ReplicaFailed>(comparison)
                });
                if comparison.is_over() {
                    break;
                }
            }
        }
        questions
    }

    pub(super) fn check(&self, up: (u64, u64), down: (u64, u64)) {
        let came_to = |last: LastComparison| (last.mended, last.lost);
        let last = self.edge.last().map(|last| last.map(came_to));
        assert_eq!(last, [Some(up), Some(down)]);
    }
}

#[test]
fn nothing_is_due_before_a_day_is_over() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "up");
    pair.settle();
    assert_eq!(pair.edge.due(), None);
    pair.seal();
    assert!(pair.edge.due().is_some());
}

#[test]
fn two_whole_ends_ask_once_each_way_and_not_again_that_night() {
    let pair = Pair::at_night(20);
    assert_eq!(pair.compare(), 2);
    pair.check((0, 0), (0, 0));
    let [up, _] = pair.edge.last();
    assert_eq!(up.unwrap().records, 21, "with the seal");
    assert_eq!(pair.compare(), 0);
}

#[test]
fn what_one_end_forgot_it_gets_from_the_other() {
    let pair = Pair::at_night(70);
    pair.hub.forget("in", 33);
    pair.hub.rot("in", 1);
    pair.edge.forget("in", 70);
    pair.edge.rot("out", 71);
    pair.compare();
    pair.check((3, 0), (1, 0));
    assert_eq!(hash_of(&pair.hub, "in", 33), hash_of(&pair.edge, "out", 33));
    for node in [&pair.edge, &pair.hub] {
        let found = node.write(|replica, tx| replica.verify(tx));
        assert!(found.is_whole(), "{found:?}");
    }
}

#[test]
fn what_both_forgot_is_said_to_be_lost() {
    let pair = Pair::at_night(40);
    pair.hub.forget("in", 7);
    pair.edge.forget("out", 7);
    pair.compare();
    pair.check((0, 1), (0, 0));
}

#[test]
fn a_record_damaged_on_its_way_gets_its_bytes_and_can_be_let_in() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "one");
    pair.edge.say(EdgeNumber::HUB, "two");
    pair.seal();
    let mut exchange = pair.ask(0, WithHashes::Yes);
    let batch = exchange.up.as_mut().unwrap();
    batch.records[1].change[40] ^= 1;
    let reply = pair.answer(exchange);
    pair.hear(&reply);
    pair.settle();
    assert_eq!(pair.hub.notices().len(), 2, "one, and the seal");
    pair.compare();
    pair.check((1, 0), (0, 0));
    let aside = pair
        .hub
        .write(|replica, tx| Ok(replica.quarantined(tx, 10)?));
    assert!(aside[0].reason.contains("let it in"), "{aside:?}");
    let replica = pair.hub.replica.clone();
    let letting = pair
        .hub
        .db
        .write_blocking(move |tx| replica.readmit(tx, EDGE, aside[0].feed, 2));
    letting.unwrap();
    assert_eq!(pair.hub.notices().len(), 3);
}

#[test]
fn bytes_that_are_not_the_records_are_not_taken() {
    let pair = Pair::at_night(3);
    pair.hub.forget("in", 2);
    let asked = ComparisonAsked {
        edge: EDGE,
        incarnation: Incarnation(1),
        way: Way::Up,
        feed: FeedId(1),
        spans: Vec::new(),
        mend: [2, 3_000]
            .map(|seq| Leaf {
                seq,
                change: Some(b"something else".to_vec()),
            })
            .to_vec(),
    };
    assert_eq!(pair.hub.told(asked).unwrap().mended, Vec::<u64>::new());
}

#[test]
fn no_question_hands_over_more_than_one_may() {
    let pair = Pair::at_night(2);
    let mut comparison = pair.edge.due().unwrap();
    for _ in 0..SPANS_MAX + 10 {
        comparison.owe(1);
    }
    let asked = pair
        .edge
        .write(move |replica, tx| replica.ask_comparison(tx, &comparison));
    assert_eq!(asked.mend.len(), SPANS_MAX);
    assert!(pair.hub.told(asked).is_ok());
}

#[test]
fn a_question_has_its_bounds() {
    let pair = Pair::at_night(1);
    let spans = |records: u64, count: usize| {
        let span = Span { first: 1, records };
        let digest = DayDigest::default();
        ComparisonAsked {
            edge: EDGE,
            incarnation: Incarnation(1),
            way: Way::Up,
            feed: FeedId(1),
            spans: vec![SpanSum { span, digest }; count],
            mend: Vec::new(),
        }
    };
    for asked in [
        spans(0, 1),
        spans(1_025, 1),
        spans(1, 513),
        spans(1_024, 17),
        spans(u64::MAX, 2),
    ] {
        assert!(matches!(
            pair.hub.told(asked),
            Err(ComparisonRefused::TooMuch)
        ));
    }
    // What reaches past what is held is asked about in parts; what lies past it the feed brings.
    let told = pair.hub.told(spans(1_024, 16)).unwrap();
    assert_eq!((told.looked, told.differ.len()), (16, 16));
    let mut past = spans(1_024, 16);
    for each in &mut past.spans {
        each.span.first = 1_000;
    }
    let told = pair.hub.told(past).unwrap();
    assert_eq!((told.looked, told.differ.len()), (16, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn whatever_rots_is_found(
        count in 1_usize..90,
        rots in proptest::collection::vec((any::<Index>(), any::<bool>()), 0..12),
    ) {
        let pair = Pair::at_night(count);
        let mut lacking = std::collections::BTreeMap::<u64, (bool, bool)>::new();
        for (at, here) in rots {
            let seq = at.index(count) as u64 + 1;
            let lacks = lacking.entry(seq).or_default();
            match here {
                true if !lacks.0 => { pair.edge.forget("out", seq); lacks.0 = true; }
                false if !lacks.1 => { pair.hub.rot("in", seq); lacks.1 = true; }
                true | false => {}
            }
        }
        pair.compare();
        let lost = lacking.values().filter(|(here, there)| *here && *there).count() as u64;
        let [up, _] = pair.edge.last();
        let up = up.unwrap();
        prop_assert_eq!((up.mended, up.lost), (lacking.len() as u64 - lost, lost));
    }
}
