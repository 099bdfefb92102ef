//! Changes of a basket by hand: quantities, removing a line and taking that back, giving up.

use counterpart_daemon::db::Tx;
use counterpart_protocol::ids::{EdgeNumber, RegisterId};
use counterpart_protocol::policies::{Operation, Permission};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::BasketVoided;

use super::cards::none_paid_by_card;
use super::scanning::selling;
use super::{SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::returns;
use crate::sales::rules::{Basket, BasketRefused, Step};
use crate::sales::store::{self, Screen};
use crate::staff::{self, Person};
use crate::stored;

/// What is done to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineChange {
    /// Its quantity is set.
    Quantity(Milli),
    /// One more or one less.
    Step(Step),
    /// It is taken out.
    Void,
    /// Taking it out is taken back.
    Restore,
}

/// Changes a line of the basket at the person's register.
///
/// # Errors
///
/// [`SalesError::Basket`] and the failures.
pub(crate) async fn change_line(
    ctx: &Context,
    person: &Person,
    line: u16,
    change: LineChange,
    command: Command,
) -> Result<(), SalesError> {
    // Who may alone is not held up by looking.
    let is_asked = person.may(Operation::VoidLine) != Permission::Alone;
    if is_asked && takes_out(ctx, person.register, (line, change)).await? {
        staff::permit(ctx, person, Operation::VoidLine).await?;
    }
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            change_now(&context, tx, &person, line, change)
        })
    };
    ctx.db().write(work).await
}

/// Tells whether a change takes a line out of the basket of a register, or some of it.
async fn takes_out(
    ctx: &Context,
    register: RegisterId,
    (line, change): (u16, LineChange),
) -> Result<bool, SalesError> {
    let wanted = match change {
        LineChange::Void | LineChange::Step(Step::Less) => return Ok(true),
        LineChange::Restore | LineChange::Step(Step::More) => return Ok(false),
        LineChange::Quantity(wanted) => wanted,
    };
    let basket = ctx.db().read(move |tx| store::basket(tx, register)).await?;
    let lines = basket.iter().flat_map(|basket| &basket.lines);
    let mut lines = lines.filter(|it| it.line == line);
    Ok(lines.any(|it| it.quantity_milli > wanted))
}

/// Gives up the basket at the person's register: its lines are stated as voided, what waited there
/// is put aside.
///
/// # Errors
///
/// [`SalesError::Pay`] while a card paid for it, or may have; the failures. An empty register stays
/// as it is.
pub(crate) async fn void_basket(
    ctx: &Context,
    person: &Person,
    command: Command,
) -> Result<(), SalesError> {
    staff::permit(ctx, person, Operation::VoidBasket).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work =
        move |tx: &mut Tx| command.once(tx, context.now_ms(), |tx| void_now(&context, tx, &person));
    ctx.db().write(work).await
}

fn change_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    line: u16,
    change: LineChange,
) -> Result<(), SalesError> {
    let register = person.register;
    let before = loaded(ctx, tx, register)?;
    let mut basket = before.clone().ok_or(BasketRefused::NoSuchLine { line })?;
    basket.leads(line)?;
    if matches!(change, LineChange::Quantity(_) | LineChange::Step(_)) {
        basket.is_goods(line)?;
        basket.is_countable(line)?;
    }
    match change {
        LineChange::Quantity(quantity) => basket.set_quantity(line, quantity)?,
        LineChange::Step(step) => basket.step(line, step)?,
        LineChange::Void => basket.void(line, Some(person.staff_id))?,
        LineChange::Restore => basket.restore(line)?,
    }
    store::save_basket(tx, register, before.as_ref(), &basket, ctx.now_ms())?;
    // Money that was being taken is asked for again, of the new total.
    let screen = Screen {
        selected_line: Some(line),
        ..selling(store::screen(tx, register)?)
    };
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    Ok(())
}

fn void_now(ctx: &Context, tx: &mut Tx, person: &Person) -> Result<(), SalesError> {
    let register = person.register;
    // Money a card paid would belong to nothing.
    none_paid_by_card(ctx, tx, register)?;
    returns::drop_exchange(ctx, tx, register)?;
    if let Some(mut basket) = loaded(ctx, tx, register)? {
        void_all(&mut basket, person)?;
        let voided = BasketVoided {
            sale_id: basket.sale_id,
            currency: ctx.profile().currency,
            voided: basket.voided_lines(),
        };
        // A customer who was named and bought nothing was no sale.
        if !voided.voided.is_empty() {
            let place = ctx.place(Some(register), Some(person.staff_id));
            ctx.replica().record(tx, EdgeNumber::HUB, place, &voided)?;
        }
        stored::give_up(ctx, tx, register)?;
        store::clear_basket(tx, register)?;
        tracing::info!(register.id = register.0, sale.id = %voided.sale_id, "a sale was given up");
    }
    for waiting in store::waiting(tx, register)? {
        store::drop_waiting(tx, register, waiting.scan)?;
    }
    let screen = selling(store::screen(tx, register)?);
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    Ok(())
}

fn void_all(basket: &mut Basket, person: &Person) -> Result<(), BasketRefused> {
    let standing: Vec<u16> = basket.standing_lines().map(|line| line.line).collect();
    for line in standing {
        basket.void(line, Some(person.staff_id))?;
    }
    Ok(())
}
