//! Who may do what: the hub's word for each role, single operations for single people, and what is
//! asked for in place. The hub is a closed port throughout.

use std::fs;
use std::path::Path;

use counterpart_edge::reference::{install_policies, install_roster};
use counterpart_protocol::policies::{Operation, Permission, Policies};
use reqwest::Method;
use serde_json::{Value, json};

use crate::counter::{ADA, Answer, BEN, CLEO, Clerk, Counter, MILK, answer, roster};
use crate::days::{body_of, segment};

const LINE: &str = "/v1/registers/1/basket/lines/1";
const NO_SALE: &str = "/v1/registers/1/no-sales";
const ASKED: &str = "/register/1/approval";

/// An associate voids with a manager, opens no drawer, and discounts with a manager.
async fn governed(counter: &Counter) {
    let mut policies = Policies::default();
    let (needs, never, alone) = (
        Permission::WithManager,
        Permission::Never,
        Permission::Alone,
    );
    let permissions = &mut policies.permissions;
    permissions.set(Operation::VoidLine, needs, alone);
    permissions.set(Operation::DiscountLine, needs, alone);
    permissions.set(Operation::NoSale, never, alone);
    let context = counter.edge.context();
    install_policies(context, 1, [1; 32], policies)
        .await
        .unwrap();
}

/// Voids line 1 over the API, with what a manager typed.
async fn void(counter: &Counter, clerk: &Clerk<'_>, pin: &str) -> Answer {
    let request = counter.request(Method::DELETE, LINE);
    let request = request
        .bearer_auth(&clerk.token)
        .header("idempotency-key", counter.fresh_key())
        .header("approval-pin", pin);
    answer(request).await
}

async fn permission(clerk: &Clerk<'_>, operation: &str) -> Value {
    let all = clerk.get("/v1/registers/1/permissions").await.json();
    let all = all.as_array().unwrap().clone();
    let mut found = all.into_iter().filter(|it| it["operation"] == operation);
    found.next().unwrap()["permission"].clone()
}

