//! What needs a person: raised once, shown with its facts, settled by a fact.

use counterpart_protocol::exceptions::Resolution;
use counterpart_protocol::ids::TransferId;
use counterpart_protocol::orders::AllocationBroken;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::RightsAsked;
use counterpart_protocol::stock::{CountedLine, TransferReceived, TransferSent};
use serde_json::{Value, json};

use crate::facts::sale;
use crate::peer::Peer;
use crate::shop::{grant, pens, pickup, units, with_rights};
use crate::world::{STORE, World};

/// Gives every view of orders, rights, exceptions and transfers something to hold.
pub(crate) async fn a_bit_of_everything(world: &World, ghent: &mut Peer, antwerp: &mut Peer) {
    grant(ghent, 6).await;
    grant(antwerp, 6).await;
    let order = world.capture(&pickup("V-1", STORE, 2)).await;
    world.capture(&pickup("V-2", STORE, 90)).await;
    let cancelled = world.capture(&pickup("V-3", STORE, 1)).await;
    world.cancel(cancelled.id).await;
    ghent.sync().await;
    ghent.state_in(order.id, order.handed_over(1));
    ghent.state_in(order.id, order.shorted(1));
    ghent.state(RightsAsked { lines: pens(1) });
    ghent.state(transfer(3));
    ghent.sync().await;
    antwerp.state(counted(2));
    antwerp.sync().await;
    world.settle().await;
    let inbox = world.get("/v1/exceptions").await;
    for exception in inbox["exceptions"].as_array().unwrap() {
        let id = exception["exception_id"].as_str().unwrap();
        let how = json!({ "how": Resolution::Accepted });
        let path = format!("/v1/exceptions/{id}/resolve");
        world.post(&path, &how).await;
    }
}

fn transfer(count: i32) -> TransferSent {
    TransferSent {
        transfer_id: TransferId::from_parts(1, 1),
        to: "antwerp-1".parse().unwrap(),
        lines: pens(count),
    }
}

fn counted(count: i32) -> TransferReceived {
    TransferReceived {
        transfer_id: TransferId::from_parts(1, 1),
        lines: vec![CountedLine {
            sku: "PEN".parse().unwrap(),
            expected_milli: Milli::units(3),
            counted_milli: Milli::units(count),
        }],
    }
}

async fn only(world: &World) -> Value {
    let inbox = world.get("/v1/exceptions").await;
    assert_eq!(inbox["open"], 1, "{inbox:#}");
    let id = inbox["exceptions"][0]["exception_id"].as_str().unwrap();
    world.get(&format!("/v1/exceptions/{id}")).await
}

