//! What of a sale may come back, and what goes back for it: decisions from arguments alone.

use std::collections::BTreeMap;

use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::OfflineLimits;
use counterpart_protocol::pricing::{Back, refunded, taxes_back};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{Disposition, LineBack, ReturnLine};
use counterpart_protocol::sales::{SaleLine, SaleRecorded};
use counterpart_protocol::staff::Role;
use counterpart_protocol::tax::{Rate, TaxSum};
use serde::{Deserialize, Serialize};

use crate::written::spelled;

mod exchange;
mod linked;
mod provisional;
mod stated;
mod tenders;

pub(crate) use exchange::Exchange;
pub(crate) use provisional::ProvisionalRefused;
pub(crate) use provisional::{
    Asked, Reach, Trying, may_provisionally, proven, sale_of, why_not_waited,
};
pub(crate) use stated::StatedAs;
pub(crate) use tenders::{Gone, Split, first_paid_by, gone, rounded, split};

/// Lines of one return: as many as a sale has.
const LINES_MAX: usize = 500;

/// Why goods come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReturnReason {
    /// It does not fit.
    Size,
    /// It is not what was wanted.
    ChangedMind,
    /// It does not work.
    Defective,
    /// It was damaged when it was bought.
    Damaged,
    /// The wrong thing was sold.
    WrongItem,
    /// It was charged wrongly.
    WrongPrice,
    /// None of these.
    Other,
}

impl ReturnReason {
    /// Every reason, in the order a screen offers them.
    pub(crate) const ALL: [Self; 7] = [
        Self::Size,
        Self::ChangedMind,
        Self::Defective,
        Self::Damaged,
        Self::WrongItem,
        Self::WrongPrice,
        Self::Other,
    ];

    /// Returns its word in facts, SQL and the API.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::ChangedMind => "changed_mind",
            Self::Defective => "defective",
            Self::Damaged => "damaged",
            Self::WrongItem => "wrong_item",
            Self::WrongPrice => "wrong_price",
            Self::Other => "other",
        }
    }

    /// Reads a word.
    ///
    /// # Errors
    /// [`ReturnRefused::UnknownReason`].
    pub(crate) fn read(word: &str) -> Result<Self, ReturnRefused> {
        let found = Self::ALL.into_iter().find(|reason| reason.word() == word);
        found.ok_or_else(|| ReturnRefused::UnknownReason(word.to_owned()))
    }
}

/// What came back of a sale before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Before {
    /// How much of each line.
    pub quantities: BTreeMap<u16, Milli>,
    /// What went back for each line.
    pub amounts: BTreeMap<u16, Minor>,
    /// What went back at each tax rate.
    pub gross: BTreeMap<Rate, Minor>,
}

impl Before {
    /// Adds what came back of a line.
    pub(crate) fn add(&mut self, back: LineBack) {
        let more = |sum: &mut i64, more: i64| *sum = sum.saturating_add(more);
        let (line, amount) = (back.line, back.amount_minor.0);
        more(
            &mut self.quantities.entry(line).or_default().0,
            back.quantity_milli.0,
        );
        more(&mut self.amounts.entry(line).or_default().0, amount);
        more(&mut self.gross.entry(back.tax_rate).or_default().0, amount);
    }
}

/// What somebody brings back of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Brought {
    /// The line of the sale.
    pub line: u16,
    /// How much of it.
    pub quantity_milli: Milli,
    /// Why.
    pub reason: ReturnReason,
    /// Where it goes.
    pub disposition: Disposition,
}

/// What goes back: all of a return but its number, its shift and who approved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refund {
    /// What came back.
    pub lines: Vec<ReturnLine>,
    /// Tax that goes back.
    pub taxes: Vec<TaxSum>,
    /// What goes back, tax included.
    pub total_minor: Minor,
}

