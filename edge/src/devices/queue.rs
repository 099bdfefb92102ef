//! The table of print jobs: what is queued, what is known, what a person must settle.
//!
//! It moves no byte; the worker does, and writes here before and after.

use counterpart_daemon::db::{DbError, Row, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::ids::{PrintJobId, RegisterId, SaleId};
use counterpart_protocol::sales::Settlement;

use super::job::{PrintJob, PrintKind, PrintState};
use super::sentences;

const COLUMNS: &str = "job_id, register, kind, sale_id, state, reason, attempts, queued_at_ms, \
                       settlement, about";

/// Which of a register's printers a job waits for: each has its own order and its own doubts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// The receipt printer.
    Receipts,
    /// The label printer.
    Labels,
}

impl Line {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Receipts => "receipts",
            Self::Labels => "labels",
        }
    }
}

/// Who prints what: the part of a stored job that is the same for every printer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored<'a> {
    pub(super) job_id: PrintJobId,
    pub(super) register: RegisterId,
    pub(super) kind: PrintKind,
    pub(super) sale_id: Option<SaleId>,
    pub(super) about: Option<&'a str>,
    pub(super) bytes: &'a [u8],
    pub(super) first_ink: usize,
}

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

/// Returns the labels a person may have to do something about, oldest first, at most 50.
pub(super) fn open_labels(tx: &mut Tx) -> Result<Vec<PrintJob>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM print_jobs
         WHERE line = 'labels' AND (state IN ('queued', 'sending', 'failed')
            OR state = 'uncertain' AND settlement IS NULL)
         ORDER BY place LIMIT 50"
    );
    read_all(&tx.query_all(&sql, params![])?)
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

/// Returns the papers but labels that wait for a printer or were not printed, oldest first, at most
/// 50.
///
/// # Errors
///
/// Those of the database.
pub fn waiting_papers(tx: &mut Tx) -> Result<Vec<PrintJob>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM print_jobs
         WHERE state IN ('queued', 'failed') AND reason IS NOT NULL AND bytes <> x''
             AND kind NOT IN ('label', 'carrier_label')
         ORDER BY place LIMIT 50"
    );
    read_all(&tx.query_all(&sql, params![])?)
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
    forget_parties(tx)?;
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

/// Stores a job: queued, or failed at once with the reason why nothing can print it.
pub(super) fn put(
    tx: &mut Tx,
    job: &Stored<'_>,
    failed: Option<&str>,
    now_ms: i64,
) -> Result<(), DbError> {
    let line = if job.kind.is_label() {
        Line::Labels
    } else {
        Line::Receipts
    };
    let state = match failed {
        Some(_) => PrintState::Failed,
        None => PrintState::Queued,
    };
    tx.execute(
        "INSERT INTO print_jobs
         (job_id, register, line, kind, sale_id, about, bytes, first_ink, state, reason, attempts,
          queued_at_ms, ended_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)",
        params![
            job.job_id.to_bytes(),
            job.register.0,
            line.word(),
            job.kind.word(),
            job.sale_id.map(SaleId::to_bytes),
            job.about,
            job.bytes,
            i64::try_from(job.first_ink).expect("a receipt is shorter than that"),
            state.word(),
            failed,
            now_ms,
            failed.map(|_| now_ms),
        ],
    )?;
    Ok(())
}

/// Returns the oldest job that waits for a printer of `register`.
pub(super) fn next(
    tx: &mut Tx,
    register: RegisterId,
    line: Line,
) -> Result<Option<Waiting>, DbError> {
    let row = tx.query_opt(
        "SELECT job_id, bytes, first_ink, queued_at_ms FROM print_jobs
         WHERE register = $1 AND line = $2 AND state = 'queued' ORDER BY place LIMIT 1",
        params![register.0, line.word()],
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

/// Notes that a job goes to the printer of `register`: durable before the first byte leaves.
/// Returns whether it still waits for that one: a person may have sent it to another meanwhile.
pub(super) fn begin(
    tx: &mut Tx,
    job_id: PrintJobId,
    register: RegisterId,
) -> Result<bool, DbError> {
    let begun = tx.execute(
        "UPDATE print_jobs SET state = 'sending', reason = NULL, attempts = attempts + 1
         WHERE job_id = $1 AND register = $2 AND state = 'queued'",
        params![job_id.to_bytes(), register.0],
    )?;
    Ok(begun == 1)
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
    line: Line,
    now_ms: i64,
) -> Result<u64, DbError> {
    let doubted = tx.execute(
        "UPDATE print_jobs SET state = 'uncertain', reason = $1, ended_at_ms = $2
         WHERE register = $3 AND line = $4 AND state IN ('sending', 'sent')
           AND ended_at_ms IS NULL",
        params![sentences::INTERRUPTED, now_ms, register.0, line.word()],
    )?;
    forget_parties(tx)?;
    Ok(doubted)
}

/// Forgets what stands on invoices, labels and papers of cards that are no longer printed: whom one
/// is for, and a number that is money, is on paper only. A label or a card that did not come out is
/// kept: it can be printed again.
fn forget_parties(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute(
        "UPDATE print_jobs SET bytes = x''
         WHERE bytes <> x'' AND ended_at_ms IS NOT NULL AND (kind = 'invoice'
            OR (line = 'labels' OR kind = 'stored_card')
               AND (state IN ('sent', 'confirmed') OR settlement IS NOT NULL))",
        params![],
    )?;
    Ok(())
}

/// Returns whether the last job that reached the printer may still have its tail in it.
pub(super) fn last_is_uncertain(
    tx: &mut Tx,
    register: RegisterId,
    line: Line,
) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT state FROM print_jobs
         WHERE register = $1 AND line = $2 AND state IN ('sent', 'confirmed', 'uncertain')
         ORDER BY place DESC LIMIT 1",
        params![register.0, line.word()],
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
        about: row.read(9)?,
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
