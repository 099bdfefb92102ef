//! What the register is doing: taking money, selling on, the next sale, or nothing any more.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::RegisterId;

use super::cards::{is_paid_by_card, none_asked};
use super::coupons::settle_coupons;
use super::paying::ready;
use super::scanning::selling;
use super::{SalesError, wake};
use crate::command::Command;
use crate::context::Context;
use crate::sales::store::{self, Phase, Screen};
use crate::staff::Person;
use crate::{returns, shifts, stored};

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
    settle_coupons(ctx, person).await?;
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

/// Returns how many lines stand in the basket of a register, a card that paid for it or is asked
/// counting as one, and how many scans wait there.
///
/// # Errors
///
/// Those of the database.
pub fn in_work(tx: &mut Tx, register: RegisterId) -> Result<(usize, usize), DbError> {
    let basket = store::basket(tx, register)?;
    let lines = basket.map_or(0, |basket| basket.standing_lines().count());
    let lines = lines.max(usize::from(is_paid_by_card(tx, register)?));
    // Goods that come back lie on the counter.
    let exchange = returns::exchange_at(tx, register)?;
    let lines = lines + usize::from(exchange.is_some());
    Ok((lines, store::waiting(tx, register)?.len()))
}

/// Puts the screen of a register back to its start: its till was closed.
///
/// # Errors
///
/// Those of the database.
pub fn till_closed(ctx: &Context, tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    // Lines that were all voided would else begin the next shift's first sale.
    stored::give_up(ctx, tx, register)?;
    store::clear_basket(tx, register)?;
    let screen = selling(store::screen(tx, register)?);
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    Ok(())
}
