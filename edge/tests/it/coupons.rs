//! Coupons at the till, the hub a closed port throughout: an open code counts once and says why it
//! takes nothing off, an issued one is believed by its signature alone and used once.

use std::collections::BTreeSet;

use counterpart_edge::reference::{install_keys, install_promotions};
use counterpart_protocol::codes::CodeSigner;
use counterpart_protocol::coupons::{CouponNumber, SignedCoupon};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::keyring::{Keyring, SigningKey};
use counterpart_protocol::money::Minor;
use counterpart_protocol::pricing::{
    Coupon, Deal, Goods, Off, Percent, Promotion, PromotionBook, Window,
};
use serde_json::{Value, json};

use crate::counter::{ADA, Clerk, Counter};
use crate::factory::soon;

const COUPONS: &str = "/v1/registers/1/basket/coupons";

fn promotion(id: &str, from: i64, off: Off, coupon: Coupon) -> Promotion {
    let made = Promotion {
        id: id.to_owned(),
        name: format!("The {id} offer"),
        deal: Deal::Threshold {
            from_minor: Minor(from),
            off,
        },
        goods: Goods::skus(["MUG-RED".parse().unwrap()]),
        priority: 0,
        exclusive: false,
        window: Window::default(),
        groups: BTreeSet::new(),
        coupon: Some(coupon),
    };
    made.check().unwrap();
    made
}

async fn publish(counter: &Counter) {
    let code = "SUMMER10".parse().unwrap();
    let mut over = promotion("over", 1, Off::Amount(Minor(1)), Coupon::Single);
    over.window.until_ms = Some(1);
    let promotions = vec![
        promotion(
            "half",
            10_000,
            Off::Percent(Percent(50_000)),
            Coupon::Single,
        ),
        over,
        promotion(
            "summer",
            1_400,
            Off::Percent(Percent(10_000)),
            Coupon::Open { code },
        ),
        promotion("welcome", 700, Off::Amount(Minor(200)), Coupon::Single),
    ];
    let book = PromotionBook { promotions };
    let installed = install_promotions(counter.edge.context(), 1, [1; 32], book);
    installed.await.unwrap();
}

fn signer(secret: u8) -> CodeSigner {
    CodeSigner::from_secret(&[secret; 32])
}

/// The hub's key is that of 21; 22 is another store's.
async fn know_keys(counter: &Counter) {
    let key = |secret, owner| {
        let public_key = signer(secret).public_key();
        SigningKey {
            key_id: public_key.id(),
            owner,
            public_key,
            from_ms: 0,
            until_ms: None,
            revoked: None,
        }
    };
    let mut keys = vec![key(21, EdgeNumber::HUB), key(22, EdgeNumber(9))];
    keys.sort_by_key(|key| key.key_id);
    let installed = install_keys(counter.edge.context(), 1, [2; 32], Keyring { keys });
    installed.await.unwrap();
}

/// The code of a coupon as the hub prints it, or as whoever has another secret does.
fn printed(counter: &Counter, promotion: &str, random: u128, secret: u8) -> String {
    let coupon = SignedCoupon {
        promotion: promotion.to_owned(),
        number: CouponNumber::draw(random),
        date: counter.edge.context().business_date(),
    };
    coupon.sign(&signer(secret))
}

async fn lying(clerk: &Clerk<'_>) -> Value {
    clerk.basket().await["coupons"].clone()
}

async fn refused(clerk: &Clerk<'_>, code: &str) -> String {
    let (status, word, detail) = clerk.post(COUPONS, json!({ "code": code })).await.problem();
    assert_eq!(status, 409, "{detail}");
    word
}

async fn sale_of(clerk: &Clerk<'_>, paid: &Value) -> Value {
    let path = format!("/v1/sales/{}", paid["sale_id"].as_str().unwrap());
    clerk.get(&path).await.json()
}

/// Puts every scan that waits aside.
async fn put_aside(clerk: &Clerk<'_>) {
    for scan in clerk.basket().await["unsettled"].as_array().unwrap() {
        let path = format!("/register/1/scans/{}", scan["scan"]);
        clerk.press(&path, &[("does", "aside")]).await;
    }
}

