//! Decides which rows of a customer file can become customers' records.
//!
//! No sentence repeats a cell: what is wrong with a file is kept longer than the file.

use std::collections::HashMap;

use counterpart_protocol::customers::{CustomerCard, CustomerGroup};

use super::cells;
use super::sheet::{Column, Reader, Row, needed, optional};
use crate::customers::{self, Customer, RegularDraft, Terms, Wrong};

/// The columns of a customer file.
pub(super) const COLUMNS: &[Column] = &[
    needed(
        "reference",
        "what the old system calls them, 1 to 40 characters; it stands once in a file",
    ),
    needed("name", "the name on the bag, at most 80 characters"),
    optional("email", "where codes are sent to"),
    optional("phone", "for the counter's call: digits, blanks and a plus"),
    optional(ADDRESS[0], "where a parcel goes, its first line"),
    optional(ADDRESS[1], "its second line"),
    optional(ADDRESS[2], "its third line"),
    optional(ADDRESS[3], "its fourth line"),
    optional(ADDRESS[4], "its fifth line"),
    optional("card", "the number of the card tills know them by"),
    optional("group", "the short name of the group whose prices they pay"),
    optional(
        "certificate",
        "the number of their certificate of tax exemption",
    ),
    optional("exempt_until", "its last day, as 2027-12-31"),
];

const ADDRESS: [&str; 5] = [
    "address_1",
    "address_2",
    "address_3",
    "address_4",
    "address_5",
];
/// The longest reference.
const REFERENCE_CHARS_MAX: usize = 40;

/// Somebody who bought from the retailer before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::imports) struct BuyerRow {
    /// What the old system calls them.
    pub(in crate::imports) reference: String,
    /// Name and contact.
    pub(in crate::imports) customer: Customer,
    /// What tills shall know of them.
    pub(in crate::imports) terms: Terms,
}

/// Reads customers.
pub(super) struct Buyers {
    groups: Vec<CustomerGroup>,
    rows: HashMap<String, u64>,
    cards: HashMap<CustomerCard, u64>,
}

impl Buyers {
    /// Returns a reader that knows these groups.
    pub(super) fn of(groups: Vec<CustomerGroup>) -> Self {
        Self {
            groups,
            rows: HashMap::new(),
            cards: HashMap::new(),
        }
    }
}

impl Reader for Buyers {
    type Item = BuyerRow;

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn what(&self) -> &'static str {
        "customers"
    }

    fn row(&mut self, row: &mut Row<'_>) -> Option<BuyerRow> {
        let reference = row.read("reference", |text| cells::line(text, REFERENCE_CHARS_MAX));
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let draft = RegularDraft {
            name: row.text("name").to_owned(),
            email: given(row.text("email")),
            phone: given(row.text("phone")),
            address: ADDRESS.map(|line| row.text(line).to_owned()).into(),
            point: None,
            card: given(row.text("card")),
            group: given(row.text("group")),
            certificate: given(row.text("certificate")),
            exempt_until: given(row.text("exempt_until")),
        };
        let checked = customers::check_regular(&draft, &self.groups);
        if let Some(reference) = &reference
            && let Some(first) = self.rows.insert(reference.clone(), row.number)
        {
            let sentence = format!("row {first} has this reference already: keep one of them");
            row.refuse("reference", sentence);
        }
        match checked {
            Ok((customer, terms)) => {
                if let Some(card) = &terms.card
                    && let Some(first) = self.cards.insert(card.clone(), row.number)
                {
                    row.refuse("card", format!("row {first} has this card already"));
                }
                Some(BuyerRow {
                    reference: reference?,
                    customer,
                    terms,
                })
            }
            Err(wrong) => {
                wrong
                    .into_iter()
                    .for_each(|wrong| refuse(row, &draft, wrong));
                None
            }
        }
    }
}

/// Says what is wrong beside its column, without the cell.
fn refuse(row: &mut Row<'_>, draft: &RegularDraft, wrong: Wrong) {
    match wrong.field {
        "address" => row.refuse(longest(&draft.address), wrong.sentence),
        "group" => row.refuse("group", "there is no such group of customers".to_owned()),
        "exempt_until" => row.refuse(
            "exempt_until",
            "this is no day: write 2027-12-31".to_owned(),
        ),
        other => row.refuse(other, wrong.sentence),
    }
}

/// Returns the column of the longest line of an address: that one doesn't fit.
fn longest(address: &[String]) -> &'static str {
    let lengths = address.iter().map(|line| line.chars().count());
    let longest = lengths.zip(ADDRESS).max_by_key(|(length, _)| *length);
    longest.map_or(ADDRESS[0], |(_, column)| column)
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::customers::CustomerGroup;

    use super::super::sheet::{Checked, Form};
    use super::super::{BuyerRow, Known, Rows, check};

    fn read(text: &str) -> Checked<BuyerRow> {
        let members = CustomerGroup {
            id: "members".parse().unwrap(),
            name: "Members".to_owned(),
            joined_at_tills: true,
        };
        let known = Known::Customers(vec![members]);
        match check(text.as_bytes(), Form::of(text.as_bytes()), known, |_| ()) {
            Rows::Customers(checked) => checked,
            other => panic!("these are no customers: {other:?}"),
        }
    }

    #[test]
    fn what_tills_shall_know_is_read_beside_the_name_and_refused_without_the_cell() {
        let checked = read(
            "reference,name,card,group,certificate,exempt_until\n\
             C-1,A,mem-1,members,BE 0123,2027-12-31\n\
             C-2,B,MEM-1,,,\n\
             C-3,C,12,qqq,,qqqq\n\
             C-4,D,,,,\n",
        );
        let terms = &checked.items[0].1.terms;
        assert_eq!(terms.card.as_ref().unwrap().as_str(), "MEM-1");
        assert_eq!(terms.group.as_ref().unwrap().as_str(), "members");
        assert!(terms.exemption.as_ref().unwrap().until.is_some());
        let problems = checked.problems.iter();
        let said: Vec<(u64, &str)> = problems.map(|it| (it.row, it.column.as_str())).collect();
        assert_eq!(
            said,
            [(3, "card"), (4, "card"), (4, "group"), (4, "exempt_until")]
        );
        assert!(!format!("{:?}", checked.problems).contains("qqq"));
        assert_eq!(checked.items.len(), 2);
    }
}
