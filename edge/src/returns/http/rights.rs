//! Asking for the right to refund a sale of another store, over HTTP.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem};
use counterpart_daemon::web::live::{leave_for, stream};
use counterpart_protocol::ids::{RegisterId, SaleId, StoreId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::command::{Command, form_key, register_principal};
use crate::context::Context;
use crate::returns::pages;
use crate::returns::rules::ReturnRefused;
use crate::returns::service::{self, Asked, returns_path};
use crate::returns::store::{self, Answer, Ask};
use crate::staff::{self, Visitor};
use crate::web::STATUS_TOPIC;
use crate::written::moment;

/// Asks listed.
const LISTED: u32 = 100;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(asks))
        .route("/register/{register}/returns/ask", post(ask_form))
        .route("/register/{register}/returns/stream", get(live))
}

/// The receipt of another store.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskRequest {
    /// The store that sold it: its slug.
    #[schema(example = "ghent-1")]
    store: String,
    /// The number on the receipt.
    #[schema(example = "1-1-000042")]
    receipt: String,
}

/// A right that was asked for.
#[derive(Debug, Serialize, ToSchema)]
struct AskJson {
    /// The store that sold it.
    store: String,
    /// The number on its receipt.
    receipt: String,
    /// When it was asked for; nothing where this store had the right already.
    asked_at: Option<String>,
    /// `asked` while nobody answered, `granted`, or why the hub can ask nobody: `unknown_store`,
    /// `unknown_receipt`, `held_there`.
    state: &'static str,
    /// The sale, once this store may refund it.
    sale_id: Option<SaleId>,
}

/// What this store asked for.
#[derive(Debug, Serialize, ToSchema)]
struct AsksJson {
    /// The newest first, at most 100.
    asks: Vec<AskJson>,
}

impl From<Ask> for AskJson {
    fn from(ask: Ask) -> Self {
        let (state, sale_id) = match ask.answer {
            Answer::NotYet => ("asked", None),
            Answer::Granted(sale_id) => ("granted", Some(sale_id)),
            Answer::Refused(why) => (why.word(), None),
        };
        Self {
            store: ask.store.to_string(),
            receipt: ask.receipt.to_string(),
            asked_at: Some(moment(ask.asked_at_ms)),
            state,
            sale_id,
        }
    }
}

/// Asks for the right to refund a sale of another store. It is asked for at once, or as soon as the
/// hub can be reached; nothing goes back until whoever has it passed it on.
#[utoipa::path(
    post, path = "/v1/registers/{register}/refund-rights", tag = "returns",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = AskRequest,
    responses(
        (status = 200, description = "this store may refund the sale already", body = AskJson),
        (status = 202, description = "it is asked for", body = AskJson),
        (status = 404, description = "there is no such receipt here"),
        (status = 409, description = "`till_closed`, `not_a_receipt`, `unknown_store`"),
    )
)]
async fn ask(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<AskRequest>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "refund right", &request);
    let which = (store_of(&request.store)?, request.receipt.clone());
    let asked = service::ask_right(&ctx, person, which, command).await?;
    Ok(match asked {
        Asked::Asked(ask) => (StatusCode::ACCEPTED, Json(AskJson::from(ask))).into_response(),
        Asked::Here(sale_id) => Json(AskJson {
            store: request.store,
            receipt: request.receipt,
            asked_at: None,
            state: "granted",
            sale_id: Some(sale_id),
        })
        .into_response(),
    })
}

fn store_of(text: &str) -> Result<StoreId, ReturnRefused> {
    let unknown = |_| ReturnRefused::UnknownStore(text.chars().take(40).collect());
    text.parse().map_err(unknown)
}

/// Lists the refund rights this store asked for, and what became of each.
#[utoipa::path(
    get, path = "/v1/refund-rights", tag = "returns",
    responses((status = 200, description = "newest first, at most 100", body = AsksJson))
)]
async fn asks(State(ctx): State<Context>, _: Visitor) -> Result<Json<AsksJson>, Problem> {
    let asks = ctx.db().read(|tx| store::asks(tx, LISTED)).await?;
    Ok(Json(AsksJson {
        asks: asks.into_iter().map(AskJson::from).collect(),
    }))
}

#[derive(Debug, Serialize, Deserialize)]
struct AskForm {
    store: String,
    receipt: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn ask_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<AskForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let key = form_key(&headers, &form.command_id)?;
    let what = "page refund right";
    let command = Command::new(register_principal(register), key, what, &form);
    let which = (store_of(&form.store)?, form.receipt);
    let desk = returns_path(register);
    let next = match service::ask_right(&ctx, person, which, command).await? {
        Asked::Asked(_) => desk,
        Asked::Here(sale_id) => format!("{desk}/of/{sale_id}"),
    };
    Ok(leave_for(&headers, &next))
}

async fn live(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?.clone();
    let topics = [service::TOPIC.to_owned(), STATUS_TOPIC.to_owned()];
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    let render = move |version, _changed| {
        let (ctx, register) = (ctx.clone(), person.register);
        async move { pages::asks_regions(&ctx, register, version).await }
    };
    Ok(stream(&live, viewer, topics, stopping, render))
}
