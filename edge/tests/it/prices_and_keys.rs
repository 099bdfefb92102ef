//! Price lists, keys, variants and the stock of stores nearby, as the hub publishes them.

use counterpart_edge::reference::{
    self, Asked, ask_once, elsewhere, install_catalog, priced, variants,
};
use counterpart_protocol::catalog::{Product, ProductGroup, Variant};
use counterpart_protocol::codes::{KeyId, PublicKey};
use counterpart_protocol::ids::{EdgeNumber, Sku};
use counterpart_protocol::keyring::{Keyring, Revoked, SigningKey};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::neighbours::{NeighbourStock, StoreStock};
use counterpart_protocol::prices::{PriceBook, PriceList};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::reference::{ReferenceKind, Snapshot};

use crate::factory::{NOON_MS, World, read};
use crate::reference::{MILK, Shop, catalog, product, world};

fn list(id: &str, from_ms: Option<i64>, until_ms: Option<i64>, milk: i64) -> PriceList {
    PriceList {
        id: id.to_owned(),
        name: id.to_owned(),
        from_ms,
        until_ms,
        group: None,
        prices: [("MILK-1".parse().unwrap(), Minor(milk))].into(),
    }
}

#[tokio::test]
async fn a_price_list_holds_from_its_first_moment_to_its_last() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    let milk = product("MILK-1", Some(MILK), "Oat milk 1 l");
    let tea = Product {
        price_minor: None,
        ..product("TEA-1", None, "Mint tea")
    };
    hub.publish(1, &catalog(vec![milk.clone(), tea.clone()]))
        .await;
    let offer = list("offer", Some(NOON_MS), Some(NOON_MS + 1_000), 199);
    let year = list("year", None, None, 229);
    hub.publish(1, &PriceBook::of(Currency::EUR, vec![offer, year]))
        .await;
    assert_eq!(shop.fetch().await, (2, 0));
    for (at_ms, price) in [
        (NOON_MS - 1, 229),
        (NOON_MS, 199),
        (NOON_MS + 999, 199),
        (NOON_MS + 1_000, 229),
    ] {
        let milk = milk.clone();
        let priced = read(shop.context.db(), move |tx| priced(tx, milk, None, at_ms)).await;
        assert_eq!(priced.price_minor, Some(Minor(price)), "{at_ms}");
    }
    let priced_tea = read(shop.context.db(), move |tx| priced(tx, tea, None, NOON_MS)).await;
    assert_eq!(priced_tea.price_minor, None, "no list names it");
    // Without lists the catalogue's own price counts again.
    hub.publish(2, &PriceBook::of(Currency::EUR, Vec::new()))
        .await;
    assert_eq!(shop.fetch().await, (1, 0));
    let priced = read(shop.context.db(), move |tx| priced(tx, milk, None, NOON_MS)).await;
    assert_eq!(priced.price_minor, Some(Minor(249)));
}

#[tokio::test]
async fn price_lists_in_another_currency_are_refused() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    let pounds = "GBP".parse().unwrap();
    hub.publish(1, &PriceBook::of(pounds, vec![list("uk", None, None, 1)]))
        .await;
    assert_eq!(shop.fetch().await, (0, 1));
}

#[tokio::test]
async fn keys_come_and_a_revoked_one_is_known_as_such() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    let mut key = SigningKey {
        key_id: PublicKey([5; 32]).id(),
        owner: EdgeNumber::HUB,
        public_key: PublicKey([5; 32]),
        from_ms: 1,
        until_ms: None,
        revoked: None,
    };
    let ring = |key: &SigningKey| Keyring {
        keys: vec![key.clone()],
    };
    hub.publish(1, &ring(&key)).await;
    assert_eq!(shop.fetch().await, (1, 0));
    let found = |id: KeyId| read(shop.context.db(), move |tx| reference::key(tx, id));
    assert_eq!(found(key.key_id).await.as_ref(), Some(&key));
    assert_eq!(found(KeyId([0; 8])).await, None);
    key.revoked = Some(Revoked {
        at_ms: NOON_MS,
        reason: "the till was stolen".to_owned(),
    });
    hub.publish(2, &ring(&key)).await;
    assert_eq!(shop.fetch().await, (1, 0));
    let found = read(shop.context.db(), move |tx| reference::key(tx, key.key_id)).await;
    assert!(found.unwrap().fits(NOON_MS - 1).is_err());
}

