//! What the old system said was here becomes the store's own statement, once.

use counterpart_edge::openings::state_once;
use counterpart_edge::stock::on_hand;
use counterpart_edge::sync::{Agent, HubClient, enrolled};
use counterpart_protocol::ids::DeliveryId;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::SkuUnits;
use counterpart_protocol::stock::OpeningBalanceSent;

use crate::factory::{World, read};

fn balance(delivery: u64, sku: &str, quantity: i64) -> OpeningBalanceSent {
    OpeningBalanceSent {
        delivery_id: DeliveryId::from_parts(delivery, 1),
        reference: "old-system.csv".to_owned(),
        lines: vec![SkuUnits {
            sku: sku.parse().unwrap(),
            quantity_milli: Milli(quantity),
        }],
    }
}

#[tokio::test]
async fn an_opening_balance_is_stated_by_the_store_once_even_if_it_is_told_twice() {
    let (world, hub, _line) = World::with_hub().await;
    let context = world.assembled().await;
    let store = enrolled(context.db(), &world.config.data).await;
    let store = store.unwrap().unwrap();
    let clock = world.clock.clone();
    let client = HubClient::new(
        &store.sync_address,
        &store.authority_pem,
        &store.identity,
        clock,
    );
    let mut agent = Agent::new(context.clone(), client.unwrap()).await.unwrap();
    hub.say(balance(1, "PEN", 12_000)).await;
    hub.say(balance(1, "PEN", 12_000)).await;
    hub.say(balance(2, "INK", 4_000)).await;
    for _ in 0..3 {
        assert_eq!(agent.run_once().await.trouble, None);
    }
    assert_eq!(state_once(&context).await.unwrap(), 2);
    assert_eq!(state_once(&context).await.unwrap(), 0);
    for (sku, quantity) in [("PEN", 12_000), ("INK", 4_000)] {
        let sku = sku.parse().unwrap();
        let here = read(context.db(), move |tx| on_hand(tx, &sku)).await;
        assert_eq!(here, Milli(quantity));
    }
    agent.run_once().await;
    assert_eq!(
        hub.holds().await.0,
        2,
        "both are facts of the store at the hub"
    );
}
