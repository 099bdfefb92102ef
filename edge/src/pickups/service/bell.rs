//! The bell: rings for each new pickup until somebody accepts it, and is seen when nobody heard it.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{FulfilmentId, PrintJobId, RegisterId};

use super::loading::{Loaded, at, load};
use super::names::{self, CustomerName};
use super::{PickupError, wake};
use crate::context::Context;
use crate::devices::{NewPrintJob, PrintKind};
use crate::pickups::rules::{self, PickupRefused};
use crate::pickups::slip::{Slip, SlipLine, slip};
use crate::pickups::store::{self, Sounded};
use crate::web::STATUS_TOPIC;

/// Bells that are counted; more than that is a hundred customers at once.
const BELLS_MAX: u32 = 100;

/// New pickups that nobody has accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NewPickups {
    /// How many.
    pub count: u32,
    /// Changes with every new one, so that each is heard.
    pub newest_rung_at_ms: i64,
    /// How many no open page has shown yet.
    pub unheard: u32,
}

/// Returns the new pickups that nobody has accepted.
///
/// # Errors
///
/// Those of the database.
pub fn new_pickups(tx: &mut Tx) -> Result<NewPickups, DbError> {
    let mut new = NewPickups::default();
    for bell in store::unanswered(tx, BELLS_MAX)? {
        new.count += 1;
        new.newest_rung_at_ms = new.newest_rung_at_ms.max(bell.rung_at_ms);
        new.unheard += u32::from(bell.reached_at_ms.is_none());
    }
    Ok(new)
}

/// Notes that an open page shows the bells that ring; telling it twice changes nothing.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn heard(ctx: &Context, sounded: Sounded) -> Result<(), DbError> {
    let context = ctx.clone();
    ctx.db()
        .write(move |tx| {
            if store::put_reached(tx, sounded, context.now_ms())? > 0 {
                wake(&context, tx);
            }
            Ok(())
        })
        .await
}

/// Begins to ring for a part, and prints its pick list where there is a printer; tells whether.
pub(super) fn ring(ctx: &Context, tx: &mut Tx, id: FulfilmentId) -> Result<bool, PickupError> {
    // Another pass may have been quicker.
    if store::bell(tx, id)?.is_some() {
        return Ok(false);
    }
    let loaded = match load(ctx, tx, id) {
        Ok(loaded) => loaded,
        // It rings once the hub has said all it had to say about it.
        Err(PickupError::Refused(PickupRefused::HalfHeard)) => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut registers = ctx.registers().into_iter();
    let printing = registers.find(|one| one.printer.is_some());
    match printing.map(|register| register.id) {
        Some(register) => print_slip(ctx, tx, &loaded, register)?,
        None => store::put_bell(tx, id, None, ctx.now_ms())?,
    }
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(STATUS_TOPIC)));
    wake(ctx, tx);
    tracing::info!(order.id = %loaded.order_id, fulfilment.id = %id, "a new pickup rings");
    Ok(true)
}

/// Prints the pick list of a part at a register.
pub(super) fn print_slip(
    ctx: &Context,
    tx: &mut Tx,
    loaded: &Loaded,
    register: RegisterId,
) -> Result<(), PickupError> {
    let work = &loaded.work;
    let lines = work
        .lines
        .iter()
        .filter(|line| line.count.remaining().0 > 0);
    let lines: Vec<SlipLine> = lines
        .map(|line| SlipLine {
            name: line.name.clone(),
            sku: line.count.sku.clone(),
            quantity_milli: line.count.remaining(),
        })
        .collect();
    let ordered_by = loaded.placed.as_ref().and_then(|placed| placed.customer_id);
    let customer = match ordered_by {
        Some(id) => names::shown(ctx, tx, id)?,
        None => CustomerName::Nobody,
    };
    let document = slip(
        &ctx.lang(),
        &Slip {
            reference: &work.reference,
            customer: customer.known().map(rules::short_name),
            promise: work.part.promise_at_ms.map(|ms| at(ctx, ms)),
            printed: at(ctx, ctx.now_ms()),
            lines: &lines,
        },
    );
    let (at_ms, random) = ctx.new_ulid();
    let job_id = PrintJobId::from_parts(at_ms, random);
    ctx.devices().queue_print(
        tx,
        &NewPrintJob {
            job_id,
            register,
            kind: PrintKind::Report,
            sale_id: None,
            document: &document,
            open_drawer: None,
        },
    )?;
    store::put_bell(tx, loaded.fulfilment_id, Some(job_id), ctx.now_ms())?;
    Ok(())
}
