//! The catalogue and the people: what was published or nothing, and selling goes on meanwhile.

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::tls::Identity;
use counterpart_edge::context::Context;
use counterpart_edge::reference::{
    self, Asked, Held, ask_once, catalog_version, elsewhere, fetch_once, find_by_gtin, held,
    install_catalog, members, policies, priced, search, tax_rate, variants,
};
use counterpart_edge::sync::{Agent, HubClient, enrolled};
use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::catalog::{
    Catalog, GENERAL_CLASS, Product, ProductGroup, TaxClass, Unit, Variant,
};
use counterpart_protocol::codes::{KeyId, PublicKey};
use counterpart_protocol::ids::{EdgeNumber, Sku, StaffId};
use counterpart_protocol::keyring::{Keyring, Revoked, SigningKey};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::neighbours::{NeighbourStock, StoreStock};
use counterpart_protocol::policies::Policies;
use counterpart_protocol::prices::{PriceBook, PriceList};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::reference::{ReferenceKind, Snapshot, packing};
use counterpart_protocol::staff::{Member, Role, Roster};
use counterpart_protocol::tax::Rate;

use crate::factory::{NOON_MS, World, read, soon, store};
use crate::hub::FakeHub;

const MILK: &str = "4006381333931";

fn product(sku: &str, gtin: Option<&str>, name: &str) -> Product {
    Product {
        sku: sku.parse().unwrap(),
        gtins: gtin
            .map(|gtin| Gtin::read(gtin).unwrap())
            .into_iter()
            .collect(),
        name: name.to_owned(),
        department: "Groceries".to_owned(),
        class: GENERAL_CLASS.to_owned(),
        variant: None,
        picture: None,
        unit: Unit::Piece,
        price_minor: Some(Minor(249)),
        tax_class: "reduced".to_owned(),
    }
}

fn catalog(products: Vec<Product>) -> Catalog {
    Catalog {
        currency: Currency::EUR,
        tax_classes: vec![TaxClass {
            id: "reduced".to_owned(),
            name: "VAT 9 %".to_owned(),
            rate: Rate(9_000),
        }],
        groups: Vec::new(),
        products,
    }
}

fn roster() -> Roster {
    Roster {
        members: vec![Member {
            id: StaffId::from_parts(1, 1),
            name: "Ann".to_owned(),
            role: Role::Associate,
            pin_hash: "$argon2id$".to_owned(),
        }],
    }
}

/// A store, its agent and the hub's client.
struct Shop {
    context: Context,
    agent: Agent,
    client: HubClient,
}

impl Shop {
    async fn of(world: &World) -> Self {
        let context = world.assembled().await;
        let store = enrolled(context.db(), &world.config.data)
            .await
            .unwrap()
            .unwrap();
        let clock: SharedClock = world.clock.clone();
        let identity: &Identity = &store.identity;
        let client =
            HubClient::new(&store.sync_address, &store.authority_pem, identity, clock).unwrap();
        let agent = Agent::new(context.clone(), client.clone()).await.unwrap();
        Self {
            context,
            agent,
            client,
        }
    }

    /// Hears what the hub says, then fetches what it published.
    async fn fetch(&mut self) -> (u32, u32) {
        for _ in 0..3 {
            assert_eq!(self.agent.run_once().await.trouble, None);
        }
        let progress = fetch_once(&self.context, &self.client).await.unwrap();
        (progress.installed, progress.missing)
    }

    async fn catalog_held(&self) -> Held {
        let all = read(self.context.db(), held).await;
        all.into_iter()
            .find(|one| one.kind == ReferenceKind::Catalog)
            .unwrap()
    }

    async fn name_of(&self, gtin: &str) -> Option<String> {
        let gtin = Gtin::read(gtin).unwrap();
        let found = read(self.context.db(), move |tx| find_by_gtin(tx, gtin)).await;
        found.map(|product| product.name)
    }

    async fn found(&self, text: &'static str) -> Vec<String> {
        let found = read(self.context.db(), move |tx| search(tx, text, 5)).await;
        found
            .into_iter()
            .map(|product| product.sku.to_string())
            .collect()
    }
}

async fn world() -> (World, FakeHub, crate::hub::Listening) {
    World::with_hub().await
}

#[tokio::test]
async fn what_the_hub_publishes_comes_into_use() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    assert_eq!(shop.fetch().await, (0, 0), "nothing is published yet");
    hub.publish(
        1,
        &catalog(vec![product("MILK-1", Some(MILK), "Oat milk 1 l")]),
    )
    .await;
    hub.publish(1, &roster()).await;
    assert_eq!(shop.fetch().await, (2, 0));
    assert_eq!(
        shop.fetch().await,
        (0, 0),
        "the same again is not fetched again"
    );
    assert_eq!(shop.name_of(MILK).await.as_deref(), Some("Oat milk 1 l"));
    let people = read(shop.context.db(), members).await;
    assert_eq!(people, roster().members);
    let rate = read(shop.context.db(), |tx| tax_rate(tx, "reduced")).await;
    assert_eq!(rate, Some(Rate(9_000)));
}

