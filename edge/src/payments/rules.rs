//! What an answer of a terminal, or a manager's word, makes of an attempt: decisions from arguments
//! alone.

use counterpart_protocol::ids::{RegisterId, SaleId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::{CardPaid, CardSaid};

/// What money is moved for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A card pays for a sale.
    Sale,
    /// A card gets back what it paid for a sale that did not come about.
    GiveBack,
    /// A card gets back what was paid for goods that came back.
    Refund,
}

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttemptState {
    /// The terminal is asked, or is about to be.
    Sent,
    /// The money moved.
    Approved,
    /// The bank or the terminal said no.
    Declined,
    /// Somebody gave up, or the terminal never began.
    Cancelled,
    /// Nobody knows: the money may have moved.
    Unknown,
    /// It moved, and moved back.
    Reversed,
}

/// What moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moved {
    /// How much: a terminal may take less than it was asked for.
    pub amount_minor: Minor,
    /// What the terminal said of it.
    pub card: CardPaid,
}

/// Something a terminal was asked to do with money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// What the terminal knows it by.
    pub intent: String,
    /// The register whose terminal it is.
    pub register: RegisterId,
    /// What for.
    pub purpose: Purpose,
    /// The sale that is paid, or that goods came back of.
    pub sale_id: SaleId,
    /// The payment whose money goes back.
    pub of_intent: Option<String>,
    /// How much is asked for.
    pub amount_minor: Minor,
    /// Where it stands.
    pub state: AttemptState,
    /// Whether the terminal may have heard of it.
    pub asked: bool,
    /// What moved.
    pub moved: Option<Moved>,
    /// Why nothing did, or why nobody knows.
    pub words: Option<String>,
    /// Who began it.
    pub staff_id: StaffId,
    /// When, in milliseconds UTC.
    pub begun_at_ms: i64,
    /// When it changed last, in milliseconds UTC.
    pub changed_at_ms: i64,
    /// What a manager said became of it.
    pub said: Option<(CardSaid, StaffId)>,
    /// Whether it is not known yet, or its money belongs to no sale yet.
    pub open: bool,
    /// Whether the terminal is still to say whether the manager was right.
    pub proof_wanted: bool,
    /// Whether the terminal says something else than the manager.
    pub disputed: bool,
}

/// What a terminal says of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// The money moved.
    Moved(Moved),
    /// The bank or the terminal said no.
    Refused(String),
    /// Somebody gave up, or it was never begun.
    NotBegun(String),
    /// It is at it.
    UnderWay,
    /// Nothing that can be relied on.
    Nothing(String),
}

/// Why a terminal is not asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardRefused {
    /// There is none.
    #[error("no payment terminal belongs to this register: take cash")]
    NoTerminal,
    /// It is asked already.
    #[error("the payment terminal is asked already: wait for it, or cancel there")]
    UnderWay,
    /// Nobody knows what became of the last payment.
    #[error(
        "nobody knows yet what became of the last card payment: wait until the terminal says so, \
         or have a manager look at its list"
    )]
    Unknown,
    /// There is no such payment.
    #[error("there is no card payment {0}: look at what is shown now")]
    NoSuchPayment(String),
    /// It is known already.
    #[error("what became of this card payment is known: look at what is shown now")]
    Known,
    /// Its money cannot go back.
    #[error("this card payment has no money to give back: look at what is shown now")]
    NothingToGiveBack,
    /// Another register's terminal took it.
    #[error("the terminal of register {0} took this payment: give it back there")]
    OtherRegister(RegisterId),
    /// No terminal can give it back.
    #[error(
        "a manager said that this card was paid, and no terminal knows it: finish the sale, then \
         take the goods back"
    )]
    NoTransaction,
}

impl Purpose {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::GiveBack => "give_back",
            Self::Refund => "refund",
        }
    }
}

impl AttemptState {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
            Self::Reversed => "reversed",
        }
    }

    /// Tells whether the terminal, or a person, still has to say what becomes of it.
    #[must_use]
    pub(crate) const fn is_in_flight(self) -> bool {
        match self {
            Self::Sent | Self::Unknown => true,
            Self::Approved | Self::Declined | Self::Cancelled | Self::Reversed => false,
        }
    }
}

impl Attempt {
    /// Returns what becomes of it by what the terminal says; nothing when that is nothing new.
    pub(super) fn told(&self, told: Told, now_ms: i64) -> Option<Self> {
        let next = match self.state {
            AttemptState::Sent | AttemptState::Unknown => self.learnt(told)?,
            AttemptState::Approved
            | AttemptState::Declined
            | AttemptState::Cancelled
            | AttemptState::Reversed => self.proven(told)?,
        };
        Some(Self {
            changed_at_ms: now_ms,
            ..next
        })
    }

