//! The routes of exceptions: the inbox, one of them, and settling it.

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query, StoredResponse};
use counterpart_protocol::exceptions::{ExceptionId, Resolution, Rule};
use counterpart_protocol::ids::{
    CouponId, EdgeNumber, OrderId, SaleId, StoreId, StoredId, TransferId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, ExceptionFailed, View};
use super::store::{Filter, Mark, Stored, Subject};
use super::{pages, rules};
use crate::context::Context;
use crate::stores::StoreName;
use crate::users::{Caller, ExceptionsRead, ExceptionsWrite, Permitted};
use crate::web::{done, once, request_of};

/// Exceptions of one answer unless fewer are asked for.
pub(super) const PAGE: u32 = 50;
const PAGE_MAX: u32 = 500;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(resolve))
        .merge(pages::router().into())
}

/// What is asked of the inbox, as in an address.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `open` (unless said), `settled`, `resolved` or `all`.
    #[serde(default)]
    pub(super) standing: Option<String>,
    /// A rule's word.
    #[serde(default)]
    pub(super) rule: Option<String>,
    /// A store's slug.
    #[serde(default)]
    pub(super) store: Option<String>,
    /// An order.
    #[serde(default)]
    order_id: Option<OrderId>,
    /// After this one: `<severity>.<ms>.<id>`, from the answer before.
    #[serde(default)]
    pub(super) after: Option<String>,
    #[serde(default)]
    limit: Option<u32>,
}

impl Asked {
    /// Reads what is asked, with the stores there are.
    ///
    /// # Errors
    /// A problem that names what there is instead.
    pub(super) fn filter(&self, stores: &[StoreName]) -> Result<Filter, Problem> {
        let wrong = |field: &str, sentence: String| {
            Problem::unreadable(sentence.clone()).field(field, sentence)
        };
        let standing = match self.standing.as_deref().unwrap_or("open") {
            "" | "open" => Some("open".to_owned()),
            "all" => None,
            word @ ("settled" | "resolved") => Some(word.to_owned()),
            word => {
                let sentence =
                    format!("'{word}' is no standing: there are open, settled, resolved and all");
                return Err(wrong("standing", sentence));
            }
        };
        let rule = match self.rule.as_deref().filter(|word| !word.is_empty()) {
            None => None,
            Some(word) => Some(Rule::from_word(word).ok_or_else(|| {
                let known: Vec<&str> = Rule::ALL.iter().map(|rule| rule.word()).collect();
                let sentence = format!("'{word}' is no rule: there are {}", known.join(", "));
                wrong("rule", sentence)
            })?),
        };
        let edges = match self.store.as_deref().filter(|slug| !slug.is_empty()) {
            None => None,
            Some(slug) => {
                let found = stores.iter().find(|store| store.store_id.as_str() == slug);
                let missing = || Problem::not_found(format!("there is no store called {slug}"));
                Some(found.ok_or_else(missing)?.edges.clone())
            }
        };
        Ok(Filter {
            standing,
            rule,
            edges,
            order: self.order_id,
            after: self.after.as_deref().and_then(read_mark),
        })
    }
}

fn read_mark(mark: &str) -> Option<Mark> {
    let (severity, rest) = mark.split_once('.')?;
    let (at_ms, id) = rest.split_once('.')?;
    Some((
        severity.parse().ok()?,
        at_ms.parse().ok()?,
        id.parse().ok()?,
    ))
}

/// Writes where a page ends.
pub(super) fn mark_of(last: &Stored) -> String {
    format!("{}.{}.{}", last.severity, last.raised_at_ms, last.id)
}

/// A page of the inbox.
#[derive(Debug, Serialize, ToSchema)]
struct InboxJson {
    open: i64,
    settled: i64,
    resolved: i64,
    exceptions: Vec<ExceptionJson>,
    after: Option<String>,
}

