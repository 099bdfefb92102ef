//! The table of print jobs: what is queued, what is known, what a person must settle.
//!
//! It moves no byte; the worker does, and writes here before and after.

use counterpart_daemon::db::{DbError, Row, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_hardware::Encoded;
use counterpart_protocol::ids::{PrintJobId, RegisterId, SaleId};
use counterpart_protocol::sales::Settlement;

use super::job::{NewPrintJob, PrintJob, PrintState};
use super::sentences;

const COLUMNS: &str = "job_id, register, kind, sale_id, state, reason, attempts, queued_at_ms, \
                       settlement";

/// Returns a print job, if there is one with this id.
///
/// # Errors
///
/// Those of the database.
pub fn print_job(tx: &mut Tx, job_id: PrintJobId) -> Result<Option<PrintJob>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM print_jobs WHERE job_id = $1");
    let row = tx.query_opt(&sql, params![job_id.to_bytes()])?;
    row.as_ref().map(read).transpose()
}

/// Returns where a print job stands, if there is one with this id.
///
/// # Errors
///
/// Those of the database.
pub fn print_state(tx: &mut Tx, job_id: PrintJobId) -> Result<Option<PrintState>, DbError> {
    Ok(print_job(tx, job_id)?.map(|job| job.state))
}

/// Returns the jobs of `register` that a person has to settle, oldest first, at most 50.
///
/// # Errors
///
/// Those of the database.
pub fn uncertain_jobs(tx: &mut Tx, register: RegisterId) -> Result<Vec<PrintJob>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM print_jobs
         WHERE register = $1 AND state = 'uncertain' AND settlement IS NULL
         ORDER BY place LIMIT 50"
    );
    read_all(&tx.query_all(&sql, params![register.0])?)
}

/// Returns the prints of one sale, oldest first, at most 50.
///
/// # Errors
///
/// Those of the database.
pub fn jobs_of_sale(tx: &mut Tx, sale_id: SaleId) -> Result<Vec<PrintJob>, DbError> {
    let sql =
        format!("SELECT {COLUMNS} FROM print_jobs WHERE sale_id = $1 ORDER BY place LIMIT 50");
    read_all(&tx.query_all(&sql, params![sale_id.to_bytes()])?)
}

/// Returns the newest jobs of every register, newest first, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub fn latest_jobs(tx: &mut Tx, limit: u32) -> Result<Vec<PrintJob>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM print_jobs ORDER BY place DESC LIMIT $1");
    read_all(&tx.query_all(&sql, params![limit])?)
}

/// Notes what a person said became of an uncertain job; returns whether it was waiting for that.
/// The caller states the fact in the same transaction.
///
/// # Errors
///
/// Those of the database.
pub fn settle(
    tx: &mut Tx,
    job_id: PrintJobId,
    settlement: Settlement,
    now_ms: i64,
) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE print_jobs SET settlement = $1, settled_at_ms = $2
         WHERE job_id = $3 AND state = 'uncertain' AND settlement IS NULL",
        params![settlement_word(settlement), now_ms, job_id.to_bytes()],
    )?;
    Ok(changed == 1)
}

/// Drops up to 500 jobs that ended before `before_ms`, with their bytes; uncertain ones stay until
/// they are settled.
///
/// # Errors
///
/// Those of the database.
pub fn purge_older(tx: &mut Tx, before_ms: i64) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM print_jobs WHERE place IN (
             SELECT place FROM print_jobs
             WHERE ended_at_ms < $1 AND NOT (state = 'uncertain' AND settlement IS NULL)
             ORDER BY place LIMIT 500)",
        params![before_ms],
    )
}

/// A job as the worker takes it up.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) job_id: PrintJobId,
    pub(super) bytes: Vec<u8>,
    pub(super) first_ink: usize,
    pub(super) queued_at_ms: i64,
}

pub(super) fn put(
    tx: &mut Tx,
    job: &NewPrintJob<'_>,
    encoded: &Encoded,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO print_jobs
         (job_id, register, kind, sale_id, bytes, first_ink, state, attempts, queued_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', 0, $7)",
        params![
            job.job_id.to_bytes(),
            job.register.0,
            job.kind.word(),
            job.sale_id.map(SaleId::to_bytes),
            &encoded.bytes,
            i64::try_from(encoded.first_ink).expect("a receipt is shorter than that"),
            now_ms,
        ],
    )?;
    Ok(())
}

/// Keeps a job that nothing can print.
pub(super) fn put_failed(
    tx: &mut Tx,
    job: &NewPrintJob<'_>,
    reason: &str,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO print_jobs
         (job_id, register, kind, sale_id, bytes, first_ink, state, reason, attempts,
          queued_at_ms, ended_at_ms)
         VALUES ($1, $2, $3, $4, $5, 0, 'failed', $6, 0, $7, $7)",
        params![
            job.job_id.to_bytes(),
            job.register.0,
            job.kind.word(),
            job.sale_id.map(SaleId::to_bytes),
            Vec::new(),
            reason,
            now_ms,
        ],
    )?;
    Ok(())
}

