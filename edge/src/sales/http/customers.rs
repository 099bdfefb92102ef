//! To whom a basket is sold, over HTTP: the API, and the page on which a customer is found.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_protocol::customers::{Certificate, CustomerCard};
use counterpart_protocol::ids::{CustomerId, RegisterId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::load_basket;
use super::known;
use super::register::command;
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::customers::Joining;
use crate::sales::pages;
use crate::sales::rules::CustomerRefused;
use crate::sales::service::{self, BasketView, Whom};
use crate::staff::{self, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(sell_to))
        .routes(routes!(join))
        .routes(routes!(exempt))
        .route("/register/{register}/customer", get(page).post(form))
        .route("/register/{register}/customer/find", post(find))
        .route("/register/{register}/customer/join", post(join_form))
        .route("/register/{register}/customer/tax", post(tax_form))
}

/// To whom a basket is sold; to nobody in particular if nothing is said.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomerRequest {
    /// Somebody who was found.
    #[serde(default)]
    customer_id: Option<CustomerId>,
    /// Whoever has this card.
    #[serde(default)]
    card: Option<CustomerCard>,
}

/// Sells the basket to a customer at the prices of their group, or to nobody in particular.
#[utoipa::path(
    put, path = "/v1/registers/{register}/basket/customer", tag = "customers",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = CustomerRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 404, description = "nobody here has the card, or is known by the id"),
    )
)]
async fn sell_to(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<CustomerRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "customer", &request);
    let whom = match (request.customer_id, request.card) {
        (Some(id), _) => Whom::Known(id),
        (None, Some(card)) => Whom::Card(card),
        (None, None) => Whom::Nobody,
    };
    service::sell_to(&ctx, person, whom, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

/// A customer who joins now.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JoinRequest {
    /// The name, at most 80 characters.
    name: String,
    /// Where receipts are sent to.
    #[serde(default)]
    email: String,
    /// For a call, and to be found by.
    #[serde(default)]
    phone: String,
    /// The number of the card they are given.
    #[serde(default)]
    card: String,
}

impl From<JoinRequest> for Joining {
    fn from(request: JoinRequest) -> Self {
        Self {
            name: request.name,
            email: request.email,
            phone: request.phone,
            card: request.card,
        }
    }
}

/// Lets somebody join, with or without the hub, and sells the basket to them.
#[utoipa::path(
    post, path = "/v1/registers/{register}/basket/customer/join", tag = "customers",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = JoinRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 409, description = "`customer_unfit`, `card_taken`, `card_is_goods`"),
    )
)]
async fn join(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<JoinRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "join", &request);
    let whom = Whom::Joining(request.into());
    service::sell_to(&ctx, person, whom, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

/// Why a basket bears no tax; it bears tax again if nothing is said.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExemptionRequest {
    /// The number of the certificate the customer shows.
    #[serde(default)]
    certificate: Option<String>,
    /// The PIN of a manager, unless one is signed in.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// Sells the basket without tax, by a certificate the customer shows and with a manager's approval.
#[utoipa::path(
    put, path = "/v1/registers/{register}/basket/exemption", tag = "customers",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = ExemptionRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`certificate_unfit`, `not_approved`"),
    )
)]
async fn exempt(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<ExemptionRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "exemption", &request);
    let certificate = request.certificate.as_deref().map(certificate);
    let wanted = (certificate.transpose()?, request.approval_pin);
    service::exempt(&ctx, person, wanted, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

fn certificate(text: &str) -> Result<Certificate, CustomerRefused> {
    text.parse().map_err(|_| CustomerRefused::CertificateUnfit)
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    known(&ctx, register)?;
    match visitor.as_ref().and_then(|visitor| visitor.at(register)) {
        Some(person) => Ok(pages::customer(&ctx, person, "").await?.into_response()),
        None => Ok(staff::sign_in_first(&format!("/register/{register}"))),
    }
}

#[derive(Debug, Deserialize)]
struct FindForm {
    #[serde(default)]
    query: String,
}

/// Shows who fits what was typed. It is posted, so that no name stands in an address.
async fn find(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    Form(form): Form<FindForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let page = pages::customer(&ctx, person, form.query.trim()).await?;
    Ok(page.into_response())
}

#[derive(Debug, Serialize, Deserialize)]
struct CustomerForm {
    /// Who; nobody in particular if empty.
    #[serde(default)]
    customer_id: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<CustomerForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "customer", &form)?;
    let whom = match form.customer_id.as_str() {
        "" => Whom::Nobody,
        id => Whom::Known(id.parse().map_err(|_| CustomerRefused::Unknown)?),
    };
    service::sell_to(&ctx, person, whom, command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}")))
}

#[derive(Debug, Serialize, Deserialize)]
struct JoinForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    card: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn join_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<JoinForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "join", &form)?;
    let whom = Whom::Joining(Joining {
        name: form.name,
        email: form.email,
        phone: form.phone,
        card: form.card,
    });
    service::sell_to(&ctx, person, whom, command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}")))
}

#[derive(Debug, Serialize, Deserialize)]
struct TaxForm {
    /// The certificate; empty: with tax again.
    #[serde(default)]
    certificate: String,
    #[serde(default, skip_serializing)]
    pin: String,
    /// `clear` to bear tax again.
    #[serde(default)]
    does: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn tax_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<TaxForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "tax", &form)?;
    let shown = match form.does.as_str() {
        "clear" => None,
        _ => Some(certificate(&form.certificate)?),
    };
    let pin = Some(form.pin).filter(|pin| !pin.is_empty());
    service::exempt(&ctx, person, (shown, pin), command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}")))
}

impl ToProblem for CustomerRefused {
    fn to_problem(&self) -> Problem {
        match self {
            Self::NoSuchCard(_) | Self::Unknown => Problem::not_found(self.to_string()),
            Self::NeedsManager => Problem::forbidden(self.to_string()),
            Self::CertificateUnfit => Problem::refused("certificate_unfit", self.to_string())
                .field("certificate", self.to_string()),
            Self::Basket(refused) => refused.to_problem(),
        }
    }
}
