//! The routes files come in by, and those of files that are in.

mod json;
mod pins;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{
    IdempotencyKey, Json, Limits, Path, Problem, Query, RawBody, StoredResponse,
};
use counterpart_protocol::money::Currency;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use json::ImportTaken;
use json::{ImportJson, OneImportJson, ProblemJson, import_json};
pub(super) use pins::take_pins;

use super::pages;
use super::rules::{Afterwards, RowProblem, Subject, Takes};
use super::service::{self, FILE_BYTES_MAX, Said, Upload, id_of, id_text};
use super::store::{self, Import};
use crate::context::Context;
use crate::prices::ListDraft;
use crate::users::{Caller, CatalogRead, Permitted};
use crate::web::{done, once, request_of};

/// Files listed.
pub(super) const LISTED: u32 = 50;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(one))
        .routes(routes!(apply))
        .routes(routes!(pins::pins))
        .route(
            "/imports/{import}/problems.csv",
            get(pins::download_problems),
        )
        .merge(pages::router().into())
}

/// Returns the routes files come in by, which take larger bodies than all others: put
/// [`upload_limits`] around them. The list stands at the same address.
pub fn upload_router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list, upload))
        .merge(pages::upload_router().into())
}

/// Returns the limits of the routes files come in by.
#[must_use]
pub fn upload_limits() -> Limits {
    Limits {
        body_bytes_max: FILE_BYTES_MAX + 64 * 1024,
        requests_max: 8,
        requests_per_address_max: 4,
        ..Limits::default()
    }
}

/// Refuses a caller who may not bring files of a subject.
pub(super) fn permit(caller: &Caller, subject: Subject) -> Result<(), Problem> {
    let needed = subject.permission();
    match caller.may(needed) {
        true => Ok(()),
        false => Err(Problem::forbidden(format!(
            "{} may not {}: ask somebody who may",
            caller.name,
            needed.deed()
        ))),
    }
}

/// How a file comes over the API.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct UploadAsked {
    /// What it is about; products unless said.
    #[serde(default)]
    subject: Option<Subject>,
    /// Apply at once if it may be.
    #[serde(default)]
    publish: bool,
    /// Check only, whatever comes of it.
    #[serde(default)]
    dry_run: bool,
    /// `all`, or `good` to apply the good rows whatever the others are.
    #[serde(default)]
    rows: Option<Takes>,
    /// What the file is called on pages.
    #[serde(default)]
    file_name: Option<String>,
    /// The currency of a product file.
    #[serde(default)]
    currency: Option<Currency>,
    /// The list a price file becomes.
    #[serde(default)]
    list_id: Option<String>,
    /// The list's name on screens.
    #[serde(default)]
    name: Option<String>,
    /// Slugs with commas between; every store if empty.
    #[serde(default)]
    stores: Option<String>,
    /// From when on the list holds, wall time in each store: `2026-12-01T08:00`.
    #[serde(default)]
    from: Option<String>,
    /// When it ends, exclusive, likewise.
    #[serde(default)]
    until: Option<String>,
    /// The group of customers the list is for, by short name; everybody if empty.
    #[serde(default)]
    group: Option<String>,
}

impl UploadAsked {
    fn said(&self) -> Said {
        let stores = self.stores.as_deref().unwrap_or("");
        let list = self.list_id.clone().map(|list_id| ListDraft {
            list_id,
            name: self.name.clone().unwrap_or_default(),
            stores: stores.split(',').map(str::to_owned).collect(),
            from: self.from.clone(),
            until: self.until.clone(),
            group: self.group.clone(),
        });
        Said {
            currency: self.currency,
            list,
        }
    }
}

/// Takes a file in; it is checked in the background. The same file with the same wishes is taken
/// once while it is worked on, and changes nothing when it is applied again.
#[utoipa::path(
    post, path = "/v1/imports", tag = "imports",
    params(UploadAsked, IdempotencyKey),
    request_body(content = String, content_type = "text/csv", description = "the file, CSV or a \
        JSON array of objects; its columns are those of its subject, as the page \
        `/imports` explains them; of customers: `reference`, `name`, `email`, `phone`, `address_1` \
        to `address_5`, `card`, `group`, `certificate`, `exempt_until`"),
    responses(
        (status = 202, description = "taken; ask for the import", body = ImportTaken),
        (status = 409, description = "`currency_differs`, `list_missing`, `list_refused`"),
        (status = 413, description = "`file_too_large`, `body_too_large`"),
    )
)]
async fn upload(
    State(context): State<Context>,
    operator: Permitted<CatalogRead>,
    key: IdempotencyKey,
    Query(asked): Query<UploadAsked>,
    RawBody(body): RawBody,
) -> Result<StoredResponse, Problem> {
    let subject = asked.subject.unwrap_or(Subject::Catalog);
    let said = asked.said();
    let named = asked.file_name.unwrap_or_default();
    let upload = Upload {
        subject,
        file_name: match named.trim() {
            "" => format!("{}.csv", subject.word()),
            named => named.to_owned(),
        },
        bytes: body.to_vec(),
        said,
        by: operator.name.clone(),
        afterwards: match (asked.dry_run, asked.publish) {
            (true, _) => Afterwards::Nothing,
            (false, true) => Afterwards::Apply,
            (false, false) => Afterwards::Ask,
        },
        takes: asked.rows.unwrap_or(Takes::All),
    };
    take_once(&context, &operator, key.0, upload).await
}

