//! Whether a basket may be paid with what was given, and what goes back.
//!
//! It does not number receipts and states nothing: that is one transaction of the service.

use counterpart_protocol::ids::ShiftId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::CashStep;
use counterpart_protocol::sales::{
    ReceiptNumber, SaleInvalid, SaleRecorded, Tender, TenderKind, VoidedLine,
};

use super::basket::Basket;
use super::due::{Due, due};
use super::others::vouchers_fit;
use super::refused::PayRefused;
use crate::returns::Exchange;

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
    let total_minor = basket.figures()?.total_minor;
    let over = basket
        .exchange
        .as_ref()
        .map(|it| it.rest_minor(total_minor));
    if let Some(over_minor) = over.filter(|over| *over > Minor::ZERO) {
        return Err(PayRefused::GivesBack {
            over_minor,
            currency,
        });
    }
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
    let back = basket.exchange.as_ref();
    let back = back.map_or(0, |it| it.counts_minor(due.total_minor).0);
    let exact = [
        TenderKind::Card,
        TenderKind::OnAccount,
        TenderKind::GiftCard,
        TenderKind::StoreCredit,
    ];
    let no_change = exact.map(of).into_iter().fold(back, i64::saturating_add);
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

/// Decides whether a basket is paid by what comes back with it alone.
///
/// # Errors
/// [`PayRefused::StillDue`] when it is not; what else bars payment.
pub(crate) fn even(basket: Basket, settled: Settled) -> Result<Paid, PayRefused> {
    ready(&basket, settled)?;
    let due = due(&basket, &[], settled.step)?;
    let currency = settled.currency;
    if due.due_minor > Minor::ZERO {
        return Err(PayRefused::StillDue {
            due_minor: due.due_minor,
            currency,
        });
    }
    Ok(Paid {
        basket,
        tenders: Vec::new(),
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
    /// [`PayRefused::AgeUnconfirmed`], [`PayRefused::Untraced`],
    /// [`PayRefused::PromisedUnapproved`].
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
            | TenderKind::OnAccount
            | TenderKind::Exchanged => false,
        })
    }

    /// Returns what goes out comes to.
    #[must_use]
    pub(crate) const fn total_minor(&self) -> Minor {
        self.due.total_minor
    }

    /// Takes the exchange out of it with the tender of both its halves, which pays for this one.
    #[must_use]
    pub(crate) fn take_exchange(&mut self) -> Option<(Exchange, Tender)> {
        let exchange = self.basket.exchange.take()?;
        let tender = exchange.tender(self.basket.sale_id, self.due.total_minor);
        if tender.amount_minor > Minor::ZERO {
            self.tenders.insert(0, tender.clone());
        }
        Some((exchange, tender))
    }

    /// Makes the fact, and checks that it adds up.
    ///
    /// # Errors
    /// [`SaleInvalid`], which means a fault of these rules.
    pub(crate) fn recorded(
        mut self,
        receipt: ReceiptNumber,
        shift_id: ShiftId,
        catalog_version: u64,
    ) -> Result<SaleRecorded, SaleInvalid> {
        self.basket.keep_needed_approvals();
        let figures = self.basket.figures().map_err(|_| SaleInvalid::Lines)?;
        let coupons = self.basket.sale_coupons(&figures);
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
            coupons,
            sold_to: Some(self.basket.sold_to).filter(|it| !it.is_nobody()),
            tax_parts: Some(figures.tax_parts).filter(|it| !it.is_empty()),
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
    if basket.exchange.as_ref().is_some_and(|it| it.is_asked) {
        return Err(PayRefused::GivingBack);
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
    if let Some((_, line)) = basket.untraced() {
        return Err(PayRefused::Untraced {
            description: line.item.description.clone(),
        });
    }
    if let Some(promised) = basket.promised_to_approve() {
        return Err(PayRefused::PromisedUnapproved {
            wanted: promised.wanted_milli,
            on_hand: promised.goods.on_hand_milli,
            own: promised.goods.own_milli,
            over: promised.over_milli(),
            description: promised.description,
        });
    }
    basket.coupons_good()?;
    Ok(basket.within_limits()?)
}

fn is_unlikely(due: Due, currency: Currency) -> bool {
    let unit = 10_i64.pow(u32::from(currency.decimals()));
    due.given_minor.0 > due.total_minor.0.saturating_mul(UNLIKELY_TIMES)
        && due.given_minor.0 > UNLIKELY_ABOVE * unit
}
