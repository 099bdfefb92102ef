//! Whether a basket may be paid with what was given, and what goes back.
//!
//! It does not number receipts and states nothing: that is one transaction of the service.

use counterpart_protocol::ids::ShiftId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::CashStep;
use counterpart_protocol::sales::{
    ReceiptNumber, SaleInvalid, SaleRecorded, Tender, TenderKind, VoidedLine,
};

use super::basket::{Basket, BasketRefused};
use super::discount::DiscountRefused;
use super::due::{Due, due};
use super::others::{TenderRefused, vouchers_fit};
use crate::payments::CardRefused;
use crate::written::spelled;

/// An amount given is unlikely when it is more than this many times what is due…
const UNLIKELY_TIMES: i64 = 10;
/// …and more than this many whole units of the currency: then somebody typed a digit too many.
const UNLIKELY_ABOVE: i64 = 1_000;

/// Amounts one sale is paid with: each is a line of the receipt.
const TENDERS_MAX: usize = 20;

/// Whether a person has said that an unlikely amount is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmed {
    /// Nobody was asked yet.
    No,
    /// A person said so.
    Yes,
}

/// What else must be true before money is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    /// Scans nobody has settled yet.
    pub unsettled: usize,
    /// The currency of the store.
    pub currency: Currency,
    /// What cash is rounded to.
    pub step: CashStep,
    /// The most that goes back for vouchers.
    pub voucher_change_max_minor: Minor,
}

/// A paid basket: all of the sale but its number, its shift and its catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paid {
    basket: Basket,
    tenders: Vec<Tender>,
    pub(super) due: Due,
    currency: Currency,
}

