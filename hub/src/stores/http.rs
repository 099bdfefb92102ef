//! The routes of stores, people, codes and enrolment.

mod badges;
mod changing;
mod entities;
mod giving;
mod json;
mod jurisdictions;

pub(super) use badges::{parse_member, take_back_once};
pub(super) use changing::change_once;
pub(super) use entities::{add_entity_once, change_entity_once, parse_entity};
pub(super) use giving::give_once;
pub(super) use json::{CodeJson, timestamp};
pub(super) use jurisdictions::{
    add_jurisdiction_once, change_jurisdiction_once, parse_jurisdiction,
};

use axum::extract::State;
use axum::http::StatusCode;
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, StoredResponse};
use counterpart_protocol::enrolment::{Enrolled, EnrolmentAsked, StoreIdentity};
use counterpart_protocol::ids::{EdgeNumber, StaffId, StoreId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use json::{MemberAdded, MemberJson, StoreJson, store_json};

use super::rules::{MemberDraft, StoreDraft};
use super::service::{self, Access, NewMember, StoreFailed, StoreView};
use super::{pages, store};
use crate::context::Context;
use crate::users::{Caller, Permitted, StoresRead, StoresWrite};
use crate::web::{Done, done, once, request_of};

/// Returns the routes anybody may call: an edge that has only its code.
pub fn public_router() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(routes!(enrol))
}

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(one, changing::change))
        .routes(routes!(members, add_member))
        .routes(routes!(member_leaves))
        .routes(routes!(make_code))
        .routes(routes!(block))
        .routes(routes!(unblock))
        .merge(badges::router())
        .merge(giving::router())
        .merge(entities::router())
        .merge(jurisdictions::router())
        .merge(pages::router().into())
}

/// Enrols a store server by its one-time code. Asked again with the same code and key, it
/// answers the same.
#[utoipa::path(
    post, path = "/v1/enrolments", tag = "stores",
    security(()),
    request_body = EnrolmentAsked,
    responses(
        (status = 200, description = "its number, certificate and store", body = Enrolled),
        (status = 400, description = "`enrolment_code_mistyped`, `certificate_request_refused`"),
        (status = 409, description = "`enrolment_code_unknown`, `enrolment_code_used`, \
            `enrolment_code_expired`, `enrolment_code_elsewhere`, `edge_unknown`, \
            `edge_elsewhere`"),
    )
)]
async fn enrol(
    State(context): State<Context>,
    Json(asked): Json<EnrolmentAsked>,
) -> Result<Json<Enrolled>, Problem> {
    Ok(Json(service::enrol(&context, asked).await?))
}

/// Lists the stores and how each stands.
#[utoipa::path(
    get, path = "/v1/stores", tag = "stores",
    responses((status = 200, description = "all of them, by slug", body = [StoreJson]))
)]
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

/// Shows a store and how it stands.
#[utoipa::path(
    get, path = "/v1/stores/{store}", tag = "stores",
    params(("store" = StoreId, Path, description = "the store's slug")),
    responses((status = 200, description = "the store", body = StoreJson))
)]
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

/// Adds a store.
#[utoipa::path(
    post, path = "/v1/stores", tag = "stores",
    params(IdempotencyKey),
    request_body = StoreDraft,
    responses(
        (status = 201, description = "added", body = StoreIdentity),
        (status = 409, description = "`fields_refused`, `store_taken`"),
    )
)]
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

/// Lists who works in a store.
#[utoipa::path(
    get, path = "/v1/stores/{store}/members", tag = "stores",
    params(("store" = StoreId, Path, description = "the store's slug")),
    responses((status = 200, description = "everybody, by name", body = [MemberJson]))
)]
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
            may: row.member.may,
        })
        .collect(),
    ))
}

/// Adds somebody who works in a store, with a PIN, and tells the store.
#[utoipa::path(
    post, path = "/v1/stores/{store}/members", tag = "stores",
    params(("store" = StoreId, Path, description = "the store's slug"), IdempotencyKey),
    request_body = MemberDraft,
    responses(
        (status = 201, description = "added", body = MemberAdded),
        (status = 409, description = "`fields_refused`"),
    )
)]
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
    let (asked, looked) = (scope.clone(), request.sha256);
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
            &MemberAdded { id },
        ))
    })
    .await
}

/// Takes somebody off a store's roster; facts keep the id.
#[utoipa::path(
    delete, path = "/v1/stores/{store}/members/{member}", tag = "stores",
    params(
        ("store" = StoreId, Path, description = "the store's slug"),
        ("member" = StaffId, Path, description = "the person's id"),
        IdempotencyKey,
    ),
    responses((status = 200, description = "done", body = Done))
)]
async fn member_leaves(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path((store_id, member_id)): Path<(String, String)>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    let member_id = parse_member(&member_id)?;
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
        Ok(done(&Done {}))
    })
    .await
}

/// Makes a one-time code for enrolling a store server, good for a day. It is shown once.
#[utoipa::path(
    post, path = "/v1/stores/{store}/enrolment-codes", tag = "stores",
    params(("store" = StoreId, Path, description = "the store's slug")),
    responses((status = 201, description = "the code", body = CodeJson))
)]
async fn make_code(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path(store_id): Path<String>,
) -> Result<(StatusCode, Json<CodeJson>), Problem> {
    let made = service::make_code_for(&context, &parse_store(&store_id)?, &operator).await?;
    let code = CodeJson {
        code: made.code,
        until: timestamp(made.until_ms),
    };
    Ok((StatusCode::CREATED, Json(code)))
}

/// Lets a store server of a store call no more.
#[utoipa::path(
    post, path = "/v1/stores/{store}/edges/{edge}/block", tag = "stores",
    params(
        ("store" = StoreId, Path, description = "the store's slug"),
        ("edge" = EdgeNumber, Path, description = "the store server's number"),
        IdempotencyKey,
    ),
    responses((status = 200, description = "done", body = Done))
)]
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

/// Lets a store server that was blocked call again.
#[utoipa::path(
    post, path = "/v1/stores/{store}/edges/{edge}/unblock", tag = "stores",
    params(
        ("store" = StoreId, Path, description = "the store's slug"),
        ("edge" = EdgeNumber, Path, description = "the store server's number"),
        IdempotencyKey,
    ),
    responses((status = 200, description = "done", body = Done))
)]
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
        Ok(done(&Done {}))
    })
    .await
}

/// Reads a store's slug from a path; what is no slug is no store.
pub(super) fn parse_store(text: &str) -> Result<StoreId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found(format!("there is no store called {text}")))
}
