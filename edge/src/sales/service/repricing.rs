//! Prices changed by hand: typed ones and discounts, approved in place by a manager's PIN where
//! they are beyond what a person may do alone.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::StaffId;
use counterpart_protocol::policies::{Operation, TillPolicy};

use super::scanning::selling;
use super::{SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::reference;
use crate::sales::rules::{Asking, Basket, DiscountRefused, PayRefused, PriceReason, Reprice};
use crate::sales::store::{self, Screen};
use crate::staff::{self, Limits, Person};

/// What somebody wants of a price, why, and the PIN of who approves it.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// What.
    pub change: Reprice,
    /// Why; nothing where something is taken back.
    pub reason: Option<PriceReason>,
    /// The PIN a manager typed, if one did.
    pub approval_pin: Option<String>,
}

/// Changes a price in the basket at the person's register.
///
/// # Errors
///
/// [`SalesError::Discount`] says why not, or that a manager's PIN is needed;
/// [`SalesError::NotApproved`]; the failures.
pub(crate) async fn reprice(
    ctx: &Context,
    person: &Person,
    wanted: Wanted,
    command: Command,
) -> Result<(), SalesError> {
    let approved_by = approval(ctx, person, &wanted).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            reprice_now(&context, tx, &person, &wanted, approved_by)
        })
    };
    ctx.db().write(work).await
}

/// Asks at the person's register what is to come off `line`, or closes the question.
///
/// # Errors
///
/// The failures of [`SalesError`].
pub(crate) async fn ask_discount(
    ctx: &Context,
    person: &Person,
    line: Option<u16>,
    command: Command,
) -> Result<(), SalesError> {
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let screen = store::screen(tx, register)?;
            let asked = Screen {
                asked_line: line,
                selected_line: line.or(screen.selected_line),
                ..screen
            };
            store::put_screen(tx, register, asked)?;
            wake(&context, tx, register);
            Ok(())
        })
    };
    ctx.db().write(work).await
}

/// Returns the limits in use.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn till_policy(tx: &mut Tx) -> Result<TillPolicy, DbError> {
    Ok(reference::policies(tx)?.till)
}

/// Returns who approves, if somebody has to: the change is tried on what the basket is now.
async fn approval(
    ctx: &Context,
    person: &Person,
    wanted: &Wanted,
) -> Result<Option<StaffId>, SalesError> {
    let operation = match wanted.change {
        Reprice::Price(..) => Operation::TypePrice,
        Reprice::Line(..) => Operation::DiscountLine,
        Reprice::Sale(..) => Operation::DiscountSale,
        // What was given is taken back.
        Reprice::ClearLine(_) | Reprice::ClearSale => return Ok(None),
    };
    let pin = staff::shown(ctx, person, wanted.approval_pin.clone());
    let mut limits = Limits::Within;
    if pin.is_some() {
        let (context, trying, change) = (ctx.clone(), person.clone(), wanted.clone());
        let tried = ctx.db().read(move |tx| {
            Ok::<_, DbError>(try_on(&context, tx, &trying, &change, None).map(drop))
        });
        if let Err(SalesError::Discount(DiscountRefused::NeedsManager { .. })) = tried.await? {
            limits = Limits::Beyond;
        }
    }
    Ok(staff::permit_with(ctx, person, (operation, limits), pin).await?)
}

fn reprice_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    wanted: &Wanted,
    approved_by: Option<StaffId>,
) -> Result<(), SalesError> {
    let register = person.register;
    let (before, after) = try_on(ctx, tx, person, wanted, approved_by)?;
    store::save_basket(tx, register, Some(&before), &after, ctx.now_ms())?;
    // Money that was being taken is asked for again, of the new total.
    let screen = selling(store::screen(tx, register)?);
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    tracing::info!(
        register.id = register.0,
        sale.id = %after.sale_id,
        reason = wanted.reason.map_or("", PriceReason::word),
        approved = approved_by.is_some(),
        "a price was changed by hand"
    );
    Ok(())
}

fn try_on(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    wanted: &Wanted,
    approved_by: Option<StaffId>,
) -> Result<(Basket, Basket), SalesError> {
    let before = loaded(ctx, tx, person.register)?.ok_or(PayRefused::Empty)?;
    if before.standing_lines().next().is_none() {
        return Err(PayRefused::Empty.into());
    }
    if let Reprice::Line(line, _) | Reprice::Price(line, _) = wanted.change {
        before.leads(line)?;
        before.is_goods(line)?;
    }
    let policy = till_policy(tx)?;
    let mut after = before.clone();
    after.reprice(
        wanted.change,
        &Asking {
            by: person.staff_id,
            role: person.role,
            reason: wanted.reason,
            approved_by,
            policy: &policy,
            currency: ctx.profile().currency,
        },
    )?;
    Ok((before, after))
}
