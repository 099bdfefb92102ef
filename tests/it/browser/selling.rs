//! A day at the register: scanner, keyboard, a reload, a code nobody knows, a hub that is cut off.

use counterpart_tests::browser::{Browser, Window};
use counterpart_tests::goods::{self, Good, decimal};
use counterpart_tests::oracle::Oracle;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, World};

use super::{begin_to_sell, no_complaints, open_console};

const SIZE: (u32, u32) = (1280, 720);

/// What the page writes for an amount.
fn euros(minor: i64) -> String {
    format!("€{}", decimal(minor))
}

async fn scan(world: &World, good: &Good) {
    world
        .counter(1)
        .scanner()
        .scan(good.gtin.as_bytes())
        .await
        .unwrap();
}

/// Scans a good on the serial line and waits for its line.
async fn scan_in(world: &World, window: &Window, good: &Good) {
    scan(world, good).await;
    window.shows_in(".sale-lines", &good.name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_by_scanner_and_keyboard_is_paid_printed_and_seen_live_at_the_hub() {
    let world = World::begin(Beginning::default()).await;
    let browser = Browser::start();
    let (till, hub) = (browser.window(SIZE).await, browser.window(SIZE).await);
    open_console(&world, &hub).await;
    begin_to_sell(&world, &till).await;
    // This mark goes with a reload: what the console shows later came to the open page.
    hub.run(
        "document.documentElement.dataset.sameDocument = 'yes';",
        Vec::new(),
    )
    .await;

    let (mug, atlas) = (&world.goods[0], &world.goods[1]);
    scan_in(&world, &till, mug).await;
    scan_in(&world, &till, atlas).await;
    let due = mug.price_minor.unwrap() + atlas.price_minor.unwrap();
    till.shows_in("output.total", &euros(due)).await;
    till.press("F9").await;
    till.shows("To pay").await;
    till.type_calmly("50").await;
    till.press("Enter").await;
    till.shows_in(".change", &euros(5_000 - due)).await;
    till.shows("1-1-000001").await;

    let printer = world.counter(1).printer();
    let printed = printer.until(|seen| seen.receipts.iter().any(|r| r.text.contains("1-1-000001")));
    let seen = wait::told("the receipt", printed).await;
    assert!(seen.drawer_open && seen.receipts.iter().all(|receipt| receipt.complete));

    hub.shows(&euros(due)).await;
    hub.shows("1-1-000001").await;
    let same = hub
        .run(
            "return document.documentElement.dataset.sameDocument;",
            Vec::new(),
        )
        .await;
    assert_eq!(same, "yes", "the console was reloaded");

    // The next scan begins the next sale; nobody has to press anything.
    scan_in(&world, &till, mug).await;
    assert_eq!(till.text_of(".change").await, None);
    no_complaints(&till).await;
    no_complaints(&hub).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_never_typed_into_a_field_and_never_presses_a_button() {
    let world = World::begin(Beginning::default()).await;
    let browser = Browser::start();
    let till = browser.window(SIZE).await;
    begin_to_sell(&world, &till).await;
    let (good, other) = (&world.goods[0], &world.goods[1]);
    till.press("F2").await;
    till.type_calmly("mug").await;
    till.shows_in(".found", "Enamel mug").await;
    scan_in(&world, &till, good).await;
    assert_eq!(till.value("input[type=search]").await, "mug");
    // The same from a scanner that pretends to be a keyboard, in the field and on a button.
    till.wedge(&other.gtin).await;
    till.shows_in(".sale-lines", &other.name).await;
    assert_eq!(till.value("input[type=search]").await, "mug");
    till.focus("#pay button").await;
    till.wedge(&good.gtin).await;
    till.shows_in(".sale-total", "3 items").await;
    assert_eq!(
        till.text_of(".tender").await,
        None,
        "the scan's Enter pressed Pay"
    );
    no_complaints(&till).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_code_stays_until_it_is_settled_and_bars_payment() {
    let world = World::begin(Beginning::default()).await;
    let browser = Browser::start();
    let till = browser.window(SIZE).await;
    begin_to_sell(&world, &till).await;
    scan_in(&world, &till, &world.goods[0]).await;
    let unknown = goods::unknown_code();
    world
        .counter(1)
        .scanner()
        .scan(unknown.as_bytes())
        .await
        .unwrap();
    till.shows_in(".unsettled", &unknown).await;
    till.shows_in(".unsettled", "Not in the catalogue").await;
    // The next scan's Enter must not close it, and Pay must not take it along.
    till.press("Enter").await;
    till.press("F9").await;
    scan_in(&world, &till, &world.goods[1]).await;
    till.shows_in(".unsettled", &unknown).await;
    assert_eq!(till.text_of(".tender").await, None);
    till.press("F9").await;
    till.shows("then pay").await;
    till.click_on("Put aside").await;
    wait::until("the scan to go", || async {
        till.text_of(".unsettled").await.is_none().then_some(())
    })
    .await;
    till.press("F9").await;
    till.shows("To pay").await;
    no_complaints(&till).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_is_harmless_at_every_step_of_a_sale() {
    let world = World::begin(Beginning::default()).await;
    let browser = Browser::start();
    let till = browser.window(SIZE).await;
    begin_to_sell(&world, &till).await;
    let good = &world.goods[0];
    let due = good.price_minor.unwrap();
    scan_in(&world, &till, good).await;
    till.reload().await;
    till.is_live().await;
    till.shows_in(".sale-lines", &good.name).await;
    till.press("F9").await;
    till.shows("To pay").await;
    till.reload().await;
    till.is_live().await;
    till.shows("To pay").await;
    till.type_calmly(&decimal(due)).await;
    till.press("Enter").await;
    till.shows("1-1-000001").await;
    till.reload().await;
    till.is_live().await;
    till.shows("1-1-000001").await;
    let mut oracle = Oracle::new();
    let other = world.sign_in(1).await;
    let basket = other.basket().await.unwrap();
    assert!(basket.lines.is_empty(), "{basket:?}");
    let sales: serde_json::Value = other.caller().ask("/v1/sales").await.unwrap();
    assert_eq!(sales["sales"].as_array().unwrap().len(), 1, "{sales}");
    oracle.received(&good.sku, 0);
    assert_eq!(other.seen(&oracle).await.on_hand[&good.sku], -1);
    no_complaints(&till).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_about_the_hub_change_when_the_line_is_cut_and_mended() {
    let world = World::begin(Beginning::default()).await;
    let browser = Browser::start();
    let till = browser.window(SIZE).await;
    begin_to_sell(&world, &till).await;
    till.shows("Hub connected").await;
    till.shows("all sent").await;
    world.line.cut();
    scan_in(&world, &till, &world.goods[0]).await;
    till.press("F9").await;
    till.shows("To pay").await;
    till.type_calmly("50").await;
    till.press("Enter").await;
    till.shows("1-1-000001").await;
    till.shows("Hub last seen").await;
    till.shows("1 waiting").await;
    world.mend();
    till.shows("Hub connected").await;
    till.shows("all sent").await;
    no_complaints(&till).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_typed_survives_every_patch_of_the_page() {
    let world = World::begin(Beginning::default()).await;
    let browser = Browser::start();
    let till = browser.window(SIZE).await;
    begin_to_sell(&world, &till).await;
    scan_in(&world, &till, &world.goods[0]).await;
    // Each patch shows the same as the one before; the mark tells that it has come.
    let patched = || async {
        let before = till.attribute("#desk", "data-v").await;
        world.edge().context().live().publish("register/1");
        wait::until_seen(
            "a patch",
            || till.attribute("#desk", "data-v"),
            |now| *now != before,
        )
        .await;
    };
    till.type_calmly("1").await;
    patched().await;
    till.type_calmly("2").await;
    patched().await;
    assert_eq!(till.value("#quantity").await, "12");
    till.press("Enter").await;
    till.shows_in(".sale-total", "12 items").await;
    till.press("F9").await;
    till.shows("To pay").await;
    for (key, typed) in [("5", "5"), ("0", "50")] {
        till.type_calmly(key).await;
        patched().await;
        assert_eq!(till.value("#cash").await, typed);
    }
    till.press("Enter").await;
    till.shows("1-1-000001").await;
    world.end().await;
}
