//! What the facts of an order say in the world.

use counterpart_protocol::codes::TypedDigits;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::orders::{CustodyGranted, Delivery, OrderLine, OrderPlaced, Payment};
use counterpart_protocol::tax::Rate;

use super::super::node::BEGIN_MS;
use super::{Deed, PRICE, STORE};

impl Deed {
    pub(super) fn custody(&self) -> CustodyGranted {
        CustodyGranted {
            fulfilment_id: self.fulfilment(),
            edge: self.edge_number(),
            epoch: 1,
            promise_at_ms: BEGIN_MS,
            hold_days: 7,
            digits: TypedDigits::draw([7; 8], [7; 16]).1,
        }
    }

    pub(super) fn placed(&self) -> OrderPlaced {
        let total = Minor(PRICE * self.units);
        OrderPlaced {
            order_id: self.order_id(),
            channel: "web".to_owned(),
            channel_reference: format!("W-{}", self.number),
            placed_at_ms: BEGIN_MS,
            currency: Currency::EUR,
            lines: vec![OrderLine {
                line: 1,
                sku: self.sku(),
                description: "simulated".to_owned(),
                quantity_milli: self.milli(),
                unit_price_minor: Minor(PRICE),
                amount_minor: total,
                tax_rate: Rate(21_000),
            }],
            total_minor: total,
            delivery: Delivery::Pickup {
                store: STORE.parse().expect("it is a slug"),
            },
            payment: Payment::Paid,
            customer_id: None,
        }
    }
}
