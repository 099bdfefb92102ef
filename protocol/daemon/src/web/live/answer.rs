//! Answers to posts: the changed regions for a live page, a redirect for one without script.
//!
//! Refusals are not made here; they are problems (RFC 9457), which the page shows beside the form.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

use super::Region;

/// The header a live page sends with its posts; its value is `1`.
///
/// A foreign page cannot send it without a CORS preflight, which we never answer.
pub const LIVE_HEADER: HeaderName = HeaderName::from_static("x-live");

const LOCATION_HEADER: HeaderName = HeaderName::from_static("x-live-location");

/// Regions that changed, as the answer to a post of a live page.
#[derive(Clone, Debug)]
pub struct Patch(pub Vec<Region>);

impl IntoResponse for Patch {
    fn into_response(self) -> Response {
        Html(markup(&self.0).into_string()).into_response()
    }
}

/// Tells whether the request came from a live page and wants regions, not a redirect.
pub fn asks_for_regions(headers: &HeaderMap) -> bool {
    headers.get(LIVE_HEADER).is_some_and(|value| value == "1")
}

/// Answers a post that was done: with `regions`, or without script by 303 to `redirect_to`.
///
/// `redirect_to` is a path of this daemon (`/register/1`).
pub fn respond(headers: &HeaderMap, redirect_to: &str, regions: Vec<Region>) -> Response {
    if asks_for_regions(headers) {
        Patch(regions).into_response()
    } else {
        leave_for(headers, redirect_to)
    }
}

/// Answers a post after which the person belongs on another page, `path` of this daemon.
///
/// A fetch would follow a redirect by itself and throw the page away, so a live page is told in a
/// header of its own.
pub fn leave_for(headers: &HeaderMap, path: &str) -> Response {
    // A path that no header can carry would be a bug of the caller; the start page is always there.
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    if asks_for_regions(headers) {
        (StatusCode::NO_CONTENT, [(LOCATION_HEADER, location)]).into_response()
    } else {
        (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
    }
}

pub(super) fn markup(regions: &[Region]) -> Markup {
    html! { @for region in regions { (region) } }
}

#[cfg(test)]
mod tests {
    use super::super::Live;
    use super::*;

    fn live_headers() -> HeaderMap {
        HeaderMap::from_iter([(LIVE_HEADER, HeaderValue::from_static("1"))])
    }

    fn regions() -> Vec<Region> {
        vec![Region::new(
            "sale",
            Live::new(1).version(),
            html! { "1 item" },
        )]
    }

    #[tokio::test]
    async fn a_live_page_is_answered_with_what_changed() {
        let response = respond(&live_headers(), "/register/1", regions());
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            response.headers()["content-type"],
            "text/html; charset=utf-8"
        );
        let body = axum::body::to_bytes(response.into_body(), 1_000)
            .await
            .unwrap();
        assert_eq!(
            body,
            r#"<x-region id="sale" data-v="1.1">1 item</x-region>"#
        );
    }

    #[test]
    fn a_page_without_script_is_sent_back_to_its_page() {
        let response = respond(&HeaderMap::new(), "/register/1", regions());
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()["location"], "/register/1");
    }

    #[test]
    fn a_live_page_is_told_where_to_go() {
        let response = leave_for(&live_headers(), "/shift");
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(response.headers()["x-live-location"], "/shift");
    }
}
