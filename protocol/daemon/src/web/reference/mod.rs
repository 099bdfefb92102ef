//! The page on which a person reads how programs speak with a daemon, made from its description.
//!
//! It is drawn once, from the same document that is served to programs, and runs no script of
//! anybody else's; nothing on it was written beside the document.

mod parts;
mod sample;
mod schemas;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use maud::{Markup, html};
use serde_json::Value;

use self::parts::{Operation, operation};
use self::schemas::schemas;
use super::shell::{Density, Hand, NavItem, Shell, Theme, page};
use super::text::{Lang, Locale, Texts};
use crate::http::openapi::{DOCUMENT_PATH, Document, METHODS};

/// Where the page is served.
pub const REFERENCE_PATH: &str = "/reference";

/// Returns the route of the page; `place` is what the daemon calls itself, and `back` its page with
/// everything else.
pub fn router<S: Clone + Send + Sync + 'static>(
    document: &Document,
    texts: Arc<Texts>,
    place: &str,
    back: &NavItem,
) -> Router<S> {
    let lang = Lang::new(texts, Locale::En);
    let text = reference(&lang, &document.to_value(), place, back).into_string();
    let text: Arc<str> = text.into();
    Router::new().route(
        REFERENCE_PATH,
        get(move || {
            let text = text.clone();
            async move { Html(text.to_string()) }
        }),
    )
}

/// Draws the whole page.
pub fn reference(lang: &Lang, document: &Value, place: &str, back: &NavItem) -> Markup {
    let title = text(&document["info"]["title"]);
    let nav = [
        back.clone(),
        NavItem {
            label: "API reference".to_owned(),
            href: REFERENCE_PATH.to_owned(),
            waiting: 0,
        },
    ];
    let shell = Shell {
        lang,
        title: "API reference",
        place,
        density: Density::Console,
        hand: Hand::Right,
        theme: Theme::System,
        nav: &nav,
        current: REFERENCE_PATH,
        signed_in: None,
        stream: None,
        scan: None,
        badges: None,
        banner: None,
        hub_link: None,
    };
    let slices = slices(document);
    let body = html! {
        div.console.reference {
            div.page-head { h1 { (title) " " (text(&document["info"]["version"])) } }
            p { (parts::prose(text(&document["info"]["description"]))) }
            p { "For programs: " a href=(DOCUMENT_PATH) { (DOCUMENT_PATH) } " (OpenAPI "
                (text(&document["openapi"])) ")" }
            (access(document))
            (contents(&slices))
            @for (slice, operations) in &slices {
                section.panel aria-labelledby=(format!("slice-{slice}")) {
                    header { h2 id=(format!("slice-{slice}")) { (slice) } }
                    @for one in operations { (operation(document, one)) }
                }
            }
            (schemas(document))
        }
    };
    page(&shell, body)
}

/// Groups the operations by slice, in the order of their paths.
fn slices(document: &Value) -> BTreeMap<&str, Vec<Operation<'_>>> {
    let mut slices: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let Some(said) = item.get(method.to_lowercase()) else {
                continue;
            };
            let slice = text(&said["tags"][0]);
            let one = Operation { method, path, said };
            slices.entry(slice).or_default().push(one);
        }
    }
    slices
}

fn access(document: &Value) -> Markup {
    let schemes = document["components"]["securitySchemes"].as_object();
    html! {
        section.panel aria-labelledby="access" {
            header { h2 #access { "Who may ask" } }
            dl.details {
                @for (name, scheme) in schemes.into_iter().flatten() {
                    dt { (name) }
                    dd {
                        @match text(&scheme["type"]) {
                            "http" => { code { "Authorization: Bearer …" } " " },
                            _ => { code { "Cookie: " (text(&scheme["name"])) "=…" } " " },
                        }
                        (parts::prose(text(&scheme["description"])))
                    }
                }
            }
        }
    }
}

fn contents(slices: &BTreeMap<&str, Vec<Operation<'_>>>) -> Markup {
    html! {
        nav.panel aria-labelledby="contents" {
            header { h2 #contents { "Operations" } }
            dl.details {
                @for (slice, operations) in slices {
                    dt { a href=(format!("#slice-{slice}")) { (slice) } }
                    dd {
                        ul.operations {
                            @for one in operations {
                                li {
                                    a href=(format!("#{}", text(&one.said["operationId"]))) {
                                        code { (one.method) " " (one.path) }
                                    }
                                    " " (text(&one.said["summary"]))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Returns a text of the document, or nothing where there is none.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
