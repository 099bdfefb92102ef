//! Taking money: what is refused, what goes back, receipt numbers, and a sale that is sent twice.

use counterpart_daemon::params;
use serde_json::{Value, json};

use crate::counter::{BEN, Clerk, Counter, MILK};
use crate::factory::read;

/// Returns how many facts of a kind the store has stated.
async fn facts(counter: &Counter, kind: u32) -> i64 {
    let db = counter.edge.context().db();
    read(db, move |tx| {
        let sql = "SELECT COUNT(*) FROM feed_records WHERE direction = 'out' AND kind = $1";
        tx.query_one(sql, params![kind])?.read(0)
    })
    .await
}

#[tokio::test]
async fn cash_is_taken_and_change_goes_back() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan(MILK).await;
    ada.scan("CANDLE").await;
    let paid = ada.pay(1_000).await.json();
    assert_eq!(paid["receipt"], "1-1-000001");
    assert_eq!(
        (&paid["total_minor"], &paid["change_minor"]),
        (&json!(479), &json!(521))
    );
    assert_eq!(paid["currency"], "EUR");
    let path = format!("/v1/sales/{}", paid["sale_id"].as_str().unwrap());
    let sale = ada.get(&path).await.json();
    assert_eq!(sale["cashier"], "Ada Peeters");
    assert_eq!(sale["catalog_version"], 3);
    assert_eq!(sale["sold_at"], "2026-11-23T11:00:00Z");
    assert_eq!(sale["business_date"], "2026-11-23");
    assert_eq!(
        sale["tenders"],
        json!([{ "kind": "cash", "amount_minor": 1_000 }])
    );
    assert_eq!(ada.basket().await["sale_id"], Value::Null);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_is_missing_is_said_and_nothing_is_stored() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    ada.pay(100)
        .await
        .check_refused("still_due", "0.29 EUR is still due");
    ada.pay(0).await.check_refused(
        "tender_not_positive",
        "an amount given is more than nothing: type what the customer gave",
    );
    ada.pay(-129).await.check_refused(
        "tender_not_positive",
        "an amount given is more than nothing: type what the customer gave",
    );
    let nothing = ada
        .post("/v1/registers/1/pay", json!({ "tenders": [] }))
        .await;
    nothing.check_refused("still_due", "1.29 EUR is still due");
    let voucher = json!({ "tenders": [{ "kind": "voucher", "amount_minor": 129 }] });
    let unknown = ada.post("/v1/registers/1/pay", voucher).await;
    assert_eq!(unknown.status, 400, "{}", unknown.text);
    assert_eq!(facts(&counter, 1).await, 0);
    assert_eq!(ada.basket().await["total_minor"], 129);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_digit_too_many_wants_to_be_said_again() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    ada.pay(500_000).await.check_refused(
        "tender_unlikely",
        "5000.00 EUR for 1.29 EUR looks like a digit too many: say again that it is right",
    );
    let body = json!({
        "tenders": [{ "kind": "cash", "amount_minor": 500_000 }],
        "confirmed": true,
    });
    let paid = ada.done("/v1/registers/1/pay", body).await;
    assert_eq!(paid["change_minor"], 499_871);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_sale_sent_twice_is_one_sale() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    let (path, body) = (
        "/v1/registers/1/pay",
        json!({ "tenders": [{ "kind": "cash", "amount_minor": 200 }] }),
    );
    // Three at once, as after a timeout in a busy shop, and one much later.
    let sends = (0..3).map(|_| ada.post_as("pay-1", path, body.clone()));
    let answers = futures_util::future::join_all(sends).await;
    let first = answers[0].json();
    for answer in &answers {
        assert_eq!(answer.json(), first);
    }
    ada.scan("CANDLE").await;
    assert_eq!(ada.post_as("pay-1", path, body).await.json(), first);
    assert_eq!(
        ada.basket().await["total_minor"],
        350,
        "the next sale is untouched"
    );
    assert_eq!(facts(&counter, 1).await, 1);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_refused_payment_leaves_its_key_free() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let (path, body) = (
        "/v1/registers/1/pay",
        json!({ "tenders": [{ "kind": "cash", "amount_minor": 129 }] }),
    );
    ada.post_as("pay-1", path, body.clone())
        .await
        .check_refused(
            "basket_empty",
            "there is nothing to pay yet: scan an item first",
        );
    ada.scan(MILK).await;
    assert_eq!(
        ada.post_as("pay-1", path, body).await.json()["total_minor"],
        129
    );
    counter.edge.shutdown().await;
}

