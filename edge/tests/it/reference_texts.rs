//! What the hub says of a store, and what the region decides: applied at once, whole or not at all.

use counterpart_edge::reference::{Held, held, policies};
use counterpart_protocol::policies::Policies;
use counterpart_protocol::reference::ReferenceKind;

use crate::factory::{World, read, store};
use crate::reference::Shop;

#[tokio::test]
async fn what_the_hub_says_of_a_store_holds_at_once_and_after_a_restart() {
    let (world, hub, _line) = World::with_hub().await;
    let mut shop = Shop::of(&world).await;
    let mut words = store();
    words.name = "Corner Shop".to_owned();
    words.details.day_end = "03:00".parse().unwrap();
    hub.publish(1, &words).await;
    assert_eq!(shop.fetch().await, (1, 0));
    let profile = shop.context.profile();
    assert_eq!(profile.name, "Corner Shop");
    assert_eq!(profile.details.day_end.minutes(), 180);
    drop(shop);
    let again = Shop::of(&world).await;
    assert_eq!(again.context.profile().name, "Corner Shop");
}

#[tokio::test]
async fn words_about_another_store_or_an_unknown_time_zone_change_nothing() {
    let (world, hub, _line) = World::with_hub().await;
    let mut shop = Shop::of(&world).await;
    let trouble = |all: Vec<Held>| {
        let held = all.into_iter().find(|one| one.kind == ReferenceKind::Store);
        held.unwrap().trouble.unwrap()
    };
    let mut words = store();
    words.store_id = "antwerp".parse().unwrap();
    hub.publish(1, &words).await;
    assert_eq!(shop.fetch().await, (0, 1));
    let sentence = trouble(read(shop.context.db(), held).await);
    assert!(
        sentence.contains("it is about antwerp in EUR"),
        "{sentence}"
    );
    let mut words = store();
    words.time_zone = "Europe/Gent".to_owned();
    hub.publish(2, &words).await;
    assert_eq!(shop.fetch().await, (0, 1));
    let sentence = trouble(read(shop.context.db(), held).await);
    assert!(
        sentence.contains("does not know the time zone 'Europe/Gent'"),
        "{sentence}"
    );
    assert_eq!(shop.context.profile().name, store().name);
}

#[tokio::test]
async fn policies_are_the_published_ones_or_the_defaults() {
    let (world, hub, _line) = World::with_hub().await;
    let mut shop = Shop::of(&world).await;
    assert_eq!(read(shop.context.db(), policies).await, Policies::default());
    let mut published = Policies::default();
    published.standard.keep_units = 2;
    hub.publish(1, &published).await;
    assert_eq!(shop.fetch().await, (1, 0));
    assert_eq!(read(shop.context.db(), policies).await, published);
}
