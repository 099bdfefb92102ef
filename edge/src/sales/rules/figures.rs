//! What a basket comes to: every line priced, its taxes, the total.

use std::sync::Arc;

use counterpart_protocol::money::Minor;
use counterpart_protocol::pricing::{
    self, Because, Line, Moment, Off, Passed, Percent, PricedLine, Promotions, price,
};
use counterpart_protocol::sales::{LinePricing, LineReduction, ReducedBy, SaleLine};
use counterpart_protocol::tax::{TaxPart, TaxSum};

use super::basket::{Basket, BasketLine, BasketRefused};
use super::by_hand::Discount;

/// The promotions of the store, and the moment a basket is priced at: when it was begun, so that
/// what was said to the customer holds until they have paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offers {
    /// The promotions.
    pub promotions: Arc<Promotions>,
    /// The moment.
    pub moment: Moment,
}

impl Default for Offers {
    /// None at all.
    fn default() -> Self {
        Self {
            promotions: Arc::default(),
            moment: Moment {
                at_ms: 0,
                weekday: 1,
                minute_of_day: 0,
            },
        }
    }
}

/// What a basket comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figures {
    /// The standing lines, priced as they are marked, in their order.
    pub lines: Vec<PricedLine>,
    /// The tax that is added to each of them; nothing where prices bear it.
    pub added_minor: Vec<Minor>,
    /// What its lines come to as they are marked.
    pub marked_minor: Minor,
    /// Promotions that were meant for something in it and took nothing off.
    pub passed: Vec<Passed>,
    /// What it comes to, tax included.
    pub total_minor: Minor,
    /// What was taken off by promotions and by hand.
    pub off_minor: Minor,
    /// The tax in it by rate.
    pub taxes: Vec<TaxSum>,
    /// The taxes by name that make it up, where the store's jurisdiction names them.
    pub tax_parts: Vec<TaxPart>,
}

impl Figures {
    /// Returns what its lines come to before tax, where tax is added to them.
    #[must_use]
    pub(crate) fn before_tax_minor(&self) -> Option<Minor> {
        let is_added = self.marked_minor != self.total_minor;
        is_added.then_some(self.marked_minor)
    }

    /// Returns a standing line.
    #[must_use]
    pub(crate) fn line(&self, line: u16) -> Option<&PricedLine> {
        self.lines.iter().find(|priced| priced.line == line)
    }

    /// Returns which share of a line was taken off it by hand.
    #[must_use]
    pub(super) fn line_share(&self, line: u16) -> Percent {
        let Some(priced) = self.line(line) else {
            return Percent(0);
        };
        let off = taken(priced, |it| matches!(it, Because::Line(_)));
        let sale = taken(priced, |it| matches!(it, Because::Basket(_)));
        // What was given is a share of the price with its tax, whether or not that is paid.
        let tax = taken(priced, |it| matches!(it, Because::TaxExempt));
        let before = priced.amount_minor.0 + tax.0 + off.0 + sale.0;
        Percent::that(off, Minor(before))
    }

    /// Returns which share of the sale was taken off all of it by hand.
    #[must_use]
    pub(super) fn sale_share(&self) -> Percent {
        let all = |which: fn(&Because) -> bool| -> i64 {
            let each = self.lines.iter();
            each.map(|line| taken(line, which).0).sum()
        };
        let off = all(|it| matches!(it, Because::Basket(_)));
        let tax = all(|it| matches!(it, Because::TaxExempt));
        Percent::that(Minor(off), Minor(self.marked_minor.0 + tax + off))
    }
}

/// Returns what promotions and discounts took off; tax that is not paid is nothing that was saved.
fn taken_off(lines: &[PricedLine]) -> Option<Minor> {
    let all = lines.iter().flat_map(|line| &line.reductions);
    let offs = all.filter(|it| it.because != Because::TaxExempt);
    Minor::sum(offs.map(|it| it.amount_minor))
}

fn taken(priced: &PricedLine, which: fn(&Because) -> bool) -> Minor {
    let reductions = priced.reductions.iter().filter(|it| which(&it.because));
    Minor(reductions.map(|it| it.amount_minor.0).sum())
}

