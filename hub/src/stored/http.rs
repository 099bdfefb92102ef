//! The routes of gift cards and credits: what is owed, a card with its facts, blocks, and what
//! edges ask. A number travels in a body alone: addresses are logged.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use counterpart_daemon::http::{
    IdempotencyKey, Json, Path, Problem, Query, StoredResponse, ToProblem as _,
};
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::ids::{EdgeNumber, SaleId, StoreId, StoredId};
use counterpart_protocol::stored::{StoredAnswer, StoredAsked, StoredKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::Card;
use super::service::{self, StoredFailed, View};
use crate::context::Context;
use crate::sync::known;
use crate::users::{Caller, ExceptionsWrite, Permitted, SalesRead};
use crate::web::{once, request_of};

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(overview))
        .routes(routes!(find))
        .routes(routes!(one))
        .routes(routes!(block))
        .routes(routes!(unblock))
        .merge(pages::router().into())
}

/// Returns the routes of edges, for the listener that asks for their certificates.
pub fn edge_router() -> Router<Context> {
    Router::new().route("/sync/v1/stored", post(ask))
}

/// Answers `POST /sync/v1/stored`: what an edge asks about a card.
async fn ask(
    State(context): State<Context>,
    peer: PeerCertificate,
    Json(asked): Json<StoredAsked>,
) -> Result<Json<StoredAnswer>, Problem> {
    let number = EdgeNumber(peer.edge.edge_number);
    context.db().read(move |tx| known(tx, number)).await?;
    let within = context.clone();
    let answered = context
        .db()
        .write(move |tx| service::answer(&within, tx, number, &asked));
    Ok(Json(answered.await?))
}

/// Which cards are listed.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Those whose number ends in these four digits; all if nothing.
    #[serde(default)]
    pub(super) last_four: Option<String>,
}

/// What is owed, and the cards that moved last.
#[derive(Debug, Serialize, ToSchema)]
struct OverviewJson {
    owed: Vec<OwedJson>,
    cards: Vec<CardJson>,
}

/// What is owed to the holders of cards in a currency.
#[derive(Debug, Serialize, ToSchema)]
struct OwedJson {
    currency: String,
    /// Cards that have a balance.
    cards: i64,
    owed_minor: i64,
    /// What was redeemed of cards beyond what was on them.
    over_minor: i64,
}

/// A gift card or a credit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StoredCardJson)]
struct CardJson {
    card_id: StoredId,
    kind: StoredKind,
    last_four: String,
    currency: String,
    balance_minor: i64,
    moved_at: Timestamp,
}

/// A card with every fact that makes its balance.
#[derive(Debug, Serialize, ToSchema)]
struct StoredJson {
    #[serde(flatten)]
    card: CardJson,
    /// What is held back for sales that are being paid.
    held_minor: i64,
    blocked_at: Option<Timestamp>,
    blocked_by: Option<String>,
    moves: Vec<MoveJson>,
}

/// A fact that moved a card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StoredMoveJson)]
struct MoveJson {
    fact_id: String,
    /// `sold`, `redeemed` or `returned`.
    why: String,
    amount_minor: i64,
    at: Timestamp,
    store_id: Option<StoreId>,
    sale_id: Option<SaleId>,
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn card_json(card: &Card) -> CardJson {
    CardJson {
        card_id: card.card.id,
        kind: card.card.kind,
        last_four: card.card.last_four.clone(),
        currency: card.currency.code().to_owned(),
        balance_minor: card.balance_minor.0,
        moved_at: at(card.moved_at_ms),
    }
}

fn stored_json(view: &View) -> StoredJson {
    let moves = view.moves.iter().map(|moved| MoveJson {
        fact_id: moved.fact_id.to_string(),
        why: moved.why.clone(),
        amount_minor: moved.amount_minor.0,
        at: at(moved.at_ms),
        store_id: view
            .stores
            .iter()
            .find(|store| store.edges.contains(&moved.edge))
            .map(|store| store.store_id.clone()),
        sale_id: moved.sale_id,
    });
    StoredJson {
        card: card_json(&view.card),
        held_minor: view.held_minor.0,
        blocked_at: view.blocked.as_ref().map(|it| at(it.1)),
        blocked_by: view.blocked.as_ref().map(|it| it.0.clone()),
        moves: moves.collect(),
    }
}

/// Tells what is owed by currency, and lists the hundred cards that moved last.
#[utoipa::path(
    get, path = "/v1/stored", tag = "stored",
    params(Asked),
    responses((status = 200, description = "what is owed, and cards", body = OverviewJson))
)]
async fn overview(
    State(context): State<Context>,
    _: Permitted<SalesRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<OverviewJson>, Problem> {
    let within = context.clone();
    let read = context
        .db()
        .read(move |tx| service::overview(&within, tx, asked.last_four.as_deref()));
    let read = read.await?;
    let owed = read.owed.into_iter().map(|it| OwedJson {
        currency: it.currency,
        cards: it.cards,
        owed_minor: it.owed_minor,
        over_minor: it.over_minor,
    });
    Ok(Json(OverviewJson {
        owed: owed.collect(),
        cards: read.cards.iter().map(card_json).collect(),
    }))
}

/// A number to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FindRequest {
    /// As scanned or typed: `GC` or `SC` and 19 digits.
    #[schema(max_length = 40)]
    number: String,
}

