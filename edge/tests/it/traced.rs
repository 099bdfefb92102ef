//! Goods with serial numbers and lots: what the code says, what is scanned or typed after it, and
//! that nothing is paid before it is known.

use counterpart_edge::reference::install_catalog;
use counterpart_protocol::catalog::{Product, Traced};
use serde_json::json;

use crate::counter::{Counter, catalog};
use crate::factory::soon;

const TILL: &str = "/v1/registers/1/basket";
/// The candle's number below its bars.
const PHONE: &str = "09501101530003";

/// Makes the candle a phone with serial numbers, and the red mug a medicine with lots.
async fn with_traced_goods(counter: &Counter) {
    let mut goods = catalog();
    for product in &mut goods.products {
        let traced = match product.sku.as_str() {
            "CANDLE" => Traced::Serial,
            "MUG-RED" => Traced::Lot,
            _ => continue,
        };
        *product = Product {
            traced: Some(traced),
            ..product.clone()
        };
    }
    for product in &mut goods.products {
        match product.sku.as_str() {
            "CANDLE" => product.gtins = vec![PHONE.parse().unwrap()],
            _ => product.gtins.retain(|gtin| gtin.to_14() != PHONE),
        }
    }
    install_catalog(counter.edge.context(), 4, [4; 32], goods)
        .await
        .unwrap();
}

#[tokio::test]
async fn each_piece_is_paid_for_once_its_serial_number_is_known() {
    let (counter, printer) = Counter::with_printer().await;
    with_traced_goods(&counter).await;
    let ada = counter.at_open_till(0).await;
    // A symbol that bears the number needs nobody.
    ada.scan(&format!("]d201{PHONE}21SN-77")).await;
    let basket = ada.basket().await;
    assert_eq!(basket["barred"], json!(null), "{basket}");
    let remarks = &basket["lines"][0]["remarks"];
    assert_eq!(
        remarks["traced"],
        json!({ "traced": "serial", "number": "SN-77" })
    );
    // One that does not asks for it, and the next code nobody sells is it.
    ada.scan("CANDLE").await;
    let basket = ada.basket().await;
    assert_eq!(basket["untraced"]["line"], 2, "{basket}");
    ada.pay(700).await.check_refused(
        "untraced",
        "Candle still needs its serial number or lot: scan it, type it, or take it out",
    );
    let more = json!({ "quantity_milli": 2_000 });
    ada.put(&format!("{TILL}/lines/2"), more)
        .await
        .check_refused(
            "line_has_serial",
            "line 2 is one piece with a serial number of its own: scan the next piece",
        );
    let twice = json!({ "number": "SN-77" });
    ada.put(&format!("{TILL}/lines/2/number"), twice)
        .await
        .check_refused(
            "number_twice",
            "SN-77 is in this sale already: each piece has a serial number of its own",
        );
    let taken = ada.scan("SN-78").await;
    assert_eq!(
        (&taken["outcome"], &taken["line"]),
        (&json!("added"), &json!(2))
    );
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("Serial number SN-78"), "{page}");
    let counter = counter.restarted().await;
    let ada = counter.sign_in(crate::counter::ADA).await;
    ada.pay(700).await.json();
    let seen = soon("it", printer.until(|seen| seen.receipts.len() == 1)).await;
    let receipt = &seen.receipts[0].text;
    for words in ["S/N SN-77", "S/N SN-78"] {
        assert!(receipt.contains(words), "{words} is missing in\n{receipt}");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_lot_is_typed_once_for_all_pieces_of_a_line() {
    let counter = Counter::open().await;
    with_traced_goods(&counter).await;
    let ada = counter.at_open_till(0).await;
    ada.scan("MUG-RED").await;
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("Lot of Mug, red"), "{page}");
    let typed = [("line", "1"), ("number", " L-2026-11 ")];
    assert_eq!(ada.press("/register/1/traced", &typed).await.status, 200);
    let two = json!({ "quantity_milli": 2_000 });
    ada.put(&format!("{TILL}/lines/1"), two).await.json();
    // The next piece may be of another lot: it is a line of its own, and asks again.
    ada.scan("MUG-RED").await;
    let basket = ada.basket().await;
    assert_eq!(basket["untraced"]["line"], 2, "{basket}");
    ada.delete(&format!("{TILL}/lines/2")).await;
    let paid = ada.pay(1_400).await.json();
    let path = format!("/v1/sales/{}", paid["sale_id"].as_str().unwrap());
    let sale = ada.get(&path).await.json();
    assert_eq!(sale["lines"][0]["remarks"]["traced"]["number"], "L-2026-11");
    counter.edge.shutdown().await;
}
