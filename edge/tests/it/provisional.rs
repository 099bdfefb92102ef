//! Signed codes on receipts, and refunds from them: what a code of this store finds, what one of
//! another store proves with no hub, and what goes back from it by the signed policy. The hub is a
//! closed port throughout.

use counterpart_edge::reference::{install_keys, install_policies};
use counterpart_hardware::r#virtual::{PrintedLine, VirtualPrinter};
use counterpart_protocol::codes::{CodeKind, CodeSigner, LinePaid, LineSold, SignedCode, Subject};
use counterpart_protocol::ids::{EdgeNumber, RegisterId, SaleId};
use counterpart_protocol::keyring::{Keyring, Revoked, SigningKey};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::{BeyondCap, Policies, ProvisionalPolicy};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::ReceiptNumber;
use counterpart_protocol::tax::Rate;
use counterpart_protocol::time::BusinessDate;
use serde_json::{Value, json};

use crate::counter::{CLEO, Clerk, Counter};
use crate::factory::soon;

const CHECK: &str = "/v1/registers/1/receipt-codes";
const REFUND: &str = "/v1/registers/1/provisional-refunds";

fn antwerp() -> CodeSigner {
    CodeSigner::from_secret(&[21; 32])
}

fn key(revoked: Option<Revoked>) -> SigningKey {
    let public_key = antwerp().public_key();
    SigningKey {
        key_id: public_key.id(),
        owner: EdgeNumber(9),
        public_key,
        from_ms: 0,
        until_ms: None,
        revoked,
    }
}

async fn knows(counter: &Counter, version: u8, key: SigningKey) {
    let keyring = Keyring { keys: vec![key] };
    let hash = [version; 32];
    let installed = install_keys(counter.edge.context(), u64::from(version), hash, keyring);
    installed.await.unwrap();
}

async fn policy(counter: &Counter, provisional: ProvisionalPolicy) {
    let policies = Policies {
        provisional,
        ..Policies::default()
    };
    install_policies(counter.edge.context(), 1, [3; 32], policies)
        .await
        .unwrap();
}

/// Two red mugs at 7.00, sold in Antwerp so many days ago.
fn mugs(counter: &Counter, days_ago: i32) -> SignedCode {
    let today = counter.edge.context().business_date();
    SignedCode {
        kind: CodeKind::Receipt,
        subject: Subject::Sale(SaleId::from_parts(1_763_000_000_000, 77)),
        store: "antwerp-1".parse().unwrap(),
        date: BusinessDate::from_days(today.days() - days_ago).unwrap(),
        epoch: 0,
        currency: Currency::EUR,
        paid_minor: Minor(1_400),
        lines: vec![LinePaid {
            line: 1,
            paid_minor: Minor(1_400),
            sold: Some(LineSold {
                sku: "MUG-RED".parse().unwrap(),
                quantity_milli: Milli(2_000),
                tax_rate: Rate(21_000),
            }),
        }],
        receipt: Some(ReceiptNumber {
            register: RegisterId(4),
            series: 2,
            number: 18,
        }),
    }
}

fn back(code: &SignedCode, milli: i64) -> Value {
    json!({
        "code": antwerp().sign_receipt(code.clone()),
        "lines": [{
            "line": 1, "quantity_milli": milli, "reason": "size", "disposition": "restock",
        }],
    })
}

async fn on_hand(clerk: &Clerk<'_>) -> i64 {
    let stock = clerk.get("/v1/stock/MUG-RED").await.json();
    stock["on_hand_milli"].as_i64().unwrap()
}

async fn expected(counter: &Counter) -> i64 {
    let cleo = counter.sign_in(CLEO).await;
    let till = cleo.get("/v1/registers/1/shift").await.json();
    till["expected_minor"].as_i64().unwrap()
}

