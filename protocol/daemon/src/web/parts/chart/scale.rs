//! From values to heights, with ticks a person would have chosen.
//!
//! It always includes zero: a bar or line that starts elsewhere lies about how much has changed.

/// The range of a plot's values, widened to whole ticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    low: i64,
    high: i64,
    step: i64,
}

impl Scale {
    /// Makes the scale that shows all `values` and zero in about four steps.
    pub(super) fn over(values: impl Iterator<Item = i64>) -> Self {
        // Beyond this the ends could not be widened without overflow, and no shop sells that much.
        let bound = i64::MAX / 16;
        let (low, high) = values.fold((0_i64, 0_i64), |(low, high), value| {
            let value = value.clamp(-bound, bound);
            (low.min(value), high.max(value))
        });
        let step = round_step((high - low).div_euclid(4).max(1));
        Self {
            low: low.div_euclid(step) * step,
            high: (high + step - 1).div_euclid(step).max(1) * step,
            step,
        }
    }

    /// Returns the values at which lines are drawn, from low to high.
    pub(super) fn ticks(&self) -> Vec<i64> {
        let mut ticks = Vec::new();
        let mut value = self.low;
        while value <= self.high {
            ticks.push(value);
            value += self.step;
        }
        ticks
    }

    /// Returns how far up `value` stands when the whole range is `length` long.
    pub(super) fn share(&self, value: i64, length: i64) -> i64 {
        let range = i128::from(self.high) - i128::from(self.low);
        let above = i128::from(value.clamp(self.low, self.high)) - i128::from(self.low);
        i64::try_from(above * i128::from(length) / range).expect("a share is at most its length")
    }
}

/// Rounds a step up to 1, 2 or 5 times a power of ten.
fn round_step(least: i64) -> i64 {
    let mut unit = 1_i64;
    loop {
        for factor in [1, 2, 5] {
            if unit * factor >= least {
                return unit * factor;
            }
        }
        unit *= 10;
    }
}

/// Writes tenths of a drawing unit as a decimal: 125 is `12.5`.
pub(super) fn tenths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs();
    match magnitude % 10 {
        0 => format!("{sign}{}", magnitude / 10),
        rest => format!("{sign}{}.{rest}", magnitude / 10),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check_ticks(values: &[i64], expected: &[i64]) {
        assert_eq!(Scale::over(values.iter().copied()).ticks(), expected);
    }

    #[test]
    fn ticks_are_round_and_begin_at_zero() {
        check_ticks(&[3, 14, 8], &[0, 5, 10, 15]);
        check_ticks(&[100], &[0, 50, 100]);
        check_ticks(&[0], &[0, 1]);
        check_ticks(&[], &[0, 1]);
        check_ticks(&[-3, 7], &[-4, -2, 0, 2, 4, 6, 8]);
        check_ticks(&[1_234_567], &[0, 500_000, 1_000_000, 1_500_000]);
    }

    #[test]
    fn tenths_are_written_without_floats() {
        assert_eq!(tenths(125), "12.5");
        assert_eq!(tenths(-5), "-0.5");
        assert_eq!(tenths(100), "10");
    }

    proptest! {
        #[test]
        fn every_value_stands_inside_the_plot(values in prop::collection::vec(any::<i64>(), 0..9)) {
            let scale = Scale::over(values.iter().copied());
            prop_assert!(scale.ticks().len() <= 12);
            for value in values {
                prop_assert!((0..=1_000).contains(&scale.share(value, 1_000)));
            }
        }
    }
}
