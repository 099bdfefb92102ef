//! Whether the customer is old enough: who saw it, or what goes back to the shelf.

use counterpart_daemon::db::Tx;

use super::scanning::selling;
use super::{SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::sales::rules::PayRefused;
use crate::sales::store;
use crate::staff::Person;

/// What somebody saw of a customer's age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AgeSeen {
    /// Old enough for everything in the basket.
    OldEnough,
    /// Not, or not shown: what wants it is taken out.
    TooYoung,
}

/// Notes at the person's register what they saw of the customer's age.
///
/// # Errors
///
/// [`SalesError::Pay`] when the basket is empty; the failures.
pub(crate) async fn see_age(
    ctx: &Context,
    person: &Person,
    seen: AgeSeen,
    command: Command,
) -> Result<(), SalesError> {
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let register = person.register;
            let before = loaded(&context, tx, register)?.ok_or(PayRefused::Empty)?;
            let mut after = before.clone();
            match seen {
                AgeSeen::OldEnough => after.confirm_age(person.staff_id),
                AgeSeen::TooYoung => after.refuse_age(person.staff_id)?,
            }
            store::save_basket(tx, register, Some(&before), &after, context.now_ms())?;
            let screen = selling(store::screen(tx, register)?);
            store::put_screen(tx, register, screen)?;
            wake(&context, tx, register);
            tracing::info!(register.id = register.0, seen = ?seen, "an age was asked for");
            Ok::<_, SalesError>(())
        })
    };
    ctx.db().write(work).await
}
