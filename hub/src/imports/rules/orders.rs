//! Decides which rows of an order file become open orders: rows with one reference are one order,
//! and an order comes whole or not at all.
//!
//! No sentence of its own repeats a cell: in a file whose columns have slipped it could be a name,
//! and what is wrong with a file is kept longer than the file.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::orders::Payment;
use jiff::Timestamp;

use super::cells;
use super::sheet::{Checked, Column, Reader, Row, RowProblem, needed, optional, problem};
use crate::customers::CustomerDraft;
use crate::orders::{DeliveryDraft, LineDraft, OrderChecker, OrderDraft};

/// The columns of an order file.
pub(super) const COLUMNS: &[Column] = &[
    needed(
        "channel",
        "where it was ordered, as a slug: web, app, phone",
    ),
    needed(
        "reference",
        "the old system's number for the order; rows that have the same one are one order",
    ),
    needed("sku", "a product of the catalogue"),
    needed(
        "quantity",
        "how much is still to be handed over or sent; kilograms with up to 3 decimals",
    ),
    needed("price", "what one unit costs, tax included"),
    needed(
        "total",
        "what all rows of the order come to, less discounts: the same in each",
    ),
    needed(
        "payment",
        "paid, authorised or at_pickup: how the whole order is paid",
    ),
    optional(
        "store_id",
        "the store it is picked up in; empty for what is sent to the customer's address",
    ),
    optional("discount", "what is taken off this row as a whole"),
    optional("tax_rate", "the tax within the price, in percent: 21"),
    optional(
        "placed_at",
        "when it was ordered, at most 30 days ago: 2026-11-20T09:30:00Z; now if empty",
    ),
    optional("name", "the customer's name, which stands on the bag"),
    optional("email", "where the pickup code is sent to"),
    optional("phone", "for the counter's call"),
    optional("address", "the customer's address, | between its lines"),
];

/// An open order of the old system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::imports) struct OrderRows {
    /// The order as a channel would have sent it.
    pub(in crate::imports) draft: OrderDraft,
    /// The row of each of its lines.
    pub(in crate::imports) rows: Vec<u64>,
}

impl OrderRows {
    /// Says what is wrong with an order at the row and column it comes from.
    pub(in crate::imports) fn problem(&self, field: &str, sentence: String) -> RowProblem {
        let mut parts = field.split('.');
        let (at, column) = match (parts.next(), parts.next(), parts.next()) {
            (Some("lines"), Some(at), Some(name)) => (at.parse().unwrap_or(0), line_column(name)),
            (Some("lines" | "channel_reference"), None, _) => (0, "reference"),
            (Some("delivery"), ..) => (0, "store_id"),
            (Some("total_minor"), ..) => (0, "total"),
            (Some("customer"), Some(name), _) => (0, name),
            (Some(name), ..) => (0, name),
            (None, ..) => (0, ""),
        };
        let row = self.rows.get(at).or(self.rows.first());
        problem(row.copied().unwrap_or(0), column, sentence)
    }
}

fn line_column(field: &str) -> &str {
    match field {
        "quantity_milli" => "quantity",
        "amount_minor" => "discount",
        other => other,
    }
}

/// Reads orders of products there are.
pub(super) struct Orders {
    /// The catalogue's products and how they are counted.
    pub(super) units: HashMap<String, Unit>,
    pub(super) currency: Currency,
    /// Orders a row of which is bad.
    pub(super) broken: HashSet<(String, String)>,
}

impl Reader for &mut Orders {
    type Item = OrderDraft;

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn what(&self) -> &'static str {
        "orders"
    }

    fn row(&mut self, row: &mut Row<'_>) -> Option<OrderDraft> {
        let key = (
            row.text("channel").to_owned(),
            row.text("reference").to_owned(),
        );
        let draft = self.draft(row, &key);
        if draft.is_none() || !row.problems.is_empty() {
            self.broken.insert(key);
        }
        draft
    }
}

impl Orders {
    fn draft(&self, row: &mut Row<'_>, key: &(String, String)) -> Option<OrderDraft> {
        let line = self.line(row);
        let total = self.amount(row, "total", "the cell is empty");
        let payment = row.read("payment", payment);
        let placed_at = row.read("placed_at", placed_at);
        let store = row.text("store_id").to_owned();
        Some(OrderDraft {
            channel: key.0.clone(),
            channel_reference: key.1.clone(),
            placed_at: placed_at?,
            currency: self.currency.to_string(),
            lines: vec![line?],
            total_minor: total?.0,
            delivery: match store.is_empty() {
                true => DeliveryDraft::Ship,
                false => DeliveryDraft::Pickup { store },
            },
            payment: payment?,
            customer: customer(row),
        })
    }

