//! The routes of the devices page.

use std::convert::Infallible;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, Limits, Path, Problem, Query};
use counterpart_daemon::web::live::{
    Changed, Patch, Region, Viewer, asks_for_regions, respond, stream,
};
use counterpart_daemon::web::{assets, security};

use super::act::{self, Pressed};
use super::shelf::Wanted;
use super::{
    Desk, LINE, PRINTER, READINGS, RECEIPTS, SCANNER, SIGNER, TOOLS, goods, hand, page, tools,
};
use crate::picture::picture;

const STYLE: &str = concat!(
    include_str!("../../assets/devices.css"),
    include_str!("../../assets/counter.css"),
    include_str!("../../assets/trouble.css"),
);
/// Pictures may be kept for a day; they change only with the program.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

pub(super) fn router(desk: Desk) -> Router {
    let pages = Router::new()
        .route("/", get(whole))
        .route("/stream", get(events))
        .route("/pictures/{sku}", get(drawn))
        .route("/devices.css", get(style))
        .route("/scan", post(scan))
        .route("/scan/odd", post(scan_oddly))
        .route("/scanner", post(plug))
        .route("/hand", post(handle_hand))
        .route("/printer", post(meddle))
        .route("/drawer", post(pull))
        .route("/line", post(wire))
        .route("/signer", post(break_signer))
        .route("/tools", post(handle_tools))
        .route("/healthz", get(|| async { "alive\n" }))
        .with_state(desk);
    Limits::default()
        .around(pages)
        .merge(assets::router())
        .layer(from_fn(security::guard))
}

/// The page, or what was found on the shelf, if the page itself asks.
async fn whole(
    State(desk): State<Desk>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Response {
    let version = desk.live.version();
    if asks_for_regions(&headers) {
        let found = goods::found(&desk, &wanted);
        return Patch(vec![Region::new(goods::FOUND, version, found)]).into_response();
    }
    page::page(&desk, &wanted, version).into_response()
}

async fn events(State(desk): State<Desk>) -> Response {
    let (live, stopping) = (desk.live.clone(), desk.parts.stopping.clone());
    let topics = [SCANNER, PRINTER, RECEIPTS, LINE, READINGS, SIGNER, TOOLS];
    let viewer = Viewer::of_this_machine("devices");
    stream(&live, viewer, topics, stopping, move |version, changed| {
        let regions = page::regions(&desk, version, &changed);
        async move { Ok::<_, Infallible>(regions) }
    })
}

async fn drawn(State(desk): State<Desk>, Path(file): Path<String>) -> Response {
    let sku = file.strip_suffix(".svg").unwrap_or(&file);
    match desk.parts.shelf.by_sku(sku) {
        Some(product) => {
            let kind = HeaderValue::from_static("image/svg+xml");
            let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, A_DAY)];
            (headers, picture(product)).into_response()
        }
        None => Problem::not_found(format!("there is no product {sku}")).into_response(),
    }
}

async fn style() -> Response {
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    let fresh = HeaderValue::from_static("no-cache");
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, fresh)];
    (headers, STYLE).into_response()
}

async fn scan(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    act::scan(&desk, &pressed.code).await?;
    Ok(changed(&desk, &headers, SCANNER))
}

async fn scan_oddly(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    act::scan_oddly(&desk, &pressed.does).await?;
    Ok(changed(&desk, &headers, SCANNER))
}

async fn plug(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    act::plug(&desk, &pressed.does).await?;
    Ok(changed(&desk, &headers, SCANNER))
}

async fn handle_hand(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    hand::handle(&desk, &pressed.does).await?;
    Ok(changed(&desk, &headers, SCANNER))
}

async fn meddle(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    act::meddle(&desk, &pressed.does)?;
    Ok(changed(&desk, &headers, PRINTER))
}

async fn pull(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    act::pull(&desk, &pressed.does)?;
    Ok(changed(&desk, &headers, PRINTER))
}

async fn wire(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    act::wire(&desk, &pressed.does)?;
    Ok(changed(&desk, &headers, LINE))
}

async fn break_signer(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    act::break_signer(&desk, &pressed.does)?;
    Ok(changed(&desk, &headers, SIGNER))
}

async fn handle_tools(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    tools::handle(&desk.parts.counter, &pressed.does).await?;
    Ok(changed(&desk, &headers, TOOLS))
}

fn changed(desk: &Desk, headers: &HeaderMap, topic: &str) -> Response {
    let version = desk.live.version();
    let changed = Changed::Topics([topic.into()].into());
    respond(headers, "/", page::regions(desk, version, &changed))
}
