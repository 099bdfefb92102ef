//! A program that understands more than the last one folds again what it needs.

use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::EdgeNumber;

use super::{EDGE, Node, Notices, texts};
use crate::db::Tx;
use crate::params;
use crate::replica::{Projected, Projection, ProjectionFailed, Refolded, Replica, ReplicaFailed};

/// The view of notices as an older or a newer program has it.
struct Notices2 {
    kinds: &'static [Kind],
    version: u32,
}

impl Projection for Notices2 {
    fn name(&self) -> &'static str {
        Notices.name()
    }

    fn kinds(&self) -> &'static [Kind] {
        self.kinds
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        Notices.project(tx, projected)
    }

    fn tables(&self) -> &'static [&'static str] {
        Notices.tables()
    }
}

impl Node {
    /// Starts with another program's view of notices.
    fn upgraded(&self, kinds: &'static [Kind], version: u32) -> Replica {
        let inner = &self.replica.inner;
        let view = Notices2 { kinds, version };
        Replica::new(
            inner.clock.clone(),
            inner.entropy.clone(),
            vec![Box::new(view)],
        )
    }

    fn starts(&self, replica: &Replica) -> Refolded {
        let replica = replica.clone();
        self.write(move |_, tx| replica.refold(tx))
    }

    fn say_as(&self, replica: &Replica, text: &str) {
        let body = counterpart_protocol::facts::NoticePosted {
            text: text.to_owned(),
            until_ms: None,
        };
        let replica = replica.clone();
        self.write(move |_, tx| -> Result<_, ReplicaFailed> {
            replica.record(tx, EdgeNumber::HUB, super::place(), &body)
        });
    }
}

const KNOWN: &[Kind] = &[Kind::NoticePosted];
const UNKNOWN: &[Kind] = &[];

#[test]
fn what_an_older_program_kept_without_understanding_it_is_folded_at_the_first_start() {
    let node = Node::new(EDGE, 1);
    let old = node.upgraded(UNKNOWN, 1);
    assert_eq!(node.starts(&old), Refolded::Current);
    node.say_as(&old, "kept");
    assert_eq!(texts(&node, EDGE), [""; 0]);
    let new = node.upgraded(KNOWN, 1);
    let Refolded::Anew(views, rebuilt) = node.starts(&new) else {
        panic!("a view lacks a fact");
    };
    assert_eq!((views, rebuilt.facts), (vec!["notices"], 1));
    assert_eq!(texts(&node, EDGE), ["kept"]);
    // Once.
    assert_eq!(node.starts(&new), Refolded::Current);
    // The older program beside it takes nothing back, and the newer one does nothing twice.
    assert_eq!(node.starts(&old), Refolded::Current);
    assert_eq!(node.starts(&new), Refolded::Current);
    assert_eq!(texts(&node, EDGE), ["kept"]);
}

#[test]
fn what_an_older_program_stored_after_a_newer_one_is_folded_once_that_is_back() {
    let node = Node::new(EDGE, 1);
    let (old, new) = (node.upgraded(UNKNOWN, 1), node.upgraded(KNOWN, 1));
    node.starts(&new);
    node.say_as(&new, "one");
    assert_eq!(node.starts(&old), Refolded::Current);
    node.say_as(&old, "two");
    node.say_as(&old, "three");
    // Of two hub processes the newer one may be the first of them to start.
    assert_eq!(node.starts(&old), Refolded::Current);
    assert_eq!(texts(&node, EDGE), ["one"]);
    assert!(matches!(node.starts(&new), Refolded::Anew(..)));
    assert_eq!(texts(&node, EDGE), ["one", "two", "three"]);
    assert_eq!(node.starts(&new), Refolded::Current);
    // A rebuild by the older program leaves out what it does not know, until then.
    let rebuilt = old.clone();
    node.write(move |_, tx| rebuilt.rebuild(tx));
    assert_eq!(texts(&node, EDGE), [""; 0]);
    assert!(matches!(node.starts(&new), Refolded::Anew(..)));
    assert_eq!(texts(&node, EDGE), ["one", "two", "three"]);
}

#[test]
fn rules_of_another_version_fold_everything_again() {
    let node = Node::new(EDGE, 1);
    let old = node.upgraded(KNOWN, 1);
    node.starts(&old);
    node.say_as(&old, "one");
    node.write(|_, tx| Ok(tx.execute("UPDATE notices SET text = 'as the old rules'", params![])?));
    assert_eq!(node.starts(&old), Refolded::Current);
    let new = node.upgraded(KNOWN, 2);
    assert!(matches!(node.starts(&new), Refolded::Anew(..)));
    assert_eq!(texts(&node, EDGE), ["one"]);
}

#[test]
fn a_database_without_facts_of_the_kind_has_nothing_to_fold() {
    let node = Node::new(EDGE, 1);
    let new = node.upgraded(KNOWN, 3);
    assert_eq!(node.starts(&new), Refolded::Current);
}
