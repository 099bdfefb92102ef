//! Finding what may come back: the sale a receipt is of, its lines, and what came back before.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::codes::SignedCode;
use counterpart_protocol::ids::{RegisterId, ReturnId, SaleId, Sku};
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{ReceiptNumber, SaleRecorded};
use serde::Serialize;
use utoipa::ToSchema;

use super::provisional::ReadCode;
use super::{ReturnError, passing, provisional};
use crate::context::Context;
use crate::reference;
use crate::returns::rules::{self, Before, ProvisionalRefused, ReturnRefused};
use crate::returns::store::{self, Returned};
use crate::sales::{self, Sold};

/// A sale, and what of it may still come back.
#[derive(Debug, Clone)]
pub(crate) struct Returnable {
    /// The sale.
    pub sold: Sold,
    /// Its lines.
    pub lines: Vec<LineLeft>,
    /// What came back of it before, the oldest first.
    pub returns: Vec<Returned>,
}

/// A line of a sale, and what of it may still come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LineLeft {
    /// Its number.
    pub line: u16,
    /// What.
    pub sku: Sku,
    /// Its name as printed.
    pub description: String,
    /// How much was sold.
    pub sold_milli: Milli,
    /// How much can still come back.
    pub left_milli: Milli,
    /// What was paid for it.
    pub paid_minor: Minor,
    /// What goes back when all that is left comes back.
    pub refundable_minor: Minor,
}

/// What a receipt is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A sale this store may refund.
    Here(SaleId),
    /// A sale of another store: its code says what was paid.
    Elsewhere(SaleId),
}

/// Finds the sale a customer's receipt is of, by its number or its code: one of this store, or of
/// another one whose right is here.
///
/// # Errors
///
/// [`ReturnError`], by what the number or the code is of; those of the database.
pub(crate) fn find(ctx: &Context, tx: &mut Tx, typed: &str) -> Result<SaleId, ReturnError> {
    if !SignedCode::is_one(typed.trim()) {
        let receipt = number(ctx, typed)?;
        let found = sales::sale_of_receipt(tx, receipt)?;
        return found.ok_or(ReturnError::NoSuchReceipt(receipt));
    }
    let read = provisional::read_code(ctx, tx, typed)?;
    match is_here(ctx, tx, &read)? {
        true => Ok(read.sale_id),
        false => {
            let store = read.code.store.to_string();
            Err(ReturnRefused::from(ProvisionalRefused::OtherStore(store)).into())
        }
    }
}

/// Finds the sale of a receipt that is scanned or typed at the desk; the code of another store's is
/// kept, so that its page can be shown.
///
/// # Errors
///
/// [`ReturnError`], by what the number or the code is of; those of the database.
pub(crate) fn scan(ctx: &Context, tx: &mut Tx, typed: &str) -> Result<Found, ReturnError> {
    let typed = typed.trim();
    if !SignedCode::is_one(typed) {
        return find(ctx, tx, typed).map(Found::Here);
    }
    let read = provisional::read_code(ctx, tx, typed)?;
    if is_here(ctx, tx, &read)? {
        return Ok(Found::Here(read.sale_id));
    }
    store::put_code(tx, read.sale_id, typed, ctx.now_ms())?;
    Ok(Found::Elsewhere(read.sale_id))
}

/// Tells whether a code is of a sale this store made, or got the right to refund.
fn is_here(ctx: &Context, tx: &mut Tx, read: &ReadCode) -> Result<bool, DbError> {
    if read.code.store == ctx.profile().store_id {
        return Ok(true);
    }
    let right = store::right_of(tx, read.sale_id)?;
    Ok(right.is_some_and(|right| right.is_here))
}

/// Reads the number of a receipt of this side: of the shop, or of its training store.
///
/// # Errors
///
/// [`ReturnError::NotANumber`]; whose it is, if it is the other side's.
pub(super) fn number(ctx: &Context, typed: &str) -> Result<ReceiptNumber, ReturnError> {
    let typed = typed.trim();
    let read = typed.parse();
    let receipt = read.map_err(|_| ReturnError::NotANumber(typed.chars().take(40).collect()))?;
    ctx.ground().check(receipt)?;
    Ok(receipt)
}

/// Returns a sale with what of it may still come back.
///
/// # Errors
///
/// Those of [`passing::refundable`].
pub(crate) fn returnable(
    ctx: &Context,
    tx: &mut Tx,
    sale_id: SaleId,
) -> Result<Returnable, ReturnError> {
    let sold = passing::refundable(ctx, tx, sale_id)?;
    let before = store::before(tx, sale_id)?;
    Ok(Returnable {
        lines: lines_left(&sold.sale, &before),
        returns: store::of_sale(tx, sale_id)?,
        sold,
    })
}

/// Returns the lines of a sale with what of each may still come back.
pub(super) fn lines_left(sale: &SaleRecorded, before: &Before) -> Vec<LineLeft> {
    let lines = sale.lines.iter().map(|line| {
        let back = before.amounts.get(&line.line).copied().unwrap_or_default();
        LineLeft {
            line: line.line,
            sku: line.sku.clone(),
            description: line.description.clone(),
            sold_milli: line.quantity_milli,
            left_milli: rules::left_of(line, before),
            paid_minor: line.amount_minor,
            // Refunds elsewhere may come to more than was paid.
            refundable_minor: Minor(line.amount_minor.0.saturating_sub(back.0).max(0)),
        }
    });
    lines.collect()
}

/// Returns a return, who took it back by name, and when its sale was, in milliseconds UTC.
///
/// # Errors
///
/// [`ReturnError::NoSuchReturn`]; those of the database.
pub(crate) fn taken(
    tx: &mut Tx,
    return_id: ReturnId,
) -> Result<(Returned, Option<String>, i64), ReturnError> {
    let returned = store::by_id(tx, return_id)?.ok_or(ReturnError::NoSuchReturn(return_id))?;
    let by = match returned.staff {
        Some(staff_id) => reference::member_by_id(tx, staff_id)?.map(|member| member.name),
        None => None,
    };
    let sold = passing::sold_anywhere(tx, returned.recorded.sale_id)?;
    let sold_at_ms = sold.map_or(returned.at_ms, |sold| sold.sold_at_ms);
    Ok((returned, by, sold_at_ms))
}

/// Returns the address of a register's page of returns.
#[must_use]
pub(crate) fn returns_path(register: RegisterId) -> String {
    format!("/register/{register}/returns")
}
