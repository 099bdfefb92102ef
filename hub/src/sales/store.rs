//! The SQL of received sales: reading them; folding them in is beside it.

mod folding;
mod papers;
mod sold_to;
mod taxes;
mod unsigned;

pub(super) use folding::{
    Stated, VIEWS, count_copy, count_in_day, count_receipt, has_number, is_known, put_sale,
};
pub(crate) use folding::{receipt_of_sale, sale_of_receipt};

pub(super) use papers::{Invoice, Issued, PAPER_VIEWS, count_paper_copy, invoices_of, put_paper};
pub use papers::{InvoiceSeries, invoice_series};
pub(super) use sold_to::sold_to;
pub(super) use taxes::{StatedTax, stated_taxes};
pub use unsigned::unsigned;
pub(super) use unsigned::{UNSIGNED_VIEWS, forget_unsigned, put_unsigned};

use counterpart_daemon::db::{DbError, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::ids::{CustomerId, EdgeNumber};
use counterpart_protocol::sales::{CardPaid, ReceiptNumber, Tender};
use counterpart_protocol::stored::StoredKind;
use counterpart_protocol::time::BusinessDate;
use serde::de::DeserializeOwned;

/// A sale as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The sale's id, 16 bytes.
    pub sale_id: [u8; 16],
    /// Whose.
    pub edge: EdgeNumber,
    /// The number on its receipt, as printed.
    pub number: String,
    /// The day it counts for.
    pub business_date: BusinessDate,
    /// When, in milliseconds UTC.
    pub at_ms: i64,
    /// Its place in the order people see things.
    pub hlc: i64,
    /// Who sold, by pseudonym.
    pub staff_id: Option<[u8; 16]>,
    /// The currency of the amounts.
    pub currency: String,
    /// What was due.
    pub total_minor: i64,
    /// What was given back.
    pub change_minor: i64,
    /// By how much the total was rounded because it was paid in cash.
    pub rounding_minor: i64,
    /// How many lines.
    pub lines: i64,
    /// How many copies were printed.
    pub copies: i64,
}

/// A line of a received sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) line: i64,
    pub(super) sku: String,
    pub(super) description: String,
    pub(super) quantity_milli: i64,
    pub(super) unit_price_minor: i64,
    pub(super) amount_minor: i64,
    pub(super) tax_rate: i64,
}

/// How a received sale was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paid {
    pub(super) kind: String,
    pub(super) amount_minor: i64,
    /// What a terminal said of it.
    pub(super) card: Option<CardPaid>,
    /// What else is known of it, where it is neither cash nor a card.
    pub(super) other: Option<Tender>,
}

impl Paid {
    /// Returns what a person reads: `Paid in cash`, `Paid by visa ····1111`.
    pub(super) fn label(&self) -> String {
        if let Some(other) = &self.other {
            return other_label(other);
        }
        let Some(card) = &self.card else {
            return format!("Paid in {}", self.kind);
        };
        let scheme = card.scheme.as_deref().unwrap_or(&self.kind);
        let last_four = card.last_four.as_deref();
        let last_four = last_four.map_or_else(String::new, |it| format!(" ····{it}"));
        format!("Paid by {scheme}{last_four}")
    }
}

fn other_label(tender: &Tender) -> String {
    if let Some(voucher) = &tender.voucher {
        return format!("Voucher {}", voucher.number);
    }
    if let Some(stored) = &tender.stored {
        let name = match stored.card.kind {
            StoredKind::GiftCard => "Gift card",
            StoredKind::StoreCredit => "Store credit",
        };
        return format!("{name} …{}", stored.card.last_four);
    }
    if let Some(foreign) = &tender.foreign {
        return format!("Paid in {}", foreign.currency);
    }
    let account = tender.account.as_ref().map_or("", |it| it.account.as_str());
    format!("On account {account}")
}

/// Which receipts are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceiptFilter {
    /// Of these edges; of every edge if nothing.
    pub edges: Option<Vec<EdgeNumber>>,
    /// Of this day.
    pub business_date: Option<BusinessDate>,
    /// With this number.
    pub number: Option<ReceiptNumber>,
    /// Sold to this customer.
    pub customer_id: Option<CustomerId>,
    /// Older than this one: its place in the order, and its id.
    pub before: Option<(i64, [u8; 16])>,
}

const COLUMNS: &str = "sale_id, edge, register, series, number, business_date, at_ms, hlc,
    staff_id, currency, total_minor, change_minor, lines, copies,
    rounding_minor";

fn receipt(row: &Row) -> Result<Receipt, DbError> {
    let (register, series, number): (u16, u32, u32) = (row.read(2)?, row.read(3)?, row.read(4)?);
    Ok(Receipt {
        sale_id: row.read(0)?,
        edge: EdgeNumber(row.read(1)?),
        number: format!("{register}-{series}-{number:06}"),
        business_date: date(row, 5)?,
        at_ms: row.read(6)?,
        hlc: row.read(7)?,
        staff_id: row.read(8)?,
        currency: row.read(9)?,
        total_minor: row.read(10)?,
        change_minor: row.read(11)?,
        lines: row.read(12)?,
        copies: row.read(13)?,
        rounding_minor: row.read(14)?,
    })
}

fn date(row: &Row, column: usize) -> Result<BusinessDate, DbError> {
    let days: i32 = row.read(column)?;
    Ok(BusinessDate::from_days(days).expect("only the dates of facts are stored"))
}

