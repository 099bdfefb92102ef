//! The SQL of papers numbered by store servers: invoices, and what their numbers prove.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{EdgeNumber, StaffId};
use counterpart_protocol::sales::{InvoiceReprinted, PaperKind, PaperNumber};
use counterpart_protocol::time::BusinessDate;

/// A paper as it was stated.
#[derive(Debug, Clone, Copy)]
pub(in crate::sales) struct Issued<'a> {
    pub(in crate::sales) edge: EdgeNumber,
    pub(in crate::sales) sale_id: [u8; 16],
    pub(in crate::sales) number: &'a PaperNumber,
    pub(in crate::sales) business_date: BusinessDate,
    pub(in crate::sales) at_ms: i64,
    pub(in crate::sales) staff_id: Option<StaffId>,
}

/// Puts a paper down and counts it into its series.
pub(in crate::sales) fn put_paper(tx: &mut Tx, issued: &Issued<'_>) -> Result<(), DbError> {
    let number = issued.number;
    let again = tx.query_opt(
        "SELECT 1 FROM issued_papers
         WHERE edge = $1 AND kind = $2 AND series = $3 AND number = $4 LIMIT 1",
        params![
            issued.edge.0,
            number.kind.word(),
            number.series,
            number.number
        ],
    )?;
    tx.execute(
        "INSERT INTO issued_papers (edge, kind, series, number, sale_id, printed_number,
             business_date, at_ms, staff_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (edge, kind, series, number, sale_id) DO NOTHING",
        params![
            issued.edge.0,
            number.kind.word(),
            number.series,
            number.number,
            issued.sale_id,
            number.to_string(),
            issued.business_date.days(),
            issued.at_ms,
            issued.staff_id.map(StaffId::to_bytes),
        ],
    )?;
    tx.execute(
        "INSERT INTO paper_series (edge, kind, series, highest, arrived, doubled)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (edge, kind, series) DO UPDATE SET
             highest = CASE WHEN excluded.highest > paper_series.highest
                 THEN excluded.highest ELSE paper_series.highest END,
             arrived = paper_series.arrived + excluded.arrived,
             doubled = paper_series.doubled + excluded.doubled",
        params![
            issued.edge.0,
            number.kind.word(),
            number.series,
            number.number,
            u32::from(again.is_none()),
            u32::from(again.is_some()),
        ],
    )?;
    Ok(())
}

pub(in crate::sales) fn count_paper_copy(
    tx: &mut Tx,
    edge: EdgeNumber,
    reprinted: &InvoiceReprinted,
) -> Result<(), DbError> {
    let number = &reprinted.number;
    tx.execute(
        "UPDATE issued_papers SET copies = copies + 1
         WHERE edge = $1 AND kind = $2 AND series = $3 AND number = $4 AND sale_id = $5",
        params![
            edge.0,
            number.kind.word(),
            number.series,
            number.number,
            reprinted.sale_id.to_bytes()
        ],
    )?;
    Ok(())
}

/// The tables of the views of numbered papers.
pub(in crate::sales) const PAPER_VIEWS: &[&str] = &["issued_papers", "paper_series"];

/// The invoices of one series of one store server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceSeries {
    /// Whose.
    pub edge: EdgeNumber,
    /// The series.
    pub series: u32,
    /// The highest number that arrived.
    pub highest: i64,
    /// How many numbers arrived.
    pub arrived: i64,
    /// How many arrived again for another sale.
    pub doubled: i64,
}

/// Returns every series of invoices, by edge and number.
///
/// # Errors
/// Those of the database.
pub fn invoice_series(tx: &mut Tx) -> Result<Vec<InvoiceSeries>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, series, highest, arrived, doubled FROM paper_series
         WHERE kind = $1 ORDER BY edge, series",
        params![PaperKind::Invoice.word()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(InvoiceSeries {
                edge: EdgeNumber(row.read(0)?),
                series: row.read(1)?,
                highest: row.read(2)?,
                arrived: row.read(3)?,
                doubled: row.read(4)?,
            })
        })
        .collect()
}

/// An invoice as the page of its sale shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sales) struct Invoice {
    /// Its number, as printed.
    pub(in crate::sales) number: String,
    /// When it was issued, in milliseconds UTC.
    pub(in crate::sales) at_ms: i64,
    /// How many copies were printed.
    pub(in crate::sales) copies: i64,
}

pub(in crate::sales) fn invoices_of(
    tx: &mut Tx,
    sale_id: [u8; 16],
) -> Result<Vec<Invoice>, DbError> {
    let rows = tx.query_all(
        "SELECT printed_number, at_ms, copies FROM issued_papers
         WHERE sale_id = $1 AND kind = $2 ORDER BY at_ms, printed_number LIMIT 10",
        params![sale_id, PaperKind::Invoice.word()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Invoice {
                number: row.read(0)?,
                at_ms: row.read(1)?,
                copies: row.read(2)?,
            })
        })
        .collect()
}
