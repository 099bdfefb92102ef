//! The catalogue and the people: what was published or nothing, and selling goes on meanwhile.

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::tls::Identity;
use counterpart_edge::context::Context;
use counterpart_edge::reference::{
    Held, catalog_version, fetch_once, find_by_gtin, held, install_catalog, members, search,
    tax_rate,
};
use counterpart_edge::sync::{Agent, HubClient, enrolled};
use counterpart_protocol::badges::Badges;
use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::catalog::{Catalog, GENERAL_CLASS, Product, TaxClass, Unit};
use counterpart_protocol::ids::StaffId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::reference::{ReferenceKind, Snapshot, packing};
use counterpart_protocol::staff::{Member, Role, Roster};
use counterpart_protocol::tax::Rate;

use crate::factory::{World, read, soon};
use crate::hub::FakeHub;

pub(crate) const MILK: &str = "4006381333931";

pub(crate) fn product(sku: &str, gtin: Option<&str>, name: &str) -> Product {
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
        age_min: None,
        goes_with: None,
        traced: None,
        unit: Unit::Piece,
        price_minor: Some(Minor(249)),
        tax_class: "reduced".to_owned(),
    }
}

pub(crate) fn catalog(products: Vec<Product>) -> Catalog {
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
            badges: Badges::default(),
            may: Vec::new(),
        }],
    }
}

/// A store, its agent and the hub's client.
pub(crate) struct Shop {
    pub(crate) context: Context,
    pub(crate) agent: Agent,
    pub(crate) client: HubClient,
}

impl Shop {
    pub(crate) async fn of(world: &World) -> Self {
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
    pub(crate) async fn fetch(&mut self) -> (u32, u32) {
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

pub(crate) async fn world() -> (World, FakeHub, crate::hub::Listening) {
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
