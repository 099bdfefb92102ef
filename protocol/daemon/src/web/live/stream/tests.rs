//! Stories of one tab's event stream, read as the browser reads it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use axum::body::{Body, BodyDataStream};
use axum::http::StatusCode;
use futures_util::StreamExt;
use maud::html;

use super::*;
use crate::web::live::{STREAMS_MAX, STREAMS_PER_ADDRESS_MAX, STREAMS_PER_SESSION_MAX};

/// A page that shows one number, and the topics of its last rendering.
struct Page {
    live: Live,
    shown: Arc<AtomicU32>,
    shutdown: CancellationToken,
    body: BodyDataStream,
}

impl Page {
    fn open(live: &Live, topics: &[&str]) -> Self {
        let shown = Arc::new(AtomicU32::new(1));
        let shutdown = CancellationToken::new();
        let state = shown.clone();
        let response = stream(
            live,
            Viewer::of_this_machine("test"),
            topics.iter().copied(),
            shutdown.clone(),
            move |version, changed| {
                let number = state.load(Ordering::SeqCst);
                let stock = changed.touches("stock");
                async move {
                    let text = html! { (number) " stock=" (stock) };
                    Ok::<_, Infallible>(vec![Region::new("number", version, text)])
                }
            },
        );
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let body = Body::into_data_stream(response.into_body());
        Self {
            live: live.clone(),
            shown,
            shutdown,
            body,
        }
    }

    fn change(&self, number: u32, topic: &str) {
        self.shown.store(number, Ordering::SeqCst);
        self.live.publish(topic);
    }

    async fn next(&mut self) -> Option<String> {
        let bytes = self
            .body
            .next()
            .await?
            .expect("our streams never fail in the middle");
        Some(String::from_utf8(bytes.to_vec()).expect("events are text"))
    }

    /// Returns the next event that is no tick.
    async fn next_change(&mut self) -> String {
        loop {
            let event = self.next().await.expect("the stream is open");
            if !event.starts_with("event: tick") {
                return event;
            }
        }
    }
}

#[tokio::test]
async fn a_tab_first_gets_everything_and_then_what_changed() {
    let live = Live::new(5);
    let mut page = Page::open(&live, &["register/1", "stock"]);
    assert_eq!(
        page.next_change().await,
        "event: snapshot\nretry: 1000\n\
         data: <x-region id=\"number\" data-v=\"5.1\">1 stock=true</x-region>\n\n",
    );
    page.change(2, "register/1");
    assert_eq!(
        page.next_change().await,
        "event: patch\nretry: 1000\n\
         data: <x-region id=\"number\" data-v=\"5.2\">2 stock=false</x-region>\n\n",
    );
}

#[tokio::test]
async fn a_change_made_between_opening_and_the_first_read_is_not_lost() {
    let live = Live::new(5);
    let mut page = Page::open(&live, &["stock"]);
    page.change(9, "stock");
    assert!(page.next_change().await.contains(">9 stock=true<"));
    assert!(page.next_change().await.starts_with("event: patch"));
}

#[tokio::test]
async fn topics_nobody_watches_wake_nobody() {
    let live = Live::new(5);
    let mut page = Page::open(&live, &["register/1"]);
    page.next_change().await;
    page.change(2, "register/2");
    page.change(3, "register/1");
    assert!(page.next_change().await.contains(">3 "));
}

#[tokio::test]
async fn a_burst_of_changes_becomes_few_patches() {
    let live = Live::new(5);
    let mut page = Page::open(&live, &["stock"]);
    page.next_change().await;
    for number in 2..=500 {
        page.change(number, "stock");
    }
    let patch = page.next_change().await;
    assert!(patch.starts_with("event: patch"), "{patch}");
    assert!(patch.contains(">500 stock=true<"), "{patch}");
}

#[tokio::test]
async fn a_tab_that_fell_behind_gets_everything_again() {
    let live = Live::new(5);
    let mut page = Page::open(&live, &["stock"]);
    page.next_change().await;
    for number in 0..5_000 {
        page.change(number, "stock");
    }
    assert!(page.next_change().await.starts_with("event: snapshot"));
}

#[tokio::test]
async fn a_stream_ends_when_the_daemon_stops() {
    let live = Live::new(5);
    let mut page = Page::open(&live, &["stock"]);
    page.next_change().await;
    page.shutdown.cancel();
    while let Some(event) = page.next().await {
        assert!(event.starts_with("event: tick"), "{event}");
    }
    drop(page);
    assert_eq!(live.streams_open(), 0);
}

