//! Payment terminals: the card is the terminal's affair, what is known about the money is ours.
//!
//! ```text
//! created ─► waiting ─► processing ─┬─► approved          the money comes
//!                                   ├─► approved_offline  the terminal keeps it and forwards it
//! later                                   ├─► declined, cancelled
//!                                   └─► unknown ── status, or a person ──► one of the above
//! ```
//! No card number enters this process: a driver hands on a brand and at most the last four digits.
//!
//! # The law every terminal keeps
//!
//! *One intent, one payment.* A request carries an id its sender made. However often the same one
//! comes, the customer pays once. [`PaymentTerminal::status`] asks what became of one without
//! paying. After
//! `unknown`, nothing else is paid before it is resolved; a [`TerminalDesk`] sees to that.

mod desk;
mod line;
mod nexo;
mod tls;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use thiserror::Error;

use crate::port::PortError;

pub use desk::{PayRefused, PersonDecision, TerminalDesk};
pub use line::{NexoTerminal, NexoTerminalConfig};
pub use tls::{TlsRefused, TlsTrust};

/// What a terminal will have answered.
pub type TerminalAnswer<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, TerminalFailed>> + Send + 'a>>;

/// A payment terminal, whosever. Every call may be dropped before it is answered; the customer may
/// have paid all the same.
pub trait PaymentTerminal: fmt::Debug + Send + Sync {
    /// Asks the customer to pay, and returns what is known in the end.
    ///
    /// # Errors
    /// [`TerminalFailed`] only when nothing was begun; whatever is not known is
    /// [`PayState::Unknown`].
    fn pay<'a>(&'a self, request: &'a PayRequest) -> TerminalAnswer<'a, PayState>;

    /// Returns what became of an intent.
    ///
    /// # Errors
    /// [`TerminalFailed`]: it is as unknown as before.
    fn status<'a>(&'a self, intent: &'a IntentId) -> TerminalAnswer<'a, PayState>;

    /// Asks the terminal to give up an intent the customer has not paid yet; what becomes of it is
    /// told by [`PaymentTerminal::pay`].
    ///
    /// # Errors
    /// [`TerminalFailed`]: it was not asked.
    fn abort<'a>(&'a self, intent: &'a IntentId) -> TerminalAnswer<'a, ()>;

    /// Gives the money of a payment back, all or a part of it.
    ///
    /// # Errors
    /// [`TerminalFailed`] only when nothing was begun.
    fn reverse<'a>(&'a self, request: &'a ReverseRequest) -> TerminalAnswer<'a, PayState>;

    /// Closes the terminal's period and returns what it counted in it.
    ///
    /// # Errors
    /// [`TerminalFailed`].
    fn reconcile<'a>(&'a self, intent: &'a IntentId) -> TerminalAnswer<'a, TerminalTotals>;

    /// Returns how the terminal is.
    ///
    /// # Errors
    /// [`TerminalFailed`].
    fn health(&self) -> TerminalAnswer<'_, TerminalHealth>;
}

/// What names a payment, or a reversal, towards a terminal: 1 to 10 capital letters and digits,
/// never used twice. Ten is what nexo's `ServiceID` holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IntentId(String);

/// A text that names no intent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a payment is named by 1 to 10 capital letters and digits, not by {0:?}")]
pub struct IntentIdRefused(String);

/// One payment asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayRequest {
    /// Its name.
    pub intent: IntentId,
    /// How much, in minor units; more than nothing.
    pub amount_minor: i64,
    /// How many decimals the currency has.
    pub decimals: u8,
    /// ISO 4217.
    pub currency: String,
    /// The sale, at most 35 characters; shown on the terminal's own lists.
    pub sale: String,
    /// When the sale was paid for, RFC 3339: this crate knows no time of day.
    pub at: String,
}

/// Money to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReverseRequest {
    /// The reversal's own name.
    pub intent: IntentId,
    /// What the terminal called the payment, and when.
    pub transaction: String,
    /// When that was, as the terminal said.
    pub transaction_at: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// How many decimals the currency has.
    pub decimals: u8,
    /// ISO 4217.
    pub currency: String,
    /// When it is asked for, RFC 3339.
    pub at: String,
}

