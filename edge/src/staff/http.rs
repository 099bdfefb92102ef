//! Signing in and out over HTTP: the API, the forms of the page, and who a request comes from.

mod asking;
mod badges;

pub(crate) use asking::in_place;
pub use badges::no_badge;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, State};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, Json, Path, Problem, Query, ToProblem};
use counterpart_daemon::web::live::address_of;
use counterpart_protocol::ids::{RegisterId, StaffId};
use maud::Markup;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::SignInRefused;
use super::service::{
    self, ApprovalFailed, Credentials, MemberView, Person, StaffError, Token, Visitor, sign_in,
    sign_out,
};
use crate::context::Context;
use crate::web::{SessionToken, sign_in_cookie};

/// Returns the routes of this slice.
pub(crate) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(sign_in_program))
        .routes(routes!(sign_out_program))
        .route("/", get(start))
        .route("/sign-in", get(choose))
        .route("/register/{register}/sign-in", post(sign_in_page))
        .route("/register/{register}/sign-out", post(sign_out_page))
        .route("/register/{register}/badge", post(badges::badge_form))
        .merge(asking::router())
}

/// Who signs in where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInRequest {
    /// The register.
    register: RegisterId,
    /// Who; needed only when two people have one PIN.
    #[serde(default)]
    member: Option<StaffId>,
    /// Four to eight digits, or a staff badge as it was scanned.
    #[schema(example = "4711")]
    pin: String,
}

/// Who signed in.
#[derive(Debug, Serialize, ToSchema)]
struct SignInAnswer {
    /// Send it as `Authorization: Bearer <token>`.
    token: String,
    member: MemberView,
}

/// Signs a program in. It needs no `Idempotency-Key`: a repeated sign-in is one more session.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "staff",
    security(()),
    request_body = SignInRequest,
    responses(
        (status = 200, description = "signed in", body = SignInAnswer),
        (status = 401, description = "`unauthenticated`: the PIN is nobody's here"),
        (status = 404, description = "`not_found`: there is no such register"),
        (status = 409, description = "`several_people`, `not_on_roster`, `no_roster`, \
            `wrong_badge`, `badge_revoked`, `badge_misread`"),
        (status = 429, description = "`throttled`: too many wrong PINs; wait as long as \
            `Retry-After` says"),
    )
)]
async fn sign_in_program(
    State(ctx): State<Context>,
    Json(request): Json<SignInRequest>,
) -> Result<Json<SignInAnswer>, Problem> {
    let credentials = Credentials {
        register: request.register,
        member: request.member,
        pin: request.pin,
    };
    let (token, person) = sign_in(&ctx, credentials, None).await?;
    Ok(Json(SignInAnswer {
        token: token.text().to_owned(),
        member: person.view(),
    }))
}

/// Nobody is signed in any more.
#[derive(Debug, Serialize, ToSchema)]
struct SignedOut {
    signed_out: bool,
}

/// Signs out whoever is signed in at the register.
#[utoipa::path(
    post, path = "/v1/registers/{register}/sign-out", tag = "staff",
    params(("register" = RegisterId, Path, description = "the register")),
    responses((status = 200, description = "nobody is signed in there", body = SignedOut))
)]
async fn sign_out_program(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Json<SignedOut>, Problem> {
    at(&visitor, register)?;
    sign_out(&ctx, register).await?;
    Ok(Json(SignedOut { signed_out: true }))
}

/// Leads to the only register, or asks which one this is.
async fn start(State(ctx): State<Context>) -> Response {
    match ctx.registers().as_slice() {
        [only] => Redirect::to(&format!("/register/{}", only.id)).into_response(),
        _ => pages::start(&ctx).into_response(),
    }
}

#[derive(Debug, Deserialize)]
struct ChooseQuery {
    /// The register, once it was chosen.
    #[serde(default)]
    register: Option<RegisterId>,
    /// Where the person wanted to go.
    #[serde(default)]
    to: String,
}

/// Asks at which register somebody signs in, and then for the PIN.
async fn choose(
    State(ctx): State<Context>,
    Query(query): Query<ChooseQuery>,
) -> Result<Markup, Problem> {
    let to = Some(query.to)
        .filter(|to| is_ours(to))
        .unwrap_or_else(|| "/".to_owned());
    let only = match ctx.registers().as_slice() {
        [only] => Some(only.id),
        _ => None,
    };
    let chosen = query
        .register
        .filter(|chosen| ctx.register(*chosen).is_some());
    match chosen.or(only) {
        Some(register) => pages::sign_in(&ctx, register, &to, None).await,
        None => Ok(pages::choose(&ctx, &to)),
    }
}

/// Sends a browser nobody is signed in with to the sign-in, and back from there to `to`.
pub fn sign_in_first(to: &str) -> Response {
    // The addresses of our pages need no escaping.
    Redirect::to(&format!("/sign-in?to={to}")).into_response()
}

#[derive(Debug, Deserialize)]
struct SignInForm {
    #[serde(default)]
    member: String,
    #[serde(default)]
    pin: String,
    /// Where the person wanted to go.
    #[serde(default)]
    to: String,
}

async fn sign_in_page(
    State(ctx): State<Context>,
    SessionToken(held): SessionToken,
    Path(register): Path<RegisterId>,
    Form(form): Form<SignInForm>,
) -> Result<Response, Problem> {
    let credentials = Credentials {
        register,
        // A choice that is no id was not made on our page: the PIN alone tells then.
        member: form.member.parse().ok(),
        pin: form.pin,
    };
    let here = format!("/register/{register}");
    let to = Some(form.to).filter(|to| is_ours(to)).unwrap_or(here);
    let held = held.as_deref().map(Token::sent);
    match sign_in(&ctx, credentials, held).await {
        Ok((token, _)) => {
            let cookie = sign_in_cookie(&ctx, token.text());
            Ok(([(SET_COOKIE, cookie)], Redirect::to(&to)).into_response())
        }
        Err(StaffError::Refused(refused)) => {
            tracing::info!(register.id = register.0, reason = %refused, "a sign-in was refused");
            let status = refused.to_problem().status();
            let page = pages::sign_in(&ctx, register, &to, Some(&refused)).await?;
            Ok((status, page).into_response())
        }
        Err(failed) => Err(failed.into()),
    }
}

async fn sign_out_page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
) -> Result<Redirect, Problem> {
    // Whoever is not signed in here has nothing to end, and lands on the same page.
    if visitor.is_some_and(|visitor| visitor.at(register).is_some()) {
        sign_out(&ctx, register).await?;
    }
    Ok(Redirect::to(&format!("/register/{register}")))
}

