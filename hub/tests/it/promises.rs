//! Random histories of orders never promise more than the stores let the hub promise.

use counterpart_daemon::entropy::{Entropy, SeededEntropy};
use counterpart_protocol::orders::ReleaseReason;
use serde_json::Value;

use crate::peer::Peer;
use crate::shop::{Captured, grant, parcel, pickup, with_rights};
use crate::world::{STORE, World};

/// Steps of one history.
const STEPS: u32 = 60;

struct Dice(SeededEntropy);

impl Dice {
    fn below(&self, sides: u8) -> u8 {
        let mut byte = [0];
        self.0.fill(&mut byte);
        byte[0] % sides
    }
}

/// Looks at every store: what is promised was let, and what orders say adds up.
async fn check(world: &World, seed: u64, step: u32) {
    let answer = world.get("/v1/availability?sku=PEN").await;
    for at in answer["stores"].as_array().unwrap() {
        let of = |name: &str| at[name].as_i64().unwrap();
        let (held, reserved) = (of("held_milli"), of("reserved_milli"));
        assert!(reserved >= 0, "seed {seed}, step {step}: {at:#}");
        assert!(reserved <= held, "seed {seed}, step {step}: {at:#}");
        assert!(
            of("available_milli") <= held - reserved,
            "seed {seed}, step {step}: {at:#}"
        );
    }
}

async fn step(world: &World, dice: &Dice, stores: &mut [Peer], orders: &mut Vec<Captured>) {
    let at = usize::from(dice.below(2));
    let known = orders.len();
    let pick = |dice: &Dice| usize::from(dice.below(u8::try_from(known.max(1)).unwrap()));
    match dice.below(8) {
        0 => grant(&mut stores[at], i32::from(dice.below(4))).await,
        1 | 2 => {
            let (reference, count) = (format!("R-{known}"), i64::from(dice.below(3)) + 1);
            let order = match dice.below(2) {
                0 => pickup(&reference, STORE, count),
                _ => parcel(&reference, count),
            };
            orders.push(world.capture(&order).await);
        }
        3 if known > 0 => {
            let path = format!("/v1/orders/{}/cancel", orders[pick(dice)].id);
            // Refusals are part of the game: it may be over, or asked for already.
            world.try_post(&path, &serde_json::json!({})).await.ok();
        }
        4 | 5 if known > 0 => consume(world, dice, stores, &orders[pick(dice)]).await,
        6 => world.settle().await,
        _ => {
            stores[at].sync().await;
        }
    }
}

/// Lets a store do something about what is left of its part, as its own rules would.
async fn consume(world: &World, dice: &Dice, stores: &mut [Peer], order: &Captured) {
    for store in stores {
        let there = store.order(order.id);
        let edge = store.enrolled.edge_number;
        for (id, part) in there.fulfilments {
            let left = part.lines.get(&1).map_or(0, |line| line.remaining().0);
            let ours = part.edge == Some(edge) && part.epoch > 0 && left > 0;
            if !ours {
                continue;
            }
            let count = i32::try_from(left / 1_000).unwrap();
            let this = Captured {
                id: order.id,
                status: String::new(),
                part: Some(id),
            };
            match dice.below(4) {
                0 => store.state_in(order.id, this.handed_over(count)),
                1 => store.state_in(order.id, this.shorted(1)),
                2 => store.state_in(order.id, this.released(1, ReleaseReason::Cancelled)),
                _ => store.state_in(order.id, this.released(count, ReleaseReason::Rejected)),
            };
            store.sync().await;
        }
    }
    check(world, 0, 0).await;
}

#[tokio::test]
async fn no_history_of_orders_promises_more_than_was_let() {
    for seed in 1..=3 {
        let dice = Dice(SeededEntropy::new(seed));
        let (world, ghent) = with_rights(50, 4).await;
        world.add_store("antwerp-1").await;
        let mut stores = [ghent, world.edge("antwerp-1").await];
        grant(&mut stores[1], 4).await;
        let mut orders = Vec::new();
        for number in 0..STEPS {
            step(&world, &dice, &mut stores, &mut orders).await;
            check(&world, seed, number).await;
        }
        for store in &mut stores {
            store.sync().await;
        }
        world.settle().await;
        for order in &orders {
            let shown: Value = world.order(order.id).await;
            let line = &shown["lines"][0];
            let of = |name: &str| line[name].as_i64().unwrap();
            let over = of("cancelled_milli") + of("handed_over_milli");
            assert!(over <= of("quantity_milli"), "seed {seed}: {shown:#}");
        }
    }
}
