//! The signed code of a receipt: made for the paper, and read where somebody scans it.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::codes::{CodeKind, SignedCode, Subject};
use counterpart_protocol::ids::SaleId;
use counterpart_protocol::sales::{ReceiptNumber, SaleRecorded};
use counterpart_protocol::time::BusinessDate;

use crate::context::Context;
use crate::reference;
use crate::sales::store;

/// Returns what the picture on a receipt says: the sale, its day and what was paid, signed with
/// this store's key, so that every store of the chain can check it with no hub. The same each time
/// it is printed.
#[must_use]
pub(crate) fn code_of(ctx: &Context, sale: &SaleRecorded, date: BusinessDate) -> String {
    let store = &ctx.profile().store_id;
    let code = SignedCode::of_sale(sale, store, date);
    ctx.code_signer().sign_receipt(code)
}

/// Returns the number of a receipt of this store by its code; nothing for every other text.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn receipt_of_code(
    ctx: &Context,
    tx: &mut Tx,
    text: &str,
) -> Result<Option<ReceiptNumber>, DbError> {
    if !SignedCode::is_one(text) {
        return Ok(None);
    }
    let Some(sale_id) = receipt_sale(ctx, tx, text)? else {
        return Ok(None);
    };
    Ok(store::sold(tx, sale_id)?.map(|sold| sold.sale.receipt))
}

/// Returns the sale of a receipt of this store, by its number or by its code; nothing for every
/// other text, and for a code that is not believed.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn receipt_sale(
    ctx: &Context,
    tx: &mut Tx,
    text: &str,
) -> Result<Option<SaleId>, DbError> {
    let text = text.trim();
    if let Ok(receipt) = text.parse() {
        return store::sale_of_receipt(tx, receipt);
    }
    if !SignedCode::is_one(text) {
        return Ok(None);
    }
    let Ok((code, _)) = reference::read_code(ctx, tx, text)? else {
        return Ok(None);
    };
    match (code.kind, code.subject) {
        (CodeKind::Receipt, Subject::Sale(sale_id)) => {
            Ok(store::sold(tx, sale_id)?.map(|sold| sold.sale.sale_id))
        }
        (CodeKind::Receipt | CodeKind::Pickup | CodeKind::PackingSlip, _) => Ok(None),
    }
}
