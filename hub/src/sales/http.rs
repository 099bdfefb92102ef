//! The routes of received sales: the list; one of them is beside it.

mod one;

pub(super) use one::view_of;

use axum::extract::State;
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::{Json, Problem, Query};
use counterpart_protocol::ids::{CustomerId, EdgeNumber, RegisterId};
use counterpart_protocol::sales::ReceiptNumber;
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::store::{Receipt, ReceiptFilter};
use crate::context::Context;
use crate::stores::{self, StoreName};
use crate::users::{Permitted, SalesRead};

/// Receipts of one answer unless fewer are asked for.
pub(super) const PAGE: u32 = 50;
/// Receipts of one answer at most.
const PAGE_MAX: u32 = 500;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one::one))
        .merge(pages::router().into())
}

/// Which receipts are asked for, as in an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// A store's slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) store: Option<String>,
    /// A day, such as `2026-11-23`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<String>,
    /// A printed number, such as `1-1-000042`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) receipt: Option<String>,
    /// A customer's pseudonym: what was sold to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) customer: Option<String>,
    /// Older than this one: `<place>.<sale id>`, from the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<String>,
    /// How many.
    #[param(minimum = 1, maximum = 500)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<u32>,
}

impl Asked {
    /// Reads what was asked for; an empty field of a form asks for everything.
    pub(super) fn filter(&self, stores: &[StoreName]) -> Result<ReceiptFilter, Problem> {
        let edges = match given(self.store.as_deref()) {
            Some(store) => Some(edges_of(stores, store)?),
            None => None,
        };
        let refused = |field: &'static str, sentence: String| {
            Problem::unreadable(sentence.clone()).field(field, sentence)
        };
        let business_date = given(self.date.as_deref())
            .map(|text| text.parse::<BusinessDate>())
            .transpose()
            .map_err(|wrong| refused("date", wrong.to_string()))?;
        let number = given(self.receipt.as_deref())
            .map(|text| {
                let number = receipt_number(text)
                    .ok_or_else(|| format!("'{text}' is no receipt's number: write 1-1-000042"));
                match number {
                    Ok(number) if number.is_of_training() => Err(refused(
                        "receipt",
                        format!("the receipt {number} is from training: nothing was sold with it"),
                    )),
                    Ok(number) => Ok(number),
                    Err(sentence) => Err(refused("receipt", sentence)),
                }
            })
            .transpose()?;
        let customer_id = given(self.customer.as_deref())
            .map(|text| text.parse::<CustomerId>())
            .transpose()
            .map_err(|wrong| refused("customer", wrong.to_string()))?;
        let before = given(self.before.as_deref())
            .map(|text| {
                mark(text).ok_or_else(|| refused("before", "this page is no longer known".into()))
            })
            .transpose()?;
        Ok(ReceiptFilter {
            edges,
            business_date,
            number,
            customer_id,
            before,
        })
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Returns the edges of a store, or says that there is no such store.
pub(super) fn edges_of(stores: &[StoreName], store: &str) -> Result<Vec<EdgeNumber>, Problem> {
    stores
        .iter()
        .find(|known| known.store_id.as_str() == store)
        .map(|known| known.edges.clone())
        .ok_or_else(|| Problem::not_found(format!("there is no store called {store}")))
}

fn receipt_number(text: &str) -> Option<ReceiptNumber> {
    let mut parts = text.split('-');
    let number = ReceiptNumber {
        register: RegisterId(parts.next()?.parse().ok()?),
        series: parts.next()?.parse().ok()?,
        number: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(number)
}

/// Writes where a page of receipts ends.
pub(super) fn mark_of(receipt: &Receipt) -> String {
    format!("{}.{}", receipt.hlc, Ulid::from_bytes(receipt.sale_id))
}

fn mark(text: &str) -> Option<(i64, [u8; 16])> {
    let (hlc, sale_id) = text.split_once('.')?;
    Some((
        hlc.parse().ok()?,
        Ulid::from_string(sale_id).ok()?.to_bytes(),
    ))
}

/// Receipts, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct ReceiptsJson {
    receipts: Vec<ReceiptJson>,
    /// Where to go on, if there are older ones.
    before: Option<String>,
}

/// A receipt that arrived.
#[derive(Debug, Serialize, ToSchema)]
struct ReceiptJson {
    sale_id: String,
    store_id: Option<String>,
    edge: EdgeNumber,
    receipt: String,
    business_date: BusinessDate,
    at: Timestamp,
    currency: String,
    total_minor: i64,
    lines: i64,
    copies: i64,
}

fn receipt_json(receipt: &Receipt, stores: &[StoreName]) -> ReceiptJson {
    let store = stores
        .iter()
        .find(|store| store.edges.contains(&receipt.edge));
    ReceiptJson {
        sale_id: Ulid::from_bytes(receipt.sale_id).to_string(),
        store_id: store.map(|store| store.store_id.to_string()),
        edge: receipt.edge,
        receipt: receipt.number.clone(),
        business_date: receipt.business_date,
        at: Timestamp::from_millisecond(receipt.at_ms).unwrap_or(Timestamp::UNIX_EPOCH),
        currency: receipt.currency.clone(),
        total_minor: receipt.total_minor,
        lines: receipt.lines,
        copies: receipt.copies,
    }
}

/// Lists receipts that arrived, newest first.
#[utoipa::path(
    get, path = "/v1/sales", tag = "sales",
    params(Asked),
    responses(
        (status = 200, description = "a page of them", body = ReceiptsJson),
        (status = 404, description = "`not_found`: there is no such store"),
    )
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<SalesRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<ReceiptsJson>, Problem> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let within = context.clone();
    let found = context.db().read(move |tx: &mut Tx| {
        let stores = stores::names(&within, tx)?;
        let filter = asked.filter(&stores)?;
        let receipts = super::store::receipts(tx, &filter, limit + 1)?;
        Ok::<_, Problem>((stores, receipts))
    });
    let (stores, mut receipts) = found.await?;
    let more = receipts.len() > limit as usize;
    receipts.truncate(limit as usize);
    Ok(Json(ReceiptsJson {
        before: more.then(|| receipts.last().map(mark_of)).flatten(),
        receipts: receipts
            .iter()
            .map(|row| receipt_json(row, &stores))
            .collect(),
    }))
}
