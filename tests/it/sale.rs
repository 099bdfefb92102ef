//! One sale from the scanner to the hub, with everything as it should be.

use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::sold;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_sale_is_paid_printed_and_known_to_the_hub() {
    let world = World::begin(Beginning::default()).await;
    let (counter, mut oracle) = (world.counter(1), Oracle::new());
    let till = world.open_till(1).await;
    let (mug, atlas) = (&world.goods[0], &world.goods[1]);
    till.receive(&mut oracle, &[(mug, 10), (atlas, 4)]).await;

    counter.scanner().scan(mug.gtin.as_bytes()).await.unwrap();
    till.basket_is("one line", |basket| basket.lines.len() == 1)
        .await;
    counter.scanner().scan(atlas.gtin.as_bytes()).await.unwrap();
    till.basket_is("two lines", |basket| basket.lines.len() == 2)
        .await;
    let due = mug.price_minor.unwrap() + atlas.price_minor.unwrap();
    assert_eq!(till.basket().await.unwrap().total_minor, due);

    counter.printer().close_drawer();
    let paid = till.pay(due + 500).await.unwrap();
    assert_eq!((paid.total_minor, paid.change_minor), (due, 500));
    assert_eq!(paid.receipt, "1-1-000001");
    oracle.sold(sold(&paid, &[(mug, 1), (atlas, 1)]));

    let printed = counter.printer().until(|seen| {
        let receipts = seen.receipts.iter();
        seen.drawer_open && receipts.filter(|r| r.text.contains(&paid.receipt)).count() == 1
    });
    let printed = wait::told("the receipt and the drawer", printed).await;
    let receipt = printed.receipts.last().unwrap();
    assert!(receipt.complete, "{}", receipt.text);
    till.print_is(&paid.sale_id, "confirmed").await;
    for words in [mug.name.as_str(), "Change", "VAT", "Robin", "Thank you"] {
        assert!(
            receipt.text.contains(words),
            "no {words} in:\n{}",
            receipt.text
        );
    }
    assert!(!receipt.text.contains("COPY"));
    assert!(
        printed.not_understood.is_empty(),
        "{:?}",
        printed.not_understood
    );

    oracle.agrees_with("the edge", &till.seen(&oracle).await);
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    assert!(console.store(STORE).await.unwrap().connected);
    world.end().await;
}
