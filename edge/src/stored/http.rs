//! The question what is on a card, over HTTP. The number travels in a body: addresses are logged.

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Json, Problem, ToProblem};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::stored::{StoredKind, StoredNumber};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rules::{Known, StoredRefused};
use super::service;
use crate::context::Context;
use crate::staff::Visitor;
use crate::written::moment;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(routes!(balance))
}

/// Which card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BalanceRequest {
    /// Its number as scanned or typed.
    #[schema(max_length = 40)]
    number: String,
}

/// What is on a card.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BalanceView {
    /// A gift card or a credit.
    pub kind: StoredKind,
    /// The last four digits of its number.
    pub last_four: String,
    /// What may be paid with it.
    pub balance_minor: Minor,
    /// Its currency.
    pub currency: Currency,
    /// Whether nothing may be paid with it.
    pub is_blocked: bool,
    /// Whether the hub said so just now; else it is what this store knows.
    pub is_current: bool,
    /// When the hub said it last, in RFC 3339, where it was not asked now.
    pub told_at: Option<String>,
    /// The same, in milliseconds UTC.
    #[serde(skip)]
    pub told_at_ms: Option<i64>,
}

/// Tells what is on a gift card or a credit: as the hub says, or while it is away as this store
/// knows.
#[utoipa::path(
    post, path = "/v1/stored/balance", tag = "sales",
    params(IdempotencyKey),
    request_body = BalanceRequest,
    responses(
        (status = 200, description = "what is on it", body = BalanceView),
        (status = 409, description = "`stored_number_unfit`, `stored_unknown`"),
    )
)]
async fn balance(
    State(ctx): State<Context>,
    _: Visitor,
    // It changes nothing, but every POST has a key: a client need not know which do.
    _: IdempotencyKey,
    Json(request): Json<BalanceRequest>,
) -> Result<Json<BalanceView>, Problem> {
    Ok(Json(look(&ctx, &request.number).await?))
}

/// Looks a card up.
///
/// # Errors
///
/// The problem that says why not.
pub(crate) async fn look(ctx: &Context, number: &str) -> Result<BalanceView, Problem> {
    let card = StoredNumber::read(number).map_err(|it| StoredRefused::from(it).to_problem())?;
    let card = card.card();
    let asked = service::balance(ctx, &card).await?;
    let read = ctx
        .db()
        .read(move |tx| service::known(tx, &card, &asked))
        .await?;
    Ok(view(&read.map_err(|refused| refused.to_problem())?))
}

fn view(known: &Known) -> BalanceView {
    BalanceView {
        kind: known.card.kind,
        last_four: known.card.last_four.clone(),
        balance_minor: known.free_minor,
        currency: known.currency,
        is_blocked: known.is_blocked,
        is_current: known.is_current,
        told_at: known.told_at_ms.map(moment),
        told_at_ms: known.told_at_ms,
    }
}

impl ToProblem for StoredRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Number(_) => "stored_number_unfit",
            Self::Unknown(_) | Self::UnknownHere(_) => "stored_unknown",
            Self::Blocked(_) => "stored_blocked",
            Self::Empty(_) => "stored_empty",
            Self::OtherCurrency { .. } => "stored_other_currency",
            Self::Twice(_) => "stored_twice",
        };
        Problem::refused(code, self.to_string())
    }
}
