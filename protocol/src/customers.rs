//! What a store and its hub say to each other of customers: the names of those who ordered, and
//! whom tills know ([`CustomerBook`]).
//!
//! Of the customers of its orders a store asks the name to call at the counter, and nothing else.
//! Facts hold a pseudonym, so the name travels beside them and can be erased. A store names each
//! customer with an order of theirs that it has, or had, custody of: the hub finds both by their
//! ids, and answers everything else as it answers ids nobody has. JSON, since 0.1.

mod book;
mod contacts;

pub use book::{
    BookUnfit, Certificate, CustomerBook, CustomerCard, CustomerGroup, CustomerTextRefused,
    Exemption, GROUPS_MAX, REGULARS_MAX, Regular,
};
pub use contacts::{
    CONTACTS_MAX, Contact, ContactTold, ContactsAsked, ContactsTold, CustomersJoined, Joined,
    JoinedAnswer, JoinedOutcome, JoinedTaken,
};

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{CustomerId, OrderId};

/// Customers one call may name.
pub const CUSTOMERS_MAX: usize = 100;
/// How long a name may still be asked for, and is kept at the store, after the last of the
/// customer's orders there was over, in milliseconds: thirty days, in which a customer comes back
/// with a question.
pub const NAME_KEPT_MS: i64 = 30 * 86_400_000;

/// What an edge posts to the hub's sync listener, at `/sync/v1/customers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersAsked {
    /// Whom it asks about, at most [`CUSTOMERS_MAX`].
    pub customers: Vec<CustomerAsked>,
}

/// A customer, and why the store may know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerAsked {
    /// Who.
    pub customer_id: CustomerId,
    /// An order of theirs of which the store has, or had, a part.
    pub order_id: OrderId,
}

/// What the hub answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersTold {
    /// One for each that was asked about, in the same order.
    pub customers: Vec<CustomerTold>,
}

/// What a store is told of one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerTold {
    /// Who.
    pub customer_id: CustomerId,
    /// Their name, or why there is none.
    #[serde(flatten)]
    pub name: NameTold,
}

/// A name, or why there is none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum NameTold {
    /// What the customer is called.
    Known {
        /// The name, as the channel sent it.
        name: String,
    },
    /// The record was erased, for good.
    Erased,
    /// No such customer, or none this store has to do with: it is not said which. Also what a
    /// later hub says that is not understood here.
    #[serde(other)]
    Unknown,
}

/// Shows no name: what is shown so ends up in a log.
impl fmt::Debug for NameTold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known { .. } => "Known",
            Self::Erased => "Erased",
            Self::Unknown => "Unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{CustomerTold, CustomersTold, NameTold};
    use crate::ids::CustomerId;

    #[test]
    fn an_answer_is_read_as_it_was_written_and_a_later_word_is_no_name() {
        let told = |number, name| CustomerTold {
            customer_id: CustomerId::from_parts(1, number),
            name,
        };
        let name = "A. Customer".to_owned();
        let answer = CustomersTold {
            customers: vec![
                told(1, NameTold::Known { name }),
                told(2, NameTold::Erased),
                told(3, NameTold::Unknown),
            ],
        };
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(
            serde_json::from_str::<CustomersTold>(&text).unwrap(),
            answer
        );
        let later = text.replace("\"erased\"", "\"merged\",\"into\":7");
        let later: CustomersTold = serde_json::from_str(&later).unwrap();
        assert_eq!(later.customers[1].name, NameTold::Unknown);
    }

    #[test]
    fn what_is_written_of_an_answer_holds_no_name() {
        let name = "A. Customer".to_owned();
        assert_eq!(format!("{:?}", NameTold::Known { name }), "Known");
    }
}
