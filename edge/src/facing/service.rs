//! Letting a browser show a register's sale, and letting go of it.

use counterpart_daemon::db::DbError;
use counterpart_protocol::ids::RegisterId;

use super::store;
use crate::context::Context;
use crate::sales::{CustomerView, customer_view};
use crate::staff::{Person, Token};

/// Lets a browser show a register, and returns the token it shows from now on.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn let_show(
    ctx: &Context,
    person: &Person,
    register: RegisterId,
) -> Result<Token, DbError> {
    let token = Token::new(ctx);
    let (hash, who) = (token.sha256(), (person.staff_id, ctx.now_ms()));
    ctx.db()
        .write(move |tx| store::put_screen(tx, hash, register, who))
        .await?;
    tracing::info!(
        register.id = register.0,
        "a screen shows the sale to customers"
    );
    Ok(token)
}

/// Lets no browser show a register any more; those that do ask for somebody.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn forget(ctx: &Context, register: RegisterId) -> Result<(), DbError> {
    ctx.db()
        .write(move |tx| store::forget(tx, register))
        .await?;
    // Their streams end at once.
    ctx.live().sessions_changed();
    Ok(())
}

/// Tells whether a browser with this token may show a register.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn may_show(
    ctx: &Context,
    token_sha256: [u8; 32],
    register: RegisterId,
) -> Result<bool, DbError> {
    ctx.db()
        .read(move |tx| store::shows(tx, token_sha256, register))
        .await
}

/// Reads what the register has for its customer now.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn shown(ctx: &Context, register: RegisterId) -> Result<CustomerView, DbError> {
    let context = ctx.clone();
    ctx.db()
        .read(move |tx| customer_view(&context, tx, register))
        .await
}
