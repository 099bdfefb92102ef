//! Decides what of a customer tills may know: card, group, exemption; and whom a search finds.

use counterpart_protocol::customers::{Certificate, CustomerCard, CustomerGroup, Exemption};
use counterpart_protocol::ids::GroupId;
use counterpart_protocol::time::BusinessDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Customer, CustomerDraft, Wrong, check, trimmed};

/// Digits from which on a text is looked for in telephone numbers: fewer are in nearly all.
const DIGITS_MIN: usize = 3;

/// A customer whom tills shall know, as a person asks for them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RegularCustomerDraft)]
pub struct RegularDraft {
    /// The name.
    pub name: String,
    /// Where receipts and codes are sent to.
    #[serde(default)]
    pub email: Option<String>,
    /// For a call, and to be found by.
    #[serde(default)]
    pub phone: Option<String>,
    /// Where a parcel goes, a line each.
    #[serde(default)]
    pub address: Vec<String>,
    /// Where that is, as degrees of latitude and longitude, a comma between them.
    #[serde(default)]
    pub point: Option<String>,
    /// The number of the card they show: 4 to 40 letters, digits and hyphens.
    #[serde(default)]
    pub card: Option<String>,
    /// Whose prices they pay: a group's short name.
    #[serde(default)]
    pub group: Option<String>,
    /// Why they pay no tax: the number of the certificate they showed.
    #[serde(default)]
    pub certificate: Option<String>,
    /// The last day on which it holds; nothing means until it is taken away.
    #[serde(default)]
    #[schema(example = "2027-12-31")]
    pub exempt_until: Option<String>,
}

/// What tills know of a customer beside who they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// The card they show.
    pub card: Option<CustomerCard>,
    /// Whose prices they pay.
    pub group: Option<GroupId>,
    /// Why they pay no tax.
    pub exemption: Option<Exemption>,
}

/// Checks a customer whom tills shall know.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn check_regular(
    draft: &RegularDraft,
    groups: &[CustomerGroup],
) -> Result<(Customer, Terms), Vec<Wrong>> {
    let contact = CustomerDraft {
        name: draft.name.clone(),
        email: draft.email.clone(),
        phone: draft.phone.clone(),
        address: draft.address.clone(),
        point: trimmed(draft.point.as_deref()),
    };
    let (customer, terms) = (check(&contact), check_terms(draft, groups));
    match (customer, terms) {
        (Ok(customer), Ok(terms)) => Ok((customer, terms)),
        (customer, terms) => {
            let wrong = [customer.err(), terms.err()];
            Err(wrong.into_iter().flatten().flatten().collect())
        }
    }
}

fn check_terms(draft: &RegularDraft, groups: &[CustomerGroup]) -> Result<Terms, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut refuse = |field: &'static str, sentence: String| {
        wrong.push(Wrong { field, sentence });
    };
    let mut terms = Terms::default();
    if let Some(text) = trimmed(draft.card.as_deref()) {
        match text.parse::<CustomerCard>() {
            Ok(card) => terms.card = Some(card),
            Err(refused) => refuse("card", refused.to_string()),
        }
    }
    if let Some(slug) = trimmed(draft.group.as_deref()) {
        match groups.iter().find(|group| group.id.as_str() == slug) {
            Some(group) => terms.group = Some(group.id.clone()),
            None => refuse("group", format!("there is no group called {slug}")),
        }
    }
    let until = trimmed(draft.exempt_until.as_deref());
    let until = until.map(|day| day.parse::<BusinessDate>());
    let until = until.transpose().unwrap_or_else(|refused| {
        refuse("exempt_until", refused.to_string());
        None
    });
    match trimmed(draft.certificate.as_deref()) {
        Some(text) => match text.parse::<Certificate>() {
            Ok(certificate) => terms.exemption = Some(Exemption { certificate, until }),
            Err(refused) => refuse("certificate", refused.to_string()),
        },
        None if until.is_some() => refuse(
            "certificate",
            "a last day is that of a certificate: type its number, or leave out both".to_owned(),
        ),
        None => {}
    }
    match wrong.is_empty() {
        true => Ok(terms),
        false => Err(wrong),
    }
}

