//! Who is signed in: PINs, pauses, switching, and scans that wait for somebody.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::counter::{ADA, Answer, BEN, Counter, MILK, answer};
use crate::factory::REGISTER;

#[tokio::test]
async fn a_pin_signs_its_person_in() {
    let counter = Counter::open().await;
    let signed_in = counter.try_sign_in(ADA).await.json();
    assert_eq!(signed_in["member"]["name"], "Ada Peeters");
    assert_eq!(signed_in["member"]["role"], "associate");
    assert_eq!(signed_in["token"].as_str().unwrap().len(), 64);
    let nobody = answer(counter.request(Method::GET, "/v1/registers/1/basket")).await;
    assert_eq!(nobody.status, 401);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn five_wrong_pins_lock_the_register_even_for_the_right_one() {
    let counter = Counter::open().await;
    for left in (1..5).rev() {
        let (status, code, detail) = counter.try_sign_in("9999").await.problem();
        assert_eq!((status, code.as_str()), (401, "unauthenticated"));
        let expected = match left {
            1 => "no one here has this PIN: type it again; one try is left",
            _ => "no one here has this PIN: type it again",
        };
        assert_eq!(detail, expected);
    }
    let (_, _, detail) = counter.try_sign_in("9999").await.problem();
    assert!(detail.ends_with("; the next try is in 5 min"), "{detail}");
    counter.world.clock.advance(Duration::from_secs(20));
    let (status, code, detail) = counter.try_sign_in(ADA).await.problem();
    assert_eq!((status, code.as_str()), (429, "throttled"));
    assert_eq!(
        detail,
        "too many wrong PINs at this register: try again in 4 min 40 s"
    );
    counter.world.clock.advance(Duration::from_secs(280));
    counter.sign_in(ADA).await;
    // One try came back and was right: it is there again, and no more.
    let (_, _, detail) = counter.try_sign_in("9999").await.problem();
    assert!(detail.ends_with("; the next try is in 5 min"), "{detail}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_associate_cannot_guess_the_managers_pin_by_signing_in_between() {
    let counter = Counter::open().await;
    let mut guessed = 0;
    for guess in 0..40 {
        let answer = counter.try_sign_in(&format!("77{guess:02}")).await;
        guessed += u32::from(answer.status == 401);
        counter.try_sign_in(ADA).await;
    }
    assert_eq!(guessed, 5, "the own PIN wipes no guess away");
    // Nor does a restart.
    let counter = counter.restarted().await;
    assert_eq!(counter.try_sign_in("7799").await.status, 429);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn guesses_made_at_the_same_moment_are_all_counted() {
    let counter = Counter::open().await;
    let guesses = (0..12).map(|guess| {
        let counter = &counter;
        async move { counter.try_sign_in(&format!("{guess:04}")).await.status }
    });
    let statuses = futures_util::future::join_all(guesses).await;
    let tried = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(tried, 5, "{statuses:?}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_register_has_one_person_at_a_time_and_its_basket_stays() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    let ben = counter.sign_in(BEN).await;
    assert_eq!(ada.get("/v1/registers/1/basket").await.status, 401);
    assert_eq!(ben.basket().await["total_minor"], 129);
    let sold = ben.pay(129).await.json();
    let path = format!("/v1/sales/{}", sold["sale_id"].as_str().unwrap());
    assert_eq!(ben.get(&path).await.json()["cashier"], "Ben Claes");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_sign_in_ends_after_the_longest_day() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    counter
        .world
        .clock
        .advance(Duration::from_secs(16 * 3_600 - 1));
    assert_eq!(ada.get("/v1/registers/1/basket").await.status, 200);
    counter.world.clock.advance(Duration::from_secs(1));
    assert_eq!(ada.get("/v1/registers/1/basket").await.status, 401);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn whoever_signs_out_locks_the_register_and_the_next_scan_waits() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.done("/v1/registers/1/sign-out", json!({})).await;
    assert_eq!(ada.get("/v1/registers/1/basket").await.status, 401);
    let held =
        counterpart_edge::sales::scanned(counter.edge.context(), REGISTER, MILK.to_owned(), None);
    let held = held.await.unwrap();
    assert_eq!(
        held.sentence.as_deref(),
        Some("Kept until somebody signs in at this register.")
    );
    // Signing in takes the scan up again: nothing is scanned twice, nothing is lost.
    let ben = counter.sign_in(BEN).await;
    let basket = ben.basket().await;
    assert_eq!(basket["items"], 1);
    assert_eq!(basket["unsettled"], json!([]));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn another_register_than_the_stores_own_does_not_exist() {
    let counter = Counter::open().await;
    let body = json!({ "register": 9, "pin": ADA });
    let request = counter.request(Method::POST, "/v1/sign-in").json(&body);
    let (status, _, detail) = answer(request).await.problem();
    assert_eq!(
        (status, detail.as_str()),
        (404, "this store has no register 9")
    );
    let ada = counter.sign_in(ADA).await;
    let elsewhere = ada.get("/v1/registers/9/basket").await;
    assert_eq!(elsewhere.status, 404, "{}", elsewhere.text);
    counter.edge.shutdown().await;
}

async fn press_sign_in(counter: &Counter, member: &str, pin: &str, to: &str) -> Answer {
    let body = format!("member={member}&pin={pin}&to={to}");
    let request = counter
        .request(Method::POST, "/register/1/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    answer(request).await
}

#[tokio::test]
async fn the_sign_in_page_works_without_script_and_says_why_not() {
    let counter = Counter::open().await;
    let page = answer(counter.request(Method::GET, "/register/1")).await;
    assert_eq!(page.status, 200);
    for name in ["Ada Peeters", "Ben Claes", "Cleo Maes"] {
        assert!(page.text.contains(name), "{name}");
    }
    let ada = "00000000010000000000000001";
    let wrong = press_sign_in(&counter, ada, BEN, "").await;
    assert_eq!(wrong.status, 401);
    assert!(
        wrong
            .text
            .contains("that is not the PIN of the person chosen")
    );
    let right = press_sign_in(&counter, ada, ADA, "%2Fstock").await;
    assert_eq!(
        (right.status, right.location.as_deref()),
        (303, Some("/stock"))
    );
    let cookie = right.cookie.unwrap();
    assert!(cookie.starts_with("cp_ghent=") && cookie.contains("HttpOnly; SameSite=Strict"));
    let elsewhere = press_sign_in(&counter, ada, ADA, "%2F%2Fevil.example").await;
    assert_eq!(elsewhere.location.as_deref(), Some("/register/1"));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn pages_of_the_store_ask_for_a_person_first() {
    let counter = Counter::open().await;
    for path in ["/stock", "/sales", "/stock/receive"] {
        let page = answer(counter.request(Method::GET, path)).await;
        let to = format!("/sign-in?to={path}");
        assert_eq!((page.status, page.location), (303, Some(to)), "{path}");
    }
    let sign_in = answer(counter.request(Method::GET, "/sign-in?to=/stock")).await;
    assert!(
        sign_in.text.contains(r#"name="to" value="/stock""#),
        "{}",
        sign_in.text
    );
    let start = answer(counter.request(Method::GET, "/")).await;
    assert_eq!(start.location.as_deref(), Some("/register/1"));
    counter.edge.shutdown().await;
}
