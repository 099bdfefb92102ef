//! What the register is doing: taking money, selling on, and the next sale.

use counterpart_daemon::db::Tx;

use super::cards::none_asked;
use super::paying::ready;
use super::scanning::selling;
use super::{SalesError, wake};
use crate::command::Command;
use crate::context::Context;
use crate::sales::store::{self, Phase, Screen};
use crate::staff::Person;
use crate::{shifts, stored};

/// Begins to take money at the person's register.
///
/// # Errors
///
/// [`SalesError::Pay`] when something stands in the way, [`SalesError::TillClosed`], the failures.
pub(crate) async fn begin_tender(
    ctx: &Context,
    person: &Person,
    command: Command,
) -> Result<(), SalesError> {
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            shifts::open_shift(tx, register)?.ok_or(SalesError::TillClosed)?;
            let (basket, settled) = ready(&context, tx, register)?;
            settled.allows(&basket)?;
            let screen = Screen {
                phase: Phase::Tendering,
                asked_minor: None,
                ..store::screen(tx, register)?
            };
            store::put_screen(tx, register, screen)?;
            wake(&context, tx, register);
            Ok(())
        })
    };
    ctx.db().write(work).await
}

/// Goes back to the sale; what was given goes back to the customer, but what a card paid stays.
///
/// # Errors
///
/// [`SalesError::Pay`] while a terminal is asked; the failures.
pub(crate) async fn back_to_sale(
    ctx: &Context,
    person: &Person,
    command: Command,
) -> Result<(), SalesError> {
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            none_asked(tx, register)?;
            store::clear_given(tx, register)?;
            stored::give_up(&context, tx, register)?;
            let screen = selling(store::screen(tx, register)?);
            store::put_screen(tx, register, screen)?;
            wake(&context, tx, register);
            Ok(())
        })
    };
    ctx.db().write(work).await
}

/// Takes the change off the screen; a scan does so too.
///
/// # Errors
///
/// The failures of [`SalesError`].
pub(crate) async fn next_sale(
    ctx: &Context,
    person: &Person,
    command: Command,
) -> Result<(), SalesError> {
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let screen = store::screen(tx, register)?;
            if screen.phase == Phase::Paid {
                store::put_screen(tx, register, selling(screen))?;
                wake(&context, tx, register);
            }
            Ok(())
        })
    };
    ctx.db().write(work).await
}
