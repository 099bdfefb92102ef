//! Orders as the API tells them.

use std::collections::BTreeMap;

use counterpart_protocol::ids::{EdgeNumber, OrderId, StoreId};
use counterpart_protocol::orders::{Delivery, Payment};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::customers::{Customer, Known};
use crate::orders::service::{OrderView, PartView};
use crate::orders::store::{Listed, ListedPart};
use crate::routing::Considered;

/// A page of orders.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrdersJson)]
pub(super) struct ListJson {
    orders: Vec<ListedJson>,
    after: Option<String>,
}

/// An order as listed.
#[derive(Debug, Serialize, ToSchema)]
struct ListedJson {
    order_id: OrderId,
    channel: String,
    channel_reference: String,
    placed_at: Timestamp,
    currency: String,
    total_minor: i64,
    delivery: String,
    status: String,
    promise_at: Option<Timestamp>,
    fulfilments: Vec<ListedPartJson>,
}

/// A part of a listed order.
#[derive(Debug, Serialize, ToSchema)]
struct ListedPartJson {
    store_id: Option<String>,
    stage: String,
}

pub(super) fn list_json(
    rows: &[Listed],
    parts: &BTreeMap<OrderId, Vec<ListedPart>>,
    after: Option<String>,
) -> ListJson {
    let of = |id: &OrderId| {
        let parts = parts.get(id).map_or(&[][..], Vec::as_slice);
        let each = parts.iter().map(|part| ListedPartJson {
            store_id: part.store_id.clone(),
            stage: part.stage.clone(),
        });
        each.collect()
    };
    let orders = rows.iter().map(|row| ListedJson {
        order_id: row.order_id,
        channel: row.channel.clone(),
        channel_reference: row.channel_reference.clone(),
        placed_at: at(row.placed_at_ms),
        currency: row.currency.clone(),
        total_minor: row.total_minor,
        delivery: row.delivery.clone(),
        status: row.status.clone(),
        promise_at: row.promise_at_ms.map(at),
        fulfilments: of(&row.order_id),
    });
    ListJson {
        orders: orders.collect(),
        after,
    }
}

/// Everything that is known of one order.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrderJson {
    order_id: OrderId,
    channel: String,
    channel_reference: String,
    placed_at: Timestamp,
    currency: String,
    total_minor: i64,
    delivery: DeliveryJson,
    #[schema(value_type = String)]
    payment: Payment,
    status: &'static str,
    customer_id: Option<String>,
    /// Name and contact; nothing for callers who may not change orders, and once erased.
    customer: Option<Customer>,
    lines: Vec<LineJson>,
    fulfilments: Vec<PartJson>,
    timeline: Vec<MomentJson>,
    routing: Vec<RoutingJson>,
    may_cancel: AllowedJson,
    may_reroute: AllowedJson,
}

/// How the customer gets it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum DeliveryJson {
    Pickup { store: StoreId },
    Ship,
}

/// One line of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderLineJson)]
struct LineJson {
    line: u16,
    sku: String,
    description: String,
    quantity_milli: i64,
    unit_price_minor: i64,
    amount_minor: i64,
    tax_rate: u32,
    unrouted_milli: i64,
    cancelled_milli: i64,
    handed_over_milli: i64,
}

/// One store's part of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FulfilmentJson)]
struct PartJson {
    fulfilment_id: String,
    store_id: Option<StoreId>,
    edge: Option<u32>,
    epoch: u32,
    stage: &'static str,
    promise_at: Option<Timestamp>,
    hold_days: Option<u16>,
    location: Option<String>,
    staged_at: Option<Timestamp>,
    cancel_waits: bool,
    lines: Vec<PartLineJson>,
    pickup: Option<PickupJson>,
}

/// What became of one line's units in a part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FulfilmentLineJson)]
struct PartLineJson {
    line: u16,
    sku: String,
    allocated_milli: i64,
    remaining_milli: i64,
    picked_milli: i64,
    handed_over_milli: i64,
    shorted_milli: i64,
    released_milli: i64,
    broken_milli: i64,
    withdrawn_milli: i64,
}

/// What the customer shows or says at the counter.
#[derive(Debug, Serialize, ToSchema)]
struct PickupJson {
    /// What the QR code holds.
    code: String,
    /// What the customer says when no screen shows the code.
    digits: String,
}

/// A fact of an order, in words.
#[derive(Debug, Serialize, ToSchema)]
struct MomentJson {
    fact_id: String,
    kind: &'static str,
    at: Timestamp,
    /// `hub`, or the store that stated it.
    by: String,
    who: Option<String>,
    title: &'static str,
    detail: String,
}

/// A decision of where an order goes.
#[derive(Debug, Serialize, ToSchema)]
struct RoutingJson {
    at: Timestamp,
    because: String,
    by: String,
    store_id: Option<String>,
    considered: Vec<ConsideredJson>,
}

