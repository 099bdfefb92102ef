//! The edge's session as a state machine: when to speak, from where to send, how long to wait.
//!
//! It holds no data and reads no clock; the agent that drives it feeds it outcomes and follows its
//! steps. Everything it forgets at a restart is told again by the hub's next welcome.

use super::feed::{Chain, FeedHead};
use super::frames::{BatchRefused, Reply};
use crate::ids::Incarnation;

/// The shortest wait after a failed exchange, in milliseconds.
const BACKOFF_FIRST_MS: u64 = 1_000;
/// The longest wait after failed exchanges, in milliseconds (evidence/sync.md §3.6).
const BACKOFF_LAST_MS: u64 = 60_000;
/// From how many replies in a row on, that take nothing although there is something to send, the
/// edge waits in between. Two are honest: one crossed by a local fact, one that asks for hashes.
const STALLED_MAX: u32 = 3;

/// How the edge stands with the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Not yet greeted since the start.
    Starting,
    /// The last exchange worked.
    Connected,
    /// The last exchange failed; the edge goes on alone.
    Alone {
        /// How many exchanges failed in a row.
        failures: u32,
    },
    /// The hub will not go on with this edge until a person has looked.
    Stopped(Trouble),
}

/// Why the hub will not go on with an edge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The hub holds records this edge no longer has, or other ones.
    #[error(
        "the hub holds other records of this store than this machine does (at number {0}): its \
         data were put back to an older state, or copied. Sales go on. If this machine is to \
         stay, stop the program, run counterpart-edge restore --in-place and start it again; if it \
         is the copy, switch it off"
    )]
    Forked(u64),
    /// The hub has met a newer life of this edge.
    #[error(
        "another machine goes on with this store: the hub has met a newer life of it (number {0}). \
         What is sold here is still reported, but nothing else goes on: switch this one off; if it \
         is the one that is to stay, stop the program and run counterpart-edge restore --in-place"
    )]
    Fenced(Incarnation),
    /// The hub said so itself.
    #[error("{0}")]
    Said(String),
}

/// What the agent does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Exchange at once, sending records after this number (0: from the first).
    Exchange {
        /// The last record the hub is known to hold.
        after_seq: u64,
        /// Declare the hash of each record.
        with_hashes: WithHashes,
    },
    /// Nothing to say: wait to be woken by a local fact, the hub or a timer.
    Listen,
    /// Wait this long, then exchange; a local fact does not shorten it.
    Wait {
        /// How long, in milliseconds, jitter included.
        ms: u64,
    },
    /// Do nothing until a person has acted; sales go on.
    Stop,
}

/// Whether a batch declares the hash of each record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithHashes {
    /// The end chain is enough.
    No,
    /// After a batch whose chain did not hold: one hash per record finds the damaged one.
    Yes,
}

/// The edge's half of the sync session.
#[derive(Debug, Clone)]
pub struct EdgeSession {
    phase: Phase,
    hub_holds: u64,
    with_hashes: WithHashes,
    /// How many replies in a row took nothing although there was something to send.
    stalled: u32,
}

impl EdgeSession {
    /// Starts a session for an edge whose records up to `acked_seq` were acknowledged earlier.
    #[must_use]
    pub fn new(acked_seq: u64) -> Self {
        Self {
            phase: Phase::Starting,
            hub_holds: acked_seq,
            with_hashes: WithHashes::No,
            stalled: 0,
        }
    }

    /// Returns how the edge stands with the hub.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Returns the exchange to make now.
    #[must_use]
    pub fn exchange(&self) -> Step {
        match self.phase {
            Phase::Stopped(_) => Step::Stop,
            Phase::Starting | Phase::Connected | Phase::Alone { .. } => Step::Exchange {
                after_seq: self.hub_holds,
                with_hashes: self.with_hashes,
            },
        }
    }

