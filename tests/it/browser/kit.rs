//! What every page has from the kit, shown on the gallery: nothing a machine can find wrong with
//! it, and a keyboard wedge that neither types into fields nor presses buttons.
//!
//! The real pages have their own stories; here a fault of the kit is found where it is made.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use counterpart_daemon::web::live::Live;
use counterpart_daemon::web::text::Texts;
use counterpart_daemon::web::{assets, gallery, security};
use counterpart_tests::browser::{Browser, Theme, Window};
use tokio_util::sync::CancellationToken;

const GALLERY: [&str; 8] = [
    "parts", "register", "tender", "paid", "sign-in", "shift", "console", "order",
];

/// Serves the gallery on a free port for as long as the test runs, and returns its address.
async fn gallery() -> String {
    let texts = Arc::new(Texts::new(&[]).unwrap());
    let routes = gallery::router(texts, Live::new(1), CancellationToken::new());
    let app: Router = Router::new()
        .merge(routes)
        .merge(assets::router())
        .layer(from_fn(security::guard));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/gallery")
}

#[track_caller]
fn none(page: &str, theme: Theme, found: &[impl ToString]) {
    let list: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{page} in {theme:?}:\n{}", list.join("\n"));
}

async fn judged(window: &Window, page: &str) {
    for theme in [Theme::Light, Theme::Dark] {
        window.prefer(theme).await;
        none(page, theme, &window.violations().await);
        none(page, theme, &window.complaints().await);
    }
}

#[tokio::test]
async fn every_page_of_the_gallery_is_accessible_and_keeps_the_content_policy() {
    let home = gallery().await;
    let browser = Browser::start();
    let window = browser.window((1280, 720)).await;
    for page in GALLERY {
        window.open(&format!("{home}/{page}")).await;
        judged(&window, page).await;
    }
}

#[tokio::test]
async fn the_accessibility_checker_bites() {
    let browser = Browser::start();
    let window = browser.window((1280, 720)).await;
    let page = "<!doctype html><html lang=en><title>A</title><main><h1>A</h1><img src=x></main>";
    window.open(&format!("data:text/html,{page}")).await;
    let found: Vec<String> = window
        .violations()
        .await
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("image-alt"), "{found:?}");
}

#[tokio::test]
async fn what_a_scanner_types_into_a_field_is_taken_back_out_and_sold() {
    let home = gallery().await;
    let browser = Browser::start();
    let window = browser.window((1280, 720)).await;
    window.open(&format!("{home}/register")).await;
    window.focus("input[type=search]").await;
    window.type_calmly("oat").await;
    window.wedge("4006381333931").await;
    window.shows("4006381333931").await;
    assert_eq!(window.value("input[type=search]").await, "oat");
}
