//! How an edge comes in: once by its code, again only with the same key, never otherwise.

use std::time::Duration;

use counterpart_daemon::tls::make_key_and_csr;
use counterpart_protocol::enrolment::EnrolmentAsked;
use counterpart_protocol::ids::EdgeNumber;
use reqwest::Method;
use serde_json::json;

use crate::peer::{Peer, ask, ask_again};
use crate::world::{STORE, World};

#[tokio::test]
async fn a_code_brings_an_edge_in_and_tells_it_everything() {
    let world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    assert_eq!(peer.enrolled.edge_number, EdgeNumber(1));
    assert_eq!(peer.enrolled.store.store_id.as_str(), STORE);
    assert_eq!(peer.enrolled.store.time_zone, "Europe/Brussels");
    assert!(peer.enrolled.sync_address.starts_with("https://localhost:"));
    // Catalogue, roster, policies and who the store is were published before it came: it is told of
    // all four.
    assert_eq!(peer.holds(), (1, 4));
    let store = world.store(STORE).await;
    assert_eq!(store["edges"][0]["edge"], 1);
    assert_eq!(store["connected"], true);
}

#[tokio::test]
async fn a_code_works_once() {
    let world = World::with_a_store().await;
    let code = world.code(STORE).await;
    Peer::enrol(&world, &code).await.unwrap();
    let refused = Peer::enrol(&world, &code).await.err().unwrap();
    assert_eq!(refused.kind, "urn:counterpart:problem:enrolment_code_used");
    assert!(
        refused.detail.contains("used already, by edge 1"),
        "{}",
        refused.detail
    );
    assert_eq!(
        world.store(STORE).await["edges"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again_to_the_same_key() {
    let mut world = World::with_a_store().await;
    let code = world.code(STORE).await;
    let key = make_key_and_csr().unwrap();
    let first = ask(&world, &code, &key.csr_pem).await.unwrap();
    world.advance(Duration::from_secs(2 * 86_400));
    let again = ask(&world, &code, &key.csr_pem).await.unwrap();
    assert_eq!(first, again);
    world.sign_in_again().await;
    assert_eq!(
        world.store(STORE).await["edges"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_code_is_over_after_a_day() {
    let world = World::with_a_store().await;
    let code = world.code(STORE).await;
    world.advance(Duration::from_secs(27 * 3_600));
    let refused = Peer::enrol(&world, &code).await.err().unwrap();
    assert_eq!(
        refused.kind,
        "urn:counterpart:problem:enrolment_code_expired"
    );
    assert!(
        refused.detail.contains("over since 3 h"),
        "{}",
        refused.detail
    );
}

#[tokio::test]
async fn a_mistyped_code_says_which_group_is_wrong() {
    let world = World::with_a_store().await;
    let code = world.code(STORE).await;
    let last = if code.ends_with('0') { "1" } else { "0" };
    let mistyped = format!("{}{last}", &code[..code.len() - 1]);
    let asked = EnrolmentAsked {
        code: mistyped,
        csr_pem: make_key_and_csr().unwrap().csr_pem,
        edge: None,
    };
    let refused = world
        .try_post("/v1/enrolments", &serde_json::to_value(&asked).unwrap())
        .await
        .unwrap_err();
    assert_eq!(
        (refused.status, refused.kind.as_str()),
        (400, "urn:counterpart:problem:enrolment_code_mistyped")
    );
    assert!(
        refused.detail.contains("group 10 is mistyped"),
        "{}",
        refused.detail
    );
}

#[tokio::test]
async fn a_code_nobody_made_here_and_a_code_of_another_hub_are_told_apart() {
    let (world, other) = (World::with_a_store().await, World::with_a_store().await);
    let csr_pem = make_key_and_csr().unwrap().csr_pem;
    let elsewhere = EnrolmentAsked {
        code: other.code(STORE).await,
        csr_pem: csr_pem.clone(),
        edge: None,
    };
    let refused = world
        .try_post("/v1/enrolments", &serde_json::to_value(&elsewhere).unwrap())
        .await
        .unwrap_err();
    assert_eq!(
        refused.kind,
        "urn:counterpart:problem:enrolment_code_elsewhere"
    );
    let invented = counterpart_daemon::tls::EnrolmentCode::new(
        &world.hub().context().authority().fingerprint(),
        &counterpart_daemon::entropy::OsEntropy,
    );
    let refused = ask(&world, &invented.to_string(), &csr_pem)
        .await
        .unwrap_err();
    assert_eq!(
        refused.kind,
        "urn:counterpart:problem:enrolment_code_unknown"
    );
}

#[tokio::test]
async fn a_damaged_request_is_refused_and_leaves_the_code_good() {
    let world = World::with_a_store().await;
    let code = world.code(STORE).await;
    let damaged = make_key_and_csr().unwrap().csr_pem.replace('A', "B");
    let refused = ask(&world, &code, &damaged).await.unwrap_err();
    assert_eq!(
        refused.kind,
        "urn:counterpart:problem:certificate_request_refused"
    );
    Peer::enrol(&world, &code).await.unwrap();
}

#[tokio::test]
async fn a_code_for_no_store_is_not_made() {
    let world = World::empty().await;
    let path = "/v1/stores/nowhere/enrolment-codes";
    let refused = world.try_post(path, &json!({})).await.unwrap_err();
    assert_eq!(
        (refused.status, refused.detail.as_str()),
        (404, "there is no store called nowhere")
    );
    let anonymous = world.http.request(Method::POST, world.url(path));
    assert_eq!(anonymous.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_second_edge_takes_over_and_the_first_is_shown_as_replaced() {
    let world = World::with_a_store().await;
    let first = world.edge(STORE).await;
    first.state(crate::facts::delivery(5));
    let mut first = first;
    first.sync().await;
    let mut second = world.edge(STORE).await;
    second.state(crate::facts::delivery(2));
    second.sync().await;
    assert_eq!(second.enrolled.edge_number, EdgeNumber(2));
    let why = world.get("/v1/stock/PEN").await;
    assert_eq!(
        (
            why["on_hand_milli"].as_i64(),
            why["stores"].as_array().unwrap().len()
        ),
        (Some(7_000), 1)
    );
    let page = world.page(&format!("/stores/{STORE}")).await;
    assert!(
        page.contains("replaced"),
        "the page must show the older edge"
    );
}

#[tokio::test]
async fn an_edge_in_its_box_does_not_take_the_store_over_before_it_calls() {
    let world = World::with_a_store().await;
    let mut first = world.edge(STORE).await;
    let code = world.code(STORE).await;
    let mut second = Peer::enrol(&world, &code).await.unwrap();
    let store = world.store(STORE).await;
    assert_eq!(store["connected"], true, "the first goes on serving");
    assert_eq!(store["edges"].as_array().unwrap().len(), 2);
    let page = world.page(&format!("/stores/{STORE}")).await;
    assert!(page.contains("has not called yet") && !page.contains("replaced"));
    assert!(!world.page("/stores").await.contains("never called"));
    // Who will take over is told as well what is told meanwhile, and the store counts once.
    let notice = json!({ "text": "Doors open at nine" });
    world.post("/v1/notices", &notice).await;
    first.sync().await;
    second.sync().await;
    let page = world.page(&format!("/stores/{STORE}")).await;
    assert!(page.contains("replaced") && !page.contains("has not called yet"));
    let notices = world.get("/v1/notices").await;
    assert_eq!(notices[0]["waiting_for"], json!([STORE]));
    for peer in [&first, &second] {
        let (feed, after) = peer.holds();
        let path = format!("/sync/v1/wake?feed={feed}&after={after}&timeout_s=0");
        peer.get(&path).await;
        let notices = world.get("/v1/notices").await;
        assert_eq!(notices[0]["delivered_to"], json!([STORE]));
        assert_eq!(notices[0]["waiting_for"], json!([]));
    }
}

#[tokio::test]
async fn an_edge_that_enrols_again_keeps_its_number_its_facts_and_its_feed() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(crate::facts::delivery(5));
    peer.sync().await;
    let (held, before) = (peer.holds(), peer.enrolled.clone());
    let code = world.code(STORE).await;
    peer.enrol_again(&world, &code).await;
    assert_eq!(peer.enrolled.edge_number, before.edge_number);
    assert_ne!(peer.enrolled.certificate_pem, before.certificate_pem);
    peer.state(crate::facts::delivery(2));
    peer.sync().await;
    assert_eq!(
        peer.holds(),
        held,
        "it is not told everything a second time"
    );
    let stock = world.get("/v1/stock/PEN").await;
    assert_eq!(stock["on_hand_milli"].as_i64(), Some(7_000));
    let store = world.store(STORE).await;
    assert_eq!(store["edges"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_edge_this_hub_does_not_know_is_refused_and_the_code_stays_good() {
    let world = World::with_a_store().await;
    let code = world.code(STORE).await;
    let csr_pem = make_key_and_csr().unwrap().csr_pem;
    for unknown in [EdgeNumber(7), EdgeNumber::HUB] {
        let refused = ask_again(&world, &code, &csr_pem, Some(unknown)).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind, "urn:counterpart:problem:edge_unknown");
        let says = format!("edge {unknown}'s, which this hub never enrolled");
        assert!(refused.detail.contains(&says), "{}", refused.detail);
    }
    Peer::enrol(&world, &code).await.unwrap();
}

#[tokio::test]
async fn another_stores_edge_is_refused_and_the_code_stays_good() {
    let world = World::with_a_store().await;
    let known = world.edge(STORE).await.enrolled.edge_number;
    world.add_store("antwerp-1").await;
    let code = world.code("antwerp-1").await;
    let csr_pem = make_key_and_csr().unwrap().csr_pem;
    let refused = ask_again(&world, &code, &csr_pem, Some(known)).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind, "urn:counterpart:problem:edge_elsewhere");
    let says = format!("edge 1's of store {STORE}, and the code is for store antwerp-1");
    assert!(refused.detail.contains(&says), "{}", refused.detail);
    let fresh = Peer::enrol(&world, &code).await.unwrap();
    assert_eq!(fresh.enrolled.edge_number, EdgeNumber(2));
}
