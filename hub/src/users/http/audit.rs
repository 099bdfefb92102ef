//! The routes of the audit log: who changed what, when, and from where.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Json, Problem, Query};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{OnPage, Permitted, UsersRead};
use crate::context::Context;
use crate::users::pages::{self, AuditView};
use crate::users::store::{self, AuditFilter, AuditRow};
use crate::web::with_query;

/// Lines of one answer.
const PAGE: u32 = 50;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list_audit))
        .route("/audit", get(page))
}

/// Which lines are asked for, as in an address.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// A principal: `operator:mo`, `key:webshop`.
    #[serde(default)]
    who: String,
    /// The first word of commands: `stores`, `orders`.
    #[serde(default)]
    area: String,
    /// Older than the line with this id.
    #[serde(default)]
    before: String,
}

impl Asked {
    fn filter(&self) -> Result<AuditFilter, Problem> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let before = given(&self.before)
            .map(|text| Ulid::from_string(&text))
            .transpose();
        let before = before.map_err(|_| {
            Problem::unreadable(format!(
                "'{}' is no id of a line of the audit log",
                self.before
            ))
        })?;
        Ok(AuditFilter {
            who: given(&self.who),
            area: given(&self.area),
            before: before.map(|id| id.to_bytes()),
        })
    }
}

/// A page of lines, and what one more asks for.
struct Found {
    rows: Vec<AuditRow>,
    areas: Vec<String>,
    before: Option<String>,
}

async fn find(context: &Context, asked: &Asked) -> Result<Found, Problem> {
    let filter = asked.filter()?;
    let read = context.db().read(move |tx| {
        Ok::<_, DbError>((
            store::audit(tx, &filter, PAGE + 1)?,
            store::audit_areas(tx)?,
        ))
    });
    let (mut rows, areas) = read.await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let last = rows.last().filter(|_| more);
    let before = last.map(|row| Ulid::from_bytes(row.audit_id).to_string());
    Ok(Found {
        rows,
        areas,
        before,
    })
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
struct AuditJson {
    lines: Vec<LineJson>,
    before: Option<String>,
}

/// A line of the audit log.
#[derive(Debug, Serialize, ToSchema)]
struct LineJson {
    id: String,
    at: Timestamp,
    who: String,
    command: String,
    outcome: String,
    about: String,
    from: String,
}

/// Lists who changed what and who was refused, newest first.
#[utoipa::path(
    get, path = "/v1/audit", tag = "users", operation_id = "list_audit",
    params(Asked),
    responses((status = 200, description = "a page of it", body = AuditJson))
)]
async fn list_audit(
    State(context): State<Context>,
    _: Permitted<UsersRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<AuditJson>, Problem> {
    let found = find(&context, &asked).await?;
    let lines = found.rows.into_iter().map(|row| LineJson {
        id: Ulid::from_bytes(row.audit_id).to_string(),
        at: Timestamp::from_millisecond(row.at_ms).unwrap_or(Timestamp::UNIX_EPOCH),
        who: row.who,
        command: row.command,
        outcome: row.outcome,
        about: row.about,
        from: row.came_from,
    });
    Ok(Json(AuditJson {
        lines: lines.collect(),
        before: found.before,
    }))
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<UsersRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let found = find(&context, &asked).await?;
    let older = found.before.as_deref().map(|before| {
        let parameters = [
            ("who", asked.who.as_str()),
            ("area", &asked.area),
            ("before", before),
        ];
        with_query("/audit", &parameters)
    });
    let view = AuditView {
        caller: &operator,
        rows: &found.rows,
        areas: &found.areas,
        who: &asked.who,
        area: &asked.area,
        is_first: asked.before.is_empty(),
        older: older.as_deref(),
    };
    Ok(pages::audit(&context, &view))
}
