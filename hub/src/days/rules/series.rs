//! What the numbers of one series prove of one day.

use serde::Serialize;
use utoipa::ToSchema;

/// Gaps that are told one by one; the rest is counted.
const GAPS_TOLD_MAX: usize = 100;

/// The numbers of one series on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeriesProof {
    /// What it is matched by with what was sealed.
    #[serde(skip)]
    #[schema(ignore)]
    pub(in crate::days) key: String,
    /// What every number begins with, as printed: `1-1` or `GHE-I-7.2`.
    pub series: String,
    /// The lowest number of the day: as sealed, or the lowest that arrived.
    pub first: u32,
    /// The highest.
    pub last: u32,
    /// Numbers that arrived and count for the day.
    pub arrived: u64,
    /// Numbers from the lowest to the highest that have not arrived for any day.
    pub missing: u64,
    /// The first hundred gaps: from number to number.
    pub gaps: Vec<Gap>,
    /// Numbers that arrived again for another sale.
    pub doubled: u64,
}

/// Numbers that have not arrived, from the first to the last of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gap {
    /// The first that is missing.
    pub from: u32,
    /// The last that is missing.
    pub to: u32,
}

impl SeriesProof {
    /// Tells whether every number arrived, once.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing == 0 && self.doubled == 0
    }

    /// Says what the numbers prove: `1-1-000001–000482: 482 arrived, 0 missing, 0 doubled`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self {
            series,
            first,
            last,
            arrived,
            missing,
            doubled,
            ..
        } = self;
        let counts = format!("{arrived} arrived, {missing} missing, {doubled} doubled");
        let mut sentence = format!("{series}-{first:06}–{last:06}: {counts}");
        if !self.gaps.is_empty() {
            sentence = format!("{sentence} (missing {})", self.gaps_text());
        }
        sentence
    }

    /// Lists what is missing as printed: `1-1-000003, 1-1-000007–000009`.
    #[must_use]
    pub fn gaps_text(&self) -> String {
        let gaps = self.gaps.iter().map(|gap| match gap.from == gap.to {
            true => format!("{}-{:06}", self.series, gap.from),
            false => format!("{}-{:06}–{:06}", self.series, gap.from, gap.to),
        });
        let mut texts: Vec<String> = gaps.collect();
        let told: u64 = self.gaps.iter().map(Gap::count).sum();
        if told < self.missing {
            texts.push(format!("and {} more", self.missing - told));
        }
        texts.join(", ")
    }
}

impl Gap {
    fn count(&self) -> u64 {
        u64::from(self.to - self.from) + 1
    }
}

/// Goes through the numbers of a series that are held, ascending, each with how often, between
/// `first` and `last`. `arrived` is how many of them count for the day.
pub(in crate::days) fn series(
    (key, series): (String, String),
    (first, last): (u32, u32),
    arrived: u64,
    held: impl IntoIterator<Item = (u32, u64)>,
) -> SeriesProof {
    let mut proof = SeriesProof {
        key,
        series,
        first,
        last,
        arrived,
        missing: 0,
        gaps: Vec::new(),
        doubled: 0,
    };
    // Wider than a number: one beyond the last may be none.
    let mut next = u64::from(first);
    for (number, times) in held {
        proof.gap(next, u64::from(number));
        next = u64::from(number) + 1;
        proof.doubled += times.saturating_sub(1);
    }
    proof.gap(next, u64::from(last) + 1);
    proof
}

impl SeriesProof {
    /// Notes that the numbers from `from` on, and before `until`, are not there.
    fn gap(&mut self, from: u64, until: u64) {
        if from >= until {
            return;
        }
        self.missing += until - from;
        if let (Ok(from), Ok(to)) = (u32::try_from(from), u32::try_from(until - 1))
            && self.gaps.len() < GAPS_TOLD_MAX
        {
            self.gaps.push(Gap { from, to });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::series;

    fn named() -> (String, String) {
        ("1-1".to_owned(), "1-1".to_owned())
    }

    #[track_caller]
    fn check(bounds: (u32, u32), held: &[(u32, u64)], sentence: &str) {
        let arrived = held.len() as u64;
        let proof = series(named(), bounds, arrived, held.iter().copied());
        assert_eq!(proof.sentence(), sentence);
    }

    #[test]
    fn what_is_missing_is_named_number_by_number() {
        check(
            (1, 3),
            &[(1, 1), (2, 1), (3, 1)],
            "1-1-000001–000003: 3 arrived, 0 missing, 0 doubled",
        );
        check(
            (4, 9),
            &[(5, 1), (9, 2)],
            "1-1-000004–000009: 2 arrived, 4 missing, 1 doubled \
             (missing 1-1-000004, 1-1-000006–000008)",
        );
        check(
            (1, u32::MAX),
            &[],
            "1-1-000001–4294967295: 0 arrived, 4294967295 missing, 0 doubled \
             (missing 1-1-000001–4294967295)",
        );
    }

    #[test]
    fn many_gaps_are_counted_and_the_first_are_told() {
        let held: Vec<(u32, u64)> = (1..=500).map(|number| (number * 2, 1)).collect();
        let proof = series(named(), (1, 1_000), 500, held);
        assert_eq!((proof.missing, proof.gaps.len()), (500, 100));
        assert!(proof.sentence().ends_with("and 400 more)"));
    }
}
