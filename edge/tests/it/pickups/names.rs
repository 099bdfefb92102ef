//! The customer's name at the counter: there with the hub cut off, and gone when it has to be.

use std::time::Duration;

use counterpart_edge::pickups::{self, NamesProgress};
use counterpart_edge::sync::{HubClient, enrolled};
use counterpart_protocol::customers::NameTold;
use serde_json::{Value, json};

use super::{by_code, staged, to};
use crate::counter::{ADA, Clerk};
use crate::factory::{World, soon};
use crate::orders::{Ordered, Shop, customer};

const NAME: &str = "Jürgen van Damme";
const DAY: Duration = Duration::from_secs(86_400);

fn named(name: &str) -> NameTold {
    NameTold::Known {
        name: name.to_owned(),
    }
}

impl Shop {
    /// Looks after the names as the store does by itself all the time.
    async fn look_after_names(&self) -> NamesProgress {
        let world = &self.counter.world;
        let store = enrolled(self.ctx().db(), &world.config.data).await;
        let store = store.unwrap().unwrap();
        let (authority, identity) = (&store.authority_pem, &store.identity);
        let clock = world.config.clock.clone();
        let hub = HubClient::new(&store.sync_address, authority, identity, clock).unwrap();
        pickups::fetch_names(self.ctx(), &hub).await.unwrap()
    }

    /// Waits until a pickup's page says this of who ordered.
    async fn says_of(&self, clerk: &Clerk<'_>, ordered: Ordered, words: &str) {
        let here = format!("/pickups/{}", ordered.part);
        let mut received = self.ctx().link().received();
        soon(words, async {
            while !clerk.page(&here).await.text.contains(words) {
                // The hub's word, or the pass it wakes, may still be on its way.
                tokio::select! {
                    _ = received.changed() => {}
                    () = tokio::task::yield_now() => {}
                }
            }
        })
        .await;
    }
}

async fn name_of(clerk: &Clerk<'_>, ordered: Ordered) -> Value {
    let path = format!("/v1/pickups/{}", ordered.part);
    clerk.get(&path).await.json()["customer_name"].clone()
}

#[tokio::test]
async fn the_name_is_at_the_counter_with_the_hub_cut_off() {
    let mut shop = Shop::open().await;
    shop.hub.tell(customer(1), named(NAME));
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    shop.says_of(&clerk, ordered, NAME).await;
    shop.cut().await;
    let clerk = shop.counter.sign_in(ADA).await;
    let list = clerk.get("/v1/pickups").await.json();
    assert_eq!(list["pickups"][0]["customer_name"], NAME);
    assert!(clerk.page("/pickups").await.text.contains(NAME));
    // Whoever stands at the counter says their name.
    let here = format!("/pickups/{}", ordered.part);
    let found = clerk.press("/pickups/scan", &[("code", "juergen d")]).await;
    assert_eq!(found.problem().1, "unknown_pickup");
    let found = clerk.press("/pickups/scan", &[("code", "jurgen d")]).await;
    assert_eq!(found.location.as_deref(), Some(here.as_str()));
    staged(&clerk, ordered).await;
    let page = clerk.page(&here).await.text;
    assert!(page.contains("Is it Jürgen van Damme?"), "{page}");
    assert!(
        page.contains("a document that shows the name Jürgen van Damme"),
        "{page}"
    );
    clerk
        .done(&to(ordered, "handovers"), by_code(ordered))
        .await;
    assert_eq!(name_of(&clerk, ordered).await, NAME);
    shop.counter.edge.shutdown().await;
    holds_no_name(&shop.counter.world);
}

/// Looks through every file of the store: facts, remembered answers, screens and the copy itself.
fn holds_no_name(world: &World) {
    for file in std::fs::read_dir(&world.config.data).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let spelled = |word: &str| {
            let word = word.as_bytes();
            bytes.windows(word.len()).any(|part| part == word)
        };
        assert!(
            !spelled("van Damme") && !spelled("jurgen"),
            "{} holds a customer's name",
            path.display()
        );
    }
}

