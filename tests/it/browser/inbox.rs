//! The hub's console from an order to the exception that came of it, which a person settles.

use counterpart_tests::browser::Browser;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::{Channel, Desk};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};

use super::{no_complaints, open_console};

const SIZE: (u32, u32) = (1280, 720);

#[tokio::test(flavor = "multi_thread")]
async fn the_console_follows_an_order_to_its_exception_and_a_person_settles_it() {
    let world = World::begin(Beginning::default()).await;
    let till = world.open_till(1).await;
    let good = &world.goods[1];
    let mut oracle = Oracle::new();
    till.receive(&mut oracle, &[(good, 10)]).await;
    let channel = Channel::of(&world.console().await);
    let promised = || channel.available(good);
    let units = wait::until_seen("rights", promised, |units| *units > 1).await;
    let draft = Channel::draft("W-9", STORE, &[(good, units)]);
    let order = channel.place(&draft).await.unwrap();
    Desk::of(&till).has(&order, "to_do").await;

    let browser = Browser::start();
    let hub = browser.window(SIZE).await;
    open_console(&world, &hub).await;
    let console = world.hub().console_url();
    hub.open(&format!("{console}/orders")).await;
    hub.click_on("W-9").await;
    hub.shows("What was ordered").await;
    hub.shows(&good.sku).await;
    // Walk-ins take the whole shelf, promised or not: the page says so by itself.
    for _ in 0..10 {
        till.sell(&mut oracle, &[(good, 1)]).await;
    }
    channel.is(&order, "unrouted").await;
    hub.shows("went to somebody at the till").await;
    hub.open(&format!("{console}/exceptions")).await;
    hub.click_on("Sold over").await;
    hub.shows("The facts side by side").await;
    hub.shows("needs a person").await;
    let chosen = "const choice = document.querySelector('[name=how]');
        choice.value = 'customer_told'; return choice.value;";
    let chosen = hub.run(chosen, Vec::new()).await;
    assert_eq!(chosen, "customer_told", "a way out that is offered");
    hub.click_on("Settle").await;
    hub.shows_in("dl.details", "The customer was told").await;
    hub.open(&format!("{console}/exceptions?standing=resolved"))
        .await;
    hub.shows_in("table", "Sold over").await;
    no_complaints(&hub).await;
    world.end().await;
}
