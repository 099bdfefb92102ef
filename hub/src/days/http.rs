//! The routes of business days: a store's days, and what one of them proves.

use axum::extract::State;
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::{Json, Path, Problem, Query};
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::rules::{Aside, DayState, Difference, EdgeDay, Late, SeriesProof, Takings};
use super::service::{self, DayLine};
use crate::context::Context;
use crate::stores::{self, StoreName};
use crate::users::{Permitted, SalesRead};

/// Days of one answer unless fewer are asked for.
pub(super) const PAGE: u32 = 31;
/// Days of one answer at most.
const PAGE_MAX: u32 = 366;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .merge(pages::router().into())
}

/// Whose days are asked for, as in an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// A store's slug; the first store if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) store: Option<String>,
    /// Before this day: from the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<String>,
    /// How many.
    #[param(minimum = 1, maximum = 366)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<u32>,
}

/// A store and its days.
pub(super) struct Listed {
    pub(super) store: Option<StoreName>,
    pub(super) stores: Vec<StoreName>,
    pub(super) days: Vec<DayLine>,
    pub(super) more: bool,
}

impl Asked {
    /// Reads the days that are asked for.
    pub(super) fn load(&self, context: &Context, tx: &mut Tx) -> Result<Listed, Problem> {
        let stores = stores::names(context, tx)?;
        let store = match self.store.as_deref().filter(|slug| !slug.is_empty()) {
            Some(slug) => Some(named(&stores, slug)?),
            None => stores.first().cloned(),
        };
        let before = match self.before.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Some(date(text)?),
            None => None,
        };
        let limit = self.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
        let edges = store.as_ref().map_or(&[][..], |store| &store.edges);
        let mut days = service::lines(context.replica(), tx, edges, before, limit + 1)?;
        let more = days.len() > limit as usize;
        days.truncate(limit as usize);
        Ok(Listed {
            store,
            stores,
            days,
            more,
        })
    }
}

fn named(stores: &[StoreName], slug: &str) -> Result<StoreName, Problem> {
    let found = stores.iter().find(|store| store.store_id.as_str() == slug);
    let missing = || Problem::not_found(format!("there is no store called {slug}"));
    found.cloned().ok_or_else(missing)
}

fn date(text: &str) -> Result<BusinessDate, Problem> {
    text.parse().map_err(|wrong| {
        let sentence = format!("{wrong}");
        Problem::unreadable(sentence.clone()).field("date", sentence)
    })
}

/// A store's days, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct DaysJson {
    store_id: Option<StoreId>,
    days: Vec<DayJson>,
    /// Where to go on, if there are older ones.
    before: Option<BusinessDate>,
}

/// A business day, as listed.
#[derive(Debug, Serialize, ToSchema)]
struct DayJson {
    business_date: BusinessDate,
    /// As it was when it was last compared.
    state: DayState,
    records: u64,
    receipts: i64,
    total_minor: i64,
    quarantined: usize,
    sealed_at: Option<Timestamp>,
    countersigned_at: Option<Timestamp>,
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Lists the business days of a store, newest first.
#[utoipa::path(
    get, path = "/v1/days", tag = "days",
    params(Asked),
    responses(
        (status = 200, description = "a page of them", body = DaysJson),
        (status = 404, description = "`not_found`: there is no such store"),
    )
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<SalesRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<DaysJson>, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| asked.load(&within, tx));
    let listed = read.await?;
    let last = listed.days.last().map(|day| day.business_date);
    Ok(Json(DaysJson {
        store_id: listed.store.map(|store| store.store_id),
        before: last.filter(|_| listed.more),
        days: listed
            .days
            .into_iter()
            .map(|day| DayJson {
                business_date: day.business_date,
                state: day.state,
                records: day.records,
                receipts: day.receipts,
                total_minor: day.total_minor,
                quarantined: day.quarantined,
                sealed_at: day.sealed_at_ms.map(at),
                countersigned_at: day.countersigned_at_ms.map(at),
            })
            .collect(),
    }))
}

