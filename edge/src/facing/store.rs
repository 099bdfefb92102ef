//! The table of screens that face customers.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{RegisterId, StaffId};

/// How many screens show one register; the oldest gives way. A counter has one, perhaps two.
const SCREENS_MAX: u32 = 4;

/// Lets the browser with this token show a register.
///
/// # Errors
///
/// Those of the database.
pub(super) fn put_screen(
    tx: &mut Tx,
    token_sha256: [u8; 32],
    register: RegisterId,
    (staff_id, now_ms): (StaffId, i64),
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO facing_screens (token_sha256, register, staff_id, since_ms)
         VALUES ($1, $2, $3, $4)",
        params![token_sha256, register.0, staff_id.to_bytes(), now_ms],
    )?;
    tx.execute(
        "DELETE FROM facing_screens WHERE register = $1 AND token_sha256 NOT IN (
             SELECT token_sha256 FROM facing_screens WHERE register = $1
             ORDER BY since_ms DESC, token_sha256 LIMIT $2)",
        params![register.0, SCREENS_MAX],
    )?;
    Ok(())
}

/// Tells whether the browser with this token may show a register.
///
/// # Errors
///
/// Those of the database.
pub(super) fn shows(
    tx: &mut Tx,
    token_sha256: [u8; 32],
    register: RegisterId,
) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT 1 FROM facing_screens WHERE token_sha256 = $1 AND register = $2",
        params![token_sha256, register.0],
    )?;
    Ok(row.is_some())
}

/// Returns how many screens show a register.
///
/// # Errors
///
/// Those of the database.
pub fn screens(tx: &mut Tx, register: RegisterId) -> Result<u32, DbError> {
    let row = tx.query_one(
        "SELECT count(*) FROM facing_screens WHERE register = $1",
        params![register.0],
    )?;
    row.read(0)
}

/// Lets no screen show a register any more.
///
/// # Errors
///
/// Those of the database.
pub(super) fn forget(tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM facing_screens WHERE register = $1",
        params![register.0],
    )?;
    Ok(())
}
