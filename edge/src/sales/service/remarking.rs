//! Saying something of a line of the basket: a note, and who sold it.

use counterpart_daemon::db::Tx;

use super::{SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::reference;
use crate::sales::rules::{BasketRefused, Remark, RemarkRefused};
use crate::sales::store;
use crate::staff::Person;

/// Says something of a line of the basket at the person's register, or takes it back.
///
/// # Errors
///
/// [`SalesError::Remark`]; the failures.
pub(crate) async fn remark(
    ctx: &Context,
    person: &Person,
    line: u16,
    remark: Remark,
    command: Command,
) -> Result<(), SalesError> {
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            if let Some(sold_by) = remark.sold_by
                && reference::member_by_id(tx, sold_by)?.is_none()
            {
                return Err(RemarkRefused::UnknownPerson.into());
            }
            let before = loaded(&context, tx, register)?;
            let no_line = BasketRefused::NoSuchLine { line };
            let mut basket = before.clone().ok_or(no_line)?;
            basket.remark(line, remark)?;
            store::save_basket(tx, register, before.as_ref(), &basket, context.now_ms())?;
            wake(&context, tx, register);
            Ok::<_, SalesError>(())
        })
    };
    ctx.db().write(work).await
}
