//! Taking the tax out of a priced basket, for a customer who pays none.

use super::{Because, Priced, Reduction};
use crate::money::Minor;
use crate::tax::{Rate, contained};

impl Priced {
    /// Takes the tax in each line out of what it costs, as the last reduction of it. `rates` are
    /// those of the lines, in their order.
    ///
    /// Each line is rounded by itself, halves away from zero, so that a part that comes back bears
    /// exactly what was paid for it. Returns nothing on overflow of an `i64`.
    #[must_use]
    pub fn without_tax(mut self, rates: impl IntoIterator<Item = Rate>) -> Option<Self> {
        for (line, rate) in self.lines.iter_mut().zip(rates) {
            let tax = contained(line.amount_minor, rate)?;
            if tax > Minor::ZERO {
                line.amount_minor = line.amount_minor.minus(tax)?;
                line.reductions.push(Reduction {
                    because: Because::TaxExempt,
                    amount_minor: tax,
                });
            }
        }
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use crate::money::Minor;
    use crate::pricing::{Because, Priced, PricedLine};
    use crate::tax::Rate;

    #[test]
    fn what_is_exempt_costs_its_net_price() {
        let line = |line, amount| PricedLine {
            line,
            gross_minor: Minor(amount),
            amount_minor: Minor(amount),
            reductions: Vec::new(),
        };
        let priced = Priced {
            lines: vec![line(1, 12_100), line(2, 106), line(3, 500)],
            passed: Vec::new(),
        };
        let rates = [Rate(21_000), Rate(6_000), Rate(0)];
        let exempt = priced.without_tax(rates).unwrap();
        let amounts: Vec<i64> = exempt.lines.iter().map(|it| it.amount_minor.0).collect();
        assert_eq!(amounts, [10_000, 100, 500]);
        let off: Vec<usize> = exempt.lines.iter().map(|it| it.reductions.len()).collect();
        assert_eq!(off, [1, 1, 0]);
        assert_eq!(exempt.lines[0].reductions[0].because, Because::TaxExempt);
        for line in &exempt.lines {
            let off: i64 = line.reductions.iter().map(|it| it.amount_minor.0).sum();
            assert_eq!(line.gross_minor.0 - off, line.amount_minor.0);
        }
    }
}
