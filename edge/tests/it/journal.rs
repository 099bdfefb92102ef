//! The journal: whatever somebody did is found by what is remembered of it, and handed out.

use std::time::Duration;

use counterpart_edge::export_journal;
use counterpart_edge::journal::Span;
use serde_json::{Value, json};

use crate::counter::{ADA, BEN, CLEO, Clerk, Counter, MILK};
use crate::factory::NOON_MS;

async fn found(clerk: &Clerk<'_>, asked: &str) -> Vec<Value> {
    let answer = clerk.get(&format!("/v1/journal?{asked}")).await.json();
    answer["entries"].as_array().unwrap().clone()
}

async fn kinds(clerk: &Clerk<'_>, asked: &str) -> Vec<String> {
    let entries = found(clerk, asked).await;
    let kinds = entries
        .iter()
        .map(|it| it["kind"].as_str().unwrap().to_owned());
    kinds.collect()
}

/// A milk, then a mug with a candle taken out, a copy, a return and a no-sale.
async fn a_busy_hour(counter: &Counter) -> String {
    let ada = counter.at_open_till(20_000).await;
    ada.sell_milk().await;
    counter.world.clock.advance(Duration::from_secs(60));
    let ben = counter.sign_in(BEN).await;
    ben.scan("MUG-RED").await;
    ben.scan("CANDLE").await;
    let voided = ben.delete("/v1/registers/1/basket/lines/2").await;
    assert_eq!(voided.status, 200);
    let sold = ben.pay(700).await.json();
    let sale = sold["sale_id"].as_str().unwrap().to_owned();
    counter.world.clock.advance(Duration::from_secs(60));
    ben.done(&format!("/v1/sales/{sale}/reprint"), json!({}))
        .await;
    let back = json!({ "sale_id": sale, "lines": [{
        "line": 1, "quantity_milli": 1_000, "reason": "size", "disposition": "restock",
    }] });
    ben.done("/v1/registers/1/returns", back).await;
    let no_sale = json!({ "reason": "change" });
    ben.post("/v1/registers/1/no-sales", no_sale).await;
    sale
}

