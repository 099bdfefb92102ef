//! What a bench says: medians and tails of what was timed, in a table a person can keep.
//!
//! It judges nothing: no test and no bench fails for being slow (measures.md).

use std::fmt::Write;
use std::time::Duration;

/// Times of one thing done many times.
#[derive(Debug, Clone, Default)]
pub struct Times {
    taken: Vec<Duration>,
}

impl Times {
    /// Returns an empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes one time.
    pub fn took(&mut self, time: Duration) {
        self.taken.push(time);
    }

    /// Returns how many were noted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.taken.len()
    }

    /// Returns the time below which `percent` of all lie: 50 is the median.
    ///
    /// # Panics
    ///
    /// When nothing was noted.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Duration {
        assert!(!self.taken.is_empty(), "nothing was timed");
        let mut sorted = self.taken.clone();
        sorted.sort_unstable();
        // The nearest-rank definition: no value is invented between two measured ones.
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted[rank - 1]
    }

    /// Returns all of them together.
    #[must_use]
    pub fn sum(&self) -> Duration {
        self.taken.iter().sum()
    }
}

impl IntoIterator for Times {
    type Item = Duration;
    type IntoIter = std::vec::IntoIter<Duration>;

    fn into_iter(self) -> Self::IntoIter {
        self.taken.into_iter()
    }
}

impl Extend<Duration> for Times {
    fn extend<I: IntoIterator<Item = Duration>>(&mut self, times: I) {
        self.taken.extend(times);
    }
}

/// A table as Markdown, its columns as wide as what stands in them.
#[derive(Debug, Clone)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Begins a table with the names of its columns.
    #[must_use]
    pub fn of(columns: &[&str]) -> Self {
        let head = columns.iter().map(|name| (*name).to_owned()).collect();
        Self { rows: vec![head] }
    }

    /// Adds a row.
    ///
    /// # Panics
    ///
    /// When it has more or fewer cells than there are columns.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        assert_eq!(cells.len(), self.rows[0].len(), "a cell for every column");
        self.rows.push(cells);
    }

    /// Returns it as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let wide = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.rows[0].len()).map(wide).collect();
        let mut text = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            line(&mut text, row, &widths, ' ');
            if at == 0 {
                let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                line(&mut text, &rule, &widths, '-');
            }
        }
        text
    }
}

fn line(text: &mut String, cells: &[String], widths: &[usize], pad: char) {
    for (cell, width) in cells.iter().zip(widths) {
        write!(text, "|{pad}{cell:<width$}{pad}").expect("a string takes everything");
    }
    text.push_str("|\n");
}

/// Returns a time as a bench writes it: microseconds below 10 ms, else milliseconds.
#[must_use]
pub fn shown(time: Duration) -> String {
    match time.as_micros() {
        micros @ 0..10_000 => format!("{micros} µs"),
        micros => format!("{}.{} ms", micros / 1_000, micros / 100 % 10),
    }
}

/// Returns how many times `time` is of `baseline`, with two decimals: `1.85×`.
#[must_use]
pub fn ratio(time: Duration, baseline: Duration) -> String {
    let hundredths = time.as_nanos() * 100 / baseline.as_nanos().max(1);
    format!("{}.{:02}×", hundredths / 100, hundredths % 100)
}

/// Returns how often something is done in a second when `count` of it took `time`.
#[must_use]
pub fn per_second(count: usize, time: Duration) -> String {
    let count = u128::try_from(count).expect("a count fits");
    (count * 1_000_000_000 / time.as_nanos().max(1)).to_string()
}

/// Returns how often a bench does its work: the number given behind `--`, for a machine that is
/// busy, else `usual`. Cargo's own arguments are no numbers.
#[must_use]
pub fn rounds(usual: usize) -> usize {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    asked.filter(|count| *count > 0).unwrap_or(usual)
}

/// Returns the machine and its load, which every result must state.
#[must_use]
pub fn machine() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_else(|_| "unknown".to_owned());
    let load = load
        .split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ");
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{cores} cores, load before the run {load} (1, 5, 15 min)")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Table, Times, per_second, ratio, shown};

    #[test]
    fn percentiles_are_measured_values() {
        let mut times = Times::new();
        times.extend((1..=200).rev().map(Duration::from_millis));
        assert_eq!(times.percentile(50), Duration::from_millis(100));
        assert_eq!(times.percentile(99), Duration::from_millis(198));
        assert_eq!(times.percentile(100), Duration::from_millis(200));
        let mut one = Times::new();
        one.took(Duration::from_millis(7));
        assert_eq!(one.percentile(1), Duration::from_millis(7));
    }

    #[test]
    fn numbers_read_as_a_person_writes_them() {
        assert_eq!(shown(Duration::from_micros(812)), "812 µs");
        assert_eq!(shown(Duration::from_micros(14_270)), "14.2 ms");
        assert_eq!(
            ratio(Duration::from_micros(185), Duration::from_micros(100)),
            "1.85×"
        );
        assert_eq!(per_second(50, Duration::from_millis(500)), "100");
    }

    #[test]
    fn a_table_lines_up() {
        let mut table = Table::of(&["a", "long"]);
        table.row(["wide cell".to_owned(), "1".to_owned()]);
        let wanted = "| a         | long |\n|-----------|------|\n| wide cell | 1    |\n";
        assert_eq!(table.markdown(), wanted);
    }
}
