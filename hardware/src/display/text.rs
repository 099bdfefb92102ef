//! Two lines of at most twenty characters, safe to show.

use counterpart_paper::{Words, cells};

/// How many characters a line has.
pub const DISPLAY_COLUMNS: usize = 20;

/// What a display shows; control characters are gone, and each line is at most twenty cells wide.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct DisplayText {
    lines: [String; 2],
}

impl DisplayText {
    /// Returns two lines, cut at twenty cells.
    #[must_use]
    pub fn new(top: &str, bottom: &str) -> Self {
        Self {
            lines: [top, bottom].map(|line| cut(Words::new(line).as_str(), DISPLAY_COLUMNS)),
        }
    }

    /// Returns a line that says what, above one that says how much, at its right end. An amount is
    /// never cut: what is left of it is.
    ///
    /// ```
    /// use counterpart_hardware::DisplayText;
    ///
    /// let text = DisplayText::amount("Oat milk 1 l", "2 x", "4.98");
    /// assert_eq!(text.lines(), ["Oat milk 1 l", "2 x             4.98"]);
    /// ```
    #[must_use]
    pub fn amount(what: &str, label: &str, amount: &str) -> Self {
        Self::new(what, &priced(label, amount))
    }

    /// Returns two lines that say what and how much.
    ///
    /// ```
    /// use counterpart_hardware::DisplayText;
    ///
    /// let text = DisplayText::amounts(("Oat milk 1 l", "2.49"), ("Total", "12.34"));
    /// assert_eq!(text.lines(), ["Oat milk 1 l    2.49", "Total          12.34"]);
    /// ```
    #[must_use]
    pub fn amounts(top: (&str, &str), bottom: (&str, &str)) -> Self {
        let [top, bottom] = [top, bottom].map(|(label, amount)| priced(label, amount));
        Self::new(&top, &bottom)
    }

    /// Returns the two lines, without spaces at their ends.
    #[must_use]
    pub fn lines(&self) -> [&str; 2] {
        [&self.lines[0], &self.lines[1]]
    }
}

/// A label and, at the right end, its amount; the label is cut, the amount never.
fn priced(label: &str, amount: &str) -> String {
    let amount = Words::new(amount);
    let left = DISPLAY_COLUMNS.saturating_sub(amount.cells() + 1);
    let label = cut(Words::new(label).as_str(), left);
    let gap = DISPLAY_COLUMNS.saturating_sub(width(&label) + amount.cells());
    format!("{label}{:gap$}{amount}", "")
}

fn width(text: &str) -> usize {
    text.chars().map(cells).sum()
}

fn cut(text: &str, columns: usize) -> String {
    let mut kept = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += cells(character);
        if used > columns {
            break;
        }
        kept.push(character);
    }
    kept.truncate(kept.trim_end().len());
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{DISPLAY_COLUMNS, DisplayText, width};

    #[test]
    fn an_amount_is_never_cut() {
        let text = DisplayText::amount("Total", "to pay in the end", "EUR 1234.50");
        assert_eq!(text.lines()[1], "to pay i EUR 1234.50");
        let text = DisplayText::amount("Total", "", "7.30");
        assert_eq!(text.lines()[1], "                7.30");
    }

    #[test]
    fn control_characters_do_not_reach_the_display() {
        let text = DisplayText::new("a\x1b@b", "c\r\nd");
        assert_eq!(text.lines(), ["a@b", "c  d"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_long(
            top in any::<String>(),
            label in any::<String>(),
            amount in "[0-9]{1,12}\\.[0-9]{2}",
        ) {
            let text = DisplayText::amount(&top, &label, &amount);
            for line in text.lines() {
                prop_assert!(width(line) <= DISPLAY_COLUMNS);
            }
            prop_assert_eq!(width(text.lines()[1]), DISPLAY_COLUMNS);
            prop_assert!(text.lines()[1].ends_with(&amount));
        }
    }
}
