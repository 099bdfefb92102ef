//! The screen that faces the customer, over HTTP.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{Extensions, HeaderMap};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::{Viewer, address_of, stream};
use counterpart_protocol::ids::RegisterId;
use utoipa_axum::router::OpenApiRouter;

use super::{pages, service};
use crate::context::Context;
use crate::devices::RegisterSetup;
use crate::staff::{self, Token, Visitor};
use crate::web::{facing_cookie, facing_token};
use crate::{devices, reference, sales};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .route("/customer/{register}", get(page).post(show_here))
        .route("/customer/{register}/stream", get(live))
        .route("/customer/{register}/forget", post(forget))
}

fn known(ctx: &Context, register: RegisterId) -> Result<Arc<RegisterSetup>, Problem> {
    ctx.register(register)
        .ok_or_else(|| Problem::not_found(format!("there is no register {register} in this store")))
}

/// Returns the browser's token, if it may show the register.
async fn allowed(
    ctx: &Context,
    register: RegisterId,
    headers: &HeaderMap,
) -> Result<Option<Token>, DbError> {
    let Some(token) = facing_token(ctx, register, headers) else {
        return Ok(None);
    };
    let token = Token::sent(&token);
    let may = service::may_show(ctx, token.sha256(), register).await?;
    Ok(may.then_some(token))
}

async fn is_still_let(ctx: &Context, hash: [u8; 32], register: RegisterId) -> bool {
    match service::may_show(ctx, hash, register).await {
        Ok(may) => may,
        Err(error) => {
            tracing::warn!(register.id = register.0, %error, "could not read who faces customers");
            false
        }
    }
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let setup = known(&ctx, register)?;
    if allowed(&ctx, register, &headers).await?.is_some() {
        let version = ctx.live().version();
        let view = service::shown(&ctx, register).await?;
        return Ok(pages::screen(&ctx, register, version, &view).into_response());
    }
    match visitor {
        Some(_) => Ok(pages::ask(&ctx, &setup).into_response()),
        None => Ok(staff::sign_in_first(&format!("/customer/{register}"))),
    }
}

async fn show_here(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    known(&ctx, register)?;
    let token = service::let_show(&ctx, visitor.latest(), register).await?;
    let cookie = facing_cookie(&ctx, register, token.text());
    let here = Redirect::to(&format!("/customer/{register}"));
    Ok(([(SET_COOKIE, cookie)], here).into_response())
}

async fn forget(
    State(ctx): State<Context>,
    _visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Redirect, Problem> {
    known(&ctx, register)?;
    service::forget(&ctx, register).await?;
    Ok(Redirect::to("/devices"))
}

async fn live(
    State(ctx): State<Context>,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, Problem> {
    known(&ctx, register)?;
    let Some(token) = allowed(&ctx, register, &headers).await? else {
        let why = "this screen was forgotten: open its page and let it show the sale again";
        return Err(Problem::forbidden(why));
    };
    let (context, hash) = (ctx.clone(), token.sha256());
    let still_there = move || {
        let context = context.clone();
        async move { is_still_let(&context, hash, register).await }
    };
    let viewer = Viewer::signed_in(token.hash_text(), address_of(&extensions), still_there);
    let topics = [
        sales::topic(register),
        devices::topic(register),
        reference::TOPIC.to_owned(),
    ];
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let render = move |version, _changed| {
        let ctx = ctx.clone();
        async move {
            let view = service::shown(&ctx, register).await?;
            Ok::<_, DbError>(vec![pages::region(&ctx, version, &view)])
        }
    };
    Ok(stream(&live, viewer, topics, stopping, render))
}
