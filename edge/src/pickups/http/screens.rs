//! The pages of pickups and their streams, and the bell's answer.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, Path, Problem, Query};
use counterpart_daemon::web::live::stream;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;

use super::api::read_after;
use super::read_id;
use crate::context::Context;
use crate::pickups::TOPIC;
use crate::pickups::pages::{self, Shown};
use crate::pickups::service::{self, Opening};
use crate::pickups::store::{List, Sounded};
use crate::staff::{self, Visitor};
use crate::web::STATUS_TOPIC;

/// Pickups found by name that one page shows.
const AMONG_MAX: usize = 20;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .route("/pickups", get(list))
        .route("/pickups/stream", get(list_live))
        .route("/pickups/bell", post(bell))
        .route("/pickups/{id}", get(one))
        .route("/pickups/{id}/stream", get(one_live))
}

#[derive(Debug, Clone, Deserialize)]
struct ListQuery {
    #[serde(default)]
    list: List,
    #[serde(default)]
    after: String,
    /// The pickups that were found, in place of a list.
    #[serde(default)]
    among: String,
}

impl ListQuery {
    fn shown(&self) -> Result<Shown, Problem> {
        if self.among.is_empty() {
            let after = read_after(&self.after)?;
            return Ok(Shown::List(self.list, after));
        }
        let ids = self.among.split('.').take(AMONG_MAX).map(read_id);
        Ok(Shown::Among(ids.collect::<Result<_, _>>()?))
    }
}

async fn list(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first("/pickups"));
    };
    let shown = query.shown()?;
    let person = visitor.latest();
    service::open(&ctx, person.register, Opening::List).await?;
    Ok(pages::list(&ctx, person, shown).await?.into_response())
}

async fn list_live(
    State(ctx): State<Context>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let person = visitor.latest().clone();
    let shown = query.shown()?;
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let topics = [TOPIC, STATUS_TOPIC];
    let render = move |version, _changed| {
        let (ctx, person, shown) = (ctx.clone(), person.clone(), shown.clone());
        async move { pages::list_live(&ctx, &person, version, shown).await }
    };
    Ok(stream(&live, viewer, topics, stopping, render))
}

async fn one(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first(&format!("/pickups/{id}")));
    };
    let person = visitor.latest();
    let page = pages::one(&ctx, person, id).await?;
    service::open(&ctx, person.register, Opening::One(id)).await?;
    Ok(page.into_response())
}

async fn one_live(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest().clone());
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let topics = [TOPIC, STATUS_TOPIC];
    let render = move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        async move { pages::one_live(&ctx, &person, version, id).await }
    };
    Ok(stream(&live, viewer, topics, stopping, render))
}

#[derive(Debug, Deserialize)]
struct BellForm {
    /// `yes` when the page could make a sound.
    #[serde(default)]
    sounded: String,
}

/// A page says that it shows the bell. Saying it again changes nothing, so it needs no key.
async fn bell(
    State(ctx): State<Context>,
    _: Visitor,
    Form(form): Form<BellForm>,
) -> Result<StatusCode, Problem> {
    let sounded = match form.sounded.as_str() {
        "yes" => Sounded::Yes,
        _ => Sounded::No,
    };
    service::heard(&ctx, sounded).await?;
    Ok(StatusCode::NO_CONTENT)
}
