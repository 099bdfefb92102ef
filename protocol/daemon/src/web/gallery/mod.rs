//! One page of every part, a sample register, sign-in, shift and console: the kit's own proof.
//!
//! Nothing on it is a product's state. It shows markup as slices write it, so it is the place to
//! copy from, and the place browser tests look at both themes and all sizes.

mod console;
mod parts;
mod register;
mod sample;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::live::{Live, Viewer, respond, stream};
use super::parts::Button;
use super::shell::{
    Density, Hand, HubLink, NavItem, ScanTarget, Shell, SignedIn, Theme, hub_link, page, plain_page,
};
use super::text::{Lang, Locale, Texts};
use crate::http::{Form, Query};
use sample::Sample;

const TOPIC: &str = "gallery/register";

/// What the gallery's handlers share: the texts, the live hub and one small pretended sale.
#[derive(Clone)]
pub(super) struct Gallery {
    texts: Arc<Texts>,
    live: Live,
    shutdown: CancellationToken,
    sample: Arc<Sample>,
}

/// How a gallery page is to be shown: `?lang=de&theme=dark&hand=left`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Shown {
    lang: Option<String>,
    theme: Option<String>,
    hand: Option<String>,
}

impl Shown {
    fn lang(&self, texts: &Arc<Texts>) -> Lang {
        let locale = self
            .lang
            .as_deref()
            .and_then(Locale::from_tag)
            .unwrap_or_default();
        Lang::new(texts.clone(), locale)
    }

    fn theme(&self) -> Theme {
        match self.theme.as_deref() {
            Some("dark") => Theme::Dark,
            Some("light") => Theme::Light,
            _ => Theme::System,
        }
    }

    fn hand(&self) -> Hand {
        match self.hand.as_deref() {
            Some("left") => Hand::Left,
            _ => Hand::Right,
        }
    }
}

/// Serves `/gallery` and its pages; needs [`super::assets::router`] beside it.
///
/// `live` and `shutdown` are the daemon's own, so that the streams end with it.
pub fn router<S>(texts: Arc<Texts>, live: Live, shutdown: CancellationToken) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let gallery = Gallery {
        texts,
        live,
        shutdown,
        sample: Arc::new(Sample::new()),
    };
    Router::new()
        .route("/gallery", get(index))
        .route("/gallery/parts", get(parts_page))
        .route("/gallery/register", get(register_page).post(register_post))
        .route("/gallery/register/scan", post(register_scan))
        .route("/gallery/register/stream", get(register_stream))
        .route("/gallery/tender", get(tender_page))
        .route("/gallery/paid", get(paid_page))
        .route("/gallery/sign-in", get(sign_in_page))
        .route("/gallery/shift", get(shift_page))
        .route("/gallery/console", get(console_page))
        .route("/gallery/order", get(order_page))
        .with_state(gallery)
}

const PAGES: [(&str, &str); 8] = [
    ("/gallery/parts", "Parts"),
    ("/gallery/register", "Register"),
    ("/gallery/tender", "Tender"),
    ("/gallery/paid", "Paid"),
    ("/gallery/sign-in", "Sign in"),
    ("/gallery/shift", "Shift"),
    ("/gallery/console", "Console"),
    ("/gallery/order", "Order"),
];

async fn index(State(gallery): State<Gallery>, Query(shown): Query<Shown>) -> Markup {
    let lang = shown.lang(&gallery.texts);
    let body = html! {
        h1 { "Gallery" }
        p { "Every part of the pages, as the slices use them." }
        div.stack {
            @for (href, label) in PAGES { (Button::link(label, href)) }
        }
    };
    plain_page(&lang, "Gallery", "Counterpart", body)
}

async fn parts_page(State(gallery): State<Gallery>, Query(shown): Query<Shown>) -> Markup {
    let lang = shown.lang(&gallery.texts);
    framed(
        &lang,
        &shown,
        Density::Console,
        "/gallery/parts",
        parts::all(&lang),
    )
}

async fn register_page(State(gallery): State<Gallery>, Query(shown): Query<Shown>) -> Markup {
    let lang = shown.lang(&gallery.texts);
    let version = gallery.live.version();
    let regions = register::regions(&lang, &gallery.sample.view(), version);
    let body = register::register(&lang, &regions);
    framed(&lang, &shown, Density::Till, "/gallery/register", body)
}

async fn register_stream(State(gallery): State<Gallery>, Query(shown): Query<Shown>) -> Response {
    let lang = shown.lang(&gallery.texts);
    let sample = gallery.sample.clone();
    stream(
        &gallery.live,
        Viewer::of_this_machine("gallery"),
        [TOPIC],
        gallery.shutdown.clone(),
        move |version, _| {
            let regions = register::regions(&lang, &sample.view(), version);
            async move { Ok::<_, Infallible>(regions) }
        },
    )
}

