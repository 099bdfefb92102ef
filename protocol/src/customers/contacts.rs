//! Name and contact of the customers whom tills know: told to a store that asks, and told by a
//! store where one joined. They travel beside facts and books, so that they can be erased.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::CustomerCard;
use crate::ids::CustomerId;

/// Customers one call may name.
pub const CONTACTS_MAX: usize = 100;

/// What an edge posts to the hub's sync listener, at `/sync/v1/customers/contacts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactsAsked {
    /// Whom it asks about, at most [`CONTACTS_MAX`]: customers of the book alone are told.
    pub customers: Vec<CustomerId>,
}

/// What the hub answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactsTold {
    /// One for each that was asked about, in the same order.
    pub customers: Vec<ContactTold>,
}

/// What a store is told of one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactTold {
    /// Who.
    pub customer_id: CustomerId,
    /// Which of their records this is, as the book counts them.
    pub record: u32,
    /// Name and contact; nothing when they are not in the book, or were erased.
    pub contact: Option<Contact>,
}

/// How a customer is called and reached.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contact {
    /// The name.
    pub name: String,
    /// Where receipts and codes are sent to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// For a call, and to be found by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Shows nothing of it: what is shown so ends up in a log.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact")
    }
}

/// What an edge posts to the hub's sync listener, at `/sync/v1/customers/joined`: customers who
/// joined at its tills. Telling them twice changes nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersJoined {
    /// Who, at most [`CONTACTS_MAX`].
    pub customers: Vec<Joined>,
}

/// A customer who joined at a till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The pseudonym the store gave them.
    pub customer_id: CustomerId,
    /// The card they were given, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CustomerCard>,
    /// How they are called and reached.
    pub contact: Contact,
}

/// What the hub answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinedTaken {
    /// One for each that was told, in the same order.
    pub customers: Vec<JoinedAnswer>,
}

/// What became of one customer who joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinedAnswer {
    /// Who.
    pub customer_id: CustomerId,
    /// What became of them.
    #[serde(flatten)]
    pub outcome: JoinedOutcome,
}

/// What became of a customer who joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum JoinedOutcome {
    /// They are in the hub's records.
    Taken,
    /// They are, but their card is another customer's: they get another one.
    CardTaken,
    /// They are not.
    Refused {
        /// A sentence to act on.
        sentence: String,
    },
    /// What a later hub says that is not understood here: it is asked again.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::{Contact, JoinedAnswer, JoinedOutcome};
    use crate::ids::CustomerId;

    #[test]
    fn what_is_written_of_a_contact_holds_no_name() {
        let contact = Contact {
            name: "A. Customer".to_owned(),
            ..Contact::default()
        };
        assert_eq!(format!("{contact:?}"), "Contact");
    }

    #[test]
    fn an_answer_is_read_as_it_was_written_and_a_later_word_is_asked_again() {
        let sentence = "the customer needs a name".to_owned();
        let answer = JoinedAnswer {
            customer_id: CustomerId::from_parts(1, 1),
            outcome: JoinedOutcome::Refused { sentence },
        };
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<JoinedAnswer>(&text).unwrap(), answer);
        let later = text.replace("refused", "merged");
        let later: JoinedAnswer = serde_json::from_str(&later).unwrap();
        assert_eq!(later.outcome, JoinedOutcome::Unknown);
    }
}
