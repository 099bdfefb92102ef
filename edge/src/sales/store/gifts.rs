//! The view of gift receipts: how many were printed for a sale.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{SaleId, StaffId};
use counterpart_protocol::sales::GiftReceiptPrinted;

use super::sold::at_ms;

/// Returns how many gift receipts of a sale were printed.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn gift_receipts(tx: &mut Tx, sale_id: SaleId) -> Result<u16, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(MAX(paper), 0) FROM gift_receipts WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    row.read(0)
}

/// Folds gift receipts into the view.
pub(crate) struct Projected;

impl Projection for Projected {
    fn name(&self) -> &'static str {
        "gift_receipts"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::GiftReceiptPrinted]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        let printed: GiftReceiptPrinted = fact.read()?;
        tx.execute(
            "INSERT INTO gift_receipts (sale_id, paper, staff_id, printed_at_ms)
             VALUES ($1, $2, $3, $4) ON CONFLICT (sale_id, paper) DO NOTHING",
            params![
                printed.sale_id.to_bytes(),
                printed.paper,
                fact.header.staff.map(StaffId::to_bytes),
                at_ms(fact),
            ],
        )?;
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["gift_receipts"]
    }
}
