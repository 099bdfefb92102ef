//! The fact of a return.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Disposition, Provisional};
use crate::facts::{Body, Kind};
use crate::ids::{ReturnId, SaleId, ShiftId, Sku, StaffId};
use crate::money::{Currency, Minor};
use crate::quantity::Milli;
use crate::sales::{PaperNumber, ReceiptNumber, Tender, TenderKind};
use crate::tax::{Rate, TaxSum};

/// Goods of a sale came back and were refunded. Since version 0.1.0.
///
/// Every amount is what goes back, so it is positive where a sale's was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ReturnRecorded {
    /// The return.
    #[n(0)]
    pub return_id: ReturnId,
    /// The number on its receipt.
    #[n(1)]
    pub number: PaperNumber,
    /// The sale.
    #[n(2)]
    pub sale_id: SaleId,
    /// The receipt of the sale.
    #[n(3)]
    pub receipt: ReceiptNumber,
    /// The shift whose till gave the money back.
    #[n(4)]
    pub shift_id: ShiftId,
    /// The currency of every amount.
    #[n(5)]
    pub currency: Currency,
    /// What came back.
    #[n(6)]
    pub lines: Vec<ReturnLine>,
    /// Tax that goes back by rate: the part of the tax the sale stored.
    #[n(7)]
    pub taxes: Vec<TaxSum>,
    /// What goes back, tax included.
    #[n(8)]
    pub total_minor: Minor,
    /// How it goes back.
    #[n(9)]
    pub tenders: Vec<Tender>,
    /// The manager who approved it, where it was beyond what the person may do alone.
    #[n(10)]
    pub approved_by: Option<StaffId>,
    /// What should have gone back to a card and went back in cash or as store credit instead, where
    /// something did.
    #[n(11)]
    pub instead: Option<InCash>,
    /// What was rounded because it went back in cash: above nothing when more went back than the
    /// total. Nothing where nothing was. Since version 0.1.0.
    #[n(16)]
    pub rounding_minor: Option<Minor>,
    /// Says that it was refunded without the right to, from what the receipt's signed code proved.
    /// Since version 0.1.0.
    #[n(20)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisional: Option<Provisional>,
}

/// What should have gone back to a card and went back in cash. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct InCash {
    /// How much of the cash.
    #[n(0)]
    pub amount_minor: Minor,
    /// Why: a word of the store's program.
    #[n(1)]
    pub why: String,
}

impl Body for ReturnRecorded {
    const KIND: Kind = Kind::ReturnRecorded;
}

/// Goods of one line of the sale that came back for one reason and went to one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct ReturnLine {
    /// The number of the sale's line.
    #[n(0)]
    pub line: u16,
    /// What it is.
    #[n(1)]
    pub sku: Sku,
    /// Its name as printed.
    #[n(2)]
    pub description: String,
    /// How much.
    #[n(3)]
    pub quantity_milli: Milli,
    /// What goes back for it, tax included.
    #[n(4)]
    pub amount_minor: Minor,
    /// The tax rate in it.
    #[n(5)]
    pub tax_rate: Rate,
    /// Why: a word of the till's list.
    #[n(6)]
    pub reason: String,
    /// Where it goes.
    #[n(7)]
    pub disposition: Disposition,
}

/// Why a return does not add up. It means a fault of the program that wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReturnInvalid {
    /// It has no lines.
    #[error("the return has no lines")]
    NoLines,
    /// Lines do not add up to the total.
    #[error("the lines do not add up to what goes back")]
    Lines,
    /// Tenders are not the total as it was rounded.
    #[error("the tenders are not what goes back as it was rounded")]
    Tenders,
    /// A card says nothing of what went back to it, or something else does.
    #[error("a tender is not of the kind it says")]
    TenderKind,
    /// The tax table does not stand on the total.
    #[error("the taxed amounts do not add up to what goes back")]
    Taxes,
}

