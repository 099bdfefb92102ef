//! The routes of groups of customers.

use axum::extract::State;
use counterpart_daemon::http::{IdempotencyKey, Json, Path, Problem, StoredResponse};
use counterpart_protocol::customers::CustomerGroup;
use counterpart_protocol::ids::GroupId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::context::Context;
use crate::customers::rules::GroupDraft;
use crate::customers::service;
use crate::users::{Caller, CatalogRead, CatalogWrite, Permitted};
use crate::web::{Done, done, once, request_of};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(list_groups, put_group))
        .routes(routes!(remove_group))
}

/// Lists the groups of customers.
#[utoipa::path(
    get, path = "/v1/customer-groups", tag = "customers",
    responses((status = 200, description = "all of them, by short name", body = [CustomerGroup]))
)]
async fn list_groups(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
) -> Result<Json<Vec<CustomerGroup>>, Problem> {
    let groups = context.db().read(service::known_groups).await?;
    Ok(Json(groups))
}

/// Puts a group in the place of the one with its short name. At most one is joined at tills: the
/// last that was put so.
#[utoipa::path(
    post, path = "/v1/customer-groups", tag = "customers",
    params(IdempotencyKey),
    request_body = GroupDraft,
    responses(
        (status = 200, description = "it is on its way to the stores", body = CustomerGroup),
        (status = 409, description = "`fields_refused`, `too_many_groups`"),
    )
)]
async fn put_group(
    State(context): State<Context>,
    caller: Permitted<CatalogWrite>,
    key: IdempotencyKey,
    Json(draft): Json<GroupDraft>,
) -> Result<StoredResponse, Problem> {
    put_once(&context, &caller, key.0, draft).await
}

/// Puts a group once, for the API and the page.
pub(in crate::customers) async fn put_once(
    context: &Context,
    caller: &Caller,
    key: String,
    draft: GroupDraft,
) -> Result<StoredResponse, Problem> {
    let about = format!("group {}", draft.id);
    let request = request_of("/v1/customer-groups", &draft).about(about);
    let (within, by) = (context.clone(), caller.name.clone());
    once(context, caller.scope(key), request, move |tx| {
        Ok(done(&service::put_group(&within, tx, &draft, &by)?))
    })
    .await
}

/// Removes a group nothing is for: no customer, no price list, no promotion that is on.
#[utoipa::path(
    delete, path = "/v1/customer-groups/{group}", tag = "customers",
    params(("group" = GroupId, Path, description = "its short name"), IdempotencyKey),
    responses(
        (status = 200, description = "removed", body = Done),
        (status = 404, description = "`not_found`: there is no such group"),
        (status = 409, description = "`group_in_use`"),
    )
)]
async fn remove_group(
    State(context): State<Context>,
    caller: Permitted<CatalogWrite>,
    Path(group): Path<String>,
    key: IdempotencyKey,
) -> Result<StoredResponse, Problem> {
    remove_once(&context, &caller, key.0, group).await
}

/// Removes a group once, for the API and the page.
pub(in crate::customers) async fn remove_once(
    context: &Context,
    caller: &Caller,
    key: String,
    group: String,
) -> Result<StoredResponse, Problem> {
    let request = request_of(&format!("/v1/customer-groups/{group}"), &());
    let within = context.clone();
    once(context, caller.scope(key), request, move |tx| {
        service::remove_group(&within, tx, &group)?;
        Ok(done(&Done {}))
    })
    .await
}
