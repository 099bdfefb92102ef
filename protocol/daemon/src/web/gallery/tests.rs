//! Stories of the gallery, which stand for every page made of these parts.

use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt;

use super::*;
use crate::web::live::LIVE_HEADER;

async fn answer(request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let texts = Arc::new(Texts::new(&[]).unwrap());
    let app: Router = router(texts, Live::new(1), CancellationToken::new());
    let response = app.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 1_000_000).await.unwrap();
    (
        parts.status,
        parts.headers,
        String::from_utf8(bytes.to_vec()).unwrap(),
    )
}

async fn page_at(path: &str) -> String {
    let (status, _, text) = answer(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    text
}

async fn post(path: &str, body: &str, live: Option<&str>) -> (StatusCode, HeaderMap, String) {
    let mut request =
        Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    if let Some(value) = live {
        request = request.header(LIVE_HEADER, value);
    }
    answer(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn every_page_stands_in_every_language() {
    for (path, _) in PAGES {
        for locale in Locale::ALL {
            let text = page_at(&format!("{path}?lang={}", locale.tag())).await;
            assert!(
                text.contains(&format!(r#"<html lang="{}""#, locale.tag())),
                "{path}"
            );
            assert!(!text.contains("kit-"), "{path} shows a key, not a text");
        }
    }
}

#[tokio::test]
async fn no_page_needs_an_inline_style_or_script() {
    for (path, _) in PAGES {
        let text = page_at(path).await;
        for forbidden in [" style=", "<style", " onclick=", "javascript:"] {
            assert!(!text.contains(forbidden), "{path} has {forbidden}");
        }
    }
}

#[tokio::test]
async fn no_id_stands_twice_on_a_page() {
    for (path, _) in PAGES {
        let text = page_at(path).await;
        let mut ids: Vec<&str> = text
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}");
    }
}

#[tokio::test]
async fn a_scan_answers_with_the_region_that_changed() {
    let (status, _, text) = post("/gallery/register/scan", "code=4006381333931", Some("1")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        text.starts_with(r#"<x-region id="sale" data-v="1.1" data-cue="accepted""#),
        "{text}"
    );
    assert!(text.contains("Highlighter, yellow"), "{text}");
}

#[tokio::test]
async fn an_unknown_scan_waits_and_bars_pay() {
    let (_, _, text) = post("/gallery/register/scan", "code=9999999999994", Some("1")).await;
    assert!(text.contains(r#"data-cue="refused""#), "{text}");
    assert!(text.contains("Settle the unknown scans first"), "{text}");
}

#[tokio::test]
async fn without_script_a_form_comes_back_to_its_page() {
    let (status, headers, _) =
        post("/gallery/register", "does=scan&code=4006381333931", None).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(headers["location"], "/gallery/register");
}

#[tokio::test]
async fn a_refusal_is_a_problem_with_a_sentence() {
    let (status, headers, text) = post("/gallery/register", "does=quantity", Some("1")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(headers["content-type"], "application/problem+json");
    assert!(text.contains("Choose a line first"), "{text}");
}
