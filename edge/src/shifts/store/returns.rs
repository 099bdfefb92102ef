//! The views of what the till of a shift gave back for returns.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::ShiftId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::shifts::ShiftReturns;
use counterpart_protocol::tax::{Rate, TaxSum};

/// Returns what came back in a shift; nothing when nothing did.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn returned(tx: &mut Tx, shift_id: ShiftId) -> Result<Option<ShiftReturns>, DbError> {
    let row = tx.query_opt(
        "SELECT returns, returned_minor, cash_minor FROM shift_returns WHERE shift_id = $1",
        params![shift_id.to_bytes()],
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let rates = tx.query_all(
        "SELECT rate, gross_minor, tax_minor FROM shift_taxes_back WHERE shift_id = $1
         ORDER BY rate DESC",
        params![shift_id.to_bytes()],
    )?;
    let taxes = rates.iter().map(|row| {
        Ok(TaxSum {
            rate: Rate(row.read(0)?),
            gross_minor: Minor(row.read(1)?),
            tax_minor: Minor(row.read(2)?),
        })
    });
    Ok(Some(ShiftReturns {
        returns: row.read(0)?,
        total_minor: Minor(row.read(1)?),
        cash_minor: Minor(row.read(2)?),
        taxes: taxes.collect::<Result<_, DbError>>()?,
    }))
}

/// Returns what cash of a shift was rounded by, sales less returns; nothing where nothing was.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn rounding(tx: &mut Tx, shift_id: ShiftId) -> Result<Option<Minor>, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE((SELECT rounding_minor FROM shift_sales WHERE shift_id = $1), 0)
             - COALESCE((SELECT rounding_minor FROM shift_returns WHERE shift_id = $1), 0)",
        params![shift_id.to_bytes()],
    )?;
    let by = Minor(row.read(0)?);
    Ok(Some(by).filter(|by| *by != Minor::ZERO))
}

/// Folds returns into what the till of their shift gave back.
pub(crate) struct ReturnsProjected;

impl Projection for ReturnsProjected {
    fn name(&self) -> &'static str {
        "shift_returns"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::ReturnRecorded]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let recorded: ReturnRecorded = projected.fact.read()?;
        Ok(fold(tx, &recorded)?)
    }

    fn tables(&self) -> &'static [&'static str] {
        &["shift_returns", "shift_taxes_back"]
    }
}

fn fold(tx: &mut Tx, recorded: &ReturnRecorded) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO shift_returns (shift_id, returns, returned_minor, cash_minor, rounding_minor)
         VALUES ($1, 1, $2, $3, $4)
         ON CONFLICT (shift_id) DO UPDATE SET returns = returns + 1,
             returned_minor = returned_minor + excluded.returned_minor,
             cash_minor = cash_minor + excluded.cash_minor,
             rounding_minor = rounding_minor + excluded.rounding_minor",
        params![
            recorded.shift_id.to_bytes(),
            recorded.total_minor.0,
            recorded.cash_minor().0,
            recorded.rounded_minor().0,
        ],
    )?;
    for tax in &recorded.taxes {
        tx.execute(
            "INSERT INTO shift_taxes_back (shift_id, rate, gross_minor, tax_minor)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (shift_id, rate) DO UPDATE SET
                 gross_minor = gross_minor + excluded.gross_minor,
                 tax_minor = tax_minor + excluded.tax_minor",
            params![
                recorded.shift_id.to_bytes(),
                tax.rate.0,
                tax.gross_minor.0,
                tax.tax_minor.0,
            ],
        )?;
    }
    Ok(())
}