#[tokio::test]
async fn a_stores_own_key_is_told_once_and_believed_at_home_before_the_hub_passes_it_on() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    let own = shop.context.code_signer().public_key();
    let trusted = |id: KeyId| {
        read(shop.context.db(), move |tx| {
            reference::trusted_key(tx, id, NOON_MS)
        })
    };
    assert_eq!(trusted(own.id()).await, None);
    reference::state_own_key(&shop.context).await.unwrap();
    reference::state_own_key(&shop.context).await.unwrap();
    assert_eq!(trusted(own.id()).await, Some(own));
    assert_eq!(trusted(KeyId([0; 8])).await, None);
    shop.agent.run_once().await;
    assert_eq!(hub.holds().await, (1, 1), "it is one fact");
    // Revoked by the hub it is not believed at home either.
    let revoked = SigningKey {
        key_id: own.id(),
        owner: crate::factory::EDGE,
        public_key: own,
        from_ms: 1,
        until_ms: None,
        revoked: Some(Revoked {
            at_ms: NOON_MS,
            reason: "copied".to_owned(),
        }),
    };
    hub.publish(
        1,
        &Keyring {
            keys: vec![revoked],
        },
    )
    .await;
    shop.fetch().await;
    let trusted = read(shop.context.db(), move |tx| {
        reference::trusted_key(tx, own.id(), NOON_MS)
    });
    assert_eq!(trusted.await, None);
}

#[tokio::test]
async fn what_stores_nearby_have_is_asked_for_and_stays_with_its_age_when_the_hub_is_away() {
    let (world, hub, line) = world().await;
    let shop = Shop::of(&world).await;
    let asked = || ask_once(&shop.context, &shop.client);
    assert_eq!(
        asked().await.unwrap(),
        Asked::InVain,
        "a hub may have nothing to say"
    );
    let stock = NeighbourStock {
        stores: vec![StoreStock {
            store_id: "utrecht-1".parse().unwrap(),
            name: "Utrecht".to_owned(),
            as_of_ms: Some(NOON_MS - 720_000),
            on_hand_milli: [("MILK-1".parse().unwrap(), Milli(3_000))].into(),
        }],
    };
    hub.serve_snapshot(ReferenceKind::Neighbours, Snapshot::of(&stock));
    assert_eq!(asked().await.unwrap(), Asked::Answered);
    line.cut().await;
    assert_eq!(asked().await.unwrap(), Asked::Away);
    let milk: Sku = "MILK-1".parse().unwrap();
    let found = read(shop.context.db(), move |tx| elsewhere(tx, &milk)).await;
    assert_eq!(
        (found.len(), found[0].on_hand_milli, found[0].as_of_ms),
        (1, Milli(3_000), Some(NOON_MS - 720_000))
    );
}

#[tokio::test]
async fn the_variants_of_a_group_are_found_together() {
    let world = World::enrolled().await;
    let shop = Shop::of(&world).await;
    let shirt = |sku: &str, size: &str| Product {
        variant: Some(Variant {
            group: "TEE".to_owned(),
            values: vec![size.to_owned(), "Red".to_owned()],
        }),
        class: "fashion".to_owned(),
        ..product(sku, None, "T-shirt red")
    };
    let mut whole = catalog(vec![shirt("TEE-M", "M"), shirt("TEE-S", "S")]);
    whole.groups = vec![ProductGroup {
        id: "TEE".to_owned(),
        name: "T-shirt".to_owned(),
        options: vec!["Size".to_owned(), "Colour".to_owned()],
    }];
    install_catalog(&shop.context, 1, [1; 32], whole.clone())
        .await
        .unwrap();
    let found = read(shop.context.db(), |tx| variants(tx, "TEE", 10)).await;
    assert_eq!(found, Some((whole.groups[0].clone(), whole.products)));
    let none = read(shop.context.db(), |tx| variants(tx, "COAT", 10)).await;
    assert_eq!(none, None);
}
