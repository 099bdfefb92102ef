//! How what is paid bears its taxes: within the price or added to it, as the store's jurisdiction
//! says on the date a basket was begun.

use counterpart_protocol::money::Minor;
use counterpart_protocol::tax::{Jurisdiction, PricesAre, Rate, TaxPart, TaxSum, Taxation, Taxed};
use counterpart_protocol::time::BusinessDate;

use super::basket::{Basket, BasketRefused};

/// Where a store is taxed, and on which date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Taxing(Option<(Jurisdiction, BusinessDate)>);

impl Taxing {
    /// Taxes by a jurisdiction as it levies on a date; by the catalogue's rates within the price
    /// if there is none.
    #[must_use]
    pub(crate) fn by(jurisdiction: Option<Jurisdiction>, date: BusinessDate) -> Self {
        Self(jurisdiction.map(|it| (it, date)))
    }

    /// Returns whether prices bear the tax.
    #[must_use]
    pub(crate) fn prices(&self) -> PricesAre {
        self.taxation().prices
    }

    fn taxation(&self) -> Taxation {
        let jurisdiction = self.0.as_ref();
        jurisdiction.map_or_else(Taxation::default, |(it, _)| it.taxation)
    }

    /// Returns the taxes by name that make up the rates of `sums`.
    #[must_use]
    pub(crate) fn parts(&self, sums: &[TaxSum]) -> Vec<TaxPart> {
        let named = self.0.as_ref();
        named.map_or_else(Vec::new, |(it, date)| it.parts(sums, *date))
    }

    /// Taxes lines by their rates and prices.
    ///
    /// # Errors
    /// [`BasketRefused::TooMuch`].
    pub(super) fn tax(&self, lines: &[(Rate, Minor)]) -> Result<Taxed, BasketRefused> {
        let taxed = self.taxation().tax(lines);
        taxed.ok_or(BasketRefused::TooMuch)
    }
}

impl Basket {
    /// Tells whether the tax that an exempt customer does not pay is in the prices.
    #[must_use]
    pub(super) fn prices_bear_unpaid_tax(&self) -> bool {
        self.is_exempt() && self.taxing.prices() == PricesAre::WithTax
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::catalog::Unit;
    use counterpart_protocol::ids::{RegisterId, SaleId, ShiftId};
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::policies::CashStep;
    use counterpart_protocol::sales::{Exempted, ReceiptNumber, SaleLine, SaleRecorded, Tender};
    use counterpart_protocol::tax::{Jurisdiction, PricesAre, Rate, TaxRounding, Taxation};

    use super::Taxing;
    use crate::sales::rules::{Basket, Confirmed, Item, Settled, pay};

    fn new_york() -> Taxing {
        let taxes = [
            "4 State: general, clothing",
            "4.5 City: general",
            "0.375 Transit: general",
        ];
        let jurisdiction = Jurisdiction {
            jurisdiction_id: "nyc".parse().unwrap(),
            name: "New York City".to_owned(),
            taxation: Taxation {
                prices: PricesAre::BeforeTax,
                rounding: TaxRounding::Total,
            },
            taxes: taxes.map(|tax| tax.parse().unwrap()).into(),
        };
        Taxing::by(Some(jurisdiction), "2026-12-01".parse().unwrap())
    }

    fn basket(lines: &[(&str, u32, i64)]) -> Basket {
        let mut basket = Basket::new(SaleId::from_parts(1, 1));
        basket.taxing = new_york();
        for (sku, rate, price) in lines {
            let item = Item {
                sku: sku.parse().unwrap(),
                description: (*sku).to_owned(),
                department: "Home".to_owned(),
                unit: Unit::Piece,
                unit_price_minor: Minor(*price),
                tax_rate: Rate(*rate),
            };
            basket.add(item).unwrap();
        }
        basket
    }

    fn sold(basket: Basket, given: i64) -> SaleRecorded {
        let settled = Settled {
            unsettled: 0,
            currency: Currency::EUR,
            step: CashStep::EXACT,
            voucher_change_max_minor: Minor::ZERO,
        };
        let tenders = vec![Tender::cash(Minor(given))];
        let paid = pay(basket, tenders, settled, Confirmed::Yes).unwrap();
        let receipt = ReceiptNumber {
            register: RegisterId(1),
            series: 1,
            number: 1,
        };
        paid.recorded(receipt, ShiftId::from_parts(1, 1), 3)
            .unwrap()
    }

    #[test]
    fn tax_is_added_to_what_is_marked_and_every_tax_is_named() {
        let basket = basket(&[
            ("MUG", 8_875, 499),
            ("TEE", 4_000, 2_000),
            ("PEN", 8_875, 499),
        ]);
        let figures = basket.figures().unwrap();
        assert_eq!(figures.marked_minor, Minor(2_998));
        // 8.875 % of 9.98 is 0.89, 4 % of 20.00 is 0.80.
        assert_eq!(figures.total_minor, Minor(3_167));
        let sale = sold(basket, 3_167);
        let amounts = |it: &SaleLine| (it.amount_minor.0, it.marked_minor().0);
        let lines: Vec<(i64, i64)> = sale.lines.iter().map(amounts).collect();
        assert_eq!(lines, [(544, 499), (2_080, 2_000), (543, 499)]);
        let parts = sale.tax_parts.unwrap();
        let parts: Vec<(&str, i64)> = parts.iter().map(|it| (&*it.name, it.tax_minor.0)).collect();
        assert_eq!(
            parts,
            [("State", 80), ("State", 40), ("City", 45), ("Transit", 4)]
        );
    }

    #[test]
    fn who_pays_no_tax_pays_what_is_marked() {
        let mut basket = basket(&[("MUG", 8_875, 499)]);
        basket.sold_to.exempted = Some(Exempted {
            certificate: "NY 1234".parse().unwrap(),
            by_hand: None,
        });
        let figures = basket.figures().unwrap();
        assert_eq!(
            (figures.total_minor, figures.marked_minor),
            (Minor(499), Minor(499))
        );
        assert!(
            figures.lines[0].reductions.is_empty(),
            "there was no tax to take out"
        );
        assert_eq!(figures.taxes[0].tax_minor, Minor(0));
    }
}
