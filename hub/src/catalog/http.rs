//! The routes of the catalogue and of product files.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{
    IdempotencyKey, Json, Limits, Path, Problem, Query, RawBody, StoredResponse,
};
use counterpart_protocol::money::Currency;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::pages;
use super::rules::{Column, RowProblem};
use super::service::{self, Afterwards, FILE_BYTES_MAX, Upload, id_of, id_text};
use super::store::{self, Import, ProductFilter, ProductRow, Version};
use crate::context::Context;
use crate::users::{Caller, CatalogRead, CatalogWrite, Permitted};
use crate::web::{done, once, request_of};

/// Products of one answer unless fewer are asked for.
pub(super) const PAGE: u32 = 50;
const PAGE_MAX: u32 = 1_000;
/// Rows read at a time for a download.
const DOWNLOAD_CHUNK: u32 = 5_000;

/// Returns the routes of operators.
pub fn router() -> Router<Context> {
    Router::new()
        .route("/v1/catalog", get(catalog))
        .route("/v1/catalog/products", get(products))
        .route("/v1/catalog/imports/{import}", get(import))
        .route("/v1/catalog/imports/{import}/publish", post(publish))
        .route("/catalog/products.csv", get(download))
        .route(
            "/catalog/imports/{import}/problems.csv",
            get(download_problems),
        )
        .merge(pages::router())
}

/// Returns the routes files come in by, which take larger bodies than all others.
pub fn upload_router(context: &Context) -> Router {
    let limits = Limits {
        body_bytes_max: FILE_BYTES_MAX + 64 * 1024,
        requests_max: 8,
        requests_per_address_max: 4,
        ..Limits::default()
    };
    let routes = Router::new()
        .route("/v1/catalog/imports", post(upload))
        .merge(pages::upload_router());
    limits.around(routes.with_state(context.clone()))
}

#[derive(Debug, Serialize)]
struct CatalogJson {
    version: Option<VersionJson>,
}

#[derive(Debug, Serialize)]
struct VersionJson {
    version: i64,
    currency: Currency,
    products: i64,
    published_at: Timestamp,
    published_by: String,
    file_name: String,
}

fn version_json(version: Version) -> VersionJson {
    VersionJson {
        version: version.version,
        currency: version.currency,
        products: version.products,
        published_at: at(version.published_at_ms),
        published_by: version.published_by,
        file_name: version.file_name,
    }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

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
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub(super) query: Option<String>,
    #[serde(default)]
    pub(super) department: Option<String>,
    /// `unpriced`, or everything.
    #[serde(default)]
    pub(super) view: Option<String>,
    /// After this SKU.
    #[serde(default)]
    pub(super) after: Option<String>,
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

#[derive(Debug, Serialize)]
struct ProductsJson {
    products: Vec<ProductJson>,
    after: Option<String>,
}

#[derive(Debug, Serialize)]
struct ProductJson {
    sku: String,
    gtins: Vec<String>,
    name: String,
    department: String,
    unit: String,
    price_minor: Option<i64>,
    tax_class: String,
}

fn product_json(row: ProductRow) -> ProductJson {
    ProductJson {
        gtins: row.gtins.split_whitespace().map(str::to_owned).collect(),
        sku: row.sku,
        name: row.name,
        department: row.department,
        unit: row.unit,
        price_minor: row.price_minor,
        tax_class: row.tax_class,
    }
}

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
#[derive(Debug, Deserialize)]
struct UploadAsked {
    /// Publish at once if every row is good.
    #[serde(default)]
    publish: bool,
    #[serde(default)]
    file_name: Option<String>,
    #[serde(default)]
    currency: Option<Currency>,
}

async fn upload(
    State(context): State<Context>,
    operator: Permitted<CatalogWrite>,
    Query(asked): Query<UploadAsked>,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<serde_json::Value>), Problem> {
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
    let id = service::take(&context, upload).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(json!({ "import_id": id_text(id) })),
    ))
}

#[derive(Debug, Serialize)]
struct ImportJson {
    import_id: String,
    file_name: String,
    state: &'static str,
    /// How far the file in hand is; only one is at a time.
    done_permille: u64,
    rows_good: i64,
    rows_bad: i64,
    version: Option<i64>,
    sentence: Option<String>,
    problems: Vec<ProblemJson>,
}

#[derive(Debug, Serialize)]
struct ProblemJson {
    row: u64,
    column: String,
    sentence: String,
}

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
        Ok(done(&json!({ "import_id": id_text(id) })))
    })
    .await
}

/// Answers with the catalogue as a file that can be changed and uploaded again.
async fn download(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
) -> Result<Response, Problem> {
    let text = context.db().read(|tx: &mut Tx| {
        let mut file = CsvText::new(&Column::ALL.map(Column::word));
        let Some(current) = store::current(tx)? else {
            return Ok(file.finish());
        };
        let mut filter = ProductFilter::default();
        loop {
            let rows = store::products(tx, current.version, &filter, DOWNLOAD_CHUNK)?;
            let Some(last) = rows.last() else {
                return Ok(file.finish());
            };
            filter.after = Some(last.sku.clone());
            for row in &rows {
                let price = row
                    .price_minor
                    .map(|minor| decimal(minor, current.currency));
                let price = price.unwrap_or_default();
                let cells = [
                    &row.sku,
                    &row.gtins,
                    &row.name,
                    &row.department,
                    &row.unit,
                    &price,
                    &row.tax_class,
                ];
                file.row(&cells.map(String::as_str));
            }
        }
    });
    let text = text
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    Ok(attachment("products.csv", text))
}

async fn download_problems(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (_, problems) = service::import(&context, id_of(&id)?).await?;
    let mut file = CsvText::new(&["row", "column", "problem"]);
    for problem in problems {
        file.row(&[&problem.row.to_string(), &problem.column, &problem.sentence]);
    }
    Ok(attachment("problems.csv", file.finish()))
}

fn attachment(name: &str, text: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, text).into_response()
}

/// A file being written.
struct CsvText(csv::Writer<Vec<u8>>);

impl CsvText {
    fn new(head: &[&str]) -> Self {
        let mut text = Self(csv::Writer::from_writer(Vec::new()));
        text.row(head);
        text
    }

    fn row(&mut self, cells: &[&str]) {
        self.0
            .write_record(cells)
            .expect("memory takes every row of one length");
    }

    fn finish(self) -> Vec<u8> {
        self.0.into_inner().expect("memory takes every row")
    }
}

fn decimal(minor: i64, currency: Currency) -> String {
    let unit = 10_i64.pow(u32::from(currency.decimals()));
    match currency.decimals() {
        0 => minor.to_string(),
        decimals => format!(
            "{}.{:0width$}",
            minor / unit,
            minor % unit,
            width = usize::from(decimals)
        ),
    }
}
