//! When a till may be opened and closed, and what a count says: decisions from arguments alone.
//!
//! A count never stops a closing: what differs is named and posted (product.md, rule 10).

mod cash;
mod others;

use counterpart_protocol::ids::{ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::shifts::{
    CashCount, CashierChanged, Pieces, ShiftClosed, ShiftOpened, ShiftTender, ShiftTotals,
    TenderCounted, TillSum,
};

pub(crate) use others::TenderTyped;

pub(super) use cash::{CashReason, CashRefused, NO_SALE, Told, move_cash, no_sale, operation_of};

/// The largest float, in whole units of the currency: more in a drawer is a typing mistake.
const FLOAT_UNITS_MAX: i64 = 100_000;
/// How many of one piece a count may hold: more are not lifted by hand.
const PIECES_MAX: u32 = 100_000;

/// A shift that was opened and not closed, with what its facts come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenShift {
    /// The shift.
    pub shift_id: ShiftId,
    /// Since when, in milliseconds UTC.
    pub opened_at_ms: i64,
    /// What its facts come to.
    pub sums: TillSum,
}

/// What is still open at a register when its till is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StillOpen {
    /// Lines in the basket.
    pub basket_lines: usize,
    /// Scans that wait for a person.
    pub waiting_scans: usize,
}

/// Why a count differs from what the facts say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Wrong change was given.
    WrongChange,
    /// The float was not what was typed at the opening.
    WrongFloat,
    /// Something was paid from or into the drawer and not recorded.
    NotRecorded,
    /// Nobody knows.
    Unexplained,
}

/// Why a till stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ShiftRefused {
    /// It is open already.
    #[error("the till of this register is open already: go on selling, or close it first")]
    AlreadyOpen,
    /// It is not open.
    #[error("the till of this register is not open: open it with its float first")]
    NotOpen,
    /// The float is below nothing or absurd.
    #[error("a float is between nothing and {FLOAT_UNITS_MAX} {currency}: count it again")]
    FloatOutOfRange {
        /// The currency.
        currency: Currency,
    },
    /// A sale is in work.
    #[error("a sale is still open at this register: finish it or void it, then close the till")]
    SaleOpen,
    /// A piece that is not worth anything, or so many that nobody counted them.
    #[error("the count has {count} pieces of {value_minor} in minor units: count them again")]
    CountOutOfRange {
        /// The value of one.
        value_minor: i64,
        /// How many.
        count: u32,
    },
    /// The reason is none of the list.
    #[error("'{0}' is no reason for a difference: choose one of the list")]
    UnknownReason(String),
    /// A count of a tender that cannot be.
    #[error("the count of '{0}' is no amount of it: count it again")]
    TenderUnfit(&'static str),
    /// The drawer is theirs already.
    #[error("you work this drawer already: whoever takes it over signs in first")]
    SameCashier,
}

/// A counted till: all of the closing but its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    /// What was counted.
    pub cash: CashCount,
    /// What it comes to.
    pub counted_minor: Minor,
    /// What the facts say should be there.
    pub expected_minor: Minor,
    /// Counted less expected.
    pub over_short_minor: Minor,
    /// What else was counted.
    pub others: Vec<TenderCounted>,
}

impl Reason {
    /// Every reason, in the order in which they are offered.
    pub(crate) const ALL: [Self; 4] = [
        Self::WrongChange,
        Self::WrongFloat,
        Self::NotRecorded,
        Self::Unexplained,
    ];

    /// Returns its word in facts, SQL and the API.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::WrongChange => "wrong_change",
            Self::WrongFloat => "wrong_float",
            Self::NotRecorded => "not_recorded",
            Self::Unexplained => "unexplained",
        }
    }

    /// Returns what a person reads.
    #[must_use]
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::WrongChange => "Wrong change was given",
            Self::WrongFloat => "The float was wrong at the start",
            Self::NotRecorded => "Cash went in or out and was not recorded",
            Self::Unexplained => "Nobody knows",
        }
    }

    /// Reads a word.
    ///
    /// # Errors
    /// [`ShiftRefused::UnknownReason`].
    pub(crate) fn read(word: &str) -> Result<Self, ShiftRefused> {
        let found = Self::ALL.into_iter().find(|reason| reason.word() == word);
        found.ok_or_else(|| ShiftRefused::UnknownReason(word.to_owned()))
    }
}

/// Decides whether a till is opened with `float`.
///
/// # Errors
/// [`ShiftRefused::AlreadyOpen`], [`ShiftRefused::FloatOutOfRange`].
pub(crate) fn open(
    open: Option<&OpenShift>,
    shift_id: ShiftId,
    float: Minor,
    currency: Currency,
) -> Result<ShiftOpened, ShiftRefused> {
    if open.is_some() {
        return Err(ShiftRefused::AlreadyOpen);
    }
    let most = FLOAT_UNITS_MAX * 10_i64.pow(u32::from(currency.decimals()));
    if !(0..=most).contains(&float.0) {
        return Err(ShiftRefused::FloatOutOfRange { currency });
    }
    let float = match float {
        Minor::ZERO => CashCount::default(),
        float => CashCount::lump(float),
    };
    Ok(ShiftOpened {
        shift_id,
        currency,
        float,
    })
}

