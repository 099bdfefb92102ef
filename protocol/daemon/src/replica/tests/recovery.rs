//! An edge whose data are older than its past becomes a new life and comes back whole.

use std::fs;

use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::lives::LifeBecause;
use counterpart_protocol::sync::{
    EdgeSession, Exchange, Greeting, LifeMet, Phase, RecoveryAsked, RecoveryTold, Trouble,
    WithHashes,
};

use super::{EDGE, Home, Node, Pair, place, texts};
use crate::clock::{Clock as _, ManualClock};
use crate::entropy::SeededEntropy;
use crate::replica::{Answer, Recovering, Recovery, Replica, is_recovering};

/// The file of an edge as it was.
pub(super) struct Image(Vec<u8>);

impl Node {
    /// Returns what a backup made now would hold.
    pub(super) fn image(&self) -> Image {
        let Home::Folder(folder) = &self.home else {
            panic!("only edges are restored here");
        };
        let copy = folder.path().join("copy.db");
        self.db.backup_to_blocking(&copy).unwrap();
        let bytes = fs::read(&copy).unwrap();
        fs::remove_file(copy).unwrap();
        Image(bytes)
    }

    /// Puts an older state in the place of the data, and starts on it.
    pub(super) fn roll_back(&mut self, image: &Image) {
        self.db.close_blocking();
        let Home::Folder(folder) = &self.home else {
            panic!("only edges are restored here");
        };
        for ending in ["", "-wal", "-shm"] {
            let file = folder.path().join(format!("n.db{ending}"));
            if file.exists() {
                fs::remove_file(file).unwrap();
            }
        }
        fs::write(folder.path().join("n.db"), &image.0).unwrap();
        self.db = self.home.open();
    }

    /// Returns another machine with this state.
    pub(super) fn of_image(image: &Image, seed: u64) -> Self {
        let mut node = Self::new(EDGE, seed);
        node.roll_back(image);
        node
    }

    pub(super) fn open_life(&self) -> Incarnation {
        let opened =
            self.write(|replica, tx| replica.open_life(tx, place(), LifeBecause::Restored, None));
        opened.writer.incarnation
    }

    pub(super) fn recovery(&self) -> Recovery {
        let known = self.write(|replica, tx| Ok(replica.recovery(tx)?));
        known.unwrap()
    }

    fn recovers(&self) -> bool {
        self.write(|_, tx| Ok(is_recovering(tx)?))
    }

    pub(super) fn ask_recovery(&self) -> Option<RecoveryAsked> {
        self.write(|replica, tx| replica.ask_recovery(tx))
    }

    pub(super) fn hear_recovery(&self, told: &RecoveryTold) -> Recovering {
        let told = told.clone();
        self.write(move |replica, tx| replica.hear_recovery(tx, place(), &told))
    }

    pub(super) fn tell(&self, asked: &RecoveryAsked) -> RecoveryTold {
        let asked = asked.clone();
        self.write(move |replica, tx| replica.answer_recovery(tx, EDGE, &asked))
    }

    #[track_caller]
    pub(super) fn is_whole(&self) {
        let found = self.write(|replica, tx| replica.verify(tx));
        assert!(found.is_whole(), "{found}");
    }
}

/// Lets an edge recover, and returns how often it asked.
pub(super) fn recover(edge: &Node, hub: &Node) -> usize {
    for asked in 1..100 {
        let question = edge.ask_recovery().expect("it recovers");
        match edge.hear_recovery(&hub.tell(&question)) {
            Recovering::More | Recovering::Renamed(_) => {}
            Recovering::Ended => return asked,
            other => panic!("the recovery stopped: {other:?}"),
        }
    }
    panic!("the recovery does not end");
}

impl Pair {
    /// Says `count` things at the edge, numbered from `from`.
    pub(super) fn say(&self, from: u32, count: u32) {
        for at in from..from + count {
            self.edge.say(EdgeNumber::HUB, &format!("sale {at:03}"));
        }
    }

    pub(super) fn recover(&mut self) -> usize {
        let asked = recover(&self.edge, &self.hub);
        self.session = EdgeSession::new(0);
        self.settle();
        asked
    }

