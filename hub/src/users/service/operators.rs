//! Changes of operators: their role, and whether they may sign in.

use counterpart_daemon::db::{DbError, Tx};

use super::UserFailed;
use crate::context::Context;
use crate::users::rules::ConsoleRole;
use crate::users::store::{self, OperatorRow};

/// Operators listed at once.
pub(in crate::users) const OPERATORS: u32 = 100;

/// What shall change about an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::users) enum Change {
    /// What they may do.
    Role(ConsoleRole),
    /// They may no longer sign in, and are signed out everywhere.
    Disable,
    /// They may sign in again.
    Enable,
}

/// Changes an operator. It holds for the next request, and ends what an open page shows.
///
/// # Errors
/// [`UserFailed::Unknown`]; [`UserFailed::LastAdmin`] when nobody could let people in any more.
pub(in crate::users) fn change(
    context: &Context,
    tx: &mut Tx,
    name: &str,
    change: Change,
) -> Result<(), UserFailed> {
    let now_ms = context.now_ms();
    let operator = known(tx, now_ms, name)?;
    let stays_admin = matches!(change, Change::Enable | Change::Role(ConsoleRole::Admin));
    let is_admin = operator.role == ConsoleRole::Admin && operator.disabled_at_ms.is_none();
    if is_admin && !stays_admin && store::other_admins(tx, name)? == 0 {
        return Err(UserFailed::LastAdmin(name.to_owned()));
    }
    match change {
        Change::Role(role) => store::set_role(tx, name, role)?,
        Change::Disable => store::set_disabled(tx, name, Some(now_ms))?,
        Change::Enable => store::set_disabled(tx, name, None)?,
    }
    let live = context.live().clone();
    tx.on_commit(Box::new(move || live.sessions_changed()));
    tracing::info!(operator = name, ?change, "changed an operator");
    Ok(())
}

/// Returns an operator, or says that there is none.
pub(in crate::users) fn known(
    tx: &mut Tx,
    now_ms: i64,
    name: &str,
) -> Result<OperatorRow, UserFailed> {
    let unknown = || UserFailed::Unknown(name.to_owned());
    store::operator_by_name(tx, now_ms, name)?.ok_or_else(unknown)
}

/// Returns operators by name, those after `after`; at most one more than are listed at once.
///
/// # Errors
/// Those of the database.
pub(in crate::users) async fn operators(
    context: &Context,
    after: String,
) -> Result<Vec<OperatorRow>, DbError> {
    let now_ms = context.now_ms();
    let rows = context
        .db()
        .read(move |tx| store::operators(tx, now_ms, &after, OPERATORS + 1));
    rows.await
}
