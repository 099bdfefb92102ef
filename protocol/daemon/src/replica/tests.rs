//! Stories of two replicas: an edge that states facts and a hub that takes them in.

use std::collections::BTreeMap;
use std::sync::Arc;

use counterpart_protocol::documents::{ChangeHash, SEGMENT_FACTS_MAX};
use counterpart_protocol::facts::{Kind, NoticePosted};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{
    EdgeSession, Exchange, Greeting, Phase, Reply, Step, Verdict, WithHashes,
};
use counterpart_protocol::time::BusinessDate;
use tempfile::TempDir;

use super::{
    Answer, Direction, Place, Projected, Projection, ProjectionFailed, REPLICA_MIGRATION_SQL,
    Replica, ReplicaFailed,
};
use crate::clock::ManualClock;
use crate::db::{Db, DbError, DbOptions, Migration, Tx};
use crate::entropy::SeededEntropy;
use crate::params;

const EDGE: EdgeNumber = EdgeNumber(7);
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "replica",
        sql: REPLICA_MIGRATION_SQL,
    },
    Migration {
        version: 2,
        name: "view",
        sql: "CREATE TABLE notices (
            edge INTEGER NOT NULL, seq INTEGER NOT NULL, text TEXT NOT NULL,
            PRIMARY KEY (edge, seq)) STRICT",
    },
];

/// A view that lists notices and cannot use one that says `unusable`.
struct Notices;

impl Projection for Notices {
    fn name(&self) -> &'static str {
        "notices"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::NoticePosted]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let notice: NoticePosted = projected.fact.read()?;
        let origin = projected.origin;
        tx.execute(
            "INSERT INTO notices (edge, seq, text) VALUES ($1, $2, $3)",
            params![
                origin.writer.edge.0,
                i64::try_from(origin.seq).unwrap(),
                &notice.text
            ],
        )?;
        match notice.text.as_str() {
            "unusable" => Err(ProjectionFailed::Content("says nothing usable".to_owned())),
            _ => Ok(()),
        }
    }

    fn clear(&self, tx: &mut Tx) -> Result<(), DbError> {
        tx.execute("DELETE FROM notices", params![]).map(|_| ())
    }
}

/// One node with its own file.
struct Node {
    db: Db,
    replica: Replica,
    clock: Arc<ManualClock>,
    _folder: TempDir,
}

impl Node {
    fn new(edge: EdgeNumber, seed: u64) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = ManualClock::starting_at(1_763_890_000_000);
        let mut options = DbOptions::new("test", folder.path().join("n.db"), 0x7e57, MIGRATIONS);
        options.reserve_bytes = 0;
        let db = Db::open(options).unwrap();
        let entropy = SeededEntropy::shared(seed);
        let replica = Replica::new(clock.clone(), entropy, vec![Box::new(Notices)]);
        let node = Self {
            db,
            replica,
            clock,
            _folder: folder,
        };
        node.write(move |replica, tx| replica.become_edge(tx, edge).map_err(ReplicaFailed::from));
        node
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Replica, &mut Tx) -> Result<T, ReplicaFailed> + Send + 'static,
    ) -> T {
        self.try_write(work).unwrap()
    }

    fn try_write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Replica, &mut Tx) -> Result<T, ReplicaFailed> + Send + 'static,
    ) -> Result<T, ReplicaFailed> {
        let replica = self.replica.clone();
        self.db.write_blocking(move |tx| work(&replica, tx))
    }

    fn say(&self, peer: EdgeNumber, text: &str) {
        let notice = NoticePosted {
            text: text.to_owned(),
            until_ms: None,
        };
        self.write(move |replica, tx| replica.record(tx, peer, place(), &notice));
    }

    fn notices(&self) -> Vec<(u32, String)> {
        self.write(|_, tx| {
            let rows = tx.query_all(
                "SELECT edge, text FROM notices ORDER BY edge, seq",
                params![],
            )?;
            Ok(rows
                .iter()
                .map(|row| (row.read(0).unwrap(), row.read(1).unwrap()))
                .collect())
        })
    }

    fn waiting(&self) -> u64 {
        self.write(|replica, tx| Ok(replica.up_state(tx, EdgeNumber::HUB)?.waiting()))
    }
}

