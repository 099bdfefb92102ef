//! The table of what comes back with the sale in work at a register.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{RegisterId, ReturnId, SaleId, StaffId};
use counterpart_protocol::sales::Tender;

use super::refunds::json;
use crate::returns::rules::Brought;

/// What comes back with the sale in work at a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InExchange {
    /// Where.
    pub register: RegisterId,
    /// The sale goods come back of.
    pub sale_id: SaleId,
    /// The return it becomes.
    pub return_id: ReturnId,
    /// The manager who approved it.
    pub approved_by: Option<StaffId>,
    /// What is brought.
    pub brought: Vec<Brought>,
    /// What went back to cards so far.
    pub done: Vec<Tender>,
    /// What the terminal is asked for now; nothing once that came to nothing.
    pub intent: Option<String>,
}

/// Keeps what comes back with the sale in work at a register.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// Never: what is brought can be written as JSON.
pub(crate) fn put_exchange(tx: &mut Tx, exchange: &InExchange) -> Result<(), DbError> {
    let brought = serde_json::to_string(&exchange.brought).expect("it has texts as keys");
    let done = serde_json::to_string(&exchange.done).expect("it has texts as keys");
    tx.execute(
        "INSERT INTO basket_exchanges (register, sale_id, return_id, approved_by, brought, done,
             intent)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (register) DO UPDATE SET done = excluded.done, intent = excluded.intent",
        params![
            exchange.register.0,
            exchange.sale_id.to_bytes(),
            exchange.return_id.to_bytes(),
            exchange.approved_by.map(StaffId::to_bytes),
            brought,
            done,
            exchange.intent.clone(),
        ],
    )?;
    Ok(())
}

/// Forgets what came back at a register: it was stated, or taken out of the sale.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_exchange(tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM basket_exchanges WHERE register = $1",
        params![register.0],
    )?;
    Ok(())
}

/// Returns what comes back at a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn exchange_at(
    tx: &mut Tx,
    register: RegisterId,
) -> Result<Option<InExchange>, DbError> {
    let row = tx.query_opt(
        "SELECT register, sale_id, return_id, approved_by, brought, done, intent
         FROM basket_exchanges WHERE register = $1",
        params![register.0],
    )?;
    row.as_ref().map(read).transpose()
}

/// Returns the exchange goods of a sale come back in.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn exchange_of(tx: &mut Tx, sale_id: SaleId) -> Result<Option<InExchange>, DbError> {
    let row = tx.query_opt(
        "SELECT register, sale_id, return_id, approved_by, brought, done, intent
         FROM basket_exchanges WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    row.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<InExchange, DbError> {
    let approved_by: Option<[u8; 16]> = row.read(3)?;
    Ok(InExchange {
        register: RegisterId(row.read(0)?),
        sale_id: SaleId::from_bytes(row.read(1)?),
        return_id: ReturnId::from_bytes(row.read(2)?),
        approved_by: approved_by.map(StaffId::from_bytes),
        brought: json(row, 4)?,
        done: json(row, 5)?,
        intent: row.read(6)?,
    })
}
