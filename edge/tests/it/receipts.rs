//! Receipts: printed with the sale, printed again as copies, and settled by a person when nobody is
//! sure; and goods scanned by the register's own scanner.

use counterpart_edge::devices::{PrintState, print_job};
use counterpart_hardware::VirtualPrinter;
use counterpart_protocol::ids::PrintJobId;
use serde_json::{Value, json};

use crate::counter::{Clerk, Counter, MILK};
use crate::factory::{World, read, soon};

/// Waits until a print stands there.
async fn until_state(counter: &Counter, job: &Value, state: PrintState) {
    let job_id: PrintJobId = job.as_str().unwrap().parse().unwrap();
    let context = counter.edge.context();
    let mut changes = context.devices().changes();
    soon(state.word(), async {
        loop {
            changes.mark_unchanged();
            let found = read(context.db(), move |tx| print_job(tx, job_id)).await;
            if found.unwrap().state == state {
                return;
            }
            changes.changed().await.unwrap();
        }
    })
    .await;
}

async fn prints(clerk: &Clerk<'_>, sale: &Value) -> Vec<(String, String, Value)> {
    let path = format!("/v1/sales/{}", sale["sale_id"].as_str().unwrap());
    let sale = clerk.get(&path).await.json();
    let prints = sale["prints"].as_array().unwrap().clone();
    let told = prints.iter().map(|print| {
        let word = |key: &str| print[key].as_str().unwrap().to_owned();
        (word("kind"), word("state"), print["settlement"].clone())
    });
    told.collect()
}

async fn paper(printer: &VirtualPrinter, count: usize) -> String {
    let seen = soon(
        "a print",
        printer.until(|seen| seen.receipts.len() >= count),
    )
    .await;
    seen.receipts[count - 1].text.clone()
}

#[tokio::test]
async fn a_sale_prints_its_receipt_and_opens_the_drawer() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(10_000).await;
    soon(
        "the float's drawer",
        printer.until(|seen| seen.pulses.len() == 1),
    )
    .await;
    printer.close_drawer();
    ada.scan(MILK).await;
    ada.scan("MUG-BLUE").await;
    let paid = ada.pay(1_000).await.json();
    until_state(&counter, &paid["print_job_id"], PrintState::Confirmed).await;
    soon("the drawer", printer.until(|seen| seen.pulses.len() == 2)).await;
    let text = paper(&printer, 1).await;
    for line in [
        "Corner Shop Ghent",
        "Korenmarkt 1",
        "BE 0123.456.789",
        "Oat milk 1 l",
        "TOTAL EUR",
        "8.29",
        "10.00",
        "1.71",
        "VAT 6 %",
        "VAT 21 %",
        "23 Nov 2026, 12:00",
        "Register 1 / Ada",
        "1-1-000001",
        "Thank you",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains("Peeters"), "only the first name is printed");
    assert!(!text.contains("COPY"));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_receipt_printed_again_says_copy_and_counts() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(0).await;
    let sold = ada.sell_milk().await;
    paper(&printer, 1).await;
    let path = format!("/v1/sales/{}/reprint", sold["sale_id"].as_str().unwrap());
    counter
        .world
        .clock
        .advance(std::time::Duration::from_secs(600));
    let first = ada.post_as("copy-1", &path, json!({})).await.json();
    assert_eq!(
        (&first["copy"], &first["receipt"]),
        (&json!(1), &json!("1-1-000001"))
    );
    assert_eq!(ada.post_as("copy-1", &path, json!({})).await.json(), first);
    let text = paper(&printer, 2).await;
    for line in [
        "COPY 1",
        "Printed again 23 Nov 2026, 12:10",
        "23 Nov 2026, 12:00",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert_eq!(ada.done(&path, json!({})).await["copy"], 2);
    assert!(paper(&printer, 3).await.contains("COPY 2"));
    let pulses = printer.snapshot().pulses.len();
    assert_eq!(pulses, 2, "the float and the sale, never a copy");
    let nowhere = "/v1/sales/00000000010000000000000009/reprint";
    assert_eq!(ada.post(nowhere, json!({})).await.status, 404);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_receipt_nobody_is_sure_of_is_settled_by_a_person_with_a_copy() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(0).await;
    soon(
        "the float's drawer",
        printer.until(|seen| seen.pulses.len() == 1),
    )
    .await;
    printer.lose_power_after(300);
    let sold = ada.sell_milk().await;
    until_state(&counter, &sold["print_job_id"], PrintState::Uncertain).await;
    printer.power_on();
    let page = ada.page("/register/1").await;
    assert!(page.text.contains("Did it print?"), "{}", page.text);
    let job = sold["print_job_id"].as_str().unwrap();
    let path = format!("/v1/print-jobs/{job}/settle");
    let settled = ada.done(&path, json!({ "settlement": "reprinted" })).await;
    assert_eq!(settled["copy"]["copy"], 1);
    until_state(
        &counter,
        &settled["copy"]["print_job_id"],
        PrintState::Confirmed,
    )
    .await;
    let expected = [
        (
            "receipt".to_owned(),
            "uncertain".to_owned(),
            json!("reprinted"),
        ),
        ("copy".to_owned(), "confirmed".to_owned(), Value::Null),
    ];
    assert_eq!(prints(&ada, &sold).await, expected);
    let again = ada.post(&path, json!({ "settlement": "printed" })).await;
    again.check_refused(
        "nothing_to_settle",
        &format!("print {job} does not wait for anybody: look at what is shown now"),
    );
    assert!(!ada.page("/register/1").await.text.contains("Did it print?"));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_sale_goes_on_without_any_printer() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let sold = ada.sell_milk().await;
    let expected = [("receipt".to_owned(), "failed".to_owned(), Value::Null)];
    assert_eq!(prints(&ada, &sold).await, expected);
    let page = ada.page("/register/1").await;
    assert!(page.text.contains("Change") && page.text.contains("1-1-000001"));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_registers_own_scanner_sells() {
    let mut world = World::enrolled().await;
    let scanner = world.with_scanner().await;
    let counter = Counter::of(world).await;
    let ada = counter.at_open_till(0).await;
    let context = counter.edge.context();
    let mut changes = context.devices().changes();
    soon("the scanner", async {
        while context
            .devices()
            .of(crate::factory::REGISTER)
            .unwrap()
            .scanner
            .word
            != "Scanner ready"
        {
            changes.changed().await.unwrap();
        }
    })
    .await;
    let mut feed = crate::register_page::Stream::open(&ada).await;
    scanner.scan(b"]E04006381333931").await.unwrap();
    feed.until("the milk", |desk| desk.contains("Oat milk 1 l"))
        .await;
    assert_eq!(ada.basket().await["total_minor"], 129);
    counter.edge.shutdown().await;
}
