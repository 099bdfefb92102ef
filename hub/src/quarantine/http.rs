//! The routes of what was set aside: the list, one record, and letting it in.

use axum::extract::State;
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, Query, StoredResponse};
use counterpart_daemon::replica::{AsideListed, AsideShown, Said};
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{pages, service};
use crate::context::Context;
use crate::stores::{self, StoreName};
use crate::users::{Caller, Permitted, RecordsWrite, StatusRead};
use crate::web::{done, once, request_of};

/// Records of one answer unless fewer are asked for.
pub(super) const PAGE: u32 = 50;
/// Records of one answer at most.
const PAGE_MAX: u32 = 500;
/// Bytes of a record that are shown; larger ones are cut, and the command line has them whole.
pub(super) const BYTES_SHOWN_MAX: usize = 65_536;

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(readmit))
        .merge(pages::router().into())
}

/// Which page of the list, as in an address.
#[derive(Debug, Clone, Default, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// After this one: `<ms>.<edge>.<run>.<seq>`, from the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// How many.
    #[param(minimum = 1, maximum = 500)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<u32>,
}

/// What stands in quarantine.
pub(super) struct Listed {
    pub(super) records: Vec<AsideListed>,
    pub(super) more: bool,
    pub(super) stores: Vec<StoreName>,
}

impl Asked {
    pub(super) fn load(&self, context: &Context, tx: &mut Tx) -> Result<Listed, Problem> {
        let after = match self.after.as_deref().filter(|mark| !mark.is_empty()) {
            Some(mark) => Some(read_mark(mark).ok_or_else(|| {
                let sentence = "this page is no longer known: begin with the first";
                Problem::unreadable(sentence).field("after", sentence)
            })?),
            None => None,
        };
        let limit = self.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
        let mut records = context.replica().aside(tx, after, limit + 1)?;
        let more = records.len() > limit as usize;
        records.truncate(limit as usize);
        Ok(Listed {
            records,
            more,
            stores: stores::names(context, tx)?,
        })
    }
}

fn read_mark(mark: &str) -> Option<(i64, u32, u32, u64)> {
    let mut parts = mark.split('.');
    let read = (
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    );
    parts.next().is_none().then_some(read)
}

/// Writes where a page ends.
pub(super) fn mark_of(last: &AsideListed) -> String {
    let record = &last.record;
    format!(
        "{}.{}.{}.{}",
        record.noticed_at_ms, record.peer, record.feed, record.seq
    )
}

/// Returns the store a record came from.
pub(super) fn store_of(stores: &[StoreName], edge: EdgeNumber) -> Option<&StoreName> {
    stores.iter().find(|store| store.edges.contains(&edge))
}

/// What stands in quarantine, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct QuarantineJson {
    records: Vec<RecordJson>,
    /// Where to go on, if there are more.
    after: Option<String>,
}

/// A record that was set aside.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuarantinedJson)]
struct RecordJson {
    store_id: Option<StoreId>,
    edge: EdgeNumber,
    /// The run of the store server's feed.
    run: u32,
    /// Its number there.
    seq: u64,
    reason: String,
    noticed_at: Timestamp,
    /// The word for its kind, as the record says, or its number.
    kind: String,
    document: String,
    business_date: BusinessDate,
    size_bytes: u64,
}

fn record_json(listed: &AsideListed, stores: &[StoreName]) -> RecordJson {
    let record = &listed.record;
    RecordJson {
        store_id: store_of(stores, record.peer).map(|store| store.store_id.clone()),
        edge: record.peer,
        run: record.feed,
        seq: record.seq,
        reason: record.reason.clone(),
        noticed_at: Timestamp::from_millisecond(record.noticed_at_ms)
            .unwrap_or(Timestamp::UNIX_EPOCH),
        kind: listed.kind.clone(),
        document: listed.document.clone(),
        business_date: listed.business_date,
        size_bytes: listed.size_bytes,
    }
}

/// Lists the records that stores sent and this hub set aside, the newest first.
#[utoipa::path(
    get, path = "/v1/quarantine", tag = "quarantine",
    params(Asked),
    responses((status = 200, description = "a page of them", body = QuarantineJson))
)]
async fn list(
    State(context): State<Context>,
    _: Permitted<StatusRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<QuarantineJson>, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| asked.load(&within, tx));
    let listed = read.await?;
    let records = listed.records.iter();
    Ok(Json(QuarantineJson {
        after: listed.records.last().filter(|_| listed.more).map(mark_of),
        records: records
            .map(|record| record_json(record, &listed.stores))
            .collect(),
    }))
}