    /// Both hold these sales, each once, and everything about both holds.
    #[track_caller]
    pub(super) fn agrees(&self, sales: impl IntoIterator<Item = u32>) {
        let expected: Vec<String> = sales
            .into_iter()
            .map(|at| format!("sale {at:03}"))
            .collect();
        for node in [&self.edge, &self.hub] {
            let mut said = texts(node, EDGE);
            said.sort_unstable();
            assert_eq!(said, expected);
            node.is_whole();
        }
    }

    pub(super) fn hub_says(&self, exchange: Exchange) -> Answer {
        self.hub
            .write(move |replica, tx| replica.answer(tx, EDGE, &exchange))
    }
}

#[test]
fn a_restored_edge_gets_back_what_the_hub_knew_and_states_what_the_hub_lacked() {
    let mut pair = Pair::new();
    pair.say(1, 20);
    pair.settle();
    // Sold before the backup and not sent yet.
    pair.say(21, 3);
    let backup = pair.edge.image();
    pair.settle();
    pair.say(24, 5);
    pair.settle();
    // These die with the disk.
    pair.say(29, 4);
    pair.edge.roll_back(&backup);

    let life = pair.edge.open_life();
    assert!(life > Incarnation(1));
    assert!(pair.edge.recovers());
    // It sells at once.
    pair.say(40, 2);
    pair.recover();
    assert!(!pair.edge.recovers());
    pair.agrees((1..=28).chain(40..=41));
    let recovery = pair.edge.recovery();
    assert_eq!((recovery.pulled, recovery.restated), (5, 0));
    assert!(recovery.unproven_from_ms.is_some());
    // And goes on as any edge.
    pair.say(42, 3);
    pair.hub.say(EDGE, "hello store");
    pair.settle();
    pair.agrees((1..=28).chain(40..=44));
    assert_eq!(texts(&pair.edge, EdgeNumber::HUB), ["hello store"]);
}

#[test]
fn what_a_backup_holds_and_the_hub_never_got_is_stated_under_its_old_id_and_counts_once() {
    let mut pair = Pair::new();
    pair.say(1, 5);
    pair.settle();
    pair.say(6, 300);
    let backup = pair.edge.image();
    pair.edge.roll_back(&backup);
    pair.edge.open_life();
    pair.recover();
    pair.agrees(1..=305);
    assert_eq!(pair.edge.recovery().restated, 300);
    // The same backup once more: what the life in between said comes back too.
    pair.edge.roll_back(&backup);
    pair.edge.open_life();
    pair.recover();
    pair.agrees(1..=305);
}

#[test]
fn a_rollback_that_went_on_selling_is_noticed_and_ends_with_the_sales_of_both_pasts() {
    let mut pair = Pair::new();
    pair.say(1, 10);
    pair.settle();
    let image = pair.edge.image();
    pair.say(11, 20);
    pair.settle();
    pair.edge.roll_back(&image);
    pair.say(41, 130);
    pair.session = EdgeSession::new(10);
    let reply = match pair.hub_says(pair.ask(10, WithHashes::No)) {
        Answer::Reply(reply) => reply,
        // It went on further than what the hub knows of its other past.
        other => panic!("the hub refused: {other:?}"),
    };
    pair.hear(&reply);
    assert_eq!(pair.session.phase(), &Phase::Stopped(Trouble::Forked(30)));
    // It tells the hub what it found.
    let said = pair.edge.write(|replica, tx| replica.ask_as_forked(tx, 30));
    assert_eq!(
        pair.hub_says(said),
        Answer::Refused(Greeting::Forked { held_seq: 30 })
    );
    pair.edge
        .write(|replica, tx| replica.open_life(tx, place(), LifeBecause::InPlace, None));
    pair.say(171, 2);
    pair.recover();
    pair.agrees((1..=30).chain(41..=172));
    let recovery = pair.edge.recovery();
    assert_eq!((recovery.pulled, recovery.restated), (20, 130));
    pair.edge.write(|replica, tx| replica.rebuild(tx));
    pair.agrees((1..=30).chain(41..=172));
}

#[test]
fn an_answer_to_another_life_ends_no_recovery() {
    let mut pair = Pair::new();
    pair.say(1, 4);
    pair.settle();
    let backup = pair.edge.image();
    pair.say(5, 4);
    pair.settle();
    pair.edge.roll_back(&backup);
    pair.edge.open_life();
    let late = pair.hub.tell(&pair.edge.ask_recovery().unwrap());
    pair.edge.roll_back(&backup);
    pair.edge.clock.advance(std::time::Duration::from_secs(60));
    pair.edge.open_life();
    assert_eq!(pair.edge.hear_recovery(&late), Recovering::Ignored);
    assert!(pair.edge.recovers());
    pair.recover();
    pair.agrees(1..=8);
    // Nor does an answer that comes again.
    assert_eq!(pair.edge.hear_recovery(&late), Recovering::Ignored);
}

