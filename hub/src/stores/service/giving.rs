//! Single operations somebody may do beyond their role: given and taken back, and told to the store
//! with its roster.

use std::collections::BTreeSet;

use counterpart_daemon::db::Tx;
use counterpart_protocol::ids::{StaffId, StoreId};
use counterpart_protocol::policies::Operation;

use super::{StoreFailed, member, publish_roster};
use crate::context::Context;
use crate::stores::store;

/// Lets somebody do these operations alone beyond their role, and no others. Saying it again
/// changes nothing.
pub(in crate::stores) fn give(
    context: &Context,
    tx: &mut Tx,
    (store_id, member_id): (&StoreId, StaffId),
    may: &BTreeSet<Operation>,
) -> Result<(), StoreFailed> {
    let member = member(tx, store_id, member_id)?;
    let words: Vec<String> = may.iter().map(|it| it.word().to_owned()).collect();
    if member.may == words {
        return Ok(());
    }
    store::set_may(tx, member_id, &words)?;
    tracing::info!(
        store.id = %store_id,
        staff.id = %member_id,
        operations = words.len(),
        "changed what a member may do beyond their role"
    );
    Ok(publish_roster(context, tx, store_id)?)
}
