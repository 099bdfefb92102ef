//! The devices page over HTTP: the page, its stream, its buttons, and the scale for programs.

mod papers;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::{Region, Version, stream};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_hardware::{WeighFailed, WeightKind};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::policies::Operation;
use maud::{Markup, Render as _, html};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::service::{Tried, screens, set_up, try_out, try_printer};
use crate::context::Context;
use crate::devices::{self, CounterFailed, DeviceRole, PrintJob, WEIGH_LIMIT};
use crate::staff::{self, Visitor};
use crate::web::{self, STATUS_TOPIC, Screen, status_bar};

/// The page's address.
const PAGE: &str = "/devices";
/// The receipt printer's word in the addresses of the buttons.
pub(super) const PRINTER: &str = "printer";

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(weigh))
        .routes(routes!(papers::reroute))
        .route(PAGE, get(page))
        .route("/devices/stream", get(live))
        .route("/devices/settings", post(read_settings))
        .route("/devices/papers/{job_id}", post(papers::reroute_form))
        .route("/devices/{register}/{device}", post(try_device))
}

/// A weight that stood still.
#[derive(Debug, Serialize, ToSchema)]
struct WeightBody {
    /// Whole grams.
    grams: u32,
    /// Whether a tare was taken off.
    is_net: bool,
}

/// Weighs what is on a register's scale now: the answer was measured after the question, stands
/// still, or there is none.
#[utoipa::path(
    get, path = "/v1/registers/{register}/weight", tag = "registers",
    params(("register" = u16, Path, description = "the register's number")),
    responses(
        (status = 200, description = "a stable weight", body = WeightBody),
        (status = 404, description = "the register has no scale"),
        (status = 409, description = "`no_weight`: it moves, is too heavy, or below zero"),
        (status = 503, description = "`scale_away`: it does not answer"),
    )
)]
async fn weigh(
    State(ctx): State<Context>,
    _visitor: Visitor,
    Path(register): Path<u16>,
) -> Result<Response, Problem> {
    let weighed = ctx.devices().weigh(RegisterId(register), WEIGH_LIMIT).await;
    let weight = weighed?;
    let body = Json(WeightBody {
        grams: weight.grams,
        is_net: weight.kind == WeightKind::Net,
    });
    // A weight is never one of before, whoever stands between.
    Ok(([(CACHE_CONTROL, "no-store")], body).into_response())
}

async fn page(State(ctx): State<Context>, visitor: Option<Visitor>) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first(PAGE));
    };
    Ok(whole(&ctx, &visitor, None).await?.into_response())
}

async fn try_device(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, device)): Path<(u16, String)>,
) -> Result<Markup, Problem> {
    staff::permit(&ctx, visitor.latest(), Operation::TryDevice).await?;
    let register = RegisterId(register);
    if device == PRINTER && ctx.register(register).is_some() {
        let tried = try_printer(&ctx, register).await?;
        return Ok(whole(&ctx, &visitor, Some(&tried)).await?);
    }
    let all = [
        DeviceRole::Scale,
        DeviceRole::Display,
        DeviceRole::LabelPrinter,
        DeviceRole::Terminal,
    ];
    let role = all.into_iter().find(|role| role.word() == device);
    let role = role.ok_or_else(|| Problem::not_found("there is no such device"))?;
    let tried = try_out(&ctx, register, role).await;
    Ok(whole(&ctx, &visitor, Some(&tried)).await?)
}

/// Takes over what the settings say now.
async fn read_settings(State(ctx): State<Context>, visitor: Visitor) -> Result<Markup, Problem> {
    staff::permit(&ctx, visitor.latest(), Operation::SetUpDevices).await?;
    let done = match set_up(&ctx).await {
        Ok(registers) => Tried::SetUp(registers),
        Err(refused) => {
            tracing::warn!(error = %refused, "the settings were not taken over");
            Tried::NotSetUp(refused)
        }
    };
    Ok(whole(&ctx, &visitor, Some(&done)).await?)
}

async fn live(State(ctx): State<Context>, visitor: Visitor) -> Response {
    let live = ctx.live().clone();
    let stopping = ctx.stopping();
    let viewer = visitor.viewer(&ctx, visitor.latest());
    stream(
        &live,
        viewer,
        [STATUS_TOPIC],
        stopping,
        move |version: Version, _changed| {
            let ctx = ctx.clone();
            async move {
                let mut shown = regions(&ctx, version).await?;
                shown.push(status_bar(&ctx, version, None).await?);
                Ok::<_, DbError>(shown)
            }
        },
    )
}

async fn regions(ctx: &Context, version: Version) -> Result<Vec<Region>, DbError> {
    let waiting: Vec<PrintJob> = ctx.db().read(devices::waiting_papers).await?;
    let facing = screens(ctx).await?;
    Ok(pages::regions(ctx, &waiting, &facing, version))
}

async fn whole(ctx: &Context, visitor: &Visitor, tried: Option<&Tried>) -> Result<Markup, DbError> {
    let (lang, version) = (ctx.lang(), ctx.live().version());
    let title = lang.word("counter-title");
    let person = visitor.latest();
    let regions = regions(ctx, version).await?;
    let body = html! {
        div.console {
            header.page-head { h1 { (title) } p.quiet-text { (lang.word("counter-hint")) } }
            (pages::notice(&lang, tried))
            @for region in &regions { (region.render()) }
            @if ctx.settings().is_some() && pages::may_set_up(person) {
                (pages::settings(&lang))
            }
        }
    };
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{}/sign-out", person.register),
    };
    let screen = Screen {
        title: &title,
        current: "/status",
        density: Density::Console,
        register: Some(person.register),
        signed_in: Some(&signed_in),
        stream: Some("/devices/stream"),
        scan: None,
    };
    web::page(ctx, version, &screen, body).await
}

impl ToProblem for CounterFailed {
    fn to_problem(&self) -> Problem {
        match self {
            Self::NoDevice => Problem::not_found("this register has no scale"),
            Self::Scale(why @ (WeighFailed::NoWeight(_) | WeighFailed::Unit(_))) => {
                Problem::refused("no_weight", why.to_string())
            }
            Self::Busy | Self::Scale(_) | Self::Terminal(_) => {
                Problem::failed("scale_away", self.to_string())
            }
        }
    }
}
