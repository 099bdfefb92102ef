//! The catalogue over HTTP: `GET /v1/products?query=`.
//!
//! It changes nothing: the hub owns the catalogue.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Json, Problem, Query};
use counterpart_protocol::catalog::Product;
use serde::{Deserialize, Serialize};

use super::{catalog_version, store};
use crate::context::Context;

/// Products in one answer when the caller names no number, and at most.
const LIMIT: u32 = 20;
const LIMIT_MAX: u32 = 100;

pub(super) fn router() -> Router<Context> {
    Router::new().route("/v1/products", get(products))
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    query: String,
    limit: Option<u32>,
}

/// The answer: the best matches first.
#[derive(Debug, Serialize)]
struct Products {
    catalog_version: u64,
    currency: String,
    products: Vec<Product>,
}

async fn products(
    State(context): State<Context>,
    Query(asked): Query<Asked>,
) -> Result<Json<Products>, Problem> {
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let found = context.db().read(move |tx| {
        let version = catalog_version(tx)?;
        Ok::<_, DbError>((version, store::search(tx, &asked.query, limit)?))
    });
    let (catalog_version, products) = found.await?;
    Ok(Json(Products {
        catalog_version,
        currency: context.profile().currency.code().to_owned(),
        products,
    }))
}