/// Why nothing comes back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReturnRefused {
    /// The word is none of the list.
    #[error("'{0}' is no reason: choose one of the list")]
    UnknownReason(String),
    /// The word is none of the list.
    #[error("'{0}' is no place for goods that come back: choose one of the list")]
    UnknownDisposition(String),
    /// Nothing was chosen.
    #[error("nothing is to come back yet: say how much of a line does")]
    Nothing,
    /// More lines than a sale has.
    #[error("a return has at most {LINES_MAX} lines: give these back first")]
    TooManyLines,
    /// The sale has no such line.
    #[error("the receipt has no line {0}: choose one that is shown")]
    NoSuchLine(u16),
    /// A quantity of nothing or less.
    #[error("what comes back is more than nothing: type how much of {description}")]
    NotPositive {
        /// What.
        description: String,
    },
    /// A part of a piece.
    #[error("{description} was sold by the piece: type a whole number")]
    NotWhole {
        /// What.
        description: String,
    },
    /// More than was sold and has not come back.
    #[error("of {description} {left} can still come back, and {asked} were typed: look at the \
        receipt again", left = left.0 / 1_000, asked = asked.0 / 1_000)]
    TooMuch {
        /// What.
        description: String,
        /// How much can.
        left: Milli,
        /// How much was asked for.
        asked: Milli,
    },
    /// No terminal was asked to give the card its money back.
    #[error(
        "the card gets its money back by the terminal: try that first; cash is for when it fails"
    )]
    CardFirst,
    /// The register has no terminal.
    #[error(
        "a card gets money back and this register has no terminal: go to one that has, or give it \
         back in cash"
    )]
    NoTerminal,
    /// Money on a gift card is no goods.
    #[error("{description} is money on a gift card and comes back by being spent")]
    IsMoney {
        /// What.
        description: String,
    },
    /// Nothing would give the customer the number of the credit.
    #[error(
        "this register has no printer for the number of a credit: go to one that has, or give the \
         money back"
    )]
    NoPrinter,
    /// No terminal knows the payment.
    #[error("no terminal knows the card payment of this sale: give its money back in cash")]
    NoTransaction,
    /// A return of the sale waits for a terminal.
    #[error("a card of this sale is being given its money back: finish that return first")]
    TerminalAsked,
    /// No return waits.
    #[error("no return of this sale waits: look at what is shown now")]
    NothingWaits,
    /// It waits at another register.
    #[error("this return waits at register {0}: go on with it there")]
    OtherRegister(RegisterId),
    /// Money went back already.
    #[error("a card has its money back already: give the rest back in cash")]
    MoneyGone,
    /// Goods of the sale come back in an exchange already.
    #[error(
        "goods of this sale are being exchanged at register {0}: finish that sale, or take them \
         out of it first"
    )]
    InExchange(RegisterId),
    /// Another exchange stands at the register.
    #[error("goods come back in this sale already: finish it, or take them out of it first")]
    ExchangeHere,
    /// Money was given for the sale in work.
    #[error(
        "money was given for the sale at this register: finish it or go back to it first, then \
         exchange"
    )]
    BasketTendered,
    /// There is no exchange at the register.
    #[error("nothing comes back in the sale at this register: look at what is shown now")]
    NoExchange,
    /// Another store has the right to refund the sale.
    #[error(
        "{0} has had the right to refund this sale since {1}: send the customer there, or ask for \
         it back under Receipt of another store"
    )]
    PassedOn(String, String),
    /// The sale was paid in another currency.
    #[error("this sale was paid in {paid} and this till has {here}: send the customer there")]
    OtherCurrency {
        /// What it was paid in.
        paid: Currency,
        /// What the till has.
        here: Currency,
    },
    /// The store is none this one knows.
    #[error("'{0}' is no store this one knows of: choose one of the list")]
    UnknownStore(String),
    /// Nothing of another store's sale is refunded from its code.
    #[error(transparent)]
    Provisional(#[from] ProvisionalRefused),
    /// Beyond what the person may give back alone.
    #[error("{} goes back and {} may be given back alone: have a manager type their PIN",
        spelled(*total_minor, *currency), spelled(*max_minor, *currency))]
    NeedsManager {
        /// What goes back.
        total_minor: Minor,
        /// What may alone.
        max_minor: Minor,
        /// The currency of both.
        currency: Currency,
    },
}

