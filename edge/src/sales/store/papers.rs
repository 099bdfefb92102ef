//! The view of papers numbered by the store server, and the next number of a range.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::SaleId;
use counterpart_protocol::sales::{InvoiceIssued, InvoiceReprinted, PaperKind, PaperNumber};

use super::sold::at_ms;

/// The invoice of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invoiced {
    /// Its number.
    pub number: PaperNumber,
    /// When it was issued, in milliseconds UTC.
    pub issued_at_ms: i64,
    /// How many copies of it were printed.
    pub copies: u16,
}

/// Returns the next number of a range, from 1: gap-free, because it is one more than the highest
/// that was given, and is given in the transaction of its fact.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn next_paper(tx: &mut Tx, kind: PaperKind, series: u32) -> Result<u32, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM issued_papers WHERE kind = $1 AND series = $2",
        params![kind.word(), series],
    )?;
    row.read(0)
}

/// Returns the invoice of a sale, if it has one.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// When the stored fact is not the one that was folded.
pub(crate) fn invoiced(tx: &mut Tx, sale_id: SaleId) -> Result<Option<Invoiced>, DbError> {
    let row = tx.query_opt(
        "SELECT fact, (SELECT COALESCE(MAX(copy), 0) FROM invoice_copies WHERE sale_id = $1)
         FROM issued_papers WHERE sale_id = $1 AND kind = 'invoice'",
        params![sale_id.to_bytes()],
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let bytes: Vec<u8> = row.read(0)?;
    let fact = Fact::decode(&bytes).expect("a folded fact is canonical");
    let issued: InvoiceIssued = fact.read().expect("a folded fact could be read");
    Ok(Some(Invoiced {
        number: issued.number,
        issued_at_ms: at_ms(&fact),
        copies: row.read(1)?,
    }))
}

/// Folds invoices and their copies into the view.
pub(crate) struct Projected;

impl Projection for Projected {
    fn name(&self) -> &'static str {
        "papers"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::InvoiceIssued, Kind::InvoiceReprinted]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        if fact.kind() == Some(Kind::InvoiceIssued) {
            fold_issued(tx, fact, &fact.read()?)?;
        } else {
            fold_copy(tx, &fact.read()?)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["issued_papers", "invoice_copies"]
    }
}

fn fold_issued(tx: &mut Tx, fact: &Fact, issued: &InvoiceIssued) -> Result<(), DbError> {
    let number = &issued.number;
    tx.execute(
        "INSERT INTO issued_papers (kind, series, number, sale_id, fact)
         VALUES ($1, $2, $3, $4, $5)",
        params![
            number.kind.word(),
            number.series,
            number.number,
            issued.sale_id.to_bytes(),
            fact.encode_said(),
        ],
    )?;
    Ok(())
}

fn fold_copy(tx: &mut Tx, reprinted: &InvoiceReprinted) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO invoice_copies (sale_id, copy) VALUES ($1, $2)
         ON CONFLICT (sale_id, copy) DO NOTHING",
        params![reprinted.sale_id.to_bytes(), reprinted.copy],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;
