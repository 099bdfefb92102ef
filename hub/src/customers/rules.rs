//! Decides what of a customer's contact is kept; what tills know of some is beside it.

mod groups;
mod regulars;

pub(super) use groups::{GroupDraft, check_group};
pub(super) use regulars::Sought;
pub use regulars::{RegularDraft, Terms, check_regular};

use counterpart_protocol::stores::GeoPoint;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest line kept: what a label of 42 columns takes twice.
const CHARS_MAX: usize = 80;
const ADDRESS_LINES_MAX: usize = 5;

/// A customer as a channel sends them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerDraft {
    /// The name on the bag.
    pub name: String,
    /// Where the code is sent to.
    #[serde(default)]
    pub email: Option<String>,
    /// For the counter's call.
    #[serde(default)]
    pub phone: Option<String>,
    /// Where a parcel goes, a line each.
    #[serde(default)]
    pub address: Vec<String>,
    /// Where that is, as degrees of latitude and longitude, a comma between them: the nearest store
    /// serves it.
    #[serde(default)]
    pub point: Option<String>,
}

/// A customer as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Customer {
    /// The name on the bag.
    pub name: String,
    /// Where the code is sent to.
    pub email: Option<String>,
    /// For the counter's call.
    pub phone: Option<String>,
    /// Where a parcel goes, a line each.
    pub address: Vec<String>,
    /// Where that is.
    pub point: Option<GeoPoint>,
}

/// What is wrong with one field of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field within the customer.
    pub field: &'static str,
    /// A sentence to act on.
    pub sentence: String,
}

/// Checks a customer and trims what was typed.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn check(draft: &CustomerDraft) -> Result<Customer, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut refuse = |field: &'static str, sentence: &str| {
        let sentence = sentence.to_owned();
        wrong.push(Wrong { field, sentence });
    };
    let fits = |text: &str| text.chars().count() <= CHARS_MAX;
    let name = one_line(&draft.name);
    if name.is_empty() || !fits(&name) {
        refuse(
            "name",
            "the customer needs a name of at most 80 characters: it stands on the bag",
        );
    }
    let email = trimmed(draft.email.as_deref());
    if let Some(email) = &email {
        let parts = email.split_once('@');
        let plausible = parts.is_some_and(|(who, host)| {
            !who.is_empty() && host.contains('.') && !email.contains(char::is_whitespace)
        });
        if !plausible || !fits(email) {
            refuse(
                "email",
                "this is no e-mail address: it looks like a@b.example",
            );
        }
    }
    let phone = trimmed(draft.phone.as_deref());
    if let Some(phone) = &phone {
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        let known = phone
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '/' | '(' | ')' | '.'));
        if !known || !(4..=20).contains(&digits) {
            refuse(
                "phone",
                "this is no telephone number: digits, blanks and a plus",
            );
        }
    }
    let address: Vec<String> = draft
        .address
        .iter()
        .map(|line| one_line(line))
        .filter(|line| !line.is_empty())
        .collect();
    if address.len() > ADDRESS_LINES_MAX || !address.iter().all(|line| fits(line)) {
        refuse("address", "an address has at most 5 lines of 80 characters");
    }
    let point = match draft.point.as_deref().map(str::parse::<GeoPoint>) {
        Some(Err(refused)) => {
            refuse("point", &refused.to_string());
            None
        }
        Some(Ok(point)) => Some(point),
        None => None,
    };
    match wrong.is_empty() {
        true => Ok(Customer {
            name,
            email,
            phone,
            address,
            point,
        }),
        false => Err(wrong),
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .collect()
}

fn trimmed(text: Option<&str>) -> Option<String> {
    text.map(one_line).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{CustomerDraft, check};

    fn draft(name: &str) -> CustomerDraft {
        CustomerDraft {
            name: name.to_owned(),
            ..CustomerDraft::default()
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = check(&CustomerDraft {
            email: Some("not an address".to_owned()),
            phone: Some("call me".to_owned()),
            address: vec!["x".repeat(81)],
            point: Some("north of here".to_owned()),
            ..draft(" ")
        })
        .unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, ["name", "email", "phone", "address", "point"]);
    }

    #[test]
    fn what_was_typed_is_kept_without_its_blanks() {
        let kept = check(&CustomerDraft {
            email: Some(" a@shop.example ".to_owned()),
            phone: Some("+32 9 123 45 67".to_owned()),
            address: vec![" Veldstraat  1".to_owned(), String::new()],
            ..draft(" A.\nCustomer ")
        })
        .unwrap();
        assert_eq!(kept.name, "A. Customer");
        assert_eq!(kept.email.as_deref(), Some("a@shop.example"));
        assert_eq!(kept.address, ["Veldstraat 1"]);
    }
}
