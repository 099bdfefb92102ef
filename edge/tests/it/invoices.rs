//! Invoices for sales on request, at a store whose hub answers nobody: one number for each sale,
//! whatever is pressed again, and nothing about the customer beside the paper.

use counterpart_daemon::db::{DbError, Value as Cell};
use counterpart_daemon::params;
use counterpart_edge::devices::{PrintState, print_job};
use counterpart_hardware::VirtualPrinter;
use counterpart_protocol::entities::LegalEntity;
use counterpart_protocol::ids::PrintJobId;
use serde_json::{Value, json};

use crate::counter::{Clerk, Counter};
use crate::factory::{read, soon};

const BUYER: &str = "Bakkerij Dok BV";

fn buyer() -> Value {
    json!({ "name": BUYER, "address": "Dok Noord 4\n9000 Gent", "tax_number": "BE 0999.999.999" })
}

fn path(sale: &Value) -> String {
    format!("/v1/sales/{}/invoice", sale["sale_id"].as_str().unwrap())
}

/// Lets the hub have told the store, before it was cut off, which company runs it.
fn run_by_a_company(counter: &Counter) {
    let context = counter.edge.context();
    let mut profile = (*context.profile()).clone();
    profile.details.number_prefix = Some("GHE".parse().unwrap());
    profile.details.entity = Some(LegalEntity {
        entity_id: Some("corner".parse().unwrap()),
        name: "Corner Shops NV".to_owned(),
        address_lines: vec!["Kouter 8".to_owned()],
        registration_number: None,
        tax_number: Some("BE 0777.777.777".to_owned()),
        tax_numbers: vec!["BE vat BE 0777.777.777".parse().unwrap()],
        number_prefix: None,
    });
    context.take_profile(profile);
}

async fn invoice_paper(printer: &VirtualPrinter, number: &str, words: &str) -> String {
    let seen = printer.until(|seen| {
        let mut papers = seen.receipts.iter();
        papers.any(|paper| paper.text.contains(number) && paper.text.contains(words))
    });
    let seen = soon("the invoice on paper", seen).await;
    let mut papers = seen.receipts.iter();
    let found = papers.find(|paper| paper.text.contains(number) && paper.text.contains(words));
    found.unwrap().text.clone()
}

async fn printed(counter: &Counter, made: &Value) {
    let job_id: PrintJobId = made["print_job_id"].as_str().unwrap().parse().unwrap();
    let context = counter.edge.context();
    let mut changes = context.devices().changes();
    soon("the invoice to be printed", async {
        loop {
            changes.mark_unchanged();
            let job = read(context.db(), move |tx| print_job(tx, job_id)).await;
            if job.unwrap().state == PrintState::Confirmed {
                return;
            }
            changes.changed().await.unwrap();
        }
    })
    .await;
}

async fn invoiced(clerk: &Clerk<'_>, sale: &Value) -> Value {
    let path = format!("/v1/sales/{}", sale["sale_id"].as_str().unwrap());
    clerk.get(&path).await.json()["invoice"].clone()
}

