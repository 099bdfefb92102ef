//! Customers at the till, with the hub a closed port throughout: named by card, the prices of their
//! group, joining, selling without tax; and what receipts, returns and the journal say of it.

use std::collections::BTreeSet;

use counterpart_edge::reference::{install_customers, install_prices, install_promotions};
use counterpart_protocol::customers::{CustomerBook, CustomerGroup, Exemption, Regular};
use counterpart_protocol::ids::CustomerId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::prices::{PriceBook, PriceList};
use counterpart_protocol::pricing::{Cut, Deal, Goods, Percent, Promotion, PromotionBook, Window};
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Clerk, Counter, MILK};
use crate::factory::soon;

const CUSTOMER: &str = "/v1/registers/1/basket/customer";
const EXEMPTION: &str = "/v1/registers/1/basket/exemption";
const JOIN: &str = "/v1/registers/1/basket/customer/join";
const MEMBER: &str = "MEM-104233";
const EXEMPT: &str = "DIPLO-0007";

fn regular(number: u128, card: &str) -> Regular {
    Regular {
        customer_id: CustomerId::from_parts(1, number),
        record: 1,
        card: Some(card.parse().unwrap()),
        group: Some("members".parse().unwrap()),
        exemption: None,
    }
}

fn book() -> CustomerBook {
    CustomerBook {
        groups: vec![CustomerGroup {
            id: "members".parse().unwrap(),
            name: "Members".to_owned(),
            joined_at_tills: true,
        }],
        regulars: vec![
            regular(1, MEMBER),
            Regular {
                group: None,
                exemption: Some(Exemption {
                    certificate: "BE 0123".parse().unwrap(),
                    until: None,
                }),
                ..regular(2, EXEMPT)
            },
        ],
    }
}

async fn know(counter: &Counter, version: u64, book: CustomerBook) {
    let sha256 = [u8::try_from(version).unwrap(); 32];
    let installed = install_customers(counter.edge.context(), version, sha256, book);
    installed.await.unwrap();
}

/// A list for members in which the red mug costs 6.00, and a tenth off the blue one for them.
async fn favour_members(counter: &Counter) {
    let lists = vec![PriceList {
        id: "members".to_owned(),
        name: "Members".to_owned(),
        from_ms: None,
        until_ms: None,
        group: Some("members".parse().unwrap()),
        prices: [("MUG-RED".parse().unwrap(), Minor(600))].into(),
    }];
    let prices = PriceBook::of(Currency::EUR, lists);
    install_prices(counter.edge.context(), 1, [1; 32], prices)
        .await
        .unwrap();
    let promotions = vec![Promotion {
        id: "blue".to_owned(),
        name: "A tenth off blue mugs".to_owned(),
        deal: Deal::Each {
            cut: Cut::Percent(Percent(10_000)),
        },
        goods: Goods::skus(["MUG-BLUE".parse().unwrap()]),
        priority: 0,
        exclusive: true,
        window: Window::default(),
        groups: BTreeSet::from(["members".parse().unwrap()]),
        coupon: None,
    }];
    install_promotions(
        counter.edge.context(),
        1,
        [1; 32],
        PromotionBook { promotions },
    )
    .await
    .unwrap();
}

async fn sale_of(clerk: &Clerk<'_>, paid: &Value) -> Value {
    let path = format!("/v1/sales/{}", paid["sale_id"].as_str().unwrap());
    clerk.get(&path).await.json()
}

