//! The route of codes the catalogue lacks.

use axum::extract::State;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Json, Problem};
use counterpart_protocol::ids::StoreId;
use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::service::{self, Lacking};
use crate::context::Context;
use crate::users::{CatalogRead, Permitted};

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .merge(pages::router().into())
}

/// Codes the catalogue lacks.
#[derive(Debug, Serialize, ToSchema)]
struct UnlistedJson {
    codes: Vec<UnlistedCode>,
}

/// A code that stores sold by its department, and how it was sold last.
#[derive(Debug, Serialize, ToSchema)]
struct UnlistedCode {
    code: String,
    /// How many times it was sold in the last 90 days.
    lines: i64,
    department: String,
    price_minor: i64,
    currency: String,
    sold_at: Timestamp,
    store_id: Option<StoreId>,
    sale_id: String,
}

/// Lists what stores sold by its department in the last 90 days and the catalogue still lacks,
/// those sold most often first, at most 500.
#[utoipa::path(
    get, path = "/v1/catalog/unlisted", tag = "catalog",
    responses((status = 200, description = "the codes", body = UnlistedJson))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
) -> Result<Json<UnlistedJson>, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| service::lacking(&within, tx));
    let lacking = read
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    let codes = lacking
        .into_iter()
        .map(|Lacking { code, store }| UnlistedCode {
            lines: code.lines,
            department: code.last.department,
            price_minor: code.last.price_minor,
            currency: code.last.currency,
            sold_at: Timestamp::from_millisecond(code.last.at_ms).unwrap_or(Timestamp::UNIX_EPOCH),
            store_id: store.map(|store| store.store_id),
            sale_id: Ulid::from_bytes(code.last.sale_id).to_string(),
            code: code.code,
        });
    Ok(Json(UnlistedJson {
        codes: codes.collect(),
    }))
}