/// Finds a card by its whole number.
#[utoipa::path(
    post, path = "/v1/stored/find", tag = "stored",
    params(IdempotencyKey),
    request_body = FindRequest,
    responses(
        (status = 200, description = "the card", body = StoredJson),
        (status = 404, description = "no store has said anything of it"),
        (status = 409, description = "`stored_number_unfit`"),
    )
)]
async fn find(
    State(context): State<Context>,
    _: Permitted<SalesRead>,
    // It changes nothing, but every POST has a key: a client need not know which do.
    _: IdempotencyKey,
    Json(request): Json<FindRequest>,
) -> Result<Json<StoredJson>, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| {
        let id = service::find(tx, &request.number)?;
        service::view(&within, tx, id)
    });
    let view = read
        .await
        .map_err(|failed: StoredFailed| failed.to_problem())?;
    Ok(Json(stored_json(&view)))
}

/// Shows a card with every fact that makes its balance.
#[utoipa::path(
    get, path = "/v1/stored/{card_id}", tag = "stored",
    params(("card_id" = StoredId, Path, description = "the card")),
    responses(
        (status = 200, description = "the card", body = StoredJson),
        (status = 404, description = "no store has said anything of it"),
    )
)]
async fn one(
    State(context): State<Context>,
    _: Permitted<SalesRead>,
    Path(card_id): Path<StoredId>,
) -> Result<Json<StoredJson>, Problem> {
    Ok(Json(stored_json(&view_of(&context, card_id).await?)))
}

pub(super) async fn view_of(context: &Context, card_id: StoredId) -> Result<View, Problem> {
    let within = context.clone();
    let read = context
        .db()
        .read(move |tx| service::view(&within, tx, card_id));
    read.await
        .map_err(|failed: StoredFailed| failed.to_problem())
}

/// Blocks a card: nothing is paid with it any more, in stores the hub cannot reach as soon as they
/// have heard.
#[utoipa::path(
    post, path = "/v1/stored/{card_id}/block", tag = "stored",
    params(("card_id" = StoredId, Path, description = "the card"), IdempotencyKey),
    responses(
        (status = 200, description = "it is blocked", body = StoredJson),
        (status = 404, description = "no store has said anything of it"),
        (status = 409, description = "`stored_blocked`"),
    )
)]
async fn block(
    State(context): State<Context>,
    operator: Permitted<ExceptionsWrite>,
    Path(card_id): Path<StoredId>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    change_once(&context, &operator, key.0, (card_id, Change::Block)).await
}

/// Takes the block of a card back.
#[utoipa::path(
    post, path = "/v1/stored/{card_id}/unblock", tag = "stored",
    params(("card_id" = StoredId, Path, description = "the card"), IdempotencyKey),
    responses(
        (status = 200, description = "it is not blocked", body = StoredJson),
        (status = 404, description = "no store has said anything of it"),
        (status = 409, description = "`stored_not_blocked`"),
    )
)]
async fn unblock(
    State(context): State<Context>,
    operator: Permitted<ExceptionsWrite>,
    Path(card_id): Path<StoredId>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    change_once(&context, &operator, key.0, (card_id, Change::Unblock)).await
}

/// What an operator does with a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    /// Nothing is paid with it.
    Block,
    /// It pays again.
    Unblock,
}

/// Blocks a card, or takes its block back, once; for the API and the page.
pub(super) async fn change_once(
    context: &Context,
    operator: &Caller,
    key: String,
    (card_id, change): (StoredId, Change),
) -> Result<StoredResponse, Problem> {
    let request = request_of(&format!("/v1/stored/{card_id}"), &change);
    let scope = operator.scope(key);
    let (within, by) = (context.clone(), operator.name.clone());
    once(context, scope, request, move |tx| {
        let changed = match change {
            Change::Block => service::block_in(&within, tx, card_id, &by),
            Change::Unblock => service::unblock_in(&within, tx, card_id, &by),
        };
        changed.map_err(|failed| failed.to_problem())?;
        let view = service::view(&within, tx, card_id);
        let view = view.map_err(|failed| failed.to_problem())?;
        Ok(StoredResponse::json(StatusCode::OK, &stored_json(&view)))
    })
    .await
}
