//! A model of one store, one hub and one SKU: random histories with messages late and repeated,
//! the formulas against plain counters, both parties' views.

use std::collections::BTreeSet;

use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{Rights, RightsGranted, RightsReturned, SkuUnits, effects};
use crate::facts::{Body, Fact, Header};
use crate::hlc::Hlc;
use crate::ids::{EdgeNumber, FactId, FulfilmentId, Sku};
use crate::orders::{
    AllocationBroken, AllocationWithdrawn, FulfilmentAllocated, HandedOver, HandoverCheck,
    LinesShorted, ReleaseReason, ShortReason, Units, UnitsReleased, Withdrawal,
};
use crate::quantity::Milli;
use crate::time::BusinessDate;

const EDGE: EdgeNumber = EdgeNumber(7);

#[derive(Debug, Clone, Copy)]
enum Step {
    Receive(i64),
    WalkIn(i64),
    SendAway(i64),
    Grant(i64),
    Return(i64),
    Reserve(i64),
    Withdraw,
    HandOver,
    Short,
    Release,
    Break,
    /// So many of the store's facts reach the hub, some of them again.
    Up(usize),
    /// So many of the hub's facts reach the store, some of them again.
    Down(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1_i64..20).prop_map(Step::Receive),
        (1_i64..6).prop_map(Step::WalkIn),
        (1_i64..6).prop_map(Step::SendAway),
        (1_i64..8).prop_map(Step::Grant),
        (1_i64..8).prop_map(Step::Return),
        (1_i64..5).prop_map(Step::Reserve),
        prop_oneof![
            prop::strategy::Just(Step::Withdraw),
            prop::strategy::Just(Step::HandOver),
            prop::strategy::Just(Step::Short),
            prop::strategy::Just(Step::Release),
            prop::strategy::Just(Step::Break),
        ],
        (1_usize..9).prop_map(Step::Up),
        (1_usize..9).prop_map(Step::Down),
    ];
    prop::collection::vec(step, 0..120)
}

/// A reservation as the model knows it: what is promised to one customer.
#[derive(Debug, Clone)]
struct Promise {
    id: FulfilmentId,
    units: i64,
    /// The hub's fact that made it.
    made_by: usize,
    over: bool,
}

#[derive(Default)]
struct World {
    of_store: Vec<Fact>,
    of_hub: Vec<Fact>,
    hub_saw: BTreeSet<usize>,
    store_saw: BTreeSet<usize>,
    on_hand: i64,
    promises: Vec<Promise>,
    /// Units the hub could promise to somebody else, counted one by one.
    hub_pool: i64,
    ids: u128,
}

impl World {
    fn header(&mut self) -> Header {
        self.ids += 1;
        Header {
            id: FactId::from_parts(1, self.ids),
            hlc: Hlc(1),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: None,
            staff: None,
        }
    }

    fn store_says<B: Body>(&mut self, body: &B) {
        let fact = Fact::new(self.header(), body);
        self.of_store.push(fact);
    }

    fn hub_says<B: Body>(&mut self, body: &B) {
        let fact = Fact::new(self.header(), body);
        self.of_hub.push(fact);
    }

    /// Folds all of one side's facts and what it saw of the other's.
    fn view(&self, of_store: impl Fn(usize) -> bool, of_hub: impl Fn(usize) -> bool) -> Rights {
        let mut rights = Rights::default();
        let store = self
            .of_store
            .iter()
            .enumerate()
            .filter(|(at, _)| of_store(*at));
        let hub = self.of_hub.iter().enumerate().filter(|(at, _)| of_hub(*at));
        for (fact, writer) in store
            .map(|(_, fact)| (fact, EDGE))
            .chain(hub.map(|(_, fact)| (fact, EdgeNumber::HUB)))
        {
            for effect in effects(fact, writer, Some(EDGE)).unwrap() {
                assert_eq!(effect.edge, EDGE);
                rights = rights.with(effect.term, effect.quantity_milli);
            }
        }
        rights
    }

    fn at_store(&self) -> Rights {
        self.view(|_| true, |at| self.store_saw.contains(&at))
    }

    fn at_hub(&self) -> Rights {
        self.view(|at| self.hub_saw.contains(&at), |_| true)
    }

    fn on_hand(&self) -> Milli {
        Milli(self.on_hand * 1000)
    }

