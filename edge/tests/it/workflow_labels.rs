//! Labels that a workflow prints by itself: on the cartons of a parcel for another store, on the
//! bag of an order that is staged; once more by a key, and never where they are switched off.

use counterpart_edge::devices::LabelUses;
use serde_json::{Value, json};

use crate::counter::{ADA, Clerk, Counter};
use crate::factory::{CounterTwins, World, soon};
use crate::labels::printed;
use crate::orders::Shop;
use crate::pickups::{staged, to};
use crate::transfers::{packed, with_milk};

const NONE: LabelUses = LabelUses {
    cartons: false,
    pickups: false,
};

async fn pickup_shop(uses: LabelUses) -> (Shop, CounterTwins) {
    let (mut world, hub, line) = World::with_hub().await;
    let twins = world.with_counter().await;
    world.config.registers[0].counter.labels = uses;
    (Shop::of(world, hub, line).await, twins)
}

async fn left(clerk: &Clerk<'_>, cartons: u16) -> String {
    let id = packed(clerk, 4_000).await;
    let leave = format!("/v1/transfers/{id}/departure?cartons={cartons}");
    clerk.done(&leave, Value::Null).await;
    id
}

#[tokio::test]
async fn the_bag_of_a_staged_order_gets_a_label_that_says_where_it_waits() {
    let (mut shop, twins) = pickup_shop(LabelUses::default()).await;
    let ordered = shop.order(1, 2, 0).await;
    shop.cut().await;
    let clerk = shop.counter.sign_in(ADA).await;
    let early = clerk.post(&to(ordered, "label"), json!({})).await;
    early.check_refused(
        "not_staged",
        "this bag waits nowhere: put it to its place first, its label says where that is",
    );
    staged(&clerk, ordered).await;
    let labels = printed(&twins.labels, 1).await;
    assert!(labels[0].contains("A-3"), "{}", labels[0]);
    assert!(labels[0].contains("[W-1]"), "its code: {}", labels[0]);
    assert!(!labels[0].contains("COPY"), "{}", labels[0]);
    // What its code says leads to the pickup, as the number on the pick list does.
    let form = [("code", "W-1")];
    let found = clerk.press("/pickups/scan", &form).await;
    let place = format!("/pickups/{}", ordered.part);
    assert_eq!(found.location.as_deref(), Some(place.as_str()));

    let page = clerk.page(&format!("/pickups/{}", ordered.part)).await;
    assert!(page.text.contains("Print the label again"), "{}", page.text);
    let again = to(ordered, "label");
    let first = clerk.post_as("again", &again, json!({})).await.json();
    let second = clerk.post_as("again", &again, json!({})).await.json();
    assert_eq!(first, second, "a repeated command is one label");
    let labels = printed(&twins.labels, 2).await;
    assert!(
        labels[1].contains("COPY") && labels[1].contains("A-3"),
        "{}",
        labels[1]
    );
    // Put elsewhere, it gets the label of that place, and the older one is no copy of it.
    let moved = json!({ "location": "cold room 2" });
    clerk.done(&to(ordered, "stage"), moved).await;
    let labels = printed(&twins.labels, 3).await;
    assert!(labels[2].contains("COLD ROOM 2"), "{}", labels[2]);
    assert!(!labels[2].contains("COPY"), "{}", labels[2]);
    shop.counter.edge.shutdown().await;
}

#[tokio::test]
async fn where_labels_are_switched_off_none_is_printed_and_nothing_fails() {
    let (shop, twins) = pickup_shop(NONE).await;
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    staged(&clerk, ordered).await;
    let again = clerk.post(&to(ordered, "label"), json!({})).await;
    again.check_refused(
        "no_label_printer",
        "no label printer of this store is set to print labels of bags: whoever looks after the \
         store server sets `prints` in counterpart-edge.toml",
    );
    let page = clerk.page(&format!("/pickups/{}", ordered.part)).await;
    assert!(!page.text.contains("Print the label again"));
    // What is asked for by hand is printed all the same, and it is the first that is.
    let shelf = json!({ "sku": "MILK" });
    clerk.done("/v1/registers/1/shelf-labels", shelf).await;
    let labels = printed(&twins.labels, 1).await;
    assert!(labels[0].contains("milk"), "{}", labels[0]);
    shop.counter.edge.shutdown().await;
}

#[tokio::test]
async fn every_carton_of_a_parcel_gets_a_label_and_another_one_says_copy() {
    let (mut world, hub, line) = World::with_hub().await;
    let twins = world.with_counter().await;
    let (counter, _hub, line) = with_milk(world, hub, line).await;
    line.cut().await;
    let ada = counter.sign_in(ADA).await;
    for (cartons, path) in [("0", "departure"), ("51", "departure")] {
        let id = packed(&ada, 1_000).await;
        let path = format!("/v1/transfers/{id}/{path}?cartons={cartons}");
        let refused = ada.post(&path, Value::Null).await;
        refused.check_refused("cartons", "a parcel is 1 to 50 cartons: type how many");
        ada.press(&format!("/transfers/{id}/forget"), &[]).await;
    }
    let packing = packed(&ada, 1_000).await;
    let early = ada
        .post(&format!("/v1/transfers/{packing}/labels"), Value::Null)
        .await;
    early.check_refused("transfer_not_sent", "this transfer has not left yet");
    ada.press(&format!("/transfers/{packing}/forget"), &[])
        .await;

    let id = left(&ada, 2).await;
    let labels = printed(&twins.labels, 2).await;
    for (label, carton) in labels.iter().zip(["1 / 2", "2 / 2"]) {
        for wanted in ["Utrecht", "Corner Shop Ghent", carton, &format!("|{id}|")] {
            assert!(label.contains(wanted), "{wanted} is missing in\n{label}");
        }
        assert!(!label.contains("COPY"), "{label}");
    }
    let page = ada.page(&format!("/transfers/{id}")).await;
    assert!(
        page.text.contains("Print the labels again"),
        "{}",
        page.text
    );
    let form = [("cartons", "1")];
    ada.press(&format!("/transfers/{id}/labels"), &form).await;
    let labels = printed(&twins.labels, 3).await;
    assert!(
        labels[2].contains("COPY") && labels[2].contains("1 / 1"),
        "{}",
        labels[2]
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_parcel_leaves_without_labels_where_they_are_switched_off() {
    let (mut world, hub, line) = World::with_hub().await;
    let twins = world.with_counter().await;
    world.config.registers[0].counter.labels = NONE;
    let (counter, _hub, _line) = with_milk(world, hub, line).await;
    let ada = counter.sign_in(ADA).await;
    let id = left(&ada, 1).await;
    let again = format!("/v1/transfers/{id}/labels");
    ada.post(&again, Value::Null).await.check_refused(
        "no_label_printer",
        "no label printer of this store is set to print carton labels: whoever looks after the \
         store server sets `prints` in counterpart-edge.toml",
    );
    no_label(&counter, &twins).await;
    counter.edge.shutdown().await;
}

/// What is printed next is what was asked for by hand: nothing stood before it.
async fn no_label(counter: &Counter, twins: &CounterTwins) {
    let ada = counter.sign_in(ADA).await;
    let shelf = json!({ "sku": "MILK" });
    ada.done("/v1/registers/1/shelf-labels", shelf).await;
    let labels = soon("the shelf's label", printed(&twins.labels, 1)).await;
    assert!(labels[0].contains("milk"), "{}", labels[0]);
}
