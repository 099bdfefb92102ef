//! Operators who are added and passwords that change: checked and hashed first, then stored in the
//! transaction of the command.

use counterpart_daemon::db::Tx;
use counterpart_daemon::http::Problem;
use counterpart_daemon::http::idempotency::key_reused;

use super::{UserFailed, hash, matches};
use crate::context::Context;
use crate::users::rules::{self, ConsoleRole};
use crate::users::store;

/// An operator who was checked and whose password was hashed, which takes too long for a
/// transaction.
pub(in crate::users) struct NewOperator {
    name: String,
    role: ConsoleRole,
    hash: String,
}

impl NewOperator {
    pub(in crate::users) async fn prepare(
        context: &Context,
        name: &str,
        role: ConsoleRole,
        password: &str,
    ) -> Result<Self, UserFailed> {
        rules::check_name(name)?;
        rules::check_password(name, password)?;
        Ok(Self {
            name: name.to_owned(),
            role,
            hash: hash(context, password).await?,
        })
    }

    pub(in crate::users) fn add_in(self, tx: &mut Tx, now_ms: i64) -> Result<(), UserFailed> {
        if store::is_known(tx, &self.name)? {
            return Err(UserFailed::Taken(self.name));
        }
        Ok(store::add(tx, &self.name, self.role, &self.hash, now_ms)?)
    }
}

/// A password that was checked and hashed.
pub(in crate::users) struct NewPassword {
    name: String,
    hash: String,
}

impl NewPassword {
    pub(in crate::users) async fn prepare(
        context: &Context,
        name: &str,
        password: &str,
    ) -> Result<Self, UserFailed> {
        rules::check_password(name, password)?;
        Ok(Self {
            name: name.to_owned(),
            hash: hash(context, password).await?,
        })
    }

    /// Stores it and ends all of that operator's sessions.
    pub(in crate::users) fn set_in(self, context: &Context, tx: &mut Tx) -> Result<(), UserFailed> {
        let live = context.live().clone();
        tx.on_commit(Box::new(move || live.sessions_changed()));
        match store::set_password(tx, &self.name, &self.hash, context.now_ms())? {
            true => Ok(()),
            false => Err(UserFailed::Unknown(self.name)),
        }
    }
}

/// Checks that a command that was done, now or before, was done with this password: one that is
/// sent again with another password is another command.
pub(in crate::users) async fn same_password(
    context: &Context,
    name: &str,
    password: &str,
) -> Result<(), Problem> {
    let wanted = name.to_owned();
    let stored = context
        .db()
        .read(move |tx| store::password_hash(tx, &wanted))
        .await?;
    let is_same = match stored {
        Some(stored) => matches(password, stored).await?,
        None => false,
    };
    match is_same {
        true => Ok(()),
        false => Err(key_reused()),
    }
}