/// Where a payment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayState {
    /// Nobody asked for it yet.
    Created,
    /// The terminal asks the customer for a card.
    Waiting,
    /// The customer has shown one; the bank is asked.
    Processing,
    /// The money comes.
    Approved(Approval),
    /// The terminal took it without asking the bank, at somebody's risk, and forwards it later.
    ApprovedOffline(Approval),
    /// The bank or the terminal said no.
    Declined(String),
    /// The customer or the shop gave up, or the terminal never began.
    Cancelled,
    /// Nobody knows: the customer may have paid.
    Unknown,
}

/// What a terminal says about a payment that came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// How much, in minor units; a part of what was asked for, where the terminal allows that.
    pub amount_minor: i64,
    /// What the terminal calls it: needed to give the money back.
    pub transaction: String,
    /// When, as the terminal says.
    pub transaction_at: String,
    /// The bank's code, where it gave one.
    pub code: Option<String>,
    /// What kind of card.
    pub brand: Option<String>,
    /// The last four digits of its number, never more.
    pub last_four: Option<String>,
}

/// What a terminal counted since the last time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TerminalTotals {
    /// Payments.
    pub payments: u32,
    /// Their sum in minor units.
    pub paid_minor: i64,
    /// Payments taken back.
    pub reversals: u32,
    /// Their sum in minor units.
    pub reversed_minor: i64,
}

/// How a terminal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TerminalHealth {
    /// It takes payments.
    Ready,
    /// It is in the middle of something.
    Busy,
    /// Somebody maintains it, or it maintains itself.
    Maintenance,
    /// It cannot reach its bank: at most offline payments.
    Offline,
}

/// Why nothing was asked of a terminal, or nothing was learnt.
#[derive(Debug, Error)]
pub enum TerminalFailed {
    /// It could not be reached; nothing was begun.
    #[error("the payment terminal cannot be reached")]
    Unreachable(#[source] PortError),
    /// The line broke, or it did not answer in time.
    #[error("the payment terminal did not answer")]
    Lost(#[source] PortError),
    /// It answered what no terminal answers.
    #[error("the payment terminal answered nonsense: {0}")]
    Garbled(&'static str),
    /// It is in the middle of something else; nothing was begun.
    #[error("the payment terminal is busy")]
    Busy,
    /// It refused; nothing was begun.
    #[error("the payment terminal refused: {0}")]
    Refused(String),
}

impl PayState {
    /// Tells whether nothing more will happen by itself.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Approved(_) | Self::ApprovedOffline(_) | Self::Declined(_) | Self::Cancelled => {
                true
            }
            Self::Created | Self::Waiting | Self::Processing | Self::Unknown => false,
        }
    }

    /// Returns its word in logs and on the wire.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Waiting => "waiting",
            Self::Processing => "processing",
            Self::Approved(_) => "approved",
            Self::ApprovedOffline(_) => "approved_offline",
            Self::Declined(_) => "declined",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }
}

impl FromStr for IntentId {
    type Err = IntentIdRefused;

    fn from_str(text: &str) -> Result<Self, IntentIdRefused> {
        let fits = (1..=10).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(IntentIdRefused(text.chars().take(24).collect()))
        }
    }
}

impl fmt::Display for IntentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Returns the last four digits of a masked card number; nothing when it is not masked: a whole
/// number must not be in this process, and is dropped.
fn last_four(masked: &str) -> Option<String> {
    let digits = masked.bytes().filter(u8::is_ascii_digit).count();
    // A masked number shows at most the first eight and the last four (PCI DSS 4.0, requirement
    // 3.4.1).
    if digits > 12 || !masked.is_ascii() {
        return None;
    }
    let tail = masked.get(masked.len().checked_sub(4)?..)?;
    tail.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| tail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{IntentId, last_four};

    #[test]
    fn a_whole_card_number_is_dropped() {
        assert_eq!(last_four("541333******9999").as_deref(), Some("9999"));
        assert_eq!(last_four("************1111").as_deref(), Some("1111"));
        assert_eq!(last_four("4111111111111111"), None);
        assert_eq!(last_four("411111111111****"), None);
        assert_eq!(last_four("99"), None);
        assert_eq!(last_four(""), None);
    }

    #[test]
    fn an_intent_has_a_name_every_terminal_can_keep() {
        assert_eq!(
            "A1B2C3D4E5".parse::<IntentId>().unwrap().to_string(),
            "A1B2C3D4E5"
        );
        for bad in ["", "A1B2C3D4E5F", "a1", "Ä", "A-1"] {
            assert!(bad.parse::<IntentId>().is_err(), "{bad}");
        }
    }
}
