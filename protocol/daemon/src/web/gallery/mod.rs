//! One page of every part, a sample register, sign-in, shift and console: the kit's own proof.
//!
//! Nothing on it is a product's state. It shows markup as slices write it, so it is the place to
//! copy from, and the place browser tests look at both themes and all sizes.

mod console;
mod parts;
mod register;
mod sample;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::live::{Live, respond, stream};
use super::parts::Button;
use super::shell::{Density, Hand, Shell, Theme, page, plain_page};
use super::text::{Lang, Locale, Texts};
use sample::Sample;

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
        let locale = self.lang.as_deref().and_then(Locale::from_tag).unwrap_or_default();
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
    let gallery = Gallery { texts, live, shutdown, sample: Arc::new(Sample::new()) };
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
