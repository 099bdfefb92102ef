//! The routes of the catalogue and of product files.

mod download;
mod json;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{
    IdempotencyKey, Json, Limits, Path, Problem, Query, RawBody, StoredResponse,
};
use counterpart_protocol::money::Currency;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use download::{download, download_problems};
use json::{
    CatalogJson, ImportJson, ImportTaken, ProblemJson, ProductsJson, product_json, version_json,
};

use super::pages;
use super::rules::RowProblem;
use super::service::{self, Afterwards, FILE_BYTES_MAX, Upload, id_of, id_text};
use super::store::{self, Import, ProductFilter};
use crate::context::Context;
use crate::users::{Caller, CatalogRead, CatalogWrite, Permitted};
use crate::web::{done, once, request_of};

/// Products of one answer unless fewer are asked for.
pub(super) const PAGE: u32 = 50;
const PAGE_MAX: u32 = 1_000;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(catalog))
        .routes(routes!(products))
        .routes(routes!(import))
        .routes(routes!(publish))
        .route("/catalog/products.csv", get(download))
        .route(
            "/catalog/imports/{import}/problems.csv",
            get(download_problems),
        )
        .merge(pages::router().into())
}

/// Returns the routes files come in by, which take larger bodies than all others: put
/// [`upload_limits`] around them.
pub fn upload_router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(upload))
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

/// Says which publication of the catalogue is in force.
#[utoipa::path(
    get, path = "/v1/catalog", tag = "catalog",
    responses((status = 200, description = "the publication", body = CatalogJson))
)]
async fn catalog(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
) -> Result<Json<CatalogJson>, Problem> {
    let current = context.db().read(store::current).await;
    let current = current.map_err(|failed: DbError| Problem::from(failed))?;
    Ok(Json(CatalogJson {
        version: current.map(version_json),
    }))
}

/// Which products are asked for, as in an address.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Words of a product.
    #[serde(default)]
    pub(super) query: Option<String>,
    /// Of one department only.
    #[serde(default)]
    pub(super) department: Option<String>,
    /// `unpriced`, or everything.
    #[serde(default)]
    pub(super) view: Option<String>,
    /// After this SKU.
    #[serde(default)]
    pub(super) after: Option<String>,
    /// How many.
    #[param(minimum = 1, maximum = 1000)]
    #[serde(default)]
    limit: Option<u32>,
}

impl Asked {
    pub(super) fn filter(&self) -> ProductFilter {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        ProductFilter {
            text: given(&self.query).unwrap_or_default(),
            department: given(&self.department),
            unpriced: self.view.as_deref() == Some("unpriced"),
            after: given(&self.after),
        }
    }
}

/// Lists the products in force, by SKU.
#[utoipa::path(
    get, path = "/v1/catalog/products", tag = "catalog",
    params(Asked),
    responses((status = 200, description = "a page of them", body = ProductsJson))
)]
async fn products(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<ProductsJson>, Problem> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let found = context
        .db()
        .read(move |tx: &mut Tx| match store::current(tx)? {
            Some(current) => store::products(tx, current.version, &asked.filter(), limit + 1),
            None => Ok(Vec::new()),
        });
    let mut rows = found
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows.last().map(|row| row.sku.clone());
    Ok(Json(ProductsJson {
        after: last.filter(|_| more),
        products: rows.into_iter().map(product_json).collect(),
    }))
}

/// How a file comes over the API.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct UploadAsked {
    /// Publish at once if every row is good.
    #[serde(default)]
    publish: bool,
    /// What the file is called on pages.
    #[serde(default)]
    file_name: Option<String>,
    /// The currency of its prices; the stores' own if nothing.
    #[serde(default)]
    currency: Option<Currency>,
}

/// Takes a file of products; it is checked in the background.
#[utoipa::path(
    post, path = "/v1/catalog/imports", tag = "catalog",
    params(UploadAsked, IdempotencyKey),
    request_body(content = String, content_type = "text/csv", description = "the file: \
        `sku,gtins,name,department,unit,price,tax_class`"),
    responses(
        (status = 202, description = "taken; ask for the import", body = ImportTaken),
        (status = 409, description = "`file_refused`, `currency_differs`"),
        (status = 413, description = "`file_too_large`, `body_too_large`"),
    )
)]
async fn upload(
    State(context): State<Context>,
    operator: Permitted<CatalogWrite>,
    key: IdempotencyKey,
    Query(asked): Query<UploadAsked>,
    RawBody(body): RawBody,
) -> Result<StoredResponse, Problem> {
    let upload = Upload {
        file_name: asked.file_name.unwrap_or_else(|| "products.csv".to_owned()),
        bytes: body.to_vec(),
        currency: asked.currency,
        by: operator.name.clone(),
        afterwards: match asked.publish {
            true => Afterwards::Publish,
            false => Afterwards::Ask,
        },
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
    let sha256: [u8; 32] = Sha256::digest(&upload.bytes).into();
    let said = json!({
        "file_name": upload.file_name,
        "currency": upload.currency,
        "publish": upload.afterwards == Afterwards::Publish,
        "sha256": sha256,
    });
    let request = request_of("/v1/catalog/imports", &said).about(&upload.file_name);
    let within = context.clone();
    once(context, operator.scope(key), request, move |tx| {
        let import_id = id_text(service::take_in(&within, tx, &upload)?);
        let taken = ImportTaken { import_id };
        Ok(StoredResponse::json(StatusCode::ACCEPTED, &taken))
    })
    .await
}

/// Shows a file, how far it is, and every bad row.
#[utoipa::path(
    get, path = "/v1/catalog/imports/{import}", tag = "catalog",
    params(("import" = String, Path, description = "the file's id", format = "ulid")),
    responses((status = 200, description = "the file", body = ImportJson))
)]
async fn import(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
    Path(id): Path<String>,
) -> Result<Json<ImportJson>, Problem> {
    let (import, problems): (Import, Vec<RowProblem>) =
        service::import(&context, id_of(&id)?).await?;
    let problems = problems.into_iter().map(|problem| ProblemJson {
        row: problem.row,
        column: problem.column,
        sentence: problem.sentence,
    });
    Ok(Json(ImportJson {
        import_id: id_text(import.id),
        file_name: import.file_name,
        state: import.state.word(),
        done_permille: context.imports().permille(),
        rows_good: import.rows_good,
        rows_bad: import.rows_bad,
        version: import.version,
        sentence: import.sentence,
        problems: problems.collect(),
    }))
}

/// Publishes a checked file to all stores.
#[utoipa::path(
    post, path = "/v1/catalog/imports/{import}/publish", tag = "catalog",
    params(
        ("import" = String, Path, description = "the file's id", format = "ulid"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "it will be published", body = ImportTaken),
        (status = 409, description = "`import_not_ready`, `currency_differs`"),
    )
)]
async fn publish(
    State(context): State<Context>,
    operator: Permitted<CatalogWrite>,
    Path(id): Path<String>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    publish_once(&context, &operator, key.0, id_of(&id)?).await
}

/// Asks for a publication once, for the API and the page.
pub(super) async fn publish_once(
    context: &Context,
    operator: &Caller,
    key: String,
    id: [u8; 16],
) -> Result<StoredResponse, Problem> {
    let request = request_of(&format!("/v1/catalog/imports/{}/publish", id_text(id)), &());
    let scope = operator.scope(key);
    let within = context.clone();
    once(context, scope, request, move |tx| {
        service::ask_to_publish(&within, tx, id)?;
        let import_id = id_text(id);
        Ok(done(&ImportTaken { import_id }))
    })
    .await
}