impl Basket {
    /// Returns what it comes to.
    ///
    /// # Errors
    /// [`BasketRefused::TooMuch`].
    pub(crate) fn figures(&self) -> Result<Figures, BasketRefused> {
        let offs = |all: &[Discount]| all.iter().map(|it| it.off).collect();
        let discounts: Vec<Off> = offs(&self.discounts);
        let of_lines: Vec<Vec<Off>> = self
            .standing_lines()
            .map(|line| offs(&line.discounts))
            .collect();
        let lines: Vec<Line<'_>> = self
            .standing_lines()
            .zip(&of_lines)
            .filter(|(line, _)| !line.is_money())
            .map(|(line, discounts)| Line {
                line: line.line,
                sku: &line.item.sku,
                department: &line.item.department,
                quantity_milli: line.quantity_milli,
                unit_price_minor: line.unit_price(),
                // Nobody promotes a deposit.
                is_overridden: line.typed.is_some() || line.remarks.goes_with.is_some(),
                discounts,
            })
            .collect();
        let basket = pricing::Basket {
            lines: &lines,
            discounts: &discounts,
            group: self.group(),
            coupons: &self.coupons_lying(),
        };
        let priced = price(&basket, &self.offers.promotions, self.offers.moment);
        let mut priced = priced.ok_or(BasketRefused::TooMuch)?;
        if self.prices_bear_unpaid_tax() {
            let goods = self.standing_lines().filter(|line| !line.is_money());
            let exempt = priced.without_tax(goods.map(|line| line.item.tax_rate));
            priced = exempt.ok_or(BasketRefused::TooMuch)?;
        }
        let lines = self.with_money(priced.lines);
        self.taxed(lines, priced.passed)
    }

    /// Returns what priced lines come to with their taxes.
    fn taxed(&self, lines: Vec<PricedLine>, passed: Vec<Passed>) -> Result<Figures, BasketRefused> {
        let rates = self.standing_lines().map(|line| self.rate_paid(line));
        let prices = lines.iter().map(|line| line.amount_minor);
        let taxed = self.taxing.tax(&rates.zip(prices).collect::<Vec<_>>())?;
        let marked = Minor::sum(lines.iter().map(|line| line.amount_minor));
        let marked_minor = marked.ok_or(BasketRefused::TooMuch)?;
        let total = Minor::sum(taxed.sums.iter().map(|tax| tax.gross_minor));
        Ok(Figures {
            marked_minor,
            total_minor: total.ok_or(BasketRefused::TooMuch)?,
            off_minor: taken_off(&lines).ok_or(BasketRefused::TooMuch)?,
            tax_parts: self.taxing.parts(&taxed.sums),
            taxes: taxed.sums,
            added_minor: taxed.added_minor,
            lines,
            passed,
        })
    }

    /// Puts money on gift cards among the priced lines again: nothing is taken off money.
    fn with_money(&self, priced: Vec<PricedLine>) -> Vec<PricedLine> {
        let mut priced = priced.into_iter();
        let lines = self
            .standing_lines()
            .filter_map(|line| match line.is_money() {
                false => priced.next(),
                true => Some(PricedLine {
                    line: line.line,
                    gross_minor: line.item.unit_price_minor,
                    amount_minor: line.item.unit_price_minor,
                    reductions: Vec::new(),
                }),
            });
        lines.collect()
    }

    /// Returns the lines as the fact states them.
    ///
    /// # Errors
    /// [`BasketRefused::TooMuch`].
    pub(super) fn sale_lines(&self) -> Result<Vec<SaleLine>, BasketRefused> {
        let figures = self.figures()?;
        let priced = figures.lines.into_iter().zip(figures.added_minor);
        let lines = self.standing_lines().zip(priced);
        Ok(lines
            .map(|(line, (priced, added))| SaleLine {
                line: line.line,
                sku: line.item.sku.clone(),
                description: line.item.description.clone(),
                quantity_milli: line.quantity_milli,
                unit_price_minor: line.unit_price(),
                // It is a part of a total that fits.
                amount_minor: Minor(priced.amount_minor.0.saturating_add(added.0)),
                tax_rate: self.rate_paid(line),
                pricing: self.explained(line, &priced),
                remarks: Some(line.remarks.clone()).filter(|remarks| !remarks.is_empty()),
                added_tax_minor: Some(added).filter(|added| *added != Minor::ZERO),
            })
            .collect())
    }

    /// Returns how the price of a line came to be, where there is something to tell.
    #[must_use]
    pub(crate) fn explained(&self, line: &BasketLine, priced: &PricedLine) -> Option<LinePricing> {
        if line.typed.is_none() && priced.reductions.is_empty() {
            return None;
        }
        let reductions = priced.reductions.iter().map(|it| LineReduction {
            amount_minor: it.amount_minor,
            because: self.reduced_by(line, it.because),
        });
        Some(LinePricing {
            list_price_minor: line.item.unit_price_minor,
            typed: line.typed.map(|typed| typed.given.by_hand()),
            reductions: reductions.collect(),
        })
    }

    fn reduced_by(&self, line: &BasketLine, because: Because) -> ReducedBy {
        const WHOLE: &str = "a reduction names what was put in";
        match because {
            Because::Promotion(at) => {
                let promotion = self.offers.promotions.get(at).expect(WHOLE);
                ReducedBy::Promotion {
                    id: promotion.id.clone(),
                    name: promotion.name.clone(),
                }
            }
            Because::Line(at) => {
                ReducedBy::Line(line.discounts.get(at).expect(WHOLE).given.by_hand())
            }
            Because::Basket(at) => {
                ReducedBy::Sale(self.discounts.get(at).expect(WHOLE).given.by_hand())
            }
            Because::TaxExempt => ReducedBy::TaxExempt {
                rate: line.item.tax_rate,
            },
        }
    }
}