#[tokio::test]
async fn a_name_that_is_erased_while_the_store_is_cut_off_is_gone_at_the_next_contact() {
    let mut shop = Shop::open().await;
    shop.hub.tell(customer(1), named(NAME));
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    shop.says_of(&clerk, ordered, NAME).await;
    let address = shop.line.as_ref().unwrap().address;
    shop.cut().await;
    let mut links = shop.ctx().link().changes();
    soon(
        "the outage",
        links.wait_for(|link| link.standing == counterpart_edge::sync::Standing::Alone),
    )
    .await
    .unwrap();
    shop.hub.tell(customer(1), NameTold::Erased);
    shop.counter.world.clock.advance(Duration::from_secs(60));
    let clerk = shop.counter.sign_in(ADA).await;
    assert_eq!(name_of(&clerk, ordered).await, NAME);
    let line = shop
        .hub
        .listen(&shop.counter.world.authority, Some(address));
    shop.says_of(&clerk, ordered, "The name was erased").await;
    assert_eq!(name_of(&clerk, ordered).await, json!(null));
    let found = clerk.press("/pickups/scan", &[("code", "jurgen")]).await;
    assert_eq!(found.problem().1, "unknown_pickup");
    shop.counter.edge.shutdown().await;
    line.cut().await;
}

#[tokio::test]
async fn a_store_that_is_never_cut_off_hears_of_an_erasure_within_a_day() {
    let shop = Shop::open().await;
    shop.hub.tell(customer(1), named(NAME));
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    shop.says_of(&clerk, ordered, NAME).await;
    shop.hub.tell(customer(1), NameTold::Erased);
    shop.counter.world.clock.advance(DAY / 2);
    assert_eq!(shop.look_after_names().await, NamesProgress::default());
    shop.counter.world.clock.advance(DAY / 2);
    assert_eq!(shop.look_after_names().await.erased, 1);
    let clerk = shop.counter.sign_in(ADA).await;
    assert_eq!(name_of(&clerk, ordered).await, json!(null));
}

#[tokio::test]
async fn a_name_is_dropped_a_month_after_its_last_pickup_was_over() {
    let shop = Shop::open().await;
    shop.hub.tell(customer(1), named(NAME));
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    shop.says_of(&clerk, ordered, NAME).await;
    staged(&clerk, ordered).await;
    clerk
        .done(&to(ordered, "handovers"), by_code(ordered))
        .await;
    shop.counter.world.clock.advance(DAY * 30);
    assert_eq!(shop.look_after_names().await.dropped, 0);
    let clerk = shop.counter.sign_in(ADA).await;
    assert_eq!(name_of(&clerk, ordered).await, NAME);
    shop.counter.world.clock.advance(DAY);
    assert_eq!(shop.look_after_names().await.dropped, 1);
    let clerk = shop.counter.sign_in(ADA).await;
    assert_eq!(name_of(&clerk, ordered).await, json!(null));
    let page = clerk.page(&format!("/pickups/{}", ordered.part)).await.text;
    assert!(!page.contains("not here yet"), "nobody waits for it");
    // A pickup that is open keeps its name, however long it is cut off.
    shop.hub.tell(customer(2), named(NAME));
    let open = shop.order(2, 1, 0).await;
    shop.says_of(&clerk, open, NAME).await;
    shop.counter.world.clock.advance(DAY * 400);
    assert_eq!(shop.look_after_names().await.dropped, 0);
}