/// Takes a file in once, for the API and the page.
pub(super) async fn take_once(
    context: &Context,
    operator: &Caller,
    key: String,
    upload: Upload,
) -> Result<StoredResponse, Problem> {
    permit(operator, upload.subject)?;
    let sha256: [u8; 32] = Sha256::digest(&upload.bytes).into();
    let wishes = format!("{:?} {:?}", upload.afterwards, upload.takes);
    let request = json!({
        "subject": upload.subject,
        "file_name": upload.file_name,
        "said": upload.said,
        "wishes": wishes,
        "sha256": sha256,
    });
    let request = request_of("/v1/imports", &request).about(&upload.file_name);
    let within = context.clone();
    once(context, operator.scope(key), request, move |tx| {
        let import_id = id_text(service::take_in(&within, tx, &upload)?);
        let taken = ImportTaken { import_id };
        Ok(StoredResponse::json(StatusCode::ACCEPTED, &taken))
    })
    .await
}

/// Lists the latest files, newest first.
#[utoipa::path(
    get, path = "/v1/imports", tag = "imports",
    responses((status = 200, description = "the latest 50", body = [ImportJson]))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
) -> Result<Json<Vec<ImportJson>>, Problem> {
    let found = context.db().read(|tx| store::latest(tx, LISTED));
    let found: Result<Vec<Import>, DbError> = found.await;
    Ok(Json(found?.iter().map(import_json).collect()))
}

/// Shows a file, how far it is, and every bad row.
#[utoipa::path(
    get, path = "/v1/imports/{import}", tag = "imports",
    params(("import" = String, Path, description = "the file's id", format = "ulid")),
    responses((status = 200, description = "the file", body = OneImportJson))
)]
async fn one(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
    Path(id): Path<String>,
) -> Result<Json<OneImportJson>, Problem> {
    let (import, problems): (Import, Vec<RowProblem>) =
        service::import(&context, id_of(&id)?).await?;
    let problems = problems.into_iter().map(|problem| ProblemJson {
        row: problem.row,
        column: problem.column,
        sentence: problem.sentence,
    });
    Ok(Json(OneImportJson {
        import: import_json(&import),
        done_permille: context.imports().permille(),
        problems: problems.collect(),
    }))
}

/// Which rows are to be applied.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApplyAsked {
    /// `all` unless said: nothing is applied if one is bad.
    #[serde(default)]
    rows: Option<Takes>,
}

/// Applies a checked file, or the good rows of one with bad ones.
#[utoipa::path(
    post, path = "/v1/imports/{import}/apply", tag = "imports",
    params(
        ("import" = String, Path, description = "the file's id", format = "ulid"),
        IdempotencyKey,
    ),
    request_body = ApplyAsked,
    responses(
        (status = 200, description = "it will be applied", body = ImportTaken),
        (status = 409, description = "`import_not_ready`"),
    )
)]
async fn apply(
    State(context): State<Context>,
    operator: Permitted<CatalogRead>,
    Path(id): Path<String>,
    key: IdempotencyKey,
    Json(asked): Json<ApplyAsked>,
) -> Result<StoredResponse, Problem> {
    let takes = asked.rows.unwrap_or(Takes::All);
    apply_once(&context, &operator, key.0, (id_of(&id)?, takes)).await
}

/// Asks for a file to be applied once, for the API and the page.
pub(super) async fn apply_once(
    context: &Context,
    operator: &Caller,
    key: String,
    (id, takes): ([u8; 16], Takes),
) -> Result<StoredResponse, Problem> {
    let (import, _) = service::import(context, id).await?;
    permit(operator, import.subject)?;
    let request = request_of(&format!("/v1/imports/{}/apply", id_text(id)), &takes);
    let request = request.about(&import.file_name);
    let scope = operator.scope(key);
    let within = context.clone();
    once(context, scope, request, move |tx| {
        service::ask_to_apply(&within, tx, id, takes)?;
        let import_id = id_text(id);
        Ok(done(&ImportTaken { import_id }))
    })
    .await
}
