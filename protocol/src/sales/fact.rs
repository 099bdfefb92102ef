//! The facts of a sale and of a basket given up.

use minicbor::{Decode, Encode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{LinePricing, LineRemarks, ReceiptNumber, SoldTo, Tender, TenderKind};
use crate::coupons::SaleCoupon;
use crate::facts::{Body, Kind};
use crate::ids::{SaleId, ShiftId, Sku, StaffId};
use crate::money::{Currency, Minor};
use crate::quantity::Milli;
use crate::tax::{Rate, TaxPart, TaxSum};

/// A completed sale with everything in it: one fact, one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct SaleRecorded {
    /// The sale.
    #[n(0)]
    pub sale_id: SaleId,
    /// The number on its receipt.
    #[n(1)]
    pub receipt: ReceiptNumber,
    /// The shift whose till took the money.
    #[n(2)]
    pub shift_id: ShiftId,
    /// The currency of every amount.
    #[n(3)]
    pub currency: Currency,
    /// What was sold, in the order it was scanned.
    #[n(4)]
    pub lines: Vec<SaleLine>,
    /// Tax by rate, as computed and printed.
    #[n(5)]
    pub taxes: Vec<TaxSum>,
    /// What was due, tax included.
    #[n(6)]
    pub total_minor: Minor,
    /// What the customer gave.
    #[n(7)]
    pub tenders: Vec<Tender>,
    /// What the customer got back in cash.
    #[n(8)]
    pub change_minor: Minor,
    /// Lines removed before payment, for the journal.
    #[n(9)]
    pub voided: Vec<VoidedLine>,
    /// Which publication of the catalogue priced it.
    #[n(10)]
    pub catalog_version: u64,
    /// What was rounded because it was paid in cash: above nothing when the customer paid more than
    /// the total. Nothing where nothing was. Since version 0.1.0.
    #[n(16)]
    pub rounding_minor: Option<Minor>,
    /// To whom it was sold, where they were named or paid no tax. Since version 0.1.0.
    #[n(17)]
    pub sold_to: Option<SoldTo>,
    /// The taxes that make up the rates of the tax table, by name, where the store's jurisdiction
    /// names them. Since version 0.1.0.
    #[n(19)]
    pub tax_parts: Option<Vec<TaxPart>>,
    /// The coupons that took something off it; nothing where none did. Since version 0.1.0.
    #[n(18)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupons: Option<Vec<SaleCoupon>>,
}

impl Body for SaleRecorded {
    const KIND: Kind = Kind::SaleRecorded;
}

/// One line of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct SaleLine {
    /// Its number within the sale, from 1; voided lines leave gaps.
    #[n(0)]
    pub line: u16,
    /// What was sold.
    #[n(1)]
    pub sku: Sku,
    /// Its name as printed.
    #[n(2)]
    pub description: String,
    /// How much.
    #[n(3)]
    pub quantity_milli: Milli,
    /// The price of one unit, with its tax unless tax is added to it.
    #[n(4)]
    pub unit_price_minor: Minor,
    /// What is paid for the line, tax included.
    #[n(5)]
    pub amount_minor: Minor,
    /// The tax rate in it.
    #[n(6)]
    pub tax_rate: Rate,
    /// How the price came to be, where it is not simply the unit price in force times how much.
    #[n(7)]
    pub pricing: Option<LinePricing>,
    /// What else is said of it, if anything is.
    #[n(8)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarks: Option<LineRemarks>,
    /// The tax that was added to its price: a part of what is paid. Nothing where the price bears
    /// its tax, and where there is none. Since version 0.1.0.
    #[n(9)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_tax_minor: Option<Minor>,
}

/// A line that was removed before payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct VoidedLine {
    /// Its number within the sale.
    #[n(0)]
    pub line: u16,
    /// What it was.
    #[n(1)]
    pub sku: Sku,
    /// How much of it.
    #[n(2)]
    pub quantity_milli: Milli,
    /// What it would have cost.
    #[n(3)]
    pub amount_minor: Minor,
    /// Who removed it.
    #[n(4)]
    pub staff: Option<StaffId>,
}