#[tokio::test]
async fn a_hub_that_tells_no_name_is_asked_ever_more_seldom() {
    let shop = Shop::open().await;
    shop.hub.keep_names_back();
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    shop.says_of(&clerk, ordered, "The name is not here yet")
        .await;
    soon("the first answer", async {
        while shop.look_after_names().await.unanswered > 0 || shop.hub.asked_names() == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let asked = shop.hub.asked_names();
    assert_eq!(shop.look_after_names().await, NamesProgress::default());
    assert_eq!(shop.hub.asked_names(), asked, "not before its time");
    shop.counter.world.clock.advance(Duration::from_secs(3_600));
    assert_eq!(shop.look_after_names().await.unanswered, 1);
    shop.hub.tell(customer(1), named(NAME));
    shop.counter.world.clock.advance(Duration::from_secs(3_600));
    assert_eq!(shop.look_after_names().await.told, 1);
    assert_eq!(name_of(&clerk, ordered).await, NAME);
}

#[tokio::test]
async fn a_store_without_its_key_starts_and_asks_for_the_names_again() {
    let mut shop = Shop::open().await;
    shop.hub.tell(customer(1), named(NAME));
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    shop.says_of(&clerk, ordered, NAME).await;
    let address = shop.line.as_ref().unwrap().address;
    shop.cut().await;
    // Restored from a backup, which holds no key; with one that is damaged, the same.
    for damaged in [None, Some("no key")] {
        let key = shop.counter.world.config.data.join("vault.key");
        std::fs::remove_file(&key).unwrap();
        if let Some(damaged) = damaged {
            std::fs::write(&key, damaged).unwrap();
        }
        shop.counter = shop.counter.restarted().await;
        let clerk = shop.counter.sign_in(ADA).await;
        let page = clerk.page("/pickups").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("The name is not here yet"));
    }
    shop.counter.world.clock.advance(Duration::from_secs(60));
    let line = shop
        .hub
        .listen(&shop.counter.world.authority, Some(address));
    let clerk = shop.counter.sign_in(ADA).await;
    shop.says_of(&clerk, ordered, NAME).await;
    shop.counter.edge.shutdown().await;
    line.cut().await;
}

#[tokio::test]
async fn customers_of_one_name_are_shown_side_by_side() {
    let shop = Shop::open().await;
    shop.hub.tell(customer(1), named(NAME));
    shop.hub.tell(customer(2), named("Jurgen Peeters"));
    shop.hub.tell(customer(3), named("Ada Vandamme"));
    let first = shop.order(1, 1, 0).await;
    let second = shop.order(2, 1, 0).await;
    let third = shop.order(3, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    for (ordered, name) in [
        (first, NAME),
        (second, "Jurgen Peeters"),
        (third, "Ada Vandamme"),
    ] {
        shop.says_of(&clerk, ordered, name).await;
    }
    let found = clerk.press("/pickups/scan", &[("code", "jürgen")]).await;
    let place = found.location.unwrap();
    assert_eq!(
        place,
        format!("/pickups?among={}.{}", first.part, second.part),
        "no address holds a name"
    );
    let page = clerk.page(&place).await.text;
    assert!(page.contains("2 pickups by that name"), "{page}");
    assert!(page.contains(NAME) && page.contains("Jurgen Peeters"));
    assert!(!page.contains("Ada Vandamme"));
    let strange = clerk.page("/pickups?among=nobody").await;
    assert_eq!(strange.status, 404);
}

#[tokio::test]
async fn the_pick_list_on_paper_names_the_customer_by_initial_and_surname() {
    let (mut world, hub, line) = World::with_hub().await;
    let printer = world.with_printer().await;
    hub.tell(customer(1), named(NAME));
    let shop = Shop::of(world, hub, line).await;
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    shop.says_of(&clerk, ordered, NAME).await;
    let again = format!("/v1/pickups/{}/slip", ordered.part);
    clerk.done(&again, json!({})).await;
    let seen = soon("two slips", printer.until(|seen| seen.receipts.len() > 1)).await;
    let text = &seen.receipts[1].text;
    assert!(text.contains("J. van Damme"), "{text}");
    assert!(!text.contains("Jürgen"), "{text}");
}
