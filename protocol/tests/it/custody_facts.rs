//! The facts the model of custody speaks of.

use counterpart_protocol::codes::TypedDigits;
use counterpart_protocol::facts::{Body, Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{EdgeNumber, FactId, FulfilmentId, OrderId, Sku};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::orders::{
    AllocationBroken, AllocationWithdrawn, CancelDeclined, CancelReason, CancelRequested,
    CustodyGranted, Delivery, FulfilmentAllocated, HandedOver, HandoverCheck, LinesPicked,
    LinesShorted, OrderCancelled, OrderLine, OrderPlaced, Payment, ReleaseReason, ShortReason,
    Units, UnitsReleased, Withdrawal,
};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::tax::Rate;
use counterpart_protocol::time::BusinessDate;

/// What is said, and of how many units. A part is its store's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Said {
    Placed,
    Allocated(u8, u8),
    Custody(u8),
    Withdrawn(u8, u8),
    CancelAsked(u8, u8),
    Cancelled(u8),
    Picked(u8, u8),
    HandedOver(u8, u8),
    Shorted(u8, u8),
    Released(u8, u8),
    Declined(u8, u8),
    Broken(u8, u8),
}

/// Names a part of the order: its store's number.
pub(crate) fn id(part: u8) -> FulfilmentId {
    FulfilmentId::from_parts(1, u128::from(part))
}

fn stated<B: Body>(body: &B) -> Fact {
    let header = Header {
        id: FactId::from_parts(1, 1),
        hlc: Hlc(1),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        register: None,
        staff: None,
    };
    Fact::decode(&Fact::new(header, body).encode()).unwrap()
}

fn sku() -> Sku {
    "TEE-M".parse().unwrap()
}

fn units(count: u8) -> Vec<Units> {
    vec![Units::of(1, &sku(), Milli::units(i32::from(count)))]
}

/// Returns the fact that says so, as a reader has it; `ordered` is how much the order is of.
pub(crate) fn fact(said: Said, ordered: u8) -> Fact {
    match said {
        Said::Placed => stated(&placed(ordered)),
        Said::Allocated(part, count) => stated(&FulfilmentAllocated {
            fulfilment_id: id(part),
            store: ["ghent", "bruges"][usize::from(part) - 1].parse().unwrap(),
            edge: EdgeNumber(u32::from(part)),
            units: units(count),
        }),
        Said::Custody(part) => stated(&custody(part)),
        Said::Withdrawn(part, count) => stated(&AllocationWithdrawn {
            fulfilment_id: id(part),
            edge: EdgeNumber(u32::from(part)),
            units: units(count),
            because: Withdrawal::Cancelled,
        }),
        Said::CancelAsked(part, count) => stated(&CancelRequested {
            fulfilment_id: id(part),
            units: units(count),
            because: CancelReason::Customer,
        }),
        Said::Cancelled(count) => stated(&OrderCancelled {
            units: units(count),
            because: CancelReason::Customer,
        }),
        Said::Picked(..)
        | Said::HandedOver(..)
        | Said::Shorted(..)
        | Said::Released(..)
        | Said::Declined(..)
        | Said::Broken(..) => store_fact(said),
    }
}

fn store_fact(said: Said) -> Fact {
    match said {
        Said::Picked(part, count) => stated(&LinesPicked {
            fulfilment_id: id(part),
            units: units(count),
        }),
        Said::HandedOver(part, count) => stated(&HandedOver {
            fulfilment_id: id(part),
            units: units(count),
            checked_by: HandoverCheck::Code,
            approved_by: None,
        }),
        Said::Shorted(part, count) => stated(&LinesShorted {
            fulfilment_id: id(part),
            units: units(count),
            because: ShortReason::NotFound,
        }),
        Said::Released(part, count) => stated(&UnitsReleased {
            fulfilment_id: id(part),
            units: units(count),
            because: ReleaseReason::Cancelled,
        }),
        Said::Declined(part, count) => stated(&CancelDeclined {
            fulfilment_id: id(part),
            units: units(count),
        }),
        Said::Broken(part, count) => stated(&AllocationBroken {
            fulfilment_id: id(part),
            units: units(count),
            cause: FactId::from_parts(9, 9),
        }),
        other => unreachable!("{other:?} is the hub's"),
    }
}

fn custody(part: u8) -> CustodyGranted {
    CustodyGranted {
        fulfilment_id: id(part),
        edge: EdgeNumber(u32::from(part)),
        epoch: 1,
        promise_at_ms: 1_763_890_000_000,
        hold_days: 7,
        digits: TypedDigits::draw([1; 8], [2; 16]).1,
    }
}

fn placed(ordered: u8) -> OrderPlaced {
    let total = Minor(i64::from(ordered) * 1_500);
    OrderPlaced {
        order_id: OrderId::from_parts(1, 1),
        channel: "web".to_owned(),
        channel_reference: "W-1".to_owned(),
        placed_at_ms: 1_763_890_000_000,
        currency: Currency::EUR,
        lines: vec![OrderLine {
            line: 1,
            sku: sku(),
            description: "T-shirt".to_owned(),
            quantity_milli: Milli::units(i32::from(ordered)),
            unit_price_minor: Minor(1_500),
            amount_minor: total,
            tax_rate: Rate(21_000),
        }],
        total_minor: total,
        delivery: Delivery::Pickup {
            store: "ghent".parse().unwrap(),
        },
        payment: Payment::Paid,
        customer_id: None,
    }
}
