//! A business customer asks for invoices while the line is cut: they come out with numbers without
//! a gap, and once the line is mended the hub proves that none is missing.

use counterpart_tests::oracle::Oracle;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use serde_json::json;

use crate::ENGINE;

#[tokio::test(flavor = "multi_thread")]
async fn invoices_of_a_store_without_its_hub_are_proven_whole_when_the_line_is_mended() {
    let beginning = Beginning {
        engine: ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let (printer, mut oracle) = (world.counter(1).printer(), Oracle::new());
    let till = world.open_till(1).await;
    world.line.cut();
    let mut numbers = Vec::new();
    for at in 0..3 {
        let good = &world.goods[at];
        let paid = till.sell(&mut oracle, &[(good, 1)]).await;
        let company = format!("Bakkerij {at} BV");
        let made = till.invoice(&paid.sale_id, &company).await.unwrap();
        let number = made["invoice"].as_str().unwrap().to_owned();
        let printed = printer.until(|seen| {
            let mut papers = seen.receipts.iter();
            papers.any(|paper| paper.text.contains(&number) && paper.text.contains(&company))
        });
        wait::told("the invoice", printed).await;
        let copy = till.invoice(&paid.sale_id, &company).await.unwrap();
        assert_eq!(
            (&copy["invoice"], &copy["copy"]),
            (&json!(number), &json!(1))
        );
        numbers.push(number);
    }
    let expected = ["000001", "000002", "000003"];
    assert!(
        numbers
            .iter()
            .zip(expected)
            .all(|(number, end)| number.ends_with(&format!(".1-{end}"))),
        "{numbers:?}"
    );

    world.mend();
    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    let proof = console.store(STORE).await.unwrap().invoices;
    assert_eq!((proof.issued, proof.missing, proof.doubled), (3, 0, 0));
    world.end().await;
}
