//! Badges of staff: made, taken back, and told to the store with its roster.
//!
//! The secret leaves in the answer that made it and is kept nowhere: whoever loses a card gets
//! another.

use counterpart_daemon::db::Tx;
use counterpart_daemon::entropy::random_bytes;
use counterpart_protocol::badges::Badge;
use counterpart_protocol::ids::{StaffId, StoreId};
use counterpart_protocol::staff::Member;

use super::{StoreFailed, known, publish_roster};
use crate::context::Context;
use crate::stores::store::{self, badges};
use crate::users::Caller;
use crate::web::Noted;

/// A badge that was just made.
#[derive(Clone)]
pub(in crate::stores) struct BadgeMade {
    /// Whose.
    pub member: Member,
    /// What is printed on the card.
    pub badge: Badge,
}

/// Whose badges are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stores) enum Wanted {
    /// This person's; the one they have counts no longer.
    Of(StaffId),
    /// Of everybody in the store who has none.
    Missing,
}

/// Makes badges for people of a store, and tells the store.
pub(in crate::stores) async fn make_badges(
    context: &Context,
    store_id: &StoreId,
    wanted: Wanted,
    caller: &Caller,
) -> Result<Vec<BadgeMade>, StoreFailed> {
    let (within, store_id, name) = (context.clone(), store_id.clone(), caller.name.clone());
    let noted = Noted::done(
        &caller.principal(),
        &format!("/v1/stores/{store_id}/badges"),
    );
    let made = context.db().write(move |tx| {
        noted.write(&within, tx)?;
        make_in(&within, tx, (&store_id, wanted), &name)
    });
    made.await
}

fn make_in(
    context: &Context,
    tx: &mut Tx,
    (store_id, wanted): (&StoreId, Wanted),
    by: &str,
) -> Result<Vec<BadgeMade>, StoreFailed> {
    known(tx, store_id)?;
    let now_ms = context.now_ms();
    let mut members: Vec<Member> = store::members(tx, store_id)?
        .into_iter()
        .map(|row| row.member)
        .collect();
    match wanted {
        Wanted::Of(member_id) => {
            members.retain(|member| member.id == member_id);
            if members.is_empty() {
                return Err(StoreFailed::NoMember(member_id));
            }
        }
        Wanted::Missing => members.retain(|member| member.badges.current.is_none()),
    }
    let mut made = Vec::new();
    for member in members {
        badges::revoke(tx, member.id, now_ms)?;
        let badge = Badge::of_secret(random_bytes(context.entropy().as_ref()));
        badges::add(tx, member.id, badge.hash(), (now_ms, by))?;
        tracing::info!(store.id = %store_id, staff.id = %member.id, "made a badge");
        made.push(BadgeMade { member, badge });
    }
    if !made.is_empty() {
        publish_roster(context, tx, store_id)?;
    }
    Ok(made)
}

/// Takes somebody's badge back, and tells the store. Whoever has none is as wanted already.
pub(in crate::stores) fn badge_taken_back(
    context: &Context,
    tx: &mut Tx,
    store_id: &StoreId,
    member_id: StaffId,
) -> Result<(), StoreFailed> {
    known(tx, store_id)?;
    let members = store::members(tx, store_id)?;
    if !members.iter().any(|row| row.member.id == member_id) {
        return Err(StoreFailed::NoMember(member_id));
    }
    if badges::revoke(tx, member_id, context.now_ms())? > 0 {
        tracing::info!(store.id = %store_id, staff.id = %member_id, "took a badge back");
        publish_roster(context, tx, store_id)?;
    }
    Ok(())
}
