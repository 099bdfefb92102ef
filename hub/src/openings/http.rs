//! Opening balances over HTTP: `GET /v1/openings`. They come in as files (`imports`).

use axum::extract::State;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, StoreOpenings};
use crate::context::Context;
use crate::users::{Permitted, StockRead};

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(routes!(list))
}

/// How the opening balances of one store stand.
#[derive(Debug, Serialize, ToSchema)]
struct OpeningsJson {
    store_id: String,
    /// How many balances it has.
    balances: i64,
    /// How many of them it was told.
    sent: i64,
    /// How many of them it has stated as its own fact.
    stated: i64,
}

/// Says how the opening balances of each store stand.
#[utoipa::path(
    get, path = "/v1/openings", tag = "openings",
    responses((status = 200, description = "the stores that have some", body = [OpeningsJson]))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<StockRead>,
) -> Result<Json<Vec<OpeningsJson>>, Problem> {
    let found: Result<Vec<StoreOpenings>, DbError> = context.db().read(store::by_store).await;
    let all = found?.into_iter().map(|store| OpeningsJson {
        store_id: store.store_id,
        balances: store.balances,
        sent: store.sent,
        stated: store.stated,
    });
    Ok(Json(all.collect()))
}