/// Decides whether a till may be closed with these pieces in its drawer; any amount may.
///
/// # Errors
/// [`ShiftRefused::SaleOpen`], [`ShiftRefused::CountOutOfRange`].
pub(crate) fn count(
    shift: &OpenShift,
    still_open: StillOpen,
    pieces: &[Pieces],
) -> Result<Counted, ShiftRefused> {
    if still_open.basket_lines > 0 || still_open.waiting_scans > 0 {
        return Err(ShiftRefused::SaleOpen);
    }
    let cash = gathered(pieces)?;
    let expected_minor = shift.sums.expected_minor();
    // 100,000 pieces of up to a million units each fit by far.
    let counted_minor = cash.total_minor().unwrap_or(Minor(i64::MAX));
    Ok(Counted {
        cash,
        counted_minor,
        expected_minor,
        over_short_minor: Minor(counted_minor.0.saturating_sub(expected_minor.0)),
        others: Vec::new(),
    })
}

/// Decides whether somebody takes over a drawer.
///
/// # Errors
/// [`ShiftRefused::SameCashier`].
pub(crate) fn take_over(
    shift_id: ShiftId,
    from: Option<StaffId>,
    to: StaffId,
) -> Result<CashierChanged, ShiftRefused> {
    match from == Some(to) {
        true => Err(ShiftRefused::SameCashier),
        false => Ok(CashierChanged { shift_id, from }),
    }
}

impl Counted {
    /// Adds what was counted beside cash.
    ///
    /// # Errors
    /// [`ShiftRefused::TenderUnfit`].
    pub(crate) fn with_others(
        self,
        expected: &[ShiftTender],
        typed: &[TenderTyped],
    ) -> Result<Self, ShiftRefused> {
        Ok(Self {
            others: others::compared(expected, typed)?,
            ..self
        })
    }

    /// Tells whether anything counted is not what should be there.
    #[must_use]
    pub(crate) fn differs(&self) -> bool {
        let mut others = self.others.iter();
        self.over_short_minor != Minor::ZERO || others.any(|it| it.over_short_minor != Minor::ZERO)
    }

    /// Returns the closing fact. A difference without a reason is unexplained; no difference needs
    /// none.
    #[must_use]
    pub(crate) fn closed(
        self,
        shift: &OpenShift,
        currency: Currency,
        z_number: u32,
        reason: Option<Reason>,
        totals: ShiftTotals,
    ) -> ShiftClosed {
        let reason = self
            .differs()
            .then(|| reason.unwrap_or(Reason::Unexplained).word().to_owned());
        ShiftClosed {
            shift_id: shift.shift_id,
            currency,
            z_number,
            counted: self.cash,
            expected_minor: self.expected_minor,
            over_short_minor: self.over_short_minor,
            reason,
            sales: shift.sums.sales,
            sales_minor: shift.sums.sales_minor,
            totals: Some(totals),
            others: (!self.others.is_empty()).then_some(self.others),
        }
    }
}

/// Returns the notes and coins of a currency, largest first, in minor units: for currencies named
/// here as their central banks issue them (2026), else the usual steps of 1, 2 and 5.
#[must_use]
pub(crate) fn denominations(currency: Currency) -> Vec<Minor> {
    let values: &[i64] = match currency.code() {
        "EUR" => &[
            50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1,
        ],
        "GBP" => &[5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
        "USD" => &[10_000, 5_000, 2_000, 1_000, 500, 100, 50, 25, 10, 5, 1],
        "CHF" => &[
            100_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5,
        ],
        "JPY" => &[10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 1],
        _ => &[
            50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1,
        ],
    };
    values.iter().copied().map(Minor).collect()
}

/// Puts pieces of one value together, largest first, and leaves out what there is none of.
/// Gathers pieces by their value, the largest first.
///
/// # Errors
/// [`ShiftRefused::CountOutOfRange`].
pub(crate) fn gathered(pieces: &[Pieces]) -> Result<CashCount, ShiftRefused> {
    let mut gathered = std::collections::BTreeMap::<Minor, u32>::new();
    for found in pieces {
        let sum = gathered.entry(found.value_minor).or_default();
        let count = sum.saturating_add(found.count);
        let value = found.value_minor.0;
        if !(1..=100_000_000).contains(&value) || count > PIECES_MAX {
            return Err(ShiftRefused::CountOutOfRange {
                value_minor: value,
                count,
            });
        }
        *sum = count;
    }
    let pieces = gathered.into_iter().rev().filter(|(_, count)| *count > 0);
    Ok(CashCount {
        pieces: pieces
            .map(|(value_minor, count)| Pieces { value_minor, count })
            .collect(),
    })
}

#[cfg(test)]
mod tests;
