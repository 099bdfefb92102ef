//! Why no money is taken, in words a person at a till can act on.

use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;

use super::basket::BasketRefused;
use super::discount::DiscountRefused;
use super::others::TenderRefused;
use crate::coupons::CouponRefused;
use crate::payments::CardRefused;
use crate::written::spelled;

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
    /// Nobody read a serial number or lot yet.
    #[error("{description} still needs its serial number or lot: scan it, type it, or take it out")]
    Untraced {
        /// What.
        description: String,
    },
    /// Goods that may be promised to others, and nobody approved it yet.
    #[error(
        "{wanted} of {description} in the basket, and {}: have a manager approve {over}, or take \
         it out",
        not_its_own(*on_hand, *own)
    )]
    PromisedUnapproved {
        /// What.
        description: String,
        /// How much of it is in the basket.
        wanted: Milli,
        /// What the record says is on hand.
        on_hand: Milli,
        /// What of that the store may sell by itself.
        own: Milli,
        /// How much somebody has to approve.
        over: Milli,
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
    /// What comes back counts for more than the sale.
    #[error(
        "what comes back counts for {} more than the sale: give that back to finish the exchange",
        spelled(*over_minor, *currency)
    )]
    GivesBack {
        /// How much more.
        over_minor: Minor,
        /// Its currency.
        currency: Currency,
    },
    /// Money was given for an exchange in which none is due.
    #[error(
        "money was given for this sale and none is due: give it back with Back to the sale, or \
         give the card payment back, then finish the exchange"
    )]
    GivenToo,
    /// A terminal is asked to give a card its money back.
    #[error("a card is being given its money back for this exchange: wait for the terminal")]
    GivingBack,
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
    /// A coupon in it is not good.
    #[error(transparent)]
    Coupon(#[from] CouponRefused),
    /// The basket itself does not add up.
    #[error(transparent)]
    Basket(#[from] BasketRefused),
    /// A discount is more of the basket than it was allowed to be.
    #[error(transparent)]
    Discount(#[from] DiscountRefused),
}

fn not_its_own(on_hand: Milli, own: Milli) -> String {
    match on_hand > Milli::ZERO {
        true => format!(
            "the store may sell {own} of {on_hand} on hand by itself, as the rest may be promised \
             to customers"
        ),
        false => "the record says that none is on hand".to_owned(),
    }
}

fn settle_first(count: usize) -> String {
    match count {
        1 => "a scan is not settled: scan the item again or put it aside".to_owned(),
        _ => format!("{count} scans are not settled: scan the items again or put them aside"),
    }
}