#[tokio::test]
async fn a_card_brings_the_groups_prices_to_what_is_in_the_basket_and_to_what_comes() {
    let (counter, printer) = Counter::with_printer().await;
    know(&counter, 1, book()).await;
    favour_members(&counter).await;
    let ada = counter.at_open_till(0).await;
    ada.scan("MUG-RED").await;
    ada.scan("MUG-BLUE").await;
    assert_eq!(ada.basket().await["total_minor"], 1_400);
    let taken = ada.scan(" mem-104233").await;
    assert_eq!(taken["outcome"], "added", "{taken}");
    assert_eq!(ada.basket().await["total_minor"], 600 + 630);
    ada.scan("MUG-RED").await;
    let basket = ada.basket().await;
    assert_eq!(basket["total_minor"], 1_200 + 630);
    assert_eq!(basket["lines"][0]["quantity_milli"], 2_000, "one line");
    assert_eq!(basket["sold_to"]["group_name"], "Members");
    // Without the card everybody's prices count again, with it the group's, after a restart too.
    ada.put(CUSTOMER, json!({})).await.json();
    assert_eq!(ada.basket().await["total_minor"], 2_100);
    ada.put(CUSTOMER, json!({ "card": MEMBER })).await.json();
    let counter = counter.restarted().await;
    let ada = counter.sign_in(ADA).await;
    assert_eq!(ada.basket().await["total_minor"], 1_830);
    let paid = ada.pay(1_830).await.json();
    let sale = sale_of(&ada, &paid).await;
    assert_eq!(sale["sold_to"]["group"], "members", "{sale}");
    let id = CustomerId::from_parts(1, 1).to_string();
    assert_eq!(sale["sold_to"]["customer_id"], id.as_str());
    let seen = soon("it", printer.until(|seen| seen.receipts.len() == 1)).await;
    let receipt = &seen.receipts[0].text;
    assert!(
        receipt.contains("Customer") && receipt.contains("Members"),
        "{receipt}"
    );
    // The next customer is nobody in particular.
    ada.scan("MUG-RED").await;
    assert_eq!(ada.basket().await["total_minor"], 700);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn who_pays_no_tax_pays_the_net_price_and_gets_that_back() {
    let (counter, printer) = Counter::with_printer().await;
    know(&counter, 1, book()).await;
    let ada = counter.at_open_till(10_000).await;
    for code in ["MUG-RED", "MUG-RED", MILK, EXEMPT] {
        ada.scan(code).await;
    }
    // 14.00 without 21 %, 1.29 without 6 %.
    let basket = ada.basket().await;
    assert_eq!(basket["total_minor"], 1_157 + 122, "{basket}");
    assert_eq!(basket["off_minor"], 0, "tax that is not paid is no saving");
    let paid = ada.pay(1_279).await.json();
    let sale = sale_of(&ada, &paid).await;
    let taxes = json!([{ "rate": 0, "gross_minor": 1_279, "tax_minor": 0 }]);
    assert_eq!(sale["taxes"], taxes);
    let seen = soon("it", printer.until(|seen| seen.receipts.len() == 1)).await;
    let receipt = &seen.receipts[0].text;
    for words in ["VAT exempt", "BE 0123", "without VAT 21 %", "VAT 0 %"] {
        assert!(receipt.contains(words), "{words} is missing in\n{receipt}");
    }
    let back = json!({
        "sale_id": paid["sale_id"],
        "lines": [{
            "line": 1, "quantity_milli": 1_000, "reason": "size", "disposition": "restock",
        }],
    });
    let first = ada.done("/v1/registers/1/returns", back.clone()).await;
    let second = ada.done("/v1/registers/1/returns", back).await;
    let amounts = [&first, &second].map(|it| it["total_minor"].as_i64().unwrap());
    assert_eq!(amounts.iter().sum::<i64>(), 1_157);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_certificate_that_is_shown_needs_a_manager_and_stands_in_the_journal() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan("MUG-RED").await;
    let wanted = json!({ "certificate": "DIPLO 7" });
    let (status, _, detail) = ada.put(EXEMPTION, wanted).await.problem();
    assert_eq!(status, 403);
    assert!(detail.contains("have one type their PIN"), "{detail}");
    let unfit = json!({ "certificate": " ", "approval_pin": CLEO });
    ada.put(EXEMPTION, unfit).await.check_refused(
        "certificate_unfit",
        "type the number of the certificate, at most 40 characters, as it is printed",
    );
    let wanted = json!({ "certificate": "DIPLO 7", "approval_pin": CLEO });
    let basket = ada.put(EXEMPTION, wanted).await.json();
    assert_eq!(basket["total_minor"], 579);
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("Tax exempt DIPLO 7"), "{page}");
    ada.pay(579).await.json();
    let cleo = counter.sign_in(CLEO).await;
    let journal = cleo.get("/v1/journal?kind=override").await.json();
    let entry = &journal["entries"][0];
    assert_eq!(entry["why"], json!(["tax_exempt"]), "{journal}");
    assert_eq!(entry["amount_minor"], -121);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn who_joins_is_known_at_once_and_nothing_on_the_disk_says_their_name() {
    let counter = Counter::open().await;
    know(&counter, 1, book()).await;
    let ada = counter.at_open_till(0).await;
    ada.scan("MUG-RED").await;
    let joining = json!({
        "name": "Joséphine van Testen", "phone": "+32 9 123 45 67", "card": "new-0001",
    });
    let basket = ada.done(JOIN, joining.clone()).await;
    assert_eq!(basket["sold_to"]["group"], "members");
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("Joséphine van Testen"), "{page}");
    ada.post(JOIN, joining).await.check_refused(
        "card_taken",
        "the card NEW-0001 is another customer's: find them by it, or give another card",
    );
    let goods = json!({ "name": "A. Customer", "card": MILK });
    let (_, code, _) = ada.post(JOIN, goods).await.problem();
    assert_eq!(code, "card_is_goods");
    let nameless = json!({ "name": " " });
    let (_, code, _) = ada.post(JOIN, nameless).await.problem();
    assert_eq!(code, "customer_unfit");
    assert_eq!(ada.pay(700).await.status, 200);
    let counter = counter.restarted().await;
    let ada = counter.sign_in(ADA).await;
    for query in ["jos", "TESTEN", "0912345", "new-0001"] {
        let found = ada
            .get(&format!("/v1/customers?query={query}"))
            .await
            .json();
        assert_eq!(
            found["customers"][0]["name"], "Joséphine van Testen",
            "{query}"
        );
    }
    let page = ada
        .press_plainly("/register/1/customer/find", &[("query", "testen")])
        .await;
    assert!(page.text.contains("Joséphine van Testen"), "{}", page.text);
    ada.scan("NEW-0001").await;
    assert!(ada.basket().await["sold_to"]["customer_id"].is_string());
    counter.edge.shutdown().await;
    for file in std::fs::read_dir(&counter.world.config.data).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let spelled = |word: &str| bytes.windows(word.len()).any(|it| it == word.as_bytes());
        assert!(
            !spelled("Testen") && !spelled("123 45"),
            "{}",
            path.display()
        );
    }
}

