//! The tables of the signing slice: sales on their way, signatures, outages.

mod views;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{OutageId, PrintJobId, SaleId};

pub(super) use views::Projected as SigningProjection;
pub(crate) use views::{Outage, mark_of, outage, unsigned};

/// A sale that needs its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) sale_id: SaleId,
    /// The print its receipt becomes; nothing when it was printed without a signature.
    pub(super) print: Option<PrintJobId>,
    pub(super) paid_at_ms: i64,
    /// How often the signer was asked before.
    pub(super) asked: u32,
    /// The outage in which its receipt was printed, if it was.
    pub(super) outage_id: Option<OutageId>,
}

/// Keeps a sale for the signer.
pub(super) fn put(
    tx: &mut Tx,
    sale_id: SaleId,
    print: PrintJobId,
    paid_at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO signings (sale_id, print_job_id, state, paid_at_ms, asked)
         VALUES ($1, $2, 'unsigned', $3, 0)",
        params![sale_id.to_bytes(), print.to_bytes(), paid_at_ms],
    )?;
    Ok(())
}

/// Returns the sale whose receipt waits longest for its signature.
pub(super) fn next_waiting(tx: &mut Tx) -> Result<Option<Waiting>, DbError> {
    let row = tx.query_opt(
        "SELECT sale_id, print_job_id, paid_at_ms, asked FROM signings
         WHERE state IN ('unsigned', 'signing') ORDER BY paid_at_ms, sale_id LIMIT 1",
        params![],
    )?;
    row.as_ref().map(waiting).transpose()
}

/// Returns that sale while its receipt still waits.
pub(super) fn still_waiting(tx: &mut Tx, sale_id: SaleId) -> Result<Option<Waiting>, DbError> {
    let row = tx.query_opt(
        "SELECT sale_id, print_job_id, paid_at_ms, asked FROM signings
         WHERE sale_id = $1 AND state IN ('unsigned', 'signing')",
        params![sale_id.to_bytes()],
    )?;
    row.as_ref().map(waiting).transpose()
}

/// Returns a sale that is to be signed afterwards: the one that was tried least, so that one the
/// signer refuses keeps no other waiting.
pub(super) fn next_unsigned(tx: &mut Tx) -> Result<Option<Waiting>, DbError> {
    let row = tx.query_opt(
        "SELECT u.sale_id, u.outage_id, u.printed_at_ms, COALESCE(s.asked, 0)
         FROM unsigned_receipts u LEFT JOIN signings s ON s.sale_id = u.sale_id
         WHERE u.signed = 0 ORDER BY 4, u.printed_at_ms, u.sale_id LIMIT 1",
        params![],
    )?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Waiting {
        sale_id: SaleId::from_bytes(row.read(0)?),
        print: None,
        paid_at_ms: row.read(2)?,
        asked: row.read(3)?,
        outage_id: Some(OutageId::from_bytes(row.read(1)?)),
    }))
}

/// Notes that the signer is asked now; a sale this store does not know yet, because its facts came
/// back from the hub, is noted too.
pub(super) fn note_asked(tx: &mut Tx, waiting: &Waiting) -> Result<(), DbError> {
    // The id of a print that was made: it only has to be there.
    let print = waiting.print.map_or([0; 16], PrintJobId::to_bytes);
    tx.execute(
        "INSERT INTO signings (sale_id, print_job_id, state, paid_at_ms, asked)
         VALUES ($1, $2, 'outage', $3, 1)
         ON CONFLICT (sale_id) DO UPDATE SET asked = asked + 1,
             state = CASE state WHEN 'unsigned' THEN 'signing' ELSE state END",
        params![waiting.sale_id.to_bytes(), print, waiting.paid_at_ms],
    )?;
    Ok(())
}

/// Notes that the receipt of a sale was printed without a signature.
pub(super) fn give_up(tx: &mut Tx, sale_id: SaleId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE signings SET state = 'outage' WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    Ok(())
}

/// Forgets a sale: it is signed.
pub(super) fn forget(tx: &mut Tx, sale_id: SaleId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM signings WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    Ok(())
}

fn waiting(row: &Row) -> Result<Waiting, DbError> {
    Ok(Waiting {
        sale_id: SaleId::from_bytes(row.read(0)?),
        print: Some(PrintJobId::from_bytes(row.read(1)?)),
        paid_at_ms: row.read(2)?,
        asked: row.read(3)?,
        outage_id: None,
    })
}
