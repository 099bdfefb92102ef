//! Adding up a day: one sale, return and paper after the other, in any order.

use std::collections::BTreeMap;

use super::{DayReturns, DaySums, PaperRun, ReceiptRun, Takings, TenderSum};
use crate::ids::RegisterId;
use crate::money::{Currency, Minor};
use crate::returns::ReturnRecorded;
use crate::sales::{PaperKind, PaperNumber, SaleRecorded, TenderKind};
use crate::tax::{Rate, TaxSum};

/// Adds up a day, one sale and paper after the other, in any order.
#[derive(Debug, Clone, Default)]
pub struct DayTally {
    receipts: BTreeMap<(RegisterId, u32), Run>,
    papers: BTreeMap<(PaperKind, u32), Run>,
    money: BTreeMap<String, Money>,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    first: u32,
    last: u32,
    count: u64,
}

#[derive(Debug, Clone)]
struct Money {
    currency: Currency,
    sales: u64,
    total_minor: i64,
    tenders: BTreeMap<TenderKind, i64>,
    taxes: BTreeMap<Rate, (i64, i64)>,
    returned: Option<DayReturns>,
    rounding_minor: Option<i64>,
}

impl DayTally {
    /// Adds a sale.
    pub fn sold(&mut self, sale: &SaleRecorded) {
        let number = &sale.receipt;
        let key = (number.register, number.series);
        count(&mut self.receipts, key, number.number);
        let money = self.money_in(sale.currency);
        money.sales += 1;
        money.total_minor = money.total_minor.saturating_add(sale.total_minor.0);
        money.rounded(sale.rounded_minor().0);
        for tender in &sale.tenders {
            let sum = money.tenders.entry(tender.kind).or_default();
            *sum = sum.saturating_add(tender.amount_minor.0);
        }
        if sale.change_minor.0 != 0 {
            let cash = money.tenders.entry(TenderKind::Cash).or_default();
            *cash = cash.saturating_sub(sale.change_minor.0);
        }
        for tax in &sale.taxes {
            let (gross, within) = money.taxes.entry(tax.rate).or_default();
            *gross = gross.saturating_add(tax.gross_minor.0);
            *within = within.saturating_add(tax.tax_minor.0);
        }
    }

    /// Adds a return with its paper.
    pub fn returned(&mut self, returned: &ReturnRecorded) {
        self.issued(&returned.number);
        let money = self.money_in(returned.currency);
        let back = money.returned.get_or_insert_default();
        back.returns += 1;
        back.total_minor.0 = back.total_minor.0.saturating_add(returned.total_minor.0);
        money.rounded(returned.rounded_minor().0.saturating_neg());
        for tender in &returned.tenders {
            let sum = money.tenders.entry(tender.kind).or_default();
            *sum = sum.saturating_sub(tender.amount_minor.0);
        }
        for tax in &returned.taxes {
            let (gross, within) = money.taxes.entry(tax.rate).or_default();
            *gross = gross.saturating_sub(tax.gross_minor.0);
            *within = within.saturating_sub(tax.tax_minor.0);
        }
    }

    /// Adds a numbered paper.
    pub fn issued(&mut self, number: &PaperNumber) {
        count(
            &mut self.papers,
            (number.kind, number.series),
            number.number,
        );
    }

    fn money_in(&mut self, currency: Currency) -> &mut Money {
        let entry = self.money.entry(currency.code().to_owned());
        entry.or_insert_with(|| Money {
            currency,
            sales: 0,
            total_minor: 0,
            tenders: BTreeMap::new(),
            taxes: BTreeMap::new(),
            returned: None,
            rounding_minor: None,
        })
    }

    /// Returns the sums.
    #[must_use]
    pub fn sums(self) -> DaySums {
        let receipts = self.receipts.into_iter();
        let papers = self.papers.into_iter();
        DaySums {
            receipts: receipts
                .map(|((register, series), run)| ReceiptRun {
                    register,
                    series,
                    first: run.first,
                    last: run.last,
                    count: run.count,
                })
                .collect(),
            papers: papers
                .map(|((kind, series), run)| PaperRun {
                    kind,
                    series,
                    first: run.first,
                    last: run.last,
                    count: run.count,
                })
                .collect(),
            takings: self.money.into_values().map(Money::takings).collect(),
        }
    }
}

impl Money {
    fn rounded(&mut self, by: i64) {
        if by != 0 {
            let sum = self.rounding_minor.get_or_insert_default();
            *sum = sum.saturating_add(by);
        }
    }

