//! An order that comes in pieces: the line goes between its custody and what takes it back.

use counterpart_edge::pickups;
use counterpart_protocol::facts::NoticePosted;
use counterpart_protocol::orders::{AllocationWithdrawn, Units, Withdrawal};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sync::{BATCH_RECORDS_MAX, EdgeSession, WithHashes};
use serde_json::json;

use super::to;
use crate::counter::ADA;
use crate::factory::EDGE;
use crate::orders::{Ordered, Shop};

fn taken_back(ordered: Ordered) -> AllocationWithdrawn {
    AllocationWithdrawn {
        fulfilment_id: ordered.part,
        edge: EDGE,
        units: vec![Units::of(
            1,
            &"MILK".parse().unwrap(),
            Milli::units(ordered.count),
        )],
        because: Withdrawal::Cancelled,
    }
}

impl Shop {
    /// Lets one exchange through a line that is cut before and after it.
    async fn one_exchange(&self) {
        let replica = self.ctx().replica().clone();
        let asking = replica.clone();
        let asked = self.ctx().db();
        let asked = asked.write(move |tx| asking.ask(tx, 0, WithHashes::No));
        let exchange = asked.await.unwrap();
        let answered = self
            .hub
            .write(move |replica, tx| replica.answer(tx, EDGE, &exchange));
        let counterpart_daemon::replica::Answer::Reply(reply) = answered.await else {
            panic!("the hub refused");
        };
        let heard = self.ctx().db();
        heard
            .write(move |tx| replica.hear(tx, &mut EdgeSession::new(0), &reply))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn an_order_is_left_alone_until_all_the_hub_said_behind_it_is_here() {
    let mut shop = Shop::open().await;
    shop.cut().await;
    let cancelled = shop.hub.place(1, 2, 0).await;
    let stays = shop.hub.place(2, 1, 0).await;
    for number in 0..BATCH_RECORDS_MAX {
        let text = format!("notice {number}");
        shop.hub
            .say(NoticePosted {
                text,
                until_ms: None,
            })
            .await;
    }
    // It never left for the store, so the hub takes it back by itself.
    shop.hub.say_of(cancelled, taken_back(cancelled)).await;

    shop.one_exchange().await;
    let rung = pickups::run_once(shop.ctx()).await.unwrap();
    assert_eq!((rung.rung, rung.failed), (0, 0));
    let clerk = shop.counter.sign_in(ADA).await;
    for ordered in [cancelled, stays] {
        let refused = clerk.post(&to(ordered, "accept"), json!({})).await;
        assert_eq!(refused.problem().1, "order_half_heard");
    }

    shop.one_exchange().await;
    let rung = pickups::run_once(shop.ctx()).await.unwrap();
    assert_eq!((rung.rung, rung.failed), (1, 0));
    let refused = clerk.post(&to(cancelled, "accept"), json!({})).await;
    assert_eq!(refused.problem().1, "pickup_over");
    let done = clerk.done(&to(stays, "accept"), json!({})).await;
    assert_eq!(done["stage"], "accepted");
    shop.counter.edge.shutdown().await;
}
