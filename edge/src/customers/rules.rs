//! What somebody who joins must say, and how customers are found by what was typed.

use counterpart_protocol::customers::{Contact, CustomerCard};

/// The longest line kept, as at the hub.
const CHARS_MAX: usize = 80;

/// A customer who joins, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Joining {
    /// The name.
    pub name: String,
    /// Where receipts are sent to, if anywhere.
    pub email: String,
    /// For a call, if any.
    pub phone: String,
    /// The card they are given, if any.
    pub card: String,
}

/// Why somebody does not join.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinRefused {
    /// No name.
    #[error("type the customer's name, at most {CHARS_MAX} characters in one line")]
    Name,
    /// No address.
    #[error("this is no e-mail address: it looks like a@b.example, or stays empty")]
    Email,
    /// No number.
    #[error("this is no telephone number: digits, blanks and a plus, or nothing")]
    Phone,
    /// No card.
    #[error("a card's number has 4 to 40 letters, digits and hyphens: scan the card again")]
    Card,
    /// Somebody has it.
    #[error("the card {0} is another customer's: find them by it, or give another card")]
    CardTaken(CustomerCard),
    /// It would be sold as goods.
    #[error("{0} is sold here as goods, so it can be nobody's card: give another one")]
    CardIsGoods(CustomerCard),
}

impl JoinRefused {
    /// Returns the field that is wrong.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Card | Self::CardTaken(_) | Self::CardIsGoods(_) => "card",
        }
    }
}

/// Checks what was typed.
///
/// # Errors
///
/// [`JoinRefused`], the first that is wrong.
pub(super) fn check(joining: &Joining) -> Result<(Contact, Option<CustomerCard>), JoinRefused> {
    let name = one_line(&joining.name);
    if name.is_empty() || name.chars().count() > CHARS_MAX {
        return Err(JoinRefused::Name);
    }
    let email = some(&joining.email);
    if email.as_deref().is_some_and(|email| !is_address(email)) {
        return Err(JoinRefused::Email);
    }
    let phone = some(&joining.phone);
    if phone.as_deref().is_some_and(|phone| !is_number(phone)) {
        return Err(JoinRefused::Phone);
    }
    let card = match some(&joining.card) {
        Some(card) => Some(card.parse().map_err(|_| JoinRefused::Card)?),
        None => None,
    };
    Ok((Contact { name, email, phone }, card))
}

fn is_address(email: &str) -> bool {
    let parts = email.split_once('@');
    let plausible = parts.is_some_and(|(who, host)| !who.is_empty() && host.contains('.'));
    plausible && !email.contains(' ') && email.chars().count() <= CHARS_MAX
}

fn is_number(phone: &str) -> bool {
    let fits = |c: char| c.is_ascii_digit() || " +-/().".contains(c);
    phone.chars().all(fits) && (4..=20).contains(&digits(phone).len())
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    line.chars().filter(|c| !c.is_control()).collect()
}

fn some(text: &str) -> Option<String> {
    Some(one_line(text)).filter(|text| !text.is_empty())
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// What customers are looked for by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sought {
    words: Vec<String>,
    digits: String,
}

impl Sought {
    /// Reads what was typed; nothing when there are fewer than two letters or digits.
    pub(super) fn read(text: &str) -> Option<Self> {
        let told = text.chars().filter(|c| c.is_alphanumeric()).count();
        let lowered = text.to_lowercase();
        let words: Vec<String> = lowered.split_whitespace().map(str::to_owned).collect();
        (told >= 2).then(|| Self {
            words,
            digits: digits(text),
        })
    }

    /// Tells whether a customer is meant: every word begins a word of their name or is in their
    /// address, or the digits are in their number.
    pub(super) fn fits(&self, contact: &Contact) -> bool {
        let name = contact.name.to_lowercase();
        let email = contact.email.as_deref().unwrap_or_default().to_lowercase();
        let by_name = self.words.iter().all(|word| {
            name.split([' ', '-', '.'])
                .any(|part| part.starts_with(word.as_str()))
                || email.contains(word.as_str())
        });
        // National numbers are typed with and without their zero or country.
        let sought = self.digits.trim_start_matches('0');
        let phone = digits(contact.phone.as_deref().unwrap_or_default());
        by_name || (sought.len() >= 4 && phone.contains(sought))
    }
}

#[cfg(test)]
mod tests {
    use super::{JoinRefused, Joining, Sought, check};

    fn joining(name: &str) -> Joining {
        Joining {
            name: name.to_owned(),
            ..Joining::default()
        }
    }

    #[test]
    fn a_name_is_enough_and_what_else_is_typed_must_be_right() {
        let (contact, card) = check(&joining(" A.\t Customer ")).unwrap();
        assert_eq!((contact.name.as_str(), card), ("A. Customer", None));
        assert_eq!(check(&joining(" ")), Err(JoinRefused::Name));
        let with = |change: fn(&mut Joining)| {
            let mut asked = joining("A. Customer");
            change(&mut asked);
            check(&asked).unwrap_err()
        };
        assert_eq!(with(|it| it.email = "a@b".into()), JoinRefused::Email);
        assert_eq!(with(|it| it.phone = "call me".into()), JoinRefused::Phone);
        assert_eq!(with(|it| it.card = "1".into()), JoinRefused::Card);
    }

    #[test]
    fn a_customer_is_found_by_name_address_or_number() {
        let told = Joining {
            email: "desk@shop.example".to_owned(),
            phone: "+32 9 123 45 67".to_owned(),
            ..joining("Ann Customer")
        };
        let (contact, _) = check(&told).unwrap();
        let found = |text: &str| Sought::read(text).is_some_and(|sought| sought.fits(&contact));
        for text in ["ann", "CUST an", "desk@", "09 123 45", "4567"] {
            assert!(found(text), "{text}");
        }
        for text in ["a", "nn", "bob", "ann bob", "999 999"] {
            assert!(!found(text), "{text}");
        }
    }
}