    fn takings(self) -> Takings {
        Takings {
            currency: self.currency,
            sales: self.sales,
            total_minor: Minor(self.total_minor),
            returned: self.returned,
            rounding_minor: self.rounding_minor.map(Minor),
            tenders: self
                .tenders
                .into_iter()
                .map(|(kind, amount)| TenderSum {
                    kind,
                    amount_minor: Minor(amount),
                })
                .collect(),
            taxes: self
                .taxes
                .into_iter()
                .map(|(rate, (gross, tax))| TaxSum {
                    rate,
                    gross_minor: Minor(gross),
                    tax_minor: Minor(tax),
                })
                .collect(),
        }
    }
}

fn count<K: Ord>(runs: &mut BTreeMap<K, Run>, key: K, number: u32) {
    let run = runs.entry(key).or_insert(Run {
        first: number,
        last: number,
        count: 0,
    });
    run.first = run.first.min(number);
    run.last = run.last.max(number);
    run.count += 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{SaleId, ShiftId};
    use crate::quantity::Milli;
    use crate::sales::{ReceiptNumber, SaleLine, Tender};
    use crate::tax::summarise;

    fn sale(number: u32, total: i64, given: i64) -> SaleRecorded {
        SaleRecorded {
            sale_id: SaleId::from_parts(1, u128::from(number)),
            receipt: ReceiptNumber {
                register: RegisterId(2),
                series: 1,
                number,
            },
            shift_id: ShiftId::from_parts(1, 1),
            currency: Currency::EUR,
            lines: vec![SaleLine {
                line: 1,
                sku: "PEN".parse().unwrap(),
                description: "Pen".to_owned(),
                quantity_milli: Milli::units(1),
                unit_price_minor: Minor(total),
                amount_minor: Minor(total),
                tax_rate: Rate(21_000),
                pricing: None,
                remarks: None,
                added_tax_minor: None,
            }],
            taxes: summarise([(Rate(21_000), Minor(total))]).unwrap(),
            total_minor: Minor(total),
            tenders: vec![Tender::cash(Minor(given))],
            change_minor: Minor(given - total),
            voided: Vec::new(),
            catalog_version: 1,
            rounding_minor: None,
            sold_to: None,
            tax_parts: None,
            coupons: None,
        }
    }

    #[test]
    fn a_day_names_its_papers_and_what_stayed_in_the_tills() {
        let mut tally = DayTally::default();
        for sale in [sale(9, 1_210, 1_500), sale(8, 605, 605)] {
            tally.sold(&sale);
        }
        let sums = tally.sums();
        let run = sums.receipts[0];
        assert_eq!((run.first, run.last, run.count), (8, 9, 2));
        let takings = &sums.takings[0];
        assert_eq!((takings.sales, takings.total_minor), (2, Minor(1_815)));
        assert_eq!(takings.tenders[0].amount_minor, Minor(1_815));
        assert_eq!(takings.taxes[0].tax_minor, Minor(315));
    }

    #[test]
    fn what_cash_was_rounded_by_is_what_the_tenders_differ_by() {
        let rounded = |number, total, given, by| SaleRecorded {
            change_minor: Minor::ZERO,
            rounding_minor: Some(Minor(by)),
            ..sale(number, total, given)
        };
        let mut tally = DayTally::default();
        for sale in [rounded(1, 1_002, 1_000, -2), rounded(2, 1_004, 1_005, 1)] {
            sale.check().unwrap();
            tally.sold(&sale);
        }
        let sums = tally.sums();
        let takings = &sums.takings[0];
        assert_eq!(takings.total_minor, Minor(2_006));
        assert_eq!(takings.tenders[0].amount_minor, Minor(2_005));
        assert_eq!(takings.rounding_minor, Some(Minor(-1)));
    }

    #[test]
    fn the_order_of_a_days_sales_does_not_matter() {
        let sales = [sale(1, 100, 200), sale(2, 300, 300), sale(3, 7, 10)];
        let of = |order: [usize; 3]| {
            let mut tally = DayTally::default();
            order.iter().for_each(|at| tally.sold(&sales[*at]));
            tally.sums()
        };
        assert_eq!(of([0, 1, 2]), of([2, 0, 1]));
    }

    #[test]
    fn amounts_beyond_all_money_stay_there() {
        let mut tally = DayTally::default();
        for number in [1, 2] {
            let mut sale = sale(number, 100, 100);
            sale.total_minor = Minor(i64::MAX);
            tally.sold(&sale);
        }
        assert_eq!(tally.sums().takings[0].total_minor, Minor(i64::MAX));
    }
}