#[tokio::test]
async fn a_new_version_replaces_the_old_as_a_whole() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    hub.publish(
        1,
        &catalog(vec![product("MILK-1", Some(MILK), "Oat milk 1 l")]),
    )
    .await;
    shop.fetch().await;
    hub.publish(2, &catalog(vec![product("TEA-1", None, "Mint tea")]))
        .await;
    shop.fetch().await;
    assert_eq!(shop.name_of(MILK).await, None);
    assert_eq!(shop.found("oat").await, Vec::<String>::new());
    assert_eq!(shop.found("mint").await, ["TEA-1"]);
    assert_eq!(read(shop.context.db(), catalog_version).await, 2);
}

#[tokio::test]
async fn a_snapshot_damaged_on_the_way_leaves_the_old_one_in_use() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    hub.publish(
        1,
        &catalog(vec![product("MILK-1", Some(MILK), "Oat milk 1 l")]),
    )
    .await;
    shop.fetch().await;
    let good = hub
        .publish(
            2,
            &catalog(vec![product("MILK-1", Some(MILK), "Oat drink")]),
        )
        .await;
    let mut damaged = good.clone();
    let middle = damaged.bytes.len() / 2;
    damaged.bytes[middle] ^= 1;
    hub.serve_snapshot(ReferenceKind::Catalog, damaged);
    assert_eq!(shop.fetch().await, (0, 1));
    assert_eq!(shop.name_of(MILK).await.as_deref(), Some("Oat milk 1 l"));
    let held = shop.catalog_held().await;
    assert_eq!(
        (held.in_use.map(|(version, _)| version), held.published),
        (Some(1), Some(2))
    );
    assert_eq!(
        held.trouble.as_deref(),
        Some(
            "version 2 of the catalog is not in use: the catalog that arrived is not the one that \
             was published: the version before stays in use, and it is fetched again"
        )
    );
    hub.serve_snapshot(ReferenceKind::Catalog, good);
    assert_eq!(shop.fetch().await, (1, 0));
    assert_eq!(shop.name_of(MILK).await.as_deref(), Some("Oat drink"));
    assert_eq!(shop.catalog_held().await.trouble, None);
}

#[tokio::test]
async fn what_changed_is_enough_and_leads_to_the_published_catalogue() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    let old = catalog(vec![product("MILK-1", Some(MILK), "Oat milk 1 l")]);
    let new = catalog(vec![product("MILK-1", Some(MILK), "Oat drink 1 l")]);
    let base = hub.publish(1, &old).await;
    shop.fetch().await;
    let to = hub.publish(2, &new).await;
    let delta = packing::delta(&base.bytes, &to.bytes).unwrap();
    hub.serve_delta(Some(delta));
    assert_eq!(shop.fetch().await, (1, 0));
    assert_eq!(hub.sent(), [200, 226]);
    assert_eq!(shop.name_of(MILK).await.as_deref(), Some("Oat drink 1 l"));
    assert_eq!(shop.fetch().await, (0, 0));
}

#[tokio::test]
async fn a_difference_that_leads_elsewhere_costs_the_whole_and_nothing_else() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    let base = hub
        .publish(1, &catalog(vec![product("MILK-1", Some(MILK), "Oat milk")]))
        .await;
    shop.fetch().await;
    let other = Snapshot::of(&catalog(vec![product("MILK-1", Some(MILK), "Rat milk")]));
    for (version, name, wrong) in [
        (
            2,
            "Oat drink",
            packing::delta(&base.bytes, &other.bytes).unwrap(),
        ),
        (3, "Oat drink, cold", b"no frame at all".to_vec()),
    ] {
        hub.sent();
        hub.publish(version, &catalog(vec![product("MILK-1", Some(MILK), name)]))
            .await;
        hub.serve_delta(Some(wrong));
        assert_eq!(shop.fetch().await, (1, 0), "{name}");
        assert_eq!(hub.sent(), [226, 200], "{name}");
        assert_eq!(shop.name_of(MILK).await.as_deref(), Some(name));
        assert_eq!(shop.catalog_held().await.trouble, None);
    }
}

