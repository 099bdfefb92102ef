//! The styles, scripts and marks of the pages, embedded in the binary and served immutably.
//!
//! Every asset lives under `/assets/<build>/…`, where `<build>` is a hash over all of them:
//! relative imports between modules stay inside one build, and a browser may keep them for a year.
//! Nothing is read from disk and nothing is built: the files are what a person wrote.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

/// One year: the longest a cache is asked to keep anything (RFC 9111 recommends no more).
const FOREVER: &str = "public, max-age=31536000, immutable";

/// One embedded file.
struct Asset {
    path: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
}

macro_rules! asset {
    ($path:literal, $content_type:literal) => {
        Asset {
            path: $path,
            content_type: $content_type,
            bytes: include_bytes!(concat!("../../assets/", $path)),
        }
    };
}

static ASSETS: [Asset; 29] = [
    asset!("css/tokens.css", "text/css; charset=utf-8"),
    asset!("css/base.css", "text/css; charset=utf-8"),
    asset!("css/parts.css", "text/css; charset=utf-8"),
    asset!("css/table.css", "text/css; charset=utf-8"),
    asset!("css/entry.css", "text/css; charset=utf-8"),
    asset!("css/board.css", "text/css; charset=utf-8"),
    asset!("css/shell.css", "text/css; charset=utf-8"),
    asset!("css/till.css", "text/css; charset=utf-8"),
    asset!("css/sale.css", "text/css; charset=utf-8"),
    asset!("css/tender.css", "text/css; charset=utf-8"),
    asset!("css/console.css", "text/css; charset=utf-8"),
    asset!("css/pickup.css", "text/css; charset=utf-8"),
    asset!("css/reference.css", "text/css; charset=utf-8"),
    asset!("css/training.css", "text/css; charset=utf-8"),
    asset!("css/facing.css", "text/css; charset=utf-8"),
    asset!("js/answer.js", "text/javascript; charset=utf-8"),
    asset!("js/app.js", "text/javascript; charset=utf-8"),
    asset!("js/count.js", "text/javascript; charset=utf-8"),
    asset!("js/cues.js", "text/javascript; charset=utf-8"),
    asset!("js/dialogs.js", "text/javascript; charset=utf-8"),
    asset!("js/forms.js", "text/javascript; charset=utf-8"),
    asset!("js/keys.js", "text/javascript; charset=utf-8"),
    asset!("js/live.js", "text/javascript; charset=utf-8"),
    asset!("js/morph.js", "text/javascript; charset=utf-8"),
    asset!("js/numpad.js", "text/javascript; charset=utf-8"),
    asset!("js/page.js", "text/javascript; charset=utf-8"),
    asset!("js/scan.js", "text/javascript; charset=utf-8"),
    asset!("js/touchpad.js", "text/javascript; charset=utf-8"),
    asset!("mark.svg", "image/svg+xml"),
];

/// The style sheets in the order in which a page links them.
pub(super) const STYLES: [&str; 15] = [
    "css/tokens.css",
    "css/base.css",
    "css/parts.css",
    "css/table.css",
    "css/entry.css",
    "css/board.css",
    "css/shell.css",
    "css/till.css",
    "css/sale.css",
    "css/tender.css",
    "css/console.css",
    "css/pickup.css",
    "css/reference.css",
    "css/training.css",
    "css/facing.css",
];

static BUILD: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    for asset in &ASSETS {
        hasher.update(asset.path.as_bytes());
        hasher.update(asset.bytes);
    }
    // 48 bits tell builds apart; it is a cache key, not a proof.
    let digest = hasher.finalize();
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
});

/// Returns the hash of all assets, the `<build>` in their addresses.
pub fn build() -> &'static str {
    &BUILD
}

/// Returns the address of an asset: `url("css/base.css")` is `/assets/<build>/css/base.css`.
pub fn url(path: &str) -> String {
    format!("/assets/{}/{path}", build())
}

/// Serves the assets; merge it into the daemon's router.
pub fn router<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    Router::new().route("/assets/{build}/{*path}", get(serve))
}

/// Answers with an asset.
///
/// A page of an earlier build that is still open gets today's file rather than none, but may not
/// keep it: it reloads by itself as soon as the stream tells it the new build.
async fn serve(Path((asked_build, path)): Path<(String, String)>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.path == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let caching = if asked_build == build() {
        FOREVER
    } else {
        "no-store"
    };
    (
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static(asset.content_type),
            ),
            (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        ],
        asset.bytes,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn answer(path: &str) -> Response {
        let request = Request::get(path).body(Body::empty()).unwrap();
        router::<()>().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn an_asset_of_this_build_may_be_kept_for_ever() {
        for asset in &ASSETS {
            let response = answer(&url(asset.path)).await;
            assert_eq!(response.status(), StatusCode::OK, "{}", asset.path);
            assert_eq!(response.headers()["cache-control"], FOREVER);
            assert_eq!(response.headers()["content-type"], asset.content_type);
        }
    }

    #[tokio::test]
    async fn an_asset_of_another_build_is_served_but_not_kept() {
        let response = answer("/assets/000000000000/js/app.js").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["cache-control"], "no-store");
    }

    #[tokio::test]
    async fn what_is_not_an_asset_is_not_found() {
        for path in ["/assets/x/js/nothing.js", "/assets/x/../../Cargo.toml"] {
            assert_eq!(answer(path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn every_style_sheet_linked_is_embedded() {
        for style in STYLES {
            assert!(ASSETS.iter().any(|asset| asset.path == style), "{style}");
        }
    }

    #[test]
    fn every_module_imported_is_embedded() {
        for asset in ASSETS.iter().filter(|asset| asset.path.ends_with(".js")) {
            let source = std::str::from_utf8(asset.bytes).unwrap();
            for line in source.lines().filter(|line| line.starts_with("import ")) {
                let name = line
                    .split("\"./")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next());
                let path = format!("js/{}", name.expect("imports name a neighbour"));
                assert!(ASSETS.iter().any(|asset| asset.path == path), "{path}");
            }
        }
    }
}