/// An exception.
#[derive(Debug, Serialize, ToSchema)]
struct ExceptionJson {
    #[schema(value_type = String)]
    exception_id: ExceptionId,
    #[schema(value_type = String)]
    rule: Rule,
    severity: u8,
    standing: String,
    title: &'static str,
    meaning: &'static str,
    #[serde(flatten)]
    about: AboutJson,
    fulfilment_id: Option<String>,
    store_id: Option<StoreId>,
    raised_at: Timestamp,
    units: Vec<UnitsJson>,
    /// How and when a person settled it.
    resolution: Option<ResolutionJson>,
}

/// What an exception is about: one of them.
#[derive(Debug, Default, Serialize, ToSchema)]
struct AboutJson {
    order_id: Option<OrderId>,
    transfer_id: Option<TransferId>,
    card_id: Option<StoredId>,
    /// The sale of which too much was refunded, if it is about one.
    sale_id: Option<SaleId>,
    /// The coupon that more than one sale used, if it is about one.
    coupon_id: Option<CouponId>,
}

/// What an exception is about, and how much.
#[derive(Debug, Serialize, ToSchema)]
struct UnitsJson {
    sku: String,
    quantity_milli: i64,
}

/// How a person settled an exception.
#[derive(Debug, Serialize, ToSchema)]
struct ResolutionJson {
    how: String,
    at: Timestamp,
}

/// An exception with its facts side by side.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExceptionFactsJson)]
struct OneJson {
    #[serde(flatten)]
    exception: ExceptionJson,
    facts: Vec<FactJson>,
    /// How it may be settled, the likeliest first.
    ways: Vec<&'static str>,
}

/// A fact in words.
#[derive(Debug, Serialize, ToSchema)]
struct FactJson {
    fact_id: String,
    at: Timestamp,
    by: String,
    title: String,
    detail: String,
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn store_of(stores: &[StoreName], edge: Option<EdgeNumber>) -> Option<&StoreName> {
    let edge = edge?;
    stores.iter().find(|store| store.edges.contains(&edge))
}

fn exception_json(stored: &Stored, stores: &[StoreName]) -> ExceptionJson {
    let mut about = AboutJson::default();
    match stored.about {
        Subject::Order(id) => about.order_id = Some(id),
        Subject::Transfer(id) => about.transfer_id = Some(id),
        Subject::Card(id) => about.card_id = Some(id),
        Subject::Sale(id) => about.sale_id = Some(id),
        Subject::Coupon(id) => about.coupon_id = Some(id),
    }
    ExceptionJson {
        exception_id: stored.id,
        rule: stored.rule,
        severity: stored.severity,
        standing: stored.standing.clone(),
        title: rules::title(stored.rule),
        meaning: rules::meaning(stored.rule),
        about,
        fulfilment_id: stored.fulfilment_id.map(|id| id.to_string()),
        store_id: store_of(stores, stored.edge).map(|store| store.store_id.clone()),
        raised_at: at(stored.raised_at_ms),
        units: stored
            .units
            .iter()
            .map(|(sku, quantity_milli)| UnitsJson {
                sku: sku.clone(),
                quantity_milli: *quantity_milli,
            })
            .collect(),
        resolution: stored
            .resolution
            .as_ref()
            .map(|(how, at_ms)| ResolutionJson {
                how: how.clone(),
                at: at(*at_ms),
            }),
    }
}

/// Lists exceptions, the worst first, then the oldest.
#[utoipa::path(
    get, path = "/v1/exceptions", tag = "exceptions",
    params(Asked),
    responses(
        (status = 200, description = "a page of the inbox", body = InboxJson),
        (status = 404, description = "`not_found`: there is no such store"),
    )
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<ExceptionsRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<InboxJson>, Problem> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let within = context.clone();
    let read = context.db().read(move |tx| {
        let stores = crate::stores::names(&within, tx)?;
        let filter = asked.filter(&stores)?;
        Ok::<_, Problem>(service::inbox(&within, tx, &filter, limit)?)
    });
    let inbox = read.await?;
    Ok(Json(InboxJson {
        open: inbox.open,
        settled: inbox.settled,
        resolved: inbox.resolved,
        after: inbox.rows.last().filter(|_| inbox.more).map(mark_of),
        exceptions: inbox
            .rows
            .iter()
            .map(|stored| exception_json(stored, &inbox.stores))
            .collect(),
    }))
}

