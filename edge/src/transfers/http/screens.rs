//! The pages of transfers, their streams and their forms.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, Path, Problem, ToProblem};
use counterpart_daemon::web::live::{leave_for, respond, stream};
use counterpart_daemon::web::text::read_quantity;
use counterpart_protocol::ids::{Sku, StoreId, TransferId};
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;

use super::{principal, view};
use crate::command::{Command, form_key};
use crate::context::Context;
use crate::staff::{self, Visitor};
use crate::transfers::rules::TransferRefused;
use crate::transfers::service::{self, Cartons, Change};
use crate::transfers::{TOPIC, pages};
use crate::web::STATUS_TOPIC;
use crate::{rights, stock};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .route("/transfers", get(list).post(begin))
        .route("/transfers/stream", get(list_live))
        .route("/transfers/{id}", get(one))
        .route("/transfers/{id}/stream", get(one_live))
        .route("/transfers/{id}/lines", post(line))
        .route("/transfers/{id}/scan", post(scan))
        .route("/transfers/{id}/send", post(send))
        .route("/transfers/{id}/labels", post(labels))
        .route("/transfers/{id}/receive", post(receive))
        .route("/transfers/{id}/forget", post(forget))
}

async fn list(State(ctx): State<Context>, visitor: Option<Visitor>) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first("/transfers"));
    };
    Ok(pages::list(&ctx, visitor.latest()).await?.into_response())
}

async fn list_live(State(ctx): State<Context>, visitor: Visitor) -> Response {
    let person = visitor.latest().clone();
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let topics = [TOPIC, STATUS_TOPIC];
    stream(&live, viewer, topics, stopping, move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        async move { pages::list_live(&ctx, &person, version).await }
    })
}

async fn one(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(id): Path<TransferId>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first(&page_of(id)));
    };
    view(&ctx, id).await?;
    Ok(pages::one(&ctx, visitor.latest(), id)
        .await?
        .into_response())
}

async fn one_live(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(id): Path<TransferId>,
) -> Response {
    let person = visitor.latest().clone();
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    // What may leave changes with the shelf and with what the hub gives back.
    let topics = [TOPIC, rights::TOPIC, stock::TOPIC, STATUS_TOPIC];
    stream(&live, viewer, topics, stopping, move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        async move { pages::one_live(&ctx, &person, version, id).await }
    })
}

#[derive(Debug, Serialize, Deserialize)]
struct BeginForm {
    to: StoreId,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn begin(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<BeginForm>,
) -> Result<Response, Problem> {
    let key = form_key(&headers, &form.command_id)?;
    let command = Command::new(principal(visitor.latest()), key, "transfer begin", &form);
    let done = service::begin(&ctx, (form.to, Vec::new()), command).await?;
    Ok(leave_for(&headers, &page_of(done.transfer_id)))
}

#[derive(Debug, Serialize, Deserialize)]
struct LineForm {
    does: LineWord,
    #[serde(default)]
    sku: String,
    #[serde(default)]
    quantity: String,
    #[serde(default)]
    code: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

/// What a form does to what is packed or counted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LineWord {
    Add,
    Set,
    Drop,
}

async fn line(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<TransferId>,
    Form(form): Form<LineForm>,
) -> Result<Response, Problem> {
    let key = form_key(&headers, &form.command_id)?;
    let what = format!("transfer line {id}");
    let command = Command::new(principal(visitor.latest()), key, &what, &form);
    let sku = || {
        form.sku
            .parse::<Sku>()
            .map_err(|refused| Problem::refused("unknown_product", refused.to_string()))
    };
    let change = match form.does {
        LineWord::Add => Change::Add(form.code.clone()),
        LineWord::Drop => Change::Drop(sku()?),
        LineWord::Set => {
            let quantity = read_quantity(&form.quantity, ctx.lang().locale());
            let quantity = quantity.map_err(|unreadable| {
                Problem::refused("quantity_unreadable", format!("the quantity: {unreadable}"))
                    .field("quantity", unreadable.to_string())
            })?;
            Change::Set(sku()?, Milli(quantity))
        }
    };
    changed(&ctx, (&visitor, &headers), (id, change), command).await
}

#[derive(Debug, Serialize, Deserialize)]
struct ScanForm {
    code: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn scan(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<TransferId>,
    Form(form): Form<ScanForm>,
) -> Result<Response, Problem> {
    let key = form_key(&headers, &form.command_id)?;
    let what = format!("transfer scan {id}");
    let command = Command::new(principal(visitor.latest()), key, &what, &form);
    changed(
        &ctx,
        (&visitor, &headers),
        (id, Change::Add(form.code)),
        command,
    )
    .await
}

async fn changed(
    ctx: &Context,
    (visitor, headers): (&Visitor, &HeaderMap),
    (id, change): (TransferId, Change),
    command: Command,
) -> Result<Response, Problem> {
    service::change(ctx, id, change, command).await?;
    let version = ctx.live().version();
    let region = pages::one_region(ctx, &visitor.latest().gates, version, id).await?;
    Ok(respond(headers, &page_of(id), vec![region]))
}

#[derive(Debug, Serialize, Deserialize)]
struct PressForm {
    #[serde(default, skip_serializing)]
    command_id: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct CartonsForm {
    /// As it was typed; the field is not there where nothing prints labels.
    #[serde(default)]
    cartons: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

impl CartonsForm {
    fn read(&self) -> Result<Cartons, Problem> {
        let typed = self.cartons.trim();
        let cartons = (!typed.is_empty()).then(|| typed.parse()).transpose();
        let cartons = cartons.map_err(|_| TransferRefused::Cartons.to_problem())?;
        Ok(Cartons { cartons })
    }
}

async fn send(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<TransferId>,
    Form(form): Form<CartonsForm>,
) -> Result<Response, Problem> {
    let (person, key) = (visitor.latest(), form_key(&headers, &form.command_id)?);
    let what = format!("transfer send {id}");
    let command = Command::new(principal(person), key, &what, &form);
    service::send(&ctx, person, (id, form.read()?), command).await?;
    Ok(leave_for(&headers, &page_of(id)))
}

async fn labels(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<TransferId>,
    Form(form): Form<CartonsForm>,
) -> Result<Response, Problem> {
    let (person, key) = (visitor.latest(), form_key(&headers, &form.command_id)?);
    let what = format!("transfer labels {id}");
    let command = Command::new(principal(person), key, &what, &form);
    service::print_labels(&ctx, person, (id, form.read()?), command).await?;
    Ok(leave_for(&headers, &page_of(id)))
}

async fn receive(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<TransferId>,
    Form(form): Form<PressForm>,
) -> Result<Response, Problem> {
    let (person, key) = (visitor.latest(), form_key(&headers, &form.command_id)?);
    let what = format!("transfer receive {id}");
    let command = Command::new(principal(person), key, &what, &form);
    service::receive(&ctx, person, (id, None), command).await?;
    Ok(leave_for(&headers, &page_of(id)))
}

async fn forget(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<TransferId>,
    Form(form): Form<PressForm>,
) -> Result<Response, Problem> {
    let (person, key) = (visitor.latest(), form_key(&headers, &form.command_id)?);
    let command = Command::new(
        principal(person),
        key,
        &format!("transfer forget {id}"),
        &form,
    );
    service::forget(&ctx, id, command).await?;
    Ok(leave_for(&headers, "/transfers"))
}

fn page_of(id: TransferId) -> String {
    format!("/transfers/{id}")
}
