//! Returns of what this store sold: exactly what was paid, never more than was sold, whoever asks
//! at once; what stock, till, Z and the seal of the day say of it. The hub is a closed port
//! throughout.

use counterpart_hardware::logo;
use counterpart_hardware::r#virtual::PrintedLine;
use serde_json::{Value, json};

use crate::counter::{ADA, CLEO, Clerk, Counter, MILK};
use crate::days::{DAY, body_of, sealed, segment};
use crate::factory::{World, soon};

const RETURNS: &str = "/v1/registers/1/returns";

/// Sells three mugs at 7.00 less 0.50 off the sale, and a milk; returns the sale's id and receipt.
async fn sold(clerk: &Clerk<'_>) -> (String, String) {
    clerk.scan("MUG-RED").await;
    let line = "/v1/registers/1/basket/lines/1";
    clerk
        .put(line, json!({ "quantity_milli": 3_000 }))
        .await
        .json();
    clerk.scan(MILK).await;
    let off = json!({ "off": { "amount": 50 }, "reason": "goodwill" });
    clerk.done("/v1/registers/1/basket/discounts", off).await;
    let paid = clerk.pay(2_179).await.json();
    let text = |key: &str| paid[key].as_str().unwrap().to_owned();
    (text("sale_id"), text("receipt"))
}

fn back(sale: &str, line: u16, milli: i64, disposition: &str) -> Value {
    json!({
        "sale_id": sale,
        "lines": [{
            "line": line, "quantity_milli": milli, "reason": "size", "disposition": disposition,
        }],
    })
}

async fn on_hand(clerk: &Clerk<'_>, sku: &str) -> i64 {
    let path = format!("/v1/stock/{sku}");
    clerk.get(&path).await.json()["on_hand_milli"]
        .as_i64()
        .unwrap()
}

async fn expected(counter: &Counter) -> i64 {
    let cleo = counter.sign_in(CLEO).await;
    let till = cleo.get("/v1/registers/1/shift").await.json();
    till["expected_minor"].as_i64().unwrap()
}