    fn learnt(&self, told: Told) -> Option<Self> {
        let (state, moved, words, open) = match told {
            Told::Moved(moved) => {
                let open = self.purpose == Purpose::Sale;
                (AttemptState::Approved, Some(moved), None, open)
            }
            Told::Refused(words) => (AttemptState::Declined, None, Some(words), false),
            Told::NotBegun(words) => (AttemptState::Cancelled, None, Some(words), false),
            Told::UnderWay if self.state == AttemptState::Sent => return None,
            Told::UnderWay => {
                let words = "the terminal is still at it".to_owned();
                (AttemptState::Unknown, None, Some(words), true)
            }
            Told::Nothing(words) => (AttemptState::Unknown, None, Some(words), true),
        };
        let next = Self {
            state,
            moved,
            words,
            open,
            ..self.clone()
        };
        (next != *self).then_some(next)
    }

    /// Compares what a manager said with what the terminal says, once it does.
    fn proven(&self, told: Told) -> Option<Self> {
        let (said, _) = self.said.filter(|_| self.proof_wanted)?;
        let moved = match told {
            Told::Moved(moved) => Some(moved),
            Told::Refused(_) | Told::NotBegun(_) => None,
            Told::UnderWay | Told::Nothing(_) => return None,
        };
        let agrees = moved.is_some() == (said == CardSaid::Moved);
        let mut next = Self {
            proof_wanted: false,
            disputed: !agrees,
            ..self.clone()
        };
        // A payment of a sale that came about without it can go back to its card.
        if let (CardSaid::NotMoved, Some(moved)) = (said, moved) {
            next.state = AttemptState::Approved;
            next.moved = Some(moved);
        }
        Some(next)
    }

    /// Returns what becomes of it by a manager's word.
    ///
    /// # Errors
    /// [`CardRefused::Known`].
    pub(super) fn settled(
        &self,
        said: CardSaid,
        by: StaffId,
        now_ms: i64,
    ) -> Result<Self, CardRefused> {
        if self.disputed {
            // It was seen to.
            return Ok(Self {
                disputed: false,
                changed_at_ms: now_ms,
                ..self.clone()
            });
        }
        if self.state != AttemptState::Unknown {
            return Err(CardRefused::Known);
        }
        let moved = (said == CardSaid::Moved).then(|| Moved {
            amount_minor: self.amount_minor,
            card: CardPaid {
                intent: self.intent.clone(),
                said_by: Some(by),
                ..CardPaid::default()
            },
        });
        Ok(Self {
            state: match said {
                CardSaid::Moved => AttemptState::Approved,
                CardSaid::NotMoved => AttemptState::Cancelled,
            },
            open: said == CardSaid::Moved && self.purpose == Purpose::Sale,
            moved,
            said: Some((said, by)),
            proof_wanted: true,
            changed_at_ms: now_ms,
            ..self.clone()
        })
    }

    /// Returns what has to be given back: how much, by which transaction, and when that was.
    ///
    /// # Errors
    /// [`CardRefused::NothingToGiveBack`], [`CardRefused::NoTransaction`].
    pub(crate) fn to_give_back(&self) -> Result<&Moved, CardRefused> {
        let moved = self.moved.as_ref();
        let wanted = self.state == AttemptState::Approved && (self.open || self.disputed);
        let moved = moved
            .filter(|_| wanted && self.purpose == Purpose::Sale)
            .ok_or(CardRefused::NothingToGiveBack)?;
        match moved.card.transaction {
            Some(_) => Ok(moved),
            None => Err(CardRefused::NoTransaction),
        }
    }
}

/// Decides whether a terminal may be asked for something new.
///
/// # Errors
/// [`CardRefused::UnderWay`], [`CardRefused::Unknown`].
pub(super) fn free(in_flight: Option<&Attempt>) -> Result<(), CardRefused> {
    match in_flight.map(|attempt| attempt.state) {
        None => Ok(()),
        Some(AttemptState::Unknown) => Err(CardRefused::Unknown),
        Some(_) => Err(CardRefused::UnderWay),
    }
}

/// Names an attempt by 50 random bits: ten capital letters and digits, the ten a terminal keeps.
pub(super) fn intent(random: u128) -> String {
    // Crockford's base 32: no I, L, O, U, which are misread.
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    (0..10)
        .map(|place| {
            let index = usize::try_from((random >> (place * 5)) & 31).expect("five bits fit");
            char::from(DIGITS[index])
        })
        .collect()
}

#[cfg(test)]
mod tests;
