//! Badges over HTTP: what a scanner that acts as a keyboard reads on any page of a register.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use counterpart_daemon::http::{Form, Path, Problem, Query};
use counterpart_daemon::web::live::{leave_for, respond};
use counterpart_protocol::badges::Badge;
use counterpart_protocol::ids::RegisterId;
use serde::Deserialize;

use super::is_ours;
use crate::context::Context;
use crate::staff::service::{Credentials, Token, Visitor, badge_shown, sign_in};
use crate::web::{SessionToken, sign_in_cookie, status_bar};

#[derive(Debug, Deserialize)]
pub(super) struct BadgeForm {
    #[serde(default)]
    code: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct BadgeQuery {
    /// Where the person wanted to go.
    #[serde(default)]
    to: String,
}

/// Takes a badge: it signs in where nobody is, and waits for what is pressed next where somebody
/// is.
pub(super) async fn badge_form(
    State(ctx): State<Context>,
    SessionToken(held): SessionToken,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
    Query(query): Query<BadgeQuery>,
    headers: HeaderMap,
    Form(form): Form<BadgeForm>,
) -> Result<Response, Problem> {
    let text = form.code.trim().to_owned();
    if !Badge::is_one(&text) {
        let sentence = "this is no staff badge: scan it at the page it is for";
        return Err(Problem::refused("not_a_badge", sentence));
    }
    let here = format!("/register/{register}");
    if visitor.is_some_and(|visitor| visitor.at(register).is_some()) {
        badge_shown(&ctx, register, text).await?;
        let bar = status_bar(&ctx, ctx.live().version(), Some(register)).await?;
        return Ok(respond(&headers, &here, vec![bar]));
    }
    let credentials = Credentials {
        register,
        member: None,
        pin: text,
    };
    let held = held.as_deref().map(Token::sent);
    let (token, _) = sign_in(&ctx, credentials, held).await?;
    let to = Some(query.to).filter(|to| is_ours(to)).unwrap_or(here);
    let cookie = sign_in_cookie(&ctx, token.text());
    Ok(([(SET_COOKIE, cookie)], leave_for(&headers, &to)).into_response())
}

/// Refuses a badge where something else was to be scanned: its secret is shown on no page and
/// stands in no list.
///
/// # Errors
///
/// 409 `staff_badge`.
pub fn no_badge(code: &str) -> Result<(), Problem> {
    match Badge::is_one(code) {
        false => Ok(()),
        true => Err(Problem::refused(
            "staff_badge",
            "this is a staff badge: it signs in and approves, and is nothing else",
        )),
    }
}
