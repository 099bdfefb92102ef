//! Who may take a bag away, how often digits were guessed, and what each register's scanner is for.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{FulfilmentId, RegisterId, StaffId};
use counterpart_protocol::orders::HandoverCheck;

use crate::pickups::rules::Attempts;

/// Somebody was found to be the right person for a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof {
    /// Where.
    pub register: RegisterId,
    /// How.
    pub checked_by: HandoverCheck,
    /// Who approved a document.
    pub approved_by: Option<StaffId>,
    /// When, in milliseconds UTC.
    pub checked_at_ms: i64,
}

/// Remembers that the right person is here for a part.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_proof(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    proof: Proof,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO pickup_proofs (fulfilment_id, register, checked_by, approved_by,
             checked_at_ms)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (fulfilment_id) DO UPDATE SET register = excluded.register,
             checked_by = excluded.checked_by, approved_by = excluded.approved_by,
             checked_at_ms = excluded.checked_at_ms",
        params![
            fulfilment_id.to_bytes(),
            proof.register.0,
            proof.checked_by.word(),
            proof.approved_by.map(StaffId::to_bytes),
            proof.checked_at_ms,
        ],
    )?;
    Ok(())
}

/// Returns who was found to be the right person for a part, if anybody was.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn proof(tx: &mut Tx, fulfilment_id: FulfilmentId) -> Result<Option<Proof>, DbError> {
    let row = tx.query_opt(
        "SELECT register, checked_by, approved_by, checked_at_ms FROM pickup_proofs
         WHERE fulfilment_id = $1",
        params![fulfilment_id.to_bytes()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let word: String = row.read(1)?;
    let checked_by = match word.as_str() {
        "code" => HandoverCheck::Code,
        "digits" => HandoverCheck::Digits,
        "document" => HandoverCheck::Document,
        other => {
            return Err(DbError::Corrupt {
                detail: format!("pickup_proofs.checked_by holds {other:?}"),
            });
        }
    };
    Ok(Some(Proof {
        register: RegisterId(row.read(0)?),
        checked_by,
        approved_by: row.read::<Option<[u8; 16]>>(2)?.map(StaffId::from_bytes),
        checked_at_ms: row.read(3)?,
    }))
}

/// Forgets it: the goods were handed over.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_proof(tx: &mut Tx, fulfilment_id: FulfilmentId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM pickup_proofs WHERE fulfilment_id = $1",
        params![fulfilment_id.to_bytes()],
    )?;
    Ok(())
}

/// Returns the wrong digits typed for a part.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn attempts(tx: &mut Tx, fulfilment_id: FulfilmentId) -> Result<Attempts, DbError> {
    let row = tx.query_opt(
        "SELECT wrong, locked_until_ms FROM pickup_attempts WHERE fulfilment_id = $1",
        params![fulfilment_id.to_bytes()],
    )?;
    let Some(row) = row else {
        return Ok(Attempts::default());
    };
    Ok(Attempts {
        wrong: row.read(0)?,
        locked_until_ms: row.read(1)?,
    })
}

/// Stores the wrong digits typed for a part.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_attempts(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    attempts: Attempts,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO pickup_attempts (fulfilment_id, wrong, locked_until_ms) VALUES ($1, $2, $3)
         ON CONFLICT (fulfilment_id) DO UPDATE SET wrong = excluded.wrong,
             locked_until_ms = excluded.locked_until_ms",
        params![
            fulfilment_id.to_bytes(),
            attempts.wrong,
            attempts.locked_until_ms,
        ],
    )?;
    Ok(())
}

/// Forgets the wrong digits of a part: the right ones were typed.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_attempts(tx: &mut Tx, fulfilment_id: FulfilmentId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM pickup_attempts WHERE fulfilment_id = $1",
        params![fulfilment_id.to_bytes()],
    )?;
    Ok(())
}

/// What a register's scanner scans for, and what was said to its last scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Screen {
    /// The part that is open; nothing while the list is.
    pub fulfilment_id: Option<FulfilmentId>,
    /// What the last scan on the list found.
    pub found_id: Option<FulfilmentId>,
    /// What was said.
    pub said: Option<String>,
    /// Whether the scan was taken.
    pub accepted: bool,
    /// Counts what was said.
    pub cue: u32,
}

/// Returns what a register's scanner scans for, if it scans for pickups.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn screen(tx: &mut Tx, register: RegisterId) -> Result<Option<Screen>, DbError> {
    let row = tx.query_opt(
        "SELECT fulfilment_id, said, tone, cue, found_id FROM pickup_screens WHERE register = $1",
        params![register.0],
    )?;
    let Some(row) = row else { return Ok(None) };
    let tone: Option<String> = row.read(2)?;
    Ok(Some(Screen {
        fulfilment_id: row
            .read::<Option<[u8; 16]>>(0)?
            .map(FulfilmentId::from_bytes),
        said: row.read(1)?,
        accepted: tone.as_deref() == Some("accepted"),
        cue: row.read(3)?,
        found_id: row
            .read::<Option<[u8; 16]>>(4)?
            .map(FulfilmentId::from_bytes),
    }))
}

/// Lets a register's scanner scan for a part, or for the list; what was said is old news then.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn open_screen(
    tx: &mut Tx,
    register: RegisterId,
    fulfilment_id: Option<FulfilmentId>,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO pickup_screens (register, fulfilment_id, cue) VALUES ($1, $2, 0)
         ON CONFLICT (register) DO UPDATE SET fulfilment_id = excluded.fulfilment_id,
             found_id = NULL, said = NULL, tone = NULL",
        params![register.0, fulfilment_id.map(FulfilmentId::to_bytes)],
    )?;
    Ok(())
}

/// Lets a register's scanner sell again.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn shut_screen(tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM pickup_screens WHERE register = $1",
        params![register.0],
    )?;
    Ok(())
}

/// What is said to a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said<'a> {
    /// It was taken.
    Taken(&'a str),
    /// It was taken on the list, and is for this part.
    Found(&'a str, FulfilmentId),
    /// It was refused.
    Refused(&'a str),
}

/// Notes what a register's screen says to a scan.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn say(tx: &mut Tx, register: RegisterId, said: Said<'_>) -> Result<(), DbError> {
    let (tone, said, found) = match said {
        Said::Taken(said) => ("accepted", said, None),
        Said::Found(said, found) => ("accepted", said, Some(found)),
        Said::Refused(said) => ("refused", said, None),
    };
    tx.execute(
        "UPDATE pickup_screens SET said = $2, tone = $3, found_id = $4, cue = cue + 1
         WHERE register = $1",
        params![register.0, said, tone, found.map(FulfilmentId::to_bytes)],
    )?;
    Ok(())
}
