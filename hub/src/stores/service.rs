//! Adds stores and people, gives out codes, enrols edges, and tells how every store stands.

mod badges;
mod bringing;
mod editing;
mod enrolment;
mod entities;
mod failed;
mod giving;
mod jurisdictions;
mod places;
mod standing;

pub(super) use badges::{BadgeMade, Wanted, badge_taken_back, make_badges};
pub use bringing::{Brought, Joined, Newcomer, PinBrought, bring_in};
pub(super) use editing::change_in;
pub use editing::{begin, change};
pub(super) use enrolment::make_code_for;
pub use enrolment::{CodeMade, enrol, make_code, purge};
pub use entities::add_entity;
#[cfg(test)]
pub(crate) use entities::adopt_companies;
pub(super) use entities::{add_entity_in, change_entity_in, entities, known_entity};
pub use failed::StoreFailed;
pub(super) use giving::give;
pub(super) use jurisdictions::{
    add_jurisdiction_in, change_jurisdiction_in, jurisdictions, known_jurisdiction,
};
pub use places::{StorePlace, places};
pub use standing::{StoreName, StoreView, member_names, names, views};

use counterpart_daemon::db::Tx;
use counterpart_daemon::password::{self, Strength};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::badges::Badges;
use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::ids::{EdgeNumber, StaffId, StoreId};
use counterpart_protocol::staff::{Member, Roster};
use jiff::tz::TimeZone;

use super::rules::{self, MemberDraft, StoreDraft, ZoneKnown};
use super::store::{self, MemberRow, StoreRow};
use crate::context::Context;
use crate::sync::{CONTACT, Prepared, Scope, edges, publish};

/// The topic of pages that show one store or all of them.
pub(super) const STORES: &str = "stores";

/// Adds a store.
///
/// # Errors
/// [`StoreFailed::Refused`] with every field that is wrong, [`StoreFailed::Taken`]; those of the
/// database.
pub async fn add(context: &Context, draft: StoreDraft) -> Result<StoreIdentity, StoreFailed> {
    let within = context.clone();
    context
        .db()
        .write(move |tx| add_in(&within, tx, &draft))
        .await
}

/// Does what [`add`] does inside the caller's transaction.
pub(super) fn add_in(
    context: &Context,
    tx: &mut Tx,
    draft: &StoreDraft,
) -> Result<StoreIdentity, StoreFailed> {
    let zone_known = match TimeZone::get(draft.time_zone.trim()) {
        Ok(_) => ZoneKnown::Yes,
        Err(_) => ZoneKnown::No,
    };
    let prices_in = match crate::catalog::currency(tx)? {
        Some(currency) => Some(currency),
        None => store::currency(tx)?,
    };
    let companies = store::entities(tx)?;
    let identity = rules::check_store(draft, zone_known, prices_in, &companies)?;
    if store::by_id(tx, &identity.store_id)?.is_some() {
        return Err(StoreFailed::Taken(identity.store_id));
    }
    store::add(tx, &identity, context.now_ms())?;
    editing::publish_store(context, tx, &identity)?;
    tracing::info!(store.id = %identity.store_id, "added a store");
    publish_on_commit(context, tx);
    Ok(identity)
}

/// Adds somebody to a store and publishes its roster.
///
/// # Errors
/// [`StoreFailed::Refused`] with every field that is wrong, a PIN of a colleague among them;
/// [`StoreFailed::Unknown`]; those of the database.
pub async fn add_member(
    context: &Context,
    store_id: &StoreId,
    draft: MemberDraft,
) -> Result<StaffId, StoreFailed> {
    let new = NewMember::prepare(context, store_id, draft).await?;
    let within = context.clone();
    context.db().write(move |tx| new.add_in(&within, tx)).await
}

/// A member who was checked and whose PIN was hashed, which takes too long for a transaction.
pub(super) struct NewMember {
    store_id: StoreId,
    member: Member,
    pin: String,
    /// The colleagues the PIN was compared with.
    compared: Vec<StaffId>,
}

impl NewMember {
    pub(super) async fn prepare(
        context: &Context,
        store_id: &StoreId,
        draft: MemberDraft,
    ) -> Result<Self, StoreFailed> {
        let name = rules::check_member(&draft)?;
        let wanted = store_id.clone();
        let colleagues = context.db().read(move |tx| members(tx, &wanted)).await?;
        let compared = colleagues.iter().map(|row| row.member.id).collect();
        let (pin, entropy) = (draft.pin.clone(), context.entropy().clone());
        let hashed = tokio::task::spawn_blocking(move || {
            check_free(&pin, &colleagues)?;
            Ok::<_, StoreFailed>(password::hash(&pin, Strength::Pin, entropy.as_ref())?)
        });
        let pin_hash = hashed.await.map_err(|_| StoreFailed::Stopping)??;
        let id = StaffId::from_bytes(context.new_id());
        let member = Member {
            id,
            name,
            role: draft.role,
            pin_hash,
            badges: Badges::default(),
            may: Vec::new(),
        };
        Ok(Self {
            store_id: store_id.clone(),
            member,
            pin: draft.pin,
            compared,
        })
    }

