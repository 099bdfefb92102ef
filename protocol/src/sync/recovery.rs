//! How a new life of an edge gets back what its earlier lives had told the hub.
//!
//! ```text
//!  edge, a new life                       hub
//!   │  RecoveryAsked{ nonce, at }          │
//!   ├─────────────────────────────────────▶│ fences the older lives
//!   │  RecoveryTold{ nonce, lives, batch } │
//!   │◀─────────────────────────────────────┤
//! ```
//!
//! An answer counts only with the nonce of this life: one that was meant for another ends nothing.
//! For each earlier life [`next_step`] says what comes next: find out where both feeds part, state
//! anew what the hub lacks, let go of what parted, take what the hub has.

use minicbor::{Decode, Encode};

use super::feed::{FeedHead, FeedId};
use super::frames::{Batch, RecordVerdict};
use crate::documents::Actor;
use crate::ids::{EdgeNumber, Incarnation};

/// How many earlier lives an answer names at most, the newest.
pub const LIVES_MAX: usize = 100;

/// 16 random bytes, made with a life, that no answer to another one holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Nonce(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

/// What a new life asks the hub. Since 0.2.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecoveryAsked {
    /// The edge, which must be the one its certificate names.
    #[n(0)]
    pub edge: EdgeNumber,
    /// Its new life.
    #[n(1)]
    pub incarnation: Incarnation,
    /// Its actor in that life.
    #[n(2)]
    pub actor: Actor,
    /// What the answer must repeat.
    #[n(3)]
    pub nonce: Nonce,
    /// A place in the feed of an earlier life: is it the same at the hub, and what follows?
    #[n(4)]
    pub at: Option<FeedHead>,
}

/// What the hub tells a new life. Since 0.2.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecoveryTold {
    /// The asker's.
    #[n(0)]
    pub nonce: Nonce,
    /// The newest life of this edge that the hub has met, which may be another than the asker.
    #[n(1)]
    pub newest: LifeMet,
    /// How far the hub holds the feed of each earlier life, at most [`LIVES_MAX`], the newest.
    #[n(2)]
    pub lives: Vec<FeedHead>,
    /// The place that was asked about.
    #[n(3)]
    pub at: Option<FeedHead>,
    /// Whether the hub's feed is the same there.
    #[n(4)]
    pub agrees: bool,
    /// The actor of the life that was asked about.
    #[n(5)]
    pub actor: Option<Actor>,
    /// The records after that place, if it is the same.
    #[n(6)]
    pub batch: Option<Batch>,
    /// Which of these records the hub set aside, and why: they count nowhere.
    #[n(7)]
    pub aside: Option<Vec<RecordVerdict>>,
}

/// A life the hub has met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LifeMet {
    /// Its number.
    #[n(0)]
    pub incarnation: Incarnation,
    /// Its actor.
    #[n(1)]
    pub actor: Actor,
}

/// What an edge knows of one of its earlier lives; numbers count records from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifeSeen {
    /// Its feed.
    pub feed: FeedId,
    /// How far we have it.
    pub ours: u64,
    /// How far the hub has it, as it last said; 0 if it never met this life.
    pub hubs: u64,
    /// Up to here both are known to be the same.
    pub common: u64,
    /// From here on they are known to differ.
    pub differs: Option<u64>,
    /// Our records up to here were looked at, to be stated anew.
    pub looked: u64,
}

impl LifeSeen {
    /// Takes note that the hub holds less of it than it once did: it was put back to a backup, and
    /// what it lost is to be stated anew.
    pub fn lost(&mut self, hubs: u64) {
        self.hubs = hubs;
        self.common = self.common.min(hubs);
        self.looked = self.looked.min(hubs);
        self.differs = self.differs.filter(|differs| *differs <= hubs);
    }
}