/// Returns how much of a line can still come back.
#[must_use]
pub(crate) fn left_of(line: &SaleLine, before: &Before) -> Milli {
    // Money on a gift card is no goods: it comes back by being spent.
    if line.sku.is_stored_value() {
        return Milli::ZERO;
    }
    let back = before.quantities.get(&line.line).copied();
    Milli((line.quantity_milli.0 - back.unwrap_or_default().0).max(0))
}

/// Decides what goes back for what is brought.
///
/// # Errors
/// [`ReturnRefused`], the first thing that is wrong.
pub(crate) fn refund(
    sale: &SaleRecorded,
    before: &Before,
    brought: &[Brought],
) -> Result<Refund, ReturnRefused> {
    if brought.is_empty() {
        return Err(ReturnRefused::Nothing);
    }
    let brought = &linked::with_linked(sale, before, brought)[..];
    if brought.len() > LINES_MAX {
        return Err(ReturnRefused::TooManyLines);
    }
    let mut so_far = before.quantities.clone();
    let mut lines = Vec::new();
    let mut gross: BTreeMap<Rate, Minor> = BTreeMap::new();
    for one in brought {
        let line = sale.lines.iter().find(|line| line.line == one.line);
        let line = line.ok_or(ReturnRefused::NoSuchLine(one.line))?;
        let earlier = so_far.entry(line.line).or_default();
        let back = line_back(line, *earlier, one)?;
        earlier.0 += one.quantity_milli.0;
        let sum = gross.entry(line.tax_rate).or_default();
        sum.0 += back.amount_minor.0;
        lines.push(back);
    }
    let total_minor = Minor(gross.values().map(|sum| sum.0).sum());
    Ok(Refund {
        lines,
        taxes: taxes_back(&sale.taxes, &before.gross, &gross)
            .expect("what goes back at a rate is part of what was paid at it"),
        total_minor,
    })
}

fn line_back(line: &SaleLine, earlier: Milli, one: &Brought) -> Result<ReturnLine, ReturnRefused> {
    let (asked, description) = (one.quantity_milli, line.description.clone());
    if line.sku.is_stored_value() {
        return Err(ReturnRefused::IsMoney { description });
    }
    if asked <= Milli::ZERO {
        return Err(ReturnRefused::NotPositive { description });
    }
    if line.quantity_milli.is_whole() && !asked.is_whole() {
        return Err(ReturnRefused::NotWhole { description });
    }
    let back = Back {
        sold_milli: line.quantity_milli,
        before_milli: earlier,
        now_milli: asked,
    };
    let amount_minor = refunded(line.amount_minor, back).ok_or(ReturnRefused::TooMuch {
        description: description.clone(),
        left: Milli((line.quantity_milli.0 - earlier.0).max(0)),
        asked,
    })?;
    Ok(ReturnLine {
        line: line.line,
        sku: line.sku.clone(),
        description,
        quantity_milli: asked,
        amount_minor,
        tax_rate: line.tax_rate,
        reason: one.reason.word().to_owned(),
        disposition: one.disposition,
    })
}

/// Decides whether somebody gives so much back alone. What this store sold it takes back with the
/// hub away as with the hub there, so a manager's own limit offline is not asked about.
///
/// # Errors
/// [`ReturnRefused::NeedsManager`].
pub(crate) fn may_alone(
    total_minor: Minor,
    role: Role,
    limits: &OfflineLimits,
    currency: Currency,
) -> Result<(), ReturnRefused> {
    match role == Role::Manager || limits.check_refund(total_minor).is_ok() {
        true => Ok(()),
        false => Err(ReturnRefused::NeedsManager {
            total_minor,
            max_minor: limits.refund_max_minor,
            currency,
        }),
    }
}

#[cfg(test)]
mod tests;
