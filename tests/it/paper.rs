//! The receipt printer fails in the middle of a receipt: selling goes on, paper that comes back
//! finishes what it began, and what nobody can know is asked, never guessed.

use counterpart_hardware::PrinterSnapshot;
use counterpart_tests::console::Console;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use serde_json::Value;

/// Lines after which the paper ends: less than the smallest receipt has.
const LINES_LEFT: u32 = 6;
/// Bytes after which the power goes: past the first ink, before the end of any receipt.
const BYTES_LEFT: usize = 240;

/// How many whole receipts came off with this text on them.
fn whole(seen: &PrinterSnapshot, text: &str) -> usize {
    let receipts = seen.receipts.iter();
    receipts
        .filter(|receipt| receipt.complete && receipt.text.contains(text))
        .count()
}

async fn printer_says(world: &World, word: &str) -> Value {
    let status = wait::until_seen(
        format!("the status to say {word:?}"),
        || world.status(),
        |status| status["registers"][0]["printer"]["word"] == word,
    )
    .await;
    status["registers"][0]["printer"].clone()
}

/// How many copies of its one receipt the hub knows of.
async fn copies(console: &Console) -> i64 {
    let path = format!("/v1/sales?store={STORE}");
    let sales: Value = console.caller().ask(&path).await.unwrap();
    let copies = sales["receipts"].as_array().unwrap().iter();
    copies
        .map(|receipt| receipt["copies"].as_i64().unwrap())
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_that_ends_in_a_receipt_lets_it_go_on_and_selling_never_stops() {
    let world = World::begin(Beginning::default()).await;
    let (printer, mut oracle) = (world.counter(1).printer(), Oracle::new());
    let till = world.open_till(1).await;
    printer_says(&world, "Printer ready").await;
    printer.end_paper_after(LINES_LEFT);
    let torn = till.sell(&mut oracle, &[(&world.goods[0], 1)]).await;
    let shown = printer_says(&world, "Printer waits: paper out").await;
    let todo = shown["todo"].as_str().unwrap();
    assert!(todo.contains("Put in a new roll"), "{todo}");
    let next = till.sell(&mut oracle, &[(&world.goods[1], 2)]).await;

    printer.refill();
    let both =
        printer.until(|seen| whole(seen, &torn.receipt) == 1 && whole(seen, &next.receipt) == 1);
    let seen = wait::told("both receipts", both).await;
    for paid in [&torn, &next] {
        till.print_is(&paid.sale_id, "confirmed").await;
        let pieces = seen
            .receipts
            .iter()
            .filter(|piece| piece.text.contains(&paid.receipt));
        assert_eq!(pieces.count(), 1, "{} stands on two pieces", paid.receipt);
    }
    assert!(
        seen.receipts
            .iter()
            .all(|piece| !piece.text.contains("COPY"))
    );
    world.console().await.has_everything(STORE, &oracle).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_lost_its_printer_is_asked_about_and_printed_again_as_a_copy() {
    let world = World::begin(Beginning::default()).await;
    let (printer, mut oracle) = (world.counter(1).printer(), Oracle::new());
    let till = world.open_till(1).await;
    printer_says(&world, "Printer ready").await;
    printer.lose_power_after(BYTES_LEFT);
    let torn = till.sell(&mut oracle, &[(&world.goods[0], 1)]).await;
    let sentence = till.print_is(&torn.sale_id, "uncertain").await;
    assert!(
        sentence.starts_with("The receipt may not have come out"),
        "{sentence}"
    );
    assert!(
        sentence.ends_with("Look at the paper and say what is there."),
        "{sentence}"
    );

    printer.power_on();
    let next = till.sell(&mut oracle, &[(&world.goods[1], 1)]).await;
    let printed = printer.until(|seen| whole(seen, &next.receipt) == 1);
    let seen = wait::told("the next receipt", printed).await;
    assert_eq!(whole(&seen, &torn.receipt), 0, "nobody asked for it again");
    let sold = till.sale(&torn.sale_id).await.unwrap();
    assert_eq!(
        sold["prints"][0]["state"], "uncertain",
        "it is never sent again by itself"
    );

    let job = sold["prints"][0]["print_job_id"].as_str().unwrap();
    till.settle_print(job, "reprinted").await.unwrap();
    let copy = printer.until(|seen| whole(seen, &torn.receipt) == 1);
    let seen = wait::told("the copy", copy).await;
    let copy = seen
        .receipts
        .iter()
        .find(|piece| piece.complete && piece.text.contains(&torn.receipt));
    let copy = &copy.unwrap().text;
    assert!(copy.contains("COPY"), "{copy}");
    let again = till
        .settle_print(job, "printed")
        .await
        .unwrap_err()
        .problem();
    assert_eq!(again.kind, "urn:counterpart:problem:nothing_to_settle");

    let console = world.console().await;
    console.has_everything(STORE, &oracle).await;
    wait::until_seen(
        "the hub to know the copy",
        || copies(&console),
        |count| *count == 1,
    )
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_is_off_keeps_receipts_waiting_and_prints_them_in_order() {
    let world = World::begin(Beginning::default()).await;
    let (printer, mut oracle) = (world.counter(1).printer(), Oracle::new());
    let till = world.open_till(1).await;
    printer_says(&world, "Printer ready").await;
    printer.power_off();
    let mut waiting = Vec::new();
    for good in &world.goods[..3] {
        waiting.push(till.sell(&mut oracle, &[(good, 1)]).await);
    }
    printer_says(&world, "Printer not reached").await;
    assert_eq!(
        printer
            .snapshot()
            .receipts
            .iter()
            .filter(|r| r.text.contains("1-1-"))
            .count(),
        0
    );
    printer.power_on();
    let all = printer.until(|seen| waiting.iter().all(|paid| whole(seen, &paid.receipt) == 1));
    let seen = wait::told("the receipts that waited", all).await;
    let numbers = seen.receipts.iter().filter_map(|piece| {
        let mut found = waiting
            .iter()
            .filter(|paid| piece.text.contains(&paid.receipt));
        found.next().map(|paid| paid.receipt.clone())
    });
    let wanted: Vec<String> = waiting.iter().map(|paid| paid.receipt.clone()).collect();
    assert_eq!(numbers.collect::<Vec<_>>(), wanted);
    world.end().await;
}
