//! The routes of the catalogue.

mod download;
mod json;

use axum::extract::State;
use axum::routing::get;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Json, Problem, Query};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use download::download;
use json::{CatalogJson, ProductsJson, VersionJson, product_json, version_json};

use super::pages;
use super::store::{self, ProductFilter, Version};
use crate::context::Context;
use crate::users::{CatalogRead, Permitted};

/// Products of one answer unless fewer are asked for.
pub(super) const PAGE: u32 = 50;
const PAGE_MAX: u32 = 1_000;
/// Publications listed.
const VERSIONS: u32 = 50;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(catalog))
        .routes(routes!(products))
        .routes(routes!(versions))
        .route("/catalog/products.csv", get(download))
        .merge(pages::router().into())
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

/// Lists the publications of the catalogue, newest first.
#[utoipa::path(
    get, path = "/v1/catalog/versions", tag = "catalog",
    responses((status = 200, description = "the latest 50", body = [VersionJson]))
)]
async fn versions(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
) -> Result<Json<Vec<VersionJson>>, Problem> {
    let found = context.db().read(|tx| store::versions(tx, VERSIONS));
    let found: Result<Vec<Version>, DbError> = found.await;
    Ok(Json(found?.into_iter().map(version_json).collect()))
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
            attached: None,
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
