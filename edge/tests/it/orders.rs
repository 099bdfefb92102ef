//! Orders as a hub places them: allocated to this store, given into its custody, signed codes.

use std::sync::Arc;

use counterpart_edge::context::Context;
use counterpart_edge::pickups;
use counterpart_edge::reference::install_keys;
use counterpart_protocol::codes::{CodeKind, CodeSigner, SignedCode, Subject, TypedDigits};
use counterpart_protocol::facts::Body;
use counterpart_protocol::ids::{CustomerId, EdgeNumber, FulfilmentId, OrderId};
use counterpart_protocol::keyring::{Keyring, SigningKey};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::orders::{
    CancelReason, CancelRequested, CustodyGranted, Delivery, FulfilmentAllocated, Order, OrderLine,
    OrderPlaced, Payment, Units,
};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::tax::Rate;
use counterpart_protocol::time::BusinessDate;

use crate::counter::Counter;
use crate::factory::{EDGE, NOON_MS, World, soon};
use crate::hub::{FakeHub, Listening, place};

/// The digits of every order.
pub(crate) const DIGITS: &str = "000007";

/// An order as the hub knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ordered {
    pub(crate) order: OrderId,
    pub(crate) part: FulfilmentId,
    /// How many units of line 1.
    pub(crate) count: i32,
}

/// A store with its hub, goods and people, that knows the hub's key.
pub(crate) struct Shop {
    pub(crate) counter: Counter,
    pub(crate) hub: FakeHub,
    pub(crate) line: Option<Listening>,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let (world, hub, line) = World::with_hub().await;
        Self::of(world, hub, line).await
    }

    pub(crate) async fn of(world: World, hub: FakeHub, line: Listening) -> Self {
        let counter = Counter::of(world).await;
        let public_key = signer().public_key();
        let key = SigningKey {
            key_id: public_key.id(),
            owner: EdgeNumber::HUB,
            public_key,
            from_ms: 0,
            until_ms: None,
            revoked: None,
        };
        let keyring = Keyring { keys: vec![key] };
        install_keys(counter.edge.context(), 1, [9; 32], keyring)
            .await
            .unwrap();
        let line = Some(line);
        Self { counter, hub, line }
    }

    pub(crate) fn ctx(&self) -> &Context {
        self.counter.edge.context()
    }

    /// Places an order of so much oat milk, and one red mug if `mugs` says so.
    pub(crate) async fn order(&self, number: u128, milk: i32, mugs: i32) -> Ordered {
        let ordered = self.hub.place(number, milk, mugs).await;
        self.arrives(ordered.part).await;
        ordered
    }

    /// Waits until the store has the part.
    pub(crate) async fn arrives(&self, part: FulfilmentId) {
        let path = format!("/v1/pickups/{part}");
        let clerk = self.counter.sign_in(crate::counter::ADA).await;
        let mut received = self.ctx().link().received();
        soon("the order's arrival", async {
            loop {
                received.mark_unchanged();
                if clerk.get(&path).await.status == 200 {
                    return;
                }
                received.changed().await.unwrap();
            }
        })
        .await;
        pickups::run_once(self.ctx()).await.unwrap();
    }

    /// Cuts the line to the hub.
    pub(crate) async fn cut(&mut self) {
        self.line.take().unwrap().cut().await;
    }

    /// Waits until the hub has heard everything, and returns the order as it knows it.
    pub(crate) async fn heard(&self, ordered: Ordered, done: fn(&Order) -> bool) -> Order {
        let mut links = self.ctx().link().changes();
        soon("the hub's hearing of it", async {
            loop {
                let order = self.hub.known(ordered.order).await;
                if done(&order) {
                    return order;
                }
                tokio::select! {
                    changed = links.changed() => changed.unwrap(),
                    () = tokio::task::yield_now() => {}
                }
            }
        })
        .await
    }

    /// Lets the hub say something of the order, and waits until the store has it.
    pub(crate) async fn says<B: Body + Send + 'static>(&self, ordered: Ordered, body: B) {
        let mut received = self.ctx().link().received();
        received.mark_unchanged();
        self.hub.say_of(ordered, body).await;
        soon("the hub's word", received.changed()).await.unwrap();
        pickups::run_once(self.ctx()).await.unwrap();
    }
}