fn place() -> Place {
    let business_date = BusinessDate::from_days(20_780).unwrap();
    Place {
        business_date,
        register: None,
        staff: None,
    }
}

/// An edge, its hub and the edge's session.
struct Pair {
    edge: Node,
    hub: Node,
    session: EdgeSession,
}

impl Pair {
    fn new() -> Self {
        let (edge, hub) = (Node::new(EDGE, 1), Node::new(EdgeNumber::HUB, 2));
        Self {
            edge,
            hub,
            session: EdgeSession::new(0),
        }
    }

    fn ask(&self, after_seq: u64, with_hashes: WithHashes) -> Exchange {
        self.edge
            .write(move |replica, tx| replica.ask(tx, after_seq, with_hashes))
    }

    fn answer(&self, exchange: Exchange) -> Reply {
        match self
            .hub
            .write(move |replica, tx| replica.answer(tx, EDGE, &exchange))
        {
            Answer::Reply(reply) => reply,
            Answer::Refused(greeting) => panic!("the hub refused: {greeting:?}"),
        }
    }

    fn hear(&mut self, reply: &Reply) -> Step {
        let (reply, mut session) = (reply.clone(), self.session.clone());
        let (heard, session) = self.edge.write(move |replica, tx| {
            let heard = replica.hear(tx, &mut session, &reply)?;
            Ok((heard, session))
        });
        self.session = session;
        heard.step
    }

    /// Exchanges until there is nothing left to say, and returns how many round trips it took.
    fn settle(&mut self) -> usize {
        for trips in 1..200 {
            let Step::Exchange {
                after_seq,
                with_hashes,
            } = self.session.exchange()
            else {
                panic!("the session stopped: {:?}", self.session.phase());
            };
            let reply = self.answer(self.ask(after_seq, with_hashes));
            if self.hear(&reply) == Step::Listen {
                return trips;
            }
        }
        panic!("the pair does not settle");
    }
}

fn texts(node: &Node, edge: EdgeNumber) -> Vec<String> {
    node.notices()
        .into_iter()
        .filter(|(at, _)| *at == edge.0)
        .map(|(_, text)| text)
        .collect()
}

#[test]
fn what_an_edge_states_is_folded_at_both_ends_and_news_come_back() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "one");
    pair.edge.say(EdgeNumber::HUB, "two");
    pair.hub.say(EDGE, "hello store");
    assert_eq!(pair.edge.waiting(), 2);
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), ["one", "two"]);
    assert_eq!(texts(&pair.edge, EdgeNumber::HUB), ["hello store"]);
    assert_eq!(pair.edge.waiting(), 0);
    assert_eq!(pair.edge.notices(), pair.hub.notices());
}

#[test]
fn hours_of_facts_drain_in_a_bounded_number_of_round_trips() {
    let mut pair = Pair::new();
    let count = 3 * SEGMENT_FACTS_MAX + 20;
    for at in 0..count {
        pair.edge.say(EdgeNumber::HUB, &format!("fact {at}"));
    }
    // 256 records a batch: two batches, and one exchange that finds nothing left.
    assert!(pair.settle() <= 3);
    assert_eq!(texts(&pair.hub, EDGE).len(), count as usize);
    let closed = pair.edge.write(|_, tx| {
        let row = tx.query_one(
            "SELECT COUNT(*) FROM documents WHERE state = 'closed'",
            params![],
        )?;
        Ok(row.read::<i64>(0)?)
    });
    assert_eq!(closed, 3);
}

