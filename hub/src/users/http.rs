//! Who asks: the operator behind a cookie or a bearer token, and the routes of signing in.

use axum::extract::{Form, FromRequestParts, Query, State};
use axum::http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use counterpart_daemon::http::{Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::{asks_for_regions, leave_for};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::pages::{self, SignInView};
use super::service::{self, Session, SignInRefused};
use crate::context::Context;
use crate::web::{CommandForm, Served, escaped};

/// The cookie of the console: cookies ignore ports, so every node has its own name.
const COOKIE_NAME: &str = "cp_hub";

/// What the command line is called; no operator can be, because of the space.
const COMMAND_LINE: &str = "command line";

/// The operator who asks. As an axum extractor it answers 401 when nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The operator's name.
    pub name: String,
}

impl Operator {
    /// Tells whether it is the command line on the hub's own machine.
    #[must_use]
    pub fn is_command_line(&self) -> bool {
        self.name == COMMAND_LINE
    }

    /// Returns how the operator is named as the principal of a command.
    #[must_use]
    pub fn principal(&self) -> String {
        format!("operator:{}", self.name)
    }
}

impl FromRequestParts<Context> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Problem> {
        let Some(token) = token(&parts.headers) else {
            return Err(Problem::unauthenticated(
                "sign in first: POST /v1/sign-in answers a token to send as a bearer",
            ));
        };
        if context.control().is(&token) {
            return Ok(Self {
                name: COMMAND_LINE.to_owned(),
            });
        }
        let name = service::who(context, &token).await?;
        let name =
            name.ok_or_else(|| Problem::unauthenticated("this session is over: sign in again"))?;
        Ok(Self { name })
    }
}

/// The operator who looks at a page; nobody is sent to the sign-in page and back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOperator(pub Operator);

impl FromRequestParts<Context> for PageOperator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Response> {
        match Operator::from_request_parts(parts, context).await {
            Ok(operator) => Ok(Self(operator)),
            Err(problem) if problem.status() != StatusCode::UNAUTHORIZED => {
                Err(problem.into_response())
            }
            Err(_) if asks_for_regions(&parts.headers) => {
                Err(leave_for(&parts.headers, "/sign-in"))
            }
            Err(_) => {
                let wanted = parts.uri.path_and_query().map_or("/", |path| path.as_str());
                Err(Redirect::to(&format!("/sign-in?next={}", escaped(wanted))).into_response())
            }
        }
    }
}

fn token(headers: &HeaderMap) -> Option<String> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    if let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer ")) {
        return Some(token.trim().to_owned());
    }
    let cookies = headers.get_all(COOKIE).into_iter();
    cookies
        .filter_map(|cookie| cookie.to_str().ok())
        .flat_map(|cookie| cookie.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, token)| token.to_owned())
}

/// Returns the routes of signing in and of the operators.
pub fn router() -> Router<Context> {
    Router::new()
        .route("/v1/sign-in", post(sign_in))
        .route("/v1/sign-out", post(sign_out))
        .route("/v1/operators", post(add))
        .route("/v1/operators/{name}/password", post(set_password))
        .route("/sign-in", get(sign_in_page).post(sign_in_form))
        .route("/sign-out", post(sign_out_form))
        .route("/operators", get(operators_page).post(add_operator))
        .route("/operators/password", post(change_password))
}

#[derive(Debug, Deserialize)]
struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct SignedIn {
    token: String,
    operator: String,
}

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

async fn sign_out(
    State(context): State<Context>,
    headers: HeaderMap,
) -> Result<Json<serde_json::Value>, Problem> {
    if let Some(token) = token(&headers) {
        service::sign_out(&context, &token).await?;
    }
    Ok(Json(json!({})))
}

async fn add(
    State(context): State<Context>,
    by: Operator,
    Json(new): Json<NewOperator>,
) -> Result<(StatusCode, Json<serde_json::Value>), Problem> {
    service::add(&context, &new.name, &new.password).await?;
    tracing::info!(operator = new.name, by = by.name, "added an operator");
    Ok((StatusCode::CREATED, Json(json!({ "name": new.name }))))
}

#[derive(Debug, Deserialize)]
struct Password {
    password: String,
}

async fn set_password(
    State(context): State<Context>,
    by: Operator,
    Path(name): Path<String>,
    Json(new): Json<Password>,
) -> Result<Json<serde_json::Value>, Problem> {
    if !by.is_command_line() {
        return Err(Problem::forbidden(
            "only the command line on the hub's machine sets another operator's password",
        ));
    }
    service::change_password(&context, &name, &new.password).await?;
    tracing::info!(operator = name, "changed an operator's password");
    Ok(Json(json!({ "name": name })))
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
    PageOperator(operator): PageOperator,
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

#[derive(Debug, Deserialize)]
struct NewOperator {
    name: String,
    password: String,
}

async fn add_operator(
    State(context): State<Context>,
    PageOperator(by): PageOperator,
    headers: HeaderMap,
    form: CommandForm<NewOperator>,
) -> Result<Response, Problem> {
    let name = form.fields.name.trim();
    service::add(&context, name, &form.fields.password).await?;
    tracing::info!(operator = name, by = by.name, "added an operator");
    Ok(leave_for(&headers, "/operators"))
}

#[derive(Debug, Deserialize)]
struct NewPassword {
    current: String,
    password: String,
}

async fn change_password(
    State(context): State<Context>,
    PageOperator(operator): PageOperator,
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