async fn receipts(clerk: &Clerk<'_>) -> Vec<String> {
    let listed = clerk.get("/v1/sales?limit=100").await.json();
    let sales = listed["sales"].as_array().unwrap().clone();
    let numbers = sales
        .iter()
        .map(|sale| sale["receipt"].as_str().unwrap().to_owned());
    numbers.collect()
}

#[tokio::test]
async fn receipt_numbers_have_no_gap_whatever_is_refused_between() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    for sale in 0..4 {
        ada.scan(MILK).await;
        ada.pay(1)
            .await
            .check_refused("still_due", "1.28 EUR is still due");
        if sale == 2 {
            ada.delete("/v1/registers/1/basket").await;
            ada.scan(MILK).await;
        }
        ada.pay(129).await.json();
        counter
            .world
            .clock
            .advance(std::time::Duration::from_secs(30));
    }
    let expected = ["1-1-000004", "1-1-000003", "1-1-000002", "1-1-000001"];
    assert_eq!(receipts(&ada).await, expected);
    let counter = {
        let token = ada.token.clone();
        let counter = counter.restarted().await;
        let ben = counter.sign_in(BEN).await;
        assert_ne!(ben.token, token);
        assert_eq!(ben.sell_milk().await["receipt"], "1-1-000005");
        counter
    };
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_till_never_refuses_goods_because_a_number_says_zero() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let before = ada.get("/v1/stock/MILK").await.json();
    assert_eq!(before["on_hand_milli"], 0);
    ada.sell_milk().await;
    let after = ada.get("/v1/stock/MILK").await.json();
    assert_eq!(after["on_hand_milli"], -1_000);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn no_money_is_taken_while_the_till_is_closed() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.done("/v1/registers/1/shift/close", json!({ "counted": [] }))
        .await;
    ada.scan(MILK).await;
    let refused = ada.pay(129).await;
    assert_eq!(
        refused.problem().1,
        "scans_unsettled",
        "the scan is held, not sold"
    );
    ada.done("/v1/registers/1/shift/open", json!({ "float_minor": 0 }))
        .await;
    assert_eq!(ada.pay(129).await.json()["total_minor"], 129);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn views_of_sales_and_stock_are_what_a_rebuild_makes_of_the_facts() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let lines = json!([{ "sku": "MILK", "quantity_milli": 24_000 }]);
    let body = json!({ "received_as": "delivery", "reference": "DN-7", "lines": lines });
    ada.done("/v1/stock/receipts", body).await;
    let first = ada.sell_milk().await;
    let path = format!("/v1/sales/{}/reprint", first["sale_id"].as_str().unwrap());
    ada.done(&path, json!({})).await;
    ada.scan("CANDLE").await;
    ada.scan(MILK).await;
    ada.delete("/v1/registers/1/basket/lines/1").await.json();
    ada.pay(500).await.json();
    let counted = json!({ "counted": [{ "value_minor": 5_000, "count": 4 }] });
    ada.done("/v1/registers/1/shift/close", counted).await;
    ada.done("/v1/registers/1/shift/open", json!({ "float_minor": 100 }))
        .await;
    ada.sell_milk().await;

    let before = dump(&counter).await;
    let replica = counter.edge.context().replica().clone();
    let db = counter.edge.context().db().clone();
    let rebuilt = db.write(move |tx| replica.rebuild(tx)).await.unwrap();
    assert_eq!((rebuilt.facts, rebuilt.skipped), (8, 0));
    assert_eq!(dump(&counter).await, before);
    assert!(
        before.iter().all(|(_, rows)| !rows.is_empty()),
        "{before:?}"
    );
    counter.edge.shutdown().await;
}

/// Returns every row of every view of the slices.
async fn dump(counter: &Counter) -> Vec<(&'static str, Vec<String>)> {
    const VIEWS: [&str; 7] = [
        "sales",
        "product_sales",
        "receipt_copies",
        "shifts",
        "shift_sales",
        "stock_on_hand",
        "stock_movements",
    ];
    read(counter.edge.context().db(), |tx| {
        VIEWS
            .into_iter()
            .map(|view| {
                let rows =
                    tx.query_all(&format!("SELECT * FROM {view} ORDER BY 1, 2"), params![])?;
                let mut lines = Vec::new();
                for row in rows {
                    let values: Result<Vec<counterpart_daemon::db::Value>, _> =
                        (0..row.width()).map(|index| row.read(index)).collect();
                    lines.push(format!(
                        "{:?}",
                        values?.into_iter().map(plain).collect::<Vec<_>>()
                    ));
                }
                Ok((view, lines))
            })
            .collect()
    })
    .await
}

fn plain(value: counterpart_daemon::db::Value) -> String {
    use counterpart_daemon::db::Value;
    match value {
        Value::Null => "-".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