#[tokio::test]
async fn a_code_counts_once_says_why_not_and_outlives_parking_and_a_restart() {
    let (counter, printer) = Counter::with_printer().await;
    publish(&counter).await;
    let ada = counter.at_open_till(0).await;
    assert_eq!(ada.scan("summer10").await["outcome"], "added");
    assert_eq!(lying(&ada).await[0]["stands"], "no_goods");
    ada.scan("MUG-RED").await;
    assert_eq!(lying(&ada).await[0]["stands"], "not_reached");
    let page = ada.page("/register/1").await.text;
    assert!(
        page.contains("Takes nothing off yet: too little of it"),
        "{page}"
    );
    ada.scan("MUG-RED").await;
    let coupon = lying(&ada).await[0].clone();
    assert_eq!(
        (&coupon["stands"], &coupon["off_minor"], &coupon["shown"]),
        (&json!("takes_off"), &json!(140), &json!("SUMMER10"))
    );
    assert_eq!(ada.basket().await["total_minor"], 1_260);
    // A second poster is no second tenth.
    assert_eq!(ada.scan("SUMMER10").await["why"], "coupon_here");
    put_aside(&ada).await;
    assert_eq!(refused(&ada, "SUMMER10").await, "coupon_here");
    assert_eq!(refused(&ada, "WINTER10").await, "coupon_unknown");
    ada.delete(&format!("{COUPONS}/summer")).await.json();
    assert_eq!(ada.basket().await["total_minor"], 1_400);
    ada.press("/register/1/coupons", &[("code", "Summer 10")])
        .await;
    let parked = ada.done("/v1/registers/1/basket/suspend", json!({})).await;
    assert_eq!(parked["total_minor"], 1_260);
    let recall = format!(
        "/v1/registers/1/suspended-baskets/{}/recall",
        parked["number"]
    );
    ada.done(&recall, json!({})).await;
    let counter = counter.restarted().await;
    let ada = counter.sign_in(ADA).await;
    assert_eq!(ada.basket().await["total_minor"], 1_260);
    let paid = ada.pay(1_260).await.json();
    let said = json!([{
        "promotion": "summer", "off_minor": 140, "of": { "open": "SUMMER10" },
    }]);
    assert_eq!(sale_of(&ada, &paid).await["coupons"], said);
    let seen = soon("it", printer.until(|seen| seen.receipts.len() == 1)).await;
    let receipt = &seen.receipts[0].text;
    let line = receipt
        .lines()
        .find(|line| line.contains("Coupon SUMMER10"));
    assert!(line.is_some_and(|line| line.contains("1.40")), "{receipt}");
    let journal = ada.get("/v1/journal?kind=sale").await.json();
    assert_eq!(
        journal["entries"][0]["why"],
        json!(["SUMMER10"]),
        "{journal}"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_issued_coupon_is_believed_by_its_signature_and_used_by_a_sale_alone() {
    let counter = Counter::open().await;
    publish(&counter).await;
    know_keys(&counter).await;
    let ada = counter.at_open_till(0).await;
    let ours = printed(&counter, "welcome", 5, 21);
    // What is invented, or made with a store's key, is told from it; so is what is over or typed.
    for (code, word) in [
        (printed(&counter, "welcome", 6, 23), "coupon_forged"),
        (printed(&counter, "welcome", 6, 22), "coupon_forged"),
        (printed(&counter, "over", 6, 21), "coupon_over"),
        (printed(&counter, "gone", 6, 21), "coupon_unknown"),
        (CouponNumber::draw(5).grouped(), "coupon_unchecked"),
        ("CU0000000000000001".to_owned(), "coupon_misread"),
    ] {
        assert_eq!(refused(&ada, &code).await, word);
    }
    let forged = printed(&counter, "welcome", 6, 23);
    assert_eq!(ada.scan(&forged).await["why"], "coupon_forged");
    assert!(
        !ada.basket().await.to_string().contains(&forged),
        "it is not shown"
    );
    put_aside(&ada).await;
    // A basket that is given up uses nothing, and neither does one it takes nothing off.
    ada.scan(&ours).await;
    ada.scan("MUG-RED").await;
    assert_eq!(ada.basket().await["total_minor"], 500);
    ada.delete("/v1/registers/1/basket").await;
    ada.scan(&ours).await;
    ada.scan("MUG-BLUE").await;
    assert_eq!(lying(&ada).await[0]["stands"], "no_goods");
    let paid = ada.pay(700).await.json();
    assert!(sale_of(&ada, &paid).await.get("coupons").is_none());
    ada.scan(&ours).await;
    ada.scan("MUG-RED").await;
    let paid = ada.pay(500).await.json();
    let coupon = sale_of(&ada, &paid).await["coupons"][0].clone();
    assert_eq!(coupon["off_minor"], 200);
    assert_eq!(coupon["of"]["single"]["taken"], "offline", "{coupon}");
    // It is used here, whatever the hub knows.
    assert_eq!(ada.scan(&ours).await["why"], "coupon_used");
    put_aside(&ada).await;
    let answer = ada.post(COUPONS, json!({ "code": ours })).await.problem();
    assert!(answer.2.contains("used already, at ghent"), "{}", answer.2);
    // More than the signed policy lets a store give on its own is not taken.
    ada.scan(&printed(&counter, "half", 7, 21)).await;
    ada.scan("MUG-RED").await;
    let many = json!({ "quantity_milli": 20_000 });
    ada.put("/v1/registers/1/basket/lines/1", many).await.json();
    assert_eq!(ada.basket().await["total_minor"], 7_000);
    assert_eq!(ada.pay(7_000).await.problem().1, "coupon_not_taken");
    ada.delete(&format!("{COUPONS}/half")).await.json();
    assert_eq!(ada.pay(14_000).await.status, 200);
    counter.edge.shutdown().await;
}