/// What a store's business day proves.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProofJson {
    /// The store.
    store_id: String,
    /// The day.
    business_date: BusinessDate,
    /// Whether nothing that is known to be there is missing, doubled, set aside or different.
    whole: bool,
    /// Whether it is whole, and every store server's day is sealed and countersigned.
    proven: bool,
    /// One for each store server that has something of the day.
    servers: Vec<ServerDayJson>,
}

/// What the day of one store server proves.
#[derive(Debug, Serialize, ToSchema)]
struct ServerDayJson {
    edge: EdgeNumber,
    state: DayState,
    /// The run of its feed the seal stands in.
    run: Option<u32>,
    /// Records that count for the day, the seal excepted.
    records: u64,
    /// The sum of their hashes modulo 2^256, little-endian.
    digest: String,
    sealed_at: Option<Timestamp>,
    countersigned_at: Option<Timestamp>,
    receipts: Vec<SeriesProof>,
    invoices: Vec<SeriesProof>,
    takings: Vec<Takings>,
    /// Registers whose till was open when the day ended.
    open_tills: Vec<u16>,
    /// What came for the day after it was over.
    late: Vec<Late>,
    /// Records of the day that stand in quarantine.
    quarantined: Vec<Aside>,
    differences: Vec<DifferenceJson>,
}

/// What is not as it was sealed.
#[derive(Debug, Serialize, ToSchema)]
struct DifferenceJson {
    #[serde(flatten)]
    difference: Difference,
    sentence: String,
}

impl ProofJson {
    /// Puts the proofs of a store's servers together.
    pub(crate) fn of(store_id: &str, date: BusinessDate, days: &[EdgeDay]) -> Self {
        Self {
            store_id: store_id.to_owned(),
            business_date: date,
            whole: days.iter().all(EdgeDay::is_whole),
            proven: !days.is_empty() && days.iter().all(EdgeDay::is_proven),
            servers: days.iter().map(server).collect(),
        }
    }
}

fn server(day: &EdgeDay) -> ServerDayJson {
    let differences = day.differences.iter().map(|difference| DifferenceJson {
        sentence: difference.sentence(),
        difference: difference.clone(),
    });
    ServerDayJson {
        edge: day.edge,
        state: day.state,
        run: day.run,
        records: day.records,
        digest: day.digest.clone(),
        sealed_at: day.sealed_at_ms.map(at),
        countersigned_at: day.countersigned_at_ms.map(at),
        receipts: day.receipts.clone(),
        invoices: day.papers.clone(),
        takings: day.takings.clone(),
        open_tills: day.open_tills.clone(),
        late: day.late.clone(),
        quarantined: day.aside.clone(),
        differences: differences.collect(),
    }
}

/// A store's day and what it proves.
pub(super) struct Proven {
    pub(super) store: StoreName,
    pub(super) business_date: BusinessDate,
    pub(super) days: Vec<EdgeDay>,
}

/// Reads what a store's day proves.
pub(super) async fn proven(context: &Context, slug: &str, day: &str) -> Result<Proven, Problem> {
    let (within, slug, business_date) = (context.clone(), slug.to_owned(), date(day)?);
    let read = context.db().read(move |tx| {
        let store = named(&stores::names(&within, tx)?, &slug)?;
        let days = service::proof(within.replica(), tx, &store.edges, business_date)?;
        Ok::<_, Problem>(Proven {
            store,
            business_date,
            days,
        })
    });
    read.await
}

/// Proves a store's business day: which receipts arrived, what is missing, and whether the hub
/// holds what the store sealed.
#[utoipa::path(
    get, path = "/v1/days/{store_id}/{business_date}", tag = "days",
    params(
        ("store_id" = StoreId, Path, description = "the store"),
        ("business_date" = BusinessDate, Path, description = "the day"),
    ),
    responses(
        (status = 200, description = "what the day proves", body = ProofJson),
        (status = 404, description = "`not_found`: there is no such store"),
    )
)]
async fn one(
    State(context): State<Context>,
    _: Permitted<SalesRead>,
    Path((store_id, day)): Path<(String, String)>,
) -> Result<Json<ProofJson>, Problem> {
    let proven = proven(&context, &store_id, &day).await?;
    let slug = proven.store.store_id.as_str();
    Ok(Json(ProofJson::of(
        slug,
        proven.business_date,
        &proven.days,
    )))
}
