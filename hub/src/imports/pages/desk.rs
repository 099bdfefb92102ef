//! The desk files come in at: one form a subject, and the list of the latest files.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{IdempotencyKey, Multipart, Problem, Query};
use counterpart_daemon::web::live::{Region, Version, leave_for};
use counterpart_daemon::web::parts::{
    Button, Column, Empty, Field, FilterTab, Icon, Row, Table, Tone, badge, command_id, filter_tabs,
};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;
use ulid::Ulid;

use crate::context::Context;
use crate::imports::http::{LISTED, take_once};
use crate::imports::rules::{Afterwards, Needed, State as Stage, Subject, Takes};
use crate::imports::service::{IMPORTS, Said, Upload, id_text};
use crate::imports::store::{self, Import};
use crate::prices::ListDraft;
use crate::users::{CatalogRead, OnPage, Watching};
use crate::web::{Page, Screen, console_page, live, with_query};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/imports", get(page))
        .route("/imports/stream", get(page_stream))
}

/// Returns the route files come in by, which takes larger bodies than all others.
pub(in crate::imports) fn upload_router() -> Router<Context> {
    Router::new().route("/imports/files", post(upload))
}

/// What a page is asked for.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Asked {
    #[serde(default)]
    subject: Option<Subject>,
}

async fn latest(context: &Context) -> Result<Vec<Import>, DbError> {
    context.db().read(|tx| store::latest(tx, LISTED)).await
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let imports = latest(&context).await?;
    let subject = asked.subject.unwrap_or(Subject::Catalog);
    let shown = Page {
        title: "Import",
        screen: Screen::Imports,
        operator: &operator.name,
        stream: Some("/imports/stream"),
    };
    let body = html! {
        div.console {
            header.page-head { h1 { "Import a file" } }
            (subjects(context.lang(), subject))
            div.columns {
                section.panel {
                    header { h2 { "1. Choose the file" } }
                    (upload_form(&context, subject))
                }
                section.panel {
                    header { h2 { "What it holds" } }
                    (explained(&context, subject))
                }
            }
            (region(&context, &imports, version))
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

async fn page_stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<CatalogRead>,
) -> Response {
    live(&context, viewer, [IMPORTS], |context, version| async move {
        let imports = latest(&context).await?;
        Ok::<_, DbError>(vec![region(&context, &imports, version)])
    })
}

fn address_of(subject: Subject) -> String {
    with_query("/imports", &[("subject", subject.word())])
}

fn subjects(lang: &Lang, current: Subject) -> Markup {
    let addresses = Subject::ALL.map(address_of);
    let tabs: Vec<FilterTab<'_>> = Subject::ALL
        .iter()
        .zip(&addresses)
        .map(|(subject, href)| FilterTab {
            label: subject.name(),
            href,
            count: None,
        })
        .collect();
    filter_tabs(lang, "What the file is about", &tabs, &address_of(current))
}

fn upload_form(context: &Context, subject: Subject) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    html! {
        form.stack method="post" action="/imports/files" enctype="multipart/form-data"
            data-live data-wait-ms="60000" {
            (command_id(&fresh_id))
            input type="hidden" name="subject" value=(subject.word());
            @if subject == Subject::Prices {
                (Field::text("list_id", "Short name of the list")
                    .hint("As winter-2026; a list that has it is replaced as a whole."))
                (Field::text("name", "Name on screens"))
                (Field::text("stores", "Stores")
                    .hint("Their short names with commas between; empty for every store."))
                (Field::text("from", "From")
                    .hint("2026-12-01 or 2026-12-01T08:00, by each store's own clock; empty for \
                           always."))
                (Field::text("until", "Until").hint("Exclusive, likewise; empty for open."))
                (Field::text("group", "For customers of the group")
                    .hint("Its short name, as members; empty for everybody."))
            }
            div.field {
                label for="field-file" { "File (CSV or JSON)" }
                p.hint id="field-file-hint" {
                    "Nothing is changed before every row was checked and you have said so."
                }
                div.entry {
                    input id="field-file" type="file" name="file"
                        accept=".csv,.json,text/csv,application/json"
                        aria-describedby="field-file-hint";
                }
            }
            (Button::submit("Check the file").primary())
        }
    }
}

fn explained(context: &Context, subject: Subject) -> Markup {
    let classes: Vec<&str> = context
        .tax_classes()
        .iter()
        .map(|class| class.id.as_str())
        .collect();
    html! {
        p {
            "CSV with the names of the columns in its first row, in any order, or a JSON array of \
             objects with them as keys:"
        }
        dl.details {
            @for column in subject.columns() {
                dt.code { (column.word) }
                dd {
                    (column.about)
                    @if column.word == "tax_class" { ": " (classes.join(", ")) }
                    @if column.needed == Needed::No { " (may be left out)" }
                }
            }
        }
        p.quiet-text { (subject.effect()) }
    }
}

fn region(context: &Context, imports: &[Import], version: Version) -> Region {
    let lang = context.lang();
    let columns = [
        Column::words("File"),
        Column::words("About"),
        Column::words("State"),
        Column::numbers("Good rows"),
        Column::numbers("Bad rows"),
        Column::words("Uploaded"),
    ];
    let files = imports.iter().map(|import| {
        let (tone, word) = state_words(import);
        let id = id_text(import.id);
        let age = lang.age(context.now_ms() - import.uploaded_at_ms);
        let cells = vec![
            html! { (import.file_name) },
            html! { (import.subject.name()) },
            badge(tone, word),
            html! { (lang.count(import.rows_good)) },
            html! { (lang.count(import.rows_bad)) },
            html! { (age) ", by " (import.uploaded_by) },
        ];
        Row::new(format!("import-{id}"), cells).href(format!("/imports/{id}"))
    });
    let empty = Empty::new("No file was uploaded yet").icon(Icon::Box);
    let markup = html! {
        section.panel {
            header { h2 { "Files" } }
            (Table::new("Files", &columns, files.collect()).empty(empty))
        }
    };
    Region::new("import-desk", version, markup)
}

/// Returns how a file's state is to be felt, and its words.
pub(super) const fn state_words(import: &Import) -> (Tone, &'static str) {
    let dry = matches!(import.afterwards, Afterwards::Nothing);
    match import.state {
        Stage::Checking => (Tone::Busy, "being checked"),
        Stage::Refused => (Tone::Bad, "has bad rows"),
        Stage::Checked if dry => (Tone::Good, "good, a dry run"),
        Stage::Checked => (Tone::Waiting, "good, not applied"),
        Stage::Applying => (Tone::Busy, "being applied"),
        Stage::Applied => (Tone::Good, "applied"),
        Stage::Failed => (Tone::Bad, "failed"),
    }
}

/// What the answer to an upload says.
#[derive(Debug, Deserialize)]
struct Taken {
    import_id: String,
}

/// Takes a file in; the person is sent to the page on which it is checked.
async fn upload(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
    headers: HeaderMap,
    Multipart(mut parts): Multipart,
) -> Result<Response, Problem> {
    let unreadable = |error: axum::extract::multipart::MultipartError| {
        Problem::unreadable(format!("the upload broke off: {}", error.body_text()))
    };
    let (mut file, mut fields) = (None, BTreeMap::new());
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let named = part.name().unwrap_or("").to_owned();
        if named == "file" {
            let name = part.file_name().unwrap_or("file.csv").to_owned();
            let bytes = part.bytes().await.map_err(unreadable)?;
            file = Some((name, bytes.to_vec()));
        } else if fields.len() < 16 {
            fields.insert(named, part.text().await.map_err(unreadable)?);
        }
    }
    let key = fields.remove("command_id").ok_or_else(|| {
        Problem::unreadable("the form has no command id: reload the page and try again")
    })?;
    let key = IdempotencyKey::parse(&key)?;
    let chosen = file.filter(|(_, bytes)| !bytes.is_empty());
    let (file_name, bytes) = chosen.ok_or_else(|| {
        let sentence = "choose a file that is not empty";
        Problem::refused("file_missing", sentence).field("file", sentence)
    })?;
    let word = fields.get("subject").map_or("catalog", String::as_str);
    let subject = Subject::ALL
        .into_iter()
        .find(|subject| subject.word() == word)
        .ok_or_else(|| Problem::unreadable(format!("no file is about '{word}'")))?;
    let upload = Upload {
        subject,
        file_name,
        bytes,
        said: said(subject, &mut fields),
        by: operator.name.clone(),
        afterwards: Afterwards::Ask,
        takes: Takes::All,
    };
    let taken = take_once(&context, &operator, key.0, upload).await?;
    let taken: Taken = serde_json::from_slice(&taken.body).map_err(|unreadable| {
        tracing::error!(error = %unreadable, "could not read a stored answer");
        Problem::failed(
            "answer_unreadable",
            "the file was taken: look for it in the list",
        )
    })?;
    Ok(leave_for(
        &headers,
        &format!("/imports/{}", taken.import_id),
    ))
}

fn said(subject: Subject, fields: &mut BTreeMap<String, String>) -> Said {
    let mut field = |name: &str| fields.remove(name).unwrap_or_default();
    let list = (subject == Subject::Prices).then(|| ListDraft {
        list_id: field("list_id"),
        name: field("name"),
        stores: field("stores").split(',').map(str::to_owned).collect(),
        from: Some(field("from")),
        until: Some(field("until")),
        group: Some(field("group")),
    });
    Said {
        currency: None,
        list,
    }
}
