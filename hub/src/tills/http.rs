//! The route of a store's tills and safe.

use axum::extract::State;
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::{Json, Problem, Query};
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::service::{self, Money};
use super::store::{Closing, Entry, Other};
use crate::context::Context;
use crate::stores::{self, StoreName};
use crate::users::{Permitted, SalesRead};

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .merge(pages::router().into())
}

/// Whose tills are asked for, as in an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// A store's slug; the first store if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) store: Option<String>,
}

/// A store, and its money.
pub(super) struct Shown {
    pub(super) store: Option<StoreName>,
    pub(super) stores: Vec<StoreName>,
    pub(super) money: Money,
}

impl Asked {
    /// Reads what is asked for.
    pub(super) fn load(&self, context: &Context, tx: &mut Tx) -> Result<Shown, Problem> {
        let stores = stores::names(context, tx)?;
        let store = match self.store.as_deref().filter(|slug| !slug.is_empty()) {
            Some(slug) => {
                let found = stores.iter().find(|store| store.store_id.as_str() == slug);
                let missing = || Problem::not_found(format!("there is no store called {slug}"));
                Some(found.cloned().ok_or_else(missing)?)
            }
            None => stores.first().cloned(),
        };
        let money = match &store {
            Some(store) => service::money(tx, store)?,
            None => Money::default(),
        };
        Ok(Shown {
            store,
            stores,
            money,
        })
    }
}

/// The money of a store as it counted it.
#[derive(Debug, Serialize, ToSchema)]
struct TillsJson {
    store_id: Option<StoreId>,
    /// The last closings of its tills, the newest first.
    closings: Vec<ClosingJson>,
    /// What should be in its safe, by currency.
    in_safe: Vec<InSafeJson>,
    /// The last entries of its safe's book, the newest first.
    safe: Vec<SafeEntryJson>,
}

/// What should be in a safe.
#[derive(Debug, Serialize, ToSchema)]
struct InSafeJson {
    currency: String,
    amount_minor: i64,
}

/// A till that was counted and closed.
#[derive(Debug, Serialize, ToSchema)]
struct ClosingJson {
    register: Option<u16>,
    z_number: u32,
    business_date: BusinessDate,
    closed_at: Timestamp,
    currency: String,
    sales: i64,
    sales_minor: i64,
    /// What should have been in the drawer.
    expected_minor: i64,
    /// Counted less expected.
    over_short_minor: i64,
    reason: Option<String>,
    /// What was counted beside cash.
    others: Vec<Other>,
}

/// An entry of a safe's book.
#[derive(Debug, Serialize, ToSchema)]
struct SafeEntryJson {
    fact_id: String,
    /// `dropped`, `float_out`, `float_back`, `banked` or `counted`.
    entry: String,
    currency: String,
    amount_minor: i64,
    /// Counted less expected, for a count.
    over_short_minor: Option<i64>,
    reason: Option<String>,
    reference: Option<String>,
    register: Option<u16>,
    booked_at: Timestamp,
}

fn at(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn closing_json(row: Closing) -> ClosingJson {
    ClosingJson {
        register: row.register,
        z_number: row.z_number,
        business_date: row.business_date,
        closed_at: at(row.at_ms),
        currency: row.currency,
        sales: row.sales,
        sales_minor: row.sales_minor,
        expected_minor: row.expected_minor,
        over_short_minor: row.over_short_minor,
        reason: row.reason,
        others: row.others,
    }
}

fn entry_json(row: Entry) -> SafeEntryJson {
    SafeEntryJson {
        fact_id: Ulid::from_bytes(row.fact_id).to_string(),
        entry: row.entry,
        currency: row.currency,
        amount_minor: row.amount_minor,
        over_short_minor: row.is_count.then_some(row.change_minor),
        reason: row.reason,
        reference: row.reference,
        register: row.register,
        booked_at: at(row.at_ms),
    }
}

/// Shows how the tills of a store were counted, and the book of its safe.
#[utoipa::path(
    get, path = "/v1/tills", tag = "sales",
    params(Asked),
    responses(
        (status = 200, description = "its money as it counted it", body = TillsJson),
        (status = 404, description = "`not_found`: there is no such store"),
    )
)]
async fn show(
    State(context): State<Context>,
    _: Permitted<SalesRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<TillsJson>, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| asked.load(&within, tx));
    let shown = read.await?;
    let money = shown.money;
    Ok(Json(TillsJson {
        store_id: shown.store.map(|store| store.store_id),
        closings: money.closings.into_iter().map(closing_json).collect(),
        in_safe: money
            .in_safe
            .into_iter()
            .map(|(currency, amount_minor)| InSafeJson {
                currency,
                amount_minor,
            })
            .collect(),
        safe: money.entries.into_iter().map(entry_json).collect(),
    }))
}