/// Reads an exception's id from an address.
pub(super) fn id_of(text: &str) -> Result<ExceptionId, Problem> {
    let unknown = |_| Problem::from(ExceptionFailed::Unknown);
    text.parse().map_err(unknown)
}

pub(super) async fn view_of(context: &Context, exception_id: &str) -> Result<View, Problem> {
    let (id, within) = (id_of(exception_id)?, context.clone());
    let read = context.db().read(move |tx| service::view(&within, tx, id));
    Ok(read.await?)
}

/// Tells one exception with its facts side by side.
#[utoipa::path(
    get, path = "/v1/exceptions/{exception_id}", tag = "exceptions",
    params(("exception_id" = String, Path, description = "the exception")),
    responses(
        (status = 200, description = "the exception", body = OneJson),
        (status = 404, description = "`not_found`: there is no such exception"),
    )
)]
async fn one(
    State(context): State<Context>,
    _: Permitted<ExceptionsRead>,
    Path(exception_id): Path<String>,
) -> Result<Json<OneJson>, Problem> {
    let view = view_of(&context, &exception_id).await?;
    let facts = view.facts.iter().map(|told| FactJson {
        fact_id: told.fact_id.to_string(),
        at: at(told.at_ms),
        by: by_words(&view.stores, told.edge),
        title: told.title.clone(),
        detail: told.detail.clone(),
    });
    let open = view.stored.standing == "open";
    let ways = rules::ways(view.stored.rule).iter();
    Ok(Json(OneJson {
        facts: facts.collect(),
        ways: ways
            .filter(|_| open)
            .map(|how| rules::way_word(*how))
            .collect(),
        exception: exception_json(&view.stored, &view.stores),
    }))
}

/// Returns who stated something: the hub, or a store.
pub(super) fn by_words(stores: &[StoreName], edge: EdgeNumber) -> String {
    match (edge, store_of(stores, Some(edge))) {
        (EdgeNumber::HUB, _) => "the hub".to_owned(),
        (_, Some(store)) => store.name.clone(),
        (edge, None) => format!("edge {edge}"),
    }
}

/// How an exception is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolveDraft {
    #[schema(value_type = String, example = "customer_told")]
    pub(super) how: Resolution,
}

/// What was settled, and how.
#[derive(Debug, Serialize, ToSchema)]
struct ResolvedJson {
    #[schema(value_type = String)]
    exception_id: ExceptionId,
    #[schema(value_type = String)]
    how: Resolution,
}

/// Settles an exception; that a person did it is a fact.
#[utoipa::path(
    post, path = "/v1/exceptions/{exception_id}/resolve", tag = "exceptions",
    params(("exception_id" = String, Path, description = "the exception"), IdempotencyKey),
    request_body = ResolveDraft,
    responses(
        (status = 200, description = "settled", body = ResolvedJson),
        (status = 404, description = "`not_found`: there is no such exception"),
        (status = 409, description = "`exception_not_settled`, `nobody_to_tell`"),
    )
)]
async fn resolve(
    State(context): State<Context>,
    caller: Permitted<ExceptionsWrite>,
    Path(exception_id): Path<String>,
    key: IdempotencyKey,
    Json(draft): Json<ResolveDraft>,
) -> Result<StoredResponse, Problem> {
    resolve_once(&context, &caller, key.0, &exception_id, draft).await
}

/// Settles an exception once, for the API and the page.
pub(super) async fn resolve_once(
    context: &Context,
    caller: &Caller,
    key: String,
    exception_id: &str,
    draft: ResolveDraft,
) -> Result<StoredResponse, Problem> {
    let id = id_of(exception_id)?;
    let request = request_of(&format!("/v1/exceptions/{id}/resolve"), &draft);
    let within = context.clone();
    once(context, caller.scope(key), request, move |tx| {
        service::resolve_in(&within, tx, id, draft.how)?;
        Ok(done(&ResolvedJson {
            exception_id: id,
            how: draft.how,
        }))
    })
    .await
}