/// Why a sale does not add up. It means a fault of the program that wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SaleInvalid {
    /// It has no lines.
    #[error("the sale has no lines")]
    NoLines,
    /// What was taken off a line does not lead to what it costs.
    #[error("what was taken off a line does not lead to what it costs")]
    Reductions,
    /// Lines do not add up to the total.
    #[error("the lines do not add up to the total")]
    Lines,
    /// Tenders minus change are not the total as it was rounded.
    #[error("the tenders less the change are not the total as it was rounded")]
    Tenders,
    /// A card says nothing of its payment, or something else does.
    #[error("a tender is not of the kind it says")]
    TenderKind,
    /// More went back than was given in cash or vouchers: a card and an account give no change.
    #[error("more went back than was given in cash or vouchers")]
    CardChange,
    /// The tax table does not stand on the total.
    #[error("the taxed amounts do not add up to the total")]
    Taxes,
    /// Taxes do not add up to the tax of the rate they make up.
    #[error("the taxes of a rate do not add up to it")]
    TaxParts,
}

impl SaleRecorded {
    /// Checks that lines, taxes and tenders all add up to the total.
    ///
    /// # Errors
    /// [`SaleInvalid`], naming the first sum that is off.
    pub fn check(&self) -> Result<(), SaleInvalid> {
        if self.lines.is_empty() {
            return Err(SaleInvalid::NoLines);
        }
        self.lines.iter().try_for_each(SaleLine::check_pricing)?;
        let total = Some(self.total_minor);
        if Minor::sum(self.lines.iter().map(|line| line.amount_minor)) != total {
            return Err(SaleInvalid::Lines);
        }
        let tendered = Minor::sum(self.tenders.iter().map(|tender| tender.amount_minor));
        let due = self.total_minor.plus(self.rounded_minor());
        if due.is_none() || tendered.and_then(|sum| sum.minus(self.change_minor)) != due {
            return Err(SaleInvalid::Tenders);
        }
        if !self.tenders.iter().all(Tender::is_whole) {
            return Err(SaleInvalid::TenderKind);
        }
        if self.change_minor > self.gives_change_minor() {
            return Err(SaleInvalid::CardChange);
        }
        if Minor::sum(self.taxes.iter().map(|tax| tax.gross_minor)) != total {
            return Err(SaleInvalid::Taxes);
        }
        match self.taxes.iter().all(|tax| self.is_made_of_its_parts(tax)) {
            true => Ok(()),
            false => Err(SaleInvalid::TaxParts),
        }
    }

    /// Returns the taxes that make up a rate, none where the sale names none.
    pub fn parts_of(&self, rate: Rate) -> impl Iterator<Item = &TaxPart> {
        let all = self.tax_parts.iter().flatten();
        all.filter(move |part| part.of == rate)
    }

    fn is_made_of_its_parts(&self, tax: &TaxSum) -> bool {
        let mut parts = self.parts_of(tax.rate).peekable();
        parts.peek().is_none() || Minor::sum(parts.map(|it| it.tax_minor)) == Some(tax.tax_minor)
    }

    /// Returns what was given in what may give change: cash of any currency, and vouchers.
    fn gives_change_minor(&self) -> Minor {
        let kinds = [
            TenderKind::Cash,
            TenderKind::ForeignCash,
            TenderKind::Voucher,
        ];
        let given = kinds.map(|kind| self.given_minor(kind).0);
        Minor(given.into_iter().fold(0, i64::saturating_add))
    }

    /// Returns the cash of the sale's currency that stayed in the drawer: below nothing when it was
    /// paid in another and the change was not. Beyond an `i64` it saturates, which no sale
    /// that adds up does.
    #[must_use]
    pub fn cash_minor(&self) -> Minor {
        let given = self.given_minor(TenderKind::Cash);
        Minor(given.0.saturating_sub(self.change_minor.0))
    }

    /// Returns by how much the total was rounded; nothing where it was not.
    #[must_use]
    pub fn rounded_minor(&self) -> Minor {
        self.rounding_minor.unwrap_or(Minor::ZERO)
    }

    /// Returns what was given of one kind, change included; beyond an `i64` it saturates.
    #[must_use]
    pub fn given_minor(&self, kind: TenderKind) -> Minor {
        Tender::sum_of(&self.tenders, kind)
    }
}

/// A basket given up before payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct BasketVoided {
    /// The sale that did not happen.
    #[n(0)]
    pub sale_id: SaleId,
    /// The currency of every amount.
    #[n(1)]
    pub currency: Currency,
    /// What was in it, lines removed earlier included.
    #[n(2)]
    pub voided: Vec<VoidedLine>,
}

impl Body for BasketVoided {
    const KIND: Kind = Kind::BasketVoided;
}

