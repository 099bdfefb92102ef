//! Who asks, and whether they may: the extractors every handler of the hub begins with.
//!
//! A handler says in its arguments what its caller must be allowed to do, and is not run otherwise:
//! `Permitted<OrdersWrite>` in the API, where operators and API keys both may come,
//! `OnPage<OrdersWrite>` for pages and `Watching<OrdersRead>` for their event streams, which are
//! for operators alone.

use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use counterpart_daemon::http::Problem;
use counterpart_daemon::web::live::{Viewer, address_of, asks_for_regions, leave_for};

use super::COOKIE_NAME;
use crate::context::Context;
use crate::users::rules::Permission;
use crate::users::service::{self, Caller};
use crate::web::{Noted, escaped};

/// Finds out who asks.
async fn who_asks(headers: &HeaderMap, context: &Context) -> Result<Caller, Problem> {
    let Some(token) = token(headers) else {
        return Err(Problem::unauthenticated(
            "sign in first: POST /v1/sign-in answers a token to send as a bearer",
        ));
    };
    if context.control().is(&token) {
        return Ok(Caller::command_line());
    }
    if service::is_key(&token) {
        return service::key_caller(context, &token).await;
    }
    let who = service::who(context, &token).await?;
    who.ok_or_else(|| Problem::unauthenticated("this session is over: sign in again"))
}

/// What a handler needs its caller to be allowed to do: one of the types beside it.
pub trait Need: Send + Sync + 'static {
    /// The permission.
    const PERMISSION: Permission;
}

/// A caller who may do what `N` names. As an extractor it answers 401 when nobody is signed in
/// and 403, saying who may, when the caller may not.
#[derive(Debug, Clone)]
pub struct Permitted<N> {
    caller: Caller,
    need: PhantomData<N>,
}

/// The same for pages: who is not signed in is sent to the sign-in page and back.
#[derive(Debug, Clone)]
pub struct OnPage<N> {
    caller: Caller,
    need: PhantomData<N>,
}

impl<N> Deref for Permitted<N> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<N> Deref for OnPage<N> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<N: Need> FromRequestParts<Context> for Permitted<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Problem> {
        let caller = who_asks(&parts.headers, context).await?;
        if let Err(refused) = caller.check(N::PERMISSION) {
            let command = parts.uri.path();
            let noted = Noted::refused(&caller.principal(), command, "forbidden");
            noted.write_now(context).await?;
            return Err(refused.into());
        }
        Ok(Self {
            caller,
            need: PhantomData,
        })
    }
}

impl<N: Need> FromRequestParts<Context> for OnPage<N> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Response> {
        match Permitted::<N>::from_request_parts(parts, context).await {
            Ok(Permitted { caller, need }) => match caller.check_person() {
                Ok(()) => Ok(Self { caller, need }),
                Err(refused) => Err(Problem::from(refused).into_response()),
            },
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

/// Who watches a page that shows what `N` names. Nobody and whoever may not are answered with a
/// problem, upon which a live page loads itself anew and is sent to the sign-in page.
#[derive(Debug)]
pub struct Watching<N> {
    /// Whose stream it is.
    pub viewer: Viewer,
    need: PhantomData<N>,
}

impl<N: Need> FromRequestParts<Context> for Watching<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Problem> {
        Permitted::<N>::from_request_parts(parts, context).await?;
        let token = token(&parts.headers).unwrap_or_default();
        let address = address_of(&parts.extensions);
        let viewer = service::viewer(context, &token, address, N::PERMISSION);
        Ok(Self {
            viewer,
            need: PhantomData,
        })
    }
}

macro_rules! needs {
    ($($need:ident),* $(,)?) => {$(
        #[doc = concat!("Needs [`Permission::", stringify!($need), "`].")]
        #[derive(Debug, Clone, Copy)]
        pub struct $need;

        impl Need for $need {
            const PERMISSION: Permission = Permission::$need;
        }
    )*};
}

needs!(
    AvailabilityRead,
    CatalogRead,
    CatalogWrite,
    ExceptionsRead,
    ExceptionsWrite,
    NoticesRead,
    NoticesWrite,
    OrdersRead,
    OrdersWrite,
    PoliciesRead,
    PoliciesWrite,
    RecordsWrite,
    SalesRead,
    StatusRead,
    StockRead,
    StoresRead,
    StoresWrite,
    UsersRead,
    UsersWrite,
);

/// Returns the token a request brings, as a bearer or in the console's cookie.
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
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