    /// Takes the hub's reply. `own` is this edge's head now, `own_chain` its chain after the record
    /// the hub says it holds (nothing if it has no such record), `more_down` whether the hub's feed
    /// goes further than what this edge now holds and this reply brought some of it. A hub that
    /// answers but takes nothing is asked again with growing pauses.
    #[must_use]
    pub fn replied(
        &mut self,
        reply: &Reply,
        own: FeedHead,
        own_chain: Option<Chain>,
        more_down: MoreDown,
    ) -> Step {
        let held = reply.welcome.up;
        if held.feed != own.feed || own_chain != Some(held.chain) {
            return self.stop(Trouble::Forked(held.seq));
        }
        // The hub's own word is what counts: after a restore it may hold less than it once did.
        let advanced = held.seq > self.hub_holds;
        self.hub_holds = held.seq;
        self.phase = Phase::Connected;
        self.with_hashes = match reply.refused {
            Some(BatchRefused::ChainDiffers) => WithHashes::Yes,
            Some(BatchRefused::Fork) => return self.stop(Trouble::Forked(held.seq)),
            Some(BatchRefused::Gap | BatchRefused::OtherFeed) | None => WithHashes::No,
            Some(BatchRefused::Malformed) => {
                let said = "the hub could not read a batch of this store: upgrade the edge";
                return self.stop(Trouble::Said(said.to_owned()));
            }
        };
        let to_send = own.seq > self.hub_holds;
        if let Some(newer) = reply.welcome.fenced_by {
            // What was sold here still counts; nothing else goes on.
            return match to_send && advanced {
                true => self.exchange(),
                false => self.stop(Trouble::Fenced(newer)),
            };
        }
        self.stalled = match to_send && !advanced {
            true => self.stalled.saturating_add(1),
            false => 0,
        };
        if self.stalled >= STALLED_MAX {
            let ms = backoff_ms(self.stalled - STALLED_MAX);
            return Step::Wait { ms };
        }
        if to_send || more_down == MoreDown::Yes {
            self.exchange()
        } else {
            Step::Listen
        }
    }

    /// Takes note that the hub refused to speak with this edge, in the hub's own sentence.
    #[must_use]
    pub fn refused(&mut self, sentence: &str) -> Step {
        self.stop(Trouble::Said(sentence.to_owned()))
    }

    /// Takes note of an exchange that failed, and returns how long to wait: doubling from 1 s to
    /// 60 s with full jitter, `random` deciding where between, or the hub's own `retry_after_ms`.
    #[must_use]
    pub fn failed(&mut self, random: u64, retry_after_ms: Option<u64>) -> Step {
        let failures = match self.phase {
            Phase::Alone { failures } => failures.saturating_add(1),
            Phase::Starting | Phase::Connected | Phase::Stopped(_) => 1,
        };
        self.phase = Phase::Alone { failures };
        let ceiling = backoff_ms(failures - 1);
        // Never below a tenth of a second: a hub that refuses at once must not be hammered.
        let jittered = (random % ceiling).max(100);
        Step::Wait {
            ms: retry_after_ms
                .unwrap_or(0)
                .min(BACKOFF_LAST_MS)
                .max(jittered),
        }
    }

    fn stop(&mut self, trouble: Trouble) -> Step {
        self.phase = Phase::Stopped(trouble);
        Step::Stop
    }
}

/// Returns the wait after so many failures before this one: doubling from 1 s to 60 s.
fn backoff_ms(before: u32) -> u64 {
    (BACKOFF_FIRST_MS << before.min(6)).min(BACKOFF_LAST_MS)
}

