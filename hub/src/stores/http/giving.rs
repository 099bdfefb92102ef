//! Single operations somebody may do beyond their role, over the API.

use std::collections::BTreeSet;

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, StoredResponse};
use counterpart_protocol::ids::{StaffId, StoreId};
use counterpart_protocol::policies::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{parse_member, parse_store};
use crate::context::Context;
use crate::stores::service;
use crate::users::{Caller, Permitted, StoresWrite};
use crate::web::{Done, done, once, request_of};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(routes!(give))
}

/// What somebody may do beyond their role.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MayDraft {
    /// The operations they do alone, by their words in the policies; all of them, every time.
    #[schema(example = json!(["void_line"]))]
    may: Vec<String>,
}

/// Lets somebody do single operations alone beyond their role, and tells the store.
#[utoipa::path(
    put, path = "/v1/stores/{store}/members/{member}/may", tag = "stores",
    params(
        ("store" = StoreId, Path, description = "the store's slug"),
        ("member" = StaffId, Path, description = "the person's id"),
        IdempotencyKey,
    ),
    request_body = MayDraft,
    responses(
        (status = 200, description = "done", body = Done),
        (status = 409, description = "`fields_refused`: there is no such operation"),
    )
)]
async fn give(
    State(context): State<Context>,
    operator: Permitted<StoresWrite>,
    Path((store_id, member_id)): Path<(String, String)>,
    key: IdempotencyKey,
    Json(draft): Json<MayDraft>,
) -> Result<StoredResponse, Problem> {
    let whom = (parse_store(&store_id)?, parse_member(&member_id)?);
    let may = draft.may.iter().map(|word| {
        Operation::read(word).ok_or_else(|| {
            let sentence = format!("there is no operation '{word}'");
            Problem::refused("fields_refused", &sentence).field("may", sentence)
        })
    });
    let may = may.collect::<Result<_, _>>()?;
    give_once(&context, &operator, key.0, whom, may).await
}

/// Gives operations once, for the API and the page.
pub(in crate::stores) async fn give_once(
    context: &Context,
    operator: &Caller,
    key: String,
    (store_id, member_id): (StoreId, StaffId),
    may: BTreeSet<Operation>,
) -> Result<StoredResponse, Problem> {
    let words: Vec<&str> = may.iter().map(|it| it.word()).collect();
    let request = request_of(
        &format!("/v1/stores/{store_id}/members/{member_id}/may"),
        &words,
    );
    let within = context.clone();
    once(context, operator.scope(key), request, move |tx| {
        service::give(&within, tx, (&store_id, member_id), &may)?;
        Ok(done(&Done {}))
    })
    .await
}