#[test]
fn an_answer_that_comes_twice_or_late_takes_nothing_twice() {
    let mut pair = Pair::new();
    pair.say(1, 4);
    pair.settle();
    let backup = pair.edge.image();
    // More than one answer holds.
    pair.say(5, 600);
    pair.settle();
    pair.edge.roll_back(&backup);
    pair.edge.open_life();
    let mut told = Vec::new();
    for _ in 0..50 {
        let Some(asked) = pair.edge.ask_recovery() else {
            break;
        };
        told.push(pair.hub.tell(&asked));
        for told in &told {
            pair.edge.hear_recovery(told);
        }
        // A crash in between loses nothing.
        pair.edge.restart();
    }
    assert!(!pair.edge.recovers());
    pair.session = EdgeSession::new(0);
    pair.settle();
    pair.agrees(1..=604);
    assert_eq!(pair.edge.recovery().pulled, 600);
}

#[test]
fn a_number_the_hub_knows_already_is_given_up_before_anything_was_promised_under_it() {
    let mut pair = Pair::new();
    pair.say(1, 4);
    pair.settle();
    let backup = pair.edge.image();
    pair.edge.open_life();
    pair.recover();
    pair.say(5, 2);
    pair.settle();
    // The clock stands still, so the next machine takes the same number.
    let second = Node::of_image(&backup, 9);
    let taken = second.open_life();
    assert_eq!(taken, pair.edge.recovery().incarnation);
    second.say(EdgeNumber::HUB, "sale 007");
    let (edge, hub) = (&second, &pair.hub);
    let told = hub.tell(&edge.ask_recovery().unwrap());
    let Recovering::Renamed(renamed) = edge.hear_recovery(&told) else {
        panic!("the number is taken");
    };
    assert!(renamed > taken);
    let first = std::mem::replace(&mut pair.edge, second);
    pair.recover();
    pair.agrees(1..=7);
    // The first is over: it takes no other number by itself.
    let exchange = first.write(|replica, tx| replica.ask(tx, 0, WithHashes::No));
    let Answer::Reply(reply) = pair.hub_says(exchange) else {
        panic!("the hub takes what it has to say");
    };
    assert_eq!(reply.welcome.fenced_by, Some(renamed));
}

#[test]
fn a_life_the_hub_has_met_takes_no_other_number_by_itself() {
    let mut pair = Pair::new();
    pair.say(1, 4);
    pair.settle();
    let backup = pair.edge.image();
    pair.say(5, 300);
    pair.settle();
    pair.edge.roll_back(&backup);
    pair.edge.open_life();
    let told = pair.hub.tell(&pair.edge.ask_recovery().unwrap());
    assert_eq!(pair.edge.hear_recovery(&told), Recovering::More);
    let newer = LifeMet {
        incarnation: Incarnation(4_000_000),
        actor: told.newest.actor,
    };
    let fenced = RecoveryTold {
        newest: newer,
        ..told
    };
    assert_eq!(
        pair.edge.hear_recovery(&fenced),
        Recovering::Fenced(newer.incarnation)
    );
    assert!(pair.edge.recovers());
}

#[test]
fn a_wrong_clock_and_a_view_that_was_not_there_change_nothing() {
    let mut pair = Pair::new();
    pair.say(1, 3);
    pair.settle();
    pair.edge.open_life();
    pair.recover();
    pair.say(4, 2);
    pair.settle();
    let backup = pair.edge.image();
    pair.say(6, 2);
    pair.settle();
    pair.edge.roll_back(&backup);
    // 1970: the number counts on.
    let replica = Replica::new(
        ManualClock::starting_at(0),
        SeededEntropy::shared(11),
        vec![Box::new(super::Notices)],
    );
    let before = pair.edge.recovery().incarnation;
    let opened = pair
        .edge
        .write(move |_, tx| replica.open_life(tx, place(), LifeBecause::Restored, None));
    assert_eq!(opened.writer.incarnation, Incarnation(before.0 + 1));
    pair.recover();
    pair.agrees(1..=7);
    assert!(pair.edge.clock.now_ms() > 0);
}
