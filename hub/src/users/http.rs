//! The routes of signing in and of operators; who asks and whether they may is beside it.

mod permitted;

pub use permitted::*;

use axum::Extension;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{
    Form, IdempotencyKey, Json, Path, Problem, Query, StoredResponse, ToProblem,
};
use counterpart_daemon::web::live::leave_for;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages::{self, SignInView};
use super::rules::ConsoleRole;
use super::service::{self, Caller, Session, SignInRefused};
use crate::context::Context;
use crate::web::{CommandForm, Done, Served, done, escaped, once, request_of};
use permitted::token;

/// The cookie of the console: cookies ignore ports, so every node has its own name.
pub const COOKIE_NAME: &str = "cp_hub";

/// Returns the routes of signing in and of the operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(sign_out))
        .routes(routes!(add))
        .routes(routes!(set_password))
        .route("/sign-in", get(sign_in_page).post(sign_in_form))
        .route("/sign-out", post(sign_out_form))
        .route("/operators", get(operators_page).post(add_operator))
        .route("/operators/password", post(change_password))
}

/// A name and its password.
#[derive(Debug, Deserialize, ToSchema)]
struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    #[schema(ignore)]
    next: Option<String>,
}

/// Who signed in.
#[derive(Debug, Serialize, ToSchema)]
struct SignedIn {
    /// Send it as `Authorization: Bearer <token>`.
    token: String,
    operator: String,
}

/// Signs an operator in and answers a token for later requests.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "users",
    security(()),
    request_body = Credentials,
    responses(
        (status = 200, description = "signed in", body = SignedIn),
        (status = 401, description = "`unauthenticated`: name and password do not fit"),
        (status = 429, description = "`throttled`: too many wrong passwords; wait as long as \
            `Retry-After` says"),
    )
)]
async fn sign_in(
    State(context): State<Context>,
    Json(credentials): Json<Credentials>,
) -> Result<Json<SignedIn>, Problem> {
    let session = service::sign_in(&context, &credentials.name, &credentials.password).await?;
    Ok(Json(SignedIn {
        token: session.token,
        operator: session.operator,
    }))
}

/// Ends the session the request shows.
#[utoipa::path(
    post, path = "/v1/sign-out", tag = "users",
    security(()),
    responses((status = 200, description = "ended, or there was none", body = Done))
)]
async fn sign_out(
    State(context): State<Context>,
    headers: HeaderMap,
) -> Result<Json<Done>, Problem> {
    if let Some(token) = token(&headers) {
        service::sign_out(&context, &token).await?;
    }
    Ok(Json(Done {}))
}

/// An operator.
#[derive(Debug, Serialize, ToSchema)]
struct Named {
    /// The name.
    name: String,
}

/// Adds an operator.
#[utoipa::path(
    post, path = "/v1/operators", tag = "users",
    params(IdempotencyKey),
    request_body = NewOperator,
    responses(
        (status = 201, description = "added", body = Named),
        (status = 409, description = "`name_refused`, `name_taken`, `password_refused`"),
    )
)]
async fn add(
    State(context): State<Context>,
    by: Permitted<UsersWrite>,
    key: IdempotencyKey,
    Json(new): Json<NewOperator>,
) -> Result<StoredResponse, Problem> {
    add_once(&context, &by, key.0, new).await
}

/// Adds an operator once, for the API and the page. The password is no part of what a repeated
/// command is known by, since a fast hash of it must not be kept: it is compared with the slow one.
async fn add_once(
    context: &Context,
    by: &Caller,
    key: String,
    new: NewOperator,
) -> Result<StoredResponse, Problem> {
    let (name, password) = (new.name.trim().to_owned(), new.password);
    let said = json!({ "name": name, "role": new.role });
    let request = request_of("/v1/operators", &said);
    let added = service::NewOperator::prepare(context, &name, new.role, &password).await?;
    let (now_ms, created) = (context.now_ms(), Named { name: name.clone() });
    let answer = once(context, by.scope(key), request, move |tx| {
        added.add_in(tx, now_ms)?;
        Ok(StoredResponse::json(StatusCode::CREATED, &created))
    })
    .await?;
    service::same_password(context, &name, &password).await?;
    tracing::info!(operator = name, by = by.name, "added an operator");
    Ok(answer)
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
    let changed = service::NewPassword::prepare(&context, &name, &new.password).await?;
    let request = request_of(&format!("/v1/operators/{}/password", escaped(&name)), &());
    let (within, named) = (context.clone(), Named { name: name.clone() });
    let answer = once(&context, by.scope(key.0), request, move |tx| {
        changed.set_in(&within, tx)?;
        Ok(done(&named))
    })
    .await?;
    service::same_password(&context, &name, &new.password).await?;
    let by = &by.name;
    tracing::info!(operator = name, by, "changed an operator's password");
    Ok(answer)
}

