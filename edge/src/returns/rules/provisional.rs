//! Refunding another store's sale without the right to, from what the signed code on its receipt
//! proves: only while nobody can be asked, and within the signed cap.

use counterpart_protocol::codes::{CodeKind, CodeRefused, SignedCode, Subject};
use counterpart_protocol::ids::{SaleId, ShiftId, Sku};
use counterpart_protocol::keyring::KeyUnfit;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::{BeyondCap, ProvisionalPolicy};
use counterpart_protocol::pricing::refunded;
use counterpart_protocol::returns::{WhyNotPassed, WhyProvisional};
use counterpart_protocol::sales::{ReceiptNumber, SaleLine, SaleRecorded};
use counterpart_protocol::staff::Role;
use counterpart_protocol::tax::summarise;
use counterpart_protocol::time::BusinessDate;

use crate::written::spelled;

/// How long who holds a right is waited for once it was asked for, in milliseconds: a store that is
/// there answers within seconds, and a customer stands at the desk.
const WAIT_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

/// Why nothing is refunded from a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProvisionalRefused {
    /// It is damaged, forged, or of a key this store does not know.
    #[error("{0}: scan it again, or ask for the right to refund it by its number")]
    Code(CodeRefused),
    /// Its key does not count.
    #[error("{0}: ask for the right to refund it by the number on the receipt")]
    Key(KeyUnfit),
    /// It is a pickup's or a parcel's.
    #[error("this is no receipt's code: scan the one on the receipt")]
    NotAReceipt,
    /// Training refunds nothing of the shop's.
    #[error("this is training: a receipt of the shop is refunded at a register of the shop")]
    Training,
    /// The receipt is of another store, where only one of this store counts.
    #[error("this receipt is of store {0}: find it under Returns, where its code is read")]
    OtherStore(String),
    /// The lines did not fit the picture.
    #[error(
        "the code says only what was paid in all: ask for the right to refund it by the number on \
         the receipt"
    )]
    TotalOnly,
    /// The code was not scanned here, or forgotten since.
    #[error("scan the code on the receipt again")]
    NotScanned,
    /// The goods come back too late.
    #[error(
        "it was sold on {sold_on}, and goods come back from its code for {days_max} days: ask for \
         the right to refund it by the number on the receipt"
    )]
    TooOld {
        /// When.
        sold_on: BusinessDate,
        /// For how long.
        days_max: u16,
    },
    /// The hub was away too long.
    #[error(
        "the hub was last heard of {hours} h ago, and goods of other stores come back for \
         {hours_max} h: get the hub back first"
    )]
    TooLong {
        /// How long ago.
        hours: i64,
        /// How long is allowed.
        hours_max: u32,
    },
    /// The right was not asked for, and can be.
    #[error("the hub is there: ask for the right to refund this receipt first")]
    AskFirst,
    /// It was asked for a moment ago.
    #[error("the right to refund it was just asked for: wait for the answer, a minute at most")]
    JustAsked,
    /// There is no such store any more.
    #[error("the hub knows no such store: nothing of its sales is refunded")]
    UnknownStore,
    /// This store has the right.
    #[error("this store has the right to refund this sale: find it under its number")]
    HeldHere,
    /// It does not go back so.
    #[error("'{0}' is not what it may go back to without the right: choose another")]
    Tender(String),
    /// Beyond the cap, where nobody may.
    #[error("{} would go back without the right, and {} may: ask for the right instead",
        spelled(*total_minor, *currency), spelled(*max_minor, *currency))]
    BeyondCap {
        /// What would go back: at once, or of the sale with what went back so before.
        total_minor: Minor,
        /// What may.
        max_minor: Minor,
        /// The currency of both.
        currency: Currency,
    },
    /// Beyond what the person may do.
    #[error("refunding without the right needs a manager here: have one type their PIN")]
    NeedsManager,
}

/// How the hub and whoever holds the right can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The hub is away since so many milliseconds; nothing where it was never heard of.
    HubAway(Option<i64>),
    /// The hub is there.
    HubThere(Asked),
}

/// What became of asking for the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nobody asked.
    No,
    /// Somebody did, so many milliseconds ago, and nobody answered.
    Waits(i64),
    /// The hub can ask nobody.
    Refused(WhyNotPassed),
}

/// Says why the right is not waited for.
///
/// # Errors
/// [`ProvisionalRefused`], what to do instead.
pub(crate) fn why_not_waited(
    reach: Reach,
    policy: &ProvisionalPolicy,
) -> Result<WhyProvisional, ProvisionalRefused> {
    match reach {
        Reach::HubAway(ago_ms) => {
            let hours = ago_ms.map_or(0, |ago_ms| ago_ms / HOUR_MS);
            match hours >= i64::from(policy.hours_max) {
                true => Err(ProvisionalRefused::TooLong {
                    hours,
                    hours_max: policy.hours_max,
                }),
                false => Ok(WhyProvisional::HubAway),
            }
        }
        Reach::HubThere(Asked::No) => Err(ProvisionalRefused::AskFirst),
        Reach::HubThere(Asked::Waits(ago_ms)) if ago_ms < WAIT_MS => {
            Err(ProvisionalRefused::JustAsked)
        }
        Reach::HubThere(Asked::Refused(WhyNotPassed::UnknownStore)) => {
            Err(ProvisionalRefused::UnknownStore)
        }
        Reach::HubThere(Asked::Refused(WhyNotPassed::HeldThere)) => {
            Err(ProvisionalRefused::HeldHere)
        }
        // The seller has not sent the sale yet: it is cut off.
        Reach::HubThere(Asked::Waits(_) | Asked::Refused(WhyNotPassed::UnknownReceipt)) => {
            Ok(WhyProvisional::HolderAway)
        }
    }
}