/// Returns receipts, the newest first, at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn receipts(tx: &mut Tx, filter: &ReceiptFilter, limit: u32) -> Result<Vec<Receipt>, DbError> {
    let mut sql = format!("SELECT {COLUMNS} FROM sales WHERE 1 = 1");
    let mut values: Vec<Value> = Vec::new();
    if let Some(edges) = &filter.edges {
        let numbers: Vec<String> = edges.iter().map(ToString::to_string).collect();
        sql += &format!(" AND edge IN ({})", numbers.join(", "));
    }
    if let Some(date) = filter.business_date {
        values.push(date.days().into());
        sql += &format!(" AND business_date = ${}", values.len());
    }
    if let Some(number) = &filter.number {
        let place = values.len();
        values.push(number.register.0.into());
        values.push(number.series.into());
        values.push(number.number.into());
        sql += &format!(
            " AND register = ${} AND series = ${} AND number = ${}",
            place + 1,
            place + 2,
            place + 3
        );
    }
    if let Some(customer_id) = filter.customer_id {
        values.push(customer_id.to_bytes().into());
        sql += &format!(" AND customer_id = ${}", values.len());
    }
    if let Some((hlc, sale_id)) = filter.before {
        let place = values.len();
        values.push(hlc.into());
        values.push(sale_id.into());
        sql += &format!(" AND (hlc, sale_id) < (${}, ${})", place + 1, place + 2);
    }
    values.push(limit.into());
    sql += &format!(" ORDER BY hlc DESC, sale_id DESC LIMIT ${}", values.len());
    let rows = tx.query_all(&sql, &values)?;
    rows.iter().map(receipt).collect()
}

pub(super) fn by_id(tx: &mut Tx, sale_id: [u8; 16]) -> Result<Option<Receipt>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM sales WHERE sale_id = $1");
    let row = tx.query_opt(&sql, params![sale_id])?;
    row.as_ref().map(receipt).transpose()
}

pub(super) fn lines(tx: &mut Tx, sale_id: [u8; 16]) -> Result<Vec<Line>, DbError> {
    let rows = tx.query_all(
        "SELECT line, sku, description, quantity_milli, unit_price_minor, amount_minor, tax_rate
         FROM sale_lines WHERE sale_id = $1 ORDER BY line LIMIT 10000",
        params![sale_id],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Line {
                line: row.read(0)?,
                sku: row.read(1)?,
                description: row.read(2)?,
                quantity_milli: row.read(3)?,
                unit_price_minor: row.read(4)?,
                amount_minor: row.read(5)?,
                tax_rate: row.read(6)?,
            })
        })
        .collect()
}

pub(super) fn tenders(tx: &mut Tx, sale_id: [u8; 16]) -> Result<Vec<Paid>, DbError> {
    let rows = tx.query_all(
        "SELECT kind, amount_minor, card, other FROM sale_tenders
         WHERE sale_id = $1 ORDER BY place LIMIT 100",
        params![sale_id],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Paid {
                kind: row.read(0)?,
                amount_minor: row.read(1)?,
                card: json(row.read(2)?, 2)?,
                other: json(row.read(3)?, 3)?,
            })
        })
        .collect()
}

fn json<T: DeserializeOwned>(json: Option<String>, column: usize) -> Result<Option<T>, DbError> {
    let read = json.map(|json| serde_json::from_str(&json)).transpose();
    read.map_err(|wrong| DbError::Column {
        column,
        sql: "sale_tenders".into(),
        mismatch: ValueMismatch {
            found: wrong.to_string(),
            expected: "what is known of a tender".to_owned(),
        },
    })
}

/// What one edge sold on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayRow {
    /// Whose.
    pub edge: EdgeNumber,
    /// The day.
    pub business_date: BusinessDate,
    /// How many sales.
    pub sales: i64,
    /// What they came to.
    pub total_minor: i64,
}

/// Returns what every edge sold on the days from `first` to `last`, by edge and day.
///
/// # Errors
/// Those of the database.
pub fn days_between(
    tx: &mut Tx,
    first: BusinessDate,
    last: BusinessDate,
) -> Result<Vec<DayRow>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, business_date, sales, total_minor FROM sale_days
         WHERE business_date BETWEEN $1 AND $2 ORDER BY edge, business_date",
        params![first.days(), last.days()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(DayRow {
                edge: EdgeNumber(row.read(0)?),
                business_date: date(row, 1)?,
                sales: row.read(2)?,
                total_minor: row.read(3)?,
            })
        })
        .collect()
}

/// The receipts of one series of one register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesRow {
    /// Whose.
    pub edge: EdgeNumber,
    /// The register.
    pub register: u16,
    /// The series.
    pub series: u32,
    /// The highest number that arrived.
    pub highest: i64,
    /// How many numbers arrived.
    pub arrived: i64,
    /// How many arrived again under another sale.
    pub doubled: i64,
}

/// Returns every series, by edge, register and number.
///
/// # Errors
/// Those of the database.
pub fn series(tx: &mut Tx) -> Result<Vec<SeriesRow>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, register, series, highest, arrived, doubled FROM receipt_series
         ORDER BY edge, register, series",
        params![],
    )?;
    rows.iter()
        .map(|row| {
            Ok(SeriesRow {
                edge: EdgeNumber(row.read(0)?),
                register: row.read(1)?,
                series: row.read(2)?,
                highest: row.read(3)?,
                arrived: row.read(4)?,
                doubled: row.read(5)?,
            })
        })
        .collect()
}
