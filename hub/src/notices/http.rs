//! The routes of notices.

use axum::extract::State;
use axum::http::StatusCode;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{IdempotencyKey, Json, Problem, StoredResponse};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::NoticeDraft;
use super::service::{self, Delivered, NoticeView};
use crate::context::Context;
use crate::users::{Caller, NoticesRead, NoticesWrite, Permitted};
use crate::web::{once, request_of};

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list, post))
        .merge(pages::router().into())
}

/// A notice and who has it.
#[derive(Debug, Serialize, ToSchema)]
struct NoticeJson {
    text: String,
    until: Option<Timestamp>,
    posted_at: Timestamp,
    posted_by: String,
    delivered_to: Vec<String>,
    waiting_for: Vec<String>,
}

/// Lists the notices, newest first.
#[utoipa::path(
    get, path = "/v1/notices", tag = "notices",
    responses((status = 200, description = "the notices", body = [NoticeJson]))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<NoticesRead>,
) -> Result<Json<Vec<NoticeJson>>, Problem> {
    let within = context.clone();
    let views = context
        .db()
        .read(move |tx| service::views(&within, tx))
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    Ok(Json(views.into_iter().map(notice_json).collect()))
}

/// Who is told.
#[derive(Debug, Serialize, ToSchema)]
struct NoticePosted {
    /// How many store servers.
    edges: usize,
}

fn notice_json(view: NoticeView) -> NoticeJson {
    let at = |ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let of = |wanted: Delivered| {
        let stores = view
            .stores
            .iter()
            .filter(move |(_, delivered)| *delivered == wanted);
        stores.map(|(store_id, _)| store_id.to_string()).collect()
    };
    NoticeJson {
        until: view.notice.until_ms.map(at),
        posted_at: at(view.notice.posted_at_ms),
        posted_by: view.notice.posted_by.clone(),
        delivered_to: of(Delivered::Yes),
        waiting_for: of(Delivered::NotYet),
        text: view.notice.text,
    }
}

/// Tells one store, or all, something for their screens.
#[utoipa::path(
    post, path = "/v1/notices", tag = "notices",
    params(IdempotencyKey),
    request_body = NoticeDraft,
    responses(
        (status = 201, description = "on its way", body = NoticePosted),
        (status = 409, description = "`notice_refused`, `nobody_to_tell`"),
    )
)]
async fn post(
    State(context): State<Context>,
    operator: Permitted<NoticesWrite>,
    key: IdempotencyKey,
    Json(draft): Json<NoticeDraft>,
) -> Result<StoredResponse, Problem> {
    post_once(&context, &operator, key.0, draft).await
}

/// Posts a notice once, for the API and the page.
pub(super) async fn post_once(
    context: &Context,
    operator: &Caller,
    key: String,
    draft: NoticeDraft,
) -> Result<StoredResponse, Problem> {
    let request = request_of("/v1/notices", &draft);
    let scope = operator.scope(key);
    let (within, by) = (context.clone(), operator.name.clone());
    once(context, scope, request, move |tx| {
        let edges = service::post_in(&within, tx, &draft, &by)?;
        Ok(StoredResponse::json(
            StatusCode::CREATED,
            &NoticePosted { edges },
        ))
    })
    .await
}
