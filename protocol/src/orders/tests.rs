//! Stories of orders: what their facts say, in whatever order they come.

use proptest::prelude::{prop, prop_assert_eq, proptest};

use super::{
    AllocationBroken, AllocationWithdrawn, CancelDeclined, CancelReason, CancelRequested,
    CustodyGranted, Delivery, FulfilmentAllocated, HandedOver, HandoverCheck, LinesPicked,
    LinesShorted, Order, OrderCancelled, OrderFact, OrderInvalid, OrderLine, OrderPlaced,
    OrderStatus, Payment, PickupAccepted, PickupStaged, ReleaseReason, ShortReason, Stage, Units,
    UnitsReleased, Withdrawal, exceptions,
};
use crate::codes::TypedDigits;
use crate::exceptions::{ExceptionResolved, Resolution, Rule, Standing};
use crate::facts::{Body, Fact, Header};
use crate::hlc::Hlc;
use crate::ids::{EdgeNumber, FactId, FulfilmentId, Incarnation, OrderId, Sku, Writer};
use crate::money::{Currency, Minor};
use crate::quantity::Milli;
use crate::tax::Rate;
use crate::time::BusinessDate;

const GHENT: EdgeNumber = EdgeNumber(1);
const BRUGES: EdgeNumber = EdgeNumber(2);

fn sku() -> Sku {
    "TEE-M".parse().unwrap()
}

fn units(count: i32) -> Vec<Units> {
    vec![Units::of(1, &sku(), Milli::units(count))]
}

fn part(number: u128) -> FulfilmentId {
    FulfilmentId::from_parts(1, number)
}

fn placed(count: i32) -> OrderPlaced {
    let amount = Minor(i64::from(count) * 1_500);
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
            quantity_milli: Milli::units(count),
            unit_price_minor: Minor(1_500),
            amount_minor: amount,
            tax_rate: Rate(21_000),
        }],
        total_minor: amount,
        delivery: Delivery::Pickup {
            store: "ghent".parse().unwrap(),
        },
        payment: Payment::Paid,
        customer_id: None,
    }
}

/// Facts of one order as they are told.
#[derive(Default)]
struct Story(Vec<OrderFact>);

impl Story {
    fn said<B: Body>(mut self, by: EdgeNumber, body: &B) -> Self {
        let number = self.0.len() as u64 + 1;
        let header = Header {
            id: FactId::from_parts(number, 1),
            hlc: Hlc::from_parts(1_763_890_000_000 + number, 0),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: None,
            staff: None,
        };
        self.0.push(OrderFact {
            fact: Fact::new(header, body),
            writer: Writer {
                edge: by,
                incarnation: Incarnation(1),
            },
            epoch: 1,
            seq: number,
        });
        self
    }

    fn routed(self, number: u128, to: EdgeNumber, count: i32) -> Self {
        let (_, digits) = TypedDigits::draw([0; 8], [0; 16]);
        self.said(
            EdgeNumber::HUB,
            &FulfilmentAllocated {
                fulfilment_id: part(number),
                store: "ghent".parse().unwrap(),
                edge: to,
                units: units(count),
            },
        )
        .said(
            EdgeNumber::HUB,
            &CustodyGranted {
                fulfilment_id: part(number),
                edge: to,
                epoch: 1,
                promise_at_ms: 1_763_893_600_000,
                hold_days: 7,
                digits,
            },
        )
    }

    fn handed_over(self, number: u128, by: EdgeNumber, count: i32) -> Self {
        self.said(
            by,
            &HandedOver {
                fulfilment_id: part(number),
                units: units(count),
                checked_by: HandoverCheck::Code,
                approved_by: None,
            },
        )
    }

    fn order(&self) -> Order {
        Order::fold(&self.0).unwrap()
    }

    #[track_caller]
    fn is(&self, status: OrderStatus, stage: Stage) {
        let order = self.order();
        assert_eq!(order.status(), status);
        assert_eq!(order.fulfilments[&part(1)].stage(), stage);
    }

