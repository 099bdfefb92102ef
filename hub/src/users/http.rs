//! The routes of signing in; operators, API keys, the audit log, and who asks are beside it.

mod audit;
mod keys;
mod operators;
mod permitted;

pub use permitted::*;

use axum::Extension;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, Json, Problem, Query, ToProblem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages::{self, SignInView};
use super::service::{self, Session, SignInRefused};
use crate::context::Context;
use crate::web::{Done, Noted, Served};
use permitted::token;

/// The cookie of the console: cookies ignore ports, so every node has its own name.
pub const COOKIE_NAME: &str = "cp_hub";

/// Returns the routes of signing in, of operators, API keys and the audit log.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(sign_out))
        .route("/sign-in", get(sign_in_page).post(sign_in_form))
        .route("/sign-out", post(sign_out_form))
        .merge(operators::router())
        .merge(keys::router())
        .merge(audit::router())
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
    note_sign_in(&context, &session).await?;
    Ok(Json(SignedIn {
        token: session.token,
        operator: session.operator,
    }))
}

/// Writes down that somebody signed in: wrong passwords are counted, right ones are remembered.
async fn note_sign_in(context: &Context, session: &Session) -> Result<(), Problem> {
    let who = format!("operator:{}", session.operator);
    Ok(Noted::done(&who, "sign-in").write_now(context).await?)
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
            if let Err(failed) = note_sign_in(&context, &session).await {
                return failed.into_response();
            }
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