/// Whether the hub's feed goes further than what this edge holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoreDown {
    /// There is nothing more.
    No,
    /// There is more to fetch at once, and the last reply brought some.
    Yes,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::{EdgeSession, MoreDown, Phase, Step, WithHashes};
    use crate::documents::Actor;
    use crate::sync::{BatchRefused, Chain, FeedHead, FeedId, Reply, Welcome};

    fn head(seq: u64) -> FeedHead {
        FeedHead {
            feed: FeedId(1),
            seq,
            chain: Chain([u8::try_from(seq).unwrap(); 32]),
        }
    }

    fn reply(hub_holds: u64, refused: Option<BatchRefused>) -> Reply {
        let welcome = Welcome {
            protocol: 1,
            actor: Actor([0; 16]),
            down: FeedHead::start(FeedId(1)),
            up: head(hub_holds),
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
            refused,
            down: None,
        }
    }

    #[test]
    fn it_sends_until_the_hub_holds_everything_and_then_listens() {
        let mut session = EdgeSession::new(3);
        let expected = Step::Exchange {
            after_seq: 3,
            with_hashes: WithHashes::No,
        };
        assert_eq!(session.exchange(), expected);
        let next = session.replied(&reply(5, None), head(9), Some(head(5).chain), MoreDown::No);
        assert_eq!(
            next,
            Step::Exchange {
                after_seq: 5,
                with_hashes: WithHashes::No
            }
        );
        let next = session.replied(&reply(9, None), head(9), Some(head(9).chain), MoreDown::No);
        assert_eq!((next, session.phase()), (Step::Listen, &Phase::Connected));
        let next = session.replied(&reply(9, None), head(9), Some(head(9).chain), MoreDown::Yes);
        assert_eq!(
            next,
            Step::Exchange {
                after_seq: 9,
                with_hashes: WithHashes::No
            }
        );
    }

    #[test]
    fn a_hub_that_was_restored_gets_everything_it_lacks_again() {
        let mut session = EdgeSession::new(9);
        let next = session.replied(&reply(2, None), head(9), Some(head(2).chain), MoreDown::No);
        assert_eq!(
            next,
            Step::Exchange {
                after_seq: 2,
                with_hashes: WithHashes::No
            }
        );
    }

    #[test]
    fn a_broken_chain_is_sent_again_with_hashes() {
        let mut session = EdgeSession::new(0);
        let refused = reply(4, Some(BatchRefused::ChainDiffers));
        let next = session.replied(&refused, head(9), Some(head(4).chain), MoreDown::No);
        assert_eq!(
            next,
            Step::Exchange {
                after_seq: 4,
                with_hashes: WithHashes::Yes
            }
        );
    }

    #[test]
    fn two_feeds_in_one_name_stop_the_session_but_nothing_else() {
        let mut session = EdgeSession::new(0);
        let other = Some(Chain([99; 32]));
        assert_eq!(
            session.replied(&reply(4, None), head(9), other, MoreDown::No),
            Step::Stop
        );
        assert!(matches!(session.phase(), Phase::Stopped(_)));
        assert_eq!(session.exchange(), Step::Stop);
        let mut shorter = EdgeSession::new(0);
        assert_eq!(
            shorter.replied(&reply(9, None), head(4), None, MoreDown::No),
            Step::Stop
        );
    }

    #[test]
    fn a_hub_that_takes_nothing_is_not_asked_without_pause() {
        for refused in [
            None,
            Some(BatchRefused::Gap),
            Some(BatchRefused::ChainDiffers),
        ] {
            let mut session = EdgeSession::new(4);
            let mut hear = |held: u64| {
                let chain = Some(head(held).chain);
                session.replied(&reply(held, refused), head(9), chain, MoreDown::No)
            };
            let steps: Vec<Step> = (0..20).map(|_| hear(4)).collect();
            assert!(matches!(steps[1], Step::Exchange { .. }));
            assert_eq!(steps[2], Step::Wait { ms: 1_000 });
            assert_eq!(steps[3], Step::Wait { ms: 2_000 });
            assert_eq!(steps[19], Step::Wait { ms: 60_000 });
            // Once it takes something, all is well again.
            assert!(matches!(hear(5), Step::Exchange { .. }));
        }
    }

    proptest! {
        #[test]
        fn waiting_is_bounded_and_one_success_forgets_it(random in any::<u64>(), tries in 1..40) {
            let mut session = EdgeSession::new(0);
            for _ in 0..tries {
                let Step::Wait { ms } = session.failed(random, None) else { unreachable!() };
                prop_assert!((100..=60_000).contains(&ms));
            }
            let chain = Some(head(0).chain);
            let _step = session.replied(&reply(0, None), head(0), chain, MoreDown::No);
            let Step::Wait { ms } = session.failed(random, None) else { unreachable!() };
            prop_assert!(ms <= 1_000);
        }
    }
}
