//! Terminals that are to close their period, and which money stands in which count.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{RegisterId, ShiftId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::shifts::CardCount;

/// A register whose terminal is to be asked for its count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::payments) struct CountWanted {
    /// The register.
    pub register: RegisterId,
    /// What the terminal knows the question by.
    pub intent: String,
    /// The shift that was closed.
    pub shift_id: ShiftId,
    /// Who closed it.
    pub staff_id: StaffId,
    /// Whether the terminal may have been asked: it gives its count only once.
    pub asked: bool,
}

/// Notes that a terminal is to be asked, or asked for a later shift too.
///
/// # Errors
///
/// Those of the database.
pub(in crate::payments) fn want_count(tx: &mut Tx, wanted: &CountWanted) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO terminal_counts_wanted (register, intent, shift_id, staff_id, asked)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (register) DO UPDATE SET shift_id = excluded.shift_id,
             staff_id = excluded.staff_id",
        params![
            wanted.register.0,
            &wanted.intent,
            wanted.shift_id.to_bytes(),
            wanted.staff_id.to_bytes(),
            wanted.asked,
        ],
    )?;
    Ok(())
}

/// Returns what a register's terminal is to be asked, if anything.
///
/// # Errors
///
/// Those of the database.
pub(in crate::payments) fn count_wanted(
    tx: &mut Tx,
    register: RegisterId,
) -> Result<Option<CountWanted>, DbError> {
    let row = tx.query_opt(
        "SELECT intent, shift_id, staff_id, asked FROM terminal_counts_wanted
         WHERE register = $1",
        params![register.0],
    )?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(CountWanted {
        register,
        intent: row.read(0)?,
        shift_id: ShiftId::from_bytes(row.read(1)?),
        staff_id: StaffId::from_bytes(row.read(2)?),
        asked: row.read(3)?,
    }))
}

/// Notes whether a terminal may have been asked for its count.
///
/// # Errors
///
/// Those of the database.
pub(in crate::payments) fn count_asked(
    tx: &mut Tx,
    register: RegisterId,
    asked: bool,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE terminal_counts_wanted SET asked = $2 WHERE register = $1",
        params![register.0, asked],
    )?;
    Ok(())
}

/// Returns what the store holds of a terminal's money since the count before, and lets it stand in
/// this one; nothing more is to be asked.
///
/// # Errors
///
/// Those of the database.
pub(in crate::payments) fn counted(
    tx: &mut Tx,
    register: RegisterId,
    intent: &str,
) -> Result<CardCount, DbError> {
    let mut held = CardCount::default();
    let rows = tx.query_all(
        "SELECT purpose = 'sale', count(*), sum(coalesce(moved_minor, amount_minor))
         FROM card_attempts
         WHERE register = $1 AND counted_in IS NULL AND state IN ('approved', 'reversed')
         GROUP BY 1",
        params![register.0],
    )?;
    for row in &rows {
        let (is_paid, times, sum): (bool, u32, i64) = (row.read(0)?, row.read(1)?, row.read(2)?);
        match is_paid {
            true => (held.payments, held.paid_minor) = (times, Minor(sum)),
            false => (held.reversals, held.reversed_minor) = (times, Minor(sum)),
        }
    }
    tx.execute(
        "UPDATE card_attempts SET counted_in = $2
         WHERE register = $1 AND counted_in IS NULL AND state IN ('approved', 'reversed')",
        params![register.0, intent],
    )?;
    tx.execute(
        "DELETE FROM terminal_counts_wanted WHERE register = $1",
        params![register.0],
    )?;
    Ok(held)
}
