//! A receipt whose printer stays away is sent to another register's, as the original it is.

use counterpart_edge::devices::RegisterSetup;
use counterpart_hardware::{PrinterConfig, Profile, VirtualPrinter, VirtualPrinterOptions};
use counterpart_protocol::ids::RegisterId;
use serde_json::json;

use crate::counter::Counter;
use crate::factory::{World, read, soon};

/// Three registers: two with printers alike, one with a narrower one; the first is switched off.
async fn shop() -> (Counter, VirtualPrinter, VirtualPrinter) {
    let mut world = World::enrolled().await;
    let broken = world.with_printer().await;
    broken.power_off();
    let options = VirtualPrinterOptions::default();
    let other = VirtualPrinter::spawn(options).await.unwrap();
    let first = world.config.registers[0].clone();
    let timeouts = first.printer.as_ref().unwrap().timeouts;
    let like = |number: u16, profile| {
        let mut config = PrinterConfig::new(other.port_address(), profile);
        config.timeouts = timeouts;
        RegisterSetup {
            id: RegisterId(number),
            name: format!("Register {number}"),
            printer: Some(config),
            ..first.clone()
        }
    };
    let narrow = like(3, Profile::epson_58mm());
    world.config.registers.push(like(2, Profile::epson_80mm()));
    world.config.registers.push(narrow);
    (Counter::of(world).await, broken, other)
}

#[tokio::test]
async fn a_receipt_that_waits_is_printed_at_another_register_once() {
    let (counter, broken, other) = shop().await;
    let ada = counter.at_open_till(10_000).await;
    let paid = ada.sell_milk().await;
    let job = paid["print_job_id"].as_str().unwrap().to_owned();
    let path = format!("/v1/prints/{job}/printer");
    let mut changes = counter.edge.context().devices().changes();
    soon("a reason to wait", async {
        while !ada.page("/devices").await.text.contains("Papers that wait") {
            changes.changed().await.unwrap();
        }
    })
    .await;
    let page = ada.page("/devices").await.text;
    assert!(page.contains("The receipt waits"), "{page}");
    assert!(page.contains(r#"<option value="2""#), "{page}");
    assert!(
        !page.contains(r#"<option value="3""#),
        "it prints otherwise: {page}"
    );

    let refused = ada.post(&path, json!({ "register": 3 })).await.problem();
    assert_eq!(refused.1, "other_printer", "{refused:?}");
    let refused = ada.post(&path, json!({ "register": 9 })).await.problem();
    assert_eq!(refused.1, "no_printer", "{refused:?}");
    ada.done(&path, json!({ "register": 2 })).await;
    let came = other.until(|seen| !seen.receipts.is_empty());
    let paper = soon("the receipt", came).await.receipts[0].text.clone();
    assert!(
        paper.contains("Oat milk") && !paper.contains("COPY"),
        "{paper}"
    );

    soon("its confirmation", async {
        loop {
            let printed = read(counter.edge.context().db(), |tx| {
                let sql = "SELECT COUNT(*) FROM print_jobs WHERE state = 'confirmed'";
                tx.query_one(sql, counterpart_daemon::params![])?
                    .read::<i64>(0)
            });
            if printed.await == 1 {
                return;
            }
            changes.changed().await.unwrap();
        }
    })
    .await;
    let late = ada.post(&path, json!({ "register": 1 })).await.problem();
    assert_eq!(late.1, "print_not_waiting", "{late:?}");
    broken.power_on();
    ada.sell_milk().await;
    let came = broken.until(|seen| !seen.receipts.is_empty());
    let next = soon("the next receipt", came).await.receipts[0]
        .text
        .clone();
    assert!(
        next.contains("1-1-000002"),
        "the first never comes here: {next}"
    );
    counter.edge.shutdown().await;
}
