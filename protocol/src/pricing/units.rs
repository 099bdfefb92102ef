//! A basket while it is priced: what the units of each line still cost, and what took it off.

use super::{Basket, Because, Line, PricedLine, Reduction};
use crate::money::Minor;
use crate::quantity::Milli;

/// Whether promotions took units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Used {
    /// None did.
    Free,
    /// Some did that let others.
    Stacked,
    /// One did that stands alone.
    Closed,
}

/// Units of a line that are alike: they cost the same and the same promotions took them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    /// How much of it, in thousandths.
    pub(super) milli: i64,
    /// What it still costs, in minor units.
    pub(super) left: i64,
    /// Whether promotions took it.
    pub(super) used: Used,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineWork {
    /// Where it stands in the basket as it came in.
    at: usize,
    gross: i64,
    pub(super) slices: Vec<Slice>,
    reductions: Vec<Reduction>,
    /// What persons took off it.
    by_hand: i64,
}

/// A basket: its lines in an order of their own, which is the same however they came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) lines: Vec<LineWork>,
}

/// Whole pieces of one line, taken out of it while a deal is made with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pieces {
    /// The place of the line.
    pub(super) line: usize,
    /// How many.
    pub(super) count: i64,
    /// What they still cost together.
    pub(super) left: i64,
    used: Used,
}

impl Pieces {
    /// Takes some of them away, with their share of what they cost.
    pub(super) fn take(&mut self, count: i64) -> Self {
        let share = i128::from(self.left) * i128::from(count) / i128::from(self.count.max(1));
        let taken = Self {
            count,
            left: i64::try_from(share).expect("a share is at most the whole"),
            ..*self
        };
        self.count -= count;
        self.left -= taken.left;
        taken
    }

    /// Tells whether each of them costs the same to the last coin.
    pub(super) fn are_even(&self) -> bool {
        self.count > 0 && self.left % self.count == 0
    }
}