    #[track_caller]
    fn raises(&self, expected: &[(Rule, Standing)]) {
        let raised = exceptions(&self.0).unwrap();
        let mut raised: Vec<_> = raised.iter().map(|r| (r.rule, r.standing)).collect();
        raised.sort_by_key(|(rule, _)| *rule);
        assert_eq!(raised, expected);
    }
}

fn begun(count: i32) -> Story {
    Story::default().said(EdgeNumber::HUB, &placed(count))
}

#[test]
fn an_order_goes_from_the_shop_to_the_customer() {
    let story = begun(2);
    assert_eq!(story.order().status(), OrderStatus::Unrouted);
    let story = story.routed(1, GHENT, 2);
    story.is(OrderStatus::Routed, Stage::Offered);
    let fulfilment_id = part(1);
    let story = story.said(GHENT, &PickupAccepted { fulfilment_id });
    story.is(OrderStatus::InProgress, Stage::Accepted);
    let picked = |count| LinesPicked {
        fulfilment_id,
        units: units(count),
    };
    let story = story.said(GHENT, &picked(1));
    story.is(OrderStatus::InProgress, Stage::Picking);
    let story = story.said(GHENT, &picked(1));
    story.is(OrderStatus::InProgress, Stage::Picked);
    let location = "A-3".to_owned();
    let story = story.said(
        GHENT,
        &PickupStaged {
            fulfilment_id,
            location,
        },
    );
    story.is(OrderStatus::Ready, Stage::Staged);
    let story = story.handed_over(1, GHENT, 2);
    story.is(OrderStatus::Completed, Stage::HandedOver);
    story.raises(&[]);
}

#[test]
fn what_is_short_needs_another_way() {
    let story = begun(2).routed(1, GHENT, 2).said(
        GHENT,
        &LinesShorted {
            fulfilment_id: part(1),
            units: units(2),
            because: ShortReason::NotFound,
        },
    );
    story.is(OrderStatus::Unrouted, Stage::Released);
    story.raises(&[(Rule::ShortPick, Standing::Open)]);
    let story = story.routed(2, BRUGES, 2);
    story.raises(&[(Rule::ShortPick, Standing::Settled)]);
    assert_eq!(story.order().status(), OrderStatus::Routed);
}

#[test]
fn a_broken_allocation_names_its_cause() {
    let cause = FactId::from_parts(9, 9);
    let story = begun(1).routed(1, GHENT, 1).said(
        GHENT,
        &AllocationBroken {
            fulfilment_id: part(1),
            units: units(1),
            cause,
        },
    );
    story.raises(&[(Rule::OverSale, Standing::Open)]);
    let raised = exceptions(&story.0).unwrap();
    assert!(raised[0].facts.contains(&cause));
    let how = Resolution::CustomerTold;
    let story = story.said(
        EdgeNumber::HUB,
        &ExceptionResolved {
            exception_id: raised[0].exception_id,
            how,
        },
    );
    story.raises(&[(Rule::OverSale, Standing::Resolved)]);
}

#[test]
fn a_handover_stands_against_a_cancellation() {
    let cancel = CancelRequested {
        fulfilment_id: part(1),
        units: units(1),
        because: CancelReason::Customer,
    };
    let cancelled = OrderCancelled {
        units: units(1),
        because: CancelReason::Customer,
    };
    let story = begun(1)
        .routed(1, GHENT, 1)
        .said(EdgeNumber::HUB, &cancel)
        .handed_over(1, GHENT, 1);
    story.is(OrderStatus::Completed, Stage::HandedOver);
    story.raises(&[(Rule::CancelTooLate, Standing::Open)]);
    let story = story.said(
        GHENT,
        &CancelDeclined {
            fulfilment_id: part(1),
            units: units(1),
        },
    );
    assert!(!story.order().fulfilments[&part(1)].cancel_waits());
    let story = story.said(EdgeNumber::HUB, &cancelled);
    story.raises(&[
        (Rule::CancelTooLate, Standing::Open),
        (Rule::RefundAfterHandover, Standing::Open),
    ]);
}

