//! Coupons over HTTP: how many of a promotion there are, issuing some, their codes, and what edges
//! ask.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{
    IdempotencyKey, Json, Path, Problem, StoredResponse, ToProblem as _,
};
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::coupons::{CouponAnswer, CouponAsked};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::pricing::Coupon;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::service::{self, CouponsFailed, View};
use crate::context::Context;
use crate::sync::known;
use crate::users::{Caller, CatalogRead, CatalogWrite, Permitted};
use crate::web::{attachment, done, once, request_of};

/// Returns the routes of operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(show, issue))
        .routes(routes!(codes))
        .merge(pages::router().into())
}

/// Returns the routes of edges, for the listener that asks for their certificates.
pub fn edge_router() -> Router<Context> {
    Router::new().route("/sync/v1/coupons", post(ask))
}

/// Answers `POST /sync/v1/coupons`: what an edge asks about a coupon.
async fn ask(
    State(context): State<Context>,
    peer: PeerCertificate,
    Json(asked): Json<CouponAsked>,
) -> Result<Json<CouponAnswer>, Problem> {
    let number = EdgeNumber(peer.edge.edge_number);
    context.db().read(move |tx| known(tx, number)).await?;
    let within = context.clone();
    let answered = context
        .db()
        .write(move |tx| service::answer(&within, tx, number, &asked));
    Ok(Json(answered.await?))
}

/// The coupons of a promotion.
#[derive(Debug, Serialize, ToSchema)]
struct CouponsJson {
    /// Its short name.
    promotion: String,
    /// What it asks for; nothing where it counts without a coupon.
    coupon: Option<Coupon>,
    /// Coupons issued in all batches.
    issued: i64,
    /// Those of them that were used.
    used: i64,
    /// Sales from which a coupon took something off, those with an open code included.
    sales: i64,
    /// The newest first.
    batches: Vec<BatchJson>,
}

/// Coupons that were issued together.
#[derive(Debug, Serialize, ToSchema)]
struct BatchJson {
    /// Counts from 1.
    batch: i64,
    issued: i64,
    used: i64,
    issued_at: Timestamp,
    issued_by: String,
}

fn json(view: &View) -> CouponsJson {
    let (issued, used) = view.counts();
    let batches = view.batches.iter().map(|it| BatchJson {
        batch: it.batch,
        issued: it.issued,
        used: it.used,
        issued_at: Timestamp::from_millisecond(it.issued_at_ms).unwrap_or(Timestamp::UNIX_EPOCH),
        issued_by: it.issued_by.clone(),
    });
    CouponsJson {
        promotion: view.promotion.id.clone(),
        coupon: view.promotion.coupon.clone(),
        issued,
        used,
        sales: view.uses,
        batches: batches.collect(),
    }
}

/// Tells how many coupons of a promotion were issued and used.
#[utoipa::path(
    get, path = "/v1/promotions/{promotion}/coupons", tag = "promotions",
    params(("promotion" = String, Path, description = "its short name")),
    responses(
        (status = 200, description = "its coupons", body = CouponsJson),
        (status = 404, description = "there is no such promotion"),
    )
)]
async fn show(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
    Path(promotion): Path<String>,
) -> Result<Json<CouponsJson>, Problem> {
    Ok(Json(json(&view_of(&context, promotion).await?)))
}

pub(super) async fn view_of(context: &Context, promotion: String) -> Result<View, Problem> {
    let within = context.clone();
    let read = context
        .db()
        .read(move |tx| service::view(&within, tx, &promotion));
    read.await
        .map_err(|failed: CouponsFailed| failed.to_problem())
}

/// How many coupons are issued.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IssueRequest {
    /// 1 to 5000.
    #[schema(minimum = 1, maximum = 5000)]
    pub(super) count: u32,
}

/// Issues a batch of coupons for a promotion that asks for them, each good for one sale.
#[utoipa::path(
    post, path = "/v1/promotions/{promotion}/coupons", tag = "promotions",
    params(("promotion" = String, Path, description = "its short name"), IdempotencyKey),
    request_body = IssueRequest,
    responses(
        (status = 200, description = "its coupons, the new batch first", body = CouponsJson),
        (status = 404, description = "there is no such promotion"),
        (status = 409, description = "`coupons_not_asked`, `coupons_out_of_range`"),
    )
)]
async fn issue(
    State(context): State<Context>,
    caller: Permitted<CatalogWrite>,
    Path(promotion): Path<String>,
    key: IdempotencyKey,
    Json(request): Json<IssueRequest>,
) -> Result<StoredResponse, Problem> {
    issue_once(&context, &caller, key.0, (promotion, request)).await
}

/// Issues coupons once, for the API and the page.
pub(super) async fn issue_once(
    context: &Context,
    caller: &Caller,
    key: String,
    (promotion, asked): (String, IssueRequest),
) -> Result<StoredResponse, Problem> {
    let path = format!("/v1/promotions/{promotion}/coupons");
    let about = format!("promotion {promotion}, {} coupons", asked.count);
    let request = request_of(&path, &asked).about(about);
    let (within, by) = (context.clone(), caller.name.clone());
    once(context, caller.scope(key), request, move |tx| {
        let issued = service::issue(&within, tx, &promotion, (asked.count, &by));
        issued.map_err(|failed| failed.to_problem())?;
        let view = service::view(&within, tx, &promotion);
        let view = view.map_err(|failed| failed.to_problem())?;
        Ok(done(&json(&view)))
    })
    .await
}

/// Downloads a batch: the number of each coupon, and the signed code that goes into its picture.
#[utoipa::path(
    get, path = "/v1/promotions/{promotion}/coupons/{batch}/codes", tag = "promotions",
    params(
        ("promotion" = String, Path, description = "its short name"),
        ("batch" = i64, Path, description = "the batch, from 1"),
    ),
    responses(
        (status = 200, description = "CSV with the columns number and code", body = String,
            content_type = "text/csv"),
        (status = 404, description = "there is no such promotion or batch"),
    )
)]
async fn codes(
    State(context): State<Context>,
    _: Permitted<CatalogWrite>,
    Path((promotion, batch)): Path<(String, i64)>,
) -> Result<Response, Problem> {
    codes_of(&context, promotion, batch).await
}

pub(super) async fn codes_of(
    context: &Context,
    promotion: String,
    batch: i64,
) -> Result<Response, Problem> {
    let name = format!("coupons-{promotion}-{batch}.csv");
    let within = context.clone();
    let read = context
        .db()
        .read(move |tx| service::codes(&within, tx, &promotion, batch));
    let text = read
        .await
        .map_err(|failed: CouponsFailed| failed.to_problem())?;
    Ok(attachment(&name, text))
}
