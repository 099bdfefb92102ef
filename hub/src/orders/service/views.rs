//! One order as people and channels read it: its facts, its parts, its code, and why it went where
//! it went.

use std::collections::BTreeMap;

use counterpart_daemon::db::Tx;
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{EdgeNumber, FactId, FulfilmentId, OrderId};
use counterpart_protocol::orders::{
    Fulfilment, FulfilmentAllocated, Order, OrderFact, OrderPlaced,
};

use super::failed::OrderFailed;
use super::placing::{PURPOSE, Secrets};
use super::{Folded, folded};
use crate::context::Context;
use crate::customers::{self, Known};
use crate::orders::rules::{self, Allowed, Told};
use crate::orders::store::{self, Routing};
use crate::routing::Considered;
use crate::stores::{self, StoreName};
use crate::users::{Caller, Permission};

/// Decisions told of one order.
const DECISIONS_MAX: u32 = 50;

/// Everything that is told of one order.
pub(in crate::orders) struct OrderView {
    pub(in crate::orders) id: OrderId,
    pub(in crate::orders) order: Order,
    pub(in crate::orders) placed: OrderPlaced,
    pub(in crate::orders) allowed: Allowed,
    pub(in crate::orders) parts: Vec<PartView>,
    pub(in crate::orders) timeline: Vec<Moment>,
    pub(in crate::orders) routings: Vec<(Routing, Vec<Considered>)>,
    /// Who ordered; nothing for whoever may not know.
    pub(in crate::orders) customer: Option<Known>,
    pub(in crate::orders) stores: Vec<StoreName>,
    pub(in crate::orders) now_ms: i64,
}

/// One node's part.
pub(in crate::orders) struct PartView {
    pub(in crate::orders) id: FulfilmentId,
    pub(in crate::orders) part: Fulfilment,
    /// Code and digits; nothing for whoever may not have them, and once the part is over.
    pub(in crate::orders) pickup: Option<PickupCode>,
}

/// What a customer shows or says at the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) struct PickupCode {
    pub(in crate::orders) code: String,
    pub(in crate::orders) digits: String,
}

/// A fact, as the timeline shows it.
pub(in crate::orders) struct Moment {
    pub(in crate::orders) fact_id: String,
    pub(in crate::orders) kind: &'static str,
    pub(in crate::orders) at_ms: i64,
    /// The edge that stated it; 0 is the hub.
    pub(in crate::orders) edge: EdgeNumber,
    /// Who did it, if a member of staff did.
    pub(in crate::orders) who: Option<String>,
    pub(in crate::orders) told: Told,
}

/// Returns everything that is told of one order to this caller.
pub(in crate::orders) fn view(
    context: &Context,
    tx: &mut Tx,
    id: OrderId,
    caller: &Caller,
) -> Result<OrderView, OrderFailed> {
    let unknown = || OrderFailed::Unknown(id.to_string());
    let Folded { order, facts } = folded(context, tx, id)?.ok_or_else(unknown)?;
    let placed = order.placed.clone().ok_or_else(unknown)?;
    let may_know = caller.may(Permission::OrdersWrite);
    let customer = match (placed.customer_id, may_know) {
        (Some(customer), true) => customers::find(context, tx, customer)?,
        _ => None,
    };
    let members: BTreeMap<[u8; 16], String> = stores::member_names(tx)?;
    let mut timeline = Vec::with_capacity(facts.len());
    for stated in &facts {
        let header = &stated.fact.header;
        timeline.push(Moment {
            fact_id: header.id.to_string(),
            kind: stated.fact.kind().map_or("unknown", |kind| kind.word()),
            at_ms: i64::try_from(header.hlc.at_ms()).unwrap_or(i64::MAX),
            edge: stated.writer.edge,
            who: header
                .staff
                .and_then(|staff| members.get(&staff.to_bytes()).cloned()),
            told: rules::telling(&stated.fact)?,
        });
    }
    timeline.sort_by_key(|moment| moment.at_ms);
    let mut parts = Vec::new();
    for (part_id, part) in &order.fulfilments {
        let open = part.lines.values().any(|line| line.remaining().0 > 0);
        let pickup = match open && may_know {
            true => pickup(context, tx, *part_id, part.epoch)?,
            false => None,
        };
        parts.push(PartView {
            id: *part_id,
            part: part.clone(),
            pickup,
        });
    }
    // Ids of one millisecond are in no order: the parts stand as they were made.
    let made = allocations(&facts)?;
    parts.sort_by_key(|part| made.iter().position(|id| *id == part.id));
    let mut routings = Vec::new();
    for routing in store::routings(tx, id, DECISIONS_MAX)? {
        let considered = serde_json::from_str(&routing.considered)?;
        routings.push((routing, considered));
    }
    Ok(OrderView {
        id,
        allowed: rules::allowed(&order),
        order,
        placed,
        parts,
        timeline,
        routings,
        customer,
        stores: stores::names(context, tx)?,
        now_ms: context.now_ms(),
    })
}

fn allocations(facts: &[OrderFact]) -> Result<Vec<FulfilmentId>, OrderFailed> {
    let allocated = facts
        .iter()
        .filter(|stated| stated.fact.kind() == Some(Kind::FulfilmentAllocated));
    allocated
        .map(|stated| Ok(stated.fact.read::<FulfilmentAllocated>()?.fulfilment_id))
        .collect()
}

fn pickup(
    context: &Context,
    tx: &mut Tx,
    part: FulfilmentId,
    epoch: u32,
) -> Result<Option<PickupCode>, OrderFailed> {
    let Some(custody) = store::custody(tx, part, epoch)? else {
        return Ok(None);
    };
    let id = part.to_bytes();
    let opened = context.vault().unseal(PURPOSE, &id, &custody.sealed)?;
    let secrets: Secrets = serde_json::from_slice(&opened)?;
    Ok(Some(PickupCode {
        code: secrets.code,
        digits: secrets.digits,
    }))
}

/// A fact in words, for pages of other things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldFact {
    /// The fact.
    pub fact_id: FactId,
    /// When it was stated, by the writer's hybrid clock in milliseconds UTC.
    pub at_ms: i64,
    /// Who stated it; 0 is the hub.
    pub edge: EdgeNumber,
    /// What happened.
    pub title: String,
    /// What it was about.
    pub detail: String,
}

/// Returns some facts of an order in words.
///
/// # Errors
/// [`OrderFailed`].
pub fn told(
    context: &Context,
    tx: &mut Tx,
    id: OrderId,
    wanted: &[FactId],
) -> Result<Vec<ToldFact>, OrderFailed> {
    let facts = context.replica().order_facts(tx, id)?;
    let met = facts
        .iter()
        .filter(|stated| wanted.contains(&stated.fact.header.id));
    met.map(|stated| {
        let told = rules::telling(&stated.fact)?;
        Ok(ToldFact {
            fact_id: stated.fact.header.id,
            at_ms: i64::try_from(stated.fact.header.hlc.at_ms()).unwrap_or(i64::MAX),
            edge: stated.writer.edge,
            title: told.title.to_owned(),
            detail: told.detail,
        })
    })
    .collect()
}
