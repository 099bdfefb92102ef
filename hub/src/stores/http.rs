//! The routes of stores, people, codes and enrolment.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, StoredResponse};
use counterpart_protocol::enrolment::{Enrolled, EnrolmentAsked, StoreIdentity};
use counterpart_protocol::ids::{EdgeNumber, StaffId, StoreId};
use counterpart_protocol::staff::Role;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::rules::{MemberDraft, StoreDraft};
use super::service::{self, Access, NewMember, StoreFailed, StoreView};
use super::{pages, store};
use crate::context::Context;
use crate::sales::{DaySum, Proof};
use crate::sync::Seen;
use crate::sync::edges::Edge;
use crate::users::{Caller, Permitted, StoresRead, StoresWrite};
use crate::web::{done, once, request_of};

/// Returns the routes anybody may call: an edge that has only its code.
pub fn public_router() -> Router<Context> {
    Router::new().route("/v1/enrolments", post(enrol))
}

/// Returns the routes of operators.
pub fn router() -> Router<Context> {
    Router::new()
        .route("/v1/stores", get(list).post(add))
        .route("/v1/stores/{store}", get(one))
        .route("/v1/stores/{store}/members", get(members).post(add_member))
        .route(
            "/v1/stores/{store}/members/{member}",
            axum::routing::delete(member_leaves),
        )
        .route("/v1/stores/{store}/enrolment-codes", post(make_code))
        .route("/v1/stores/{store}/edges/{edge}/block", post(block))
        .route("/v1/stores/{store}/edges/{edge}/unblock", post(unblock))
        .merge(pages::router())
}

async fn enrol(
    State(context): State<Context>,
    Json(asked): Json<EnrolmentAsked>,
) -> Result<Json<Enrolled>, Problem> {
    Ok(Json(service::enrol(&context, asked).await?))
}

async fn list(
    State(context): State<Context>,
    _: Permitted<StoresRead>,
) -> Result<Json<Vec<StoreJson>>, Problem> {
    let within = context.clone();
    let views = context
        .db()
        .read(move |tx| service::views(&within, tx))
        .await?;
    let now_ms = context.now_ms();
    Ok(Json(
        views.iter().map(|view| store_json(view, now_ms)).collect(),
    ))
}

async fn one(
    State(context): State<Context>,
    _: Permitted<StoresRead>,
    Path(store_id): Path<String>,
) -> Result<Json<StoreJson>, Problem> {
    let store_id = parse_store(&store_id)?;
    let view = view_of(&context, store_id).await?;
    Ok(Json(store_json(&view, context.now_ms())))
}

/// Returns one store and how it stands.
pub(super) async fn view_of(context: &Context, store_id: StoreId) -> Result<StoreView, Problem> {
    let within = context.clone();
    let view = context.db().read(move |tx| {
        let views = service::views(&within, tx)?;
        let view = views
            .into_iter()
            .find(|view| view.row.identity.store_id == store_id);
        view.ok_or(StoreFailed::Unknown(store_id))
    });
    Ok(view.await?)
}

async fn add(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    key: IdempotencyKey,
    Json(draft): Json<StoreDraft>,
) -> Result<StoredResponse, Problem> {
    add_once(&context, &operator, key.0, draft).await
}

/// Adds a store once, for the API and the page.
pub(super) async fn add_once(
    context: &Context,
    operator: &Caller,
    key: String,
    draft: StoreDraft,
) -> Result<StoredResponse, Problem> {
    let request = request_of("/v1/stores", &draft);
    let within = context.clone();
    once(context, operator.scope(key), request, move |tx| {
        let identity = service::add_in(&within, tx, &draft)?;
        Ok(StoredResponse::json(StatusCode::CREATED, &identity))
    })
    .await
}

#[derive(Debug, Serialize)]
struct MemberJson {
    id: StaffId,
    name: String,
    role: Role,
}

async fn members(
    State(context): State<Context>,
    _: Permitted<StoresRead>,
    Path(store_id): Path<String>,
) -> Result<Json<Vec<MemberJson>>, Problem> {
    let store_id = parse_store(&store_id)?;
    let rows = context.db().read(move |tx: &mut Tx| {
        service::known(tx, &store_id)?;
        Ok::<_, StoreFailed>(store::members(tx, &store_id)?)
    });
    let rows = rows.await?.into_iter();
    Ok(Json(
        rows.map(|row| MemberJson {
            id: row.member.id,
            name: row.member.name,
            role: row.member.role,
        })
        .collect(),
    ))
}

async fn add_member(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path(store_id): Path<String>,
    key: IdempotencyKey,
    Json(draft): Json<MemberDraft>,
) -> Result<StoredResponse, Problem> {
    add_member_once(&context, &operator, key.0, parse_store(&store_id)?, draft).await
}

/// Adds a member once, for the API and the page.
pub(super) async fn add_member_once(
    context: &Context,
    operator: &Caller,
    key: String,
    store_id: StoreId,
    draft: MemberDraft,
) -> Result<StoredResponse, Problem> {
    let command = format!("/v1/stores/{store_id}/members");
    let request = request_of(&command, &draft);
    let scope = operator.scope(key);
    // A command that was done already has its PIN taken, by itself: look before comparing.
    let (asked, looked) = (scope.clone(), request);
    let before = context
        .db()
        .read(move |tx| counterpart_daemon::http::idempotency::begin(tx, &asked, looked));
    if let counterpart_daemon::http::Begun::Replayed(response) = before.await? {
        return Ok(response);
    }
    let new = NewMember::prepare(context, &store_id, draft).await?;
    let within = context.clone();
    once(context, scope, request, move |tx| {
        let id = new.add_in(&within, tx)?;
        Ok(StoredResponse::json(
            StatusCode::CREATED,
            &json!({ "id": id }),
        ))
    })
    .await
}

