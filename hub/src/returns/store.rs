//! The SQL of the views of returns.

mod elsewhere;
mod rights;

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::time::BusinessDate;

pub(super) use elsewhere::{
    Due, ELSEWHERE_VIEWS, Refund, due, lock, put_refund, put_told, refunds, set_due, sold_units,
    told_to,
};
pub(super) use rights::{
    Open, RIGHTS_VIEWS, is_wanted, open, put_answered, put_asked, put_passed, put_wanted,
};
pub(crate) use rights::{Waiting, held, waiting};

/// The tables of the views.
pub(super) const VIEWS: &[&str] = &["returns", "return_lines", "return_taxes", "return_tenders"];

/// A return of a sale, as the sale's page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReturnOfSale {
    /// The number on its receipt.
    pub(crate) printed_number: String,
    /// When, in milliseconds UTC.
    pub(crate) at_ms: i64,
    /// What went back, in minor units of the sale's currency.
    pub(crate) total_minor: i64,
    /// Whether it was given without the right to.
    pub(crate) is_provisional: bool,
}

/// What went back on a day in one currency, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ReturnedOnDay {
    /// How many returns.
    pub(crate) returns: u64,
    /// What they came to.
    pub(crate) total_minor: i64,
    /// What cash was rounded by.
    pub(crate) rounding_minor: i64,
    /// By kind of tender.
    pub(crate) tenders: BTreeMap<String, i64>,
    /// Tax by rate.
    pub(crate) taxes: BTreeMap<u32, i64>,
}

pub(super) fn is_known(tx: &mut Tx, return_id: [u8; 16]) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM returns WHERE return_id = $1";
    Ok(tx.query_opt(sql, params![return_id])?.is_some())
}

pub(super) fn put(
    tx: &mut Tx,
    edge: EdgeNumber,
    fact: &Fact,
    recorded: &ReturnRecorded,
) -> Result<(), DbError> {
    let return_id = recorded.return_id.to_bytes();
    tx.execute(
        "INSERT INTO returns (return_id, edge, sale_id, printed_number, business_date, at_ms,
             staff_id, currency, total_minor, rounding_minor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            return_id,
            edge.0,
            recorded.sale_id.to_bytes(),
            recorded.number.to_string(),
            fact.header.business_date.days(),
            i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX),
            fact.header.staff.map(|staff| staff.to_bytes()),
            recorded.currency.code(),
            recorded.total_minor.0,
            recorded.rounded_minor().0,
        ],
    )?;
    for (place, line) in (0_u32..).zip(&recorded.lines) {
        tx.execute(
            "INSERT INTO return_lines (return_id, place, line, sku, quantity_milli, amount_minor,
                 reason, disposition)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![
                return_id,
                place,
                line.line,
                line.sku.as_str(),
                line.quantity_milli.0,
                line.amount_minor.0,
                &line.reason,
                line.disposition.word(),
            ],
        )?;
    }
    for tax in &recorded.taxes {
        // A rate twice would be its writer's fault; the first one stays.
        tx.execute(
            "INSERT INTO return_taxes (return_id, rate, gross_minor, tax_minor)
             VALUES ($1, $2, $3, $4) ON CONFLICT (return_id, rate) DO NOTHING",
            params![return_id, tax.rate.0, tax.gross_minor.0, tax.tax_minor.0],
        )?;
    }
    for (place, tender) in (0_u32..).zip(&recorded.tenders) {
        tx.execute(
            "INSERT INTO return_tenders (return_id, place, kind, amount_minor)
             VALUES ($1, $2, $3, $4)",
            params![return_id, place, tender.kind.word(), tender.amount_minor.0],
        )?;
    }
    Ok(())
}

/// Returns what came back of a sale, the oldest first.
///
/// # Errors
/// Those of the database.
pub(crate) fn of_sale(tx: &mut Tx, sale_id: [u8; 16]) -> Result<Vec<ReturnOfSale>, DbError> {
    let rows = tx.query_all(
        "SELECT r.printed_number, r.at_ms, r.total_minor, COALESCE(f.is_provisional, 0)
         FROM returns r LEFT JOIN refund_facts f ON f.return_id = r.return_id
         WHERE r.sale_id = $1 ORDER BY r.at_ms, r.printed_number LIMIT 500",
        params![sale_id],
    )?;
    rows.iter()
        .map(|row| {
            Ok(ReturnOfSale {
                printed_number: row.read(0)?,
                at_ms: row.read(1)?,
                total_minor: row.read(2)?,
                is_provisional: row.read::<i64>(3)? != 0,
            })
        })
        .collect()
}

/// Returns what went back on an edge's day, by currency. It is added up row by row: an amount that
/// is beyond all money must not stop the proof.
///
/// # Errors
/// Those of the database.
pub(crate) fn of_day(
    tx: &mut Tx,
    edge: EdgeNumber,
    date: BusinessDate,
) -> Result<BTreeMap<String, ReturnedOnDay>, DbError> {
    let day = params![edge.0, date.days()];
    let mut all: BTreeMap<String, ReturnedOnDay> = BTreeMap::new();
    let returns = tx.query_all(
        "SELECT currency, total_minor, rounding_minor FROM returns
         WHERE edge = $1 AND business_date = $2",
        day,
    )?;
    for row in &returns {
        let of: &mut ReturnedOnDay = all.entry(row.read(0)?).or_default();
        of.returns += 1;
        of.total_minor = of.total_minor.saturating_add(row.read(1)?);
        of.rounding_minor = of.rounding_minor.saturating_add(row.read(2)?);
    }
    let tenders = tx.query_all(
        "SELECT r.currency, t.kind, t.amount_minor FROM returns r
         JOIN return_tenders t ON t.return_id = r.return_id
         WHERE r.edge = $1 AND r.business_date = $2",
        day,
    )?;
    for row in &tenders {
        let of = all.entry(row.read(0)?).or_default();
        let sum = of.tenders.entry(row.read(1)?).or_default();
        *sum = sum.saturating_add(row.read(2)?);
    }
    let taxes = tx.query_all(
        "SELECT r.currency, t.rate, t.tax_minor FROM returns r
         JOIN return_taxes t ON t.return_id = r.return_id
         WHERE r.edge = $1 AND r.business_date = $2",
        day,
    )?;
    for row in &taxes {
        let of = all.entry(row.read(0)?).or_default();
        let sum = of.taxes.entry(row.read(1)?).or_default();
        *sum = sum.saturating_add(row.read(2)?);
    }
    Ok(all)
}