    fn line(&self, row: &mut Row<'_>) -> Option<LineDraft> {
        let sku = row.read("sku", cells::sku);
        let price = self.amount(row, "price", "each row has the price of one unit");
        let currency = self.currency;
        let discount = row.read("discount", |text| {
            cells::price(text, currency).map(Option::unwrap_or_default)
        });
        let tax_rate = row.read("tax_rate", |text| match text {
            "" => Ok(0),
            text => cells::quantity(text.trim_end_matches(['%', ' ']), Unit::Kilogram)
                .ok()
                .and_then(|rate| u32::try_from(rate.0).ok())
                .ok_or_else(|| "this is no rate: write percent, such as 21".to_owned()),
        });
        let sku = sku?;
        let Some(unit) = self.units.get(sku.as_str()).copied() else {
            row.refuse("sku", format!("the catalogue has no product {sku}"));
            return None;
        };
        let quantity = row.read("quantity", |text| match cells::quantity(text, unit)? {
            none if none.0 == 0 => Err("nothing is left of it: leave the row out".to_owned()),
            some => Ok(some),
        });
        let (price, discount, quantity) = (price?, discount?, quantity?);
        let gross = price.scaled(quantity.0, 1_000);
        let Some(amount) = gross.and_then(|gross| gross.minus(discount)) else {
            row.refuse("price", "this comes to more than can be counted".to_owned());
            return None;
        };
        Some(LineDraft {
            sku: sku.to_string(),
            description: None,
            quantity_milli: quantity.0,
            unit_price_minor: price.0,
            discount_minor: discount.0,
            amount_minor: amount.0,
            tax_rate: tax_rate?,
        })
    }

    fn amount(&self, row: &mut Row<'_>, column: &'static str, empty: &str) -> Option<Minor> {
        let currency = self.currency;
        row.read(column, |text| {
            cells::price(text, currency)?.ok_or_else(|| empty.to_owned())
        })
    }
}

fn payment(text: &str) -> Result<Payment, String> {
    [Payment::Paid, Payment::Authorised, Payment::AtPickup]
        .into_iter()
        .find(|payment| payment.word() == text.to_lowercase())
        .ok_or_else(|| "this is no payment: write paid, authorised or at_pickup".to_owned())
}

fn placed_at(text: &str) -> Result<Option<Timestamp>, String> {
    match text {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| "this is no time: write it as 2026-11-20T09:30:00Z".to_owned()),
    }
}

/// Reads who ordered; whether it is right, is for those who keep it to say.
fn customer(row: &Row<'_>) -> Option<CustomerDraft> {
    let cell = |word| Some(row.text(word).to_owned()).filter(|text| !text.is_empty());
    let (name, address) = (cell("name"), cell("address"));
    let (email, phone) = (cell("email"), cell("phone"));
    let somebody = [&name, &address, &email, &phone]
        .iter()
        .any(|cell| cell.is_some());
    somebody.then(|| CustomerDraft {
        name: name.unwrap_or_default(),
        email,
        phone,
        address: address
            .map(|lines| lines.split('|').map(str::to_owned).collect())
            .unwrap_or_default(),
        point: None,
    })
}

/// Puts rows with one reference together, and says what is wrong with each order as a whole.
pub(super) fn together(
    checked: Checked<OrderDraft>,
    broken: &HashSet<(String, String)>,
    checker: &OrderChecker,
) -> Checked<OrderRows> {
    let mut problems = checked.problems;
    let mut rows_bad = checked.rows_bad;
    let mut orders: Vec<OrderRows> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for (number, row) in checked.items {
        let key = (row.channel.clone(), row.channel_reference.clone());
        if broken.contains(&key) {
            let sentence = "another row of this order is bad, and an order comes whole";
            problems.push(problem(number, "reference", sentence.to_owned()));
            rows_bad += 1;
            continue;
        }
        match places.get(&key) {
            Some(at) => join(&mut orders[*at], number, row, &mut problems),
            None => {
                places.insert(key, orders.len());
                orders.push(OrderRows {
                    draft: row,
                    rows: vec![number],
                });
            }
        }
    }
    let mut items = Vec::new();
    let disagreeing: HashSet<u64> = problems.iter().map(|problem| problem.row).collect();
    for order in orders {
        let wrong = checker.wrong(&order.draft);
        let bad = !wrong.is_empty() || order.rows.iter().any(|row| disagreeing.contains(row));
        problems.extend(
            wrong
                .into_iter()
                .map(|(field, sentence)| order.problem(&field, sentence)),
        );
        match bad {
            true => rows_bad += order.rows.len() as u64,
            false => items.push((order.rows[0], order)),
        }
    }
    problems.sort_by_key(|problem| problem.row);
    Checked {
        items,
        problems,
        rows_bad,
    }
}

/// Adds a row to its order; what is said of the order as a whole must be the same in all rows.
fn join(order: &mut OrderRows, number: u64, row: OrderDraft, problems: &mut Vec<RowProblem>) {
    let (first, there) = (order.rows[0], &order.draft);
    let same = [
        ("total", there.total_minor == row.total_minor),
        ("payment", there.payment == row.payment),
        ("store_id", there.delivery == row.delivery),
        ("placed_at", there.placed_at == row.placed_at),
        ("name", there.customer == row.customer),
    ];
    for (column, _) in same.iter().filter(|(_, same)| !same) {
        let sentence = format!("row {first} of the same order says something else");
        problems.push(problem(number, column, sentence));
    }
    order.rows.push(number);
    order.draft.lines.extend(row.lines);
}
