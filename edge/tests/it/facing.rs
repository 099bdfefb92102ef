//! The screen that faces the customer: let in by somebody, shows the sale, and can do nothing else.

use reqwest::Method;
use serde_json::json;

use crate::counter::{ADA, Answer, Clerk, Counter, MILK, answer};

const SCREEN: &str = "/customer/1";

/// A browser that holds nothing but the cookie of a screen.
struct Screen<'a> {
    counter: &'a Counter,
    cookie: String,
}

impl<'a> Screen<'a> {
    /// Lets a browser show register 1, as somebody who is signed in.
    async fn let_in(counter: &'a Counter, clerk: &Clerk<'_>) -> Self {
        let asked = clerk.page(SCREEN).await;
        assert!(asked.text.contains("Show the sale here"), "{}", asked.text);
        let shown = clerk.press_plainly(SCREEN, &[]).await;
        assert_eq!(
            (shown.status, shown.location.as_deref()),
            (303, Some(SCREEN))
        );
        let cookie = shown.cookie.unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { counter, cookie }
    }

    async fn get(&self, path: &str) -> Answer {
        let request = self.counter.request(Method::GET, path);
        answer(request.header("cookie", &self.cookie)).await
    }

    /// What the customer reads.
    async fn reads(&self) -> String {
        let page = self.get(SCREEN).await;
        assert_eq!(page.status, 200, "{}", page.text);
        page.text
    }
}

#[tokio::test]
async fn the_customer_sees_the_sale_grow_and_the_change() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let screen = Screen::let_in(&counter, &ada).await;
    assert!(screen.reads().await.contains("Welcome"));
    ada.scan(MILK).await;
    ada.scan(MILK).await;
    let page = screen.reads().await;
    for word in ["Oat milk 1 l", "2 × €1.29", "€2.58", "Total"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    ada.press("/register/1/tender", &[]).await;
    assert!(screen.reads().await.contains("To pay"));
    ada.pay(300).await;
    let page = screen.reads().await;
    for word in ["Thank you", "€2.58", "Change", "€0.42"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_exchange_shows_what_comes_back_and_only_the_net() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(20_000).await;
    ada.scan("MUG-RED").await;
    let sold = ada.pay(700).await.json();
    let screen = Screen::let_in(&counter, &ada).await;
    let coming = json!({
        "sale_id": sold["sale_id"],
        "lines": [{
            "line": 1, "quantity_milli": 1_000, "reason": "changed_mind",
            "disposition": "restock",
        }],
    });
    let begun = ada.post("/v1/registers/1/exchange", coming).await;
    assert_eq!(begun.status, 204, "{}", begun.text);
    let page = screen.reads().await;
    for word in ["Comes back", "€7.00", "You get back"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    for _ in 0..3 {
        ada.scan("CANDLE").await;
    }
    let page = screen.reads().await;
    for word in ["€10.50", "Comes back", "€7.00", "To pay", "€3.50"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_screen_stays_when_people_leave_and_opens_nothing_else() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    let screen = Screen::let_in(&counter, &ada).await;
    ada.press_plainly("/register/1/sign-out", &[]).await;
    assert!(screen.reads().await.contains("Welcome"));
    for path in ["/customer/2", "/register/1/stream", "/devices", "/sales"] {
        let other = screen.get(path).await;
        assert!(!other.text.contains("Welcome"), "{path}: {}", other.text);
        assert_ne!(other.status, 200, "{path}: {}", other.text);
    }
    let stranger = answer(counter.request(Method::GET, SCREEN)).await;
    assert_eq!(stranger.status, 303, "{}", stranger.text);
    let stream = answer(counter.request(Method::GET, "/customer/1/stream")).await;
    assert_eq!(stream.status, 403, "{}", stream.text);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_screen_that_is_forgotten_asks_for_somebody() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    let screen = Screen::let_in(&counter, &ada).await;
    let devices = ada.page("/devices").await.text;
    assert!(
        devices.contains("One screen shows this register"),
        "{devices}"
    );
    let forgotten = ada.press_plainly("/customer/1/forget", &[]).await;
    assert_eq!(forgotten.status, 303, "{}", forgotten.text);
    assert_eq!(screen.get(SCREEN).await.status, 303);
    assert_eq!(screen.get("/customer/1/stream").await.status, 403);
    let devices = ada.page("/devices").await.text;
    assert!(!devices.contains("shows this register"), "{devices}");
    counter.edge.shutdown().await;
}
