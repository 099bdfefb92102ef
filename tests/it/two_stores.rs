//! Two stores and the hub, each for itself: while walk-ins go on in both, the hub promises what it
//! holds and not a unit more, and after healing every promise that stands can be kept.

use counterpart_tests::branch::Branch;
use counterpart_tests::goods::Good;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::{Channel, Desk};
use counterpart_tests::shop::Till;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use serde_json::Value;

const OTHER: &str = "antwerp-1";
const PIECES: i64 = 10;

/// A store as this story sees it.
struct Shop {
    store: &'static str,
    till: Till,
    oracle: Oracle,
    /// The orders the hub gave it.
    orders: Vec<String>,
}

impl Shop {
    async fn begin(store: &'static str, till: Till, good: &Good) -> Self {
        let mut oracle = Oracle::new();
        till.receive(&mut oracle, &[(good, PIECES)]).await;
        Self {
            store,
            till,
            oracle,
            orders: Vec::new(),
        }
    }

    /// Places orders of one piece for this store until the hub has nothing left to promise, and
    /// sells one piece to a walk-in after every second.
    async fn trades(&mut self, channel: &Channel, good: &Good) {
        for number in 0..PIECES {
            let reference = format!("W-{}-{number}", self.store);
            let draft = Channel::draft(&reference, self.store, &[(good, 1)]);
            let order = channel.place(&draft).await.unwrap();
            if channel.order(&order).await["status"] != "unrouted" {
                self.orders.push(order);
            }
            if number % 2 == 0 {
                self.till.sell(&mut self.oracle, &[(good, 1)]).await;
            }
        }
    }

    /// Waits until the orders that still stand can all be served from the shelf, and serves them.
    async fn serves(&mut self, channel: &Channel, good: &Good) {
        let shelf = usize::try_from(self.oracle.on_hand(&good.sku)).unwrap();
        let standing = wait::until_seen(
            "promises that walk-ins broke to be taken back",
            || standing(channel, &self.orders),
            |standing| standing.len() <= shelf,
        )
        .await;
        let desk = Desk::of(&self.till);
        for order in standing {
            let told = channel.told(&order).await;
            let pickup = desk.has(&order, "to_do").await;
            desk.prepare(&pickup, &[(good, 1)], "A-1").await;
            let ready = desk.has(&order, "ready").await;
            desk.hand_over(&ready, &told.code).await.unwrap();
            channel.is(&order, "completed").await;
            let pieces = vec![(good.sku.clone(), 1)];
            self.oracle.handed_over(&order, pieces);
        }
        let seen = self.till.seen(&self.oracle).await;
        self.oracle.agrees_with(self.store, &seen);
        assert!(self.oracle.on_hand(&good.sku) >= 0);
    }
}

async fn standing(channel: &Channel, orders: &[String]) -> Vec<String> {
    let mut standing = Vec::new();
    for order in orders {
        if channel.order(order).await["status"] != "unrouted" {
            standing.push(order.clone());
        }
    }
    standing
}

/// Returns how many whole pieces the hub may promise from a store.
async fn available(channel: &Channel, good: &Good, store: &str) -> i64 {
    let path = format!("/v1/availability?sku={}&store={store}", good.sku);
    let answer: Value = channel.caller().ask(&path).await.unwrap();
    answer["available_milli"].as_i64().unwrap() / 1_000
}

#[tokio::test(flavor = "multi_thread")]
async fn under_partition_no_unit_is_promised_twice_while_walk_ins_go_on_in_both_stores() {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let branch = Branch::open(&world, OTHER).await;
    let good = &world.goods[1];
    let mut shops = [
        Shop::begin(STORE, world.open_till(1).await, good).await,
        Shop::begin(OTHER, branch.open_till().await, good).await,
    ];
    let channel = Channel::of(&world.console().await);
    let mut rights = Vec::new();
    for shop in &shops {
        let held = || available(&channel, good, shop.store);
        let held = wait::until_seen("rights to reach the hub", held, |units| *units > 0).await;
        assert!(held <= PIECES, "{held} promised of {PIECES} on the shelf");
        rights.push(held);
    }
    world.line.cut();
    branch.line.cut();
    for (shop, held) in shops.iter_mut().zip(&rights) {
        shop.trades(&channel, good).await;
        let promised = i64::try_from(shop.orders.len()).unwrap();
        assert_eq!(promised, *held, "what {} was asked to keep", shop.store);
    }
    world.mend();
    branch.mend();
    for shop in &mut shops {
        shop.serves(&channel, good).await;
    }
    branch.close().await;
    world.end().await;
}
