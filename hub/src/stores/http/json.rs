//! The shapes of stores, their people and their edges in JSON.

use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::ids::{EdgeNumber, StaffId};
use counterpart_protocol::staff::Role;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::sales::{DaySum, Proof};
use crate::stores::service::StoreView;
use crate::sync::Seen;
use crate::sync::edges::Edge;

/// Somebody who works in a store.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemberJson {
    /// Names the person in facts.
    pub(super) id: StaffId,
    /// The name colleagues use.
    pub(super) name: String,
    /// What they may do.
    pub(super) role: Role,
    /// What they do alone beyond that, by the words of operations in the policies.
    pub(super) may: Vec<String>,
}

/// Who was added.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemberAdded {
    /// Names the person in facts.
    pub(super) id: StaffId,
}

/// A code as answered, once.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::stores) struct CodeJson {
    /// What is typed at the store, with the hub's fingerprint in it.
    #[schema(example = "CP1-4F7K-9QXT-…")]
    pub(in crate::stores) code: String,
    /// How long it is good.
    pub(in crate::stores) until: Timestamp,
}

pub(in crate::stores) fn timestamp(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A store and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StoreJson {
    #[serde(flatten)]
    identity: StoreIdentity,
    /// When it was added.
    added_at: Timestamp,
    /// The day it is there now.
    #[schema(format = Date, example = "2026-11-23")]
    business_date: String,
    /// What it sold on that day, as far as it has arrived.
    today: DaySum,
    /// Whether every receipt has arrived.
    proof: Proof,
    /// Whether every invoice has arrived.
    invoices: Proof,
    /// Receipts that left without the fiscal signature they should carry and still lack it.
    unsigned: i64,
    /// Records of it that could not be read.
    quarantined: i64,
    /// Whether it is on the line now.
    connected: bool,
    /// When it was last heard of.
    seen_at: Option<Timestamp>,
    /// How long ago that was.
    seen_ago_ms: Option<i64>,
    /// Records it said it has and the hub has not.
    lag: i64,
    /// The newest life of its server, if that began with the data of an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    life: Option<LifeJson>,
    /// Its store servers, replaced ones included.
    edges: Vec<EdgeJson>,
}

/// A life of a store server that began with the data of an earlier one.
#[derive(Debug, Serialize, ToSchema)]
struct LifeJson {
    /// Its number.
    incarnation: u32,
    /// When it began.
    opened_at: Timestamp,
    /// Since when it has everything back and promises again.
    recovered_at: Option<Timestamp>,
}

/// A store server of a store.
#[derive(Debug, Serialize, ToSchema)]
struct EdgeJson {
    /// Its number.
    edge: EdgeNumber,
    /// When it got its number.
    enrolled_at: Timestamp,
    /// When its certificate ends.
    certificate_until: Timestamp,
    /// Which life of its database it lives.
    incarnation: Option<u32>,
    /// The newest record it said it has.
    said_seq: i64,
    /// The newest of its records that the hub has.
    held_seq: i64,
    /// How far its clock is ahead of the hub's.
    clock_off_ms: Option<i64>,
    /// When it last called.
    contact_at: Option<Timestamp>,
    /// Whether it may not call.
    blocked: bool,
    /// Why the hub refused its last call.
    refused_because: Option<String>,
}

pub(super) fn store_json(view: &StoreView, now_ms: i64) -> StoreJson {
    let seen_at = match view.seen {
        Seen::Now => Some(timestamp(now_ms)),
        Seen::At(at_ms) => Some(timestamp(at_ms)),
        Seen::Never => None,
    };
    StoreJson {
        identity: view.row.identity.clone(),
        added_at: timestamp(view.row.added_at_ms),
        business_date: view.business_date.to_string(),
        today: view.today,
        proof: view.proof,
        invoices: view.invoices,
        unsigned: view.unsigned,
        quarantined: view.quarantined,
        connected: view.seen == Seen::Now,
        seen_at,
        seen_ago_ms: view.seen.age_ms(now_ms),
        lag: view.lag(),
        life: view.life.map(|life| LifeJson {
            incarnation: life.incarnation.0,
            opened_at: timestamp(life.opened_at_ms),
            recovered_at: life.recovered_at_ms.map(timestamp),
        }),
        edges: view.edges.iter().map(edge_json).collect(),
    }
}

fn edge_json(edge: &Edge) -> EdgeJson {
    EdgeJson {
        edge: edge.number,
        enrolled_at: timestamp(edge.enrolled_at_ms),
        certificate_until: timestamp(edge.certificate_until_ms),
        incarnation: edge.heard.incarnation.map(|incarnation| incarnation.0),
        said_seq: edge.heard.said_seq,
        held_seq: edge.heard.held_seq,
        clock_off_ms: edge.heard.clock_off_ms,
        contact_at: edge.heard.contact_at_ms.map(timestamp),
        blocked: edge.blocked_at_ms.is_some(),
        refused_because: edge.refused.as_ref().map(|refused| refused.because.clone()),
    }
}
