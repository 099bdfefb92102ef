//! Goods behind the counter at the till's screen: the warning, a manager's PIN beside it, and the
//! sale after it.

use counterpart_tests::browser::Browser;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, PIN, World};

use super::looks::judge;
use crate::behind_counter::everything_is_strict;

const SIZE: (u32, u32) = (1024, 768);

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_types_a_pin_beside_the_warning_and_the_sale_goes_on() {
    let world = World::begin(Beginning::default()).await;
    everything_is_strict(&world).await;
    let browser = Browser::start();
    let till = browser.window(SIZE).await;
    till.open(&format!("{}/register/1", world.edge().url()))
        .await;
    till.shows("Who is at the till?").await;
    till.click_on("Sam").await;
    till.focus("[name=pin]").await;
    till.type_calmly("2580").await;
    till.press("Enter").await;
    till.shows("Open the till").await;
    till.is_live().await;
    till.type_calmly("100").await;
    till.press("Enter").await;
    till.shows("Scan an item to start a sale").await;

    let good = &world.goods[0];
    let scanner = world.counter(1);
    scanner.scanner().scan(good.gtin.as_bytes()).await.unwrap();
    till.shows_in(".unsettled", "Others may be promised this")
        .await;
    let why = "1 in the sale, and the record says that none is on hand";
    till.shows_in(".unsettled", why).await;
    till.shows_in(".sale-lines", "1 may be promised to others")
        .await;
    judge(&till, "goods behind the counter").await;
    till.press("F9").await;
    till.shows("have a manager approve 1, or take it out").await;
    // A wrong PIN stays beside its field and lets nothing go.
    till.focus("#field-promised-pin").await;
    till.type_calmly("9999").await;
    till.press("Enter").await;
    till.shows("Others may be promised this").await;
    till.fill("#field-promised-pin", PIN).await;
    till.press("Enter").await;
    wait::until("the warning to go", || async {
        till.text_of(".unsettled").await.is_none().then_some(())
    })
    .await;
    till.shows_in(".sale-lines", "a manager lets it go").await;
    till.press("F9").await;
    till.shows("To pay").await;
    till.press("Shift+F9").await;
    till.shows("1-1-000001").await;
    world.end().await;
}
