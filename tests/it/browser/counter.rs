//! The pickup counter from the bell to the customer's hand, by scanner and keyboard.

use counterpart_tests::browser::{Browser, Window};
use counterpart_tests::goods::Good;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::{Channel, Desk};
use counterpart_tests::shop::Till;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};

use super::{begin_to_sell, no_complaints};

const SIZE: (u32, u32) = (1280, 720);

async fn scan(world: &World, good: &Good) {
    let scanner = world.counter(1).scanner();
    scanner.scan(good.gtin.as_bytes()).await.unwrap();
}

/// Takes ten pieces in and waits until the hub may promise some.
async fn stocked(world: &World, till: &Till, oracle: &mut Oracle, good: &Good) {
    till.receive(oracle, &[(good, 10)]).await;
    let channel = Channel::of(&world.console().await);
    let promised = || channel.available(good);
    wait::until_seen("rights to reach the hub", promised, |units| *units > 1).await;
}

/// Counts the notes the page plays from now on: a bell has three.
async fn listen(window: &Window) {
    let script = "window.notes = 0;
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (...at) {
            window.notes += 1;
            return start.apply(this, at);
        };";
    window.run(script, Vec::new()).await;
}

async fn notes(window: &Window) -> u64 {
    let count = window.run("return window.notes;", Vec::new()).await;
    count.as_u64().unwrap()
}

/// Types a customer's digits and hands everything over, by keyboard.
async fn hand_over_to(counter: &Window, digits: &str) {
    counter.shows("Is it A. Customer?").await;
    counter.press("F2").await;
    counter.type_calmly(digits).await;
    counter.press("Enter").await;
    counter.shows("The customer was checked").await;
    counter.press("F9").await;
    counter.shows("Nothing is left to do").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bell_rings_and_an_order_is_picked_staged_and_handed_over_without_a_mouse() {
    let world = World::begin(Beginning::default()).await;
    let browser = Browser::start();
    let counter = browser.window(SIZE).await;
    begin_to_sell(&world, &counter).await;
    let (mug, wrong) = (&world.goods[1], &world.goods[2]);
    let till = world.sign_in(1).await;
    stocked(&world, &till, &mut Oracle::new(), mug).await;
    counter
        .open(&format!("{}/pickups", world.edge().url()))
        .await;
    counter.is_live().await;
    counter.shows("Nothing to do").await;
    // Sounds are allowed from the first key on.
    counter.press("F2").await;
    listen(&counter).await;

    let channel = Channel::of(&world.console().await);
    let draft = Channel::draft("W-7", STORE, &[(mug, 2)]);
    let order = channel.place(&draft).await.unwrap();
    let told = channel.told(&order).await;
    counter.shows("1 new pickup").await;
    counter.shows_in(".pickup-card", "W-7").await;
    wait::until_seen("the bell", || notes(&counter), |notes| *notes >= 3).await;

    // The number is typed into the field, as from a paper, and F9 accepts.
    counter.press("F2").await;
    counter.type_calmly("W-7").await;
    counter.press("Enter").await;
    counter.shows("W-7").await;
    let pickup = Desk::of(&till).has(&order, "to_do").await;
    let id = pickup["fulfilment_id"].as_str().unwrap();
    counter
        .open(&format!("{}/pickups/{id}", world.edge().url()))
        .await;
    counter.is_live().await;
    counter.shows("Accept").await;
    counter.press("F9").await;
    counter.shows("Fetch next").await;
    counter.shows_in(".pickup-item", &mug.name).await;

    scan(&world, wrong).await;
    counter
        .shows_in(".pickup-said[data-tone=refused]", &mug.name)
        .await;
    counter.shows_in(".pickup-count", "0 of 2").await;
    scan(&world, mug).await;
    counter.shows_in(".pickup-count", "1 of 2").await;
    // A scanner that reads one label twice at once is believed once; the second is typed.
    counter.press("F2").await;
    counter.type_calmly(&mug.gtin).await;
    counter.press("Enter").await;
    counter.shows("Where does the bag stand?").await;
    counter.press("F2").await;
    counter.type_calmly("A-3").await;
    counter.press("Enter").await;
    counter.shows("At A-3").await;
    channel.is(&order, "ready").await;

    world.line.cut();
    hand_over_to(&counter, &told.digits).await;
    world.mend();
    channel.is(&order, "completed").await;
    no_complaints(&counter).await;
    world.end().await;
}
