//! How a hub that was put back to a backup gets back what it had told, and what it had been told.
//!
//! A hub's feed has one run for each of its generations. A restored hub opens a new generation and
//! promises nothing for a store until that store has met it, and both hold the same of every
//! earlier run: of the hub's own, and of the store's earlier lives. The store's newest run needs
//! nothing of this: it is resumed where the hub says it stands.
//!
//! ```text
//!  edge                                              hub, generation 2
//!   │  Hello{ down: 1/52 }                            │  holds 1/40
//!   ├────────────────────────────────────────────────▶│  Meet
//!   │  Welcome{ generation: 2 }                       │
//!   │◀────────────────────────────────────────────────┤
//!   │  Hello{ met: 2, runs: [1/52] }                  │
//!   ├────────────────────────────────────────────────▶│  Ask
//!   │  Welcome{ generation: 2, asks: after 1/40 }     │
//!   │◀────────────────────────────────────────────────┤
//!   │  SentBack{ at: 1/40, records 41 … 52 }          │
//!   ├────────────────────────────────────────────────▶│  Even: it promises again
//!   │  Welcome{ generation: 2, heard }, records of 2  │
//!   │◀────────────────────────────────────────────────┤
//! ```
//!
//! A store that has met a generation takes nothing of an earlier one any more, so that no late word
//! of the hub that was lost can come after the new one counted. That is why it meets first.

use minicbor::{Decode, Encode};

use super::feed::{FeedHead, FeedId};
use super::frames::{Batch, RecordVerdict};
use crate::documents::Actor;

/// The generation of a hub that was never restored.
pub const FIRST_GENERATION: u32 = 1;
/// How many earlier runs of each side a hello names at most, the newest.
pub const RUNS_MAX: usize = 100;

/// Whose feed a run is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Whose {
    /// The hub's for this edge: one run a generation.
    #[n(0)]
    Hubs,
    /// The edge's: one run a life.
    #[n(1)]
    Edges,
}

/// A run of a feed as an edge holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RunMet {
    /// Whose.
    #[n(0)]
    pub whose: Whose,
    /// How far.
    #[n(1)]
    pub head: FeedHead,
}

/// What an edge says of the hub's generations, once it has met one after the first. Since 0.3.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HubMet {
    /// The newest it has met: it takes nothing of an earlier one any more.
    #[n(0)]
    pub generation: u32,
    /// The runs before the newest of each side, until the hub has said that it needs no more: at
    /// most
    /// [`RUNS_MAX`] of each side.
    #[n(1)]
    pub runs: Option<Vec<RunMet>>,
}

/// What a hub says that was restored at some time. Since 0.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GenerationTold {
    /// Its generation.
    #[n(0)]
    pub generation: u32,
    /// Whether it has everything back from this edge.
    #[n(1)]
    pub heard: bool,
    /// What it needs next: the records after this place.
    #[n(2)]
    pub asks: Option<RunMet>,
    /// Whether it has everything back from every edge it waits for. Until then another store may
    /// tell it of a custody that an earlier generation took back. Since 0.4.
    #[n(3)]
    pub settled: Option<bool>,
}

impl GenerationTold {
    /// Tells whether what earlier generations said counts as it stands. A hub that does not know
    /// the question means this edge alone.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.heard && self.settled.unwrap_or(true)
    }
}

/// Records that a restored hub asked for. Since 0.3.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SentBack {
    /// The place they follow, as the edge has it.
    #[n(0)]
    pub at: RunMet,
    /// Who wrote the run.
    #[n(1)]
    pub actor: Actor,
    /// The records, with a hash each.
    #[n(2)]
    pub batch: Option<Batch>,
    /// Which of the edge's own the hub had set aside, and why: they count nowhere.
    #[n(3)]
    pub aside: Option<Vec<RecordVerdict>>,
}

