//! Training over HTTP: the way in and out, the page of twins, its stream and its buttons.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Form, Path, Problem, Query};
use counterpart_daemon::web::live::{Viewer, respond, stream};
use counterpart_protocol::ids::RegisterId;
use maud::Markup;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;

use super::pages::{self, Said};
use super::service::{self, TrainingRefused, topic, twins_of};
use crate::context::{Context, DoorState, Ground};
use crate::staff::Visitor;
use crate::web::{SHOP_PAGE, STATUS_TOPIC, TRAINING_PAGE, status_bar};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .route(TRAINING_PAGE, get(door))
        .route(SHOP_PAGE, get(leave))
        .route("/training/refresh", post(refresh))
        .route("/training/anew", post(begin_anew))
        .route("/training/{register}/stream", get(live))
        .route("/training/{register}/scan", post(scan))
        .route("/training/{register}/does", post(does))
}

#[derive(Debug, Deserialize)]
struct DoorQuery {
    /// The register whose twins are shown.
    #[serde(default)]
    register: Option<RegisterId>,
}

/// Leads from the shop to its training store; there, shows the twins.
async fn door(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Query(query): Query<DoorQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let door = match ctx.ground() {
        Ground::Training(_) => {
            let register = query.register.unwrap_or_else(|| first(&ctx));
            let page = page(&ctx, register, visitor.as_ref(), None).await?;
            return Ok(page.into_response());
        }
        Ground::Shop(door) => door,
    };
    match door.state() {
        DoorState::Open(pages) => Ok(Redirect::to(&pages.url_for(host(&headers))).into_response()),
        DoorState::Opening => Err(Problem::failed(
            "training_opens",
            "training is being made ready: try again in a moment",
        )),
        DoorState::Shut(why) => Err(Problem::failed("training_shut", why)),
        DoorState::None => Err(Problem::not_found(
            "this store has no training: whoever looks after the store server sets it in \
             counterpart-edge.toml ([training] enabled = true)",
        )),
    }
}

/// Leads from training back to the shop.
async fn leave(State(ctx): State<Context>, headers: HeaderMap) -> Redirect {
    match ctx.training() {
        Some(store) => Redirect::to(&store.shop_pages.url_for(host(&headers))),
        None => Redirect::to("/"),
    }
}

#[derive(Debug, Deserialize)]
struct ScanForm {
    #[serde(default)]
    code: String,
}

async fn scan(
    State(ctx): State<Context>,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<ScanForm>,
) -> Result<Response, Problem> {
    service::scan(&ctx, register, &form.code).await?;
    Ok(changed(&ctx, register, &headers)?)
}

#[derive(Debug, Deserialize)]
struct DoesForm {
    #[serde(default)]
    does: String,
}

async fn does(
    State(ctx): State<Context>,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<DoesForm>,
) -> Result<Response, Problem> {
    service::handle(&ctx, register, &form.does)?;
    Ok(changed(&ctx, register, &headers)?)
}

async fn refresh(State(ctx): State<Context>, visitor: Visitor) -> Result<Markup, Problem> {
    let taken = service::refresh(&ctx).await?;
    let register = visitor.latest().register;
    page(&ctx, register, Some(&visitor), Some(Said::Taken(taken))).await
}

async fn begin_anew(State(ctx): State<Context>, visitor: Visitor) -> Result<Markup, Problem> {
    service::begin_anew(&ctx, &visitor).await?;
    Ok(pages::begins_anew(&ctx))
}

/// The stream of a register's twins. Nobody need be signed in: a badge is scanned before.
async fn live(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    twins_of(&ctx, register)?;
    let viewer = match &visitor {
        Some(visitor) => visitor.viewer(&ctx, visitor.latest()),
        None => Viewer::of_this_machine("training"),
    };
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let topics = [topic(register), STATUS_TOPIC.to_owned()];
    Ok(stream(
        &live,
        viewer,
        topics,
        stopping,
        move |version, _changed| {
            let ctx = ctx.clone();
            async move {
                let mut shown = pages::regions(&ctx, register, version);
                shown.push(status_bar(&ctx, version, Some(register)).await?);
                Ok::<_, DbError>(shown)
            }
        },
    ))
}

fn changed(
    ctx: &Context,
    register: RegisterId,
    headers: &HeaderMap,
) -> Result<Response, TrainingRefused> {
    twins_of(ctx, register)?;
    let regions = pages::regions(ctx, register, ctx.live().version());
    let back = format!("{TRAINING_PAGE}?register={register}");
    Ok(respond(headers, &back, regions))
}

async fn page(
    ctx: &Context,
    register: RegisterId,
    visitor: Option<&Visitor>,
    said: Option<Said>,
) -> Result<Markup, Problem> {
    twins_of(ctx, register)?;
    let person = visitor.map(|visitor| visitor.at(register).unwrap_or(visitor.latest()));
    Ok(pages::page(ctx, register, person, said).await?)
}

fn first(ctx: &Context) -> RegisterId {
    let first = ctx.registers().first().map(|register| register.id);
    first.unwrap_or(RegisterId(1))
}

fn host(headers: &HeaderMap) -> &str {
    let host = headers.get(header::HOST);
    host.and_then(|host| host.to_str().ok()).unwrap_or_default()
}
