//! What is done beside the basket: goods the catalogue does not know sold by their department, what
//! is said of a line, and gift receipts.

use counterpart_hardware::VirtualPrinter;
use reqwest::Method;
use serde_json::{Value, json};

use crate::counter::{ADA, BEN, CLEO, Clerk, Counter, MILK, STRANGER, answer};
use crate::factory::soon;

const DEPARTMENTS: &str = "/v1/registers/1/basket/departments";

fn food(price_minor: i64) -> Value {
    json!({ "department": "Food", "tax_class": "reduced", "price_minor": price_minor })
}

async fn waiting_scan(clerk: &Clerk<'_>) -> i64 {
    let basket = clerk.basket().await;
    basket["unsettled"][0]["scan"].as_i64().unwrap()
}

async fn paper(printer: &VirtualPrinter, count: usize) -> String {
    let seen = printer.until(|seen| seen.receipts.len() >= count);
    soon("a print", seen).await.receipts[count - 1].text.clone()
}

#[tokio::test]
async fn what_the_catalogue_does_not_know_is_sold_by_its_department_and_its_code_is_kept() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let listed = ada.get("/v1/departments").await.json();
    assert_eq!(
        listed["departments"],
        json!([
            { "department": "Food", "tax_class": "reduced", "tax": "VAT 6 %" },
            { "department": "Home", "tax_class": "standard", "tax": "VAT 21 %" },
        ])
    );
    ada.scan(STRANGER).await;
    ada.pay(499).await.check_refused(
        "scans_unsettled",
        "a scan is not settled: scan the item again or put it aside, then pay",
    );
    let mut wanted = food(499);
    wanted["scan"] = waiting_scan(&ada).await.into();
    let basket = ada
        .post_as("stranger", DEPARTMENTS, wanted.clone())
        .await
        .json();
    assert_eq!(basket["unsettled"], json!([]), "the scan is settled");
    let line = &basket["lines"][0];
    assert_eq!(line["sku"], "DEPARTMENT/Food");
    assert_eq!(line["remarks"]["by_department"]["code"], STRANGER);
    let again = ada
        .post_as("stranger", DEPARTMENTS, wanted.clone())
        .await
        .json();
    assert_eq!(again["lines"].as_array().unwrap().len(), 1, "once");
    ada.post(DEPARTMENTS, wanted).await.check_refused(
        "no_such_scan",
        "scan 1 does not wait any more: look at what is shown now",
    );
    let sold = ada.pay(500).await.json();
    let sale = ada
        .get(&format!("/v1/sales/{}", sold["sale_id"].as_str().unwrap()))
        .await
        .json();
    assert_eq!(sale["taxes"][0]["rate"], 6_000);
    let remarks = &sale["lines"][0]["remarks"];
    assert_eq!(remarks["by_department"]["department"], "Food");
    assert_eq!(remarks["by_department"]["code"], STRANGER);
    let stock = ada.get("/v1/stock?query=").await.json();
    let moved = stock["stock"].as_array().unwrap().iter();
    let moved: Vec<&Value> = moved.filter(|it| it["sku"] == "DEPARTMENT/Food").collect();
    assert!(moved.is_empty(), "it is nobody's stock: {moved:?}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn goods_sold_by_department_come_back_and_move_no_stock_either() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    ada.done(DEPARTMENTS, food(499)).await;
    let sold = ada.pay(499).await.json();
    let back = json!({ "sale_id": sold["sale_id"], "lines": [{
        "line": 1, "quantity_milli": 1_000, "reason": "defective", "disposition": "restock",
    }] });
    let taken = ada.done("/v1/registers/1/returns", back).await;
    assert_eq!(taken["total_minor"], 499);
    let stock = ada.get("/v1/stock/DEPARTMENT%2FFood").await;
    assert_eq!(
        stock.status, 404,
        "nothing of it was ever here: {}",
        stock.text
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_price_by_department_is_within_the_limits_or_approved() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let (status, _, sentence) = ada.post(DEPARTMENTS, food(10_001)).await.problem();
    assert_eq!(
        (status, sentence.as_str()),
        (
            403,
            "by department up to 100.00 EUR may be sold alone: have a manager type their PIN"
        )
    );
    for (body, code) in [
        (food(0), "price_out_of_range"),
        (food(1_000_000_000_000), "price_out_of_range"),
        (
            json!({ "department": "Food", "tax_class": "standard", "price_minor": 1 }),
            "unknown_department",
        ),
        (
            json!({ "department": "Moon", "tax_class": "reduced", "price_minor": 1 }),
            "unknown_department",
        ),
    ] {
        assert_eq!(ada.post(DEPARTMENTS, body).await.problem().1, code);
    }
    let mut wanted = food(10_001);
    wanted["approval_pin"] = BEN.into();
    assert_eq!(ada.post(DEPARTMENTS, wanted.clone()).await.status, 403);
    wanted["approval_pin"] = CLEO.into();
    let basket = ada.done(DEPARTMENTS, wanted).await;
    let said = &basket["lines"][0]["remarks"]["by_department"];
    assert!(said["approved_by"].is_string(), "{said}");
    assert_eq!(said["code"], Value::Null);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_page_by_department_leads_from_the_scan_to_the_sale() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan(STRANGER).await;
    let scan = waiting_scan(&ada).await;
    let register = ada.page("/register/1").await;
    let link = format!("/register/1/department?scan={scan}");
    assert!(register.text.contains(&link), "{}", register.text);
    let page = ada.page(&link).await;
    assert!(page.text.contains(STRANGER) && page.text.contains("Food · VAT 6 %"));
    let number = scan.to_string();
    let fields = [
        ("scan", number.as_str()),
        ("department", "Food\treduced"),
        ("price", "4.99"),
        ("code", STRANGER),
    ];
    let done = ada.press("/register/1/department", &fields).await;
    assert_eq!(
        done.location.as_deref(),
        Some("/register/1"),
        "{}",
        done.text
    );
    assert_eq!(ada.basket().await["total_minor"], 499);
    let unread = [("department", "Food\treduced"), ("price", "cheap")];
    let unread = ada.press("/register/1/department", &unread).await;
    assert_eq!(unread.problem().1, "price_unreadable");
    let none = [("department", ""), ("price", "1")];
    let none = ada.press("/register/1/department", &none).await;
    assert_eq!(none.problem().1, "unknown_department");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_is_said_of_a_line_is_in_the_sale_and_on_paper() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("MUG-RED").await;
    let people = counter.edge.context().db();
    let members = crate::factory::read(people, counterpart_edge::reference::members).await;
    let ben = members.iter().find(|it| it.name == "Ben Claes").unwrap().id;
    let path = "/v1/registers/1/basket/lines/1/remarks";
    let said = json!({ "note": "a gift,\nwrapped", "sold_by": ben });
    let basket = ada.put(path, said).await.json();
    let remarks = basket["lines"][0]["remarks"].clone();
    assert_eq!(
        remarks,
        json!({ "note": "a gift, wrapped", "sold_by": ben })
    );
    let basket = ada.scan("MUG-RED").await["basket"].clone();
    assert_eq!(basket["lines"].as_array().unwrap().len(), 2, "another line");
    let long = json!({ "note": "x".repeat(81) });
    ada.put(path, long).await.check_refused(
        "note_too_long",
        "a note has at most 80 characters, and 81 were typed: say it in fewer words",
    );
    let nobody = json!({ "sold_by": "01ARZ3NDEKTSV4RRFFQ69G5FAV" });
    ada.put(path, nobody).await.check_refused(
        "unknown_person",
        "nobody of this store has this id: choose one of the list",
    );
    let page = ada.page("/register/1").await;
    assert!(page.text.contains("a gift, wrapped") && page.text.contains("Ben Claes"));
    let form = ada.page("/register/1/lines/1/remarks").await;
    assert!(form.text.contains("a gift, wrapped"), "{}", form.text);
    // Parked and recalled, it is still said.
    let parked = ada
        .done(
            "/v1/registers/1/basket/suspend",
            json!({ "name": "blue coat" }),
        )
        .await;
    let number = parked["number"].as_i64().unwrap();
    let recall = format!("/v1/registers/1/suspended-baskets/{number}/recall");
    let recalled = ada.post(&recall, json!({})).await;
    assert_eq!(recalled.status, 200, "{}", recalled.text);
    let sold = ada.pay(1_400).await.json();
    let sale = ada
        .get(&format!("/v1/sales/{}", sold["sale_id"].as_str().unwrap()))
        .await
        .json();
    assert_eq!(sale["lines"][0]["remarks"], remarks);
    assert_eq!(sale["lines"][1].get("remarks"), None);
    let text = paper(&printer, 1).await;
    assert!(text.contains("  a gift, wrapped"), "{text}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_gift_receipt_names_no_price_and_brings_the_goods_back() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("MUG-RED").await;
    ada.scan(MILK).await;
    ada.scan(MILK).await;
    let sold = ada.pay(958).await.json();
    let sale = sold["sale_id"].as_str().unwrap();
    paper(&printer, 1).await;
    let path = format!("/v1/sales/{sale}/gift-receipt");
    let gift = ada.post_as("gift", &path, json!({})).await.json();
    let again = ada.post_as("gift", &path, json!({})).await.json();
    assert_eq!((&gift["paper"], &gift), (&json!(1), &again));
    let text = paper(&printer, 2).await;
    assert!(
        text.contains("GIFT RECEIPT") && text.contains("Mug, red"),
        "{text}"
    );
    assert!(text.contains("2 × Oat milk 1 l"), "{text}");
    for price in ["7.00", "1.29", "2.58", "9.58", "TOTAL"] {
        assert!(!text.contains(price), "{price} stands on it:\n{text}");
    }
    let number = gift["receipt"].as_str().unwrap();
    assert!(text.contains(number), "{text}");
    let found = ada
        .get(&format!("/v1/returnable?receipt={number}"))
        .await
        .json();
    assert_eq!(found["sale_id"], sale);
    let form = format!("/register/1/sales/{sale}/gift");
    let pressed = ada.press(&form, &[("does", "sale")]).await;
    assert_eq!(
        pressed.location.as_deref(),
        Some(&*format!("/sales/{sale}"))
    );
    let page = ada.page(&format!("/sales/{sale}")).await;
    assert!(page.text.contains("Gift receipts"), "{}", page.text);
    let journal = ada.get("/v1/journal?kind=reprint").await.json();
    assert_eq!(journal["entries"][0]["why"], json!(["gift"]));
    let nothing = "/v1/sales/01ARZ3NDEKTSV4RRFFQ69G5FAV/gift-receipt";
    assert_eq!(ada.post(nothing, json!({})).await.status, 404);
    let nobody = counter.request(Method::GET, "/v1/departments");
    assert_eq!(answer(nobody).await.status, 401);
    assert_eq!(
        counter
            .sign_in(ADA)
            .await
            .get("/v1/departments")
            .await
            .status,
        200
    );
    counter.edge.shutdown().await;
}
