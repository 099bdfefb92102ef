//! What a till answers, as the journeys read it, and how they read plain JSON.
//!
//! It asks nothing; the till's client does.

use serde::Deserialize;
use serde_json::Value;

/// What the till answers to a scan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Scanned {
    /// `added`, `unsettled` or `held`.
    pub outcome: String,
    /// The line it is on.
    pub line: Option<u16>,
    /// Why it waits, a word.
    pub why: Option<String>,
    /// Why it waits and what to do.
    pub sentence: Option<String>,
}

/// What lies before the till.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Basket {
    /// Its lines, voided ones too.
    pub lines: Vec<Line>,
    /// What it comes to.
    pub total_minor: i64,
    /// The scans that wait for a person.
    pub unsettled: Vec<Waiting>,
    /// Why it cannot be paid now.
    pub barred: Option<String>,
}

/// One line of a basket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Line {
    /// Its number.
    pub line: u16,
    /// What it is.
    pub sku: String,
    /// How much, in thousandths.
    pub quantity_milli: i64,
    /// What it costs.
    pub amount_minor: i64,
    /// Whether it was taken out.
    pub voided: bool,
}

/// A scan that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Waiting {
    /// Its number.
    pub scan: i64,
    /// What was read.
    pub code: String,
    /// Why it waits, a word.
    pub why: String,
    /// Why it waits and what to do.
    pub sentence: String,
}

/// What the till answers to a payment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Paid {
    /// The sale's id.
    pub sale_id: String,
    /// The number on the receipt.
    pub receipt: String,
    /// What was due.
    pub total_minor: i64,
    /// What goes back.
    pub change_minor: i64,
    /// The currency of both.
    pub currency: String,
    /// The job that prints the receipt.
    pub print_job_id: String,
}

/// Returns the items of a list that may stand alone or under a name beside a cursor.
pub(crate) fn listed<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    let list = answer.as_array().or_else(|| answer[name].as_array());
    list.unwrap_or_else(|| panic!("no list of {name} in {answer}"))
}

pub(crate) fn text(of: &Value, name: &str) -> String {
    let text = of[name].as_str();
    text.unwrap_or_else(|| panic!("no text {name} in {of}"))
        .to_owned()
}

pub(crate) fn number(of: &Value, name: &str) -> i64 {
    let number = of[name].as_i64();
    number.unwrap_or_else(|| panic!("no number {name} in {of}"))
}

/// Returns whole pieces on hand; the goods of the journeys are never weighed.
pub(crate) fn pieces(stock: &Value) -> i64 {
    let milli = number(stock, "on_hand_milli");
    assert_eq!(milli % 1_000, 0, "part of a piece in {stock}");
    milli / 1_000
}