/// Why no money is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayRefused {
    /// There is nothing in the basket.
    #[error("there is nothing to pay yet: scan an item first")]
    Empty,
    /// Scans wait for a person.
    #[error("{}, then pay", settle_first(*count))]
    Unsettled {
        /// How many.
        count: usize,
    },
    /// Goods were not weighed.
    #[error("{description} was not weighed: select it, type its kilograms and press Qty")]
    NotWeighed {
        /// What.
        description: String,
    },
    /// Nobody saw yet that the customer is old enough.
    #[error(
        "{description} is sold from {years} years on: see that the customer is as old and confirm \
         it, or take it out"
    )]
    AgeUnconfirmed {
        /// What.
        description: String,
        /// From which age.
        years: u8,
    },
    /// More amounts than a receipt should list.
    #[error("a sale is paid with at most 20 amounts: add some of them up")]
    TooManyTenders,
    /// A tender of nothing or less.
    #[error("an amount given is more than nothing: type what the customer gave")]
    NotPositive,
    /// A card would pay more than is due.
    #[error("a card pays at most what is due, {}: type less", spelled(*due_minor, *currency))]
    CardAboveDue {
        /// What is due.
        due_minor: Minor,
        /// Its currency.
        currency: Currency,
    },
    /// Cards paid more than the sale comes to by now.
    #[error(
        "a card paid {} more than the sale comes to: give the card payment back, then pay again",
        spelled(*over_minor, *currency)
    )]
    CardAboveTotal {
        /// How much more.
        over_minor: Minor,
        /// Its currency.
        currency: Currency,
    },
    /// A card paid for the sale already.
    #[error(
        "{} was paid by card for this sale: finish the sale, or give the card payment back first",
        spelled(*paid_minor, *currency)
    )]
    CardPaid {
        /// How much.
        paid_minor: Minor,
        /// Its currency.
        currency: Currency,
    },
    /// The terminal is not asked.
    #[error(transparent)]
    Card(#[from] CardRefused),
    /// A tender is not taken, or not for so much.
    #[error(transparent)]
    Tender(#[from] TenderRefused),
    /// Not enough was given.
    #[error("{} is still due", spelled(*due_minor, *currency))]
    StillDue {
        /// What is missing.
        due_minor: Minor,
        /// Its currency.
        currency: Currency,
    },
    /// So much that somebody should look again.
    #[error(
        "{} for {} looks like a digit too many: say again that it is right",
        spelled(*given_minor, *currency),
        spelled(*total_minor, *currency)
    )]
    Unlikely {
        /// What was given.
        given_minor: Minor,
        /// What is due.
        total_minor: Minor,
        /// The currency of both.
        currency: Currency,
    },
    /// The basket itself does not add up.
    #[error(transparent)]
    Basket(#[from] BasketRefused),
    /// A discount is more of the basket than it was allowed to be.
    #[error(transparent)]
    Discount(#[from] DiscountRefused),
}

/// Decides whether `basket` is paid by `tenders`.
///
/// # Errors
/// [`PayRefused`], the first reason in the order a person mends them.
pub(crate) fn pay(
    basket: Basket,
    tenders: Vec<Tender>,
    settled: Settled,
    confirmed: Confirmed,
) -> Result<Paid, PayRefused> {
    let currency = settled.currency;
    ready(&basket, settled)?;
    if tenders.len() > TENDERS_MAX {
        return Err(PayRefused::TooManyTenders);
    }
    let (nothing, tenders): (Vec<Tender>, Vec<Tender>) =
        tenders.into_iter().partition(Tender::is_no_cash);
    let mut due = due(&basket, &tenders, settled.step)?;
    if !nothing.is_empty() {
        // Cash of nothing says that the rest is paid in cash, and rounds to nothing.
        due = due.forgiven().ok_or(PayRefused::NotPositive)?;
    }
    if confirmed == Confirmed::No && is_unlikely(due, currency) {
        return Err(PayRefused::Unlikely {
            given_minor: due.given_minor,
            total_minor: due.total_minor,
            currency,
        });
    }
    let of = |kind| Tender::sum_of(&tenders, kind).0;
    let exact = [
        TenderKind::Card,
        TenderKind::OnAccount,
        TenderKind::GiftCard,
        TenderKind::StoreCredit,
    ];
    let no_change = exact.map(of).into_iter().fold(0, i64::saturating_add);
    if no_change > due.total_minor.0 {
        return Err(PayRefused::CardAboveTotal {
            over_minor: Minor(no_change.saturating_sub(due.total_minor.0)),
            currency,
        });
    }
    let others = Minor(no_change.saturating_add(of(TenderKind::Voucher)));
    let max_minor = settled.voucher_change_max_minor;
    vouchers_fit(due.total_minor, others, max_minor, currency)?;
    if due.due_minor > Minor::ZERO {
        return Err(PayRefused::StillDue {
            due_minor: due.due_minor,
            currency,
        });
    }
    Ok(Paid {
        basket,
        tenders,
        due,
        currency,
    })
}

/// Decides how much a card is asked for: what was typed, or all that is due.
///
/// # Errors
/// [`PayRefused`]: it would be more than is due, or nothing.
pub(crate) fn card_amount(
    basket: &Basket,
    tenders: &[Tender],
    typed: Option<Minor>,
    settled: Settled,
) -> Result<Minor, PayRefused> {
    let currency = settled.currency;
    if tenders.len() >= TENDERS_MAX {
        return Err(PayRefused::TooManyTenders);
    }
    let due_minor = due(basket, tenders, settled.step)?.due_minor;
    let amount = typed.unwrap_or(due_minor);
    if amount > due_minor {
        return Err(PayRefused::CardAboveDue {
            due_minor,
            currency,
        });
    }
    match amount > Minor::ZERO {
        true => Ok(amount),
        false => Err(PayRefused::NotPositive),
    }
}

impl Settled {
    /// Returns what a page needs to know to say whether a basket could be paid.
    #[must_use]
    pub(crate) const fn showing(unsettled: usize, currency: Currency) -> Self {
        Self {
            unsettled,
            currency,
            step: CashStep::EXACT,
            voucher_change_max_minor: Minor::ZERO,
        }
    }

    /// Decides whether money may be asked for at all.
    ///
    /// # Errors
    /// [`PayRefused::Empty`], [`PayRefused::Unsettled`], [`PayRefused::NotWeighed`],
    /// [`PayRefused::AgeUnconfirmed`].
    pub(crate) fn allows(self, basket: &Basket) -> Result<(), PayRefused> {
        ready(basket, self)
    }
}

impl Paid {
    /// Tells whether something goes into the drawer or comes out of it, so that it opens.
    #[must_use]
    pub(crate) fn opens_drawer(&self) -> bool {
        self.tenders.iter().any(|tender| match tender.kind {
            TenderKind::Cash | TenderKind::ForeignCash | TenderKind::Voucher => true,
            TenderKind::Card
            | TenderKind::GiftCard
            | TenderKind::StoreCredit
            | TenderKind::OnAccount => false,
        })
    }

    /// Makes the fact, and checks that it adds up.
    ///
    /// # Errors
    /// [`SaleInvalid`], which means a fault of these rules.
    pub(crate) fn recorded(
        self,
        receipt: ReceiptNumber,
        shift_id: ShiftId,
        catalog_version: u64,
    ) -> Result<SaleRecorded, SaleInvalid> {
        let figures = self.basket.figures().map_err(|_| SaleInvalid::Lines)?;
        let sale = SaleRecorded {
            sale_id: self.basket.sale_id,
            receipt,
            shift_id,
            currency: self.currency,
            lines: self.basket.sale_lines().map_err(|_| SaleInvalid::Lines)?,
            taxes: figures.taxes,
            total_minor: self.due.total_minor,
            tenders: self.tenders,
            change_minor: self.due.change_minor,
            voided: self.basket.voided_lines(),
            catalog_version,
            rounding_minor: Some(self.due.rounding_minor).filter(|by| *by != Minor::ZERO),
        };
        sale.check()?;
        Ok(sale)
    }
}

impl Basket {
    /// Returns the lines that were taken out, for the journal.
    #[must_use]
    pub(crate) fn voided_lines(&self) -> Vec<VoidedLine> {
        let voided = self
            .lines
            .iter()
            .filter_map(|line| Some((line, line.voided?)));
        voided
            .map(|(line, voided)| VoidedLine {
                line: line.line,
                sku: line.item.sku.clone(),
                quantity_milli: line.quantity_milli,
                // It was in a basket that added up, so its amount fits.
                amount_minor: line.gross().unwrap_or(Minor::ZERO),
                staff: voided.by,
            })
            .collect()
    }
}

fn ready(basket: &Basket, settled: Settled) -> Result<(), PayRefused> {
    if settled.unsettled > 0 {
        return Err(PayRefused::Unsettled {
            count: settled.unsettled,
        });
    }
    if basket.standing_lines().next().is_none() {
        return Err(PayRefused::Empty);
    }
    if let Some(line) = basket.standing_lines().find(|line| line.wants_weight()) {
        return Err(PayRefused::NotWeighed {
            description: line.item.description.clone(),
        });
    }
    if let Some((years, description)) = basket.age_to_confirm() {
        return Err(PayRefused::AgeUnconfirmed {
            description: description.to_owned(),
            years,
        });
    }
    Ok(basket.within_limits()?)
}

fn settle_first(count: usize) -> String {
    match count {
        1 => "a scan is not settled: scan the item again or put it aside".to_owned(),
        _ => format!("{count} scans are not settled: scan the items again or put them aside"),
    }
}

fn is_unlikely(due: Due, currency: Currency) -> bool {
    let unit = 10_i64.pow(u32::from(currency.decimals()));
    due.given_minor.0 > due.total_minor.0.saturating_mul(UNLIKELY_TIMES)
        && due.given_minor.0 > UNLIKELY_ABOVE * unit
}
