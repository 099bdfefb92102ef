//! Exceptions: what facts say together that needs a person. Derived, never stored as truth.
//!
//! An exception's id is a hash of its rule and of the facts that raise it, so every replica raises
//! the same one, once. That a person settled it is itself a fact.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::facts::{Body, Kind};
use crate::ids::{FactId, FulfilmentId, Sku};
use crate::quantity::Milli;

/// Names an exception: 16 bytes of a hash over its rule and facts, 32 hex digits in text.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[serde(try_from = "String", into = "String")]
#[cbor(transparent)]
pub struct ExceptionId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

/// A text that is no exception's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not the id of an exception: 32 hexadecimal digits")]
pub struct ExceptionIdRefused(pub String);

/// Which rule raises an exception. Numbers are hashed: the list only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u32)]
pub enum Rule {
    /// Units could not be picked; the order needs another way.
    ShortPick = 1,
    /// Reserved units went to somebody else by a fact nobody may refuse.
    OverSale = 2,
    /// A cancellation met goods that were handed over already.
    CancelTooLate = 3,
    /// Units were cancelled for good and handed over all the same.
    RefundAfterHandover = 4,
    /// More was handed over than was ordered.
    DoubleHandover = 5,
    /// More of a fulfilment was consumed than it had: a writer was cloned.
    ClonedEdge = 6,
    /// A transfer arrived with more or less than was sent.
    TransferDiscrepancy = 7,
    /// More was redeemed of a gift card or a credit than was on it.
    OverRedeem = 8,
    /// More of a sale was refunded than was sold.
    OverRefund = 9,
    /// A coupon that is good for one sale was used by more.
    CouponTwice = 10,
}

/// How urgent an exception is; 1 is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Severity(pub u8);

/// An exception that facts raise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// Its id.
    pub exception_id: ExceptionId,
    /// Its rule.
    pub rule: Rule,
    /// The facts that raise it, by ascending id.
    pub facts: Vec<FactId>,
    /// The node's part it is about, if it is about one.
    pub fulfilment_id: Option<FulfilmentId>,
    /// What it is about, and how much.
    pub units: Vec<(Sku, Milli)>,
    /// How it stands.
    pub standing: Standing,
}

/// How an exception stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It needs a person.
    Open,
    /// Later facts took care of it.
    Settled,
    /// A person settled it.
    Resolved,
}

/// A person settled an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ExceptionResolved {
    /// Which.
    #[n(0)]
    pub exception_id: ExceptionId,
    /// How.
    #[n(1)]
    pub how: Resolution,
}

impl Body for ExceptionResolved {
    const KIND: Kind = Kind::ExceptionResolved;
}

/// How an exception was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Resolution {
    /// It is as it is, and nothing is to be done.
    #[n(0)]
    Accepted,
    /// The customer was told.
    #[n(1)]
    CustomerTold,
    /// The customer got money back.
    #[n(2)]
    Refunded,
    /// Goods were found or counted again.
    #[n(3)]
    Recounted,
    /// The order goes another way.
    #[n(4)]
    Rerouted,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 10] = [
        Self::ShortPick,
        Self::OverSale,
        Self::CancelTooLate,
        Self::RefundAfterHandover,
        Self::DoubleHandover,
        Self::ClonedEdge,
        Self::TransferDiscrepancy,
        Self::OverRedeem,
        Self::OverRefund,
        Self::CouponTwice,
    ];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ShortPick => "short_pick",
            Self::OverSale => "over_sale",
            Self::CancelTooLate => "cancel_too_late",
            Self::RefundAfterHandover => "refund_after_handover",
            Self::DoubleHandover => "double_handover",
            Self::ClonedEdge => "cloned_edge",
            Self::TransferDiscrepancy => "transfer_discrepancy",
            Self::OverRedeem => "over_redeem",
            Self::OverRefund => "over_refund",
            Self::CouponTwice => "coupon_twice",
        }
    }

    /// Returns the rule with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.word() == word)
    }

    /// Returns how urgent it is: goods or money given twice before promises that can be mended.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::DoubleHandover | Self::ClonedEdge => Severity(1),
            Self::RefundAfterHandover
            | Self::OverSale
            | Self::OverRedeem
            | Self::OverRefund
            | Self::CouponTwice => Severity(2),
            Self::ShortPick | Self::CancelTooLate | Self::TransferDiscrepancy => Severity(3),
        }
    }
}

impl ExceptionId {
    /// Returns the id of the exception that `rule` raises for these facts, in whatever order.
    #[must_use]
    pub fn of(rule: Rule, facts: &[FactId]) -> Self {
        let mut facts = facts.to_vec();
        facts.sort_unstable();
        let mut hasher = Sha256::new();
        hasher.update((rule as u32).to_be_bytes());
        for fact in facts {
            hasher.update(fact.to_bytes());
        }
        let hash: [u8; 32] = hasher.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        Self(id)
    }
}

impl fmt::Display for ExceptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ExceptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExceptionId({self})")
    }
}

impl FromStr for ExceptionId {
    type Err = ExceptionIdRefused;

    fn from_str(text: &str) -> Result<Self, ExceptionIdRefused> {
        let refused = || ExceptionIdRefused(text.to_owned());
        let plain = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !plain {
            return Err(refused());
        }
        let mut id = [0; 16];
        for (at, byte) in id.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).map_err(|_| refused())?;
        }
        Ok(Self(id))
    }
}

impl TryFrom<String> for ExceptionId {
    type Error = ExceptionIdRefused;

    fn try_from(text: String) -> Result<Self, ExceptionIdRefused> {
        text.parse()
    }
}

impl From<ExceptionId> for String {
    fn from(id: ExceptionId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{ExceptionId, Rule};
    use crate::ids::FactId;

    #[test]
    fn the_same_facts_raise_the_same_exception_once() {
        let (a, b) = (FactId::from_parts(1, 1), FactId::from_parts(2, 2));
        let id = ExceptionId::of(Rule::OverSale, &[a, b]);
        assert_eq!(id, ExceptionId::of(Rule::OverSale, &[b, a]));
        assert_ne!(id, ExceptionId::of(Rule::ShortPick, &[a, b]));
        assert_ne!(id, ExceptionId::of(Rule::OverSale, &[a]));
        assert_eq!(id.to_string().parse::<ExceptionId>().unwrap(), id);
        assert!("zz".parse::<ExceptionId>().is_err());
        assert!("é".repeat(16).parse::<ExceptionId>().is_err());
    }

    #[test]
    fn a_rule_has_one_word() {
        for rule in Rule::ALL {
            assert_eq!(Rule::from_word(rule.word()), Some(rule));
        }
        assert_eq!(Rule::from_word("boredom"), None);
    }
}
