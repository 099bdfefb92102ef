//! Stories of one tab's event stream, read as the browser reads it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use maud::html;

use super::*;

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
    let response = stream(&live, ["stock"], CancellationToken::new(), |_, _| async {
        Err::<Vec<Region>, _>("reading the stock")
    });
    let mut body = response.into_body().into_data_stream();
    assert!(body.next().await.is_none());
}

#[tokio::test]
async fn more_streams_than_allowed_are_asked_to_come_back() {
    let live = Live::new(5);
    let pages: Vec<Page> = (0..super::super::STREAMS_MAX)
        .map(|_| Page::open(&live, &["stock"]))
        .collect();
    let refused = stream(&live, ["stock"], CancellationToken::new(), |_, _| async {
        Ok::<_, Infallible>(Vec::new())
    });
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    drop(pages);
    assert_eq!(live.streams_open(), 0);
}