/// A record that was set aside, with everything in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuarantinedRecordJson)]
struct OneJson {
    #[serde(flatten)]
    record: RecordJson,
    /// The SHA-256 of the change its sender chained.
    change: String,
    /// Whether the kept bytes are that change.
    intact: bool,
    /// The chain after the record.
    chain: String,
    /// The first 64 KiB of the bytes, in hexadecimal digits.
    bytes: String,
    /// What it would say, if it can be read: who, when, what.
    #[schema(value_type = Option<Object>)]
    says: Option<Said>,
    /// Why it cannot be read, if it cannot.
    unreadable: Option<String>,
}

/// A record and the store it came from.
pub(super) struct One {
    pub(super) shown: AsideShown,
    pub(super) store: Option<StoreName>,
}

/// Where a record stands, as in an address.
pub(super) type Place = (u32, u32, u64);

/// Reads a record that was set aside.
pub(super) async fn load(context: &Context, (edge, run, seq): Place) -> Result<One, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| {
        let found = within.replica().aside_one(tx, EdgeNumber(edge), run, seq)?;
        let shown = found.ok_or_else(|| {
            Problem::not_found(format!(
                "record {seq} of run {run} from edge {edge} does not stand in quarantine: it was \
                 let in, or never was there"
            ))
        })?;
        let stores = stores::names(&within, tx)?;
        let store = store_of(&stores, EdgeNumber(edge)).cloned();
        Ok::<_, Problem>(One { shown, store })
    });
    read.await
}

/// Writes bytes as hexadecimal digits, as many as are shown.
pub(super) fn hex(bytes: &[u8]) -> String {
    let shown = bytes.iter().take(BYTES_SHOWN_MAX);
    shown.map(|byte| format!("{byte:02x}")).collect()
}

/// Shows a record that was set aside, with its bytes and what it would say.
#[utoipa::path(
    get, path = "/v1/quarantine/{edge}/{run}/{seq}", tag = "quarantine",
    params(
        ("edge" = u32, Path, description = "the store server that sent it"),
        ("run" = u32, Path, description = "the run of its feed"),
        ("seq" = u64, Path, description = "its number there"),
    ),
    responses(
        (status = 200, description = "the record", body = OneJson),
        (status = 404, description = "`not_found`: no such record stands in quarantine"),
    )
)]
async fn one(
    State(context): State<Context>,
    _: Permitted<StatusRead>,
    Path(place): Path<Place>,
) -> Result<Json<OneJson>, Problem> {
    let One { shown, store } = load(&context, place).await?;
    let (says, unreadable) = match shown.said {
        Said::Unreadable { unreadable } => (None, Some(unreadable)),
        said @ Said::Fact { .. } => (Some(said), None),
    };
    Ok(Json(OneJson {
        record: record_json(&shown.listed, store.as_slice()),
        change: shown.change,
        intact: shown.is_intact,
        chain: shown.chain,
        bytes: hex(&shown.bytes),
        says,
        unreadable,
    }))
}

/// What letting a record in did.
#[derive(Debug, Serialize, ToSchema)]
struct ReadmittedJson {
    /// Facts that were folded into every view, which was made anew.
    facts: u64,
}

/// Lets a record count after all, if it can be used now: after an upgrade, say. Every view is made
/// anew, and nothing else is written meanwhile.
#[utoipa::path(
    post, path = "/v1/quarantine/{edge}/{run}/{seq}/readmit", tag = "quarantine",
    params(
        ("edge" = u32, Path, description = "the store server that sent it"),
        ("run" = u32, Path, description = "the run of its feed"),
        ("seq" = u64, Path, description = "its number there"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "it counts now", body = ReadmittedJson),
        (status = 404, description = "`not_found`: no such record stands in quarantine"),
        (status = 409, description = "`record_not_usable`: it stays set aside"),
    )
)]
async fn readmit(
    State(context): State<Context>,
    caller: Permitted<RecordsWrite>,
    Path(place): Path<Place>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    readmit_once(&context, &caller, key.0, place).await
}

/// Lets a record in once, for the API and the page.
pub(super) async fn readmit_once(
    context: &Context,
    caller: &Caller,
    key: String,
    (edge, run, seq): Place,
) -> Result<StoredResponse, Problem> {
    let command = format!("/v1/quarantine/{edge}/{run}/{seq}/readmit");
    let request = request_of(&command, &());
    let within = context.clone();
    once(context, caller.scope(key), request, move |tx| {
        let place = (EdgeNumber(edge), run, seq);
        let readmitted = service::readmit_in(&within, tx, place)?;
        Ok(done(&ReadmittedJson {
            facts: readmitted.rebuilt.facts,
        }))
    })
    .await
}
