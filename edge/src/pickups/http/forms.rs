//! The forms of the pickup pages: each does one thing and answers with the page as it is then.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{Form, Path, Problem};
use counterpart_daemon::web::live::{asks_for_regions, leave_for, respond};
use counterpart_daemon::web::text::read_quantity;
use counterpart_protocol::ids::FulfilmentId;
use counterpart_protocol::orders::ShortReason;
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;

use super::{principal, read_id};
use crate::command::{Command, form_key};
use crate::context::Context;
use crate::pickups::pages;
use crate::pickups::service::{self, Proving, Shown};
use crate::staff::{Person, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .route("/pickups/scan", post(find))
        .route("/pickups/{id}/scan", post(scan))
        .route("/pickups/{id}/do", post(plain))
        .route("/pickups/{id}/short", post(short))
        .route("/pickups/{id}/stage", post(stage))
        .route("/pickups/{id}/check", post(check))
        .route("/pickups/{id}/give", post(give))
}

#[derive(Debug, Serialize, Deserialize)]
struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

/// A scan, a number or a name on the list leads to its pickup, or to those it could mean: by their
/// ids, so that no address holds a name.
async fn find(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Result<Response, Problem> {
    let person = visitor.latest();
    let command = command(&headers, person, &form.command_id, "find", &form)?;
    let said = service::scan_here(&ctx, person, None, form.code, command).await?;
    let place = match said.others.is_empty() {
        true => format!("/pickups/{}", said.fulfilment_id),
        false => {
            let all = [&[said.fulfilment_id], &said.others[..]].concat();
            format!("/pickups?among={}", pages::Shown::spelled(&all))
        }
    };
    Ok(leave_for(&headers, &place))
}

async fn scan(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Result<Response, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let what = format!("{id} scan");
    let command = command(&headers, person, &form.command_id, &what, &form)?;
    service::scan_here(&ctx, person, Some(id), form.code, command).await?;
    shown(&ctx, person, &headers, id).await
}

#[derive(Debug, Serialize, Deserialize)]
struct DoesForm {
    does: Does,
    #[serde(default, skip_serializing)]
    command_id: String,
}

/// What needs nothing typed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Does {
    Accept,
    Finish,
    Release,
    Slip,
    Label,
}

async fn plain(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<DoesForm>,
) -> Result<Response, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let what = format!("{id} do");
    let command = command(&headers, person, &form.command_id, &what, &form)?;
    match form.does {
        Does::Accept => service::accept(&ctx, person, id, command).await?,
        Does::Finish => service::finish_picking(&ctx, person, id, command).await?,
        Does::Release => service::finish_put_away(&ctx, person, id, command).await?,
        Does::Slip => service::reprint(&ctx, person, id, command).await?,
        Does::Label => service::label_again(&ctx, person, id, command).await?,
    };
    shown(&ctx, person, &headers, id).await
}

#[derive(Debug, Serialize, Deserialize)]
struct ShortForm {
    line: u16,
    #[serde(default)]
    quantity: String,
    because: ShortReason,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn short(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<ShortForm>,
) -> Result<Response, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let what = format!("{id} short");
    let command = command(&headers, person, &form.command_id, &what, &form)?;
    let quantity = match form.quantity.trim() {
        "" => None,
        typed => Some(typed_quantity(&ctx, typed)?),
    };
    let shorted = (form.line, quantity, form.because);
    service::short(&ctx, person, id, shorted, command).await?;
    shown(&ctx, person, &headers, id).await
}

#[derive(Debug, Serialize, Deserialize)]
struct StageForm {
    #[serde(default)]
    location: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn stage(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<StageForm>,
) -> Result<Response, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let what = format!("{id} stage");
    let command = command(&headers, person, &form.command_id, &what, &form)?;
    service::stage(&ctx, person, id, form.location, command).await?;
    shown(&ctx, person, &headers, id).await
}

#[derive(Debug, Serialize, Deserialize)]
struct CheckForm {
    /// Six digits or a code, as scanned or typed.
    #[serde(default)]
    code: String,
    /// `document` when the person shows one.
    #[serde(default)]
    shown: String,
    /// The manager's PIN; it is stored nowhere.
    #[serde(default, skip_serializing)]
    pin: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn check(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<CheckForm>,
) -> Result<Response, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let what = format!("{id} check");
    let command = command(&headers, person, &form.command_id, &what, &form)?;
    let typed = form.code.trim();
    let shown_by = if form.shown == "document" {
        let approval_pin = Some(form.pin).filter(|pin| !pin.is_empty());
        Shown::Document { approval_pin }
    } else if typed.len() <= 12 {
        Shown::Digits(typed.to_owned())
    } else {
        Shown::Code(typed.to_owned())
    };
    let proving = Proving {
        fulfilment_id: Some(id),
        shown: shown_by,
    };
    service::identify(&ctx, person, proving, command).await?;
    shown(&ctx, person, &headers, id).await
}

#[derive(Debug, Serialize, Deserialize)]
struct GiveForm {
    does: Gives,
    /// `part` when the quantities below count.
    #[serde(default)]
    how: String,
    #[serde(default, skip_serializing)]
    command_id: String,
    /// `line-<number>`: how much of it.
    #[serde(flatten)]
    fields: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Gives {
    HandOver,
    Refuse,
}

async fn give(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<GiveForm>,
) -> Result<Response, Problem> {
    let (id, person) = (read_id(&id)?, visitor.latest());
    let what = format!("{id} give");
    let command = command(&headers, person, &form.command_id, &what, &form)?;
    let chosen = match form.how.as_str() {
        "part" => Some(chosen(&ctx, &form)?),
        _ => None,
    };
    match form.does {
        Gives::HandOver => service::hand_over(&ctx, person, id, chosen, command).await?,
        Gives::Refuse => service::refuse(&ctx, person, id, chosen, command).await?,
    };
    shown(&ctx, person, &headers, id).await
}

fn chosen(ctx: &Context, form: &GiveForm) -> Result<Vec<(u16, Milli)>, Problem> {
    let lines = form.fields.iter().filter_map(|(name, typed)| {
        let line: u16 = name.strip_prefix("line-")?.parse().ok()?;
        Some((line, typed.trim()))
    });
    let typed = lines.filter(|(_, typed)| !typed.is_empty());
    typed
        .map(|(line, typed)| Ok((line, typed_quantity(ctx, typed)?)))
        .collect()
}

fn typed_quantity(ctx: &Context, typed: &str) -> Result<Milli, Problem> {
    let read = read_quantity(typed, ctx.lang().locale()).map_err(|unreadable| {
        let detail = format!("the quantity: {unreadable}");
        Problem::refused("quantity_unreadable", detail)
    });
    Ok(Milli(read?))
}

fn command(
    headers: &HeaderMap,
    person: &Person,
    command_id: &str,
    what: &str,
    form: &impl Serialize,
) -> Result<Command, Problem> {
    let key = form_key(headers, command_id)?;
    let what = format!("pickup page {what}");
    Ok(Command::new(principal(person), key, &what, form))
}

/// Answers a command that was done with the pickup as it is now.
async fn shown(
    ctx: &Context,
    person: &Person,
    headers: &HeaderMap,
    id: FulfilmentId,
) -> Result<Response, Problem> {
    let mut regions = Vec::new();
    if asks_for_regions(headers) {
        let version = ctx.live().version();
        regions = pages::one_live(ctx, person, version, id).await?;
    }
    Ok(respond(headers, &format!("/pickups/{id}"), regions))
}
