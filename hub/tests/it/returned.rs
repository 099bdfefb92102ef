//! What came back of a sale: on the page of its receipt, and named where two stores refunded it.

use counterpart_protocol::codes::PublicKey;
use counterpart_protocol::facts::Kind;
use counterpart_protocol::returns::{Provisional, ReturnRecorded, WhyProvisional};
use counterpart_protocol::sales::SaleRecorded;
use counterpart_protocol::time::BusinessDate;
use serde_json::json;

use crate::facts::{back, sale};
use crate::world::{STORE, World};

const OTHER: &str = "antwerp-1";

#[tokio::test]
async fn the_page_of_a_receipt_tells_what_came_back_of_it() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let (kept, bought) = (sale(1, 1), sale(2, 3));
    peer.state(kept.clone());
    peer.state(bought.clone());
    peer.state(back(1, &bought));
    peer.sync().await;
    let page = world.page(&format!("/sales/{}", bought.sale_id)).await;
    for told in ["What came back", "GHE-T-1.1-000001"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let page = world.page(&format!("/sales/{}", kept.sale_id)).await;
    assert!(!page.contains("What came back"), "{page}");
}

/// A refund of the pen at another store, from what the receipt's code said.
fn from_the_code(number: u32, bought: &SaleRecorded) -> ReturnRecorded {
    ReturnRecorded {
        provisional: Some(Provisional {
            sold_by: STORE.parse().unwrap(),
            sold_on: BusinessDate::from_days(20_780).unwrap(),
            key_id: PublicKey([9; 32]).id(),
            why: WhyProvisional::HubAway,
        }),
        ..back(number, bought)
    }
}

async fn settle(world: &World) {
    counterpart_hub::app::settle_once(world.hub().context()).await;
}

#[tokio::test]
async fn what_two_stores_refunded_is_named_once_and_both_hear_of_it() {
    let world = World::with_a_store().await;
    world.add_store(OTHER).await;
    let (mut ghent, mut antwerp) = (world.edge(STORE).await, world.edge(OTHER).await);
    let bought = sale(1, 1);
    // The refund is heard of before the sale: the store that sold it is cut off.
    antwerp.state(from_the_code(2, &bought));
    antwerp.sync().await;
    settle(&world).await;
    antwerp.sync().await;
    assert_eq!(antwerp.heard(Kind::RefundsTold), 0, "nobody knows the sale");
    ghent.state(bought.clone());
    ghent.sync().await;
    settle(&world).await;
    for store in [&mut ghent, &mut antwerp] {
        store.sync().await;
        assert_eq!(store.heard(Kind::RefundsTold), 1);
    }
    let page = world.page(&format!("/sales/{}", bought.sale_id)).await;
    assert!(page.contains("provisional"), "{page}");
    assert_eq!(world.get("/v1/exceptions").await["open"], 0);
    ghent.state(back(1, &bought));
    ghent.sync().await;
    let inbox = world.get("/v1/exceptions").await;
    assert_eq!(inbox["open"], 1, "{inbox}");
    let raised = &inbox["exceptions"][0];
    assert_eq!(raised["rule"], "over_refund");
    assert_eq!(raised["sale_id"], bought.sale_id.to_string());
    let id = raised["exception_id"].as_str().unwrap();
    let page = world.page(&format!("/exceptions/{id}")).await;
    for words in [STORE, OTHER, "without the right to", "€1.20"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    settle(&world).await;
    for store in [&mut ghent, &mut antwerp] {
        store.sync().await;
        assert_eq!(store.heard(Kind::RefundsTold), 2);
    }
    settle(&world).await;
    ghent.sync().await;
    assert_eq!(ghent.heard(Kind::RefundsTold), 2, "told once");
    let resolve = format!("/v1/exceptions/{id}/resolve");
    world
        .post(&resolve, &json!({ "how": "customer_told" }))
        .await;
    assert_eq!(world.get("/v1/exceptions").await["open"], 0);
}