#[tokio::test]
async fn a_void_needs_a_manager_once_the_hub_says_so_and_its_fact_names_who_approved() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan(MILK).await;
    ada.delete(LINE).await.json();
    governed(&counter).await;
    ada.scan(MILK).await;
    let line = "/v1/registers/1/basket/lines/2";
    let alone = ada.delete(line).await.problem();
    let todo = "a manager must approve this: have one type their PIN";
    assert_eq!((alone.0, alone.2.as_str()), (403, todo));
    ada.done(&format!("{LINE}/restore"), json!({})).await;
    assert_eq!(
        void(&counter, &ada, "9999").await.problem().1,
        "not_approved"
    );
    assert_eq!(void(&counter, &ada, ADA).await.status, 403, "no manager");
    void(&counter, &ada, CLEO).await.json();
    let facts = segment(&counter, "7/1/0").await;
    let approved = body_of(&facts, "operation_approved");
    assert_eq!(approved["operation"], "void_line");
    assert_eq!(approved["by"], "00000000010000000000000003");
    assert_eq!(permission(&ada, "void_line").await, "with_manager");

    let cleo = counter.sign_in(CLEO).await;
    cleo.delete(line).await.json();
    assert_eq!(permission(&cleo, "void_line").await, "alone");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_page_asks_for_the_manager_in_place_and_then_does_what_was_pressed() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    governed(&counter).await;
    ada.scan(MILK).await;
    let page = ada.page("/register/1").await.text;
    assert!(page.contains("Remove (manager)"), "{page}");
    let (path, fields) = ("/register/1/lines/1", [("does", "void")]);
    let asked = ada.press(path, &fields).await;
    assert_eq!(
        (asked.status, asked.location.as_deref()),
        (204, Some(ASKED))
    );
    let page = ada.page(ASKED).await.text;
    for part in [
        "Take a line out",
        path,
        r#"name="does" value="void""#,
        "Ada Peeters",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    let wrong = [fields[0], ("manager_pin", "9999")];
    let again = ada.press_plainly(path, &wrong).await;
    assert_eq!(
        (again.status, again.location.as_deref()),
        (303, Some(ASKED))
    );
    let page = ada.page(ASKED).await.text;
    assert!(
        page.contains("no one here has this PIN") && !page.contains("9999"),
        "{page}"
    );
    let right = [fields[0], ("manager_pin", CLEO)];
    let done = ada.press_plainly(path, &right).await;
    assert_eq!(
        (done.status, done.location.as_deref()),
        (303, Some("/register/1"))
    );
    assert_eq!(ada.basket().await["total_minor"], 0);
    assert_eq!(
        ada.page(ASKED).await.location.as_deref(),
        Some("/register/1")
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_a_role_may_not_do_is_refused_to_it_and_journalled_and_given_to_one_person_alone() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    governed(&counter).await;
    let mut people = roster();
    let ben = people.members.iter_mut().find(|it| it.name == "Ben Claes");
    ben.unwrap().may = vec![
        "no_sale".to_owned(),
        "void_line".to_owned(),
        "fly".to_owned(),
    ];
    let context = counter.edge.context();
    install_roster(context, 3, [3; 32], people).await.unwrap();

    let open = || json!({ "reason": "looked" });
    let refused = ada.post(NO_SALE, open()).await.problem();
    let why = "you may not do this here: ask a manager to sign in and do it";
    assert_eq!((refused.0, refused.2.as_str()), (403, why));
    let found = ada.get("/v1/journal?kind=approval").await.json();
    assert_eq!(
        found["entries"][0]["why"],
        json!(["not_permitted", "no_sale"])
    );
    let page = ada.page("/register/1/cash").await.text;
    assert!(page.contains("You may not do this here"), "{page}");
    let mine = ada.page("/register/1/permissions").await.text;
    assert!(
        mine.contains("Not at all") && mine.contains("With a manager"),
        "{mine}"
    );

    ada.scan(MILK).await;
    let ben = counter.sign_in(BEN).await;
    ben.done(NO_SALE, open()).await;
    ben.delete(LINE).await.json();
    assert_eq!(permission(&ben, "discount_line").await, "with_manager");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_permission_is_asked_before_the_limit_and_one_pin_is_enough_for_both() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    governed(&counter).await;
    ada.scan(MILK).await;
    let path = format!("{LINE}/discounts");
    let off = |thousandths: u32, pin: Option<&str>| {
        let mut body = json!({ "off": { "percent": thousandths }, "reason": "damaged" });
        if let Some(pin) = pin {
            body["approval_pin"] = pin.into();
        }
        body
    };
    let within = ada.post(&path, off(1_000, None)).await.problem();
    assert_eq!(within.0, 403, "{}", within.2);
    ada.done(&path, off(1_000, Some(CLEO))).await;
    ada.done(&path, off(50_000, Some(CLEO))).await;
    let cleo = counter.sign_in(CLEO).await;
    cleo.done(&path, off(1_000, None)).await;
    counter.edge.shutdown().await;
}

/// Whoever adds an operation and asks nobody for it has added nothing.
#[test]
fn every_operation_is_asked_for_where_it_is_done() {
    let mut asked = String::new();
    gather(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut asked,
    );
    for operation in Operation::ALL {
        let name = format!("Operation::{operation:?}");
        let is_asked = asked.match_indices(&name).any(|(at, _)| {
            let next = asked[at + name.len()..].chars().next();
            next.is_none_or(|next| !next.is_alphanumeric())
        });
        assert!(is_asked, "no service asks for {name}");
    }
}

/// Gathers the services and rules of every slice but the one that answers.
fn gather(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && !["staff", "pages", "journal"].contains(&name.as_str()) {
            gather(&path, all);
        } else if name.ends_with(".rs") && name != "pages.rs" {
            let text = fs::read_to_string(&path).unwrap();
            let product = text.split("#[cfg(test)]").next().unwrap();
            all.push_str(product);
        }
    }
}
