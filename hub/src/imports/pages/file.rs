//! One file: how far it is, every bad row, and the buttons that apply it.

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

use super::desk::state_words;
use crate::context::Context;
use crate::imports::http::{apply_once, take_pins};
use crate::imports::rules::{Afterwards, RowProblem, State as Stage, Subject, Takes};
use crate::imports::service::{self, IMPORTS, ImportFailed, id_of, id_text};
use crate::imports::store::{self, Import};
use crate::users::{CatalogRead, OnPage, Watching};
use crate::web::{CommandForm, Page, Screen, console_page, live, with_query};

/// Bad rows shown on the page; the rest is in the download.
const SHOWN: usize = 200;

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/imports/{import}", get(one))
        .route("/imports/{import}/stream", get(one_stream))
        .route("/imports/{import}/apply", post(apply))
        .route("/imports/{import}/pins", post(pins))
}

/// A file as its page shows it.
struct View {
    import: Import,
    problems: Vec<RowProblem>,
    /// PINs that wait to be fetched.
    pins: i64,
}

async fn view(context: &Context, id: [u8; 16]) -> Result<View, ImportFailed> {
    let (import, problems) = service::import(context, id).await?;
    let pins = context.db().read(move |tx| store::pins(tx, id)).await?;
    Ok(View {
        import,
        problems,
        pins,
    })
}

