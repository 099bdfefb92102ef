//! Gives units of an order to a store: reserved under rights, in its custody, in its feed.

use counterpart_daemon::db::Tx;
use counterpart_daemon::entropy::random_bytes;
use counterpart_protocol::codes::{CodeKind, LinePaid, SignedCode, Subject, TypedDigits};
use counterpart_protocol::ids::{EdgeNumber, FulfilmentId, OrderId, StoreId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::orders::{
    AllocationWithdrawn, CustodyGranted, Delivery, FulfilmentAllocated, Order, OrderPlaced, Units,
    Withdrawal,
};
use counterpart_protocol::policies::PickupPolicy;
use counterpart_protocol::stores::GeoPoint;
use serde::{Deserialize, Serialize};

use super::cancelling::{Withdrawn, withdraw};
use super::capturing::by_sku;
use super::failed::OrderFailed;
use super::restored::waits_for;
use super::{Folded, folded, place_at, places, tell, understood};
use crate::context::Context;
use crate::customers::{self, Known};
use crate::orders::rules::{self, RerouteBarred};
use crate::orders::store::{self, Custody, Routing};
use crate::policies;
use crate::routing::{self, Choice, Demand, Wanted};
use crate::stores::StorePlace;

/// What code and digits are sealed for.
pub(super) const PURPOSE: &str = "pickup code";
/// The custody a new part begins with.
const FIRST_EPOCH: u32 = 1;

/// Units to be given to a store.
#[derive(Debug, Clone)]
pub(in crate::orders) struct Placing {
    pub(in crate::orders) order_id: OrderId,
    pub(in crate::orders) units: Vec<Units>,
    /// Stores that could not serve them.
    pub(in crate::orders) failed: Vec<StoreId>,
    /// The one store they may go to, if a person named one.
    pub(in crate::orders) only: Option<StoreId>,
    pub(in crate::orders) because: Because,
    pub(in crate::orders) by: String,
}

/// Why a store is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::orders) enum Because {
    /// The order came.
    Capture,
    /// Rights may have come.
    Rights,
    /// A person asked.
    Operator,
}

impl Because {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub(in crate::orders) const fn word(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Rights => "rights",
            Self::Operator => "operator",
        }
    }
}

/// Units that a store serves now.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) fulfilment_id: FulfilmentId,
    pub(super) store_id: StoreId,
    pub(super) promise_at_ms: i64,
}

/// Code and digits of a part, as they are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Secrets {
    pub(super) code: String,
    pub(super) digits: String,
}

/// Looks for a store and gives it the units; nothing when nobody may promise them.
pub(super) fn place_units(
    context: &Context,
    tx: &mut Tx,
    placing: Placing,
    places: &[StorePlace],
) -> Result<Option<Placed>, OrderFailed> {
    let Some(Folded { order, facts }) = folded(context, tx, placing.order_id)? else {
        return Err(OrderFailed::Unknown(placing.order_id.to_string()));
    };
    let unheard = waits_for(context, tx, &facts)?;
    match (unheard.is_empty(), placing.because) {
        (true, _) => {}
        // Another store may have it.
        (false, Because::Capture | Because::Rights) => return Ok(None),
        (false, Because::Operator) => return Err(OrderFailed::Unheard(unheard)),
    }
    let demand = Demand {
        units: by_sku(&placing.units),
        wanted: wanted(context, tx, &order, placing.only.as_ref())?,
        failed: placing.failed.clone(),
    };
    let choice = routing::decide(context, tx, &demand)?;
    let placed = match &choice.chosen {
        Some((store_id, edge)) => {
            let to = (store_id.clone(), *edge);
            Some(allocate(context, tx, &order, &placing, to, places)?)
        }
        None => None,
    };
    // What is tried again and again without a result is told once.
    if placed.is_some() || placing.because != Because::Rights {
        remember(context, tx, &placing, &choice, placed.as_ref())?;
    }
    Ok(placed)
}

