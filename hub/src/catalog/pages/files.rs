//! Product files on their way: the upload, and the list of files and publications.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{IdempotencyKey, Multipart, Problem};
use counterpart_daemon::web::live::{Region, Version, leave_for};
use counterpart_daemon::web::parts::{
    Button, Column, Empty, Icon, Row, Table, Tone, badge, command_id,
};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};
use serde::Deserialize;
use ulid::Ulid;

use crate::catalog::http::take_once;
use crate::catalog::service::{Afterwards, CATALOG, Upload, id_text};
use crate::catalog::store::{self, Import, State as Stage, Version as Publication};
use crate::context::Context;
use crate::users::{CatalogRead, CatalogWrite, OnPage, Watching};
use crate::web::{Page, Screen, console_page, live};

/// Files and publications listed.
const LISTED: u32 = 10;

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/catalog/import", get(import_page))
        .route("/catalog/import/stream", get(import_stream))
}

/// Returns the route files come in by, which takes larger bodies than all others.
pub(in crate::catalog) fn upload_router() -> Router<Context> {
    Router::new().route("/catalog/imports", post(upload))
}

struct Desk {
    imports: Vec<Import>,
    versions: Vec<Publication>,
    now_ms: i64,
}

async fn desk(context: &Context) -> Result<Desk, DbError> {
    let now_ms = context.now_ms();
    let desk = context.db().read(move |tx| {
        Ok(Desk {
            imports: store::imports(tx, LISTED)?,
            versions: store::versions(tx, LISTED)?,
            now_ms,
        })
    });
    desk.await
}

async fn import_page(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let desk = desk(&context).await?;
    let shown = Page {
        title: "Import",
        screen: Screen::Catalog,
        operator: &operator.name,
        stream: Some("/catalog/import/stream"),
    };
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Import a product file" }
                div.actions { (Button::link("Catalogue", "/catalog").icon(Icon::Back)) }
            }
            div.columns {
                section.panel {
                    header { h2 { "1. Choose the file" } }
                    (upload_form(&context))
                }
                section.panel {
                    header { h2 { "What it holds" } }
                    (explained(&context))
                }
            }
            (desk_region(context.lang(), &desk, version))
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

async fn import_stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<CatalogRead>,
) -> Response {
    live(&context, viewer, [CATALOG], |context, version| async move {
        let desk = desk(&context).await?;
        Ok::<_, DbError>(vec![desk_region(context.lang(), &desk, version)])
    })
}

fn upload_form(context: &Context) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    html! {
        form.stack method="post" action="/catalog/imports" enctype="multipart/form-data"
            data-live data-wait-ms="60000" {
            (command_id(&fresh_id))
            div.field {
                label for="field-file" { "Product file (CSV)" }
                p.hint id="field-file-hint" {
                    "Nothing is published before every row was checked and you have said so."
                }
                div.entry {
                    input id="field-file" type="file" name="file" accept=".csv,text/csv"
                        aria-describedby="field-file-hint";
                }
            }
            (Button::submit("Check the file").primary())
        }
    }
}

fn explained(context: &Context) -> Markup {
    let classes: Vec<&str> = context
        .tax_classes()
        .iter()
        .map(|class| class.id.as_str())
        .collect();
    html! {
        p { "A first row with the names of the columns, in any order, then one product a row:" }
        dl.details {
            dt.code { "sku" } dd { "what it is counted under, without spaces" }
            dt.code { "gtins" }
            dd { "the numbers below its bars, with spaces between; may be empty" }
            dt.code { "name" } dd { "as on screens and receipts" }
            dt.code { "department" } dd { "where it is found" }
            dt.code { "unit" } dd { "piece or kilogram" }
            dt.code { "price" } dd { "tax included; empty if it has none yet" }
            dt.code { "tax_class" } dd { (classes.join(", ")) }
        }
        p.quiet-text {
            "UTF-8, with commas or semicolons between cells. One publication replaces the one \
             before as a whole."
        }
    }
}

