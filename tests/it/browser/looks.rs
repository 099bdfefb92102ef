//! Every page people see, judged by axe-core in light and dark, and by the browser's own log.
//!
//! Whether a page is clear is for people; what a machine can find wrong must not be there.

use std::time::Duration;

use counterpart_demo::{Demo, DemoOptions};
use counterpart_edge::days;
use counterpart_tests::aside;
use counterpart_tests::browser::{Browser, Theme, Window};
use counterpart_tests::goods;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use serde_json::Value;
use tempfile::TempDir;

use super::{begin_to_sell, no_complaints, open_console};

const SIZE: (u32, u32) = (1280, 720);

pub(super) async fn judge(window: &Window, page: &str) {
    for theme in [Theme::Light, Theme::Dark] {
        window.prefer(theme).await;
        let found = window.violations().await;
        let list: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(list.is_empty(), "{page} in {theme:?}:\n{}", list.join("\n"));
    }
    no_complaints(window).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_store_have_no_violations_while_a_sale_goes_through_them() {
    let world = World::begin(Beginning::default()).await;
    let browser = Browser::start();
    let till = browser.window(SIZE).await;
    till.open(&format!("{}/register/1", world.edge().url()))
        .await;
    judge(&till, "signing in").await;
    begin_to_sell(&world, &till).await;
    judge(&till, "an empty sale").await;
    let scanner = world.counter(1).scanner();
    for good in &world.goods[..3] {
        scanner.scan(good.gtin.as_bytes()).await.unwrap();
        till.shows_in(".sale-lines", &good.name).await;
    }
    scanner
        .scan(goods::unknown_code().as_bytes())
        .await
        .unwrap();
    till.shows_in(".unsettled", "Not in the catalogue").await;
    judge(&till, "a sale with an unknown code").await;
    till.click_on("Put aside").await;
    wait::until("the scan to go", || async {
        till.text_of(".unsettled").await.is_none().then_some(())
    })
    .await;
    till.press("F9").await;
    till.shows("To pay").await;
    judge(&till, "taking money").await;
    till.type_calmly("100").await;
    till.press("Enter").await;
    till.shows("1-1-000001").await;
    judge(&till, "the change").await;
    for (path, words) in [
        ("/sales", "1-1-000001"),
        ("/stock", &world.goods[0].name),
        ("/register/1/shift", "Till"),
        ("/status", "Hub"),
    ] {
        till.open(&format!("{}{path}", world.edge().url())).await;
        till.shows(words).await;
        judge(&till, path).await;
    }
    world.end().await;
}

/// Lets the day end with a sale set aside at the hub. Returns the record and the day.
async fn a_day_that_differs(world: &World) -> (i64, String) {
    let set_aside = aside::a_sale(world.hub(), 2).await;
    world.clock.advance(Duration::from_secs(86_400));
    days::run_once(world.edge().context()).await.unwrap();
    let console = world.console().await;
    let listed = || async {
        let days: Result<Value, _> = console.caller().ask("/v1/days").await;
        days.unwrap()
    };
    // The day that is now may stand above it already.
    let differing = |listed: &Value| {
        let mut days = listed["days"].as_array().unwrap().iter();
        let day = days.find(|day| day["state"] == "differs")?;
        Some(day["business_date"].as_str().unwrap().to_owned())
    };
    let differs = |listed: &Value| differing(listed).is_some();
    let listed = wait::until_seen("the day to differ", listed, differs).await;
    (set_aside, differing(&listed).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_console_have_no_violations() {
    let world = World::begin(Beginning::default()).await;
    let mut oracle = counterpart_tests::oracle::Oracle::new();
    let till = world.open_till(1).await;
    till.receive(&mut oracle, &[(&world.goods[0], 5)]).await;
    till.sell(&mut oracle, &[(&world.goods[0], 2)]).await;
    till.sell(&mut oracle, &[(&world.goods[1], 1)]).await;
    world.console().await.has_everything(STORE, &oracle).await;
    let (set_aside, day) = a_day_that_differs(&world).await;
    let console = world.console().await;
    console
        .post_notice("The lift is out of order until noon")
        .await
        .unwrap();
    let browser = Browser::start();
    let hub = browser.window(SIZE).await;
    hub.open(&format!("{}/sign-in", world.hub().console_url()))
        .await;
    judge(&hub, "signing in").await;
    open_console(&world, &hub).await;
    let sku = &world.goods[0].sku;
    for (path, words) in [
        ("/", "Today"),
        ("/stores", STORE),
        (&format!("/stores/{STORE}"), "Robin"),
        ("/stores/new", "Time zone"),
        ("/stock", sku),
        (&format!("/stock/{sku}"), "1-1-000001"),
        ("/sales", "1-1-000001"),
        ("/catalog", &world.goods[0].name),
        ("/imports", "Import a file"),
        ("/notices", "The lift is out of order"),
        ("/operators", "admin"),
        ("/days", "differs"),
        (&format!("/days/{STORE}/{day}"), "receipts are missing"),
        ("/quarantine", "an older hub could not use it"),
        (&format!("/quarantine/1/1/{set_aside}"), "Let it count"),
    ] {
        hub.open(&format!("{}{path}", world.hub().console_url()))
            .await;
        hub.shows(words).await;
        judge(&hub, path).await;
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_virtual_devices_has_no_violations_and_its_clicks_are_scans() {
    let folder = TempDir::new().unwrap();
    let demo = Demo::start(DemoOptions::for_tests(folder.path().join("demo"))).await;
    let demo = demo.unwrap();
    let browser = Browser::start();
    let (devices, till) = (browser.window(SIZE).await, browser.window(SIZE).await);
    devices.open(&demo.devices_url()).await;
    devices.shows("Click a product to scan it").await;
    judge(&devices, "the virtual devices").await;
    let doors = demo.doors();
    till.open(&doors.register).await;
    till.click_on(&doors.member.0).await;
    till.focus("[name=pin]").await;
    till.type_calmly(&doors.member.1).await;
    till.press("Enter").await;
    till.shows("Open the till").await;
    till.is_live().await;
    till.type_calmly("100").await;
    till.press("Enter").await;
    till.shows("Scan an item to start a sale").await;
    devices.click(".shelf button.good").await;
    till.shows_in(".sale-total", "1 item").await;
    demo.shutdown().await;
}