    /// Takes the oldest open promise the store has seen and ends it with `body`.
    fn end_promise<B: Body>(&mut self, body: impl Fn(&Promise) -> B) -> Option<i64> {
        let saw = self.store_saw.clone();
        let open = self
            .promises
            .iter_mut()
            .find(|promise| !promise.over && saw.contains(&promise.made_by))?;
        open.over = true;
        let (said, units) = (body(open), open.units);
        self.store_says(&said);
        Some(units)
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Receive(units) => self.on_hand += units,
            Step::WalkIn(units) => self.on_hand -= units,
            Step::SendAway(units) => {
                if self.at_store().store_may_promise(self.on_hand()) >= Milli(units * 1000) {
                    self.on_hand -= units;
                }
            }
            Step::Grant(units) => {
                if self.at_store().store_may_promise(self.on_hand()) >= Milli(units * 1000) {
                    self.store_says(&RightsGranted {
                        lines: lines(units),
                    });
                    self.hub_pool += units;
                }
            }
            Step::Return(units) => {
                if self.at_hub().hub_may_promise() >= Milli(units * 1000) {
                    self.hub_says(&RightsReturned {
                        lines: lines(units),
                    });
                    self.hub_pool -= units;
                }
            }
            Step::Reserve(units) => self.reserve(units),
            Step::Withdraw => self.withdraw(),
            Step::Up(count) => see(&mut self.hub_saw, self.of_store.len(), count),
            Step::Down(count) => see(&mut self.store_saw, self.of_hub.len(), count),
            Step::HandOver | Step::Short | Step::Release | Step::Break => self.serve(step),
        }
    }

    fn reserve(&mut self, units: i64) {
        if self.at_hub().hub_may_promise() < Milli(units * 1000) {
            return;
        }
        self.ids += 1;
        let id = FulfilmentId::from_parts(1, self.ids);
        self.promises.push(Promise {
            id,
            units,
            made_by: self.of_hub.len(),
            over: false,
        });
        self.hub_pool -= units;
        self.hub_says(&FulfilmentAllocated {
            fulfilment_id: id,
            store: "ghent".parse().unwrap(),
            edge: EDGE,
            units: of(units),
        });
    }

    /// The hub takes back what the store has not seen.
    fn withdraw(&mut self) {
        let saw = self.store_saw.clone();
        let unsent = self
            .promises
            .iter_mut()
            .find(|promise| !promise.over && !saw.contains(&promise.made_by));
        let Some(promise) = unsent else { return };
        promise.over = true;
        let (id, units) = (promise.id, promise.units);
        self.hub_pool += units;
        self.hub_says(&AllocationWithdrawn {
            fulfilment_id: id,
            edge: EDGE,
            units: of(units),
            because: Withdrawal::Cancelled,
        });
    }

    fn serve(&mut self, step: Step) {
        match step {
            Step::HandOver => {
                let units = self.end_promise(|promise| HandedOver {
                    fulfilment_id: promise.id,
                    units: of(promise.units),
                    checked_by: HandoverCheck::Code,
                    approved_by: None,
                });
                self.on_hand -= units.unwrap_or(0);
            }
            Step::Short => {
                let units = self.end_promise(|promise| LinesShorted {
                    fulfilment_id: promise.id,
                    units: of(promise.units),
                    because: ShortReason::NotFound,
                });
                self.on_hand -= units.unwrap_or(0);
            }
            Step::Release => {
                let units = self.end_promise(|promise| UnitsReleased {
                    fulfilment_id: promise.id,
                    units: of(promise.units),
                    because: ReleaseReason::Expired,
                });
                self.hub_pool += units.unwrap_or(0);
            }
            // Only what is owed is broken.
            _ if self.at_store().debt(self.on_hand()) > Milli::ZERO => {
                let cause = FactId::from_parts(9, 9);
                self.end_promise(|promise| AllocationBroken {
                    fulfilment_id: promise.id,
                    units: of(promise.units),
                    cause,
                });
            }
            _ => {}
        }
    }

    fn check(&self) -> Result<(), proptest::test_runner::TestCaseError> {
        let (store, hub) = (self.at_store(), self.at_hub());
        let truth = self.view(|_| true, |_| true);
        let open: i64 = self
            .promises
            .iter()
            .filter(|promise| !promise.over)
            .map(|promise| promise.units)
            .sum();
        prop_assert_eq!(truth.open_reservations(), Milli(open * 1000));
        prop_assert_eq!(truth.hub_may_promise(), Milli(self.hub_pool * 1000));
        prop_assert!(
            hub.hub_may_promise() <= truth.hub_may_promise(),
            "credits come late"
        );
        prop_assert!(
            hub.hub_may_promise() >= Milli::ZERO,
            "the hub promised what it lacks"
        );
        let debt = store.debt(self.on_hand());
        let promised = store.store_may_promise(self.on_hand()).0.max(0)
            + hub.hub_may_promise().0
            + truth.open_reservations().0;
        prop_assert!(
            promised <= self.on_hand().0 + debt.0,
            "one unit is promised twice"
        );
        Ok(())
    }
}

fn see(saw: &mut BTreeSet<usize>, written: usize, count: usize) {
    let next = saw.last().map_or(0, |last| last + 1);
    // A feed is gap-free; what comes again changes nothing.
    let from = next.saturating_sub(2);
    saw.extend(from..(next + count).min(written));
}

fn sku() -> Sku {
    "TEE-M".parse().unwrap()
}

fn lines(units: i64) -> Vec<SkuUnits> {
    vec![SkuUnits {
        sku: sku(),
        quantity_milli: Milli(units * 1000),
    }]
}

fn of(units: i64) -> Vec<Units> {
    vec![Units::of(1, &sku(), Milli(units * 1000))]
}

proptest! {
    #[test]
    fn no_history_promises_one_unit_twice(steps in steps()) {
        let mut world = World { on_hand: 10, ..World::default() };
        for step in steps {
            world.run(step);
            world.check()?;
        }
    }
}

#[test]
fn a_walk_in_on_promised_units_is_a_named_debt() {
    let mut world = World {
        on_hand: 3,
        ..World::default()
    };
    for step in [Step::Grant(3), Step::Up(1), Step::Reserve(2), Step::Down(1)] {
        world.run(step);
    }
    world.run(Step::WalkIn(2));
    assert_eq!(world.at_store().debt(world.on_hand()), Milli::units(2));
    world.run(Step::Return(1));
    world.run(Step::Down(1));
    assert_eq!(world.at_store().debt(world.on_hand()), Milli::units(1));
    world.run(Step::Break);
    assert_eq!(world.at_store().debt(world.on_hand()), Milli::ZERO);
}
