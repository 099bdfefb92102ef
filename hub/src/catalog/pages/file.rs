//! One product file: how far it is, every bad row, and the button that publishes it.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::{Region, Version, respond};
use counterpart_daemon::web::parts::{
    Button, Column, Icon, ProblemView, Row, Stat, Table, command_id,
};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, Render, html};
use serde::Deserialize;
use ulid::Ulid;

use super::files::state_words;
use crate::catalog::http::publish_once;
use crate::catalog::rules::RowProblem;
use crate::catalog::service::{self, CATALOG, id_of, id_text};
use crate::catalog::store::{Import, State as Stage};
use crate::context::Context;
use crate::users::{CatalogRead, CatalogWrite, OnPage, Watching};
use crate::web::{CommandForm, Page, Screen, console_page, live};

/// Bad rows shown on the page; the rest is in the download.
const SHOWN: usize = 200;

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/catalog/imports/{import}", get(one))
        .route("/catalog/imports/{import}/stream", get(one_stream))
        .route("/catalog/imports/{import}/publish", post(publish))
}

async fn one(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let (import, problems) = service::import(&context, id_of(&id)?).await?;
    let stream = format!("/catalog/imports/{}/stream", id_text(import.id));
    let shown = Page {
        title: &import.file_name,
        screen: Screen::Catalog,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let body = html! {
        div.console {
            header.page-head {
                h1 { (import.file_name) }
                div.actions { (Button::link("All files", "/catalog/import").icon(Icon::Back)) }
            }
            (file_region(&context, &import, &problems, version))
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

async fn one_stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<CatalogRead>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let answer = live(
        &context,
        viewer,
        [CATALOG],
        move |context, version| async move {
            let (import, problems) = service::import(&context, id)
                .await
                .map_err(|failed| failed.to_string())?;
            Ok::<_, String>(vec![file_region(&context, &import, &problems, version)])
        },
    );
    Ok(answer)
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn publish(
    State(context): State<Context>,
    operator: OnPage<CatalogWrite>,
    headers: HeaderMap,
    Path(id): Path<String>,
    form: CommandForm<Nothing>,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    publish_once(&context, &operator, form.key, id).await?;
    let version = context.live().version();
    let (import, problems) = service::import(&context, id).await?;
    let back = format!("/catalog/imports/{}", id_text(id));
    let region = file_region(&context, &import, &problems, version);
    Ok(respond(&headers, &back, vec![region]))
}

fn file_region(
    context: &Context,
    import: &Import,
    problems: &[RowProblem],
    version: Version,
) -> Region {
    let lang = context.lang();
    let markup = html! {
        div.stack {
            (file_stats(context, import))
            @match import.state {
                Stage::Checking | Stage::Publishing => (progress(context, import)),
                Stage::Checked => (publish_form(context, import)),
                Stage::Refused => (refused(lang, import, problems)),
                Stage::Published => (published(lang, import)),
                Stage::Failed => {
                    (ProblemView::new(lang, "This file could not be worked on")
                        .why(import.sentence.as_deref().unwrap_or(""))
                        .todo("Upload it again; nothing of it was published."))
                },
            }
        }
    };
    Region::new("import-file", version, markup)
}

fn file_stats(context: &Context, import: &Import) -> Markup {
    let lang = context.lang();
    let (tone, word) = state_words(import);
    let age = lang.age(context.now_ms() - import.uploaded_at_ms);
    let uploaded = format!("by {}", import.uploaded_by);
    let (good, bad) = (lang.count(import.rows_good), lang.count(import.rows_bad));
    html! {
        div.stats {
            (Stat::new("Good rows", &good).state(tone, &word))
            (Stat::new("Bad rows", &bad))
            (Stat::new("Uploaded", &age).note(&uploaded))
        }
    }
}

fn progress(context: &Context, import: &Import) -> Markup {
    let permille = context.imports().permille();
    let what = match import.state {
        Stage::Publishing => "Being published",
        _ => "Being checked, row by row",
    };
    html! {
        section.panel {
            header { h2 { (what) } }
            progress max="1000" value=(permille) aria-label=(what) { (permille / 10) " %" }
            p.quiet-text { "You may leave this page; it goes on." }
        }
    }
}

fn publish_form(context: &Context, import: &Import) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let action = format!("/catalog/imports/{}/publish", id_text(import.id));
    let products = context.lang().count(import.rows_good);
    html! {
        section.panel {
            header { h2 { "2. Publish" } }
            p {
                "Every row is good. Publishing replaces the catalogue of all stores with these "
                strong { (products) } " products, prices in " (import.currency) "."
            }
            form method="post" action=(action) data-live {
                (command_id(&fresh_id))
                (Button::submit("Publish to all stores").primary())
            }
        }
    }
}

fn refused(lang: &Lang, import: &Import, problems: &[RowProblem]) -> Markup {
    let columns = [
        Column::numbers("Row"),
        Column::words("Column"),
        Column::words("What is wrong"),
    ];
    let rows = problems
        .iter()
        .take(SHOWN)
        .enumerate()
        .map(|(place, problem)| {
            let cells = vec![
                html! { (problem.row) },
                html! { span.code { (problem.column) } },
                html! { (problem.sentence) },
            ];
            Row::new(format!("problem-{place}"), cells)
        })
        .collect();
    let what = match import.rows_bad {
        0 => "The file cannot be read".to_owned(),
        1 => "1 row is bad, so nothing was published".to_owned(),
        bad => format!("{} rows are bad, so nothing was published", lang.count(bad)),
    };
    let all = format!("/catalog/imports/{}/problems.csv", id_text(import.id));
    html! {
        (ProblemView::new(lang, &what)
            .todo("Mend the rows below in the spreadsheet, then upload the file again."))
        section.panel {
            header { h2 { "Bad rows" } }
            (Table::new("Bad rows", &columns, rows).render())
            div.row {
                @if problems.len() > SHOWN {
                    p { (lang.count(problems.len() as i64 - SHOWN as i64)) " more in the list." }
                }
                (Button::link("Download the list", &all))
            }
        }
    }
}

fn published(lang: &Lang, import: &Import) -> Markup {
    html! {
        section.panel {
            header { h2 { "Published" } }
            p {
                @match (&import.sentence, import.version) {
                    (Some(sentence), _) => { (upper_first(sentence)) "." },
                    (None, Some(version)) => {
                        "Version " (lang.count(version)) " is what every store sells from, from \
                         its next contact on."
                    },
                    (None, None) => "It is what every store sells from.",
                }
            }
            p { (Button::link("See the catalogue", "/catalog").primary()) }
        }
    }
}

fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
