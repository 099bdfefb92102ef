//! The page that explains how a browser of this store comes to trust its pages, and the certificate
//! to download.
//!
//! What it hands out is public: every connection shows the same. Trusting it is a person's act, so
//! the page shows the fingerprint to compare with the one on the store server.

use axum::Router;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use counterpart_daemon::tls::Authority;
use counterpart_daemon::web::shell::plain_page;
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};

use crate::context::Context;

/// The page's address.
pub const TRUST_PATH: &str = "/trust";
const FILE_PATH: &str = "/trust/store-authority.pem";

/// Returns the page and the file of this store's own authority.
pub fn router(lang: &Lang, place: &str, authority: &Authority) -> Router<Context> {
    let fingerprint = authority.fingerprint().to_string();
    let page = plain_page(lang, "Trust this store's pages", place, body(&fingerprint));
    let (page, pem) = (page.into_string(), authority.certificate_pem().to_owned());
    Router::new()
        .route(TRUST_PATH, get(move || async move { Html(page) }))
        .route(FILE_PATH, get(move || async move { file(pem) }))
}

fn file(pem: String) -> Response {
    let headers = [
        // What browsers and phones offer to install (RFC 5280 certificate, as PEM).
        (CONTENT_TYPE, "application/x-x509-ca-cert"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"store-authority.pem\"",
        ),
    ];
    (headers, pem).into_response()
}

fn body(fingerprint: &str) -> Markup {
    html! {
        h1 { "Trust this store's pages" }
        p {
            "This store makes its own certificates, so that its tills work without the internet. A \
             browser warns until it was told once whom to trust here. Do this on each device that \
             opens these pages, and on no other."
        }
        p { a href=(FILE_PATH) download="store-authority.pem" { "Download store-authority.pem" } }
        p { "Compare its SHA-256 fingerprint with the one that the store server shows:" }
        p { code { (fingerprint) } }
        p.quiet-text {
            "On the store server, in its data folder: openssl x509 -in store-authority.pem -noout \
             -fingerprint -sha256. If they differ, trust nothing and call support: somebody stands \
             between this device and the store server."
        }
        h2 { "Where to put it" }
        dl.details {
            dt { "Windows, Edge and Chrome" }
            dd {
                "Open the file, Install Certificate, Local Machine, place it in \"Trusted Root \
                 Certification Authorities\"."
            }
            dt { "Linux, Chrome" }
            dd {
                "Settings, Privacy and security, Security, Manage certificates, Authorities, \
                 Import."
            }
            dt { "Firefox" }
            dd { "Settings, Privacy and security, View certificates, Authorities, Import." }
            dt { "iPad" }
            dd {
                "Open the file in Safari, install the profile in Settings, then switch it on under \
                 General, About, Certificate Trust Settings."
            }
            dt { "Android" }
            dd {
                "Settings, Security, Encryption and credentials, Install a certificate, CA \
                 certificate."
            }
        }
        p { "Then close the browser, open it again, and open these pages: it warns no more." }
    }
}
