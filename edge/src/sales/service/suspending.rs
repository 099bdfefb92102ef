//! Suspending the basket of a register and recalling it at any: it is in one place at a time,
//! because both are one transaction of the one writer.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{RegisterId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cards::none_paid_by_card;
use super::scanning::selling;
use super::{SUSPENDED_TOPIC, SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::sales::rules::{self, Beside, SuspendRefused};
use crate::sales::store::{self, Recalled, Screen, Suspended};
use crate::staff::{self, Person};
use crate::written::moment;
use crate::{reference, shifts, stored};

/// A suspended basket as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuspendedView {
    /// Its number, by which any register of the store recalls it.
    pub number: i64,
    /// What the people at the till call it.
    pub name: Option<String>,
    /// How many items.
    pub items: i64,
    /// What it came to.
    pub total_minor: Minor,
    /// The currency of the total.
    pub currency: Currency,
    /// Where it was suspended.
    pub register: RegisterId,
    /// By whom, by name.
    pub by: String,
    /// When.
    pub at: String,
    /// The same in milliseconds UTC, for pages.
    #[serde(skip)]
    pub at_ms: i64,
}

/// Suspends the basket at the person's register.
///
/// # Errors
///
/// [`SalesError::Suspend`] says why not, [`SalesError::TillClosed`], the failures.
pub(crate) async fn suspend(
    ctx: &Context,
    person: &Person,
    name: Option<String>,
    command: Command,
) -> Result<SuspendedView, SalesError> {
    staff::permit(ctx, person, Operation::SuspendSale).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            suspend_now(&context, tx, &person, name.as_deref())
        })
    };
    ctx.db().write(work).await
}

/// Recalls a suspended basket to the person's register.
///
/// # Errors
///
/// [`SalesError::Suspend`] says who has it or why not, [`SalesError::TillClosed`], the failures.
pub(crate) async fn recall(
    ctx: &Context,
    person: &Person,
    number: i64,
    command: Command,
) -> Result<(), SalesError> {
    staff::permit(ctx, person, Operation::RecallSale).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            recall_now(&context, tx, &person, number)
        })
    };
    ctx.db().write(work).await
}

/// Returns the baskets that wait to be recalled, the oldest first.
///
/// # Errors
///
/// Those of the database.
pub fn suspended(ctx: &Context, tx: &mut Tx) -> Result<Vec<SuspendedView>, DbError> {
    let all = store::suspended(tx)?;
    all.into_iter().map(|it| view(ctx, tx, it)).collect()
}

fn suspend_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    name: Option<&str>,
) -> Result<SuspendedView, SalesError> {
    let register = person.register;
    none_paid_by_card(ctx, tx, register)?;
    let basket = loaded(ctx, tx, register)?;
    let beside = Beside {
        waiting: store::waiting(tx, register)?.len(),
        tenders: store::tenders(tx, register)?.len(),
    };
    let name = rules::suspend(basket.as_ref(), beside, name)?;
    let basket = basket.ok_or(SuspendRefused::Empty)?;
    let now_ms = ctx.now_ms();
    let begun_at_ms = store::begun_at(tx, register)?.unwrap_or(now_ms);
    let mut told = Suspended {
        number: 0,
        name,
        items: basket.items(),
        total_minor: basket.figures()?.total_minor,
        register,
        by: person.staff_id,
        at_ms: now_ms,
        recalled: None,
    };
    told.number = store::put_suspended(tx, &basket, begun_at_ms, &told)?;
    store::clear_basket(tx, register)?;
    let screen = selling(store::screen(tx, register)?);
    store::put_screen(tx, register, screen)?;
    changed(ctx, tx, register);
    tracing::info!(
        register.id = register.0,
        number = told.number,
        "a sale was parked"
    );
    Ok(view(ctx, tx, told)?)
}

fn recall_now(ctx: &Context, tx: &mut Tx, person: &Person, number: i64) -> Result<(), SalesError> {
    let (register, now_ms) = (person.register, ctx.now_ms());
    shifts::open_shift(tx, register)?.ok_or(SalesError::TillClosed)?;
    let known = store::suspended_by_number(tx, number)?;
    let known = known.ok_or(SuspendRefused::NoSuchBasket { number })?;
    if let Some(recalled) = known.recalled {
        return Err(taken(ctx, tx, number, recalled)?.into());
    }
    none_paid_by_card(ctx, tx, register)?;
    rules::recall(store::basket(tx, register)?.as_ref())?;
    let recalled = Recalled {
        register,
        by: person.staff_id,
        at_ms: now_ms,
    };
    let found = store::take_suspended(tx, number, recalled)?;
    let (basket, begun_at_ms) = found.ok_or(SuspendRefused::NoSuchBasket { number })?;
    // Lines that were all voided would stand among those of the recalled sale.
    stored::give_up(ctx, tx, register)?;
    store::clear_basket(tx, register)?;
    store::put_basket(tx, register, &basket, begun_at_ms)?;
    let screen = Screen {
        selected_line: basket.newest(),
        ..selling(store::screen(tx, register)?)
    };
    store::put_screen(tx, register, screen)?;
    changed(ctx, tx, register);
    tracing::info!(
        register.id = register.0,
        number,
        "a parked sale was recalled"
    );
    Ok(())
}

fn taken(
    ctx: &Context,
    tx: &mut Tx,
    number: i64,
    recalled: Recalled,
) -> Result<SuspendRefused, DbError> {
    let (profile, lang) = (ctx.profile(), ctx.lang());
    Ok(SuspendRefused::Taken {
        number,
        by: name_of(tx, recalled.by)?,
        register: recalled.register,
        at: lang.date_time(recalled.at_ms, &profile.time_zone),
    })
}

fn view(ctx: &Context, tx: &mut Tx, told: Suspended) -> Result<SuspendedView, DbError> {
    Ok(SuspendedView {
        number: told.number,
        name: told.name,
        items: told.items,
        total_minor: told.total_minor,
        currency: ctx.profile().currency,
        register: told.register,
        by: name_of(tx, told.by)?,
        at: moment(told.at_ms),
        at_ms: told.at_ms,
    })
}

/// Returns somebody's name, or who they are to facts when they are not on the roster any more.
fn name_of(tx: &mut Tx, staff_id: StaffId) -> Result<String, DbError> {
    let member = reference::member_by_id(tx, staff_id)?;
    Ok(member.map_or_else(|| staff_id.to_string(), |member| member.name))
}

/// Wakes the pages of the register, and of every other, which show how many baskets wait.
fn changed(ctx: &Context, tx: &mut Tx, register: RegisterId) {
    wake(ctx, tx, register);
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(SUSPENDED_TOPIC)));
}
