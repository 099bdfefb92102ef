//! How a browser or a program shows who is signed in: one secret token, in a cookie of this store
//! or as a bearer.
//!
//! It issues no token and looks none up; the staff slice does, and stores only its hash.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use counterpart_protocol::ids::RegisterId;

use crate::context::Context;

/// The longest token read; ours have 52 characters at most.
const TOKEN_LENGTH_MAX: usize = 128;
/// How long a browser keeps the cookie; the session itself ends by the staff slice's rules.
const KEPT_S: u32 = 14 * 24 * 3_600;
/// How long a screen for customers keeps its own.
const FACING_KEPT_S: u32 = 400 * 24 * 3_600;

/// The token of a request, if it has one: of the header `Authorization: Bearer`, else of the cookie
/// `cp_<store>` (cookies ignore ports, so each store has its own name, and so has its training
/// store).
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(pub Option<String>);

impl FromRequestParts<Context> for SessionToken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Infallible> {
        Ok(Self(token(&parts.headers, &cookie_name(context))))
    }
}

/// Returns the `Set-Cookie` header that signs a browser in with `token`.
#[must_use]
pub fn sign_in_cookie(context: &Context, token: &str) -> HeaderValue {
    set_cookie(&cookie_name(context), token, KEPT_S)
}

/// Returns the `Set-Cookie` header that makes a browser forget its token.
#[must_use]
pub fn sign_out_cookie(context: &Context) -> HeaderValue {
    set_cookie(&cookie_name(context), "", 0)
}

/// Returns the name of this store's cookie.
#[must_use]
pub fn cookie_name(context: &Context) -> String {
    let store_id = &context.profile().store_id;
    match context.training() {
        None => format!("cp_{store_id}"),
        // No slug has an underscore: it is no other store's cookie.
        Some(_) => format!("cp_training_{store_id}"),
    }
}

/// Returns the `Set-Cookie` header by which a browser shows the sale of `register` to customers. It
/// signs nobody in, so it is kept as long as browsers keep any (400 days, RFC 6265bis).
#[must_use]
pub fn facing_cookie(context: &Context, register: RegisterId, token: &str) -> HeaderValue {
    set_cookie(&facing_name(context, register), token, FACING_KEPT_S)
}

/// Returns the token by which a browser shows the sale of `register` to customers, if it has one.
#[must_use]
pub fn facing_token(
    context: &Context,
    register: RegisterId,
    headers: &HeaderMap,
) -> Option<String> {
    plausible(cookie(headers, &facing_name(context, register)))
}

fn facing_name(context: &Context, register: RegisterId) -> String {
    format!("{}_facing_{register}", cookie_name(context))
}

/// `Strict`: no other site's link or form ever carries it. Not `Secure`, because a till's own
/// browser speaks plain HTTP on loopback; off loopback there is no plain listener.
fn set_cookie(name: &str, token: &str, kept_s: u32) -> HeaderValue {
    let cookie = format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={kept_s}");
    HeaderValue::from_str(&cookie).expect("slugs and tokens are plain ASCII")
}

fn token(headers: &HeaderMap, cookie_name: &str) -> Option<String> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    plausible(bearer.or_else(|| cookie(headers, cookie_name)))
}

fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).into_iter();
    let mut pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == wanted).then_some(value))
}

/// What could be a token of ours.
fn plausible(token: Option<&str>) -> Option<String> {
    token
        .map(str::trim)
        .filter(|token| (1..=TOKEN_LENGTH_MAX).contains(&token.len()))
        .filter(|token| token.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{set_cookie, token};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    #[track_caller]
    fn check(headers: &[(&'static str, &'static str)], expected: Option<&str>) {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        assert_eq!(token(&headers, "cp_ghent").as_deref(), expected);
    }

    #[test]
    fn a_token_comes_as_a_bearer_or_in_this_stores_cookie() {
        check(&[("authorization", "Bearer abc")], Some("abc"));
        check(&[("cookie", "cp_ghent=abc")], Some("abc"));
        check(&[("cookie", "a=b; cp_ghent=abc ; c=d")], Some("abc"));
        check(
            &[("authorization", "Bearer abc"), ("cookie", "cp_ghent=xyz")],
            Some("abc"),
        );
    }

    #[test]
    fn what_is_no_token_of_this_store_is_none() {
        check(&[], None);
        check(&[("cookie", "cp_bruges=abc")], None);
        check(&[("cookie", "cp_ghent=")], None);
        check(&[("cookie", "cp_ghent=a\"b")], None);
        check(&[("authorization", "Basic abc")], None);
    }

    #[test]
    fn the_cookie_is_for_no_script_and_no_other_site() {
        let cookie = set_cookie("cp_ghent", "abc", 60);
        assert_eq!(
            cookie,
            "cp_ghent=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=60"
        );
    }
}
