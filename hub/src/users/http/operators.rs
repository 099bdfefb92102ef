//! The routes of operators: listing, adding and changing them, and one's own password.

mod forms;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query, StoredResponse};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{OnPage, Permitted, StatusRead, UsersRead, UsersWrite};
use crate::context::Context;
use crate::users::pages::{self, OneOperatorView, OperatorsView};
use crate::users::rules::{ConsoleRole, Permission};
use crate::users::service::{
    self, Caller, Change, NewOperator, NewPassword, OPERATORS, UserFailed,
};
use crate::users::store::{self, AuditFilter, OperatorRow};
use crate::web::{done, once, request_of, with_query};

/// Lines of the audit log on an operator's page.
const LATEST: u32 = 10;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(set_role))
        .routes(routes!(disable))
        .routes(routes!(enable))
        .routes(routes!(set_password))
        .route("/operators", get(page).post(forms::add))
        .route("/operators/{name}", get(one_page))
        .route("/operators/{name}/role", post(forms::role))
        .route("/operators/{name}/access", post(forms::access))
        .route("/operators/{name}/password", post(forms::password))
        .route("/account/password", post(forms::own_password))
}

/// Where a list goes on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// After this name.
    #[serde(default)]
    after: String,
}

/// A page of operators.
#[derive(Debug, Serialize, ToSchema)]
struct OperatorsJson {
    operators: Vec<OperatorJson>,
    after: Option<String>,
}

/// An operator.
#[derive(Debug, Serialize, ToSchema)]
struct OperatorJson {
    name: String,
    role: ConsoleRole,
    added_at: Timestamp,
    password_changed_at: Timestamp,
    disabled_at: Option<Timestamp>,
    sessions: i64,
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Cuts a list off after a page, and returns after which name it goes on.
fn cut(rows: &mut Vec<OperatorRow>) -> Option<String> {
    let more = rows.len() > OPERATORS as usize;
    rows.truncate(OPERATORS as usize);
    rows.last().filter(|_| more).map(|row| row.name.clone())
}

/// Lists the operators, by name.
#[utoipa::path(
    get, path = "/v1/operators", tag = "users",
    params(Asked),
    responses((status = 200, description = "a page of them", body = OperatorsJson))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<UsersRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<OperatorsJson>, Problem> {
    let mut rows = service::operators(&context, asked.after).await?;
    let after = cut(&mut rows);
    let operators = rows.into_iter().map(|row| OperatorJson {
        name: row.name,
        role: row.role,
        added_at: at(row.created_at_ms),
        password_changed_at: at(row.changed_at_ms),
        disabled_at: row.disabled_at_ms.map(at),
        sessions: row.sessions,
    });
    Ok(Json(OperatorsJson {
        operators: operators.collect(),
        after,
    }))
}

/// Somebody who shall work at the console.
#[derive(Debug, Deserialize, ToSchema)]
struct OperatorDraft {
    name: String,
    password: String,
    /// The least there is, unless more is asked for.
    #[serde(default = "least")]
    role: ConsoleRole,
}

const fn least() -> ConsoleRole {
    ConsoleRole::Viewer
}

/// An operator by name.
#[derive(Debug, Serialize, ToSchema)]
struct Named {
    /// The name.
    name: String,
}

/// An operator who was added.
#[derive(Debug, Serialize, ToSchema)]
struct OperatorAdded {
    /// The name.
    name: String,
    /// What they may do.
    role: ConsoleRole,
}

/// Adds an operator.
#[utoipa::path(
    post, path = "/v1/operators", tag = "users",
    params(IdempotencyKey),
    request_body = OperatorDraft,
    responses(
        (status = 201, description = "added", body = OperatorAdded),
        (status = 409, description = "`name_refused`, `name_taken`, `password_refused`"),
    )
)]
async fn add(
    State(context): State<Context>,
    by: Permitted<UsersWrite>,
    key: IdempotencyKey,
    Json(draft): Json<OperatorDraft>,
) -> Result<StoredResponse, Problem> {
    add_once(&context, &by, key.0, draft).await
}

/// Adds an operator once. The password is no part of what the command is recognised by: what is
/// stored of it is its slow hash and nothing else.
async fn add_once(
    context: &Context,
    by: &Caller,
    key: String,
    draft: OperatorDraft,
) -> Result<StoredResponse, Problem> {
    let name = draft.name.trim().to_owned();
    let role = draft.role;
    let said = OperatorAdded {
        name: name.clone(),
        role,
    };
    let about = format!("{name}, {}", draft.role.name());
    let request = request_of("/v1/operators", &said).about(about);
    let new = NewOperator::prepare(context, &name, draft.role, &draft.password).await?;
    let now_ms = context.now_ms();
    let answer = once(context, by.scope(key), request, move |tx| {
        new.add_in(tx, now_ms)?;
        Ok(StoredResponse::json(StatusCode::CREATED, &said))
    })
    .await?;
    service::same_password(context, &name, &draft.password).await?;
    Ok(answer)
}