#[test]
fn a_cancellation_in_time_leaves_no_exception() {
    let fulfilment_id = part(1);
    let cancel = CancelRequested {
        fulfilment_id,
        units: units(2),
        because: CancelReason::Customer,
    };
    let released = UnitsReleased {
        fulfilment_id,
        units: units(2),
        because: ReleaseReason::Cancelled,
    };
    let cancelled = OrderCancelled {
        units: units(2),
        because: CancelReason::Customer,
    };
    let story = begun(2).routed(1, GHENT, 2).said(EdgeNumber::HUB, &cancel);
    assert!(story.order().fulfilments[&fulfilment_id].cancel_waits());
    let story = story
        .said(GHENT, &released)
        .said(EdgeNumber::HUB, &cancelled);
    story.is(OrderStatus::Cancelled, Stage::Released);
    story.raises(&[]);
}

#[test]
fn a_withdrawn_allocation_leaves_the_order_unrouted() {
    let story = begun(1).routed(1, GHENT, 1).said(
        EdgeNumber::HUB,
        &AllocationWithdrawn {
            fulfilment_id: part(1),
            edge: GHENT,
            units: units(1),
            because: Withdrawal::Rerouted,
        },
    );
    story.is(OrderStatus::Unrouted, Stage::Released);
}

#[test]
fn two_stores_that_hand_over_one_order_are_shown() {
    let story = begun(1)
        .routed(1, GHENT, 1)
        .routed(2, BRUGES, 1)
        .handed_over(1, GHENT, 1)
        .handed_over(2, BRUGES, 1);
    story.raises(&[(Rule::DoubleHandover, Standing::Open)]);
    let story = begun(1)
        .routed(1, GHENT, 1)
        .handed_over(1, GHENT, 1)
        .handed_over(1, GHENT, 1);
    story.raises(&[
        (Rule::DoubleHandover, Standing::Open),
        (Rule::ClonedEdge, Standing::Open),
    ]);
}

#[test]
fn an_order_adds_up_or_says_what_is_off() {
    assert_eq!(placed(1).check(), Ok(()));
    let mut order = placed(1);
    order.total_minor = Minor(1);
    assert_eq!(order.check(), Err(OrderInvalid::Total));
    order.lines[0].quantity_milli = Milli::ZERO;
    assert_eq!(order.check(), Err(OrderInvalid::Quantity(1)));
    order.lines[0].line = 0;
    assert_eq!(order.check(), Err(OrderInvalid::Numbers));
    order.lines.clear();
    assert_eq!(order.check(), Err(OrderInvalid::NoLines));
}

fn whole_story() -> Vec<OrderFact> {
    let fulfilment_id = part(1);
    let stage = |at: &str| PickupStaged {
        fulfilment_id,
        location: at.to_owned(),
    };
    begun(3)
        .routed(1, GHENT, 3)
        .said(GHENT, &PickupAccepted { fulfilment_id })
        .said(
            GHENT,
            &LinesPicked {
                fulfilment_id,
                units: units(2),
            },
        )
        .said(
            GHENT,
            &LinesShorted {
                fulfilment_id,
                units: units(1),
                because: ShortReason::Damaged,
            },
        )
        .said(GHENT, &stage("A-1"))
        .said(GHENT, &stage("B-2"))
        .routed(2, BRUGES, 1)
        .handed_over(1, GHENT, 2)
        .handed_over(2, BRUGES, 1)
        .0
}

proptest! {
    #[test]
    fn the_same_facts_say_the_same_in_any_order(
        shuffle in prop::collection::vec(0_usize..12, 12),
    ) {
        let told = whole_story();
        let mut mixed = told.clone();
        for (at, with) in shuffle.iter().enumerate().take(mixed.len()) {
            let with = with % mixed.len();
            mixed.swap(at, with);
        }
        prop_assert_eq!(Order::fold(&mixed).unwrap(), Order::fold(&told).unwrap());
        prop_assert_eq!(exceptions(&mixed).unwrap(), exceptions(&told).unwrap());
    }
}