/// What is to be done next for an earlier life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeStep {
    /// Ask whether both are the same at this record.
    Compare(u64),
    /// State our records after this one anew, which the hub lacks under their old numbers.
    Restate {
        /// The last record that needs none of it.
        after: u64,
    },
    /// Let go of our records after this one, which are stated anew: the hub's have their numbers.
    Part(u64),
    /// Take the hub's records after this one.
    Take(u64),
    /// Nothing: all that both have is on both sides.
    Nothing,
}

/// Decides what comes next for an earlier life.
#[must_use]
pub fn next_step(life: &LifeSeen) -> LifeStep {
    let both = life.ours.min(life.hubs);
    if life.common < both {
        match life.differs {
            None => return LifeStep::Compare(both),
            // Chains that differ once differ from there on: the first difference is halved to.
            Some(differs) if differs > life.common + 1 => {
                return LifeStep::Compare(life.common + (differs - life.common) / 2);
            }
            Some(_) => {}
        }
    }
    let looked = life.looked.max(life.common);
    if looked < life.ours {
        LifeStep::Restate { after: looked }
    } else if life.common < life.ours && life.common < life.hubs {
        LifeStep::Part(life.common)
    } else if life.ours < life.hubs {
        LifeStep::Take(life.ours)
    } else {
        LifeStep::Nothing
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{LifeSeen, LifeStep, next_step};
    use crate::sync::FeedId;

    fn seen(ours: u64, hubs: u64) -> LifeSeen {
        LifeSeen {
            feed: FeedId(1),
            ours,
            hubs,
            common: 0,
            differs: None,
            looked: 0,
        }
    }

    /// Does what the steps say to two feeds that are the same up to `same`, and returns which of
    /// our records were stated anew and how often the hub was asked.
    fn carry_out(ours: u64, hubs: u64, same: u64) -> (Vec<u64>, u32) {
        let same = same.min(ours).min(hubs);
        let mut life = seen(ours, hubs);
        let (mut restated, mut asked) = (Vec::new(), 0);
        for _ in 0..10_000 {
            match next_step(&life) {
                LifeStep::Compare(at) => {
                    asked += 1;
                    if at <= same {
                        life.common = life.common.max(at);
                    } else {
                        life.differs = Some(life.differs.map_or(at, |known| known.min(at)));
                    }
                }
                LifeStep::Restate { after } => {
                    restated.push(after + 1);
                    life.looked = after + 1;
                }
                LifeStep::Part(at) => {
                    assert_eq!(at, same, "only what parted is let go of");
                    (life.ours, life.differs) = (at, None);
                }
                LifeStep::Take(after) => {
                    assert_eq!(after, life.ours);
                    life.ours += 1;
                    life.common = life.ours;
                }
                LifeStep::Nothing => return (restated, asked),
            }
        }
        panic!("it does not end: {life:?}");
    }

    #[test]
    fn a_backup_that_is_the_beginning_of_what_the_hub_holds_only_takes() {
        assert_eq!(carry_out(30, 40, 30), (vec![], 1));
        assert_eq!(carry_out(30, 30, 30), (vec![], 1));
        assert_eq!(carry_out(0, 40, 0), (vec![], 0));
    }

    #[test]
    fn what_the_hub_lacks_is_stated_anew() {
        assert_eq!(carry_out(32, 30, 30), (vec![31, 32], 1));
        assert_eq!(carry_out(2, 0, 0), (vec![1, 2], 0));
    }

    #[test]
    fn what_parted_is_found_by_halving() {
        let (restated, asked) = carry_out(1_003, 2_000, 1_000);
        assert_eq!(restated, [1_001, 1_002, 1_003]);
        assert!(asked < 15, "{asked}");
    }

    proptest! {
        #[test]
        fn it_ends_with_every_record_on_both_sides(
            ours in 0_u64..60, hubs in 0_u64..60, same in 0_u64..60,
        ) {
            let (restated, asked) = carry_out(ours, hubs, same);
            let same = same.min(ours).min(hubs);
            let lacking: Vec<u64> = (same + 1..=ours).collect();
            prop_assert_eq!(restated, lacking);
            prop_assert!(asked <= 8);
        }
    }
}
