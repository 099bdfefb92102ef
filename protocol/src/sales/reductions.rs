//! How the price of a line came to be where it is not the price in force times how much: a price a
//! person typed, promotions, discounts by hand, each with who gave and who approved it.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SaleInvalid, SaleLine};
use crate::ids::StaffId;
use crate::money::Minor;
use crate::quantity::Milli;
use crate::tax::Rate;

/// How the price of a line came to be. Since version 0.1.0, field 7 of a line; a line without it
/// costs its unit price times its quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct LinePricing {
    /// The price of one unit in force, as it is marked. The line's own unit price is another one
    /// only where a person typed it.
    #[n(0)]
    pub list_price_minor: Minor,
    /// Who typed the line's unit price, and why, if somebody did.
    #[n(1)]
    pub typed: Option<ByHand>,
    /// What was taken off the line, in the order it was.
    #[n(2)]
    pub reductions: Vec<LineReduction>,
}

/// What a person changed of a price, who approved it, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct ByHand {
    /// Why: a word of the till's list.
    #[n(0)]
    pub reason: String,
    /// Who did it.
    #[n(1)]
    pub by: Option<StaffId>,
    /// Who approved it, where it was beyond what that person may do alone.
    #[n(2)]
    pub approved_by: Option<StaffId>,
}

/// Something taken off a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct LineReduction {
    /// How much of the price as it is marked; more than nothing.
    #[n(0)]
    pub amount_minor: Minor,
    /// Why.
    #[n(1)]
    pub because: ReducedBy,
}

/// Why something was taken off a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReducedBy {
    /// A promotion.
    #[n(0)]
    #[cbor(map)]
    Promotion {
        /// Its short name.
        #[n(0)]
        id: String,
        /// Its name as printed.
        #[n(1)]
        name: String,
    },
    /// A discount on the line.
    #[n(1)]
    Line(#[n(0)] ByHand),
    /// The line's part of a discount on the whole sale.
    #[n(2)]
    Sale(#[n(0)] ByHand),
    /// The tax in it, as the customer pays none: what the line costs is its net price.
    #[n(3)]
    #[cbor(map)]
    TaxExempt {
        /// The rate that is not paid.
        #[n(0)]
        rate: Rate,
    },
}

impl SaleLine {
    /// Returns what the line costs before anything is taken off: unit price times quantity, halves
    /// of the smallest coin away from zero; nothing on overflow.
    #[must_use]
    pub fn gross_minor(&self) -> Option<Minor> {
        self.unit_price_minor
            .scaled(self.quantity_milli.0, Milli::ONE.0)
    }

    /// Returns what was taken off the line.
    #[must_use]
    pub fn reductions(&self) -> &[LineReduction] {
        self.pricing
            .as_ref()
            .map_or(&[][..], |pricing| &pricing.reductions)
    }

    /// Returns the tax that was added to its price; nothing where the price bears it.
    #[must_use]
    pub fn added_minor(&self) -> Minor {
        self.added_tax_minor.unwrap_or(Minor::ZERO)
    }

    /// Returns what the line costs as its price is marked: before tax where tax is added to it.
    /// Beyond an `i64` it saturates.
    #[must_use]
    pub fn marked_minor(&self) -> Minor {
        Minor(self.amount_minor.0.saturating_sub(self.added_minor().0))
    }

    /// Checks that what was taken off leads to what the line costs, and that each is more than
    /// nothing. A line of which nothing was taken off is not looked at: it was never checked.
    pub(super) fn check_pricing(&self) -> Result<(), SaleInvalid> {
        let reductions = self.reductions();
        if reductions.is_empty() {
            return Ok(());
        }
        let off = Minor::sum(reductions.iter().map(|it| it.amount_minor));
        let paid = self.gross_minor().zip(off).and_then(|(a, b)| a.minus(b));
        let positive = reductions.iter().all(|it| it.amount_minor > Minor::ZERO);
        let marked = self.marked_minor();
        match paid == Some(marked) && positive && marked >= Minor::ZERO {
            true => Ok(()),
            false => Err(SaleInvalid::Reductions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ByHand, LinePricing, LineReduction, ReducedBy};
    use crate::ids::StaffId;
    use crate::money::Minor;
    use crate::quantity::Milli;
    use crate::sales::{SaleInvalid, SaleLine};
    use crate::tax::Rate;

    fn by_hand() -> ByHand {
        ByHand {
            reason: "damaged".to_owned(),
            by: Some(StaffId::from_parts(1, 7)),
            approved_by: None,
        }
    }

    fn line(amounts: &[i64], amount: i64) -> SaleLine {
        SaleLine {
            line: 1,
            sku: "TEE-M".parse().unwrap(),
            description: "T-shirt, M".to_owned(),
            quantity_milli: Milli::units(2),
            unit_price_minor: Minor(1_999),
            amount_minor: Minor(amount),
            tax_rate: Rate(21_000),
            pricing: Some(LinePricing {
                list_price_minor: Minor(2_499),
                typed: Some(by_hand()),
                reductions: amounts
                    .iter()
                    .map(|amount| LineReduction {
                        amount_minor: Minor(*amount),
                        because: ReducedBy::Line(by_hand()),
                    })
                    .collect(),
            }),
            remarks: None,
            added_tax_minor: None,
        }
    }

    #[test]
    fn what_was_taken_off_leads_to_what_is_paid() {
        #[track_caller]
        fn check(amounts: &[i64], amount: i64, expected: Result<(), SaleInvalid>) {
            assert_eq!(line(amounts, amount).check_pricing(), expected);
        }
        check(&[398, 100], 3_500, Ok(()));
        check(&[], 3_998, Ok(()));
        check(&[398], 3_500, Err(SaleInvalid::Reductions));
        check(&[398, 0], 3_600, Err(SaleInvalid::Reductions));
        check(&[i64::MAX, 1], 0, Err(SaleInvalid::Reductions));
        check(&[3_999], -1, Err(SaleInvalid::Reductions));
        let added = SaleLine {
            added_tax_minor: Some(Minor(311)),
            ..line(&[498], 3_811)
        };
        assert_eq!(added.check_pricing(), Ok(()));
        assert_eq!(added.marked_minor(), Minor(3_500));
    }

    #[test]
    fn a_priced_line_travels_and_one_without_takes_no_byte_more() {
        let whole = line(&[398], 3_600);
        let bytes = minicbor::to_vec(&whole).unwrap();
        assert_eq!(minicbor::decode::<SaleLine>(&bytes).unwrap(), whole);
        let plain = SaleLine {
            pricing: None,
            ..whole
        };
        let bytes = minicbor::to_vec(&plain).unwrap();
        assert_eq!(bytes[0], 0xa7, "a map of seven fields, as it always was");
        assert_eq!(minicbor::decode::<SaleLine>(&bytes).unwrap(), plain);
    }
}