#[test]
fn a_message_that_is_lost_repeated_or_late_changes_nothing() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "one");
    let first = pair.ask(0, WithHashes::No);
    let lost_reply = pair.answer(first.clone());
    pair.edge.say(EdgeNumber::HUB, "two");
    let repeated = pair.answer(first.clone());
    assert_eq!(repeated.welcome.up, lost_reply.welcome.up);
    pair.settle();
    let late = pair.answer(first);
    assert_eq!(late.welcome.up.seq, 2);
    pair.hear(&lost_reply);
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), ["one", "two"]);
}

#[test]
fn a_rolled_back_command_leaves_no_trace_and_takes_no_number() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "kept");
    let undone = pair.edge.try_write(|replica, tx| {
        let notice = NoticePosted {
            text: "undone".to_owned(),
            until_ms: None,
        };
        replica.record(tx, EdgeNumber::HUB, place(), &notice)?;
        Err::<(), _>(ReplicaFailed::NoIdentity)
    });
    assert!(matches!(undone, Err(ReplicaFailed::NoIdentity)));
    pair.edge.say(EdgeNumber::HUB, "also kept");
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), ["kept", "also kept"]);
}

#[test]
fn one_record_that_cannot_be_used_costs_only_itself() {
    let mut pair = Pair::new();
    // The edge's own view would refuse it too, so it is stated while the edge has no such view.
    let blind = Replica::new(
        pair.edge.clock.clone(),
        SeededEntropy::shared(3),
        Vec::new(),
    );
    for text in ["before", "unusable"] {
        let (blind, notice) = (
            blind.clone(),
            NoticePosted {
                text: text.to_owned(),
                until_ms: None,
            },
        );
        pair.edge
            .write(move |_, tx| blind.record(tx, EdgeNumber::HUB, place(), &notice));
    }
    pair.edge.say(EdgeNumber::HUB, "after");
    let reply = pair.answer(pair.ask(0, WithHashes::No));
    let verdicts = &reply.ack.as_ref().unwrap().verdicts;
    assert_eq!(
        (verdicts[0].seq, verdicts[0].verdict),
        (2, Verdict::Quarantined)
    );
    pair.hear(&reply);
    pair.edge.say(EdgeNumber::HUB, "in a new segment");
    pair.settle();
    assert_eq!(
        texts(&pair.hub, EDGE),
        ["before", "after", "in a new segment"]
    );
    for (node, direction) in [(&pair.hub, Direction::In), (&pair.edge, Direction::Out)] {
        let listed = node.write(|replica, tx| Ok(replica.quarantined(tx, 9)?));
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].direction, listed[0].seq), (direction, 2));
        assert!(
            listed[0].reason.contains("nothing usable"),
            "{}",
            listed[0].reason
        );
    }
}

#[test]
fn a_batch_damaged_on_the_way_is_sent_again_and_what_is_damaged_at_rest_is_kept_aside() {
    let mut pair = Pair::new();
    for text in ["one", "two", "three"] {
        pair.edge.say(EdgeNumber::HUB, text);
    }
    let damage = |exchange: &mut Exchange| {
        let batch = exchange.up.as_mut().unwrap();
        let mut change = batch.records[1].change.to_vec();
        let last = change.len() - 1;
        change[last] ^= 1;
        batch.records[1].change = change.into();
    };
    let mut exchange = pair.ask(0, WithHashes::No);
    damage(&mut exchange);
    let reply = pair.answer(exchange);
    let step = pair.hear(&reply);
    assert_eq!(
        step,
        Step::Exchange {
            after_seq: 0,
            with_hashes: WithHashes::Yes
        }
    );
    let mut exchange = pair.ask(0, WithHashes::Yes);
    damage(&mut exchange);
    let reply = pair.answer(exchange);
    assert_eq!(reply.welcome.up.seq, 3);
    pair.hear(&reply);
    assert_eq!(texts(&pair.hub, EDGE), ["one", "three"]);
}