#[tokio::test]
async fn piece_by_piece_exactly_what_was_paid_goes_back_and_then_nothing_more() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, receipt) = sold(&ada).await;
    let path = format!("/v1/returnable?receipt={receipt}");
    let found = ada.get(&path).await.json();
    assert_eq!(found["sale_id"], sale.as_str());
    // 21.00 and 1.29 less 0.50: 20.53 and 1.26 were paid.
    assert_eq!(found["lines"][0]["paid_minor"], 2_053);
    assert_eq!(found["lines"][0]["left_milli"], 3_000);
    let before = on_hand(&ada, "MUG-RED").await;
    let mut amounts = Vec::new();
    for disposition in ["restock", "scrap", "open_box"] {
        let taken = ada.done(RETURNS, back(&sale, 1, 1_000, disposition)).await;
        amounts.push(taken["total_minor"].as_i64().unwrap());
    }
    assert_eq!(amounts.iter().sum::<i64>(), 2_053);
    assert_eq!(
        on_hand(&ada, "MUG-RED").await,
        before + 1_000,
        "only what is restocked"
    );
    let refused = ada.post(RETURNS, back(&sale, 1, 1_000, "restock")).await;
    refused.check_refused(
        "more_than_sold",
        "of Mug, red 0 can still come back, and 1 were typed: look at the receipt again",
    );
    let rest = ada
        .post_as("milk", RETURNS, back(&sale, 2, 1_000, "scrap"))
        .await
        .json();
    let again = ada
        .post_as("milk", RETURNS, back(&sale, 2, 1_000, "scrap"))
        .await
        .json();
    assert_eq!((&rest["total_minor"], &rest), (&json!(126), &again));
    let found = ada.get(&path).await.json();
    let returns = found["returns"].as_array().unwrap();
    let taxes = |rate: u32| -> i64 {
        let all = returns
            .iter()
            .flat_map(|it| it["taxes"].as_array().unwrap());
        let of = all.filter(|tax| tax["rate"] == rate);
        of.map(|tax| tax["tax_minor"].as_i64().unwrap()).sum()
    };
    let stored = ada.get(&format!("/v1/sales/{sale}")).await.json()["taxes"].clone();
    let numbers: Vec<&str> = returns
        .iter()
        .map(|it| it["number"].as_str().unwrap())
        .collect();
    assert!(
        numbers[0].ends_with("000001") && numbers[3].ends_with("000004"),
        "{numbers:?}"
    );
    assert_eq!(taxes(6_000), stored[0]["tax_minor"].as_i64().unwrap());
    assert_eq!(taxes(21_000), stored[1]["tax_minor"].as_i64().unwrap());
    assert_eq!(
        expected(&counter).await,
        20_000,
        "the drawer is as before the sale"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn of_two_who_take_the_last_piece_back_at_once_one_does() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, _) = sold(&ada).await;
    ada.done(RETURNS, back(&sale, 1, 2_000, "restock")).await;
    let one = ada.post(RETURNS, back(&sale, 1, 1_000, "restock"));
    let two = ada.post(RETURNS, back(&sale, 1, 1_000, "restock"));
    let (one, two) = tokio::join!(one, two);
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(expected(&counter).await, 20_000 + 2_179 - 2_053);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_cannot_come_back_is_refused_in_words() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, _) = sold(&ada).await;
    for (body, code) in [
        (back(&sale, 9, 1_000, "restock"), "no_such_line"),
        (back(&sale, 1, 0, "restock"), "quantity_not_positive"),
        (back(&sale, 1, 500, "restock"), "quantity_not_whole"),
        (back(&sale, 1, 4_000, "restock"), "more_than_sold"),
        (json!({ "sale_id": sale, "lines": [] }), "nothing_returned"),
    ] {
        assert_eq!(ada.post(RETURNS, body).await.problem().1, code);
    }
    let strange = back("01ARZ3NDEKTSV4RRFFQ69G5FAV", 1, 1_000, "restock");
    assert_eq!(ada.post(RETURNS, strange).await.status, 404);
    for (receipt, status) in [("9-9-000001", 404), ("yesterday", 409)] {
        let path = format!("/v1/returnable?receipt={receipt}");
        assert_eq!(ada.get(&path).await.status, status, "{receipt}");
    }
    let counted = json!({ "counted": [{ "value_minor": 22_179, "count": 1 }] });
    ada.done("/v1/registers/1/shift/close", counted).await;
    let closed = ada.post(RETURNS, back(&sale, 1, 1_000, "restock")).await;
    assert_eq!(closed.problem().1, "till_closed");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn more_than_somebody_may_give_back_alone_needs_a_manager() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("MUG-RED").await;
    let line = "/v1/registers/1/basket/lines/1";
    ada.put(line, json!({ "quantity_milli": 10_000 }))
        .await
        .json();
    let paid = ada.pay(7_000).await.json();
    let sale = paid["sale_id"].as_str().unwrap();
    let body = back(sale, 1, 8_000, "restock");
    let alone = ada.post(RETURNS, body.clone()).await;
    assert_eq!(alone.status, 403, "{}", alone.text);
    let with = |pin: &str| {
        let mut body = body.clone();
        body["approval_pin"] = json!(pin);
        body
    };
    assert_ne!(ada.post(RETURNS, with(ADA)).await.status, 200);
    assert_eq!(ada.done(RETURNS, with(CLEO)).await["total_minor"], 5_600);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn paper_x_z_and_the_seal_of_the_day_count_what_came_back() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, receipt) = sold(&ada).await;
    ada.done(RETURNS, back(&sale, 1, 1_000, "restock")).await;
    let seen = soon("the return", printer.until(|seen| seen.receipts.len() == 2)).await;
    let paper = &seen.receipts[1].text;
    for words in [
        "RETURN",
        receipt.as_str(),
        "Does not fit",
        "REFUND EUR",
        "6.84",
    ] {
        assert!(paper.contains(words), "{words} is missing in\n{paper}");
    }
    let counted = json!({ "counted": [{ "value_minor": 21_495, "count": 1 }] });
    let closed = ada.done("/v1/registers/1/shift/close", counted).await;
    assert_eq!(closed["over_short_minor"], 0);
    let seen = soon("the Z", printer.until(|seen| seen.receipts.len() == 3)).await;
    let z = &seen.receipts[2].text;
    for words in [
        "Returns",
        "Given back EUR",
        "-6.84",
        "Returns in cash",
        "Tax back 21 %",
    ] {
        assert!(z.contains(words), "{words} is missing in\n{z}");
    }
    counter.world.clock.advance(DAY);
    assert_eq!(sealed(&counter).await.len(), 1);
    let seal = body_of(&segment(&counter, "7/1/0").await, "day_sealed");
    let takings = &seal["sums"]["takings"][0];
    assert_eq!(
        takings["returned"],
        json!({ "returns": 1, "total_minor": 684 })
    );
    let cash = json!([{ "kind": "cash", "amount_minor": 2_179 - 684 }]);
    assert_eq!(takings["tenders"], cash, "{seal}");
    let paper = &seal["sums"]["papers"][0];
    assert_eq!(
        (&paper["kind"], &paper["count"]),
        (&json!("return"), &json!(1))
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_pages_find_a_receipt_count_what_goes_back_and_give_it() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, receipt) = sold(&ada).await;
    let desk = ada.page("/register/1/returns").await.text;
    assert!(desk.contains("Number of the receipt"), "{desk}");
    let unknown = ada
        .press("/register/1/returns/find", &[("receipt", "9-9-9")])
        .await;
    assert_eq!(unknown.status, 404);
    let found = ada
        .press("/register/1/returns/find", &[("code", receipt.as_str())])
        .await;
    let path = format!("/register/1/returns/of/{sale}");
    assert_eq!(found.location.as_deref(), Some(path.as_str()));
    let page = ada.page(&path).await.text;
    for words in ["Mug, red", "€20.53", "Back on the shelf", "What goes back?"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let fields = |does: &'static str| {
        [
            ("quantity_1", "2"),
            ("reason_1", "changed_mind"),
            ("to_1", "restock"),
            ("quantity_2", ""),
            ("does", does),
        ]
    };
    let counted = ada.press(&path, &fields("count")).await.text;
    assert!(counted.contains("€13.69"), "{counted}");
    let none = ada.get("/v1/returns").await.json();
    assert_eq!(none["returns"], json!([]), "counting gives nothing back");
    let given = ada.press(&path, &fields("give")).await;
    let done = ada.page(given.location.as_deref().unwrap()).await.text;
    assert!(
        done.contains("€13.69") && done.contains("Give back"),
        "{done}"
    );
    assert_eq!(expected(&counter).await, 22_179 - 1_369);
    counter.edge.shutdown().await;
}

