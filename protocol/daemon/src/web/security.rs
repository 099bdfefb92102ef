//! What every page answer tells the browser not to do, and posts from elsewhere being refused.
//!
//! It knows no session and no role: who somebody is, is decided before this.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::Problem;

/// Own files only: no inline script or style, no frames around us, forms to ourselves only.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; object-src 'none'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()",
    ),
];

/// Puts the security headers on every answer and refuses posts that another site began.
///
/// Use it outermost: `router.layer(axum::middleware::from_fn(security::guard))`. An answer that set
/// one of the headers itself keeps its own, and a page without a caching rule is not stored, so
/// that the back button never shows yesterday's till.
pub async fn guard(request: Request, next: Next) -> Response {
    let mut response = if is_from_elsewhere(request.method(), request.uri(), request.headers()) {
        let detail = "this form was sent from another site: open the page here and send it again";
        Problem::forbidden(detail).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Tells whether a changing request was begun by another site's page.
///
/// `Sec-Fetch-Site` answers it where the browser sends it (secure contexts, W3C Fetch Metadata);
/// elsewhere `Origin` must name the host that was asked. Programs send neither and are let through:
/// they carry no cookie by accident.
fn is_from_elsewhere(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return false;
    }
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return false;
    };
    let host = uri
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| {
            headers
                .get(header::HOST)
                .and_then(|host| host.to_str().ok())
        });
    let origin_host = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"));
    match (origin_host, host) {
        (Some((_, origin_host)), Some(host)) => !origin_host.eq_ignore_ascii_case(host),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    use axum::http::StatusCode;

    use super::*;

    async fn answer(request: Request) -> Response {
        Router::new()
            .route("/", get(|| async { "page" }).post(|| async { "done" }))
            .layer(axum::middleware::from_fn(guard))
            .oneshot(request)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_page_runs_nothing_but_our_own_files() {
        let response = answer(Request::get("/").body(Body::empty()).unwrap()).await;
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(policy.contains("default-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(response.headers()["cache-control"], "no-store");
    }

    #[track_caller]
    fn check_post(headers: &[(&'static str, &'static str)], elsewhere: bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        let answer = is_from_elsewhere(&Method::POST, &Uri::from_static("/sale"), &map);
        assert_eq!(answer, elsewhere, "{headers:?}");
    }

    #[test]
    fn a_post_that_another_site_began_is_recognised() {
        check_post(&[("sec-fetch-site", "same-origin")], false);
        check_post(&[("sec-fetch-site", "cross-site")], true);
        check_post(&[("sec-fetch-site", "same-site")], true);
        check_post(
            &[("host", "till:8410"), ("origin", "https://till:8410")],
            false,
        );
        check_post(
            &[("host", "till:8410"), ("origin", "https://till:8400")],
            true,
        );
        check_post(
            &[("host", "till:8410"), ("origin", "https://evil.example")],
            true,
        );
        check_post(&[("host", "till:8410"), ("origin", "null")], true);
        check_post(&[("origin", "https://till:8410")], true);
        check_post(&[("host", "till:8410")], false);
    }

    #[tokio::test]
    async fn a_post_that_another_site_began_is_refused() {
        let request = Request::post("/")
            .header("host", "till:8410")
            .header("origin", "https://evil.example")
            .body(Body::empty())
            .unwrap();
        let response = answer(request).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert!(response.headers().contains_key("content-security-policy"));
    }
}