/// What an operator shall be able to do.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct RoleWanted {
    role: ConsoleRole,
}

/// Changes what an operator may do, from the next request on.
#[utoipa::path(
    post, path = "/v1/operators/{name}/role", tag = "users",
    params(("name" = String, Path, description = "the operator's name"), IdempotencyKey),
    request_body = RoleWanted,
    responses(
        (status = 200, description = "changed", body = Named),
        (status = 409, description = "`last_admin`"),
    )
)]
async fn set_role(
    State(context): State<Context>,
    by: Permitted<UsersWrite>,
    Path(name): Path<String>,
    key: IdempotencyKey,
    Json(wanted): Json<RoleWanted>,
) -> Result<StoredResponse, Problem> {
    change_once(&context, &by, key.0, name, Change::Role(wanted.role)).await
}

/// Signs an operator out everywhere, who may not sign in any more.
#[utoipa::path(
    post, path = "/v1/operators/{name}/disable", tag = "users",
    params(("name" = String, Path, description = "the operator's name"), IdempotencyKey),
    responses(
        (status = 200, description = "disabled", body = Named),
        (status = 409, description = "`last_admin`"),
    )
)]
async fn disable(
    State(context): State<Context>,
    by: Permitted<UsersWrite>,
    Path(name): Path<String>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    change_once(&context, &by, key.0, name, Change::Disable).await
}

/// Lets an operator sign in again.
#[utoipa::path(
    post, path = "/v1/operators/{name}/enable", tag = "users",
    params(("name" = String, Path, description = "the operator's name"), IdempotencyKey),
    responses((status = 200, description = "enabled", body = Named))
)]
async fn enable(
    State(context): State<Context>,
    by: Permitted<UsersWrite>,
    Path(name): Path<String>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    change_once(&context, &by, key.0, name, Change::Enable).await
}

async fn change_once(
    context: &Context,
    by: &Caller,
    key: String,
    name: String,
    change: Change,
) -> Result<StoredResponse, Problem> {
    let (deed, about) = match change {
        Change::Role(role) => ("role", role.name()),
        Change::Disable => ("disable", ""),
        Change::Enable => ("enable", ""),
    };
    let command = format!("/v1/operators/{name}/{deed}");
    let request = request_of(&command, &about).about(about);
    let within = context.clone();
    once(context, by.scope(key), request, move |tx| {
        service::change(&within, tx, &name, change)?;
        Ok(done(&Named { name }))
    })
    .await
}

/// A new password.
#[derive(Debug, Deserialize, ToSchema)]
struct Password {
    password: String,
}

/// Sets an operator's password, which ends the operator's sessions.
#[utoipa::path(
    post, path = "/v1/operators/{name}/password", tag = "users",
    params(("name" = String, Path, description = "the operator's name"), IdempotencyKey),
    request_body = Password,
    responses(
        (status = 200, description = "set", body = Named),
        (status = 409, description = "`password_refused`"),
    )
)]
async fn set_password(
    State(context): State<Context>,
    by: Permitted<UsersWrite>,
    Path(name): Path<String>,
    key: IdempotencyKey,
    Json(new): Json<Password>,
) -> Result<StoredResponse, Problem> {
    password_once(&context, &by, key.0, name, &new.password).await
}

async fn password_once(
    context: &Context,
    by: &Caller,
    key: String,
    name: String,
    password: &str,
) -> Result<StoredResponse, Problem> {
    let request = request_of(&format!("/v1/operators/{name}/password"), &());
    let new = NewPassword::prepare(context, &name, password).await?;
    let (within, named) = (context.clone(), Named { name: name.clone() });
    let answer = once(context, by.scope(key), request, move |tx| {
        new.set_in(&within, tx)?;
        Ok(done(&named))
    })
    .await?;
    service::same_password(context, &name, password).await?;
    Ok(answer)
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<StatusRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let mut rows = match operator.may(Permission::UsersRead) {
        true => service::operators(&context, asked.after).await?,
        false => Vec::new(),
    };
    let after = cut(&mut rows);
    let older = after.map(|after| with_query("/operators", &[("after", &after)]));
    let view = OperatorsView {
        caller: &operator,
        rows: &rows,
        older: older.as_deref(),
    };
    Ok(pages::operators(&context, &view))
}

async fn one_page(
    State(context): State<Context>,
    operator: OnPage<UsersRead>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let (now_ms, wanted) = (context.now_ms(), name.clone());
    let read = context.db().read(move |tx| {
        let row = service::known(tx, now_ms, &wanted)?;
        let filter = AuditFilter {
            who: Some(format!("operator:{wanted}")),
            ..AuditFilter::default()
        };
        Ok::<_, UserFailed>((row, store::audit(tx, &filter, LATEST)?))
    });
    let (row, latest) = read.await?;
    let view = OneOperatorView {
        caller: &operator,
        row: &row,
        latest: &latest,
    };
    Ok(pages::one_operator(&context, &view))
}