#[cfg(test)]
mod tests {
    use super::{SaleInvalid, SaleLine, SaleRecorded};
    use crate::facts::{Fact, Header, check_canonical};
    use crate::hlc::Hlc;
    use crate::ids::{FactId, RegisterId, SaleId, ShiftId};
    use crate::money::{Currency, Minor};
    use crate::quantity::Milli;
    use crate::sales::{CardPaid, ReceiptNumber, Tender};
    use crate::tax::{Rate, summarise};
    use crate::time::BusinessDate;

    fn sale() -> SaleRecorded {
        SaleRecorded {
            sale_id: SaleId::from_parts(1, 1),
            receipt: ReceiptNumber {
                register: RegisterId(1),
                series: 1,
                number: 42,
            },
            shift_id: ShiftId::from_parts(1, 2),
            currency: Currency::EUR,
            lines: vec![SaleLine {
                line: 1,
                sku: "TEE-M".parse().unwrap(),
                description: "T-shirt, M".to_owned(),
                quantity_milli: Milli::units(2),
                unit_price_minor: Minor(1_999),
                amount_minor: Minor(3_998),
                tax_rate: Rate(21_000),
                pricing: None,
                remarks: None,
                added_tax_minor: None,
            }],
            taxes: summarise([(Rate(21_000), Minor(3_998))]).unwrap(),
            total_minor: Minor(3_998),
            tenders: vec![Tender::cash(Minor(5_000))],
            change_minor: Minor(1_002),
            voided: Vec::new(),
            catalog_version: 1,
            rounding_minor: None,
            sold_to: None,
            tax_parts: None,
            coupons: None,
        }
    }

    #[test]
    fn a_sale_adds_up_or_says_what_does_not() {
        assert_eq!(sale().check(), Ok(()));
        assert_eq!(sale().cash_minor(), Minor(3_998));
        let mut absurd = sale();
        absurd.tenders = vec![absurd.tenders[0].clone(); 2];
        absurd.tenders[0].amount_minor = Minor(i64::MAX);
        assert_eq!(absurd.check(), Err(SaleInvalid::Tenders));
        assert_eq!(absurd.cash_minor(), Minor(i64::MAX - 1_002));
        let no_lines = SaleRecorded {
            lines: Vec::new(),
            ..sale()
        };
        assert_eq!(no_lines.check(), Err(SaleInvalid::NoLines));
        let other_total = SaleRecorded {
            total_minor: Minor(1),
            ..sale()
        };
        assert_eq!(other_total.check(), Err(SaleInvalid::Lines));
        let other_change = SaleRecorded {
            change_minor: Minor(0),
            ..sale()
        };
        assert_eq!(other_change.check(), Err(SaleInvalid::Tenders));
        let rounded = SaleRecorded {
            tenders: vec![Tender::cash(Minor(4_000))],
            change_minor: Minor(0),
            rounding_minor: Some(Minor(2)),
            ..sale()
        };
        assert_eq!(
            (rounded.check(), rounded.cash_minor()),
            (Ok(()), Minor(4_000))
        );
        let card = CardPaid {
            intent: "A1B2C3D4E5".to_owned(),
            ..CardPaid::default()
        };
        let halves = SaleRecorded {
            tenders: vec![
                Tender::cash(Minor(2_000)),
                Tender::card(Minor(2_000), card.clone()),
            ],
            change_minor: Minor(2),
            ..sale()
        };
        assert_eq!(halves.check(), Ok(()));
        assert_eq!(halves.cash_minor(), Minor(1_998));
        let card_with_change = SaleRecorded {
            tenders: vec![Tender::card(Minor(5_000), card)],
            ..sale()
        };
        assert_eq!(card_with_change.check(), Err(SaleInvalid::CardChange));
        let mut unnamed = halves;
        unnamed.tenders[1].card = None;
        assert_eq!(unnamed.check(), Err(SaleInvalid::TenderKind));
        let no_tax = SaleRecorded {
            taxes: Vec::new(),
            ..sale()
        };
        assert_eq!(no_tax.check(), Err(SaleInvalid::Taxes));
    }

    #[test]
    fn a_sale_travels_as_canonical_bytes() {
        let header = Header {
            id: FactId::from_parts(1, 3),
            hlc: Hlc(1),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: Some(RegisterId(1)),
            staff: None,
        };
        let bytes = Fact::new(header, &sale()).encode();
        check_canonical(&bytes).unwrap();
        assert_eq!(
            Fact::decode(&bytes)
                .unwrap()
                .read::<SaleRecorded>()
                .unwrap(),
            sale()
        );
    }
}
