//! Why a basket stays as it is, in sentences that say what to do.

use counterpart_protocol::quantity::Milli;

/// Why a basket stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BasketRefused {
    /// There is no such line.
    #[error("line {line} is not in the basket: choose a line that is shown")]
    NoSuchLine {
        /// The number asked for.
        line: u16,
    },
    /// The line was voided.
    #[error("line {line} was removed: press Undo on it first")]
    LineVoided {
        /// Its number.
        line: u16,
    },
    /// The line was not voided.
    #[error("line {line} was not removed, so there is nothing to undo")]
    LineStands {
        /// Its number.
        line: u16,
    },
    /// Nothing or less was asked for.
    #[error("a quantity is more than nothing: press Del to remove the line")]
    NotPositive,
    /// A part of a piece was asked for.
    #[error("{description} is sold by the piece: type a whole number")]
    NotWhole {
        /// What.
        description: String,
    },
    /// More pieces than a line holds.
    #[error("a line holds at most 999 pieces, and {quantity} were typed: type less, or scan again")]
    TooMany {
        /// What was asked for.
        quantity: Milli,
    },
    /// More kilograms than a line holds.
    #[error("a line holds at most 999.999 kg, and {quantity} were typed: type less")]
    TooHeavy {
        /// What was asked for.
        quantity: Milli,
    },
    /// It has its last line.
    #[error("a sale has at most 500 lines: take payment for these, then go on with a new sale")]
    TooManyLines,
    /// The line goes where another goes.
    #[error("line {line} goes with line {with}: change that one, and this follows")]
    Follows {
        /// Its number.
        line: u16,
        /// The other's.
        with: u16,
    },
    /// Each piece has a serial number.
    #[error("line {line} is one piece with a serial number of its own: scan the next piece")]
    HasSerial {
        /// Its number.
        line: u16,
    },
    /// The line is money on a gift card.
    #[error("line {line} is money on a gift card: remove it, and sell another amount instead")]
    IsMoney {
        /// Its number.
        line: u16,
    },
    /// Its sum does not fit an amount.
    #[error("the amount is too large for any till: check quantities and prices")]
    TooMuch,
}
