//! Problems as pages: what a person sees who followed a link or sent a form without script.
//!
//! It changes only how a problem is shown, never whether there is one: programs and live pages keep
//! getting `application/problem+json`.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use maud::{Markup, Render, html};

use super::live::asks_for_regions;
use super::parts::{Button, FieldProblem, Icon, ProblemView};
use super::shell::{PlainParts, plain_page_with};
use super::text::{Lang, Locale, Texts};
use crate::http::ProblemBody;

/// The longest problem that is read to be shown; ours are a few hundred bytes.
const PROBLEM_BYTES_MAX: usize = 64 * 1024;

/// What [`for_people`] needs: the words, and what stands in the bar of the page.
#[derive(Clone, Debug)]
pub struct ProblemPages {
    /// The words of the pages.
    pub texts: Arc<Texts>,
    /// Where the person is: the store's or the hub's name.
    pub place: String,
    /// What must be read before anything else; nothing on most pages.
    pub banner: Option<Markup>,
}

/// Turns problem answers into pages for browsers that asked for a page.
///
/// Use it as `layer(axum::middleware::from_fn_with_state(pages, problem_page::for_people))`, inside
/// [`super::security::guard`]. The status and all other headers stay as they were.
pub async fn for_people(
    State(pages): State<ProblemPages>,
    request: Request,
    next: Next,
) -> Response {
    let lang = asked_language(&pages.texts, request.headers());
    let wants_page = wants_page(request.headers());
    let response = next.run(request).await;
    if !wants_page || !is_problem(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // A problem that cannot be read any more still has its status; the page says what is known.
    let problem = match to_bytes(body, PROBLEM_BYTES_MAX).await {
        Ok(bytes) => serde_json::from_slice(&bytes).ok(),
        Err(_) => None,
    };
    let page = problem_page(&lang, &pages, problem.as_ref());
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    parts.headers.insert(header::CONTENT_TYPE, html);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page.into_string()))
}

fn problem_page(lang: &Lang, pages: &ProblemPages, problem: Option<&ProblemBody>) -> Markup {
    let title = lang.word("kit-problem-title");
    let unreadable = lang.word("kit-unreadable");
    let detail = problem.map_or(unreadable.as_str(), |problem| problem.detail.as_str());
    let fields: Vec<FieldProblem> = problem
        .into_iter()
        .flat_map(|problem| &problem.fields)
        .map(|field| FieldProblem {
            field_id: format!("field-{}", field.field),
            message: format!("{}: {}", field.field, field.detail),
        })
        .collect();
    let kind = problem.map(|problem| problem.kind.as_str());
    let parts = PlainParts {
        banner: pages.banner.as_ref(),
        badges: None,
        ..PlainParts::default()
    };
    plain_page_with(
        lang,
        (&title, &pages.place),
        &parts,
        html! {
            h1 { (title) }
            (ProblemView::new(lang, detail).fields(&fields).render())
            div.row {
                (Button::link(&lang.word("kit-start-page"), "/").primary().icon(Icon::Back))
            }
            @if let Some(kind) = kind { p.quiet-text.code { (kind) } }
        },
    )
}

fn asked_language(texts: &Arc<Texts>, headers: &HeaderMap) -> Lang {
    let wish = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|wish| wish.to_str().ok());
    Lang::new(texts.clone(), Locale::negotiate(wish.unwrap_or("")))
}

/// Browsers ask for `text/html` when a person navigates, and for `*/*` when a script fetches.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    !asks_for_regions(headers) && accept.is_some_and(|accept| accept.contains("text/html"))
}

fn is_problem(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/problem+json"))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;
    use crate::http::Problem;

    async fn answer(headers: &[(&'static str, &'static str)]) -> (StatusCode, String, String) {
        let texts = Arc::new(Texts::new(&[]).unwrap());
        let pages = ProblemPages {
            texts,
            place: "Berlin <Mitte>".to_owned(),
            banner: None,
        };
        let refuse = || async {
            let conflict = StatusCode::CONFLICT;
            Problem::new(conflict, "basket_empty").detail("Scan an item <first>.")
        };
        let app: Router = Router::new()
            .route("/", get(refuse))
            .layer(from_fn_with_state(pages, for_people));
        let mut request = Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = app
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let kind = response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 100_000).await.unwrap();
        (status, kind, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_person_gets_a_page_in_their_language() {
        let headers = [("accept", "text/html,*/*;q=0.8"), ("accept-language", "de")];
        let (status, kind, text) = answer(&headers).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(kind, "text/html; charset=utf-8");
        assert!(text.contains("Hier ist etwas zu tun"));
        assert!(text.contains("Scan an item &lt;first&gt;."));
        assert!(text.contains("urn:counterpart:problem:basket_empty"));
    }

    #[tokio::test]
    async fn programs_and_live_pages_keep_the_problem() {
        for headers in [
            &[("accept", "application/json")][..],
            &[("accept", "*/*")],
            &[("accept", "text/html"), ("x-live", "1")],
            &[],
        ] {
            let (status, kind, _) = answer(headers).await;
            assert_eq!(status, StatusCode::CONFLICT);
            assert_eq!(kind, "application/problem+json", "{headers:?}");
        }
    }
}