/// What the sample register's forms send.
#[derive(Debug, Deserialize)]
struct Pressed {
    #[serde(default)]
    code: String,
    #[serde(default)]
    does: String,
}

async fn register_post(
    State(gallery): State<Gallery>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Response {
    let sample = &gallery.sample;
    match pressed.does.as_str() {
        "more" => sample.step(&pressed.code, 1),
        "less" => sample.step(&pressed.code, -1),
        "settle" => sample.settle(&pressed.code),
        "clear" => sample.clear(),
        "scan" => sample.scan(&pressed.code),
        _ => return refused("Choose a line first, then type its quantity."),
    }
    changed(&gallery, &headers)
}

async fn register_scan(
    State(gallery): State<Gallery>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Response {
    gallery.sample.scan(&pressed.code);
    changed(&gallery, &headers)
}

fn changed(gallery: &Gallery, headers: &HeaderMap) -> Response {
    gallery.live.publish(TOPIC);
    let lang = Lang::new(gallery.texts.clone(), Locale::En);
    let version = gallery.live.version();
    let regions = register::regions(&lang, &gallery.sample.view(), version);
    respond(headers, "/gallery/register", regions)
}

/// A refusal as the daemons answer it (RFC 9457).
fn refused(detail: &str) -> Response {
    let problem = json!({ "title": "No line is selected", "status": 409, "detail": detail });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::CONFLICT, kind, problem.to_string()).into_response()
}

async fn tender_page(State(gallery): State<Gallery>, Query(shown): Query<Shown>) -> Markup {
    let lang = shown.lang(&gallery.texts);
    let body = register::tender(&lang, &gallery.sample.view());
    framed(&lang, &shown, Density::Till, "/gallery/register", body)
}

async fn paid_page(State(gallery): State<Gallery>, Query(shown): Query<Shown>) -> Markup {
    let lang = shown.lang(&gallery.texts);
    framed(
        &lang,
        &shown,
        Density::Till,
        "/gallery/register",
        register::paid(&lang),
    )
}

async fn sign_in_page(State(gallery): State<Gallery>, Query(shown): Query<Shown>) -> Markup {
    let lang = shown.lang(&gallery.texts);
    plain_page(
        &lang,
        "Sign in",
        "Berlin Mitte · Register 2",
        register::sign_in(&lang),
    )
}

async fn shift_page(State(gallery): State<Gallery>, Query(shown): Query<Shown>) -> Markup {
    let lang = shown.lang(&gallery.texts);
    framed(
        &lang,
        &shown,
        Density::Till,
        "/gallery/shift",
        register::shift(&lang),
    )
}

async fn console_page(State(gallery): State<Gallery>, Query(shown): Query<Shown>) -> Markup {
    let lang = shown.lang(&gallery.texts);
    framed(
        &lang,
        &shown,
        Density::Console,
        "/gallery/console",
        console::overview(&lang),
    )
}

async fn order_page(State(gallery): State<Gallery>, Query(shown): Query<Shown>) -> Markup {
    let lang = shown.lang(&gallery.texts);
    framed(
        &lang,
        &shown,
        Density::Console,
        "/gallery/console",
        console::order(&lang),
    )
}

fn framed(lang: &Lang, shown: &Shown, density: Density, current: &str, body: Markup) -> Markup {
    let is_register = current == "/gallery/register";
    let nav = [
        ("Sale", "/gallery/register"),
        ("Drawer", "/gallery/shift"),
        ("Console", "/gallery/console"),
        ("Parts", "/gallery/parts"),
    ]
    .map(|(label, href)| NavItem {
        label: label.to_owned(),
        href: href.to_owned(),
        waiting: if label == "Console" { 3 } else { 0 },
    });
    let signed_in = SignedIn {
        name: "Ada".to_owned(),
        sign_out_to: "/gallery".to_owned(),
    };
    let scan = ScanTarget {
        post_to: "/gallery/register/scan".to_owned(),
        prefix: None,
    };
    let link = if is_register {
        HubLink::Away {
            last_seen: "12:04".to_owned(),
        }
    } else {
        HubLink::Connected
    };
    page(
        &Shell {
            lang,
            title: "Gallery",
            place: "Berlin Mitte · Register 2",
            density,
            hand: shown.hand(),
            theme: shown.theme(),
            nav: &nav,
            current,
            signed_in: Some(&signed_in),
            stream: is_register.then_some("/gallery/register/stream"),
            scan: is_register.then_some(&scan),
            badges: None,
            banner: None,
            hub_link: Some(hub_link(lang, &link, if is_register { 3 } else { 0 })),
        },
        body,
    )
}

#[cfg(test)]
mod tests;
