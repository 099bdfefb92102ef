//! Who works an open drawer: somebody takes it over without it being counted.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{EdgeNumber, RegisterId, ShiftId, StaffId};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::shifts::CashierChanged;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ShiftError, name_of, open_shift};
use crate::command::Command;
use crate::context::Context;
use crate::shifts::rules::{ShiftRefused, take_over};
use crate::shifts::store;
use crate::staff::{self, Person};

/// Who works a drawer from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct CashierView {
    /// The shift, which goes on.
    pub shift_id: ShiftId,
    /// Who works it, by name.
    pub cashier: Option<String>,
    /// Who worked it before, by name.
    pub before: Option<String>,
}

/// Lets the person take over the open drawer of their register. Nothing is counted and nothing
/// closed.
///
/// # Errors
///
/// [`ShiftError`].
pub(crate) async fn change_cashier(
    ctx: &Context,
    person: &Person,
    command: Command,
) -> Result<CashierView, ShiftError> {
    staff::permit(ctx, person, Operation::ChangeCashier).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| change_now(&context, tx, &person))
    };
    ctx.db().write(work).await
}

fn change_now(ctx: &Context, tx: &mut Tx, person: &Person) -> Result<CashierView, ShiftError> {
    let register = person.register;
    let shift = open_shift(tx, register)?.ok_or(ShiftRefused::NotOpen)?;
    let from = cashier_at(tx, register)?;
    let changed: CashierChanged = take_over(shift.shift_id, from, person.staff_id)?;
    let place = ctx.place(Some(register), Some(person.staff_id));
    ctx.replica().record(tx, EdgeNumber::HUB, place, &changed)?;
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || {
        live.publish(crate::sales::topic(register));
    }));
    tracing::info!(register.id = register.0, shift.id = %shift.shift_id, "a drawer was taken over");
    Ok(CashierView {
        shift_id: shift.shift_id,
        cashier: Some(person.name.clone()),
        before: name_of(tx, from)?,
    })
}

/// Returns who works the drawer of a register: who took it over last, else who opened it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn cashier_at(tx: &mut Tx, register: RegisterId) -> Result<Option<StaffId>, DbError> {
    let row = store::latest(tx, register)?.filter(|row| row.closing.is_none());
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(store::cashier(tx, row.shift_id)?.or(row.opened_by))
}