#[derive(Debug, Deserialize)]
struct Next {
    next: Option<String>,
}

async fn sign_in_page(State(context): State<Context>, Query(wanted): Query<Next>) -> Response {
    let view = SignInView {
        name: "",
        next: own_path(wanted.next.as_deref()),
        refused: None,
    };
    pages::sign_in(context.lang(), &view)
}

async fn sign_in_form(
    State(context): State<Context>,
    Extension(served): Extension<Served>,
    Form(credentials): Form<Credentials>,
) -> Response {
    let next = own_path(credentials.next.as_deref());
    match service::sign_in(&context, &credentials.name, &credentials.password).await {
        Ok(session) => {
            ([(SET_COOKIE, cookie(&session, served))], Redirect::to(next)).into_response()
        }
        Err(refused) => {
            if let SignInRefused::Failed(failed) = &refused {
                tracing::error!(error = %failed, "could not sign an operator in");
            }
            let view = SignInView {
                name: &credentials.name,
                next,
                refused: Some(&refused.to_string()),
            };
            let status = refused.to_problem().status();
            (status, pages::sign_in(context.lang(), &view)).into_response()
        }
    }
}

/// Returns where to go after signing in: a path of ours, never another site.
fn own_path(wanted: Option<&str>) -> &str {
    wanted
        .filter(|path| path.starts_with('/') && !path.starts_with("//"))
        // A header carries visible ASCII only.
        .filter(|path| path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\'))
        .unwrap_or("/")
}

async fn sign_out_form(State(context): State<Context>, headers: HeaderMap) -> Response {
    if let Some(token) = token(&headers)
        && let Err(failed) = service::sign_out(&context, &token).await
    {
        return Problem::from(failed).into_response();
    }
    let gone = HeaderValue::from_static("cp_hub=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    ([(SET_COOKIE, gone)], Redirect::to("/sign-in")).into_response()
}

fn cookie(session: &Session, served: Served) -> HeaderValue {
    let secure = match served {
        Served::Tls => "; Secure",
        Served::Loopback => "",
    };
    let text = format!(
        "{COOKIE_NAME}={}; Path=/; HttpOnly; SameSite=Lax{secure}",
        session.token
    );
    HeaderValue::from_str(&text).expect("hexadecimal digits fit a header")
}

async fn operators_page(
    State(context): State<Context>,
    operator: OnPage<UsersRead>,
) -> Result<Response, Problem> {
    let rows = service::operators(&context).await?;
    let fresh_id = ulid::Ulid::from_bytes(context.new_id()).to_string();
    Ok(pages::operators(
        context.lang(),
        &operator.name,
        &rows,
        context.now_ms(),
        &fresh_id,
    ))
}

/// Somebody who shall work at the console.
#[derive(Debug, Deserialize, ToSchema)]
struct NewOperator {
    name: String,
    password: String,
    /// The least there is, unless more is asked for.
    #[serde(default = "least")]
    role: ConsoleRole,
}

const fn least() -> ConsoleRole {
    ConsoleRole::Viewer
}

async fn add_operator(
    State(context): State<Context>,
    by: OnPage<UsersWrite>,
    headers: HeaderMap,
    form: CommandForm<NewOperator>,
) -> Result<Response, Problem> {
    add_once(&context, &by, form.key, form.fields).await?;
    Ok(leave_for(&headers, "/operators"))
}

#[derive(Debug, Deserialize)]
struct NewPassword {
    current: String,
    password: String,
}

async fn change_password(
    State(context): State<Context>,
    operator: OnPage<StatusRead>,
    headers: HeaderMap,
    form: CommandForm<NewPassword>,
) -> Result<Response, Problem> {
    let fields = &form.fields;
    match service::sign_in(&context, &operator.name, &fields.current).await {
        Ok(_) => {}
        Err(SignInRefused::Wrong) => {
            let detail = "this is not your password now";
            return Err(Problem::refused("password_wrong", detail).field("current", detail));
        }
        Err(other) => return Err(other.into()),
    }
    service::change_password(&context, &operator.name, &fields.password).await?;
    Ok(leave_for(&headers, "/sign-in"))
}
