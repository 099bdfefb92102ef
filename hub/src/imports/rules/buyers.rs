//! Decides which rows of a customer file can become customers' records.
//!
//! No sentence repeats a cell: what is wrong with a file is kept longer than the file.

use std::collections::HashMap;

use super::cells;
use super::sheet::{Column, Reader, Row, needed, optional};
use crate::customers::{self, Customer, CustomerDraft};

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
}

/// Reads customers.
#[derive(Default)]
pub(super) struct Buyers {
    pub(super) rows: HashMap<String, u64>,
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
        let draft = CustomerDraft {
            name: row.text("name").to_owned(),
            email: given(row.text("email")),
            phone: given(row.text("phone")),
            address: ADDRESS.map(|line| row.text(line).to_owned()).into(),
            point: None,
        };
        let customer = customers::check(&draft);
        if let Some(reference) = &reference
            && let Some(first) = self.rows.insert(reference.clone(), row.number)
        {
            let sentence = format!("row {first} has this reference already: keep one of them");
            row.refuse("reference", sentence);
        }
        match customer {
            Ok(customer) => Some(BuyerRow {
                reference: reference?,
                customer,
            }),
            Err(wrong) => {
                for wrong in wrong {
                    let column = match wrong.field {
                        "address" => longest(&draft.address),
                        other => other,
                    };
                    row.refuse(column, wrong.sentence);
                }
                None
            }
        }
    }
}

/// Returns the column of the longest line of an address: that one doesn't fit.
fn longest(address: &[String]) -> &'static str {
    let lengths = address.iter().map(|line| line.chars().count());
    let longest = lengths.zip(ADDRESS).max_by_key(|(length, _)| *length);
    longest.map_or(ADDRESS[0], |(_, column)| column)
}
