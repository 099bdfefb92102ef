//! Orders as a web shop places them, and stores that let the hub promise something.

use counterpart_protocol::ids::{FulfilmentId, OrderId};
use counterpart_protocol::orders::{
    HandedOver, HandoverCheck, LinesShorted, ReleaseReason, ShortReason, Units, UnitsReleased,
};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{RightsGranted, SkuUnits};
use serde_json::{Value, json};

use crate::facts::delivery;
use crate::peer::Peer;
use crate::world::{STORE, World};

/// Pens, as a line of rights.
pub(crate) fn pens(units: i32) -> Vec<SkuUnits> {
    vec![SkuUnits {
        sku: "PEN".parse().unwrap(),
        quantity_milli: Milli::units(units),
    }]
}

/// Pens, as units of an order's first line.
pub(crate) fn units(count: i32) -> Vec<Units> {
    vec![Units::of(1, &"PEN".parse().unwrap(), Milli::units(count))]
}

/// An order of pens to be picked up.
pub(crate) fn pickup(reference: &str, store: &str, count: i64) -> Value {
    json!({
        "channel": "web", "channel_reference": reference, "currency": "EUR",
        "lines": [{
            "sku": "PEN", "quantity_milli": count * 1000, "unit_price_minor": 120,
            "amount_minor": count * 120, "tax_rate": 21000,
        }],
        "total_minor": count * 120,
        "delivery": { "kind": "pickup", "store": store },
        "payment": "paid",
        "customer": { "name": "A. Customer", "email": "a@shop.example" },
    })
}

/// An order of pens to be sent.
pub(crate) fn parcel(reference: &str, count: i64) -> Value {
    let mut order = pickup(reference, STORE, count);
    order["delivery"] = json!({ "kind": "ship" });
    order["customer"]["address"] = json!(["Veldstraat 1", "9000 Gent"]);
    order
}

/// Starts a hub with one store that has pens and lets the hub promise some of them.
pub(crate) async fn with_rights(on_hand: i32, granted: i32) -> (World, Peer) {
    let world = World::with_a_store().await;
    let mut ghent = world.edge(STORE).await;
    ghent.state(delivery(on_hand));
    grant(&mut ghent, granted).await;
    (world, ghent)
}

/// Lets the hub promise pens, and tells it.
pub(crate) async fn grant(peer: &mut Peer, units: i32) {
    if units > 0 {
        peer.state(RightsGranted { lines: pens(units) });
    }
    peer.sync().await;
}

/// An order that was captured.
pub(crate) struct Captured {
    pub(crate) id: OrderId,
    pub(crate) status: String,
    pub(crate) part: Option<FulfilmentId>,
}

impl Captured {
    pub(crate) fn of(answer: &Value) -> Self {
        let part = answer["fulfilment"]["fulfilment_id"].as_str();
        Self {
            id: answer["order_id"].as_str().unwrap().parse().unwrap(),
            status: answer["status"].as_str().unwrap().to_owned(),
            part: part.map(|id| id.parse().unwrap()),
        }
    }

    pub(crate) fn part(&self) -> FulfilmentId {
        self.part.unwrap()
    }

    pub(crate) fn handed_over(&self, count: i32) -> HandedOver {
        HandedOver {
            fulfilment_id: self.part(),
            units: units(count),
            checked_by: HandoverCheck::Code,
            approved_by: None,
        }
    }

    pub(crate) fn shorted(&self, count: i32) -> LinesShorted {
        LinesShorted {
            fulfilment_id: self.part(),
            units: units(count),
            because: ShortReason::NotFound,
        }
    }

    pub(crate) fn released(&self, count: i32, because: ReleaseReason) -> UnitsReleased {
        UnitsReleased {
            fulfilment_id: self.part(),
            units: units(count),
            because,
        }
    }
}

impl World {
    /// Captures an order that must be taken.
    pub(crate) async fn capture(&self, order: &Value) -> Captured {
        Captured::of(&self.post("/v1/orders", order).await)
    }

    /// Returns what the hub says of an order.
    pub(crate) async fn order(&self, id: OrderId) -> Value {
        self.get(&format!("/v1/orders/{id}")).await
    }

    /// Cancels an order; returns what came of it.
    pub(crate) async fn cancel(&self, id: OrderId) -> String {
        let path = format!("/v1/orders/{id}/cancel");
        let answer = self.post(&path, &json!({ "because": "customer" })).await;
        answer["outcome"].as_str().unwrap().to_owned()
    }

    /// Has done what waits for the hub.
    pub(crate) async fn settle(&self) {
        counterpart_hub::app::settle_once(self.hub().context()).await;
    }

    /// Returns what may be promised of pens at a store: available, held and reserved, in pieces.
    pub(crate) async fn pens_at(&self, store: &str) -> (i64, i64, i64) {
        let path = format!("/v1/availability?sku=PEN&store={store}");
        let answer = self.get(&path).await;
        let at = &answer["stores"][0];
        let pieces = |name: &str| at[name].as_i64().unwrap() / 1_000;
        (
            pieces("available_milli"),
            pieces("held_milli"),
            pieces("reserved_milli"),
        )
    }
}
