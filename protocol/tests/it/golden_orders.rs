//! The facts of orders: placed, allocated, picked, and how each of their units ends.

use counterpart_protocol::codes::TypedDigits;
use counterpart_protocol::ids::{EdgeNumber, FactId, FulfilmentId, OrderId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::orders::{
    AllocationBroken, AllocationWithdrawn, CancelDeclined, CancelReason, CancelRequested,
    CustodyGranted, Delivery, FulfilmentAllocated, HandedOver, HandoverCheck, LinesPicked,
    LinesShorted, OrderCancelled, OrderLine, OrderPlaced, Payment, PickupAccepted, PickupStaged,
    ReleaseReason, ShortReason, Units, UnitsReleased, Withdrawal,
};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::tax::Rate;

use crate::golden_facts::{AT_MS, Facts, STAFF, sku};

const PART: FulfilmentId = FulfilmentId::from_parts(1_763_890_000_000, 4);

fn units() -> Vec<Units> {
    vec![Units::of(1, &sku(), Milli(2_000))]
}

/// Says them.
pub(crate) fn orders(facts: &mut Facts) {
    begin(facts);
    ends(facts);
}

fn begin(facts: &mut Facts) {
    let store = || "ghent".parse().unwrap();
    facts.say(&OrderPlaced {
        order_id: OrderId::from_parts(1_763_890_000_000, 1),
        channel: "web".to_owned(),
        channel_reference: "W-1001".to_owned(),
        placed_at_ms: AT_MS,
        currency: Currency::EUR,
        lines: vec![OrderLine {
            line: 1,
            sku: sku(),
            description: "T-shirt".to_owned(),
            quantity_milli: Milli(2_000),
            unit_price_minor: Minor(1_500),
            amount_minor: Minor(3_000),
            tax_rate: Rate(21_000),
        }],
        total_minor: Minor(3_000),
        delivery: Delivery::Pickup { store: store() },
        payment: Payment::Authorised,
        customer_id: None,
    });
    facts.say(&FulfilmentAllocated {
        fulfilment_id: PART,
        store: store(),
        edge: EdgeNumber(7),
        units: units(),
    });
    facts.say(&CustodyGranted {
        fulfilment_id: PART,
        edge: EdgeNumber(7),
        epoch: 1,
        promise_at_ms: AT_MS,
        hold_days: 7,
        digits: TypedDigits::draw([1; 8], [2; 16]).1,
    });
    facts.say(&AllocationWithdrawn {
        fulfilment_id: PART,
        edge: EdgeNumber(7),
        units: units(),
        because: Withdrawal::Rerouted,
    });
    facts.say(&CancelRequested {
        fulfilment_id: PART,
        units: units(),
        because: CancelReason::Service,
    });
    facts.say(&OrderCancelled {
        units: units(),
        because: CancelReason::Customer,
    });
    facts.say(&PickupAccepted {
        fulfilment_id: PART,
    });
    facts.say(&LinesPicked {
        fulfilment_id: PART,
        units: units(),
    });
}

fn ends(facts: &mut Facts) {
    facts.say(&LinesShorted {
        fulfilment_id: PART,
        units: units(),
        because: ShortReason::Damaged,
    });
    facts.say(&PickupStaged {
        fulfilment_id: PART,
        location: "shelf 4".to_owned(),
    });
    facts.say(&HandedOver {
        fulfilment_id: PART,
        units: units(),
        checked_by: HandoverCheck::Digits,
        approved_by: Some(STAFF),
    });
    facts.say(&UnitsReleased {
        fulfilment_id: PART,
        units: units(),
        because: ReleaseReason::Refused,
    });
    facts.say(&AllocationBroken {
        fulfilment_id: PART,
        units: units(),
        cause: FactId::from_parts(9, 9),
    });
    facts.say(&CancelDeclined {
        fulfilment_id: PART,
        units: units(),
    });
}
