//! Badges: signing in, approving, and what becomes of one that does not count.

use std::time::Duration;

use counterpart_edge::reference::install_policies;
use counterpart_edge::staff;
use counterpart_protocol::badges::Badge;
use counterpart_protocol::policies::{BadgePolicy, Policies};
use reqwest::Method;
use serde_json::{Value, json};

use crate::counter::{Answer, Clerk, Counter, MILK, answer};
use crate::factory::REGISTER;

/// Ada's, Ben's and the manager's.
const ADA: u128 = 1;
const BEN: u128 = 2;
const CLEO: u128 = 3;

/// Returns the badge of the person with this number: 1 is Ada, 2 is Ben, 3 is Cleo.
pub(crate) fn badge_of(number: u128) -> Badge {
    Badge::of_secret([number as u8; 10])
}

/// Posts what a keyboard wedge read on a page of register 1.
async fn wedge(counter: &Counter, cookie: Option<&str>, code: &str) -> Answer {
    let mut request = counter.request(Method::POST, "/register/1/badge");
    if let Some(token) = cookie {
        request = request.header("cookie", format!("cp_ghent={token}"));
    }
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-live", "1");
    answer(request.body(format!("code={code}"))).await
}

/// Reads a badge with the register's own scanner.
async fn scanner(counter: &Counter, badge: &Badge) -> Result<(), staff::StaffError> {
    staff::badge_shown(counter.edge.context(), REGISTER, badge.text()).await
}

/// Takes 15 % off, which is more than an associate may; no PIN is typed.
async fn takes_much_off(ada: &Clerk<'_>) -> Answer {
    let off = json!({ "off": { "percent": 15_000 }, "reason": "goodwill" });
    ada.post("/v1/registers/1/basket/discounts", off).await
}

#[tokio::test]
async fn a_badge_signs_its_person_in_at_once_where_a_page_reads_it() {
    let counter = Counter::open().await;
    let text = badge_of(BEN).text().to_ascii_lowercase();
    let entered = wedge(&counter, None, &text).await;
    assert_eq!(entered.status, 204, "{}", entered.text);
    assert_eq!(entered.location.as_deref(), Some("/register/1"));
    assert!(entered.cookie.unwrap().starts_with("cp_ghent="));
    let signed_in = counter.try_sign_in(&badge_of(ADA).text()).await.json();
    assert_eq!(signed_in["member"]["name"], "Ada Peeters");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_badge_the_scanner_read_stands_for_the_pin_that_is_not_typed() {
    let counter = Counter::open().await;
    assert_eq!(
        counter.try_sign_in("").await.status,
        401,
        "nothing was shown"
    );
    scanner(&counter, &badge_of(ADA)).await.unwrap();
    let signed_in = counter.try_sign_in("").await.json();
    assert_eq!(signed_in["member"]["name"], "Ada Peeters");
    assert_eq!(counter.try_sign_in("").await.status, 401, "it was used");
    scanner(&counter, &badge_of(ADA)).await.unwrap();
    counter.world.clock.advance(Duration::from_secs(60));
    assert_eq!(
        counter.try_sign_in("").await.status,
        401,
        "a minute is over"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_manager_s_badge_approves_what_is_pressed_next_and_nothing_after() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    assert_eq!(takes_much_off(&ada).await.status, 403);
    // An associate's badge approves nothing.
    scanner(&counter, &badge_of(BEN)).await.unwrap();
    assert_eq!(takes_much_off(&ada).await.status, 403);
    let shown = wedge(&counter, Some(&ada.token), &badge_of(CLEO).text()).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.text.contains("Cleo Maes"), "{}", shown.text);
    let less = takes_much_off(&ada).await;
    assert_eq!(less.status, 200, "{}", less.text);
    ada.scan(MILK).await;
    assert_eq!(takes_much_off(&ada).await.status, 403, "it approved once");
    let journal = ada.get("/v1/journal?kind=approval").await.json();
    let whys: Vec<&Value> = journal["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["why"][0])
        .collect();
    assert_eq!(whys, ["by_badge", "not_a_manager"]);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_badge_that_does_not_count_says_why_and_is_counted() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let revoked = Badge::of_secret([103; 10]);
    let said = wedge(&counter, Some(&ada.token), &revoked.text()).await;
    said.check_refused(
        "badge_revoked",
        "this badge was taken back: ask for a new one, and type the PIN",
    );
    let page = ada.page("/register/1").await;
    assert!(
        page.text.contains("this badge was taken back"),
        "{}",
        page.text
    );
    for left in (1..5).rev() {
        let strange = Badge::of_secret([200 + left; 10]);
        let (status, code, _) = wedge(&counter, None, &strange.text()).await.problem();
        assert_eq!((status, code.as_str()), (409, "wrong_badge"));
    }
    // The fifth was the last: the right badge waits, too, as the right PIN does.
    let locked = wedge(&counter, None, &badge_of(ADA).text()).await;
    assert_eq!(locked.problem().0, 429);
    assert!(scanner(&counter, &badge_of(CLEO)).await.is_err());
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn where_the_policies_want_a_pin_a_badge_only_signs_in() {
    let counter = Counter::open().await;
    let mut policies = Policies::default();
    policies.till.badges = BadgePolicy::SignsIn;
    install_policies(counter.edge.context(), 1, [1; 32], policies)
        .await
        .unwrap();
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    scanner(&counter, &badge_of(CLEO)).await.unwrap();
    takes_much_off(&ada).await.check_refused(
        "not_approved",
        "here a badge only signs in: the manager types their PIN to approve",
    );
    assert_eq!(
        counter.try_sign_in(&badge_of(CLEO).text()).await.status,
        200
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_badge_is_no_product_and_stands_nowhere_it_could_be_read() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let text = badge_of(CLEO).text();
    let refused = ada
        .post("/v1/registers/1/scans", json!({ "code": text }))
        .await;
    refused.check_refused(
        "staff_badge",
        "this is a staff badge: it signs in and approves, and is nothing else",
    );
    let found = ada
        .press("/register/1/returns/find", &[("code", text.as_str())])
        .await;
    assert_eq!(found.problem().1, "staff_badge");
    let basket = ada.basket().await;
    assert_eq!(basket["unsettled"], json!([]), "{basket}");
    scanner(&counter, &badge_of(CLEO)).await.unwrap();
    let page = ada.page("/register/1").await;
    assert!(page.text.contains("Cleo Maes") && !page.text.contains(&text));
    assert_eq!(
        wedge(&counter, None, "4006381333931").await.problem().1,
        "not_a_badge"
    );
    counter.edge.shutdown().await;
}