fn remember(
    context: &Context,
    tx: &mut Tx,
    placing: &Placing,
    choice: &Choice,
    placed: Option<&Placed>,
) -> Result<(), OrderFailed> {
    let routing = Routing {
        at_ms: context.now_ms(),
        because: placing.because.word().to_owned(),
        by_whom: placing.by.clone(),
        fulfilment_id: placed.map(|placed| placed.fulfilment_id),
        store_id: placed.map(|placed| placed.store_id.to_string()),
        considered: serde_json::to_string(&choice.considered)?,
    };
    store::add_routing(tx, placing.order_id, &routing)?;
    Ok(())
}

/// Returns where an order is wanted: at the store a person named, where its customer goes, or near
/// the customer's address.
fn wanted(
    context: &Context,
    tx: &mut Tx,
    order: &Order,
    only: Option<&StoreId>,
) -> Result<Wanted, OrderFailed> {
    if let Some(store) = only {
        return Ok(Wanted::At(store.clone()));
    }
    let placed = order.placed.as_ref();
    match placed.map(|placed| &placed.delivery) {
        Some(Delivery::Pickup { store }) => Ok(Wanted::At(store.clone())),
        Some(Delivery::Ship) | None => {
            let customer = placed.and_then(|placed| placed.customer_id);
            let point: Option<GeoPoint> = match customer {
                Some(id) => match customers::find(context, tx, id)? {
                    Some(Known::As(customer)) => customer.point,
                    Some(Known::Erased(_)) | None => None,
                },
                None => None,
            };
            Ok(Wanted::Near(point))
        }
    }
}

/// Reserves, gives custody and shares the order: the custody's record is the last the store's feed
/// gets of it, so what was framed before it gave no custody.
fn allocate(
    context: &Context,
    tx: &mut Tx,
    order: &Order,
    placing: &Placing,
    (store_id, edge): (StoreId, EdgeNumber),
    places: &[StorePlace],
) -> Result<Placed, OrderFailed> {
    let order_id = placing.order_id;
    let fulfilment_id = FulfilmentId::from_bytes(context.new_id());
    let place = place_at(context, places, Some(&store_id));
    let allocated = FulfilmentAllocated {
        fulfilment_id,
        store: store_id.clone(),
        edge,
        units: placing.units.clone(),
    };
    let replica = context.replica();
    replica.record_order(tx, order_id, 0, place, &allocated)?;
    let policy = policies::current(tx)?.pickup;
    let promise_at_ms = promise_at_ms(context, &store_id, places, &policy);
    let random = random_bytes(context.entropy().as_ref());
    let salt = random_bytes(context.entropy().as_ref());
    let (digits, check) = TypedDigits::draw(random, salt);
    let custody = CustodyGranted {
        fulfilment_id,
        edge,
        epoch: FIRST_EPOCH,
        promise_at_ms,
        hold_days: policy.hold_days,
        digits: check,
    };
    replica.record_order(tx, order_id, FIRST_EPOCH, place, &custody)?;
    let feed_seq = replica.share_order(tx, order_id, edge)?;
    let code = match &order.placed {
        Some(placed) => sign(context, placed, &allocated, place.business_date),
        None => String::new(),
    };
    let secrets = serde_json::to_vec(&Secrets { code, digits })?;
    let entropy = context.entropy().as_ref();
    let id = fulfilment_id.to_bytes();
    let sealed = context.vault().seal(PURPOSE, &id, &secrets, entropy);
    let custody = Custody {
        fulfilment_id,
        epoch: FIRST_EPOCH,
        edge,
        feed_seq,
        sealed,
    };
    store::add_custody(tx, &custody)?;
    Ok(Placed {
        fulfilment_id,
        store_id,
        promise_at_ms,
    })
}

