//! Invoices for sales, on request: the number, the fact and the print job in one transaction. Whom
//! it is for goes to the printer and nowhere else.

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::{EdgeNumber, PrintJobId, SaleId};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::sales::{InvoiceIssued, InvoiceReprinted, PaperKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SALES_TOPIC, SalesError};
use crate::command::Command;
use crate::context::Context;
use crate::devices::{NewPrintJob, PrintKind};
use crate::sales::receipt::{CopyOf, Invoice, Receipt, invoice};
use crate::sales::rules::{self, Buyer, InvoiceRefused, Invoicing, Range};
use crate::sales::store::{self, Invoiced, Sold};
use crate::signing;
use crate::staff::{self, Person};

/// An invoice as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct InvoiceView {
    /// The sale.
    pub sale_id: SaleId,
    /// The number on the invoice.
    #[schema(example = "GHE-I-7.2-000017")]
    pub invoice: String,
    /// Which copy this is, from 1; nothing for the invoice itself.
    pub copy: Option<u16>,
    /// It on paper.
    pub print_job_id: PrintJobId,
}

/// Makes out the invoice of a sale, or a copy of the one it has, at the person's register.
///
/// # Errors
///
/// [`SalesError::Invoice`], [`SalesError::NoSuchSale`], the failures.
pub(crate) async fn invoice_sale(
    ctx: &Context,
    person: &Person,
    sale_id: SaleId,
    buyer: Buyer,
    command: Command,
) -> Result<InvoiceView, SalesError> {
    staff::permit(ctx, person, Operation::Invoice).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            invoice_now(&context, tx, &person, sale_id, &buyer)
        })
    };
    ctx.db().write(work).await
}

fn invoice_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    sale_id: SaleId,
    buyer: &Buyer,
) -> Result<InvoiceView, SalesError> {
    let sold = store::sold(tx, sale_id)?.ok_or(SalesError::NoSuchSale(sale_id))?;
    let profile = ctx.profile();
    let setup = ctx.register(person.register);
    if setup.is_none_or(|register| register.printer.is_none()) {
        return Err(InvoiceRefused::NoPrinter(person.register).into());
    }
    rules::seller_known(profile.tax_number.as_deref(), &profile.details)?;
    let known = store::invoiced(tx, sale_id)?;
    let (now_ms, place) = (
        ctx.now_ms(),
        ctx.place(Some(person.register), Some(person.staff_id)),
    );
    let issued = known
        .as_ref()
        .map(|known| (known.number.clone(), known.copies));
    let (made, copy) = match rules::invoicing(issued, next_in_range(ctx, tx)?) {
        Invoicing::Issue(number) => {
            let fact = InvoiceIssued {
                sale_id,
                receipt: sold.sale.receipt,
                number: number.clone(),
            };
            ctx.replica().record(tx, EdgeNumber::HUB, place, &fact)?;
            let made = Invoiced {
                number,
                issued_at_ms: now_ms,
                copies: 0,
            };
            (made, None)
        }
        Invoicing::Copy(number, copy) => {
            let fact = InvoiceReprinted {
                sale_id,
                number: number.clone(),
                copy,
            };
            ctx.replica().record(tx, EdgeNumber::HUB, place, &fact)?;
            let made = Invoiced {
                number,
                issued_at_ms: known.map_or(now_ms, |known| known.issued_at_ms),
                copies: copy,
            };
            (made, Some(copy))
        }
    };
    let print_job_id = queue(ctx, tx, person, &sold, (&made, copy), buyer)?;
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(SALES_TOPIC)));
    let invoice = made.number.to_string();
    tracing::info!(sale.id = %sale_id, invoice, ?copy, "an invoice goes to paper");
    Ok(InvoiceView {
        sale_id,
        invoice,
        copy,
        print_job_id,
    })
}

/// Returns where this store server's invoices stand; the series is its incarnation.
fn next_in_range(ctx: &Context, tx: &mut Tx) -> Result<Range, SalesError> {
    let me = ctx.replica().identity(tx)?;
    let writer = me.ok_or(ReplicaFailed::NoIdentity)?.writer;
    let (profile, series) = (ctx.profile(), writer.incarnation.0);
    Ok(Range {
        prefix: rules::prefix(&profile.store_id, &profile.details),
        edge: writer.edge,
        series,
        next: store::next_paper(tx, PaperKind::Invoice, series)?,
    })
}

fn queue(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    sold: &Sold,
    (made, copy): (&Invoiced, Option<u16>),
    buyer: &Buyer,
) -> Result<PrintJobId, SalesError> {
    let mark = signing::mark_of(tx, sold.sale.sale_id)?;
    let document = invoice(&Invoice {
        receipt: Receipt {
            profile: &ctx.profile(),
            locale: ctx.lang().locale(),
            sale: &sold.sale,
            back: sold.back.as_ref(),
            sold_at_ms: sold.sold_at_ms,
            cashier: None,
            copy: copy.map(|number| CopyOf {
                number,
                printed_at_ms: ctx.now_ms(),
            }),
            mark: &mark,
            code: "",
        },
        number: &made.number,
        issued_at_ms: made.issued_at_ms,
        buyer,
    });
    let (at_ms, random) = ctx.new_ulid();
    let job_id = PrintJobId::from_parts(at_ms, random);
    ctx.devices().queue_print(
        tx,
        &NewPrintJob {
            job_id,
            register: person.register,
            kind: PrintKind::Invoice,
            sale_id: Some(sold.sale.sale_id),
            document: &document,
            open_drawer: None,
        },
    )?;
    Ok(job_id)
}