impl FakeHub {
    /// Places an order, allocates it to the world's edge, and gives it into its custody.
    pub(crate) async fn place(&self, number: u128, milk: i32, mugs: i32) -> Ordered {
        let ordered = Ordered {
            order: OrderId::from_parts(1, number),
            part: FulfilmentId::from_parts(1, number),
            count: milk,
        };
        self.write(move |replica, tx| {
            let order = ordered.order;
            replica.record_order(tx, order, 0, place(), &placed(number, milk, mugs))?;
            replica.record_order(tx, order, 0, place(), &allocated(ordered, mugs))?;
            replica.record_order(tx, order, 0, place(), &custody(ordered, 1))?;
            replica.share_order(tx, order, EDGE)
        })
        .await;
        ordered
    }

    /// States a fact in an order.
    pub(crate) async fn say_of<B: Body + Send + 'static>(&self, ordered: Ordered, body: B) {
        self.write(move |replica, tx| replica.record_order(tx, ordered.order, 1, place(), &body))
            .await;
    }

    /// Returns an order as the hub knows it.
    pub(crate) async fn known(&self, order: OrderId) -> Order {
        let facts = self
            .write(move |replica, tx| replica.order_facts(tx, order))
            .await;
        Order::fold(&facts).unwrap()
    }
}

fn lines(milk: i32, mugs: i32) -> Vec<(u16, &'static str, &'static str, i32)> {
    let mut lines = vec![(1, "MILK", "Oat milk 1 l", milk)];
    if mugs > 0 {
        lines.push((2, "MUG-RED", "Mug, red", mugs));
    }
    lines
}

fn placed(number: u128, milk: i32, mugs: i32) -> OrderPlaced {
    let line = |(line, sku, name, count): (u16, &str, &str, i32)| OrderLine {
        line,
        sku: sku.parse().unwrap(),
        description: name.to_owned(),
        quantity_milli: Milli::units(count),
        unit_price_minor: Minor(100),
        amount_minor: Minor(100 * i64::from(count)),
        tax_rate: Rate(21_000),
    };
    let lines: Vec<OrderLine> = lines(milk, mugs).into_iter().map(line).collect();
    OrderPlaced {
        order_id: OrderId::from_parts(1, number),
        channel: "web".to_owned(),
        channel_reference: format!("W-{number}"),
        placed_at_ms: NOON_MS,
        currency: Currency::EUR,
        total_minor: Minor::sum(lines.iter().map(|line| line.amount_minor)).unwrap(),
        lines,
        delivery: Delivery::Pickup {
            store: "ghent".parse().unwrap(),
        },
        payment: Payment::Paid,
        customer_id: Some(customer(number)),
    }
}

fn allocated(ordered: Ordered, mugs: i32) -> FulfilmentAllocated {
    let units = lines(ordered.count, mugs)
        .into_iter()
        .map(|(line, sku, _, count)| Units::of(line, &sku.parse().unwrap(), Milli::units(count)));
    FulfilmentAllocated {
        fulfilment_id: ordered.part,
        store: "ghent".parse().unwrap(),
        edge: EDGE,
        units: units.collect(),
    }
}

/// Returns who placed an order, as a pseudonym.
pub(crate) fn customer(number: u128) -> CustomerId {
    CustomerId::from_parts(1, number)
}

/// Returns the custody of a part: promised in two hours, held for a week.
pub(crate) fn custody(ordered: Ordered, epoch: u32) -> CustodyGranted {
    let (digits, check) = TypedDigits::draw([0, 0, 0, 0, 0, 0, 0, 7], [1; 16]);
    assert_eq!(digits, DIGITS);
    CustodyGranted {
        fulfilment_id: ordered.part,
        edge: EDGE,
        epoch,
        promise_at_ms: NOON_MS + 7_200_000,
        hold_days: 7,
        digits: check,
    }
}

/// Asks for all of line 1 to be cancelled.
pub(crate) fn cancel(ordered: Ordered) -> CancelRequested {
    let sku = "MILK".parse().unwrap();
    CancelRequested {
        fulfilment_id: ordered.part,
        units: vec![Units::of(1, &sku, Milli::units(ordered.count))],
        because: CancelReason::Customer,
    }
}

/// The hub's key.
pub(crate) fn signer() -> Arc<CodeSigner> {
    Arc::new(CodeSigner::from_secret(&[7; 32]))
}

/// Returns what a pickup's code says.
pub(crate) fn code(ordered: Ordered) -> SignedCode {
    SignedCode {
        kind: CodeKind::Pickup,
        subject: Subject::Order {
            order_id: ordered.order,
            fulfilment_id: ordered.part,
        },
        store: "ghent".parse().unwrap(),
        date: BusinessDate::from_days(20_780).unwrap(),
        epoch: 1,
        currency: Currency::EUR,
        paid_minor: Minor(200),
        lines: Vec::new(),
        receipt: None,
    }
}
