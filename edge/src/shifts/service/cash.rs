//! Cash that moves outside a sale, and a drawer that opens for none: a fact, the drawer, and a slip
//! for what leaves, in one transaction.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{EdgeNumber, FactId, PrintJobId, RegisterId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::shifts::{CashMovement, DrawerOpened};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ShiftError, open_shift, print};
use crate::command::Command;
use crate::context::Context;
use crate::devices::{DrawerCause, DrawerWish};
use crate::shifts::receipt::{CashSlip, cash_slip};
use crate::shifts::rules::{self, CashReason, ShiftRefused, Told};
use crate::shifts::store::{self, MovementRow};
use crate::staff::{self, Limits, Person};

/// Movements listed of a shift: more than any day has.
const LISTED: u32 = 200;

/// Cash that moved, as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct MovedView {
    /// The fact.
    pub fact_id: FactId,
    /// Which way.
    pub movement: CashMovement,
    /// How much.
    pub amount_minor: Minor,
    /// The currency of the amount.
    pub currency: Currency,
    /// The slip on paper, for what left the drawer.
    pub print_job_id: Option<PrintJobId>,
}

/// A drawer that was opened for no sale, as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct NoSaleView {
    /// The fact.
    pub fact_id: FactId,
}

/// Moves cash into or out of the drawer of the person's register.
///
/// # Errors
///
/// [`ShiftError`].
pub(crate) async fn move_cash(
    ctx: &Context,
    person: &Person,
    told: Told,
    approval_pin: Option<String>,
    command: Command,
) -> Result<MovedView, ShiftError> {
    let operation = rules::operation_of(told.movement);
    let asked = (operation, Limits::Within);
    let approved_by = staff::permit_with(ctx, person, asked, approval_pin).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            move_now(&context, tx, &person, &told, approved_by)
        })
    };
    ctx.db().write(work).await
}

fn move_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    told: &Told,
    approved_by: Option<StaffId>,
) -> Result<MovedView, ShiftError> {
    let (register, by) = (person.register, person.staff_id);
    let shift = open_shift(tx, register)?.ok_or(ShiftRefused::NotOpen)?;
    let currency = ctx.profile().currency;
    let moved = rules::move_cash(shift.shift_id, told, currency, approved_by)?;
    let place = ctx.place(Some(register), Some(by));
    let recorded = ctx.replica().record(tx, EdgeNumber::HUB, place, &moved)?;
    let cause = DrawerCause::CashMoved;
    ctx.devices()
        .open_drawer(tx, register, DrawerWish { cause, by })?;
    let print_job_id = match moved.movement {
        CashMovement::PaidIn => None,
        CashMovement::PaidOut | CashMovement::Dropped => {
            let slip = CashSlip {
                register,
                moved: &moved,
                reason: told.reason,
                at_ms: ctx.now_ms(),
                by: &person.name,
            };
            let document = cash_slip(&ctx.profile(), &ctx.lang(), &slip);
            Some(print(ctx, tx, register, &document)?)
        }
    };
    tracing::info!(
        register.id = register.0,
        movement = moved.movement.word(),
        "cash moved outside a sale"
    );
    Ok(MovedView {
        fact_id: recorded.fact_id,
        movement: moved.movement,
        amount_minor: moved.amount_minor,
        currency,
        print_job_id,
    })
}

/// Opens the drawer of the person's register for no sale.
///
/// # Errors
///
/// [`ShiftError`].
pub(crate) async fn no_sale(
    ctx: &Context,
    person: &Person,
    reason: Option<CashReason>,
    command: Command,
) -> Result<NoSaleView, ShiftError> {
    staff::permit(ctx, person, Operation::NoSale).await?;
    let (context, register, by) = (ctx.clone(), person.register, person.staff_id);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let shift = open_shift(tx, register)?.ok_or(ShiftRefused::NotOpen)?;
            let reason = rules::no_sale(reason)?;
            let cause = DrawerCause::NoSale;
            let opened = DrawerOpened {
                shift_id: shift.shift_id,
                cause: cause.word().to_owned(),
                reason: Some(reason.word().to_owned()),
            };
            let place = context.place(Some(register), Some(by));
            let replica = context.replica();
            let recorded = replica.record(tx, EdgeNumber::HUB, place, &opened)?;
            let wish = DrawerWish { cause, by };
            context.devices().open_drawer(tx, register, wish)?;
            Ok(NoSaleView {
                fact_id: recorded.fact_id,
            })
        })
    };
    ctx.db().write(work).await
}

/// Returns what moved in the open shift of a register, the newest first; nothing while its till is
/// closed.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn movements(tx: &mut Tx, register: RegisterId) -> Result<Vec<MovementRow>, DbError> {
    match open_shift(tx, register)? {
        Some(shift) => store::movements(tx, shift.shift_id, LISTED),
        None => Ok(Vec::new()),
    }
}
