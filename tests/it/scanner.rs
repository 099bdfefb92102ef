//! What comes over a scanner's line beside good codes: silence, noise, codes nobody sells and codes
//! misread. None of it is sold, none of it is dropped without a word.

use counterpart_tests::goods;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Basket, Till};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};

async fn scanner_says(world: &World, word: &str) {
    wait::until_seen(
        format!("the status to say {word:?}"),
        || world.status(),
        |status| status["registers"][0]["scanner"]["word"] == word,
    )
    .await;
}

/// Waits until a scan waits for a person, checks why, and puts the item aside.
async fn asks(till: &Till, why: &str, words: &str) {
    let asked = till.basket_is("a scan that waits", |basket| basket.unsettled.len() == 1);
    let Basket {
        unsettled, barred, ..
    } = asked.await;
    assert_eq!(unsettled[0].why, why);
    assert!(
        unsettled[0].sentence.contains(words),
        "{}",
        unsettled[0].sentence
    );
    let barred = barred.expect("what waits for a person bars payment");
    assert!(barred.contains("then pay"), "{barred}");
    let refused = till.pay(100_000).await.unwrap_err().problem();
    assert_eq!(refused.kind, "urn:counterpart:problem:scans_unsettled");
    till.settle_scan(unsettled[0].scan, "aside").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unplugged_scanner_says_so_and_works_when_it_is_back() {
    let world = World::begin(Beginning::default()).await;
    let (scanner, mut oracle) = (world.counter(1).scanner(), Oracle::new());
    let till = world.open_till(1).await;
    let good = &world.goods[0];
    scanner_says(&world, "Scanner ready").await;
    // Half a code comes through before the plug is out: the piece in the hand is asked about.
    scanner.send(&good.gtin.as_bytes()[..6]).await.unwrap();
    let asked = till.basket_is("a read that was lost", |basket| basket.unsettled.len() == 1);
    let lost = asked.await.unsettled.remove(0);
    assert_eq!(lost.why, "lost");
    till.settle_scan(lost.scan, "aside").await.unwrap();
    scanner.unplug().await.unwrap();
    scanner_says(&world, "Scanner not connected").await;
    // Selling goes on by hand: the number below the bars.
    till.sell(&mut oracle, &[(good, 1)]).await;

    scanner.plug().await.unwrap();
    scanner_says(&world, "Scanner ready").await;
    scanner.scan(good.gtin.as_bytes()).await.unwrap();
    let basket = till
        .basket_is("one line", |basket| basket.lines.len() == 1)
        .await;
    assert_eq!(basket.lines[0].sku, good.sku);
    assert_eq!(basket.lines[0].quantity_milli, 1_000);
    assert!(basket.unsettled.is_empty(), "{:?}", basket.unsettled);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sold_waits_for_a_person_and_bars_payment() {
    let world = World::begin(Beginning::default()).await;
    let (scanner, mut oracle) = (world.counter(1).scanner(), Oracle::new());
    let till = world.open_till(1).await;
    let good = &world.goods[0];
    scanner_says(&world, "Scanner ready").await;
    scanner.scan(good.gtin.as_bytes()).await.unwrap();
    till.basket_is("one line", |basket| basket.lines.len() == 1)
        .await;

    scanner
        .scan(goods::unknown_code().as_bytes())
        .await
        .unwrap();
    asks(&till, "unknown", "Not in the catalogue").await;
    scanner
        .scan(goods::misread(&good.gtin).as_bytes())
        .await
        .unwrap();
    asks(&till, "misread", "").await;
    scanner
        .scan(goods::unpriced().gtin.as_bytes())
        .await
        .unwrap();
    asks(&till, "unpriced", "ask the manager").await;
    // A poster's code, and a line that catches the fridge's motor.
    scanner.scan(b"https://example.org/offers").await.unwrap();
    asks(&till, "unknown", "").await;
    scanner
        .send(&[0x00, 0xF3, 0x91, 0x1B, 0x0C, 0xE7, 0xFE, b'\r'])
        .await
        .unwrap();
    let basket = till
        .basket_is("noise that asks", |basket| basket.unsettled.len() == 1)
        .await;
    till.settle_scan(basket.unsettled[0].scan, "aside")
        .await
        .unwrap();

    let basket = till.basket().await.unwrap();
    assert_eq!(basket.lines.len(), 1, "nothing of that was sold");
    assert_eq!(basket.barred, None);
    let paid = till.pay(good.price_minor.unwrap()).await.unwrap();
    oracle.sold(counterpart_tests::shop::sold(&paid, &[(good, 1)]));
    world.console().await.has_everything(STORE, &oracle).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_before_anybody_signed_in_is_held_and_sold_when_the_till_is_open() {
    let world = World::begin(Beginning::default()).await;
    let good = &world.goods[3];
    scanner_says(&world, "Scanner ready").await;
    world
        .counter(1)
        .scanner()
        .scan(good.gtin.as_bytes())
        .await
        .unwrap();
    let till = world.open_till(1).await;
    let basket = till
        .basket_is("the held scan", |basket| basket.lines.len() == 1)
        .await;
    assert_eq!(basket.lines[0].sku, good.sku);
    assert!(basket.unsettled.is_empty(), "{:?}", basket.unsettled);
    world.end().await;
}