#[tokio::test]
async fn the_next_book_forgets_who_is_not_in_it_and_keeps_who_joined_here() {
    let counter = Counter::open().await;
    know(&counter, 1, book()).await;
    let ada = counter.at_open_till(0).await;
    let joining = json!({ "name": "A. Customer", "card": "NEW-0001" });
    ada.done(JOIN, joining).await;
    let mut next = book();
    next.regulars.remove(0);
    // Elsewhere somebody was given the same card, and the hub decided.
    next.regulars[0].card = Some("NEW-0001".parse().unwrap());
    know(&counter, 2, next.clone()).await;
    let found = ada.get("/v1/customers?query=NEW-0001").await.json();
    assert_eq!(found["customers"][0]["certificate"], "BE 0123");
    let found = ada.get("/v1/customers?query=customer").await.json();
    assert_eq!(found["customers"][0]["card_end"], Value::Null, "{found}");
    let page = ada
        .press_plainly("/register/1/customer/find", &[("query", "customer")])
        .await;
    assert!(
        page.text.contains("head office gives them another one"),
        "{}",
        page.text
    );
    let gone = ada.put(CUSTOMER, json!({ "card": MEMBER })).await;
    assert_eq!(gone.problem().0, 404);
    // A book in which two have one card is not taken; the one before stays.
    next.regulars.push(regular(9, "NEW-0001"));
    let refused = install_customers(counter.edge.context(), 3, [3; 32], next).await;
    assert!(refused.unwrap_err().to_string().contains("two customers"));
    let found = ada.get("/v1/customers?query=NEW-0001").await.json();
    assert_eq!(found["customers"].as_array().unwrap().len(), 1);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_parked_sale_keeps_its_customer_and_a_name_alone_is_no_sale() {
    let counter = Counter::open().await;
    know(&counter, 1, book()).await;
    favour_members(&counter).await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MEMBER).await;
    ada.delete("/v1/registers/1/basket").await;
    let journal = ada.get("/v1/journal?kind=void").await.json();
    assert_eq!(journal["entries"], json!([]));
    assert_eq!(ada.basket().await["sold_to"], Value::Null);
    ada.scan(MEMBER).await;
    ada.scan("MUG-RED").await;
    let parked = ada.done("/v1/registers/1/basket/suspend", json!({})).await;
    let number = parked["number"].as_i64().unwrap();
    let recall = format!("/v1/registers/1/suspended-baskets/{number}/recall");
    ada.done(&recall, json!({})).await;
    let basket = ada.basket().await;
    assert_eq!(basket["total_minor"], 600, "{basket}");
    assert_eq!(basket["sold_to"]["group"], "members");
    counter.edge.shutdown().await;
}
