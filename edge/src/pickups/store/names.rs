//! Names of customers, sealed, beside the pseudonyms of the views.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::customers::CustomerAsked;
use counterpart_protocol::ids::{CustomerId, FulfilmentId, OrderId};

use super::read_fulfilment;
use crate::pickups::rules::NameStanding;

/// What is stored of a customer's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameRow {
    /// What is known.
    pub standing: NameStanding,
    /// The name, sealed, if it is known.
    pub sealed: Option<Vec<u8>>,
    /// When the hub last told it, in milliseconds UTC.
    pub fetched_at_ms: Option<i64>,
    /// When the hub was last asked, in milliseconds UTC.
    pub asked_at_ms: i64,
    /// How often in a row that came to nothing.
    pub attempts: u32,
    /// When it is asked again, in milliseconds UTC.
    pub ask_at_ms: i64,
}

/// Returns customers of open pickups whose name nobody asked for yet, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn new_customers(tx: &mut Tx, limit: usize) -> Result<Vec<CustomerAsked>, DbError> {
    let rows = tx.query_all(
        "SELECT p.customer_id, MAX(p.order_id) FROM pickups p
         WHERE p.customer_id IS NOT NULL AND p.list <> 'done'
             AND NOT EXISTS (SELECT 1 FROM customer_names n WHERE n.customer_id = p.customer_id)
         GROUP BY p.customer_id ORDER BY MIN(p.promise_at_ms) LIMIT $1",
        params![i64::try_from(limit).unwrap_or(i64::MAX)],
    )?;
    rows.iter().map(read_asked).collect()
}

/// Returns customers whose name is to be asked for again at `now_ms`: their time has come, the hub
/// was away since (`back_at_ms`), or the clock was put back. At most `limit`, the longest waiting
/// first, each with an order of theirs, an open one if there is one.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn due_customers(
    tx: &mut Tx,
    now_ms: i64,
    back_at_ms: i64,
    limit: usize,
) -> Result<Vec<CustomerAsked>, DbError> {
    let rows = tx.query_all(
        "SELECT n.customer_id, (SELECT p.order_id FROM pickups p
                 WHERE p.customer_id = n.customer_id
                 ORDER BY p.list = 'done', p.order_id DESC LIMIT 1) AS order_id
         FROM customer_names n
         WHERE n.standing <> 'erased'
             AND (n.ask_at_ms <= $1 OR n.asked_at_ms < $2 OR n.asked_at_ms > $1)
             AND EXISTS (SELECT 1 FROM pickups p WHERE p.customer_id = n.customer_id)
         ORDER BY n.asked_at_ms, n.customer_id LIMIT $3",
        params![now_ms, back_at_ms, i64::try_from(limit).unwrap_or(i64::MAX)],
    )?;
    rows.iter().map(read_asked).collect()
}

fn read_asked(row: &Row) -> Result<CustomerAsked, DbError> {
    Ok(CustomerAsked {
        customer_id: CustomerId::from_bytes(row.read(0)?),
        order_id: OrderId::from_bytes(row.read(1)?),
    })
}

/// Returns what is stored of a customer's name.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn name_row(tx: &mut Tx, id: CustomerId) -> Result<Option<NameRow>, DbError> {
    let row = tx.query_opt(
        "SELECT standing, sealed, fetched_at_ms, asked_at_ms, attempts, ask_at_ms
         FROM customer_names WHERE customer_id = $1",
        params![id.to_bytes()],
    )?;
    row.map(|row| {
        let word: String = row.read(0)?;
        let standing = NameStanding::of(&word).ok_or_else(|| DbError::Corrupt {
            detail: format!("customer_names.standing holds {word:?}"),
        })?;
        Ok(NameRow {
            standing,
            sealed: row.read(1)?,
            fetched_at_ms: row.read(2)?,
            asked_at_ms: row.read(3)?,
            attempts: row.read(4)?,
            ask_at_ms: row.read(5)?,
        })
    })
    .transpose()
}

/// Stores what is known of a customer's name now.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_name(tx: &mut Tx, id: CustomerId, row: &NameRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO customer_names (customer_id, standing, sealed, fetched_at_ms, asked_at_ms,
             attempts, ask_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (customer_id) DO UPDATE SET standing = excluded.standing,
             sealed = excluded.sealed, fetched_at_ms = excluded.fetched_at_ms,
             asked_at_ms = excluded.asked_at_ms, attempts = excluded.attempts,
             ask_at_ms = excluded.ask_at_ms",
        params![
            id.to_bytes(),
            row.standing.word(),
            row.sealed.as_deref(),
            row.fetched_at_ms,
            row.asked_at_ms,
            row.attempts,
            row.ask_at_ms,
        ],
    )?;
    Ok(())
}

const FORGOTTEN: &str = "FROM customer_names WHERE NOT EXISTS (SELECT 1 FROM pickups p
    WHERE p.customer_id = customer_names.customer_id
        AND (p.list <> 'done' OR p.changed_at_ms >= $1))";

/// Tells whether a name is here whose pickups were all over before this moment.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn any_forgotten(tx: &mut Tx, before_ms: i64) -> Result<bool, DbError> {
    let sql = format!("SELECT 1 {FORGOTTEN} LIMIT 1");
    Ok(tx.query_opt(&sql, params![before_ms])?.is_some())
}

/// Drops the names of customers whose pickups were all over before this moment; returns how many.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_forgotten(tx: &mut Tx, before_ms: i64) -> Result<u64, DbError> {
    tx.execute(&format!("DELETE {FORGOTTEN}"), params![before_ms])
}

/// Returns the open pickups whose customer's name is here, by the promise's clock, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn named_pickups(
    tx: &mut Tx,
    limit: u32,
) -> Result<Vec<(FulfilmentId, CustomerId, Vec<u8>)>, DbError> {
    let rows = tx.query_all(
        "SELECT p.fulfilment_id, p.customer_id, n.sealed FROM pickups p
         JOIN customer_names n ON n.customer_id = p.customer_id
         WHERE p.list <> 'done' AND n.sealed IS NOT NULL
         ORDER BY p.promise_at_ms, p.fulfilment_id LIMIT $1",
        params![limit],
    )?;
    let read = |row: &Row| {
        let customer_id = CustomerId::from_bytes(row.read(1)?);
        Ok((read_fulfilment(row, 0)?, customer_id, row.read(2)?))
    };
    rows.iter().map(read).collect()
}
