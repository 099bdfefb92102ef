//! Generated trade for benches: baskets as a busy shop sells them, from one seed. The parameters
//! are printed with every result, because a number without them says nothing.

use counterpart_protocol::ids::{RegisterId, SaleId, ShiftId, Sku};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{ReceiptNumber, SaleLine, SaleRecorded, Tender};
use counterpart_protocol::tax::{Rate, summarise};

use crate::chance::Chance;

/// In a hundred baskets, how many have 1, 2, 3, … lines.
const LINES_PERCENT: [u64; 8] = [38, 24, 14, 9, 6, 4, 3, 2];
/// Tax rates of goods, in thousandths of a percent.
const RATES: [u32; 2] = [21_000, 6_000];
/// Names of goods, with a number behind them.
const NAMES: [&str; 6] = [
    "Oat biscuits",
    "Enamel mug",
    "Pocket atlas",
    "Wool socks",
    "Olive oil 50 cl",
    "Notebook A5",
];
/// What shops sell from whose exchanges the wire's dictionary is made: nothing of the above.
const GARDEN: [&str; 5] = [
    "Terracotta pot",
    "Lavender 12 cm",
    "Garden hose 20 m",
    "Rose fertiliser",
    "Pruning shears",
];
const FASHION: [&str; 5] = [
    "T-shirt organic",
    "Chino slim",
    "Linen dress",
    "Leather belt",
    "Cardigan merino",
];
const BOOKS: [&str; 5] = ["Roman", "Kinderboek", "Guide", "Kookboek", "Poster"];
/// A shop's shift and a moment to make ids from, in milliseconds since 1970.
const BEGINS_MS: u64 = 1_790_000_000_000;

/// What a shop sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wares {
    /// What the benches measure with.
    Grocery,
    /// Plants and pots.
    Garden,
    /// Clothes by size.
    Fashion,
    /// Books by their number.
    Books,
}

impl Wares {
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Grocery => &NAMES,
            Self::Garden => &GARDEN,
            Self::Fashion => &FASHION,
            Self::Books => &BOOKS,
        }
    }

    fn sku(self, good: u64) -> Sku {
        let text = match self {
            Self::Grocery => return sku(good),
            Self::Garden => format!("G{}-{good}", 10 + good % 7),
            Self::Fashion => format!(
                "{}-{}",
                40_000 + good,
                ["S", "M", "L", "XL"][(good % 4) as usize]
            ),
            Self::Books => format!("978{:010}", good * 7_777_777 % 9_999_999_967),
        };
        text.parse().expect("a readable SKU")
    }
}

/// A stream of sales of one register.
pub struct Trade {
    chance: Chance,
    register: RegisterId,
    wares: Wares,
    shift_id: ShiftId,
    skus: u64,
    number: u32,
}

impl Trade {
    /// Begins the trade of a register that sells out of `skus` goods.
    #[must_use]
    pub fn of(register: u16, skus: u64, seed: u64) -> Self {
        let mut chance = Chance::of("trade", seed);
        Self {
            register: RegisterId(register),
            wares: Wares::Grocery,
            shift_id: ShiftId::from_parts(BEGINS_MS, random(&mut chance)),
            chance,
            skus,
            number: 0,
        }
    }

    /// Sells something else.
    #[must_use]
    pub fn selling(self, wares: Wares) -> Self {
        Self { wares, ..self }
    }

    /// Returns the parameters in words.
    #[must_use]
    pub fn parameters(&self) -> String {
        format!(
            "{} SKUs, a tenth of them half of all lines; lines per basket 1 to 8: \
             {LINES_PERCENT:?} in a hundred; 0.50 to 40.00 a piece; 1 to 3 pieces; cash",
            self.skus
        )
    }

    /// Returns the next sale.
    pub fn sale(&mut self) -> SaleRecorded {
        self.number += 1;
        let mut lines = Vec::new();
        for line in 1..=self.line_count() {
            lines.push(self.line(line));
        }
        let amounts = lines.iter().map(|line| (line.tax_rate, line.amount_minor));
        let taxes = summarise(amounts).expect("small amounts add up");
        let total = Minor(lines.iter().map(|line| line.amount_minor.0).sum());
        let given = Minor((total.0 + 499) / 500 * 500);
        // One sale in two minutes, as ids of a shop are spread over its day.
        let at_ms = BEGINS_MS + u64::from(self.number) * 120_000;
        SaleRecorded {
            sale_id: SaleId::from_parts(at_ms, random(&mut self.chance)),
            receipt: ReceiptNumber {
                register: self.register,
                series: 1,
                number: self.number,
            },
            shift_id: self.shift_id,
            currency: Currency::EUR,
            lines,
            taxes,
            total_minor: total,
            tenders: vec![Tender::cash(given)],
            change_minor: Minor(given.0 - total.0),
            voided: Vec::new(),
            catalog_version: 7,
            rounding_minor: None,
            sold_to: None,
            tax_parts: None,
            coupons: None,
        }
    }

    fn line_count(&mut self) -> u16 {
        let mut drawn = self.chance.below(100);
        for (lines, percent) in (1..).zip(LINES_PERCENT) {
            if drawn < percent {
                return lines;
            }
            drawn -= percent;
        }
        unreachable!("the percentages make a hundred")
    }

    fn line(&mut self, line: u16) -> SaleLine {
        let tenth = (self.skus / 10).max(1);
        let good = match self.chance.happens(50) {
            true => self.chance.below(tenth),
            false => self.chance.below(self.skus),
        };
        let at = usize::try_from(good).expect("a shelf is small");
        // A good's price follows from its number: the same good costs the same every time.
        let price = Minor(50 + i64::try_from(good * 7_919 % 3_951).expect("below 4,000"));
        let names = self.wares.names();
        let pieces = i32::try_from(self.chance.between(1, 3)).expect("at most three");
        SaleLine {
            line,
            sku: self.wares.sku(good),
            description: format!("{} {good}", names[at % names.len()]),
            quantity_milli: Milli::units(pieces),
            unit_price_minor: price,
            amount_minor: Minor(price.0 * i64::from(pieces)),
            tax_rate: Rate(RATES[at % RATES.len()]),
            pricing: None,
            remarks: None,
            added_tax_minor: None,
        }
    }
}

/// Returns what is random in an id: all of its 80 bits, as in a shop's.
fn random(chance: &mut Chance) -> u128 {
    u128::from(chance.below(u64::MAX)) << 16 | u128::from(chance.below(1 << 16))
}

/// Returns the SKU of a good by its number.
///
/// # Panics
///
/// Never: a number makes a readable SKU.
#[must_use]
pub fn sku(good: u64) -> Sku {
    format!("SKU-{good:05}").parse().expect("a readable SKU")
}

#[cfg(test)]
mod tests {
    use super::{LINES_PERCENT, Trade};

    #[test]
    fn a_sale_adds_up_and_one_seed_makes_one_trade() {
        assert_eq!(LINES_PERCENT.iter().sum::<u64>(), 100);
        let (mut one, mut same) = (Trade::of(1, 2_000, 7), Trade::of(1, 2_000, 7));
        for _ in 0..500 {
            let sale = one.sale();
            let lines: i64 = sale.lines.iter().map(|line| line.amount_minor.0).sum();
            assert_eq!(sale.total_minor.0, lines);
            let taxed: i64 = sale.taxes.iter().map(|sum| sum.gross_minor.0).sum();
            assert_eq!(taxed, lines);
            let given: i64 = sale.tenders.iter().map(|it| it.amount_minor.0).sum();
            assert_eq!(given - sale.change_minor.0, lines);
            assert_eq!(sale, same.sale());
        }
    }
}