/// The pictures on the papers so far.
async fn pictures(printer: &VirtualPrinter, papers: usize) -> Vec<String> {
    let seen = printer.until(|seen| seen.receipts.len() >= papers);
    let seen = soon("the papers", seen).await;
    let lines = seen.receipts.iter().flat_map(|paper| paper.lines.clone());
    let found = lines.filter_map(|line| match line {
        PrintedLine::Qr { payload, .. } => Some(payload),
        PrintedLine::Text { .. } | PrintedLine::Barcode { .. } | PrintedLine::Picture { .. } => {
            None
        }
    });
    found.collect()
}

#[tokio::test]
async fn the_code_on_a_receipt_and_on_its_copy_finds_the_sale_wherever_it_is_scanned() {
    let (counter, printer) = Counter::with_printer().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("MUG-RED").await;
    let paid = ada.pay(700).await.json();
    let sale = paid["sale_id"].as_str().unwrap();
    let copy = format!("/v1/sales/{sale}/copies");
    ada.post(&copy, json!({})).await;
    let seen = pictures(&printer, 1).await;
    let code = seen[0].clone();
    assert!(SignedCode::is_one(&code), "{code}");
    let found = ada.get(&format!("/v1/returnable?receipt={code}")).await;
    assert_eq!(found.json()["sale_id"], sale);
    let fields = [("code", code.as_str())];
    let form = ada.press("/register/1/returns/find", &fields).await;
    let path = format!("/register/1/returns/of/{sale}");
    assert_eq!(form.location.as_deref(), Some(path.as_str()));
    let scanned = ada.scan(&code).await;
    assert!(scanned.to_string().contains("receipt"), "{scanned}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn goods_of_another_store_come_back_from_the_code_until_all_of_them_did() {
    let counter = Counter::open().await;
    knows(&counter, 1, key(None)).await;
    let ada = counter.at_open_till(20_000).await;
    let code = mugs(&counter, 3);
    let body = json!({ "code": antwerp().sign_receipt(code.clone()) });
    let proven = ada.done(CHECK, body).await;
    assert_eq!(proven["receipt"], "4-2-000018");
    assert_eq!(proven["sold_by"], "antwerp-1");
    assert_eq!(proven["lines"][0]["description"], "Mug, red");
    assert_eq!(proven["provisional"], "hub_away");
    let before = on_hand(&ada).await;
    let taken = ada.done(REFUND, back(&code, 1_000)).await;
    assert_eq!(taken["total_minor"], 700);
    assert_eq!(on_hand(&ada).await, before + 1_000);
    ada.post(REFUND, back(&code, 2_000)).await.check_refused(
        "more_than_sold",
        "of Mug, red 1 can still come back, and 2 were typed: look at the receipt again",
    );
    ada.done(REFUND, back(&code, 1_000)).await;
    let all = ada.get("/v1/returns").await.json();
    assert_eq!(all["returns"][0]["provisional_of"], "antwerp-1");
    let tax = &all["returns"][0]["taxes"][0];
    assert_eq!(
        (&tax["rate"], &tax["gross_minor"]),
        (&json!(21_000), &json!(700))
    );
    assert_eq!(expected(&counter).await, 20_000 - 1_400);
    let cleo = counter.sign_in(CLEO).await;
    let journal = cleo.get("/v1/journal?kind=return").await.json();
    assert!(journal.to_string().contains("provisional"), "{journal}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_code_that_is_not_believed_or_too_old_gives_nothing_back_and_says_what_to_do() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    let code = mugs(&counter, 0);
    let why = |answer: (u16, String, String)| answer.1;
    let refused = |body: Value| async { why(ada.post(REFUND, body).await.problem()) };
    assert_eq!(refused(back(&code, 1_000)).await, "code_refused", "unknown");
    let stolen = Revoked {
        at_ms: 1,
        reason: "the till was stolen".to_owned(),
    };
    knows(&counter, 1, key(Some(stolen))).await;
    let revoked = ada.post(REFUND, back(&code, 1_000)).await;
    let (_, kind, sentence) = revoked.problem();
    assert_eq!(kind, "code_refused");
    assert!(sentence.contains("the till was stolen"), "{sentence}");
    knows(&counter, 2, key(None)).await;
    let mut forged = back(&code, 1_000);
    let other = CodeSigner::from_secret(&[22; 32]).sign(&code);
    let text = antwerp().sign(&code);
    forged["code"] = json!(format!("{}{}", &text[..200], &other[200..]));
    assert_eq!(refused(forged).await, "code_refused");
    let pickup = SignedCode {
        kind: CodeKind::Pickup,
        ..code.clone()
    };
    assert_eq!(refused(back(&pickup, 1_000)).await, "not_a_receipt_code");
    let total = SignedCode {
        lines: Vec::new(),
        ..code.clone()
    };
    assert_eq!(refused(back(&total, 1_000)).await, "total_only");
    let old = mugs(&counter, 31);
    assert_eq!(refused(back(&old, 1_000)).await, "sold_too_long_ago");
    assert_eq!(ada.get("/v1/returns").await.json()["returns"], json!([]));
    ada.done(REFUND, back(&mugs(&counter, 30), 1_000)).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn beyond_the_signed_cap_nobody_gives_back_or_a_manager_where_the_policy_says_so() {
    let counter = Counter::open().await;
    knows(&counter, 1, key(None)).await;
    let tight = ProvisionalPolicy {
        refund_max_minor: Minor(699),
        ..ProvisionalPolicy::default()
    };
    policy(&counter, tight.clone()).await;
    let ada = counter.at_open_till(20_000).await;
    let code = mugs(&counter, 0);
    ada.post(REFUND, back(&code, 1_000)).await.check_refused(
        "beyond_cap",
        "7.00 EUR would go back without the right, and 6.99 EUR may: ask for the right instead",
    );
    let mut approved = back(&code, 1_000);
    approved["approval_pin"] = json!(CLEO);
    let (_, kind, _) = ada.post(REFUND, approved.clone()).await.problem();
    assert_eq!(kind, "beyond_cap", "a manager may not either");
    let manager = ProvisionalPolicy {
        beyond: BeyondCap::Manager,
        ..tight
    };
    policy(&counter, manager).await;
    let (status, _, _) = ada.post(REFUND, back(&code, 1_000)).await.problem();
    assert_eq!(status, 403);
    ada.done(REFUND, approved).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_desk_shows_what_a_code_proves_and_refunds_from_it_named_provisional() {
    let (counter, printer) = Counter::with_printer().await;
    knows(&counter, 1, key(None)).await;
    let ada = counter.at_open_till(20_000).await;
    let text = antwerp().sign_receipt(mugs(&counter, 1));
    let found = ada
        .press("/register/1/returns/find", &[("code", &text)])
        .await;
    let path = found.location.unwrap();
    assert!(path.starts_with("/register/1/returns/code/"), "{path}");
    let page = ada.page(&path).await.text;
    for words in [
        "4-2-000018",
        "antwerp-1",
        "Mug, red",
        "€14.00",
        "Provisional",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let fields = |does: &'static str| {
        [
            ("quantity_1", "2"),
            ("reason_1", "size"),
            ("to_1", "restock"),
            ("does", does),
        ]
    };
    let counted = ada.press(&path, &fields("count")).await.text;
    assert!(counted.contains("€14.00"), "{counted}");
    let given = ada.press(&path, &fields("cash")).await;
    let done = ada.page(given.location.as_deref().unwrap()).await.text;
    assert!(
        done.contains("Provisional refund: sold by antwerp-1"),
        "{done}"
    );
    let seen = printer.until(|seen| {
        let mut papers = seen.receipts.iter();
        papers.any(|paper| paper.text.contains("PROVISIONAL REFUND"))
    });
    soon("the paper", seen).await;
    let again = ada.page(&path).await.text;
    assert!(again.contains("All of this sale came back"), "{again}");
    counter.edge.shutdown().await;
}
