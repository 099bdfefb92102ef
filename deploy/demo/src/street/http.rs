//! The routes of the street.

use std::convert::Infallible;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, Limits, Problem};
use counterpart_daemon::web::live::{Changed, Viewer, respond, stream};
use counterpart_daemon::web::{assets, security};

use super::act::{self, Pressed};
use super::{HOUSES, Street, TRADE, page, shop_http};

const STYLE: &str = include_str!("../../assets/street.css");

pub(super) fn router(street: Street) -> Router {
    let pages = Router::new()
        .route("/", get(whole))
        .route("/stream", get(events))
        .route("/street.css", get(style))
        .route("/line", post(wire))
        .route("/trade", post(trade))
        .route("/healthz", get(|| async { "alive\n" }))
        .merge(shop_http::router())
        .with_state(street);
    Limits::default()
        .around(pages)
        .merge(assets::router())
        .layer(from_fn(security::guard))
}

async fn whole(State(street): State<Street>) -> Response {
    let version = street.live.version();
    page::page(&street, version).into_response()
}

async fn events(State(street): State<Street>) -> Response {
    let (live, stopping) = (street.live.clone(), street.parts.stopping.clone());
    let viewer = Viewer::of_this_machine("street");
    stream(
        &live,
        viewer,
        [HOUSES, TRADE],
        stopping,
        move |version, changed| {
            let regions = page::regions(&street, version, &changed);
            async move { Ok::<_, Infallible>(regions) }
        },
    )
}

async fn style() -> Response {
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    let fresh = HeaderValue::from_static("no-cache");
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, fresh)];
    (headers, STYLE).into_response()
}

async fn wire(
    State(street): State<Street>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    act::wire(&street, &pressed)?;
    Ok(changed(&street, &headers, HOUSES))
}

async fn trade(
    State(street): State<Street>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    act::trade(&street, &pressed)?;
    Ok(changed(&street, &headers, TRADE))
}

fn changed(street: &Street, headers: &HeaderMap, topic: &str) -> Response {
    let version = street.live.version();
    let changed = Changed::Topics([topic.into()].into());
    respond(headers, "/", page::regions(street, version, &changed))
}