fn promise_at_ms(
    context: &Context,
    store_id: &StoreId,
    places: &[StorePlace],
    policy: &PickupPolicy,
) -> i64 {
    let now_ms = context.now_ms();
    let found = places.iter().find(|place| place.store_id == *store_id);
    match found {
        Some(place) => {
            let minutes = place.promise_minutes.unwrap_or(policy.promise_minutes);
            rules::promise_at_ms(now_ms, &place.days.zone, &place.hours, minutes)
        }
        None => now_ms.saturating_add(i64::from(policy.promise_minutes) * 60_000),
    }
}

/// Signs what the customer shows at the counter, or what lies in the parcel.
fn sign(
    context: &Context,
    placed: &OrderPlaced,
    part: &FulfilmentAllocated,
    date: counterpart_protocol::time::BusinessDate,
) -> String {
    let paid = part.units.iter().filter_map(|unit| {
        let line = placed.lines.iter().find(|line| line.line == unit.line)?;
        let share = line
            .amount_minor
            .scaled(unit.quantity_milli.0, line.quantity_milli.0)?;
        Some(LinePaid {
            line: unit.line,
            paid_minor: share,
            sold: None,
        })
    });
    let lines: Vec<LinePaid> = paid.collect();
    let sum = Minor::sum(lines.iter().map(|line| line.paid_minor));
    // More lines than these would not fit the picture (a code of about 400 characters).
    let fits = lines.len() <= 20;
    context.code_signer().sign(&SignedCode {
        kind: match placed.delivery {
            Delivery::Pickup { .. } => CodeKind::Pickup,
            Delivery::Ship => CodeKind::PackingSlip,
        },
        subject: Subject::Order {
            order_id: placed.order_id,
            fulfilment_id: part.fulfilment_id,
        },
        store: part.store.clone(),
        date,
        epoch: FIRST_EPOCH,
        currency: placed.currency,
        paid_minor: sum.unwrap_or(placed.total_minor),
        lines: if fits { lines } else { Vec::new() },
        receipt: None,
    })
}

/// Sends what is left of an order another way: what no store has seen is taken back first.
pub(in crate::orders) fn reroute_in(
    context: &Context,
    tx: &mut Tx,
    order_id: OrderId,
    to: Option<StoreId>,
    by: &str,
) -> Result<StoreId, OrderFailed> {
    let unknown = || OrderFailed::Unknown(order_id.to_string());
    understood(context, tx, order_id)?;
    let before = folded(context, tx, order_id)?.ok_or_else(unknown)?;
    rules::allowed(&before.order).reroute?;
    let places = places(tx)?;
    let mut left = Vec::new();
    for (id, part) in &before.order.fulfilments {
        if part.lines.values().all(|line| line.remaining().0 == 0) {
            continue;
        }
        let withdrawn = withdraw(context, tx, order_id, (*id, part), Withdrawal::Rerouted)?;
        match withdrawn {
            Withdrawn::Yes => left.extend(part.store.clone()),
            Withdrawn::Sent => {}
        }
    }
    let after = folded(context, tx, order_id)?.ok_or_else(unknown)?;
    let units = rules::unrouted(&after.order);
    if units.is_empty() {
        return Err(RerouteBarred::InCustody.into());
    }
    let mut failed = rules::failed(&after.order, &after.facts)?;
    failed.append(&mut left);
    let placing = Placing {
        order_id,
        units,
        failed: if to.is_some() { Vec::new() } else { failed },
        only: to,
        because: Because::Operator,
        by: by.to_owned(),
    };
    let placed = place_units(context, tx, placing, &places)?;
    let placed = placed.ok_or(OrderFailed::NobodyServes)?;
    tell(context, tx);
    tracing::info!(order.id = %order_id, store.id = %placed.store_id, "sent an order another way");
    Ok(placed.store_id)
}

/// Returns the fact that takes a part back.
pub(super) fn taking_back(
    id: FulfilmentId,
    edge: EdgeNumber,
    units: Vec<Units>,
    because: Withdrawal,
) -> AllocationWithdrawn {
    AllocationWithdrawn {
        fulfilment_id: id,
        edge,
        units,
        because,
    }
}
