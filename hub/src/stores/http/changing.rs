//! The route by which a store is changed.

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, StoredResponse};
use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::ids::StoreId;

use super::parse_store;
use crate::context::Context;
use crate::stores::rules::{StoreChange, changed_words};
use crate::stores::service;
use crate::users::{Caller, Permitted, StoresWrite};
use crate::web::{done, once, request_of};

/// Changes who a store is, and tells the store. What is left out is taken away.
#[utoipa::path(
    put, path = "/v1/stores/{store}", tag = "stores",
    params(("store" = StoreId, Path, description = "the store's slug"), IdempotencyKey),
    request_body = StoreChange,
    responses(
        (status = 200, description = "changed", body = StoreIdentity),
        (status = 409, description = "`fields_refused`"),
    )
)]
pub(super) async fn change(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path(store_id): Path<String>,
    key: IdempotencyKey,
    Json(change): Json<StoreChange>,
) -> Result<StoredResponse, Problem> {
    change_once(&context, &operator, key.0, parse_store(&store_id)?, change).await
}

/// Changes a store once, for the API and the page.
pub(in crate::stores) async fn change_once(
    context: &Context,
    operator: &Caller,
    key: String,
    store_id: StoreId,
    change: StoreChange,
) -> Result<StoredResponse, Problem> {
    let wanted = store_id.clone();
    let was = context
        .db()
        .read(move |tx| service::known(tx, &wanted))
        .await?;
    let request = request_of(&format!("/v1/stores/{store_id}"), &change);
    let about = changed_words(&was.identity, &change);
    let within = context.clone();
    once(
        context,
        operator.scope(key),
        request.about(about),
        move |tx| Ok(done(&service::change_in(&within, tx, &store_id, &change)?)),
    )
    .await
}
