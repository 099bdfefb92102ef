//! A part of an order as a command needs it: the fold of its facts, and the work beside them.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{self, OrderFact, order_facts};
use counterpart_protocol::barcode::{self, Aim};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{FulfilmentId, OrderId, Sku, StaffId};
use counterpart_protocol::orders::{HandedOver, LineCount, LinesPicked, Order, OrderPlaced};

use super::PickupError;
use crate::context::Context;
use crate::pickups::rules::{Line, PickupRefused, PutAway, Scanned, Work};
use crate::pickups::store;
use crate::reference;

/// A part of an order, loaded for a command.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    pub(super) order_id: OrderId,
    pub(super) fulfilment_id: FulfilmentId,
    /// What was ordered, if that has arrived.
    pub(super) placed: Option<OrderPlaced>,
    pub(super) work: Work,
}

/// Loads a part of an order.
///
/// # Errors
///
/// [`PickupError::NoSuchPickup`]; [`PickupRefused::Blocked`] when the order says something that
/// must be understood first; [`PickupRefused::HalfHeard`] when what the hub said behind its custody
/// has not arrived; the failures.
pub(super) fn load(
    ctx: &Context,
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
) -> Result<Loaded, PickupError> {
    let missing = PickupError::NoSuchPickup(fulfilment_id);
    let Some(order_id) = store::order_of(tx, fulfilment_id)? else {
        return Err(missing);
    };
    if replica::is_blocked(tx, order_id)? {
        return Err(PickupRefused::Blocked.into());
    }
    if replica::is_half_heard(tx, order_id)? {
        return Err(PickupRefused::HalfHeard.into());
    }
    let facts = order_facts(tx, order_id)?;
    let mut order = Order::fold(&facts)?;
    let part = order.fulfilments.remove(&fulfilment_id).ok_or(missing)?;
    let placed = order.placed;
    let scans = store::scans(tx, fulfilment_id)?;
    let tasks = store::put_aways(tx, fulfilment_id)?;
    let mut lines = Vec::new();
    for (number, count) in &part.lines {
        let mut line = Line {
            line: *number,
            name: name_of(tx, placed.as_ref(), *number, count)?,
            count: count.clone(),
            scanned: Vec::new(),
            put_aways: Vec::new(),
        };
        for (_, staff_id, quantity_milli) in scans.iter().filter(|(of, _, _)| of == number) {
            line.scanned.push(Scanned {
                staff_id: *staff_id,
                who: staff_name(tx, *staff_id)?,
                quantity_milli: *quantity_milli,
            });
        }
        for task in tasks.iter().filter(|task| task.line == *number) {
            line.put_aways.push(PutAway {
                because: task.because,
                wanted_milli: task.wanted_milli,
                scanned_milli: task.scanned_milli,
            });
        }
        lines.push(line);
    }
    let reference = placed
        .as_ref()
        .map(|placed| placed.channel_reference.clone());
    let handed_over_at = handed_over_at_ms(&facts, fulfilment_id)?;
    let bag_unseen = is_bag_unseen(ctx, tx, &facts, fulfilment_id)?;
    let work = Work {
        part,
        lines,
        reference: reference.unwrap_or_else(|| order_id.to_string()),
        handed_over_at: handed_over_at.map(|at_ms| at(ctx, at_ms)),
        bag_unseen,
    };
    Ok(Loaded {
        order_id,
        fulfilment_id,
        placed,
        work,
    })
}

/// Returns a moment as the people of this store read it.
pub(super) fn at(ctx: &Context, at_ms: i64) -> String {
    ctx.lang().date_time(at_ms, &ctx.profile().time_zone)
}

/// Returns the name colleagues use; one who left the roster is a colleague.
pub(super) fn staff_name(tx: &mut Tx, staff_id: StaffId) -> Result<String, DbError> {
    let member = reference::member_by_id(tx, staff_id)?;
    Ok(member.map_or_else(|| "a colleague".to_owned(), |member| member.name))
}

/// Returns which product a code means, and what to call what was scanned.
pub(super) fn product_of(
    tx: &mut Tx,
    code: &str,
    aim: Option<Aim>,
) -> Result<(Option<Sku>, String), DbError> {
    let strange = || {
        let legible: String = code.chars().filter(|c| !c.is_control()).take(40).collect();
        format!("'{legible}', which is no item here")
    };
    let product = match barcode::read(code.as_bytes(), aim) {
        Ok(read) => reference::find_scanned(tx, &read)?,
        Err(_) => None,
    };
    Ok(match product {
        Some(product) => (Some(product.sku), product.name),
        // Goods that left the catalogue are picked by their SKU.
        None => (code.parse::<Sku>().ok(), strange()),
    })
}

fn name_of(
    tx: &mut Tx,
    placed: Option<&OrderPlaced>,
    line: u16,
    count: &LineCount,
) -> Result<String, DbError> {
    let ordered = placed.and_then(|placed| placed.lines.iter().find(|one| one.line == line));
    if let Some(ordered) = ordered {
        return Ok(ordered.description.clone());
    }
    let product = reference::find_by_sku(tx, &count.sku)?;
    Ok(product.map_or_else(|| count.sku.to_string(), |product| product.name))
}

/// Tells whether an earlier life of this store picked something of a part, and nobody has seen the
/// bag in this one.
fn is_bag_unseen(
    ctx: &Context,
    tx: &mut Tx,
    facts: &[OrderFact],
    part: FulfilmentId,
) -> Result<bool, PickupError> {
    // While it recovers nothing is handed over at all.
    let recovery = ctx.replica().recovery(tx)?;
    let Some(recovery) = recovery.filter(|recovery| recovery.ended_at_ms.is_some()) else {
        return Ok(false);
    };
    for stated in facts {
        let earlier = stated.writer.incarnation < recovery.incarnation;
        if earlier && stated.fact.kind() == Some(Kind::LinesPicked) {
            let picked: LinesPicked = stated.fact.read()?;
            if picked.fulfilment_id == part {
                return Ok(!store::is_bag_seen(tx, part, recovery.incarnation)?);
            }
        }
    }
    Ok(false)
}

fn handed_over_at_ms(facts: &[OrderFact], part: FulfilmentId) -> Result<Option<i64>, PickupError> {
    let mut latest = None;
    for stated in facts {
        if stated.fact.kind() == Some(Kind::HandedOver) {
            let handed: HandedOver = stated.fact.read()?;
            let at_ms = i64::try_from(stated.fact.header.hlc.at_ms());
            if handed.fulfilment_id == part {
                latest = latest.max(at_ms.ok());
            }
        }
    }
    Ok(latest)
}