/// A black square as PBM text.
const LOGO: &str = "P1 8 8 1111111111111111111111111111111111111111111111111111111111111111";

#[tokio::test]
async fn the_receipt_of_a_return_stands_below_the_shop_s_logo_as_that_of_a_sale() {
    let mut world = World::enrolled().await;
    let printer = world.with_printer().await;
    let setup = world.config.registers[0].printer.as_mut().unwrap();
    setup.logo = Some(logo(LOGO.as_bytes(), setup.profile.paper).unwrap());
    let counter = Counter::of(world).await;
    let ada = counter.at_open_till(20_000).await;
    let (sale, _receipt) = sold(&ada).await;
    ada.done(RETURNS, back(&sale, 1, 1_000, "restock")).await;
    let seen = soon(
        "both receipts",
        printer.until(|seen| {
            let receipts = seen.receipts.iter();
            receipts
                .filter(|one| one.text.contains("Corner Shop"))
                .count()
                == 2
        }),
    )
    .await;
    let papers = seen.receipts.iter().rev().take(2);
    let titles: Vec<bool> = papers
        .map(|paper| {
            let drawn = matches!(paper.lines[0], PrintedLine::Picture { words: None, .. });
            assert!(drawn, "the logo is missing in\n{}", paper.text);
            paper.text.contains("RETURN")
        })
        .collect();
    assert_eq!(titles, [true, false], "the return, and the sale before it");
    counter.edge.shutdown().await;
}