#[tokio::test]
async fn a_snapshot_that_is_not_the_announced_one_is_not_even_read() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    hub.publish(
        1,
        &catalog(vec![product("MILK-1", Some(MILK), "Oat milk 1 l")]),
    )
    .await;
    hub.serve_snapshot(ReferenceKind::Catalog, Snapshot::of(&catalog(Vec::new())));
    assert_eq!(shop.fetch().await, (0, 1));
    assert_eq!(
        shop.catalog_held().await.trouble.as_deref(),
        Some(
            "version 1 of the catalog is not in use: the hub could not send it: the hub has \
             published anew meanwhile: it is fetched when its announcement is here"
        )
    );
}

#[tokio::test]
async fn a_catalogue_this_store_cannot_sell_from_is_refused_in_words() {
    let (world, hub, _line) = world().await;
    let mut shop = Shop::of(&world).await;
    let mut foreign = catalog(vec![product("MILK-1", Some(MILK), "Oat milk 1 l")]);
    foreign.currency = "GBP".parse().unwrap();
    hub.publish(1, &foreign).await;
    assert_eq!(shop.fetch().await, (0, 1));
    let trouble = shop.catalog_held().await.trouble.unwrap();
    assert_eq!(
        trouble,
        "version 1 of the catalog is not in use: its prices are in GBP, but this store sells in \
         EUR: the version before stays in use; have it published anew"
    );
}

fn list(id: &str, from_ms: Option<i64>, until_ms: Option<i64>, milk: i64) -> PriceList {
    PriceList {
        id: id.to_owned(),
        name: id.to_owned(),
        from_ms,
        until_ms,
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
        let priced = read(shop.context.db(), move |tx| priced(tx, milk, at_ms)).await;
        assert_eq!(priced.price_minor, Some(Minor(price)), "{at_ms}");
    }
    let priced_tea = read(shop.context.db(), move |tx| priced(tx, tea, NOON_MS)).await;
    assert_eq!(priced_tea.price_minor, None, "no list names it");
    // Without lists the catalogue's own price counts again.
    hub.publish(2, &PriceBook::of(Currency::EUR, Vec::new()))
        .await;
    assert_eq!(shop.fetch().await, (1, 0));
    let priced = read(shop.context.db(), move |tx| priced(tx, milk, NOON_MS)).await;
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
        Asked::Answered,
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

#[tokio::test]
async fn a_running_store_fetches_by_itself() {
    let (world, hub, _line) = world().await;
    let edge = world.start().await;
    let db = edge.context().db().clone();
    hub.publish(
        1,
        &catalog(vec![product("MILK-1", Some(MILK), "Oat milk 1 l")]),
    )
    .await;
    soon("the catalogue", async {
        while read(&db, catalog_version).await != 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let page = reqwest::get(format!("{}/v1/products?query=oat", edge.url()))
        .await
        .unwrap();
    let answer: serde_json::Value = page.json().await.unwrap();
    assert_eq!(answer["catalog_version"], 1);
    assert_eq!(answer["currency"], "EUR");
    assert_eq!(answer["products"][0]["price_minor"], 249);
    edge.shutdown().await;
}

#[tokio::test]
async fn parts_of_words_numbers_accents_and_slips_of_the_finger_are_found() {
    let world = World::enrolled().await;
    let shop = Shop::of(&world).await;
    let products = vec![
        product("CHOC-70", Some(MILK), "Dark chocolate 70 %"),
        product("COFFEE-1", None, "Café crème, ground"),
        product("MILK-1", None, "Milk chocolate"),
        product("SCREW-M4", None, "Screws M4 × 20, 100 pieces"),
        product("TEE-M/RED", None, "T-shirt red"),
    ];
    install_catalog(&shop.context, 1, [1; 32], catalog(products))
        .await
        .unwrap();
    for (typed, expected) in [
        ("choc", &["MILK-1", "CHOC-70"][..]),
        ("dark choc", &["CHOC-70"]),
        ("hocol", &["CHOC-70", "MILK-1"]),
        ("cafe creme", &["COFFEE-1"]),
        ("CAFÉ", &["COFFEE-1"]),
        ("screw-m4", &["SCREW-M4"]),
        ("screws m4", &["SCREW-M4"]),
        ("m4", &["SCREW-M4"]),
        ("tee-m/red", &["TEE-M/RED"]),
        ("chocolte", &["CHOC-70", "MILK-1"]),
        (MILK, &["CHOC-70"]),
        ("6381333", &["CHOC-70"]),
        ("bicycle", &[]),
        ("", &[]),
        ("\" OR *", &[]),
        ("red\" OR words:\"milk", &[]),
    ] {
        let mut found = shop.found(typed).await;
        let mut expected: Vec<String> = expected.iter().map(|sku| (*sku).to_owned()).collect();
        if typed == "choc" || typed == "hocol" || typed == "chocolte" {
            // Equally near: their order is the index's own.
            found.sort();
            expected.sort();
        }
        assert_eq!(found, expected, "{typed:?}");
    }
}

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
