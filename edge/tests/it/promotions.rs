//! Promotions at the till: taken off by themselves, told line by line, in the fact and on paper;
//! also after a restart, with the hub a closed port throughout.

use std::collections::BTreeSet;

use counterpart_edge::reference::install_promotions;
use counterpart_protocol::money::Minor;
use counterpart_protocol::pricing::{
    Cut, Deal, Goods, Off, Percent, Promotion, PromotionBook, Window,
};
use serde_json::{Value, json};

use crate::counter::{Clerk, Counter, MILK};
use crate::factory::{NOON_MS, soon};

fn promotion(id: &str, name: &str, deal: Deal, goods: Goods) -> Promotion {
    let made = Promotion {
        id: id.to_owned(),
        name: name.to_owned(),
        deal,
        goods,
        priority: 0,
        exclusive: true,
        window: Window::default(),
        groups: BTreeSet::new(),
        coupon: None,
    };
    made.check().unwrap();
    made
}

fn three_for_two() -> Promotion {
    let deal = Deal::Get {
        buy: 2,
        get: 1,
        cut: Cut::Percent(Percent::ALL),
        of: None,
    };
    let mugs = ["MUG-RED", "MUG-BLUE"].map(|it| it.parse().unwrap());
    promotion("mugs", "Mugs: 3 for 2", deal, Goods::skus(mugs))
}

fn fifty() -> Promotion {
    let deal = Deal::Threshold {
        from_minor: Minor(1_400),
        off: Off::Percent(Percent(10_000)),
    };
    Promotion {
        priority: -1,
        exclusive: false,
        ..promotion("fifty", "A tenth off from 14.00", deal, Goods::default())
    }
}

async fn publish(counter: &Counter, version: u64, promotions: Vec<Promotion>) {
    let book = PromotionBook { promotions };
    let sha256 = [u8::try_from(version).unwrap(); 32];
    install_promotions(counter.edge.context(), version, sha256, book)
        .await
        .unwrap();
}

async fn scan_mugs(clerk: &Clerk<'_>) -> Value {
    for sku in ["MUG-RED", "MUG-RED"] {
        clerk.scan(sku).await;
    }
    clerk.scan("MUG-BLUE").await["basket"].clone()
}

#[tokio::test]
async fn what_a_promotion_takes_off_stands_in_the_basket_the_fact_and_on_paper() {
    let (counter, printer) = Counter::with_printer().await;
    publish(&counter, 1, vec![three_for_two(), fifty()]).await;
    let ada = counter.at_open_till(20_000).await;
    let basket = scan_mugs(&ada).await;
    // Three mugs at 7.00 less one, and the rest is 14.00, which the tenth may not touch: the mugs
    // stand alone. A milk is a tenth cheaper.
    assert_eq!(
        (&basket["total_minor"], &basket["off_minor"]),
        (&json!(1_400), &json!(700))
    );
    let basket = ada.scan(MILK).await["basket"].clone();
    assert_eq!(basket["total_minor"], 1_400 + 116);
    let counter = counter.restarted().await;
    let request = counter.request(reqwest::Method::GET, "/v1/registers/1/basket");
    let ada = counter.sign_in(crate::counter::ADA).await;
    let after = crate::counter::answer(request.bearer_auth(&ada.token))
        .await
        .json();
    assert_eq!(after["total_minor"], 1_516, "the promotions are kept");
    let paid = ada.pay(1_516).await.json();
    let path = format!("/v1/sales/{}", paid["sale_id"].as_str().unwrap());
    let sale = ada.get(&path).await.json();
    let lines = sale["lines"].as_array().unwrap();
    let off: i64 = lines
        .iter()
        .filter_map(|line| line["pricing"]["reductions"].as_array())
        .flatten()
        .map(|it| {
            assert!(it["because"]["promotion"]["name"].is_string(), "{it}");
            it["amount_minor"].as_i64().unwrap()
        })
        .sum();
    assert_eq!(off, 713);
    let taxed: i64 = sale["taxes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tax| tax["gross_minor"].as_i64().unwrap())
        .sum();
    assert_eq!(taxed, 1_516);
    let seen = soon(
        "the receipt",
        printer.until(|seen| seen.receipts.len() == 1),
    )
    .await;
    let receipt = &seen.receipts[0].text;
    for words in [
        "Mugs: 3 for 2",
        "A tenth off from 14.00",
        "You save",
        "7.13",
    ] {
        assert!(receipt.contains(words), "{words} is missing in\n{receipt}");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_basket_keeps_the_moment_it_was_begun_at_and_the_next_one_has_its_own() {
    let counter = Counter::open().await;
    let hour = Promotion {
        window: Window {
            until_ms: Some(NOON_MS + 60_000),
            ..Window::default()
        },
        ..three_for_two()
    };
    publish(&counter, 1, vec![hour]).await;
    let ada = counter.at_open_till(0).await;
    assert_eq!(scan_mugs(&ada).await["total_minor"], 1_400);
    counter
        .world
        .clock
        .advance(std::time::Duration::from_secs(3_600));
    assert_eq!(ada.basket().await["total_minor"], 1_400, "as it was said");
    assert_eq!(ada.pay(1_400).await.status, 200);
    assert_eq!(
        scan_mugs(&ada).await["total_minor"],
        2_100,
        "the hour is over"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_page_says_what_came_off_and_a_typed_price_takes_no_part() {
    let counter = Counter::open().await;
    publish(&counter, 1, vec![three_for_two()]).await;
    let ada = counter.at_open_till(0).await;
    scan_mugs(&ada).await;
    let page = ada.page("/register/1").await.text;
    assert!(
        page.contains("Mugs: 3 for 2") && page.contains("€14.00"),
        "{page}"
    );
    let price = json!({ "price_minor": 690, "reason": "other" });
    let path = "/v1/registers/1/basket/lines/2/price";
    let typed = ada.put(path, price).await.json();
    assert_eq!(typed["total_minor"], 1_400 + 690, "two are too few");
    publish(&counter, 2, Vec::new()).await;
    assert_eq!(ada.basket().await["total_minor"], 1_400 + 690);
    counter.edge.shutdown().await;
}