#[test]
fn a_copied_edge_is_noticed_at_its_first_contact() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "one");
    pair.settle();
    let clone = Node::new(EDGE, 99);
    let exchange = clone.write(|replica, tx| replica.ask(tx, 0, WithHashes::No));
    let answer = pair
        .hub
        .write(move |replica, tx| replica.answer(tx, EDGE, &exchange));
    assert_eq!(answer, Answer::Refused(Greeting::Cloned));
}

#[test]
fn an_edge_whose_disk_was_rolled_back_stops_by_itself_or_is_told() {
    let mut pair = Pair::new();
    pair.edge.say(EdgeNumber::HUB, "one");
    pair.settle();
    // One seed gives one actor: this is the same edge as it was before its first sale.
    pair.edge = Node::new(EDGE, 1);
    pair.session = EdgeSession::new(0);
    let reply = pair.answer(pair.ask(0, WithHashes::No));
    assert_eq!(pair.hear(&reply), Step::Stop);
    assert!(matches!(pair.session.phase(), Phase::Stopped(_)));
    pair.edge.clock.advance(std::time::Duration::from_secs(1));
    pair.edge.say(EdgeNumber::HUB, "another one");
    let exchange = pair.ask(0, WithHashes::No);
    let answer = pair
        .hub
        .write(move |replica, tx| replica.answer(tx, EDGE, &exchange));
    assert_eq!(answer, Answer::Refused(Greeting::Forked { held_seq: 1 }));
}

#[test]
fn a_hub_that_lost_its_tail_is_filled_up_again() {
    let mut pair = Pair::new();
    for text in ["one", "two", "three"] {
        pair.edge.say(EdgeNumber::HUB, text);
    }
    pair.settle();
    pair.hub = Node::new(EdgeNumber::HUB, 2);
    pair.session = EdgeSession::new(3);
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), ["one", "two", "three"]);
    assert_eq!(*pair.session.phase(), Phase::Connected);
}

#[test]
fn every_view_equals_its_rebuild_at_both_ends() {
    let mut pair = Pair::new();
    for at in 0..150 {
        pair.edge.say(EdgeNumber::HUB, &format!("up {at}"));
        if at % 10 == 0 {
            pair.hub.say(EDGE, &format!("down {at}"));
        }
    }
    pair.settle();
    for node in [&pair.edge, &pair.hub] {
        let before = node.notices();
        let rebuilt = node.write(Replica::rebuild);
        assert_eq!((rebuilt.facts, rebuilt.skipped), (165, 0));
        assert_eq!(node.notices(), before);
    }
}

#[test]
fn a_feed_can_be_checked_from_its_first_record_on() {
    let pair = Pair::new();
    for text in ["one", "two", "three"] {
        pair.edge.say(EdgeNumber::HUB, text);
    }
    let batch = pair.ask(0, WithHashes::Yes).up.unwrap();
    let hashes = batch.hashes.unwrap();
    let sent: Vec<ChangeHash> = batch
        .records
        .iter()
        .map(|record| ChangeHash::of(&record.change))
        .collect();
    assert_eq!(sent, hashes);
    let unique: BTreeMap<_, _> = hashes.iter().map(|hash| (*hash, ())).collect();
    assert_eq!(unique.len(), 3);
}

#[test]
fn whoever_waits_for_a_feed_is_woken_after_the_commit() {
    let pair = Pair::new();
    let mut watch = pair.hub.replica.watch_feed(EDGE);
    watch.borrow_and_update();
    let undone = pair.hub.try_write(|replica, tx| {
        let notice = NoticePosted {
            text: "undone".to_owned(),
            until_ms: None,
        };
        replica.record(tx, EDGE, place(), &notice)?;
        Err::<(), _>(ReplicaFailed::NoIdentity)
    });
    assert!(undone.is_err());
    assert!(!watch.has_changed().unwrap());
    pair.hub.say(EDGE, "now");
    assert!(watch.has_changed().unwrap());
    assert_eq!(*watch.borrow(), 1);
}