#[tokio::test]
async fn a_rendering_that_fails_ends_the_stream() {
    let live = Live::new(5);
    let viewer = Viewer::of_this_machine("test");
    let stop = CancellationToken::new();
    let response = stream(&live, viewer, ["stock"], stop, |_, _| async {
        Err::<Vec<Region>, _>("reading the stock")
    });
    let mut body = response.into_body().into_data_stream();
    assert!(body.next().await.is_none());
}

/// Opens a stream of `session` that shows nothing, while `signed_in` says so.
fn open(live: &Live, session: &str, from: &str, signed_in: &Arc<AtomicBool>) -> Response {
    let signed_in = signed_in.clone();
    let viewer = Viewer::signed_in(session, from.parse().ok(), move || {
        let signed_in = signed_in.load(Ordering::SeqCst);
        async move { signed_in }
    });
    let stop = CancellationToken::new();
    stream(live, viewer, ["stock"], stop, |_, _| async {
        Ok::<_, Infallible>(Vec::new())
    })
}

fn signed_in() -> Arc<AtomicBool> {
    Arc::new(AtomicBool::new(true))
}

#[tokio::test]
async fn a_stream_ends_with_its_session_at_once() {
    let (live, ada, ben) = (Live::new(5), signed_in(), signed_in());
    let mut of_ada = open(&live, "ada", "192.0.2.7", &ada)
        .into_body()
        .into_data_stream();
    let mut of_ben = open(&live, "ben", "192.0.2.7", &ben)
        .into_body()
        .into_data_stream();
    for page in [&mut of_ada, &mut of_ben] {
        page.next().await.expect("a snapshot").unwrap();
        page.next().await.expect("the first tick").unwrap();
    }
    ada.store(false, Ordering::SeqCst);
    live.sessions_changed();
    assert!(of_ada.next().await.is_none());
    live.publish("stock");
    let patch = of_ben.next().await.expect("another session goes on");
    assert!(patch.unwrap().starts_with(b"event: patch"));
}

#[tokio::test]
async fn a_session_that_ran_out_is_noticed_at_the_next_tick_or_change() {
    for says_so in [None, Some("stock")] {
        let (live, ada) = (Live::new(5), signed_in());
        let mut page = open(&live, "ada", "192.0.2.7", &ada)
            .into_body()
            .into_data_stream();
        page.next().await.expect("a snapshot").unwrap();
        ada.store(false, Ordering::SeqCst);
        if let Some(topic) = says_so {
            live.publish(topic);
        }
        assert!(page.next().await.is_none(), "{says_so:?}");
    }
}

#[tokio::test]
async fn a_session_and_an_address_have_their_share_of_the_streams() {
    let (live, there) = (Live::new(5), signed_in());
    let mut held = Vec::new();
    for _ in 0..STREAMS_PER_SESSION_MAX {
        held.push(open(&live, "ada", "192.0.2.7", &there));
    }
    let refused = open(&live, "ada", "192.0.2.7", &there);
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    for session in 0..STREAMS_PER_ADDRESS_MAX - STREAMS_PER_SESSION_MAX {
        held.push(open(&live, &format!("s{session}"), "192.0.2.7", &there));
    }
    assert!(held.iter().all(|answer| answer.status() == StatusCode::OK));
    let refused = open(&live, "ben", "192.0.2.7", &there);
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let elsewhere = open(&live, "ben", "192.0.2.8", &there);
    assert_eq!(elsewhere.status(), StatusCode::OK);
    drop(held);
    let again = open(&live, "ada", "192.0.2.7", &there);
    assert_eq!(again.status(), StatusCode::OK);
}

#[tokio::test]
async fn more_streams_than_allowed_are_asked_to_come_back() {
    let (live, there) = (Live::new(5), signed_in());
    let mut held = Vec::new();
    for viewer in 0..STREAMS_MAX {
        let from = format!("192.0.2.{}", viewer / STREAMS_PER_ADDRESS_MAX);
        held.push(open(&live, &format!("s{viewer}"), &from, &there));
    }
    let refused = open(&live, "one", "192.0.2.200", &there);
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    drop(held);
    assert_eq!(live.streams_open(), 0);
}
