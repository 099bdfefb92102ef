//! The table of returns whose cards are being given their money back.

use counterpart_daemon::db::{DbError, Row, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::ids::{RegisterId, SaleId, StaffId};
use counterpart_protocol::sales::Tender;
use serde::de::DeserializeOwned;

use crate::returns::rules::Brought;

/// A return that waits for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CardRefund {
    /// The sale.
    pub sale_id: SaleId,
    /// Where.
    pub register: RegisterId,
    /// Who takes it back.
    pub staff_id: StaffId,
    /// The manager who approved it.
    pub approved_by: Option<StaffId>,
    /// What is brought.
    pub brought: Vec<Brought>,
    /// What went back to cards so far.
    pub done: Vec<Tender>,
    /// What the terminal is asked for now; nothing once that came to nothing.
    pub intent: Option<String>,
}

/// Keeps a return that waits for a terminal.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// Never: what is brought can be written as JSON.
pub(crate) fn put_refund(tx: &mut Tx, refund: &CardRefund) -> Result<(), DbError> {
    let brought = serde_json::to_string(&refund.brought).expect("it has texts as keys");
    let done = serde_json::to_string(&refund.done).expect("it has texts as keys");
    tx.execute(
        "INSERT INTO card_refunds (sale_id, register, staff_id, approved_by, brought, done, intent)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (sale_id) DO UPDATE SET done = excluded.done, intent = excluded.intent",
        params![
            refund.sale_id.to_bytes(),
            refund.register.0,
            refund.staff_id.to_bytes(),
            refund.approved_by.map(StaffId::to_bytes),
            brought,
            done,
            refund.intent.clone(),
        ],
    )?;
    Ok(())
}

/// Forgets a return that waited: it was stated, or given up before anything went back.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_refund(tx: &mut Tx, sale_id: SaleId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM card_refunds WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    Ok(())
}

/// Forgets every return and exchange that waits: an earlier life of this store may have stated it.
/// What its terminal was asked for stays named.
///
/// # Errors
///
/// Those of the database.
pub fn forget_work(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute("DELETE FROM card_refunds", params![])?;
    tx.execute("DELETE FROM basket_exchanges", params![])?;
    Ok(())
}

/// Returns what waits of a sale.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn refund_of(tx: &mut Tx, sale_id: SaleId) -> Result<Option<CardRefund>, DbError> {
    let row = tx.query_opt(
        "SELECT sale_id, register, staff_id, approved_by, brought, done, intent FROM card_refunds
         WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    row.as_ref().map(read).transpose()
}

/// Returns how many returns wait at a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn refunds_at(tx: &mut Tx, register: RegisterId) -> Result<usize, DbError> {
    let row = tx.query_one(
        "SELECT COUNT(*) FROM card_refunds WHERE register = $1",
        params![register.0],
    )?;
    let count: i64 = row.read(0)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

fn read(row: &Row) -> Result<CardRefund, DbError> {
    let approved_by: Option<[u8; 16]> = row.read(3)?;
    Ok(CardRefund {
        sale_id: SaleId::from_bytes(row.read(0)?),
        register: RegisterId(row.read(1)?),
        staff_id: StaffId::from_bytes(row.read(2)?),
        approved_by: approved_by.map(StaffId::from_bytes),
        brought: json(row, 4)?,
        done: json(row, 5)?,
        intent: row.read(6)?,
    })
}

pub(super) fn json<T: DeserializeOwned>(row: &Row, column: usize) -> Result<T, DbError> {
    let text: String = row.read(column)?;
    serde_json::from_str(&text).map_err(|wrong| DbError::Column {
        column,
        sql: "card_refunds".into(),
        mismatch: ValueMismatch {
            found: wrong.to_string(),
            expected: "what this program wrote".to_owned(),
        },
    })
}