/// An earlier run as both sides hold it, numbers counting records from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunSeen {
    /// Whose.
    pub whose: Whose,
    /// How far the hub holds it; 0 if it does not know it.
    pub ours: FeedHead,
    /// How far the edge holds it; 0 if it does not name it.
    pub theirs: FeedHead,
    /// Whether both are the same where the shorter one ends, as far as the hub can tell: it has a
    /// place to compare only when it holds as much as the edge.
    pub agrees: Option<bool>,
}

/// What a restored hub does next about one edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HearStep {
    /// The edge has not met this generation yet: tell it, and nothing else.
    Meet,
    /// The edge knows a newer generation: this hub is over, or an old backup of it.
    Outlived(u32),
    /// A run differs where both have it: a person must look.
    Forked(RunMet),
    /// Ask for the records after this place.
    Ask(RunMet),
    /// Send what the edge lacks of this earlier run of the hub's.
    Give(FeedId),
    /// Nothing is missing on either side: promise again.
    Even,
}

/// Decides what a hub of `generation` does next about an edge whose newest met generation is `met`
/// and whose earlier runs are `runs`.
///
/// The hub's own records come first and the oldest run before the others, because what an edge
/// wrote follows what it was told.
#[must_use]
pub fn hear_step(generation: u32, met: u32, runs: &[RunSeen]) -> HearStep {
    let newest = runs
        .iter()
        .filter(|run| run.whose == Whose::Hubs)
        .map(|run| run.theirs.feed.0)
        .fold(met, u32::max);
    if newest > generation {
        return HearStep::Outlived(newest);
    }
    if met < generation {
        return HearStep::Meet;
    }
    let mut sorted: Vec<&RunSeen> = runs.iter().collect();
    sorted.sort_by_key(|run| (run.whose, run.ours.feed));
    if let Some(run) = sorted.iter().find(|run| run.agrees == Some(false)) {
        return HearStep::Forked(RunMet {
            whose: run.whose,
            head: run.theirs,
        });
    }
    for run in &sorted {
        if run.theirs.seq > run.ours.seq {
            return HearStep::Ask(RunMet {
                whose: run.whose,
                head: run.ours,
            });
        }
    }
    let lacks = |run: &&&RunSeen| run.whose == Whose::Hubs && run.theirs.seq < run.ours.seq;
    match sorted.iter().find(lacks) {
        Some(run) => HearStep::Give(run.ours.feed),
        None => HearStep::Even,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{HearStep, RunMet, RunSeen, Whose, hear_step};
    use crate::sync::{Chain, FeedHead, FeedId};

    fn head(feed: u32, seq: u64) -> FeedHead {
        FeedHead {
            feed: FeedId(feed),
            seq,
            chain: Chain([u8::try_from(seq % 250).unwrap(); 32]),
        }
    }

    /// A run that is the same as far as both have it.
    fn run(whose: Whose, feed: u32, ours: u64, theirs: u64) -> RunSeen {
        RunSeen {
            whose,
            ours: head(feed, ours),
            theirs: head(feed, theirs),
            agrees: (theirs <= ours).then_some(true),
        }
    }

    fn asked(whose: Whose, feed: u32, after: u64) -> HearStep {
        HearStep::Ask(RunMet {
            whose,
            head: head(feed, after),
        })
    }

    #[test]
    fn nothing_counts_before_the_edge_has_met_this_generation() {
        let even = [run(Whose::Hubs, 1, 40, 40)];
        assert_eq!(hear_step(9, 1, &even), HearStep::Meet);
        assert_eq!(hear_step(9, 9, &even), HearStep::Even);
        assert_eq!(hear_step(9, 9, &[]), HearStep::Even);
    }

    #[test]
    fn what_the_hub_lacks_is_asked_for_its_own_first() {
        let runs = [
            run(Whose::Edges, 1, 7, 9),
            run(Whose::Hubs, 5, 0, 3),
            run(Whose::Hubs, 1, 40, 52),
        ];
        assert_eq!(hear_step(9, 9, &runs), asked(Whose::Hubs, 1, 40));
        assert_eq!(hear_step(9, 9, &runs[..2]), asked(Whose::Hubs, 5, 0));
        assert_eq!(hear_step(9, 9, &runs[..1]), asked(Whose::Edges, 1, 7));
    }

    #[test]
    fn what_the_edge_lacks_of_the_hubs_runs_is_given_and_of_its_own_is_not() {
        let runs = [run(Whose::Hubs, 1, 40, 38), run(Whose::Edges, 1, 7, 5)];
        assert_eq!(hear_step(9, 9, &runs), HearStep::Give(FeedId(1)));
        assert_eq!(hear_step(9, 9, &runs[1..]), HearStep::Even);
    }

    #[test]
    fn a_hub_that_others_have_outlived_learns_it() {
        assert_eq!(hear_step(9, 10, &[]), HearStep::Outlived(10));
        let later = [run(Whose::Hubs, 12, 0, 4)];
        assert_eq!(hear_step(9, 9, &later), HearStep::Outlived(12));
        assert_eq!(hear_step(1, 9, &[]), HearStep::Outlived(9));
        // An edge's lives have numbers of their own.
        let lives = [run(Whose::Edges, 700, 4, 4)];
        assert_eq!(hear_step(9, 9, &lives), HearStep::Even);
    }

    #[test]
    fn runs_that_differ_are_for_a_person() {
        let mut differs = run(Whose::Hubs, 1, 40, 40);
        differs.agrees = Some(false);
        let runs = [run(Whose::Hubs, 5, 0, 3), differs];
        let at = RunMet {
            whose: Whose::Hubs,
            head: head(1, 40),
        };
        assert_eq!(hear_step(9, 9, &runs), HearStep::Forked(at));
    }

    proptest! {
        /// Whatever both hold to begin with, doing what the steps say ends with both holding all of
        /// the hub's runs, and the hub all of the edge's.
        #[test]
        fn it_ends_with_everything_on_both_sides(
            hubs in proptest::collection::vec((0_u64..20, 0_u64..20), 0..5),
            edges in proptest::collection::vec((0_u64..20, 0_u64..20), 0..5),
            met in any::<bool>(),
        ) {
            let number = |at: usize| u32::try_from(at).unwrap() + 1;
            let mut runs: Vec<RunSeen> = Vec::new();
            for (whose, ends) in [(Whose::Hubs, &hubs), (Whose::Edges, &edges)] {
                for (at, (ours, theirs)) in ends.iter().enumerate() {
                    runs.push(run(whose, number(at), *ours, *theirs));
                }
            }
            let mut met = if met { 9 } else { 1 };
            for _ in 0..500 {
                match hear_step(9, met, &runs) {
                    HearStep::Meet => met = 9,
                    HearStep::Ask(at) => {
                        let same = |run: &&mut RunSeen| {
                            run.whose == at.whose && run.ours == at.head
                        };
                        let run = runs.iter_mut().find(same).unwrap();
                        prop_assert!(run.theirs.seq > run.ours.seq);
                        run.ours = head(run.ours.feed.0, run.ours.seq + 1);
                    }
                    HearStep::Give(feed) => {
                        let same = |run: &&mut RunSeen| {
                            run.whose == Whose::Hubs && run.ours.feed == feed
                        };
                        let run = runs.iter_mut().find(same).unwrap();
                        prop_assert!(run.theirs.seq < run.ours.seq);
                        run.theirs = head(feed.0, run.theirs.seq + 1);
                    }
                    HearStep::Even => {
                        prop_assert_eq!(met, 9);
                        for run in &runs {
                            let short = run.whose == Whose::Edges
                                && run.theirs.seq < run.ours.seq;
                            prop_assert!(short || run.theirs.seq == run.ours.seq);
                        }
                        return Ok(());
                    }
                    step @ (HearStep::Outlived(_) | HearStep::Forked(_)) => {
                        prop_assert!(false, "{step:?}");
                    }
                }
            }
            prop_assert!(false, "it does not end: {runs:?}");
        }
    }
}