async fn member_leaves(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path((store_id, member_id)): Path<(String, String)>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    let member_id = member_id
        .parse()
        .map_err(|_| Problem::not_found(format!("'{member_id}' is no member's id")))?;
    member_leaves_once(
        &context,
        &operator,
        key.0,
        parse_store(&store_id)?,
        member_id,
    )
    .await
}

/// Takes a member off once, for the API and the page.
pub(super) async fn member_leaves_once(
    context: &Context,
    operator: &Caller,
    key: String,
    store_id: StoreId,
    member_id: StaffId,
) -> Result<StoredResponse, Problem> {
    let request = request_of(&format!("/v1/stores/{store_id}/members/{member_id}"), &());
    let within = context.clone();
    once(context, operator.scope(key), request, move |tx| {
        service::member_leaves(&within, tx, &store_id, member_id)?;
        Ok(done(&json!({})))
    })
    .await
}

/// A code as answered, once.
#[derive(Debug, Serialize)]
pub(super) struct CodeJson {
    pub(super) code: String,
    pub(super) until: Timestamp,
}

async fn make_code(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path(store_id): Path<String>,
) -> Result<(StatusCode, Json<CodeJson>), Problem> {
    let made = service::make_code(&context, &parse_store(&store_id)?, &operator.name).await?;
    let code = CodeJson {
        code: made.code,
        until: timestamp(made.until_ms),
    };
    Ok((StatusCode::CREATED, Json(code)))
}

async fn block(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path((store_id, edge)): Path<(String, u32)>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    let store_id = parse_store(&store_id)?;
    access_once(
        &context,
        &operator,
        key.0,
        store_id,
        EdgeNumber(edge),
        Access::Blocked,
    )
    .await
}

async fn unblock(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path((store_id, edge)): Path<(String, u32)>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    let store_id = parse_store(&store_id)?;
    access_once(
        &context,
        &operator,
        key.0,
        store_id,
        EdgeNumber(edge),
        Access::Open,
    )
    .await
}

/// Changes an edge's access once, for the API and the page.
pub(super) async fn access_once(
    context: &Context,
    operator: &Caller,
    key: String,
    store_id: StoreId,
    edge: EdgeNumber,
    access: Access,
) -> Result<StoredResponse, Problem> {
    let request = request_of(
        &format!("/v1/stores/{store_id}/edges/{edge}/{access:?}"),
        &(),
    );
    let within = context.clone();
    once(context, operator.scope(key), request, move |tx| {
        service::set_access(&within, tx, &store_id, edge, access)?;
        Ok(done(&json!({})))
    })
    .await
}

/// Reads a store's slug from a path; what is no slug is no store.
pub(super) fn parse_store(text: &str) -> Result<StoreId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found(format!("there is no store called {text}")))
}

pub(super) fn timestamp(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[derive(Debug, Serialize)]
struct StoreJson {
    #[serde(flatten)]
    identity: StoreIdentity,
    added_at: Timestamp,
    business_date: String,
    today: DaySum,
    proof: Proof,
    quarantined: i64,
    connected: bool,
    seen_at: Option<Timestamp>,
    seen_ago_ms: Option<i64>,
    lag: i64,
    edges: Vec<EdgeJson>,
}

#[derive(Debug, Serialize)]
struct EdgeJson {
    edge: EdgeNumber,
    enrolled_at: Timestamp,
    certificate_until: Timestamp,
    incarnation: Option<u32>,
    said_seq: i64,
    held_seq: i64,
    clock_off_ms: Option<i64>,
    contact_at: Option<Timestamp>,
    blocked: bool,
    refused_because: Option<String>,
}

fn store_json(view: &StoreView, now_ms: i64) -> StoreJson {
    let seen_at = match view.seen {
        Seen::Now => Some(timestamp(now_ms)),
        Seen::At(at_ms) => Some(timestamp(at_ms)),
        Seen::Never => None,
    };
    StoreJson {
        identity: view.row.identity.clone(),
        added_at: timestamp(view.row.added_at_ms),
        business_date: view.business_date.to_string(),
        today: view.today,
        proof: view.proof,
        quarantined: view.quarantined,
        connected: view.seen == Seen::Now,
        seen_at,
        seen_ago_ms: view.seen.age_ms(now_ms),
        lag: view.lag(),
        edges: view.edges.iter().map(edge_json).collect(),
    }
}

fn edge_json(edge: &Edge) -> EdgeJson {
    EdgeJson {
        edge: edge.number,
        enrolled_at: timestamp(edge.enrolled_at_ms),
        certificate_until: timestamp(edge.certificate_until_ms),
        incarnation: edge.heard.incarnation.map(|incarnation| incarnation.0),
        said_seq: edge.heard.said_seq,
        held_seq: edge.heard.held_seq,
        clock_off_ms: edge.heard.clock_off_ms,
        contact_at: edge.heard.contact_at_ms.map(timestamp),
        blocked: edge.blocked_at_ms.is_some(),
        refused_because: edge.refused.as_ref().map(|refused| refused.because.clone()),
    }
}
