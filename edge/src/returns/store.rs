//! The views of returns: each with its fact, and what came back of each line of a sale.

mod codes;
mod exchanges;
mod foreign;
mod refunds;
mod rights;
mod told;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::days::DayTally;
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{ReturnId, SaleId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{LineBack, ReturnRecorded};
use counterpart_protocol::tax::Rate;
use counterpart_protocol::time::BusinessDate;

use super::rules::{self, Before, Gone};

pub(crate) use codes::{code_of, put_code};
pub(crate) use exchanges::{InExchange, drop_exchange, exchange_at, exchange_of, put_exchange};
pub(crate) use foreign::{came_back, foreign_receipt, foreign_sale};
pub use refunds::forget_work;
pub(crate) use refunds::{CardRefund, drop_refund, put_refund, refund_of, refunds_at};
pub(crate) use rights::{
    Answer, Ask, RightsProjected, Wanted, ask_by_id, asks, last_ask, open_ask, right_of, wanted,
};
pub(crate) use told::refunds_told;

/// A return as it was stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Returned {
    /// What came back.
    pub recorded: ReturnRecorded,
    /// Who took it back.
    pub staff: Option<StaffId>,
    /// When, in milliseconds UTC.
    pub at_ms: i64,
}

/// Returns what came back of a sale so far, here and elsewhere.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn before(tx: &mut Tx, sale_id: SaleId) -> Result<Before, DbError> {
    let rows = tx.query_all(
        "SELECT line, tax_rate, quantity_milli, amount_minor FROM returned_lines
         WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    let mut before = Before::default();
    for row in &rows {
        before.add(LineBack {
            line: row.read(0)?,
            tax_rate: Rate(row.read(1)?),
            quantity_milli: Milli(row.read(2)?),
            amount_minor: Minor(row.read(3)?),
        });
    }
    for back in came_back(tx, sale_id)? {
        back.lines.into_iter().for_each(|line| before.add(line));
    }
    Ok(before)
}

/// Returns what went back of a sale so far by what it went to, here and elsewhere.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn gone(tx: &mut Tx, sale_id: SaleId) -> Result<Gone, DbError> {
    let own = of_sale(tx, sale_id)?;
    let mut gone = rules::gone(own.iter().map(|it| &it.recorded));
    for back in came_back(tx, sale_id)? {
        gone.cards.0 = gone.cards.0.saturating_add(back.cards_minor.0);
        gone.accounts.0 = gone.accounts.0.saturating_add(back.accounts_minor.0);
    }
    Ok(gone)
}

/// Returns the returns of a sale, the oldest first.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn of_sale(tx: &mut Tx, sale_id: SaleId) -> Result<Vec<Returned>, DbError> {
    let rows = tx.query_all(
        "SELECT fact FROM returns WHERE sale_id = $1 ORDER BY returned_at_ms, series, number",
        params![sale_id.to_bytes()],
    )?;
    rows.iter().map(returned).collect()
}

/// Returns a return.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn by_id(tx: &mut Tx, return_id: ReturnId) -> Result<Option<Returned>, DbError> {
    let row = tx.query_opt(
        "SELECT fact FROM returns WHERE return_id = $1",
        params![return_id.to_bytes()],
    )?;
    row.as_ref().map(returned).transpose()
}

/// Returns the latest returns of the store, the newest first, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn latest(tx: &mut Tx, limit: u32) -> Result<Vec<Returned>, DbError> {
    let rows = tx.query_all(
        "SELECT fact FROM returns ORDER BY returned_at_ms DESC, return_id DESC LIMIT $1",
        params![limit],
    )?;
    rows.iter().map(returned).collect()
}

/// Returns the next number of a series of returns, from 1: gap-free, because it is one more than
/// the highest that was given, and is given in the transaction of its fact.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn next_number(tx: &mut Tx, series: u32) -> Result<u32, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM returns WHERE series = $1",
        params![series],
    )?;
    row.read(0)
}

/// Adds the returns of a day to what it came to.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn tally_day(
    tx: &mut Tx,
    date: BusinessDate,
    tally: &mut DayTally,
) -> Result<(), DbError> {
    let rows = tx.query_all(
        "SELECT fact FROM returns WHERE business_date = $1",
        params![date.days()],
    )?;
    for row in &rows {
        tally.returned(&returned(row)?.recorded);
    }
    Ok(())
}

fn returned(row: &Row) -> Result<Returned, DbError> {
    let bytes: Vec<u8> = row.read(0)?;
    let fact = Fact::decode(&bytes).expect("a folded fact is canonical");
    Ok(Returned {
        recorded: fact.read().expect("a folded fact could be read"),
        staff: fact.header.staff,
        at_ms: at_ms(&fact),
    })
}

/// Folds returns into the views.
pub(crate) struct Projected;

impl Projection for Projected {
    fn name(&self) -> &'static str {
        "returns"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::ReturnRecorded]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        let recorded: ReturnRecorded = fact.read()?;
        fold(tx, fact, &recorded)?;
        Ok(fold_lines(tx, &recorded)?)
    }

    fn tables(&self) -> &'static [&'static str] {
        &["returns", "returned_lines"]
    }
}

fn fold(tx: &mut Tx, fact: &Fact, recorded: &ReturnRecorded) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO returns (return_id, sale_id, series, number, shift_id, business_date,
             returned_at_ms, staff_id, total_minor, fact)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            recorded.return_id.to_bytes(),
            recorded.sale_id.to_bytes(),
            recorded.number.series,
            recorded.number.number,
            recorded.shift_id.to_bytes(),
            fact.header.business_date.days(),
            at_ms(fact),
            fact.header.staff.map(StaffId::to_bytes),
            recorded.total_minor.0,
            fact.encode_said(),
        ],
    )?;
    Ok(())
}

fn fold_lines(tx: &mut Tx, recorded: &ReturnRecorded) -> Result<(), DbError> {
    for (place, line) in (0_u32..).zip(&recorded.lines) {
        tx.execute(
            "INSERT INTO returned_lines (return_id, place, sale_id, line, quantity_milli,
                 amount_minor, tax_rate)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            params![
                recorded.return_id.to_bytes(),
                place,
                recorded.sale_id.to_bytes(),
                line.line,
                line.quantity_milli.0,
                line.amount_minor.0,
                line.tax_rate.0,
            ],
        )?;
    }
    Ok(())
}

fn at_ms(fact: &Fact) -> i64 {
    i64::try_from(fact.header.hlc.at_ms()).expect("48 bits of milliseconds fit")
}