async fn one(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let view = view(&context, id_of(&id)?).await?;
    let stream = format!("/imports/{}/stream", id_text(view.import.id));
    let back = with_query("/imports", &[("subject", view.import.subject.word())]);
    let shown = Page {
        title: &view.import.file_name,
        screen: Screen::Imports,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let body = html! {
        div.console {
            header.page-head {
                h1 { (view.import.file_name) }
                div.actions { (Button::link("All files", &back).icon(Icon::Back)) }
            }
            (file_region(&context, &view, version))
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
        [IMPORTS],
        move |context, version| async move {
            let view = view(&context, id)
                .await
                .map_err(|failed| failed.to_string())?;
            Ok::<_, String>(vec![file_region(&context, &view, version)])
        },
    );
    Ok(answer)
}

/// The button that was pressed.
#[derive(Debug, Deserialize)]
struct Pressed {
    #[serde(default)]
    rows: Option<Takes>,
}

async fn apply(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
    headers: HeaderMap,
    Path(id): Path<String>,
    form: CommandForm<Pressed>,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let takes = form.fields.rows.unwrap_or(Takes::All);
    apply_once(&context, &operator, form.key, (id, takes)).await?;
    let version = context.live().version();
    let view = view(&context, id).await?;
    let back = format!("/imports/{}", id_text(id));
    let region = file_region(&context, &view, version);
    Ok(respond(&headers, &back, vec![region]))
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn pins(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
    Path(id): Path<String>,
    _: CommandForm<Nothing>,
) -> Result<Response, Problem> {
    take_pins(&context, &operator, id_of(&id)?).await
}

fn file_region(context: &Context, view: &View, version: Version) -> Region {
    let lang = context.lang();
    let import = &view.import;
    let markup = html! {
        div.stack {
            (file_stats(context, import))
            @match import.state {
                Stage::Checking | Stage::Applying => (progress(context, import)),
                Stage::Checked => (apply_form(context, import)),
                Stage::Refused => (refused(context, view)),
                Stage::Applied => (applied(context, view)),
                Stage::Failed => {
                    (ProblemView::new(lang, "This file could not be worked on")
                        .why(import.sentence.as_deref().unwrap_or(""))
                        .todo("Upload it again; what it had changed already stays as it is."))
                },
            }
            @if !view.problems.is_empty() { (bad_rows(lang, view)) }
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
            (Stat::new(import.subject.name(), &good).state(tone, word).note("good rows"))
            (Stat::new("Bad rows", &bad))
            (Stat::new("Uploaded", &age).note(&uploaded))
        }
    }
}

fn progress(context: &Context, import: &Import) -> Markup {
    let permille = context.imports().permille();
    let what = match import.state {
        Stage::Applying => "Being applied",
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

fn apply_form(context: &Context, import: &Import) -> Markup {
    if import.afterwards == Afterwards::Nothing {
        return html! {
            section.panel {
                header { h2 { "A dry run" } }
                p { "The file may be applied: upload it again without the dry run." }
            }
        };
    }
    html! {
        section.panel {
            header { h2 { "2. Apply" } }
            p {
                @match import.rows_bad {
                    0 => "Every row is good. ",
                    _ => "Of this file the good rows are applied. ",
                }
                (import.subject.effect())
            }
            (apply_button(context, import, Takes::All))
        }
    }
}

fn apply_button(context: &Context, import: &Import, takes: Takes) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let action = format!("/imports/{}/apply", id_text(import.id));
    let count = context.lang().count(import.rows_good);
    let (word, label) = match (takes, import.rows_good) {
        (Takes::All, 1) => ("all", "Apply the one row".to_owned()),
        (Takes::All, _) => ("all", format!("Apply {count} rows")),
        (Takes::Good, 1) => ("good", "Apply the one good row alone".to_owned()),
        (Takes::Good, _) => ("good", format!("Apply the {count} good rows alone")),
    };
    let button = match takes {
        Takes::All => Button::submit(&label).primary(),
        Takes::Good => Button::submit(&label),
    };
    html! {
        form method="post" action=(action) data-live {
            (command_id(&fresh_id))
            input type="hidden" name="rows" value=(word);
            (button)
        }
    }
}

fn refused(context: &Context, view: &View) -> Markup {
    let (lang, import) = (context.lang(), &view.import);
    let what = match import.rows_bad {
        0 => "The file cannot be read".to_owned(),
        1 => "1 row is bad, so nothing was applied".to_owned(),
        bad => format!("{} rows are bad, so nothing was applied", lang.count(bad)),
    };
    let may_go_on = import.rows_good > 0 && import.afterwards != Afterwards::Nothing;
    html! {
        (ProblemView::new(lang, &what)
            .todo("Mend the rows below in the spreadsheet, then upload the file again."))
        @if may_go_on {
            section.panel {
                header { h2 { "Or go on without them" } }
                p {
                    @if import.subject == Subject::Catalog {
                        "Products of bad rows will not be in the catalogue, even if they are now. "
                    }
                    (import.subject.effect())
                }
                (apply_button(context, import, Takes::Good))
            }
        }
    }
}

fn bad_rows(lang: &Lang, view: &View) -> Markup {
    let columns = [
        Column::numbers("Row"),
        Column::words("Column"),
        Column::words("What is wrong"),
    ];
    let shown = view.problems.iter().take(SHOWN).enumerate();
    let rows = shown.map(|(place, problem)| {
        let cells = vec![
            html! { (problem.row) },
            html! { span.code { (problem.column) } },
            html! { (problem.sentence) },
        ];
        Row::new(format!("problem-{place}"), cells)
    });
    let more = view.problems.len().saturating_sub(SHOWN);
    let all = format!("/imports/{}/problems.csv", id_text(view.import.id));
    html! {
        section.panel {
            header { h2 { "Bad rows" } }
            (Table::new("Bad rows", &columns, rows.collect()).render())
            div.row {
                @if more > 0 {
                    p { (lang.count(i64::try_from(more).unwrap_or(i64::MAX))) " more in the list." }
                }
                (Button::link("Download the list", &all))
            }
        }
    }
}

fn applied(context: &Context, view: &View) -> Markup {
    let import = &view.import;
    let (label, href) = match import.subject {
        Subject::Catalog => ("See the catalogue", "/catalog"),
        Subject::Prices => ("See the price lists", "/prices"),
        Subject::Staff => ("See the stores", "/stores"),
        Subject::Stock => ("See stock", "/stock"),
        Subject::Customers => ("See orders", "/orders"),
        Subject::Orders => ("See the orders", "/orders"),
    };
    html! {
        section.panel {
            header { h2 { "Applied" } }
            p { (upper_first(import.sentence.as_deref().unwrap_or("it was applied"))) "." }
            @if view.pins > 0 { (pins_form(context, view)) }
            p { (Button::link(label, href).primary()) }
        }
    }
}

fn pins_form(context: &Context, view: &View) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let action = format!("/imports/{}/pins", id_text(view.import.id));
    let count = context.lang().count(view.pins);
    let label = format!("Download {count} PINs");
    html! {
        p {
            "PINs were made for who brought none. They are handed out once, within a day, and "
            "kept nowhere else."
        }
        form method="post" action=(action) {
            (command_id(&fresh_id))
            (Button::submit(&label))
        }
    }
}

fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