/// Returns the oldest job that waits for the printer of `register`.
pub(super) fn next(tx: &mut Tx, register: RegisterId) -> Result<Option<Waiting>, DbError> {
    let row = tx.query_opt(
        "SELECT job_id, bytes, first_ink, queued_at_ms FROM print_jobs
         WHERE register = $1 AND state = 'queued' ORDER BY place LIMIT 1",
        params![register.0],
    )?;
    let Some(row) = row else { return Ok(None) };
    let first_ink: u32 = row.read(2)?;
    Ok(Some(Waiting {
        job_id: PrintJobId::from_bytes(row.read(0)?),
        bytes: row.read(1)?,
        first_ink: usize::try_from(first_ink).expect("32 bits fit"),
        queued_at_ms: row.read(3)?,
    }))
}

/// Notes that a job goes to the printer: durable before the first byte leaves.
pub(super) fn begin(tx: &mut Tx, job_id: PrintJobId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE print_jobs SET state = 'sending', reason = NULL, attempts = attempts + 1
         WHERE job_id = $1",
        params![job_id.to_bytes()],
    )?;
    Ok(())
}

/// Notes that the printer took every byte and has not said more yet.
pub(super) fn took_all(tx: &mut Tx, job_id: PrintJobId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE print_jobs SET state = 'sent' WHERE job_id = $1 AND state = 'sending'",
        params![job_id.to_bytes()],
    )?;
    Ok(())
}

/// Puts a job of which no ink is on paper back into the queue, in its old place.
pub(super) fn wait(tx: &mut Tx, job_id: PrintJobId, reason: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE print_jobs SET state = 'queued', reason = $1 WHERE job_id = $2",
        params![reason, job_id.to_bytes()],
    )?;
    Ok(())
}

/// Notes the state in which a job stays.
pub(super) fn end(
    tx: &mut Tx,
    job_id: PrintJobId,
    state: PrintState,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE print_jobs SET state = $1, reason = $2, ended_at_ms = $3 WHERE job_id = $4",
        params![state.word(), reason, now_ms, job_id.to_bytes()],
    )?;
    forget_parties(tx)
}

/// Calls every job uncertain that was on its way when the program ended; returns how many.
pub(super) fn doubt_interrupted(
    tx: &mut Tx,
    register: RegisterId,
    now_ms: i64,
) -> Result<u64, DbError> {
    let doubted = tx.execute(
        "UPDATE print_jobs SET state = 'uncertain', reason = $1, ended_at_ms = $2
         WHERE register = $3 AND state IN ('sending', 'sent') AND ended_at_ms IS NULL",
        params![sentences::INTERRUPTED, now_ms, register.0],
    )?;
    forget_parties(tx)?;
    Ok(doubted)
}

/// Forgets what stands on invoices that are no longer printed: whom one is for is on paper only.
fn forget_parties(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute(
        "UPDATE print_jobs SET bytes = x''
         WHERE kind = 'invoice' AND ended_at_ms IS NOT NULL AND bytes <> x''",
        params![],
    )?;
    Ok(())
}

/// Returns whether the last job that reached the printer may still have its tail in it.
pub(super) fn last_is_uncertain(tx: &mut Tx, register: RegisterId) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT state FROM print_jobs
         WHERE register = $1 AND state IN ('sent', 'confirmed', 'uncertain')
         ORDER BY place DESC LIMIT 1",
        params![register.0],
    )?;
    let state: Option<PrintState> = row.map(|row| row.read(0)).transpose()?;
    Ok(state == Some(PrintState::Uncertain))
}

fn read_all(rows: &[Row]) -> Result<Vec<PrintJob>, DbError> {
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<PrintJob, DbError> {
    let sale_id: Option<[u8; 16]> = row.read(3)?;
    let settlement: Option<String> = row.read(8)?;
    Ok(PrintJob {
        job_id: PrintJobId::from_bytes(row.read(0)?),
        register: RegisterId(row.read(1)?),
        kind: row.read(2)?,
        sale_id: sale_id.map(SaleId::from_bytes),
        state: row.read(4)?,
        reason: row.read(5)?,
        attempts: row.read(6)?,
        queued_at_ms: row.read(7)?,
        settlement: settlement.as_deref().map(read_settlement).transpose()?,
    })
}

const fn settlement_word(settlement: Settlement) -> &'static str {
    match settlement {
        Settlement::Printed => "printed",
        Settlement::Reprinted => "reprinted",
        Settlement::Abandoned => "abandoned",
    }
}

fn read_settlement(word: &str) -> Result<Settlement, DbError> {
    match word {
        "printed" => Ok(Settlement::Printed),
        "reprinted" => Ok(Settlement::Reprinted),
        "abandoned" => Ok(Settlement::Abandoned),
        other => Err(DbError::Column {
            column: 8,
            sql: "print_jobs.settlement".into(),
            mismatch: ValueMismatch {
                found: other.to_owned(),
                expected: "a settlement".to_owned(),
            },
        }),
    }
}