/// Returns who the visitor is at `register`.
///
/// # Errors
///
/// 401 when nobody is signed in there with this token.
pub fn at(visitor: &Visitor, register: RegisterId) -> Result<&Person, Problem> {
    visitor
        .at(register)
        .ok_or_else(|| Problem::unauthenticated(format!("sign in at register {register} first")))
}

impl FromRequestParts<Context> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &Context) -> Result<Self, Problem> {
        find(parts, ctx).await?.ok_or_else(|| {
            Problem::unauthenticated("nobody is signed in with this token: sign in again")
        })
    }
}

impl OptionalFromRequestParts<Context> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &Context) -> Result<Option<Self>, Problem> {
        find(parts, ctx).await
    }
}

async fn find(parts: &mut Parts, ctx: &Context) -> Result<Option<Visitor>, Problem> {
    let Ok(SessionToken(token)) = SessionToken::from_request_parts(parts, ctx).await;
    match token {
        Some(token) => {
            let address = address_of(&parts.extensions);
            let at_hand = asking::at_hand(parts);
            Ok(service::visitor(ctx, Token::sent(&token), address, at_hand).await?)
        }
        None => Ok(None),
    }
}

/// Tells whether an address leads to a page of this store, and to nobody else's.
fn is_ours(to: &str) -> bool {
    // A header carries visible ASCII only.
    let spells = to
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    to.starts_with('/') && !to.starts_with("//") && spells
}

impl ToProblem for SignInRefused {
    fn to_problem(&self) -> Problem {
        let detail = self.to_string();
        match self {
            Self::WrongPin { .. } | Self::NotTheirs { .. } => Problem::unauthenticated(detail),
            // Not 401: a page that is open stays open.
            Self::WrongBadge { .. } => Problem::refused("wrong_badge", detail),
            Self::BadgeRevoked { .. } => Problem::refused("badge_revoked", detail),
            Self::BadgeMisread { .. } => Problem::refused("badge_misread", detail),
            Self::LockedOut { wait_ms, .. } => {
                let seconds = u32::try_from((wait_ms + 999) / 1_000).unwrap_or(u32::MAX);
                Problem::throttled(detail, seconds)
            }
            Self::SeveralPeople => Problem::refused("several_people", detail),
            Self::NotOnRoster => Problem::refused("not_on_roster", detail),
            Self::NoRoster => Problem::refused("no_roster", detail),
            Self::NoSuchRegister { .. } => Problem::not_found(detail),
        }
    }
}

impl ToProblem for StaffError {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Refused(refused) => refused.to_problem(),
            Self::Db(failed) => failed.to_problem(),
            Self::Resume(failed) => failed.to_problem(),
            Self::Replica(failed) => crate::command::replica_problem(failed),
            Self::NotChecked(_) => Problem::failed("stopping", "try again in a moment"),
        }
    }
}

impl ToProblem for ApprovalFailed {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Refused(locked @ SignInRefused::LockedOut { .. }) => locked.to_problem(),
            // Not 401: whoever is signed in stays so.
            Self::Refused(refused) => Problem::refused("not_approved", refused.to_string()),
            Self::NotAManager | Self::NeedsManager | Self::NeedsAnother | Self::NotPermitted => {
                Problem::forbidden(self.to_string())
            }
            Self::BadgeWantsPin => Problem::refused("not_approved", self.to_string()),
            Self::Failed(failed) => failed.to_problem(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn a_sign_in_never_leads_to_somebody_elses_page() {
        for good in ["/", "/stock", "/sales/01K8?x=1"] {
            assert!(is_ours(good), "{good}");
        }
        for bad in [
            "",
            "stock",
            "//evil.example",
            "/\\evil",
            "https://evil.example",
            "/a\r\nb",
        ] {
            assert!(!is_ours(bad), "{bad:?}");
        }
    }
}
