//! The customers whom tills know: by a card, with the prices of a group or without tax.
//!
//! The book holds pseudonyms. Name and contact are told beside it, to be sealed where they are
//! kept, and a store forgets them once the book names their customer no more.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{CustomerId, GroupId};
use crate::time::BusinessDate;

/// Customers one book may hold: what a store server searches by name in a moment.
pub const REGULARS_MAX: usize = 20_000;
/// Groups one book may hold: more than a person chooses from.
pub const GROUPS_MAX: usize = 50;
/// Characters of a card's number.
const CARD_CHARS: std::ops::RangeInclusive<usize> = 4..=40;
/// Characters of a certificate's number.
const CERTIFICATE_CHARS_MAX: usize = 40;

/// The customers tills know, everywhere the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomerBook {
    /// The groups by ascending slug.
    pub groups: Vec<CustomerGroup>,
    /// The customers by ascending id.
    pub regulars: Vec<Regular>,
}

/// Customers who are sold to alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerGroup {
    /// Its short name: price lists and promotions name it.
    pub id: GroupId,
    /// Its name on screens and receipts.
    pub name: String,
    /// Whether whoever joins at a till belongs to it; at most one group is joined so.
    #[serde(default)]
    pub joined_at_tills: bool,
}

/// A customer whom tills know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regular {
    /// Who.
    pub customer_id: CustomerId,
    /// Counts the changes of name and contact: a store asks for them anew when it is another.
    pub record: u32,
    /// The card they show, if they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CustomerCard>,
    /// Whose prices they pay, if they belong to a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// Why they pay no tax, if they pay none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption: Option<Exemption>,
}

/// Why a customer pays no tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exemption {
    /// The number of the certificate they showed.
    pub certificate: Certificate,
    /// The last day on which it holds; nothing means until somebody takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<BusinessDate>,
}

impl Exemption {
    /// Tells whether it holds on a business day.
    #[must_use]
    pub fn holds_on(&self, day: BusinessDate) -> bool {
        self.until.is_none_or(|until| day <= until)
    }
}

/// What a text is not, and what to type instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CustomerTextRefused {
    /// No number of a card.
    #[error("a card's number has 4 to 40 letters, digits and hyphens: scan the card again")]
    Card,
    /// No number of a certificate.
    #[error("a certificate's number has 1 to 40 characters in one line: type it as it is printed")]
    Certificate,
}

macro_rules! customer_text {
    ($(#[$doc:meta])* $name:ident, $refused:ident, $read:expr, $example:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
        )]
        #[schema(value_type = String, example = $example)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Returns the text in its one spelling.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = CustomerTextRefused;

            fn from_str(text: &str) -> Result<Self, CustomerTextRefused> {
                $read(text).map(Self).ok_or(CustomerTextRefused::$refused)
            }
        }

        impl TryFrom<String> for $name {
            type Error = CustomerTextRefused;

            fn try_from(text: String) -> Result<Self, CustomerTextRefused> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let refused = |_| minicbor::decode::Error::message("not a text of a customer");
                d.str()?.parse().map_err(refused)
            }
        }
    };
}

customer_text!(
    /// The number on a customer's card, as a scanner reads it: 4 to 40 letters, digits and
    /// hyphens. Small letters count as capitals, and blanks do not count.
    CustomerCard,
    Card,
    card,
    "MEM-104233"
);
customer_text!(
    /// The number of a certificate of tax exemption: 1 to 40 characters in one line.
    Certificate,
    Certificate,
    certificate,
    "BE-0123.456.789"
);

impl CustomerCard {
    /// Returns the end of the number: what receipts and screens show of it.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

fn card(text: &str) -> Option<String> {
    let plain = text.chars().filter(|c| !c.is_whitespace());
    let plain: String = plain.map(|c| c.to_ascii_uppercase()).collect();
    let is_plain = plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (is_plain && CARD_CHARS.contains(&plain.len())).then_some(plain)
}

fn certificate(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let fits = (1..=CERTIFICATE_CHARS_MAX).contains(&line.chars().count());
    (fits && !line.chars().any(char::is_control)).then_some(line)
}

/// Why a book cannot be sold by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookUnfit {
    /// Two customers have one card.
    #[error("the card {0} belongs to two customers")]
    CardTwice(CustomerCard),
    /// A customer belongs to a group that is not there.
    #[error("a customer belongs to the group {0}, which it does not have")]
    NoGroup(GroupId),
    /// It holds more than a store takes.
    #[error("it holds {0} customers, more than a store takes")]
    TooMany(usize),
}

impl CustomerBook {
    /// Checks that a till can tell its customers apart.
    ///
    /// # Errors
    /// [`BookUnfit`], the first thing that is wrong.
    pub fn check(&self) -> Result<(), BookUnfit> {
        if self.regulars.len() > REGULARS_MAX {
            return Err(BookUnfit::TooMany(self.regulars.len()));
        }
        let mut cards = BTreeMap::new();
        for regular in &self.regulars {
            if let Some(card) = &regular.card
                && cards.insert(card, regular.customer_id).is_some()
            {
                return Err(BookUnfit::CardTwice(card.clone()));
            }
            if let Some(group) = &regular.group
                && !self.groups.iter().any(|known| known.id == *group)
            {
                return Err(BookUnfit::NoGroup(group.clone()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{BookUnfit, Certificate, CustomerBook, CustomerCard, CustomerGroup, Regular};
    use crate::ids::CustomerId;

    fn regular(number: u128, card: &str) -> Regular {
        Regular {
            customer_id: CustomerId::from_parts(1, number),
            record: 1,
            card: Some(card.parse().unwrap()),
            group: Some("members".parse().unwrap()),
            exemption: None,
        }
    }

    #[test]
    fn a_card_has_one_spelling_and_shows_its_end() {
        let card: CustomerCard = " mem-10 4233 ".parse().unwrap();
        assert_eq!((card.as_str(), card.last_four()), ("MEM-104233", "4233"));
        for bad in ["", "123", "a b", "12\u{1d}34", "karté-1", &"9".repeat(41)] {
            assert!(bad.parse::<CustomerCard>().is_err(), "{bad:?}");
        }
        let certificate: Certificate = " BE 0123 \t 456 ".parse().unwrap();
        assert_eq!(certificate.as_str(), "BE 0123 456");
        assert!(" ".parse::<Certificate>().is_err());
    }

    #[test]
    fn a_book_tells_its_customers_apart() {
        let members = CustomerGroup {
            id: "members".parse().unwrap(),
            name: "Members".to_owned(),
            joined_at_tills: true,
        };
        let mut book = CustomerBook {
            groups: vec![members],
            regulars: vec![regular(1, "MEM-1"), regular(2, "MEM-2")],
        };
        assert_eq!(book.check(), Ok(()));
        book.regulars[1] = regular(2, "MEM-1");
        assert!(matches!(book.check(), Err(BookUnfit::CardTwice(_))));
        book.regulars.pop();
        book.groups.clear();
        assert!(matches!(book.check(), Err(BookUnfit::NoGroup(_))));
    }
}
