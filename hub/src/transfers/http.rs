//! The route of transfers: what is on its way between stores, and what arrived.

use axum::extract::State;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Json, Problem, Query};
use counterpart_protocol::ids::{EdgeNumber, StoreId, TransferId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::service::{self, View};
use super::store::Which;
use crate::context::Context;
use crate::users::{Permitted, StockRead};

const PAGE: u32 = 50;
const PAGE_MAX: u32 = 500;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .merge(pages::router().into())
}

/// What is asked of the list.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// After this one: `<ms>.<id>`, from the answer before.
    #[serde(default)]
    after: Option<String>,
    #[serde(default)]
    limit: Option<u32>,
}

/// A page of transfers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransfersJson)]
struct ListJson {
    transfers: Vec<TransferJson>,
    after: Option<String>,
}

/// Goods on their way, or arrived.
#[derive(Debug, Serialize, ToSchema)]
struct TransferJson {
    transfer_id: TransferId,
    from: Option<StoreId>,
    to: Option<String>,
    sent_at: Option<Timestamp>,
    told: bool,
    received_at: Option<Timestamp>,
    lines: Vec<LineJson>,
}

/// One SKU of a transfer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferLineJson)]
struct LineJson {
    sku: String,
    sent_milli: i64,
    /// Nothing until it was counted in.
    counted_milli: Option<i64>,
}

fn transfer_json(view: &View) -> TransferJson {
    let at = |ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let store = |edge: EdgeNumber| view.stores.get(&edge).cloned();
    let transfer = &view.transfer;
    let counted = transfer.received.is_some();
    TransferJson {
        transfer_id: transfer.id,
        from: transfer.sent.as_ref().and_then(|sent| store(sent.by)),
        to: transfer.sent.as_ref().map(|sent| sent.to_store.clone()),
        sent_at: transfer.sent.as_ref().map(|sent| at(sent.at_ms)),
        told: transfer.told_edge.is_some(),
        received_at: transfer
            .received
            .as_ref()
            .map(|received| at(received.at_ms)),
        lines: view
            .lines
            .iter()
            .map(|line| LineJson {
                sku: line.sku.to_string(),
                sent_milli: line.sent.0,
                counted_milli: counted.then_some(line.counted.0),
            })
            .collect(),
    }
}

/// Lists transfers between stores, the newest first.
#[utoipa::path(
    get, path = "/v1/transfers", tag = "transfers",
    params(Asked),
    responses((status = 200, description = "a page of transfers", body = ListJson))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<StockRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<ListJson>, Problem> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let after = asked.after.as_deref().and_then(|mark| {
        let (at_ms, id) = mark.split_once('.')?;
        Some((at_ms.parse().ok()?, id.parse().ok()?))
    });
    let mut views = context
        .db()
        .read(move |tx| service::views(tx, Which::All, after, limit + 1))
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    let more = views.len() > limit as usize;
    views.truncate(limit as usize);
    let last = views.last().filter(|_| more).map(|view| &view.transfer);
    let after = last.and_then(|last| {
        let sent = last.sent.as_ref()?;
        Some(format!("{}.{}", sent.at_ms, last.id))
    });
    Ok(Json(ListJson {
        transfers: views.iter().map(transfer_json).collect(),
        after,
    }))
}
