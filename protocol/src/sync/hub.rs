//! The hub's decision on a hello: is this the edge we know, and from where does it go on?

use super::feed::{Chain, FeedHead, FeedId};
use super::frames::{Hello, PROTOCOL_VERSION};
use crate::documents::Actor;
use crate::ids::Incarnation;

/// What the hub has stored about an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownEdge {
    /// The newest of its lives that the hub has met.
    pub incarnation: Incarnation,
    /// Its actor in that life.
    pub actor: Actor,
    /// How far the hub holds its feed.
    pub held: FeedHead,
}

/// How the hub answers a hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greeting {
    /// Go on from here.
    Continue(KnownEdge),
    /// A first contact, or a new life of this edge: register it and start at its first record.
    Register(KnownEdge),
    /// It speaks no version we speak.
    OtherProtocol,
    /// A newer life of this edge has been met: of this one facts are taken from here on, and
    /// nothing else.
    Fenced {
        /// The newer life.
        newer: Incarnation,
        /// This one.
        this: KnownEdge,
    },
    /// One life with two actors: this is a clone of the edge we know.
    Cloned,
    /// Its feed differs from what it once sent.
    Forked {
        /// How far the hub holds the feed it knew.
        held_seq: u64,
    },
}

/// Decides how to answer `hello`. `known` is the life it names, if the hub has met it, and `newest`
/// the newest life met.
///
/// `chain_there` is the chain the hub stored after the record that the hello names as the edge's
/// last, if it holds and still keeps that record. A feed that is merely shorter than what the hub
/// holds is either a message that arrives late or an edge whose disk was rolled back: the welcome
/// goes to both, and an edge that finds itself behind its own past stops by itself, and says so
/// with its next hello.
#[must_use]
pub fn greet(
    hello: &Hello,
    known: Option<&KnownEdge>,
    newest: Option<Incarnation>,
    chain_there: Option<Chain>,
) -> Greeting {
    if hello.protocol < PROTOCOL_VERSION {
        return Greeting::OtherProtocol;
    }
    let fresh = KnownEdge {
        incarnation: hello.incarnation,
        actor: hello.actor,
        held: FeedHead::start(FeedId(hello.incarnation.0)),
    };
    let newer = newest.filter(|newest| *newest > hello.incarnation);
    match (known, newer) {
        (None, None) => Greeting::Register(fresh),
        // A life that was over before the hub heard of it.
        (None, Some(newer)) => Greeting::Fenced { newer, this: fresh },
        (Some(known), _) if hello.actor != known.actor => Greeting::Cloned,
        (Some(known), _)
            if hello.forked_at.is_some()
                || chain_there.is_some_and(|chain| chain != hello.up.chain) =>
        {
            Greeting::Forked {
                held_seq: known.held.seq,
            }
        }
        (Some(known), Some(newer)) => Greeting::Fenced {
            newer,
            this: *known,
        },
        (Some(known), None) => Greeting::Continue(*known),
    }
}

#[cfg(test)]
mod tests {
    use super::{Greeting, KnownEdge, greet};
    use crate::documents::Actor;
    use crate::ids::{EdgeNumber, Incarnation};
    use crate::sync::{Chain, FeedHead, FeedId, Hello, PROTOCOL_VERSION};

    fn head(seq: u64, chain: u8) -> FeedHead {
        FeedHead {
            feed: FeedId(2),
            seq,
            chain: Chain([chain; 32]),
        }
    }

    fn hello(up: FeedHead) -> Hello {
        Hello {
            protocol: PROTOCOL_VERSION,
            edge: EdgeNumber(7),
            incarnation: Incarnation(2),
            actor: Actor([1; 16]),
            up,
            down: FeedHead::start(FeedId(1)),
            wall_ms: 0,
            days: Vec::new(),
            forked_at: None,
            met: None,
            refused: None,
        }
    }

    /// The hub holds five records, with the chain `[5; 32]` after the last and `[4; 32]` before.
    fn known() -> KnownEdge {
        KnownEdge {
            incarnation: Incarnation(2),
            actor: Actor([1; 16]),
            held: head(5, 5),
        }
    }

    #[track_caller]
    fn check(hello: &Hello, known: Option<KnownEdge>, expected: Greeting) {
        let there = match hello.up.seq {
            4 => Some(Chain([4; 32])),
            5 => Some(Chain([5; 32])),
            _ => None,
        };
        let newest = known.map(|known| known.incarnation);
        let this = known.filter(|known| known.incarnation == hello.incarnation);
        assert_eq!(greet(hello, this.as_ref(), newest, there), expected);
    }

    #[test]
    fn an_edge_goes_on_from_what_the_hub_holds() {
        let known = known();
        let start = KnownEdge {
            held: FeedHead::start(FeedId(2)),
            ..known
        };
        check(&hello(head(9, 9)), Some(known), Greeting::Continue(known));
        check(&hello(head(5, 5)), Some(known), Greeting::Continue(known));
        check(&hello(head(9, 9)), None, Greeting::Register(start));
        let older = KnownEdge {
            incarnation: Incarnation(1),
            ..known
        };
        check(&hello(head(9, 9)), Some(older), Greeting::Register(start));
    }

    #[test]
    fn a_late_hello_is_answered_like_any_other() {
        check(
            &hello(head(4, 4)),
            Some(known()),
            Greeting::Continue(known()),
        );
    }

    #[test]
    fn a_life_that_was_replaced_goes_on_with_its_facts_alone() {
        let newer = Incarnation(3);
        let check = |hello: &Hello, known: Option<KnownEdge>, expected| {
            let there = Some(Chain([5; 32])).filter(|_| hello.up.seq == 5);
            let greeting = greet(hello, known.as_ref(), Some(newer), there);
            assert_eq!(greeting, expected);
        };
        let fenced = |this| Greeting::Fenced { newer, this };
        check(&hello(head(9, 9)), Some(known()), fenced(known()));
        // The hub never met it while it was the newest.
        let start = KnownEdge {
            held: FeedHead::start(FeedId(2)),
            ..known()
        };
        check(&hello(head(9, 9)), None, fenced(start));
        check(
            &hello(head(5, 6)),
            Some(known()),
            Greeting::Forked { held_seq: 5 },
        );
        let clone = KnownEdge {
            actor: Actor([2; 16]),
            ..known()
        };
        check(&hello(head(9, 9)), Some(clone), Greeting::Cloned);
    }

    #[test]
    fn an_edge_that_is_not_the_one_we_know_is_told_so() {
        let known = known();
        let clone = KnownEdge {
            actor: Actor([2; 16]),
            ..known
        };
        check(&hello(head(9, 9)), Some(clone), Greeting::Cloned);
        let forked = Greeting::Forked { held_seq: 5 };
        check(&hello(head(4, 6)), Some(known), forked);
        check(&hello(head(5, 6)), Some(known), forked);
        let found_by_itself = Hello {
            forked_at: Some(5),
            ..hello(head(4, 4))
        };
        check(&found_by_itself, Some(known), forked);
        let old = Hello {
            protocol: 0,
            ..hello(head(9, 9))
        };
        check(&old, Some(known), Greeting::OtherProtocol);
    }
}
