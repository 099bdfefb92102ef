//! Gift receipts: a second paper of a sale, without prices.

use counterpart_daemon::db::Tx;
use counterpart_protocol::ids::{EdgeNumber, PrintJobId, SaleId};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::sales::GiftReceiptPrinted;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SALES_TOPIC, SalesError, wake};
use crate::command::Command;
use crate::context::Context;
use crate::devices::{NewPrintJob, PrintKind};
use crate::sales::receipt::{GiftReceipt, gift_receipt};
use crate::sales::store;
use crate::staff::{self, Person};

/// A gift receipt as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct GiftView {
    /// The sale.
    pub sale_id: SaleId,
    /// The number on its receipt, which the gift receipt bears too.
    pub receipt: String,
    /// Which gift receipt of the sale this is, from 1.
    pub paper: u16,
    /// The paper.
    pub print_job_id: PrintJobId,
}

/// Prints a gift receipt of a sale at the person's register.
///
/// # Errors
///
/// [`SalesError::NoSuchSale`], the failures.
pub(crate) async fn print_gift_receipt(
    ctx: &Context,
    person: &Person,
    sale_id: SaleId,
    command: Command,
) -> Result<GiftView, SalesError> {
    staff::permit(ctx, person, Operation::GiftReceipt).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            print_now(&context, tx, &person, sale_id)
        })
    };
    ctx.db().write(work).await
}

fn print_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    sale_id: SaleId,
) -> Result<GiftView, SalesError> {
    let sold = store::sold(tx, sale_id)?.ok_or(SalesError::NoSuchSale(sale_id))?;
    let paper = store::gift_receipts(tx, sale_id)?.saturating_add(1);
    let printed = GiftReceiptPrinted {
        sale_id,
        receipt: sold.sale.receipt,
        paper,
    };
    let place = ctx.place(Some(person.register), Some(person.staff_id));
    ctx.replica().record(tx, EdgeNumber::HUB, place, &printed)?;
    let document = gift_receipt(&GiftReceipt {
        profile: &ctx.profile(),
        locale: ctx.lang().locale(),
        sale: &sold.sale,
        sold_at_ms: sold.sold_at_ms,
    });
    let (at_ms, random) = ctx.new_ulid();
    let print_job_id = PrintJobId::from_parts(at_ms, random);
    ctx.devices().queue_print(
        tx,
        &NewPrintJob {
            job_id: print_job_id,
            register: person.register,
            // In doubt it is simply asked for again: it is no receipt that must be there once.
            kind: PrintKind::Report,
            sale_id: Some(sale_id),
            document: &document,
            open_drawer: None,
        },
    )?;
    wake(ctx, tx, person.register);
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(SALES_TOPIC)));
    tracing::info!(sale.id = %sale_id, paper, "a gift receipt was printed");
    Ok(GiftView {
        sale_id,
        receipt: sold.sale.receipt.to_string(),
        paper,
        print_job_id,
    })
}
