//! Keeps groups of customers, and no group is removed while something is for it.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::customers::{CustomerGroup, GROUPS_MAX};
use counterpart_protocol::ids::GroupId;

use super::RegularFailed;
use super::publishing::changed;
use crate::context::Context;
use crate::customers::rules::{GroupDraft, check_group};
use crate::customers::store;
use crate::{prices, promotions};

/// Returns the groups there are, by short name.
///
/// # Errors
/// Those of the database.
pub fn known_groups(tx: &mut Tx) -> Result<Vec<CustomerGroup>, DbError> {
    store::groups(tx)
}

/// Puts a group in the place of the one with its short name; the same again changes nothing.
pub(in crate::customers) fn put_group(
    context: &Context,
    tx: &mut Tx,
    draft: &GroupDraft,
    by: &str,
) -> Result<CustomerGroup, RegularFailed> {
    let group = check_group(draft).map_err(RegularFailed::Refused)?;
    let groups = store::groups(tx)?;
    match groups.iter().find(|known| known.id == group.id) {
        Some(same) if *same == group => return Ok(group),
        None if groups.len() >= GROUPS_MAX => return Err(RegularFailed::TooManyGroups),
        Some(_) | None => {}
    }
    if group.joined_at_tills {
        store::unmark_joined(tx)?;
    }
    store::put_group(tx, &group, (by, context.now_ms()))?;
    tracing::info!(group = %group.id, by, "put a group of customers");
    changed(context, tx)?;
    Ok(group)
}

/// Removes a group that nothing is for any more.
pub(in crate::customers) fn remove_group(
    context: &Context,
    tx: &mut Tx,
    slug: &str,
) -> Result<(), RegularFailed> {
    let groups = store::groups(tx)?.into_iter();
    let found = groups.map(|group| group.id).find(|id| id.as_str() == slug);
    let id = found.ok_or_else(|| RegularFailed::GroupUnknown(slug.to_owned()))?;
    if let Some(sentence) = in_use(tx, &id)? {
        return Err(RegularFailed::GroupInUse(sentence));
    }
    store::remove_group(tx, &id)?;
    tracing::info!(group = %id, "removed a group of customers");
    changed(context, tx)?;
    Ok(())
}

/// Says what is still for a group, and what to do about it.
fn in_use(tx: &mut Tx, id: &GroupId) -> Result<Option<String>, DbError> {
    let members = store::members_of(tx, id)?;
    if members > 0 {
        let belong = if members == 1 {
            "customer belongs"
        } else {
            "customers belong"
        };
        return Ok(Some(format!(
            "{members} {belong} to {id}: give them another group first"
        )));
    }
    if let Some(list) = prices::open_list_for(tx, id)? {
        return Ok(Some(format!(
            "the price list {list} is for {id}: end it first"
        )));
    }
    let promotion = promotions::on_for(tx, id)?;
    Ok(promotion.map(|promotion| format!("the promotion {promotion} is for {id}: switch it off")))
}