fn desk_region(lang: &Lang, desk: &Desk, version: Version) -> Region {
    let file_columns = [
        Column::words("File"),
        Column::words("State"),
        Column::numbers("Good rows"),
        Column::numbers("Bad rows"),
        Column::words("Uploaded"),
    ];
    let files = desk.imports.iter().map(|import| {
        let (tone, word) = state_words(import);
        let id = id_text(import.id);
        let cells = vec![
            html! { (import.file_name) },
            badge(tone, &word),
            html! { (lang.count(import.rows_good)) },
            html! { (lang.count(import.rows_bad)) },
            html! {
                (lang.age(desk.now_ms - import.uploaded_at_ms)) ", by " (import.uploaded_by)
            },
        ];
        Row::new(format!("import-{id}"), cells).href(format!("/catalog/imports/{id}"))
    });
    let version_columns = [
        Column::words("Version"),
        Column::numbers("Products"),
        Column::words("Published"),
        Column::words("File"),
    ];
    let versions = desk.versions.iter().map(|publication| {
        let cells = vec![
            html! { (publication.version) },
            html! { (lang.count(publication.products)) },
            html! {
                (lang.age(desk.now_ms - publication.published_at_ms)) ", by "
                (publication.published_by)
            },
            html! { (publication.file_name) },
        ];
        Row::new(format!("version-{}", publication.version), cells)
    });
    let markup = html! {
        div.stack {
            section.panel {
                header { h2 { "Files" } }
                (Table::new("Files", &file_columns, files.collect())
                    .empty(Empty::new("No file was uploaded yet")))
            }
            section.panel {
                header { h2 { "Publications" } }
                (Table::new("Publications", &version_columns, versions.collect())
                    .empty(Empty::new("Nothing was published yet")))
            }
        }
    };
    Region::new("import-desk", version, markup)
}

/// Returns how a file's state is to be felt, and its words.
pub(super) fn state_words(import: &Import) -> (Tone, String) {
    match import.state {
        Stage::Checking => (Tone::Busy, "being checked".to_owned()),
        Stage::Refused => (Tone::Bad, "has bad rows".to_owned()),
        Stage::Checked => (Tone::Waiting, "good, not published".to_owned()),
        Stage::Publishing => (Tone::Busy, "being published".to_owned()),
        Stage::Published => match import.version {
            Some(version) => (Tone::Good, format!("published as {version}")),
            None => (Tone::Good, "published".to_owned()),
        },
        Stage::Failed => (Tone::Bad, "failed".to_owned()),
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
    operator: OnPage<CatalogWrite>,
    headers: HeaderMap,
    Multipart(mut parts): Multipart,
) -> Result<Response, Problem> {
    let unreadable = |error: axum::extract::multipart::MultipartError| {
        Problem::unreadable(format!("the upload broke off: {}", error.body_text()))
    };
    let (mut file, mut key) = (None, None);
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        if part.name() == Some("file") {
            let name = part.file_name().unwrap_or("products.csv").to_owned();
            let bytes = part.bytes().await.map_err(unreadable)?;
            file = Some((name, bytes.to_vec()));
        } else if part.name() == Some("command_id") {
            key = Some(part.text().await.map_err(unreadable)?);
        }
    }
    let key = key.ok_or_else(|| {
        Problem::unreadable("the form has no command id: reload the page and try again")
    })?;
    let key = IdempotencyKey::parse(&key)?;
    let chosen = file.filter(|(_, bytes)| !bytes.is_empty());
    let (file_name, bytes) = chosen.ok_or_else(|| {
        let sentence = "choose a file that is not empty";
        Problem::refused("file_missing", sentence).field("file", sentence)
    })?;
    let upload = Upload {
        file_name,
        bytes,
        currency: None,
        by: operator.name.clone(),
        afterwards: Afterwards::Ask,
    };
    let taken = take_once(&context, &operator, key.0, upload).await?;
    let taken: Taken = serde_json::from_slice(&taken.body).map_err(|unreadable| {
        tracing::error!(error = %unreadable, "could not read a stored answer");
        Problem::failed(
            "answer_unreadable",
            "the file was taken: look for it in the list",
        )
    })?;
    let import = format!("/catalog/imports/{}", taken.import_id);
    Ok(leave_for(&headers, &import))
}
