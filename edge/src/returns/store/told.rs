//! What the hub tells of refunds elsewhere: they count here, and what was too much is raised.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::SaleId;
use counterpart_protocol::returns::RefundsTold;

use super::foreign;
use crate::exceptions;

/// Keeps what the hub tells of a sale, counts what came back elsewhere, and raises what was too
/// much under the id it has at the hub; what is no longer too much is taken back.
pub(super) fn put(tx: &mut Tx, fact: &Fact, told: &RefundsTold) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refunds_told (sale_id, fact) VALUES ($1, $2)
         ON CONFLICT (sale_id) DO UPDATE SET fact = excluded.fact",
        params![told.sale_id.to_bytes(), fact.encode_said()],
    )?;
    for refund in &told.refunds {
        foreign::put_back(tx, told.sale_id, &refund.back)?;
    }
    let raised_at_ms = told.refunds.iter().map(|it| it.at_ms).max().unwrap_or(0);
    exceptions::of_sale(tx, told.sale_id, told.over().as_ref(), raised_at_ms)
}

/// Returns what the hub last told of refunds of a sale, if it did.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// When the stored fact is not the one that was folded.
pub(crate) fn refunds_told(tx: &mut Tx, sale_id: SaleId) -> Result<Option<RefundsTold>, DbError> {
    let row = tx.query_opt(
        "SELECT fact FROM refunds_told WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    let told = |row: Row| {
        let bytes: Vec<u8> = row.read(0)?;
        let fact = Fact::decode(&bytes).expect("a folded fact is canonical");
        Ok(fact.read().expect("a folded fact could be read"))
    };
    row.map(told).transpose()
}
