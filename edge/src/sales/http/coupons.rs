//! Coupons in the basket over HTTP: the API, and the forms of the register.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_protocol::ids::RegisterId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::load_basket;
use super::register::{command, done};
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::coupons::CouponRefused;
use crate::sales::service::{self, BasketView};
use crate::staff::{self, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(lay))
        .routes(routes!(take_out))
        .route("/register/{register}/coupons", post(form))
        .route(
            "/register/{register}/coupons/{promotion}/out",
            post(out_form),
        )
}

/// A coupon somebody shows.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CouponRequest {
    /// As scanned or typed: an open code, the signed code of an issued coupon, or its number.
    #[schema(max_length = 1061, example = "SUMMER10")]
    code: String,
}

/// Lays a coupon into the basket: its promotion counts from now on.
#[utoipa::path(
    post, path = "/v1/registers/{register}/basket/coupons", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = CouponRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`till_closed`, `coupon_unknown`, `coupon_misread`, \
            `coupon_forged`, `coupon_over`, `coupon_here`, `coupon_used`, `coupon_unchecked`"),
    )
)]
async fn lay(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<CouponRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "coupon", &request);
    service::lay_coupon(&ctx, person, request.code, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

/// Takes the coupon of a promotion out of the basket; it stays good.
#[utoipa::path(
    delete, path = "/v1/registers/{register}/basket/coupons/{promotion}", tag = "sales",
    params(
        ("register" = RegisterId, Path, description = "the register"),
        ("promotion" = String, Path, description = "the short name of its promotion"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 404, description = "no coupon for it lies there"),
    )
)]
async fn take_out(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, promotion)): Path<(RegisterId, String)>,
    key: IdempotencyKey,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("coupon {promotion} out");
    let command = Command::new(register_principal(register), key, &what, &());
    service::take_coupon_out(&ctx, person, promotion, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

#[derive(Debug, Serialize, Deserialize)]
struct CouponForm {
    #[serde(default)]
    code: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<CouponForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "coupon", &form)?;
    service::lay_coupon(&ctx, person, form.code, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

#[derive(Debug, Serialize, Deserialize)]
struct OutForm {
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn out_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, promotion)): Path<(RegisterId, String)>,
    headers: HeaderMap,
    Form(form): Form<OutForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("coupon {promotion} out");
    let command = command(&headers, register, &form.command_id, &what, &form)?;
    service::take_coupon_out(&ctx, person, promotion, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

impl ToProblem for CouponRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Unknown => "coupon_unknown",
            Self::Number(_) | Self::Damaged => "coupon_misread",
            Self::Forged => "coupon_forged",
            Self::Over(_) => "coupon_over",
            Self::Here(_) => "coupon_here",
            Self::Used { .. } => "coupon_used",
            Self::HeldElsewhere(_) => "coupon_held_elsewhere",
            Self::Away => "coupon_unchecked",
            Self::TooMuchAlone { .. } => "coupon_not_taken",
            Self::NotHere(_) => return Problem::not_found(self.to_string()),
        };
        Problem::refused(code, self.to_string()).field("code", self.to_string())
    }
}