/// What a person typed to find a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::customers) enum Sought {
    /// A telephone number or a part of one, by its digits alone.
    Digits(String),
    /// Words that all occur in name or e-mail address.
    Words(Vec<String>),
}

impl Sought {
    /// Reads what was typed; nothing if nothing was.
    pub(in crate::customers) fn of(text: &str) -> Option<Self> {
        let of_phone = |c: char| c.is_ascii_digit() || " +-/().".contains(c);
        let digits = digits(text);
        if digits.len() >= DIGITS_MIN && text.chars().all(of_phone) {
            // At home a number begins with a nought, from abroad with its country's.
            return Some(Self::Digits(digits.trim_start_matches('0').to_owned()));
        }
        let words = text.split_whitespace().map(str::to_lowercase);
        let words: Vec<String> = words.collect();
        (!words.is_empty()).then_some(Self::Words(words))
    }

    /// Tells whether a customer is meant.
    pub(in crate::customers) fn finds(&self, customer: &Customer) -> bool {
        match self {
            Self::Digits(sought) => {
                let phone = customer.phone.as_deref().map(digits);
                phone.is_some_and(|phone| phone.contains(sought))
            }
            Self::Words(words) => {
                let email = customer.email.as_deref().unwrap_or_default();
                let known = format!("{} {email}", customer.name).to_lowercase();
                words.iter().all(|word| known.contains(word))
            }
        }
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::customers::CustomerGroup;

    use super::{RegularDraft, Sought, check_regular};
    use crate::customers::rules::Customer;

    fn members() -> CustomerGroup {
        CustomerGroup {
            id: "members".parse().unwrap(),
            name: "Members".to_owned(),
            joined_at_tills: true,
        }
    }

    fn draft() -> RegularDraft {
        RegularDraft {
            name: "A. Customer".to_owned(),
            card: Some(" mem-104233 ".to_owned()),
            group: Some("members".to_owned()),
            certificate: Some("BE 0123".to_owned()),
            exempt_until: Some("2027-12-31".to_owned()),
            ..RegularDraft::default()
        }
    }

    #[test]
    fn what_tills_know_is_read_in_its_one_spelling() {
        let (customer, terms) = check_regular(&draft(), &[members()]).unwrap();
        assert_eq!(customer.name, "A. Customer");
        assert_eq!(terms.card.unwrap().as_str(), "MEM-104233");
        let exemption = terms.exemption.unwrap();
        let until = exemption.until.map(|until| until.to_string());
        assert_eq!(until.as_deref(), Some("2027-12-31"));
        let plain = RegularDraft {
            card: Some(" ".to_owned()),
            point: Some(String::new()),
            ..RegularDraft::default()
        };
        let named = RegularDraft {
            name: "A".to_owned(),
            ..plain
        };
        assert!(check_regular(&named, &[]).unwrap().1.card.is_none());
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = check_regular(
            &RegularDraft {
                name: String::new(),
                card: Some("12".to_owned()),
                group: Some("atlantis".to_owned()),
                certificate: None,
                exempt_until: Some("soon".to_owned()),
                ..draft()
            },
            &[members()],
        );
        let wrong = wrong.unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, ["name", "card", "group", "exempt_until"]);
        let bare = RegularDraft {
            certificate: None,
            ..draft()
        };
        let wrong = check_regular(&bare, &[members()]).unwrap_err();
        assert_eq!(wrong[0].field, "certificate");
    }

    #[test]
    fn a_customer_is_found_by_name_address_and_telephone() {
        let ada = Customer {
            name: "Ada Lovelace".to_owned(),
            email: Some("ada@shop.example".to_owned()),
            phone: Some("+32 (0)475 12 34 56".to_owned()),
            address: Vec::new(),
            point: None,
        };
        #[track_caller]
        fn check(customer: &Customer, typed: &str, found: Option<bool>) {
            let sought = Sought::of(typed);
            assert_eq!(sought.map(|it| it.finds(customer)), found, "{typed}");
        }
        check(&ada, "love ADA", Some(true));
        check(&ada, "shop.example", Some(true));
        check(&ada, "0475/12 34", Some(true));
        check(&ada, "475 99", Some(false));
        check(&ada, "ada byron", Some(false));
        check(&ada, " ", None);
    }
}
