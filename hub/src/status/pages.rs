//! The page of the hub's own state: what needs a person first, then the numbers.
//!
//! It draws what the service gathered.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::http::Problem;
use counterpart_daemon::web::parts::{Stat, Tone, badge};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::condition::{Concern, Urgency, size};
use maud::{Markup, html};

use super::service::{self, Status};
use crate::context::Context;
use crate::users::{OnPage, StatusRead};
use crate::web::{Page, Screen, console_page};

/// Returns the page's routes.
pub(super) fn router() -> Router<Context> {
    Router::new().route("/status", get(page))
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<StatusRead>,
) -> Result<Response, Problem> {
    let status = service::status(&context).await?;
    let shown = Page {
        title: "Status",
        screen: Screen::Status,
        operator: &operator.name,
        stream: None,
    };
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Status" }
                p.quiet-text {
                    "Version " (env!("CARGO_PKG_VERSION")) " · "
                    a href="/reference" { "API reference" } " · "
                    a href="/quarantine" { "Records set aside" }
                }
            }
            (concerns(&status.concerns))
            (stats(lang, &status))
        }
    };
    Ok(console_page(lang, shown, body))
}

fn concerns(concerns: &[Concern]) -> Markup {
    html! {
        section.panel aria-labelledby="concerns" {
            header { h2 #concerns { "What needs you" } }
            @if concerns.is_empty() {
                p { (badge(Tone::Good, "Nothing needs you")) }
            } @else {
                dl.details {
                    @for concern in concerns {
                        @let tone = match concern.urgency {
                            Urgency::Soon => Tone::Waiting,
                            Urgency::Now => Tone::Bad,
                        };
                        dt { (badge(tone, &concern.about)) }
                        dd { (concern.sentence) }
                    }
                }
            }
        }
    }
}

fn stats(lang: &Lang, status: &Status) -> Markup {
    let measured = &status.measured;
    let known = |bytes: Option<u64>| bytes.map_or_else(|| "not known".to_owned(), size);
    let backup = match (measured.backup_at_ms, measured.backup_due_since_ms) {
        (Some(at_ms), _) => lang.age(status.now_ms.saturating_sub(at_ms).max(0)),
        (None, Some(_)) => "never".to_owned(),
        (None, None) => "the server's".to_owned(),
    };
    let days = |ends_at_ms: Option<i64>| {
        let left_ms = ends_at_ms.map(|ends_at_ms| ends_at_ms.saturating_sub(status.now_ms));
        left_ms.map_or_else(
            || "not known".to_owned(),
            |left_ms| format!("{} days", left_ms.div_euclid(86_400_000)),
        )
    };
    let connected = format!("{} of {}", status.stores_connected, status.stores);
    html! {
        div.stats {
            (Stat::new("Stores on the line", &connected))
            (Stat::new("Records still to come", &lang.count(status.lag)))
            (Stat::new("Disk free", &known(measured.disk_free_bytes)))
            (Stat::new("Database", &known(measured.database_bytes)))
            (Stat::new("Last backup", &backup))
            (Stat::new("Certificate", &days(status.certificate_ends_at_ms)))
            (Stat::new("Authority", &days(status.authority_ends_at_ms)))
        }
    }
}