#[tokio::test]
async fn what_somebody_did_is_found_by_what_is_remembered_of_it() {
    let counter = Counter::open().await;
    let sale = a_busy_hour(&counter).await;
    let cleo = counter.sign_in(CLEO).await;
    let all = kinds(&cleo, "").await;
    assert!(all.contains(&"till".to_owned()), "{all:?}");
    assert_eq!(kinds(&cleo, "amount_minor=129").await, ["sale"]);
    assert_eq!(kinds(&cleo, "amount_minor=700").await, ["return", "sale"]);
    assert_eq!(kinds(&cleo, &format!("item={MILK}")).await, ["sale"]);
    assert_eq!(kinds(&cleo, "item=oat%20milk").await, ["sale"]);
    assert_eq!(kinds(&cleo, "item=candle").await, ["void"]);
    assert_eq!(kinds(&cleo, "item=nothing%20of%20ours").await, [""; 0]);
    assert_eq!(kinds(&cleo, "kind=return").await, ["return"]);
    assert_eq!(kinds(&cleo, "kind=reprint").await, ["reprint"]);
    let receipt = cleo.get(&format!("/v1/sales/{sale}")).await.json()["receipt"].clone();
    let number = receipt.as_str().unwrap();
    let of_receipt = found(&cleo, &format!("number={number}")).await;
    assert!(
        of_receipt.iter().all(|it| it["sale_id"] == sale.as_str()),
        "{of_receipt:?}"
    );
    assert_eq!(of_receipt.len(), 3, "the sale, its void and its copy");
    assert_eq!(found(&cleo, "number=2&kind=sale").await.len(), 1);
    let span = "from=2026-11-23T12:01&to=2026-11-23T12:01";
    assert_eq!(kinds(&cleo, span).await, ["void", "sale"]);
    assert_eq!(kinds(&cleo, "from=2026-11-24").await, [""; 0]);
    let wrong = cleo.get("/v1/journal?card=42").await;
    wrong.check_refused(
        "journal_unreadable",
        "'42' are not the last four digits of a card: type four digits, such as 4242",
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_long_journal_is_read_page_by_page_and_each_entry_comes_once() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    for _ in 0..60 {
        ada.sell_milk().await;
    }
    let first = ada.get("/v1/journal?kind=sale").await.json();
    let next = first["next"].as_str().unwrap();
    let second = ada
        .get(&format!("/v1/journal?kind=sale&before={next}"))
        .await
        .json();
    assert_eq!(second["next"], Value::Null);
    let pages = [&first, &second].map(|page| page["entries"].as_array().unwrap());
    let mut numbers: Vec<&str> = pages
        .into_iter()
        .flatten()
        .map(|entry| entry["number"].as_str().unwrap())
        .collect();
    assert_eq!(numbers.len(), 60);
    numbers.dedup();
    assert_eq!(numbers.len(), 60);
    assert_eq!(numbers[59], "1-1-000001");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_page_shows_it_and_leads_to_receipt_copy_and_return() {
    let counter = Counter::open().await;
    let sale = a_busy_hour(&counter).await;
    let ada = counter.sign_in(ADA).await;
    let page = ada.page("/journal?amount=7.00").await;
    assert_eq!(page.status, 200, "{}", page.text);
    for link in [
        format!("/sales/{sale}"),
        format!("/register/1/sales/{sale}/copy"),
        format!("/register/1/returns/of/{sale}"),
    ] {
        assert!(page.text.contains(&link), "{link}");
    }
    assert!(page.text.contains("Does not fit"), "the reason in words");
    let wrong = ada.page("/journal?amount=seven").await;
    assert_eq!(wrong.status, 200);
    assert!(wrong.text.contains("field-amount-error"), "{}", wrong.text);
    let scanned = [("code", "1-1-000002")];
    let scanned = ada.press("/register/1/journal/scan", &scanned).await;
    assert_eq!(
        scanned.location.as_deref(),
        Some("/journal?number=1-1-000002")
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_journal_is_handed_out_while_the_store_runs_and_when_it_stands() {
    let counter = Counter::open().await;
    a_busy_hour(&counter).await;
    let config = counter.world.config.clone();
    let take = async |form: &str, span: Span| {
        let mut out = Vec::new();
        let named = (form, Some("ghent"));
        let exported = export_journal(&config, named, span, &mut out)
            .await
            .unwrap();
        (exported, String::from_utf8(out).unwrap())
    };
    let (running, lines) = take("jsonl", Span::default()).await;
    assert_eq!(u64::try_from(lines.lines().count()).unwrap(), running.facts);
    let kinds: Vec<String> = lines
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            assert_eq!(line["store_id"], "ghent");
            line["kind"].as_str().unwrap().to_owned()
        })
        .collect();
    for kind in [
        "shift_opened",
        "sale_recorded",
        "receipt_reprinted",
        "return_recorded",
    ] {
        assert!(kinds.iter().any(|it| it == kind), "{kind}: {kinds:?}");
    }
    let (xml, text) = take("poslog", Span::default()).await;
    assert!(xml.facts > 3, "{xml:?}");
    assert_eq!(xml.facts + xml.left_out, running.facts);
    assert!(
        text.starts_with("<?xml") && text.ends_with("</POSLog>\n"),
        "{text}"
    );
    let later = counterpart_protocol::time::BusinessDate::from_days(
        i32::try_from(NOON_MS / 86_400_000).unwrap() + 1,
    );
    let tomorrow = Span::new(Some(later.unwrap()), None).unwrap();
    assert_eq!(take("jsonl", tomorrow).await.1, "");
    let mut nowhere = Vec::new();
    let bruges = ("jsonl", Some("bruges"));
    let other = export_journal(&config, bruges, Span::default(), &mut nowhere).await;
    assert_eq!(
        other.unwrap_err().to_string(),
        "could not hand the journal out: this is the journal of ghent, not of bruges: name the \
         data folder of bruges with --data"
    );
    counter.edge.shutdown().await;
    let mut standing = Vec::new();
    let named = ("jsonl", None);
    let again = export_journal(&config, named, Span::default(), &mut standing)
        .await
        .unwrap();
    assert_eq!(
        (again.facts, String::from_utf8(standing).unwrap()),
        (running.facts, lines)
    );
}