impl ReturnRecorded {
    /// Checks that lines, taxes and tenders all add up to the total.
    ///
    /// # Errors
    /// [`ReturnInvalid`], naming the first sum that is off.
    pub fn check(&self) -> Result<(), ReturnInvalid> {
        if self.lines.is_empty() {
            return Err(ReturnInvalid::NoLines);
        }
        let total = Some(self.total_minor);
        if Minor::sum(self.lines.iter().map(|line| line.amount_minor)) != total {
            return Err(ReturnInvalid::Lines);
        }
        let goes_back = self.total_minor.plus(self.rounded_minor());
        let tendered = Minor::sum(self.tenders.iter().map(|tender| tender.amount_minor));
        if goes_back.is_none() || tendered != goes_back {
            return Err(ReturnInvalid::Tenders);
        }
        if !self.tenders.iter().all(Tender::is_whole) {
            return Err(ReturnInvalid::TenderKind);
        }
        if Minor::sum(self.taxes.iter().map(|tax| tax.gross_minor)) != total {
            return Err(ReturnInvalid::Taxes);
        }
        Ok(())
    }

    /// Returns by how much what goes back was rounded; nothing where it was not.
    #[must_use]
    pub fn rounded_minor(&self) -> Minor {
        self.rounding_minor.unwrap_or(Minor::ZERO)
    }

    /// Returns the cash that left the drawer; beyond an `i64` it saturates.
    #[must_use]
    pub fn cash_minor(&self) -> Minor {
        Tender::sum_of(&self.tenders, TenderKind::Cash)
    }
}

#[cfg(test)]
mod tests {
    use super::{ReturnInvalid, ReturnLine, ReturnRecorded};
    use crate::facts::{Fact, Header, check_canonical};
    use crate::hlc::Hlc;
    use crate::ids::{EdgeNumber, FactId, RegisterId, ReturnId, SaleId, ShiftId, StaffId};
    use crate::money::{Currency, Minor};
    use crate::quantity::Milli;
    use crate::returns::Disposition;
    use crate::sales::{PaperKind, PaperNumber, ReceiptNumber, Tender};
    use crate::tax::{Rate, summarise};
    use crate::time::BusinessDate;

    fn back() -> ReturnRecorded {
        ReturnRecorded {
            return_id: ReturnId::from_parts(1, 5),
            number: PaperNumber {
                kind: PaperKind::Return,
                prefix: "GHE".parse().unwrap(),
                edge: EdgeNumber(7),
                series: 1,
                number: 3,
            },
            sale_id: SaleId::from_parts(1, 1),
            receipt: ReceiptNumber {
                register: RegisterId(1),
                series: 1,
                number: 42,
            },
            shift_id: ShiftId::from_parts(1, 2),
            currency: Currency::EUR,
            lines: vec![ReturnLine {
                line: 1,
                sku: "TEE-M".parse().unwrap(),
                description: "T-shirt, M".to_owned(),
                quantity_milli: Milli::ONE,
                amount_minor: Minor(1_999),
                tax_rate: Rate(21_000),
                reason: "too_small".to_owned(),
                disposition: Disposition::Restock,
            }],
            taxes: summarise([(Rate(21_000), Minor(1_999))]).unwrap(),
            total_minor: Minor(1_999),
            tenders: vec![Tender::cash(Minor(1_999))],
            approved_by: Some(StaffId::from_parts(1, 9)),
            instead: None,
            rounding_minor: None,
            provisional: None,
        }
    }

    #[test]
    fn a_return_adds_up_or_says_what_does_not() {
        assert_eq!(back().check(), Ok(()));
        assert_eq!(back().cash_minor(), Minor(1_999));
        let of = |change: fn(&mut ReturnRecorded)| {
            let mut changed = back();
            change(&mut changed);
            changed.check()
        };
        assert_eq!(of(|it| it.lines.clear()), Err(ReturnInvalid::NoLines));
        assert_eq!(
            of(|it| it.total_minor = Minor(1)),
            Err(ReturnInvalid::Lines)
        );
        assert_eq!(of(|it| it.tenders.clear()), Err(ReturnInvalid::Tenders));
        assert_eq!(of(|it| it.taxes.clear()), Err(ReturnInvalid::Taxes));
    }

    #[test]
    fn a_return_travels_as_canonical_bytes() {
        let header = Header {
            id: FactId::from_parts(1, 3),
            hlc: Hlc(1),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: Some(RegisterId(1)),
            staff: None,
        };
        let bytes = Fact::new(header, &back()).encode();
        check_canonical(&bytes).unwrap();
        let read = Fact::decode(&bytes).unwrap().read::<ReturnRecorded>();
        assert_eq!(read.unwrap(), back());
    }
}
