//! The SQL of refunds by sale, and of what stores were told of them.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{EdgeNumber, SaleId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{RefundsTold, ReturnRecorded, SoldUnits};

const OURS: &str = "only what facts say is stored";

/// The tables of the views.
pub(in crate::returns) const ELSEWHERE_VIEWS: &[&str] = &["refund_facts", "refunds_told"];

/// A refund as it was stated.
#[derive(Debug, Clone)]
pub(in crate::returns) struct Refund {
    pub(in crate::returns) fact: Fact,
    pub(in crate::returns) edge: EdgeNumber,
    pub(in crate::returns) recorded: ReturnRecorded,
}

/// Keeps a refund; the row of its sale is locked from here on, so that two that arrive at once see
/// each other.
pub(in crate::returns) fn put_refund(
    tx: &mut Tx,
    edge: EdgeNumber,
    fact: &Fact,
    recorded: &ReturnRecorded,
) -> Result<(), DbError> {
    let sale_id = recorded.sale_id.to_bytes();
    let is_provisional = i64::from(recorded.provisional.is_some());
    tx.execute(
        "INSERT INTO refunded_sales (sale_id, is_due) VALUES ($1, $2)
         ON CONFLICT (sale_id) DO UPDATE SET is_due =
             CASE WHEN refunded_sales.is_due > excluded.is_due
                  THEN refunded_sales.is_due ELSE excluded.is_due END",
        params![sale_id, is_provisional],
    )?;
    tx.execute(
        "INSERT INTO refund_facts (fact_id, return_id, sale_id, edge, is_provisional, fact)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (fact_id) DO NOTHING",
        params![
            fact.header.id.to_bytes(),
            recorded.return_id.to_bytes(),
            sale_id,
            edge.0,
            is_provisional,
            fact.encode_said(),
        ],
    )?;
    Ok(())
}

/// Locks the row of a sale of which some was refunded, until the transaction ends; tells whether
/// there is one.
pub(in crate::returns) fn lock(tx: &mut Tx, sale_id: SaleId) -> Result<bool, DbError> {
    // An update that changes nothing: both engines keep others from the row until we are done.
    let locked = tx.execute(
        "UPDATE refunded_sales SET is_due = is_due WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    Ok(locked > 0)
}

/// Notes whether stores may have to be told of a sale's refunds.
pub(in crate::returns) fn set_due(
    tx: &mut Tx,
    sale_id: SaleId,
    is_due: Due,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE refunded_sales SET is_due = $2 WHERE sale_id = $1",
        params![sale_id.to_bytes(), i64::from(is_due == Due::Yes)],
    )?;
    Ok(())
}

/// Whether stores may have to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::returns) enum Due {
    Yes,
    No,
}

/// Returns the sales of which stores may have to be told, at most `limit`.
pub(in crate::returns) fn due(tx: &mut Tx, limit: u32) -> Result<Vec<SaleId>, DbError> {
    let rows = tx.query_all(
        "SELECT sale_id FROM refunded_sales WHERE is_due = 1 ORDER BY sale_id LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| Ok(SaleId::from_bytes(row.read(0)?)))
        .collect()
}

/// Returns what was refunded of a sale, by ascending id of the facts.
pub(in crate::returns) fn refunds(tx: &mut Tx, sale_id: SaleId) -> Result<Vec<Refund>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, fact FROM refund_facts WHERE sale_id = $1 ORDER BY fact_id",
        params![sale_id.to_bytes()],
    )?;
    rows.iter()
        .map(|row| {
            let bytes: Vec<u8> = row.read(1)?;
            let fact = Fact::decode(&bytes).expect(OURS);
            Ok(Refund {
                edge: EdgeNumber(row.read(0)?),
                recorded: fact.read().expect(OURS),
                fact,
            })
        })
        .collect()
}

/// Returns how much was sold by each line of a sale.
pub(in crate::returns) fn sold_units(
    tx: &mut Tx,
    sale_id: SaleId,
) -> Result<Vec<SoldUnits>, DbError> {
    let rows = tx.query_all(
        "SELECT line, sku, quantity_milli FROM sale_lines WHERE sale_id = $1 ORDER BY line",
        params![sale_id.to_bytes()],
    )?;
    rows.iter()
        .map(|row| {
            let sku: String = row.read(1)?;
            Ok(SoldUnits {
                line: row.read(0)?,
                sku: sku.parse().expect(OURS),
                quantity_milli: Milli(row.read(2)?),
            })
        })
        .collect()
}

fn json(told: &RefundsTold) -> String {
    serde_json::to_string(told).expect("it has texts as keys")
}

pub(in crate::returns) fn put_told(
    tx: &mut Tx,
    edge: EdgeNumber,
    told: &RefundsTold,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refunds_told (sale_id, edge, body) VALUES ($1, $2, $3)
         ON CONFLICT (sale_id, edge) DO UPDATE SET body = excluded.body",
        params![told.sale_id.to_bytes(), edge.0, json(told)],
    )?;
    Ok(())
}

/// Returns the edges that were told of a sale's refunds, and whether that is what `told` says.
pub(in crate::returns) fn told_to(
    tx: &mut Tx,
    told: &RefundsTold,
) -> Result<Vec<(EdgeNumber, bool)>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, body FROM refunds_told WHERE sale_id = $1",
        params![told.sale_id.to_bytes()],
    )?;
    let wanted = json(told);
    rows.iter()
        .map(|row| Ok((EdgeNumber(row.read(0)?), row.read::<String>(1)? == wanted)))
        .collect()
}
