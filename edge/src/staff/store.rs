//! The tables of sign-ins and of wrong PINs.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{RegisterId, StaffId};

use super::rules::{Attempts, Guesses};

/// One sign-in: a person at a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignIn {
    /// The register.
    pub register: RegisterId,
    /// The person.
    pub staff_id: StaffId,
    /// Since when, in milliseconds UTC.
    pub signed_in_at_ms: i64,
}

/// How all registers together are named among the places.
const STORE: &str = "store";

/// Returns the wrong PINs of a register and of the store.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn attempts(tx: &mut Tx, register: RegisterId) -> Result<Attempts, DbError> {
    Ok(Attempts {
        register: guesses(tx, &place(register))?,
        store: guesses(tx, STORE)?,
    })
}

/// Stores the wrong PINs of a register and of the store.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_attempts(
    tx: &mut Tx,
    register: RegisterId,
    attempts: Attempts,
) -> Result<(), DbError> {
    put_guesses(tx, &place(register), attempts.register)?;
    put_guesses(tx, STORE, attempts.store)
}

fn place(register: RegisterId) -> String {
    format!("register/{register}")
}

fn guesses(tx: &mut Tx, place: &str) -> Result<Guesses, DbError> {
    let sql = "SELECT forgotten_at_ms FROM wrong_pins WHERE place = $1";
    let Some(row) = tx.query_opt(sql, params![place])? else {
        return Ok(Guesses::default());
    };
    Ok(Guesses {
        forgotten_at_ms: row.read(0)?,
    })
}

fn put_guesses(tx: &mut Tx, place: &str, guesses: Guesses) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO wrong_pins (place, forgotten_at_ms) VALUES ($1, $2)
         ON CONFLICT (place) DO UPDATE SET forgotten_at_ms = excluded.forgotten_at_ms",
        params![place, guesses.forgotten_at_ms],
    )?;
    Ok(())
}

/// Signs a person in at a register with a token; whoever else was there is signed out.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_sign_in(
    tx: &mut Tx,
    token_sha256: [u8; 32],
    sign_in: SignIn,
) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM staff_sessions WHERE register = $1 AND staff_id <> $2",
        params![sign_in.register.0, sign_in.staff_id.to_bytes()],
    )?;
    tx.execute(
        "INSERT INTO staff_sessions (token_sha256, register, staff_id, signed_in_at_ms)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (token_sha256, register) DO UPDATE SET
             signed_in_at_ms = excluded.signed_in_at_ms",
        params![
            token_sha256,
            sign_in.register.0,
            sign_in.staff_id.to_bytes(),
            sign_in.signed_in_at_ms,
        ],
    )?;
    Ok(())
}

/// Gives the sign-ins of a token to another one.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn rename_token(tx: &mut Tx, from: [u8; 32], to: [u8; 32]) -> Result<(), DbError> {
    tx.execute(
        "UPDATE staff_sessions SET token_sha256 = $2 WHERE token_sha256 = $1",
        params![from, to],
    )?;
    Ok(())
}

/// Returns the sign-ins of a token, the latest first.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn sign_ins(tx: &mut Tx, token_sha256: [u8; 32]) -> Result<Vec<SignIn>, DbError> {
    let rows = tx.query_all(
        "SELECT register, staff_id, signed_in_at_ms FROM staff_sessions
         WHERE token_sha256 = $1 ORDER BY signed_in_at_ms DESC, register",
        params![token_sha256],
    )?;
    rows.iter().map(sign_in).collect()
}

/// Returns the latest sign-in at a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn latest_at(tx: &mut Tx, register: RegisterId) -> Result<Option<SignIn>, DbError> {
    let row = tx.query_opt(
        "SELECT register, staff_id, signed_in_at_ms FROM staff_sessions
         WHERE register = $1 ORDER BY signed_in_at_ms DESC LIMIT 1",
        params![register.0],
    )?;
    row.as_ref().map(sign_in).transpose()
}

/// Signs everybody out at a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn sign_out(tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM staff_sessions WHERE register = $1",
        params![register.0],
    )?;
    Ok(())
}

/// Forgets sign-ins older than `before_ms`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn forget_older(tx: &mut Tx, before_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM staff_sessions WHERE signed_in_at_ms < $1",
        params![before_ms],
    )?;
    Ok(())
}

fn sign_in(row: &Row) -> Result<SignIn, DbError> {
    Ok(SignIn {
        register: RegisterId(row.read(0)?),
        staff_id: StaffId::from_bytes(row.read(1)?),
        signed_in_at_ms: row.read(2)?,
    })
}
