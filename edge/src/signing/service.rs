//! Takes a paid sale over and hands its receipt on: with its signature, or saying why without.
//!
//! What is asked of the device, and when, is `asking`; each step that is kept is one transaction
//! here.

mod asking;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_hardware::Signature;
use counterpart_protocol::ids::{EdgeNumber, OutageId, PrintJobId, RegisterId, SaleId};
use counterpart_protocol::sales::{
    OutageReason, ReceiptUnsigned, SaleRecorded, SaleSignature, SaleSigned, SigningOutageBegan,
    SigningOutageEnded,
};

pub use asking::{Progress, keep, run_once};

use super::TOPIC;
use super::rules::Mark;
use super::store::{self, Waiting};
use crate::context::Context;
use crate::sales::{self, Sold};
use crate::web::STATUS_TOPIC;

/// Why signing did not go on.
#[derive(Debug, thiserror::Error)]
pub enum SigningFailed {
    /// The fact could not be stated.
    #[error("could not state what became of a signature")]
    Replica(#[from] ReplicaFailed),
    /// The database failed.
    #[error("could not read or store what is to be signed")]
    Db(#[from] DbError),
}

/// What becomes of the receipt of a sale just paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Handed {
    /// It is printed now and says this of its signature.
    Print(Mark),
    /// It is printed when the signer was heard, or not heard in time.
    Waits,
}

/// Takes a sale over in the transaction that states it: where nothing is signed, or an outage goes
/// on, its receipt is printed at once.
///
/// # Errors
///
/// [`SigningFailed`].
pub(crate) fn hand_over(
    ctx: &Context,
    tx: &mut Tx,
    sale: &SaleRecorded,
    print: PrintJobId,
) -> Result<Handed, SigningFailed> {
    if ctx.signer().is_none() {
        return Ok(Handed::Print(Mark::None));
    }
    store::put(tx, sale.sale_id, print, ctx.now_ms())?;
    if let Some(outage) = store::outage(tx)? {
        state_unsigned(ctx, tx, sale, outage.outage_id)?;
        return Ok(Handed::Print(Mark::Failed));
    }
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(TOPIC)));
    Ok(Handed::Waits)
}

/// Keeps a signature, unless the sale has one, and prints the receipt that waited for it. An answer
/// in time ends an outage.
fn keep_signature(
    ctx: &Context,
    tx: &mut Tx,
    waiting: &Waiting,
    signature: Signature,
    pace: Pace,
) -> Result<bool, SigningFailed> {
    let sale_id = waiting.sale_id;
    let Some(Sold { sale, .. }) = sales::sold(tx, sale_id)? else {
        // A sale is never taken back; there is nothing to sign without one.
        store::forget(tx, sale_id)?;
        return Ok(false);
    };
    let is_new = !matches!(store::mark_of(tx, sale_id)?, Mark::Signed { .. });
    if is_new {
        let signed = SaleSigned {
            sale_id,
            receipt: sale.receipt,
            signature: signature_of(signature),
            outage_id: waiting.outage_id,
        };
        let place = ctx.place(Some(sale.receipt.register), None);
        ctx.replica().record(tx, EdgeNumber::HUB, place, &signed)?;
    }
    let print = store::still_waiting(tx, sale_id)?.and_then(|still| still.print);
    store::forget(tx, sale_id)?;
    if let Some(print) = print {
        sales::print_receipt(ctx, tx, sale_id, print)?;
    }
    if pace == Pace::InTime {
        end_outage(ctx, tx)?;
    }
    wake(ctx, tx, sale.receipt.register);
    Ok(is_new)
}

/// Prints the receipt of a sale without a signature: it says so, and the outage is stated if it is
/// new.
fn print_unsigned(
    ctx: &Context,
    tx: &mut Tx,
    sale_id: SaleId,
    reason: OutageReason,
) -> Result<bool, SigningFailed> {
    let Some(still) = store::still_waiting(tx, sale_id)? else {
        return Ok(false);
    };
    let Some(Sold { sale, .. }) = sales::sold(tx, sale_id)? else {
        store::forget(tx, sale_id)?;
        return Ok(false);
    };
    let outage_id = match store::outage(tx)? {
        Some(outage) => outage.outage_id,
        None => begin_outage(ctx, tx, reason)?,
    };
    state_unsigned(ctx, tx, &sale, outage_id)?;
    if let Some(print) = still.print {
        sales::print_receipt(ctx, tx, sale_id, print)?;
    }
    wake(ctx, tx, sale.receipt.register);
    Ok(true)
}

/// Whether a signer answered while a customer would still have waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    InTime,
    Late,
}

fn state_unsigned(
    ctx: &Context,
    tx: &mut Tx,
    sale: &SaleRecorded,
    outage_id: OutageId,
) -> Result<(), SigningFailed> {
    let unsigned = ReceiptUnsigned {
        sale_id: sale.sale_id,
        receipt: sale.receipt,
        outage_id,
    };
    let place = ctx.place(Some(sale.receipt.register), None);
    ctx.replica()
        .record(tx, EdgeNumber::HUB, place, &unsigned)?;
    Ok(store::give_up(tx, sale.sale_id)?)
}

fn begin_outage(
    ctx: &Context,
    tx: &mut Tx,
    reason: OutageReason,
) -> Result<OutageId, SigningFailed> {
    let (at_ms, random) = ctx.new_ulid();
    let outage_id = OutageId::from_parts(at_ms, random);
    let began = SigningOutageBegan { outage_id, reason };
    let place = ctx.place(None, None);
    ctx.replica().record(tx, EdgeNumber::HUB, place, &began)?;
    tracing::warn!(
        reason = reason.word(),
        "the fiscal signer failed: receipts are printed without a signature"
    );
    Ok(outage_id)
}

/// Ends the outage that goes on, if one does; returns whether one did.
fn end_outage(ctx: &Context, tx: &mut Tx) -> Result<bool, SigningFailed> {
    let Some(outage) = store::outage(tx)? else {
        return Ok(false);
    };
    let ended = SigningOutageEnded {
        outage_id: outage.outage_id,
    };
    let place = ctx.place(None, None);
    ctx.replica().record(tx, EdgeNumber::HUB, place, &ended)?;
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(STATUS_TOPIC)));
    tracing::info!("the fiscal signer works again");
    Ok(true)
}

/// Wakes the pages that show the sale, the register or the signer.
fn wake(ctx: &Context, tx: &mut Tx, register: RegisterId) {
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || {
        live.publish(sales::SALES_TOPIC);
        live.publish(sales::topic(register));
        live.publish(STATUS_TOPIC);
    }));
}

fn signature_of(answered: Signature) -> SaleSignature {
    SaleSignature {
        serial: answered.serial,
        transaction: answered.transaction,
        counter: answered.counter,
        began_at_ms: answered.began_at_ms,
        signed_at_ms: answered.signed_at_ms,
        algorithm: answered.algorithm,
        value: answered.value,
        qr: answered.qr,
    }
}
