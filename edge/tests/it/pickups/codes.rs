//! Who may have the bag: codes and digits that are refused, each with its own sentence.

use std::time::Duration;

use counterpart_protocol::codes::{CodeKind, CodeSigner, SignedCode};
use serde_json::{Value, json};

use super::{by_code, staged, to};
use crate::counter::{ADA, Answer, BEN, CLEO, Clerk};
use crate::factory::World;
use crate::orders::{DIGITS, Ordered, Shop, code, custody, signer};

async fn shows(clerk: &Clerk<'_>, ordered: Ordered, text: &str) -> Answer {
    let body = json!({ "proof": { "shown": "code", "code": text } });
    clerk.post(&to(ordered, "handovers"), body).await
}

async fn types(clerk: &Clerk<'_>, ordered: Ordered, digits: &str) -> Answer {
    let body = json!({ "proof": { "shown": "digits", "digits": digits } });
    clerk.post(&to(ordered, "handovers"), body).await
}

#[tokio::test]
async fn a_code_that_is_not_good_here_is_refused_in_its_own_words() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 1, 0).await;
    let other = shop.order(2, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    let early = clerk
        .post(&to(ordered, "handovers"), by_code(ordered))
        .await;
    early.check_refused(
        "not_ready",
        "nothing is in the bag yet: still to be picked: 1 × Oat milk 1 l",
    );
    staged(&clerk, ordered).await;
    let signed = |change: fn(&mut SignedCode)| {
        let mut code = code(ordered);
        change(&mut code);
        signer().sign(&code)
    };
    let stranger = CodeSigner::from_secret(&[8; 32]).sign(&code(ordered));
    let mut forged = signer().sign(&code(ordered)).into_bytes();
    let middle = forged.len() / 2;
    forged[middle] = if forged[middle] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    let refusals = [
        (
            "4006381333931".to_owned(),
            "code_not_believed",
            "this is not one of our codes",
        ),
        (forged, "code_not_believed", "the code is not genuine"),
        (
            stranger,
            "code_not_believed",
            "the code was made by somebody this store does not know",
        ),
        (
            signed(|code| code.store = "bruges".parse().unwrap()),
            "code_of_other_store",
            "this pickup waits in the store bruges, not here",
        ),
        (
            signed(|code| code.kind = CodeKind::Receipt),
            "not_a_pickup_code",
            "this code is on a receipt: ask for the pickup's code in the customer's message",
        ),
        (
            signer().sign(&code(other)),
            "code_of_other_order",
            "this code is for another order, W-2: open that one",
        ),
        (
            signed(|code| code.epoch = 2),
            "code_newer",
            "this code is newer than what this store knows of the order: wait until the hub is \
             reached, or ask for the six digits",
        ),
    ];
    for (text, code, sentence) in refusals {
        shows(&clerk, ordered, &text)
            .await
            .check_refused(code, sentence);
    }
}

#[tokio::test]
async fn a_code_of_an_older_custody_is_replaced_by_the_newer_one() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    staged(&clerk, ordered).await;
    shop.says(ordered, custody(ordered, 2)).await;
    let old = clerk
        .post(&to(ordered, "handovers"), by_code(ordered))
        .await;
    old.check_refused(
        "code_replaced",
        "this code was replaced: ask for the newest message about the order",
    );
    let mut newer = code(ordered);
    newer.epoch = 2;
    let newer = signer().sign(&newer);
    assert_eq!(shows(&clerk, ordered, &newer).await.status, 200);
}

#[tokio::test]
async fn digits_are_guessed_five_times_and_then_only_after_a_wait() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    staged(&clerk, ordered).await;
    types(&clerk, ordered, "12").await.check_refused(
        "digits_unreadable",
        "a pickup number has 6 digits: it stands below the code in the customer's message",
    );
    let wrong = "these are not the digits of this order";
    let expected = [
        ": type them again",
        ": type them again",
        ": type them again",
        ": type them again; one try is left",
        ": no more are taken for a while",
    ];
    for end in expected {
        let refused = types(&clerk, ordered, "123456").await;
        refused.check_refused("wrong_digits", &format!("{wrong}{end}"));
    }
    let locked = types(&clerk, ordered, DIGITS).await;
    assert_eq!(locked.status, 429);
    assert_eq!(
        locked.problem().2,
        "too many wrong digits for this order: try again in 10 min, or scan the code"
    );
    shop.counter
        .world
        .clock
        .advance(Duration::from_millis(600_000));
    let done = types(&clerk, ordered, DIGITS).await.json();
    assert_eq!(done["stage"], "handed_over");
}

#[tokio::test]
async fn a_document_needs_a_manager() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    staged(&clerk, ordered).await;
    let shows = |pin: Value| json!({ "proof": { "shown": "document", "approval_pin": pin } });
    let alone = clerk
        .post(&to(ordered, "handovers"), shows(Value::Null))
        .await;
    assert_eq!(
        alone.problem(),
        (
            403,
            "forbidden".to_owned(),
            "a manager must approve this: have one type their PIN".to_owned()
        )
    );
    let colleague = clerk
        .post(&to(ordered, "handovers"), shows(json!(BEN)))
        .await;
    assert_eq!(colleague.status, 403);
    let guess = clerk
        .post(&to(ordered, "handovers"), shows(json!("0000")))
        .await;
    assert_eq!(guess.problem().1, "not_approved");
    let done = clerk
        .post(&to(ordered, "handovers"), shows(json!(CLEO)))
        .await
        .json();
    assert_eq!(done["stage"], "handed_over");
}

#[tokio::test]
async fn a_part_is_handed_over_and_the_rest_waits() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 3, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    staged(&clerk, ordered).await;
    let mut body = by_code(ordered);
    body["units"] = json!([{ "line": 1, "quantity_milli": 4_000 }]);
    clerk
        .post(&to(ordered, "handovers"), body.clone())
        .await
        .check_refused(
            "not_in_the_bag",
            "only 3 × Oat milk 1 l can be given out now",
        );
    body["units"] = json!([
        { "line": 1, "quantity_milli": 2_000 },
        { "line": 1, "quantity_milli": 2_000 },
    ]);
    let twice = clerk.post(&to(ordered, "handovers"), body.clone()).await;
    assert_eq!(twice.problem().1, "not_in_the_bag");
    body["units"] = json!([{ "line": 1, "quantity_milli": 2_000 }]);
    let done = clerk.done(&to(ordered, "handovers"), body).await;
    assert_eq!(
        (&done["stage"], &done["note"]),
        (
            &json!("staged"),
            &json!("handed over; still here: 1 × Oat milk 1 l")
        )
    );
    let done = clerk
        .done(&to(ordered, "handovers"), by_code(ordered))
        .await;
    assert_eq!(done["stage"], "handed_over");
}

#[tokio::test]
async fn a_pickup_this_store_never_heard_of_is_said_to_be_so() {
    let world = World::enrolled().await;
    let counter = crate::counter::Counter::of(world).await;
    let clerk = counter.sign_in(ADA).await;
    for path in [
        "/v1/pickups/01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "/v1/pickups/nonsense",
    ] {
        assert_eq!(clerk.get(path).await.status, 404, "{path}");
    }
    let list = clerk.get("/v1/pickups?after=nonsense").await;
    assert_eq!(list.status, 400);
}
