//! Event streams of the store's pages: who may open one, when it ends, and how many there are.

use counterpart_edge::sync::Standing;
use reqwest::Method;
use serde_json::json;

use crate::counter::{ADA, BEN, Counter, answer};
use crate::factory::soon;
use crate::register_page::Stream;

async fn opened(stream: &mut Stream) {
    let snapshot = |sent: &str| sent.contains("event: snapshot");
    stream.until("the snapshot", snapshot).await;
}

#[tokio::test]
async fn nobody_watches_without_signing_in() {
    let counter = Counter::open().await;
    for path in [
        "/register/1/stream",
        "/register/1/shift/stream",
        "/sales/stream",
        "/stock/stream",
        "/status/stream",
    ] {
        let refused = answer(counter.request(Method::GET, path)).await;
        assert_eq!(refused.problem().0, 401, "{path}");
    }
    assert_eq!(counter.edge.context().live().streams_open(), 0);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_status_is_there_for_everybody_and_live_for_whoever_is_signed_in() {
    let counter = Counter::open().await;
    let seen = answer(counter.request(Method::GET, "/status")).await;
    assert_eq!(seen.status, 200);
    assert!(!seen.text.contains("data-stream"), "{}", seen.text);
    assert!(seen.text.contains("to see it change by itself"));
    let ada = counter.sign_in(ADA).await;
    let page = ada.page("/status").await;
    assert!(page.text.contains(r#"data-stream="/status/stream""#));
    let mut stream = Stream::of(&ada, "/status/stream").await;
    opened(&mut stream).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn whoever_works_here_is_offered_to_have_a_hub_that_is_away_asked_at_once() {
    let counter = Counter::open().await;
    let mut link = counter.edge.context().link().changes();
    let away = link.wait_for(|link| link.standing == Standing::Alone);
    soon("a hub that is a closed port to be away", away)
        .await
        .unwrap();
    let button = r#"action="/status/ask-hub""#;
    let seen = answer(counter.request(Method::GET, "/status")).await;
    assert!(!seen.text.contains(button), "{}", seen.text);
    let ada = counter.sign_in(ADA).await;
    assert!(ada.page("/status").await.text.contains(button));
    // That it is asked then is what every story across crates relies on that mends the line.
    let pressed = ada.press("/status/ask-hub", &[]).await;
    assert_eq!(pressed.location.as_deref(), Some("/status"));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn every_page_left_open_ends_when_its_person_signs_out_or_another_signs_in() {
    let counter = Counter::open().await;
    for another_signs_in in [false, true] {
        let ada = counter.sign_in(ADA).await;
        let mut pages = Vec::new();
        for path in [
            "/register/1/shift/stream",
            "/sales/stream",
            "/stock/stream",
            "/status/stream",
        ] {
            let mut page = Stream::of(&ada, path).await;
            opened(&mut page).await;
            pages.push(page);
        }
        if another_signs_in {
            counter.sign_in(BEN).await;
        } else {
            ada.done("/v1/registers/1/sign-out", json!({})).await;
        }
        for mut page in pages {
            page.ended().await;
        }
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_person_has_sixteen_live_pages_and_no_more() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    let mut pages = Vec::new();
    for _ in 0..16 {
        pages.push(Stream::of(&ada, "/stock/stream").await);
    }
    let refused = ada.page("/stock/stream").await;
    let (status, _, detail) = refused.problem();
    assert_eq!(
        (status, detail.as_str()),
        (429, "you have too many live pages open: close some of them")
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_a_problem() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let unreadable = ada.press("/register/1/scan", &[("cod", "1")]).await;
    let (status, code, detail) = unreadable.problem();
    assert_eq!((status, code.as_str()), (400, "request_unreadable"));
    assert!(detail.contains("missing field `code`"), "{detail}");
    let untyped = ada.request(Method::POST, "/register/1/scan").body("code=1");
    assert_eq!(answer(untyped).await.problem().1, "request_unreadable");
    counter.edge.shutdown().await;
}
