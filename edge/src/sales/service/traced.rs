//! Which serial number or lot a line is: typed, or scanned while one is asked for.

use counterpart_daemon::db::Tx;
use counterpart_protocol::ids::RegisterId;

use super::{SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::sales::rules::BasketRefused;
use crate::sales::store;
use crate::staff::Person;

/// Says at the person's register which serial number or lot a line is.
///
/// # Errors
///
/// [`SalesError::Trace`]; the failures.
pub(crate) async fn trace(
    ctx: &Context,
    person: &Person,
    (line, number): (u16, String),
    command: Command,
) -> Result<(), SalesError> {
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            trace_now(&context, tx, register, (line, &number))
        })
    };
    ctx.db().write(work).await
}

/// Takes a code that is nothing else for the number the basket of a register asks for; returns the
/// line it is on, if one was asked for and this can be it.
pub(super) fn take_number(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    text: &str,
) -> Result<Option<u16>, SalesError> {
    let Some(basket) = loaded(ctx, tx, register)? else {
        return Ok(None);
    };
    let Some(line) = basket.untraced().map(|(_, line)| line.line) else {
        return Ok(None);
    };
    match trace_now(ctx, tx, register, (line, text)) {
        Ok(()) => Ok(Some(line)),
        // It waits on the screen as any code nobody knows.
        Err(SalesError::Trace(_)) => Ok(None),
        Err(failed) => Err(failed),
    }
}

fn trace_now(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (line, number): (u16, &str),
) -> Result<(), SalesError> {
    let before = loaded(ctx, tx, register)?;
    let no_line = BasketRefused::NoSuchLine { line };
    let mut basket = before.clone().ok_or(no_line)?;
    basket.trace(line, number)?;
    store::save_basket(tx, register, before.as_ref(), &basket, ctx.now_ms())?;
    wake(ctx, tx, register);
    Ok(())
}