    pub(super) fn add_in(self, context: &Context, tx: &mut Tx) -> Result<StaffId, StoreFailed> {
        // Somebody may have been added meanwhile: hardly ever, so comparing here costs nothing.
        let mut colleagues = members(tx, &self.store_id)?;
        colleagues.retain(|row| !self.compared.contains(&row.member.id));
        check_free(&self.pin, &colleagues)?;
        store::add_member(tx, &self.store_id, &self.member, context.now_ms())?;
        tracing::info!(store.id = %self.store_id, staff.id = %self.member.id, "added a member");
        publish_roster(context, tx, &self.store_id)?;
        Ok(self.member.id)
    }
}

fn members(tx: &mut Tx, store_id: &StoreId) -> Result<Vec<MemberRow>, StoreFailed> {
    known(tx, store_id)?;
    Ok(store::members(tx, store_id)?)
}

/// Returns somebody who works in a store.
pub(super) fn member(
    tx: &mut Tx,
    store_id: &StoreId,
    member_id: StaffId,
) -> Result<Member, StoreFailed> {
    let found = members(tx, store_id)?.into_iter();
    let mut found = found.filter(|row| row.member.id == member_id);
    let row = found.next().ok_or(StoreFailed::NoMember(member_id))?;
    Ok(row.member)
}

/// Refuses a PIN that a colleague has.
fn check_free(pin: &str, colleagues: &[MemberRow]) -> Result<(), StoreFailed> {
    for colleague in colleagues {
        if password::matches(pin, &colleague.member.pin_hash)? {
            return Err(rules::pin_taken().into());
        }
    }
    Ok(())
}

/// Takes somebody off a store's roster; what they did stays under their pseudonym.
pub(super) fn member_leaves(
    context: &Context,
    tx: &mut Tx,
    store_id: &StoreId,
    member_id: StaffId,
) -> Result<(), StoreFailed> {
    known(tx, store_id)?;
    if !store::member_left(tx, store_id, member_id, context.now_ms())? {
        return Err(StoreFailed::NoMember(member_id));
    }
    tracing::info!(store.id = %store_id, staff.id = %member_id, "a member left");
    Ok(publish_roster(context, tx, store_id)?)
}

fn publish_roster(context: &Context, tx: &mut Tx, store_id: &StoreId) -> Result<(), ReplicaFailed> {
    let members = store::members(tx, store_id)?;
    let roster = Roster {
        members: members.into_iter().map(|row| row.member).collect(),
    };
    let scope = Scope::Store(store_id.clone());
    // A store's people are a few kilobytes: packed within the transaction.
    let prepared = Prepared::of(&roster).expect("a roster is far below any bound");
    publish(context, tx, &scope, &prepared)?;
    publish_on_commit(context, tx);
    Ok(())
}

/// Whether an edge may sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// It may not: a lost or stolen machine.
    Blocked,
    /// It may.
    Open,
}

/// Blocks an edge of a store, or lets it in again.
pub(super) fn set_access(
    context: &Context,
    tx: &mut Tx,
    store_id: &StoreId,
    edge: EdgeNumber,
    access: Access,
) -> Result<(), StoreFailed> {
    known(tx, store_id)?;
    let edges = edges::of_store(tx, store_id)?;
    if !edges.iter().any(|known| known.number == edge) {
        return Err(StoreFailed::NoEdge(edge));
    }
    let blocked_at_ms = match access {
        Access::Blocked => Some(context.now_ms()),
        Access::Open => None,
    };
    edges::set_blocked(tx, edge, blocked_at_ms)?;
    tracing::warn!(store.id = %store_id, edge.id = edge.0, ?access, "changed an edge's access");
    publish_on_commit(context, tx);
    Ok(())
}

/// Returns a store, or says that there is none.
pub(super) fn known(tx: &mut Tx, store_id: &StoreId) -> Result<StoreRow, StoreFailed> {
    store::by_id(tx, store_id)?.ok_or_else(|| StoreFailed::Unknown(store_id.clone()))
}

fn publish_on_commit(context: &Context, tx: &mut Tx) {
    let live = context.live().clone();
    tx.on_commit(Box::new(move || {
        live.publish(STORES);
        live.publish(CONTACT);
    }));
}
