//! The table of suspended baskets.

use counterpart_daemon::db::{DbError, Row, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::ids::{RegisterId, StaffId};
use counterpart_protocol::money::Minor;

use crate::sales::rules::Basket;

/// How long it is remembered who recalled a basket, in milliseconds: 35 days, as answers are.
const REMEMBERED_MS: i64 = 35 * 24 * 3_600_000;

/// A suspended basket as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suspended {
    /// Its number.
    pub number: i64,
    /// What the people at the till call it.
    pub name: Option<String>,
    /// How many items.
    pub items: i64,
    /// What it came to.
    pub total_minor: Minor,
    /// Where it was suspended.
    pub register: RegisterId,
    /// By whom.
    pub by: StaffId,
    /// When, in milliseconds UTC.
    pub at_ms: i64,
    /// Who has it, if somebody recalled it.
    pub recalled: Option<Recalled>,
}

/// Who recalled a basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recalled {
    /// Where.
    pub register: RegisterId,
    /// Who.
    pub by: StaffId,
    /// When, in milliseconds UTC.
    pub at_ms: i64,
}

/// Suspends a basket that was begun at `begun_at_ms` (milliseconds UTC) and returns its number; old
/// ones that were recalled are forgotten.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// Never: a basket can be written as JSON.
pub(crate) fn put_suspended(
    tx: &mut Tx,
    basket: &Basket,
    begun_at_ms: i64,
    told: &Suspended,
) -> Result<i64, DbError> {
    tx.execute(
        "DELETE FROM suspended_baskets WHERE recalled_at_ms < $1",
        params![told.at_ms - REMEMBERED_MS],
    )?;
    let json = serde_json::to_string(basket).expect("a basket has texts for keys");
    let row = tx.query_one(
        "INSERT INTO suspended_baskets (sale_id, name, basket, begun_at_ms, items, total_minor,
             register, suspended_by, suspended_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING number",
        params![
            basket.sale_id.to_bytes(),
            told.name.clone(),
            json,
            begun_at_ms,
            told.items,
            told.total_minor.0,
            told.register.0,
            told.by.to_bytes(),
            told.at_ms,
        ],
    )?;
    row.read(0)
}

/// Returns the baskets that wait, the oldest first, at most 200.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn suspended(tx: &mut Tx) -> Result<Vec<Suspended>, DbError> {
    let rows = tx.query_all(
        "SELECT number, name, items, total_minor, register, suspended_by, suspended_at_ms,
             recalled_register, recalled_by, recalled_at_ms
         FROM suspended_baskets WHERE recalled_at_ms IS NULL ORDER BY number LIMIT 200",
        params![],
    )?;
    rows.iter().map(read).collect()
}

/// Returns how many baskets wait.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn count_suspended(tx: &mut Tx) -> Result<i64, DbError> {
    let row = tx.query_one(
        "SELECT COUNT(*) FROM suspended_baskets WHERE recalled_at_ms IS NULL",
        params![],
    )?;
    row.read(0)
}

/// Returns a basket by its number, whether it waits or not.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn suspended_by_number(tx: &mut Tx, number: i64) -> Result<Option<Suspended>, DbError> {
    let row = tx.query_opt(
        "SELECT number, name, items, total_minor, register, suspended_by, suspended_at_ms,
             recalled_register, recalled_by, recalled_at_ms
         FROM suspended_baskets WHERE number = $1",
        params![number],
    )?;
    row.as_ref().map(read).transpose()
}

/// Notes who recalls a basket that waits, and returns it with the moment it was begun.
///
/// # Errors
///
/// Those of the database; [`DbError::Column`] when what is stored is no basket.
pub(crate) fn take_suspended(
    tx: &mut Tx,
    number: i64,
    recalled: Recalled,
) -> Result<Option<(Basket, i64)>, DbError> {
    let row = tx.query_opt(
        "UPDATE suspended_baskets
         SET recalled_register = $2, recalled_by = $3, recalled_at_ms = $4
         WHERE number = $1 AND recalled_at_ms IS NULL RETURNING basket, begun_at_ms",
        params![
            number,
            recalled.register.0,
            recalled.by.to_bytes(),
            recalled.at_ms
        ],
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let json: String = row.read(0)?;
    let basket = serde_json::from_str(&json).map_err(|wrong| DbError::Column {
        column: 0,
        sql: "suspended_baskets.basket".into(),
        mismatch: ValueMismatch {
            found: wrong.to_string(),
            expected: "a basket".to_owned(),
        },
    })?;
    Ok(Some((basket, row.read(1)?)))
}

fn read(row: &Row) -> Result<Suspended, DbError> {
    let recalled_at_ms: Option<i64> = row.read(9)?;
    let recalled = match recalled_at_ms {
        Some(at_ms) => Some(Recalled {
            register: RegisterId(row.read(7)?),
            by: StaffId::from_bytes(row.read(8)?),
            at_ms,
        }),
        None => None,
    };
    Ok(Suspended {
        number: row.read(0)?,
        name: row.read(1)?,
        items: row.read(2)?,
        total_minor: Minor(row.read(3)?),
        register: RegisterId(row.read(4)?),
        by: StaffId::from_bytes(row.read(5)?),
        at_ms: row.read(6)?,
        recalled,
    })
}