/// Returns the places of lines in the order they are worked in: by what they are, so that the order
/// they came in does not matter; lines that are alike in everything go by their number.
pub(super) fn order(lines: &[Line<'_>]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..lines.len()).collect();
    places.sort_by(|a, b| {
        let key = |at: usize| {
            let it: &Line<'_> = &lines[at];
            (
                (it.sku, it.department, it.unit_price_minor),
                (it.quantity_milli, it.is_overridden, it.discounts, it.line),
            )
        };
        key(*a).cmp(&key(*b))
    });
    places
}

impl Work {
    /// Begins with what every line costs by its unit price; nothing on overflow.
    pub(super) fn begin(basket: &Basket<'_>) -> Option<Self> {
        let mut lines = Vec::with_capacity(basket.lines.len());
        let mut sum = Minor::ZERO;
        for at in order(basket.lines) {
            let line = &basket.lines[at];
            let quantity = line.quantity_milli.0;
            let gross = line.unit_price_minor.scaled(quantity, Milli::ONE.0)?;
            sum = sum.plus(Minor(gross.0.checked_abs()?))?;
            let slice = Slice {
                milli: quantity,
                left: gross.0,
                used: Used::Free,
            };
            lines.push(LineWork {
                at,
                gross: gross.0,
                slices: vec![slice],
                reductions: Vec::new(),
                by_hand: 0,
            });
        }
        Some(Self { lines })
    }

    /// Returns copies of lines, to put them back after a trial.
    pub(super) fn saved(&self, places: &[usize]) -> Vec<LineWork> {
        places.iter().map(|at| self.lines[*at].clone()).collect()
    }

    /// Puts lines back that were saved.
    pub(super) fn put_back(&mut self, places: &[usize], saved: Vec<LineWork>) {
        for (at, line) in places.iter().zip(saved) {
            self.lines[*at] = line;
        }
    }

    /// Takes the pieces out of lines that a promotion may take, the dearest first. What is weighed
    /// stays.
    pub(super) fn take_pieces(&mut self, places: &[usize], alone: bool) -> Vec<Pieces> {
        let mut pieces = Vec::new();
        for place in places {
            self.lines[*place].slices.retain(|slice| {
                let whole = slice.milli > 0 && slice.milli % Milli::ONE.0 == 0;
                let taken = whole && slice.used.lets(alone);
                if taken {
                    pieces.push(Pieces {
                        line: *place,
                        count: slice.milli / Milli::ONE.0,
                        left: slice.left,
                        used: slice.used,
                    });
                }
                !taken
            });
        }
        pieces.sort_by(|a, b| {
            let (of_a, of_b) = (
                i128::from(a.left) * i128::from(b.count),
                i128::from(b.left) * i128::from(a.count),
            );
            of_b.cmp(&of_a).then(a.line.cmp(&b.line))
        });
        pieces
    }

    /// Puts pieces back into their line as they were.
    pub(super) fn leave(&mut self, pieces: Pieces) {
        if pieces.count > 0 {
            self.lines[pieces.line].slices.push(Slice {
                milli: pieces.count * Milli::ONE.0,
                left: pieces.left,
                used: pieces.used,
            });
        }
    }

    /// Puts pieces back that a promotion took, `off` cheaper; `off` is at most what they cost.
    pub(super) fn use_up(&mut self, pieces: Pieces, off: i64, (by, alone): (Because, bool)) {
        if pieces.count > 0 {
            self.lines[pieces.line].slices.push(Slice {
                milli: pieces.count * Milli::ONE.0,
                left: pieces.left - off,
                used: Used::by(alone),
            });
            self.lines[pieces.line].note(by, off);
        }
    }

    /// Takes what persons gave off single lines.
    pub(super) fn discount_lines(&mut self, basket: &Basket<'_>) -> Option<()> {
        for line in &mut self.lines {
            for (place, off) in basket.lines[line.at].discounts.iter().enumerate() {
                let left = line.left();
                if left > 0 {
                    line.take_by_hand(Because::Line(place), off.of(Minor(left)).0);
                }
            }
        }
        Some(())
    }

    /// Takes what persons gave off the whole basket, prorated to the lines; nothing on overflow.
    pub(super) fn discount_basket(&mut self, basket: &Basket<'_>) -> Option<()> {
        for (place, off) in basket.discounts.iter().enumerate() {
            let weights: Vec<i64> = self.lines.iter().map(|line| line.left().max(0)).collect();
            let whole = Minor::sum(weights.iter().copied().map(Minor))?;
            let Some(parts) = off.of(whole).split(&weights) else {
                return Some(());
            };
            for (line, part) in self.lines.iter_mut().zip(parts) {
                line.take_by_hand(Because::Basket(place), part.0);
            }
        }
        Some(())
    }

    /// Returns what came out, the lines in the order they came in.
    pub(super) fn priced(self, basket: &Basket<'_>) -> Vec<PricedLine> {
        let mut lines: Vec<(usize, PricedLine)> = self
            .lines
            .into_iter()
            .map(|line| {
                let priced = PricedLine {
                    line: basket.lines[line.at].line,
                    gross_minor: Minor(line.gross),
                    amount_minor: Minor(line.left()),
                    reductions: line.reductions,
                };
                (line.at, priced)
            })
            .collect();
        lines.sort_by_key(|(at, _)| *at);
        lines.into_iter().map(|(_, line)| line).collect()
    }
}

impl LineWork {
    /// Returns what the line still costs.
    pub(super) fn left(&self) -> i64 {
        self.slices.iter().map(|slice| slice.left).sum::<i64>() - self.by_hand
    }

    /// Notes that something came off.
    pub(super) fn note(&mut self, because: Because, off: i64) {
        if off <= 0 {
            return;
        }
        match self.reductions.iter_mut().find(|it| it.because == because) {
            Some(known) => known.amount_minor.0 += off,
            None => self.reductions.push(Reduction {
                because,
                amount_minor: Minor(off),
            }),
        }
    }

    /// Tells whether a promotion took something off the line.
    pub(super) fn has(&self, promotion: usize) -> bool {
        let because = Because::Promotion(promotion);
        self.reductions.iter().any(|it| it.because == because)
    }

    fn take_by_hand(&mut self, because: Because, off: i64) {
        self.by_hand += off;
        self.note(because, off);
    }
}

impl Used {
    /// Tells whether a promotion may take the units, one that stands alone or one that stacks.
    pub(super) const fn lets(self, alone: bool) -> bool {
        match self {
            Self::Free => true,
            Self::Stacked => !alone,
            Self::Closed => false,
        }
    }

    /// Returns what units are that a promotion took.
    pub(super) const fn by(alone: bool) -> Self {
        match alone {
            true => Self::Closed,
            false => Self::Stacked,
        }
    }
}
