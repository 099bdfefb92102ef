//! Every choice of a run, from one 64-bit seed: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
//!
//! It is quick rather than unpredictable; keys and ids come from the product's own entropy.

/// A stream of choices.
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// Returns the choices of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Returns choices of their own for part `part`, so that leaving out one part of a run leaves
    /// the others as they were.
    #[must_use]
    pub fn part(seed: u64, part: u64) -> Self {
        let mut mixed = Self::new(seed ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93));
        Self::new(mixed.draw())
    }

    /// Returns the next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound
    }

    /// Returns a place in a list of `length`, which is not 0.
    pub fn place(&mut self, length: usize) -> usize {
        let bound = u64::try_from(length).expect("a length fits");
        usize::try_from(self.below(bound)).expect("it is below a length")
    }

    /// Returns whether something happens that does so `percent` times in a hundred.
    pub fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_stream_is_the_published_one() {
        // The first outputs of SplitMix64 for seed 1234567, from the authors' reference.
        let mut dice = Dice::new(1_234_567);
        assert_eq!(dice.draw(), 6_457_827_717_110_365_317);
        assert_eq!(dice.draw(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn parts_do_not_depend_on_each_other() {
        let first: Vec<u64> = (0..4).map(|part| Dice::part(9, part).draw()).collect();
        let again: Vec<u64> = (0..4)
            .rev()
            .map(|part| Dice::part(9, part).draw())
            .collect();
        assert_eq!(first, again.into_iter().rev().collect::<Vec<_>>());
    }
}