#[tokio::test]
async fn a_business_customer_gets_an_invoice_and_a_second_press_is_a_copy() {
    let (counter, printer) = Counter::with_printer().await;
    run_by_a_company(&counter);
    let ada = counter.at_open_till(0).await;
    let (first, second) = (ada.sell_milk().await, ada.sell_milk().await);
    assert_eq!(invoiced(&ada, &first).await, Value::Null);
    let made = ada
        .post_as("invoice-1", &path(&first), buyer())
        .await
        .json();
    assert_eq!(
        (&made["invoice"], &made["copy"]),
        (&json!("GHE-I-7.1-000001"), &Value::Null)
    );
    let repeated = ada.post_as("invoice-1", &path(&first), buyer()).await;
    assert_eq!(repeated.json(), made, "a retry prints nothing more");
    let text = invoice_paper(&printer, "GHE-I-7.1-000001", "INVOICE").await;
    for line in [
        "Corner Shops NV",
        "Kouter 8",
        "BE 0123.456.789",
        "BE 0777.777.777",
        BUYER,
        "Dok Noord 4",
        "BE 0999.999.999",
        "Oat milk 1 l",
        "TOTAL EUR",
        "VAT 6 %",
        "1-1-000001",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains("COPY"), "{text}");

    let again = ada.done(&path(&first), buyer()).await;
    assert_eq!(
        (&again["invoice"], &again["copy"]),
        (&made["invoice"], &json!(1))
    );
    invoice_paper(&printer, "GHE-I-7.1-000001", "COPY 1").await;
    let next = ada.done(&path(&second), buyer()).await;
    assert_eq!(next["invoice"], "GHE-I-7.1-000002", "a copy took no number");
    let shown = invoiced(&ada, &first).await;
    assert_eq!(
        (&shown["number"], &shown["copies"]),
        (&made["invoice"], &json!(1))
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn whom_an_invoice_is_for_stands_on_the_paper_and_nowhere_else() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(0).await;
    let sold = ada.sell_milk().await;
    let made = ada.done(&path(&sold), buyer()).await;
    let number = made["invoice"].as_str().unwrap();
    assert_eq!(number, "GHENT-I-7.1-000001", "no prefix was chosen");
    invoice_paper(&printer, number, BUYER).await;
    printed(&counter, &made).await;
    let found = read(counter.edge.context().db(), |tx| {
        let tables = tx.query_all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            params![],
        )?;
        let mut found = Vec::new();
        for table in tables {
            let table: String = table.read(0)?;
            for row in tx.query_all(&format!("SELECT * FROM \"{table}\""), params![])? {
                for at in 0..row.width() {
                    let cell = match row.read::<Cell>(at)? {
                        Cell::Text(text) => text.into_bytes(),
                        Cell::Bytes(bytes) => bytes,
                        Cell::Null | Cell::Int(_) => continue,
                    };
                    let mut parts = cell.windows(BUYER.len());
                    if parts.any(|part| part == BUYER.as_bytes()) {
                        found.push(table.clone());
                    }
                }
            }
        }
        Ok::<_, DbError>(found)
    })
    .await;
    assert_eq!(found, Vec::<String>::new());
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn refused_invoices_and_a_restart_leave_no_gap() {
    let (counter, _printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(0).await;
    let (first, second) = (ada.sell_milk().await, ada.sell_milk().await);
    let nobody = json!({ "name": " ", "address": "Dok Noord 4" });
    let refused = ada.post(&path(&first), nobody).await;
    assert_eq!(refused.problem().1, "buyer_refused");
    let nowhere = "/v1/sales/00000000010000000000000009/invoice";
    assert_eq!(ada.post(nowhere, buyer()).await.status, 404);
    let made = ada.done(&path(&first), buyer()).await;
    assert_eq!(made["invoice"], "GHENT-I-7.1-000001");
    let token = ada.token.clone();
    let counter = counter.restarted().await;
    let ada = counter.sign_in(crate::counter::ADA).await;
    assert_ne!(ada.token, token);
    let next = ada.done(&path(&second), buyer()).await;
    assert_eq!(next["invoice"], "GHENT-I-7.1-000002");
    assert_eq!(invoiced(&ada, &first).await["number"], made["invoice"]);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_invoice_needs_a_printer_and_a_seller_with_a_tax_number() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let sold = ada.sell_milk().await;
    let refused = ada.post(&path(&sold), buyer()).await;
    assert_eq!(refused.problem().1, "no_printer");
    counter.edge.shutdown().await;

    let (counter, _printer) = Counter::with_printer().await;
    let context = counter.edge.context();
    let mut profile = (*context.profile()).clone();
    profile.tax_number = None;
    context.take_profile(profile);
    let ada = counter.at_open_till(0).await;
    let sold = ada.sell_milk().await;
    let refused = ada.post(&path(&sold), buyer()).await;
    assert_eq!(refused.problem().1, "seller_unknown");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_page_of_a_sale_asks_whom_the_invoice_is_for_and_then_offers_copies() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(0).await;
    let sold = ada.sell_milk().await;
    let sale_id = sold["sale_id"].as_str().unwrap();
    let here = format!("/sales/{sale_id}");
    let page = ada.page(&here).await.text;
    assert!(page.contains("Print the invoice"), "{page}");
    let form = format!("/register/1/sales/{sale_id}/invoice");
    let nobody = ada.press(&form, &[("name", "")]).await;
    assert_eq!(nobody.status, 409, "{}", nobody.text);
    let fields = [("name", BUYER), ("address", "Dok Noord 4\r\n9000 Gent")];
    let pressed = ada.press_plainly(&form, &fields).await;
    assert_eq!(
        (pressed.status, pressed.location.as_deref()),
        (303, Some(here.as_str())),
        "{}",
        pressed.text
    );
    invoice_paper(&printer, "GHENT-I-7.1-000001", BUYER).await;
    let page = ada.page(&here).await.text;
    assert!(page.contains("Print a copy of the invoice"), "{page}");
    assert!(page.contains("GHENT-I-7.1-000001") && !page.contains(BUYER));
    counter.edge.shutdown().await;
}
