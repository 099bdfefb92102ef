//! Seeded choices: everything a journey leaves to chance, and the seed to repeat it.
//!
//! It is no source of keys or ids, and not the shop's randomness: that is the daemons' own.

use std::fmt;

use counterpart_daemon::entropy::{Entropy, SeededEntropy};

use crate::config;

/// A stream of choices. When a test that holds one fails, it prints the seed.
pub struct Chance {
    story: &'static str,
    seed: u64,
    entropy: SeededEntropy,
}

impl Chance {
    /// Returns the choices of a story: those of `usual_seed`, unless `TESTS_SEED` names another.
    ///
    /// A journey always takes the same way, so that a change that breaks it is the one to blame;
    /// other ways are looked for by hand, in a loop over seeds.
    #[must_use]
    pub fn of(story: &'static str, usual_seed: u64) -> Self {
        let seed = config::seed().unwrap_or(usual_seed);
        Self {
            story,
            seed,
            entropy: SeededEntropy::new(seed),
        }
    }

    /// Returns a number below `bound`, each as likely as the others to 1 in 2⁶⁴ ÷ `bound`.
    ///
    /// # Panics
    ///
    /// When `bound` is 0: there is nothing to choose from.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "nothing to choose from");
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        u64::from_be_bytes(bytes) % bound
    }

    /// Returns a number from `low` to `high`, both included.
    ///
    /// # Panics
    ///
    /// When `high` is below `low`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        assert!(low <= high, "{low} is above {high}");
        low + self.below(high - low + 1)
    }

    /// Returns whether something happens that does so `percent` times in a hundred.
    pub fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Returns one of `choices`.
    ///
    /// # Panics
    ///
    /// When there are none.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let count = u64::try_from(choices.len()).expect("a slice has fewer than 2⁶⁴ elements");
        let at = usize::try_from(self.below(count)).expect("it is below a length");
        &choices[at]
    }

    /// Returns the seed all this follows from.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chance({}, TESTS_SEED={})", self.story, self.seed)
    }
}

impl Drop for Chance {
    #[expect(
        clippy::print_stderr,
        reason = "a failed test's output is where its seed is looked for"
    )]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{} failed with TESTS_SEED={}", self.story, self.seed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn one_seed_makes_one_story() {
        let draw = |seed| {
            let mut chance = Chance::of("a story", seed);
            (0..50).map(|_| chance.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
    }

    #[test]
    fn every_choice_is_met_and_no_other() {
        let mut chance = Chance::of("a story", 3);
        let mut met = [0; 4];
        for _ in 0..400 {
            met[usize::try_from(chance.between(1, 3)).unwrap()] += 1;
        }
        assert_eq!(met[0], 0);
        assert!(met[1..].iter().all(|times| *times > 60), "{met:?}");
        assert_eq!(chance.one_of(&["only"]), &"only");
    }
}