#[tokio::test]
async fn units_sold_over_stand_beside_the_sale_that_took_them() {
    let (world, mut ghent) = with_rights(2, 2).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.sync().await;
    let sold = ghent.state(sale(1, 2));
    ghent.state_in(
        order.id,
        AllocationBroken {
            fulfilment_id: order.part(),
            units: units(2),
            cause: sold.fact_id,
        },
    );
    ghent.sync().await;
    let exception = only(&world).await;
    assert_eq!(exception["rule"], "over_sale");
    assert_eq!(exception["store_id"], STORE);
    let facts: Vec<&str> = exception["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| fact["detail"].as_str().unwrap())
        .collect();
    assert_eq!(
        facts,
        [
            "sold 2 of PEN, 1-1-000001",
            "2 PEN went to somebody at the till"
        ]
    );
    let id = exception["exception_id"].as_str().unwrap();
    let page = world.page(&format!("/exceptions/{id}")).await;
    assert!(page.contains("sold 2 of PEN"), "{page}");
    let path = format!("/exceptions/{id}/resolve");
    let (status, _, _) = world.submit(&path, &[("how", "customer_told")]).await;
    assert_eq!(status.as_u16(), 303);
    let settled = world.get(&format!("/v1/exceptions/{id}")).await;
    assert_eq!(settled["standing"], "resolved");
    assert_eq!(settled["resolution"]["how"], "customer_told");
    let path = format!("/v1/exceptions/{id}/resolve");
    let again = world.try_post(&path, &json!({ "how": "accepted" })).await;
    assert_eq!(again.unwrap_err().detail, "somebody settled it already");
    // The store hears of it, as of every fact of its order.
    ghent.sync().await;
    assert_eq!(ghent.order(order.id).resolved.len(), 1);
}

#[tokio::test]
async fn a_transfer_is_told_once_and_compared_when_it_arrives() {
    let (world, mut ghent) = with_rights(10, 0).await;
    world.add_store("antwerp-1").await;
    ghent.state(transfer(3));
    ghent.sync().await;
    world.settle().await;
    let listed = world.get("/v1/transfers").await;
    assert_eq!(listed["transfers"][0]["told"], false, "nobody is there yet");
    let mut antwerp = world.edge("antwerp-1").await;
    world.settle().await;
    let before = antwerp.holds().1;
    antwerp.sync().await;
    assert_eq!(antwerp.holds().1, before + 1);
    world.settle().await;
    antwerp.sync().await;
    assert_eq!(antwerp.holds().1, before + 1, "told once");
    assert_eq!(world.get("/v1/exceptions").await["open"], 0);
    antwerp.state(counted(2));
    antwerp.sync().await;
    let exception = only(&world).await;
    assert_eq!(exception["rule"], "transfer_discrepancy");
    assert_eq!(exception["units"][0]["quantity_milli"], -1_000);
    assert_eq!(exception["facts"].as_array().unwrap().len(), 2);
    let id = exception["exception_id"].as_str().unwrap();
    let path = format!("/v1/exceptions/{id}/resolve");
    let refused = world.try_post(&path, &json!({ "how": "refunded" })).await;
    assert_eq!(
        refused.unwrap_err().detail,
        "an exception of this kind is not settled like that"
    );
    world.post(&path, &json!({ "how": "recounted" })).await;
    assert_eq!(world.get("/v1/exceptions").await["open"], 0);
    let page = world.page("/exceptions?standing=resolved").await;
    assert!(page.contains("Transfer differs"), "{page}");
}

#[tokio::test]
async fn the_pages_of_transfers_say_what_is_under_way_and_what_differs() {
    let (world, mut ghent) = with_rights(10, 0).await;
    let none = world.page("/transfers").await;
    assert!(
        none.contains("Nothing was sent from store to store yet"),
        "{none}"
    );
    world.add_store("antwerp-1").await;
    let mut antwerp = world.edge("antwerp-1").await;
    antwerp.sync().await;
    ghent.state(transfer(3));
    ghent.sync().await;
    world.settle().await;
    let id = transfer(3).transfer_id;
    let row = format!("/transfers/{id}");
    let under_way = world.page("/transfers?which=under_way").await;
    for word in [row.as_str(), "Shop antwerp-1", "3 PEN", "under way"] {
        assert!(under_way.contains(word), "{word} is missing: {under_way}");
    }
    assert!(
        !world
            .page("/transfers?which=differing")
            .await
            .contains(&row)
    );
    antwerp.sync().await;
    antwerp.state(counted(2));
    antwerp.sync().await;
    assert!(
        !world
            .page("/transfers?which=under_way")
            .await
            .contains(&row)
    );
    let differing = world.page("/transfers?which=differing").await;
    assert!(differing.contains(&row), "{differing}");
    let exception = only(&world).await;
    let exception = exception["exception_id"].as_str().unwrap();
    let one = world.page(&row).await;
    for word in ["differs", "Counted in", "3 PEN, to antwerp-1", exception] {
        assert!(one.contains(word), "{word} is missing: {one}");
    }
    let page = world.page(&format!("/exceptions/{exception}")).await;
    assert!(page.contains(&row), "{page}");
}

#[tokio::test]
async fn the_inbox_shows_the_worst_first_and_is_paged() {
    let (world, mut ghent) = with_rights(10, 9).await;
    for number in 1..=3 {
        let order = world
            .capture(&pickup(&format!("W-{number}"), STORE, 2))
            .await;
        ghent.sync().await;
        match number {
            3 => {
                let cause = ghent.state(sale(1, 2)).fact_id;
                let broken = AllocationBroken {
                    fulfilment_id: order.part(),
                    units: units(2),
                    cause,
                };
                ghent.state_in(order.id, broken);
            }
            _ => {
                ghent.state_in(order.id, order.shorted(2));
            }
        }
        ghent.sync().await;
    }
    let page = world.get("/v1/exceptions?limit=2").await;
    assert_eq!(page["open"], 3);
    assert_eq!(page["exceptions"][0]["rule"], "over_sale");
    let after = page["after"].as_str().unwrap();
    let rest = world
        .get(&format!("/v1/exceptions?limit=2&after={after}"))
        .await;
    assert_eq!(rest["exceptions"].as_array().unwrap().len(), 1);
    assert_eq!(rest["after"], json!(null));
    let none = world.get("/v1/exceptions?rule=cloned_edge").await;
    assert_eq!(none["exceptions"], json!([]));
    let refused = world.refused("/v1/exceptions?rule=boredom").await;
    assert_eq!(refused.fields[0].field, "rule");
    assert_eq!(world.refused("/v1/exceptions/zz").await.status, 404);
    let today = world.page("/").await;
    assert!(today.contains("Exceptions"), "{today}");
}
