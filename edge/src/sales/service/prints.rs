//! Receipts after the sale: copies, and saying what became of a print nobody is sure of.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{EdgeNumber, PrintJobId, RegisterId, SaleId};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::sales::{PrintSettled, ReceiptReprinted, Settlement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::codes::code_of;
use super::{SALES_TOPIC, SalesError, wake};
use crate::command::Command;
use crate::context::Context;
use crate::devices::{self, NewPrintJob, PrintJob, PrintKind};
use crate::sales::receipt::{CopyOf, Receipt, receipt};
use crate::sales::store;
use crate::signing;
use crate::staff::{self, Person};

/// A copy of a receipt as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct CopyView {
    /// The sale.
    pub sale_id: SaleId,
    /// The number on its receipt.
    pub receipt: String,
    /// Which copy of it this is, from 1.
    pub copy: u16,
    /// The copy on paper.
    pub print_job_id: PrintJobId,
}

/// A settled print as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct SettledView {
    /// The print.
    pub job_id: PrintJobId,
    /// What was said.
    pub settlement: Settlement,
    /// The copy that was printed instead, if one was.
    pub copy: Option<CopyView>,
}

/// Prints a receipt again, marked COPY, at the person's register.
///
/// # Errors
///
/// [`SalesError::NoSuchSale`], the failures.
pub(crate) async fn reprint(
    ctx: &Context,
    person: &Person,
    sale_id: SaleId,
    command: Command,
) -> Result<CopyView, SalesError> {
    staff::permit(ctx, person, Operation::Reprint).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            reprint_now(&context, tx, &person, sale_id)
        })
    };
    ctx.db().write(work).await
}

/// Notes what a person says became of an uncertain print; `Reprinted` prints a copy of the receipt
/// at once.
///
/// # Errors
///
/// [`SalesError::NothingToSettle`], [`SalesError::NoSuchSale`], the failures.
pub(crate) async fn settle_print(
    ctx: &Context,
    person: &Person,
    job_id: PrintJobId,
    settlement: Settlement,
    command: Command,
) -> Result<SettledView, SalesError> {
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            settle_now(&context, tx, &person, job_id, settlement)
        })
    };
    ctx.db().write(work).await
}

fn settle_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    job_id: PrintJobId,
    settlement: Settlement,
) -> Result<SettledView, SalesError> {
    let nothing = SalesError::NothingToSettle(job_id);
    let job = devices::print_job(tx, job_id)?.filter(PrintJob::is_unsettled);
    let job = job.ok_or(nothing)?;
    if settlement == Settlement::Reprinted && job.kind.is_sent_again() {
        let (at_ms, random) = ctx.new_ulid();
        let again = PrintJobId::from_parts(at_ms, random);
        ctx.devices().print_again(tx, &job, again)?;
    }
    devices::settle(tx, job_id, settlement, ctx.now_ms())?;
    let place = ctx.place(Some(job.register), Some(person.staff_id));
    let settled = PrintSettled {
        job_id,
        sale_id: job.sale_id,
        settlement,
    };
    ctx.replica().record(tx, EdgeNumber::HUB, place, &settled)?;
    let of_receipt = match job.kind {
        PrintKind::Receipt | PrintKind::Copy => job.sale_id,
        // A report is printed again where it is shown, and an invoice at its sale: whom it is for
        // stands on the paper only.
        PrintKind::Invoice | PrintKind::Report => None,
        // A label, and the paper of a card, is sent again as it was, above.
        PrintKind::Label | PrintKind::CarrierLabel | PrintKind::StoredCard => None,
    };
    let copy = match (settlement, of_receipt) {
        (Settlement::Reprinted, Some(sale_id)) => Some(reprint_now(ctx, tx, person, sale_id)?),
        (Settlement::Reprinted, None) | (Settlement::Printed | Settlement::Abandoned, _) => None,
    };
    wake(ctx, tx, job.register);
    wake_devices(ctx, tx, job.register);
    Ok(SettledView {
        job_id,
        settlement,
        copy,
    })
}

fn reprint_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    sale_id: SaleId,
) -> Result<CopyView, SalesError> {
    let sold = store::sold(tx, sale_id)?.ok_or(SalesError::NoSuchSale(sale_id))?;
    let copy = store::copies(tx, sale_id)?.saturating_add(1);
    let place = ctx.place(Some(person.register), Some(person.staff_id));
    let reprinted = ReceiptReprinted {
        sale_id,
        receipt: sold.sale.receipt,
        copy,
    };
    ctx.replica()
        .record(tx, EdgeNumber::HUB, place, &reprinted)?;
    let cashier = super::views::name_of(tx, &sold)?;
    let document = receipt(&Receipt {
        profile: &ctx.profile(),
        locale: ctx.lang().locale(),
        sale: &sold.sale,
        back: sold.back.as_ref(),
        sold_at_ms: sold.sold_at_ms,
        cashier: cashier.as_deref(),
        copy: Some(CopyOf {
            number: copy,
            printed_at_ms: ctx.now_ms(),
        }),
        mark: &signing::mark_of(tx, sale_id)?,
        code: &code_of(ctx, &sold.sale, sold.business_date),
    });
    let (at_ms, random) = ctx.new_ulid();
    let print_job_id = PrintJobId::from_parts(at_ms, random);
    ctx.devices().queue_print(
        tx,
        &NewPrintJob {
            job_id: print_job_id,
            register: person.register,
            kind: PrintKind::Copy,
            sale_id: Some(sale_id),
            document: &document,
            open_drawer: None,
        },
    )?;
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(SALES_TOPIC)));
    tracing::info!(sale.id = %sale_id, copy, "a receipt was printed again");
    Ok(CopyView {
        sale_id,
        receipt: sold.sale.receipt.to_string(),
        copy,
        print_job_id,
    })
}

/// Prints the receipt of a sale that waited for its signature, at the register that sold it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn print_receipt(
    ctx: &Context,
    tx: &mut Tx,
    sale_id: SaleId,
    job_id: PrintJobId,
) -> Result<(), DbError> {
    let Some(sold) = store::sold(tx, sale_id)? else {
        return Ok(());
    };
    let cashier = super::views::name_of(tx, &sold)?;
    let document = receipt(&Receipt {
        profile: &ctx.profile(),
        locale: ctx.lang().locale(),
        sale: &sold.sale,
        back: sold.back.as_ref(),
        sold_at_ms: sold.sold_at_ms,
        cashier: cashier.as_deref(),
        copy: None,
        mark: &signing::mark_of(tx, sale_id)?,
        code: &code_of(ctx, &sold.sale, sold.business_date),
    });
    let job = NewPrintJob {
        job_id,
        register: sold.sale.receipt.register,
        kind: PrintKind::Receipt,
        sale_id: Some(sale_id),
        document: &document,
        open_drawer: None,
    };
    ctx.devices().queue_print(tx, &job)
}

fn wake_devices(ctx: &Context, tx: &mut Tx, register: RegisterId) {
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(devices::topic(register))));
}
