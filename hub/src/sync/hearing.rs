//! What a restored hub still waits for: the stores that have not told it yet what it had told them.
//!
//! The decision is the replica's; here it is put together with who the edges are. An edge that is
//! blocked is not waited for: that is how a person says that it will never call again.

use std::collections::BTreeSet;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Hearing, Unheard};
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use counterpart_protocol::sync::GenerationTold;

use super::edges;
use crate::context::Context;

/// How long before a restored hub's beginning an order may have been placed by its channel's clock
/// and yet be one that no hub had before: clocks are off by up to ten minutes.
pub const CLOCKS_OFF_MS: i64 = 600_000;

/// A restored hub that has not heard every store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// When it was restored, in milliseconds UTC; nothing when it is an old state and was not.
    pub opened_at_ms: Option<i64>,
    /// The stores that are waited for.
    pub stores: Vec<StoreId>,
}

/// Returns how this hub stands with the edges that count, and which of them were blocked.
fn hearings(context: &Context, tx: &mut Tx) -> Result<Vec<Hearing>, DbError> {
    let mut hearings = context.replica().hearings(tx)?;
    if hearings.is_empty() {
        return Ok(hearings);
    }
    let blocked: BTreeSet<EdgeNumber> = edges::all(tx)?
        .into_iter()
        .filter(|edge| edge.blocked_at_ms.is_some())
        .map(|edge| edge.number)
        .collect();
    hearings.retain(|hearing| !blocked.contains(&hearing.edge));
    Ok(hearings)
}

/// Returns for which edges nothing may be promised because this hub has not heard them since it was
/// restored.
///
/// # Errors
/// Those of the database.
pub fn unheard(context: &Context, tx: &mut Tx) -> Result<Unheard, DbError> {
    Ok(Unheard::of(&hearings(context, tx)?))
}

/// Says to an edge that every other one was heard too, if those that were not are blocked: the
/// replica does not know of that.
///
/// # Errors
/// Those of the database.
pub fn say_settled(
    context: &Context,
    tx: &mut Tx,
    told: &mut GenerationTold,
) -> Result<(), DbError> {
    if told.heard && !told.is_settled() {
        told.settled = Some(unheard(context, tx)?.is_empty());
    }
    Ok(())
}

/// Tells whether nothing may be stated for this edge by the hub itself.
///
/// # Errors
/// Those of the database.
pub fn is_unheard(context: &Context, tx: &mut Tx, edge: EdgeNumber) -> Result<bool, DbError> {
    Ok(unheard(context, tx)?.holds(edge))
}

/// Returns what this hub waits for; nothing when every store that serves was heard.
///
/// # Errors
/// Those of the database.
pub fn listening(context: &Context, tx: &mut Tx) -> Result<Option<Listening>, DbError> {
    let unheard = unheard(context, tx)?;
    if unheard.is_empty() {
        return Ok(None);
    }
    let contacts = edges::contacts(tx)?.into_iter();
    let stores: Vec<StoreId> = contacts
        .filter(|contact| !contact.blocked && contact.contact_at_ms.is_some())
        .filter(|contact| unheard.holds(contact.edge))
        .map(|contact| contact.store_id)
        .collect();
    if stores.is_empty() {
        return Ok(None);
    }
    let opened = context.replica().generation(tx)?;
    Ok(Some(Listening {
        opened_at_ms: opened.map(|opened| opened.opened_at_ms),
        stores,
    }))
}