/// What was thought of one store.
#[derive(Debug, Serialize, ToSchema)]
struct ConsideredJson {
    #[serde(flatten)]
    considered: Considered,
    because: String,
}

/// Whether something may be done now.
#[derive(Debug, Serialize, ToSchema)]
struct AllowedJson {
    allowed: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
}

impl AllowedJson {
    fn of<E: std::fmt::Display>(allowed: Result<(), E>) -> Self {
        Self {
            allowed: allowed.is_ok(),
            because: allowed.err().map(|barred| barred.to_string()),
        }
    }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(super) fn order_json(view: &OrderView) -> OrderJson {
    let placed = &view.placed;
    OrderJson {
        order_id: view.id,
        channel: placed.channel.clone(),
        channel_reference: placed.channel_reference.clone(),
        placed_at: at(placed.placed_at_ms),
        currency: placed.currency.to_string(),
        total_minor: placed.total_minor.0,
        delivery: match &placed.delivery {
            Delivery::Pickup { store } => DeliveryJson::Pickup {
                store: store.clone(),
            },
            Delivery::Ship => DeliveryJson::Ship,
        },
        payment: placed.payment,
        status: view.order.status().word(),
        customer_id: placed.customer_id.map(|id| id.to_string()),
        customer: match &view.customer {
            Some(Known::As(customer)) => Some(customer.clone()),
            Some(Known::Erased(_)) | None => None,
        },
        lines: lines_json(view),
        fulfilments: view.parts.iter().map(part_json).collect(),
        timeline: timeline_json(view),
        routing: routing_json(view),
        may_cancel: AllowedJson::of(view.allowed.cancel),
        may_reroute: AllowedJson::of(view.allowed.reroute),
    }
}

fn lines_json(view: &OrderView) -> Vec<LineJson> {
    let lines = view.placed.lines.iter().map(|line| LineJson {
        line: line.line,
        sku: line.sku.to_string(),
        description: line.description.clone(),
        quantity_milli: line.quantity_milli.0,
        unit_price_minor: line.unit_price_minor.0,
        amount_minor: line.amount_minor.0,
        tax_rate: line.tax_rate.0,
        unrouted_milli: view.order.unrouted(line.line).0,
        cancelled_milli: view.order.cancelled.get(&line.line).map_or(0, |sum| sum.0),
        handed_over_milli: view.order.handed_over(line.line).0,
    });
    lines.collect()
}

fn part_json(view: &PartView) -> PartJson {
    let part = &view.part;
    PartJson {
        fulfilment_id: view.id.to_string(),
        store_id: part.store.clone(),
        edge: part.edge.map(|edge| edge.0),
        epoch: part.epoch,
        stage: part.stage().word(),
        promise_at: part.promise_at_ms.map(at),
        hold_days: part.hold_days,
        location: part.location.clone(),
        staged_at: part.staged_at_ms.map(at),
        cancel_waits: part.cancel_waits(),
        lines: part
            .lines
            .iter()
            .map(|(line, count)| PartLineJson {
                line: *line,
                sku: count.sku.to_string(),
                allocated_milli: count.allocated.0,
                remaining_milli: count.remaining().0,
                picked_milli: count.picked.0,
                handed_over_milli: count.handed_over.0,
                shorted_milli: count.shorted.0,
                released_milli: count.released.0,
                broken_milli: count.broken.0,
                withdrawn_milli: count.withdrawn.0,
            })
            .collect(),
        pickup: view.pickup.as_ref().map(|pickup| PickupJson {
            code: pickup.code.clone(),
            digits: pickup.digits.clone(),
        }),
    }
}

fn timeline_json(view: &OrderView) -> Vec<MomentJson> {
    let by = |edge: EdgeNumber| {
        let store = view.stores.iter().find(|store| store.edges.contains(&edge));
        match (edge, store) {
            (EdgeNumber::HUB, _) => "hub".to_owned(),
            (_, Some(store)) => store.store_id.to_string(),
            (edge, None) => format!("edge {edge}"),
        }
    };
    let moments = view.timeline.iter().map(|moment| MomentJson {
        fact_id: moment.fact_id.clone(),
        kind: moment.kind,
        at: at(moment.at_ms),
        by: by(moment.edge),
        who: moment.who.clone(),
        title: moment.told.title,
        detail: moment.told.detail.clone(),
    });
    moments.collect()
}

fn routing_json(view: &OrderView) -> Vec<RoutingJson> {
    let decisions = view
        .routings
        .iter()
        .map(|(routing, considered)| RoutingJson {
            at: at(routing.at_ms),
            because: routing.because.clone(),
            by: routing.by_whom.clone(),
            store_id: routing.store_id.clone(),
            considered: considered
                .iter()
                .map(|considered| ConsideredJson {
                    because: considered.verdict.sentence(),
                    considered: considered.clone(),
                })
                .collect(),
        });
    decisions.collect()
}