/// What would go back without the right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trying<'a> {
    /// Who tries.
    pub role: Role,
    /// Whether a manager approved it.
    pub is_approved: bool,
    /// What goes back now.
    pub total_minor: Minor,
    /// What went back of the sale so at this store before.
    pub before_minor: Minor,
    /// To what: a word of the policy.
    pub to: &'a str,
    /// The day of the sale.
    pub sold_on: BusinessDate,
    /// Today.
    pub today: BusinessDate,
    /// The currency of the amounts.
    pub currency: Currency,
}

/// Decides whether it may go back, by the signed policy.
///
/// # Errors
/// [`ProvisionalRefused`], the first thing that is wrong.
pub(crate) fn may_provisionally(
    policy: &ProvisionalPolicy,
    trying: Trying<'_>,
) -> Result<(), ProvisionalRefused> {
    check_age(policy, trying.sold_on, trying.today)?;
    if !policy.tenders.iter().any(|it| it == trying.to) {
        return Err(ProvisionalRefused::Tender(trying.to.to_owned()));
    }
    let of_sale = Minor(trying.before_minor.0.saturating_add(trying.total_minor.0));
    let is_manager = trying.role == Role::Manager || trying.is_approved;
    for (total_minor, max_minor) in [
        (trying.total_minor, policy.refund_max_minor),
        (of_sale, policy.sale_max_minor),
    ] {
        if total_minor <= max_minor {
            continue;
        }
        match policy.beyond {
            BeyondCap::Nobody => {
                return Err(ProvisionalRefused::BeyondCap {
                    total_minor,
                    max_minor,
                    currency: trying.currency,
                });
            }
            BeyondCap::Manager if !is_manager => return Err(ProvisionalRefused::NeedsManager),
            BeyondCap::Manager => {}
        }
    }
    match policy.role == Role::Manager && !is_manager {
        true => Err(ProvisionalRefused::NeedsManager),
        false => Ok(()),
    }
}

/// Checks that goods of a sale still come back. A day that is yet to come at this store's clock
/// counts as today.
///
/// # Errors
/// [`ProvisionalRefused::TooOld`].
fn check_age(
    policy: &ProvisionalPolicy,
    sold_on: BusinessDate,
    today: BusinessDate,
) -> Result<(), ProvisionalRefused> {
    let days = today.days().saturating_sub(sold_on.days());
    match days > i32::from(policy.return_days) {
        true => Err(ProvisionalRefused::TooOld {
            sold_on,
            days_max: policy.return_days,
        }),
        false => Ok(()),
    }
}

/// Returns which sale and which receipt a code is of.
///
/// # Errors
/// [`ProvisionalRefused::NotAReceipt`].
pub(crate) fn sale_of(code: &SignedCode) -> Result<(SaleId, ReceiptNumber), ProvisionalRefused> {
    match (code.kind, code.subject, code.receipt) {
        (CodeKind::Receipt, Subject::Sale(sale_id), Some(receipt)) => Ok((sale_id, receipt)),
        (CodeKind::Receipt | CodeKind::Pickup | CodeKind::PackingSlip, _, _) => {
            Err(ProvisionalRefused::NotAReceipt)
        }
    }
}

/// Returns a sale as far as its code proves it: its lines and the tax in them, which is all that
/// refunding needs. It names no shift, and no tender: how it was paid no code says. `name` is what
/// this store calls a product.
///
/// # Errors
/// [`ProvisionalRefused::NotAReceipt`], [`ProvisionalRefused::TotalOnly`].
pub(crate) fn proven(
    code: &SignedCode,
    name: impl Fn(&Sku) -> String,
) -> Result<SaleRecorded, ProvisionalRefused> {
    let (sale_id, receipt) = sale_of(code)?;
    let lines = code.lines.iter().filter_map(|line| {
        let sold = line.sold.as_ref()?;
        let whole = counterpart_protocol::pricing::Back {
            sold_milli: sold.quantity_milli,
            before_milli: counterpart_protocol::quantity::Milli::ZERO,
            now_milli: sold.quantity_milli,
        };
        // Nothing can come back of a line that cannot be refunded whole.
        refunded(line.paid_minor, whole)?;
        Some(SaleLine {
            line: line.line,
            sku: sold.sku.clone(),
            description: name(&sold.sku),
            quantity_milli: sold.quantity_milli,
            unit_price_minor: line.paid_minor,
            amount_minor: line.paid_minor,
            tax_rate: sold.tax_rate,
            pricing: None,
            remarks: None,
            added_tax_minor: None,
        })
    });
    let lines: Vec<SaleLine> = lines.collect();
    if lines.is_empty() {
        return Err(ProvisionalRefused::TotalOnly);
    }
    let taxed = lines.iter().map(|line| (line.tax_rate, line.amount_minor));
    let taxes = summarise(taxed).ok_or(ProvisionalRefused::TotalOnly)?;
    Ok(SaleRecorded {
        sale_id,
        receipt,
        shift_id: ShiftId::from_parts(0, 0),
        currency: code.currency,
        taxes,
        lines,
        total_minor: code.paid_minor,
        tenders: Vec::new(),
        change_minor: Minor::ZERO,
        voided: Vec::new(),
        catalog_version: 0,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    })
}

#[cfg(test)]
mod tests;
