//! Invoices over HTTP: for programs, and the form on the page of a past sale.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_protocol::ids::{RegisterId, SaleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::register::command;
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::sales::rules::{self, Buyer, InvoiceRefused};
use crate::sales::service::{self, InvoiceView};
use crate::staff::{self, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    let pages = Router::new().route(
        "/register/{register}/sales/{sale_id}/invoice",
        post(from_page),
    );
    OpenApiRouter::new()
        .routes(routes!(invoice))
        .merge(pages.into())
}

/// Whom an invoice is for. It goes to paper and is kept nowhere.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvoiceRequest {
    /// The company's name.
    #[schema(min_length = 1, max_length = 42)]
    name: String,
    /// Its address, one to four lines.
    #[schema(min_length = 1, example = "Dok Noord 4\n9000 Gent")]
    address: String,
    /// Its tax number, or nothing.
    #[serde(default)]
    #[schema(max_length = 42)]
    tax_number: String,
}

/// Prints the invoice of a sale under the next number of its range; asked again, a copy of it under
/// the same number.
#[utoipa::path(
    post, path = "/v1/sales/{sale_id}/invoice", tag = "sales",
    params(("sale_id" = SaleId, Path, description = "the sale"), IdempotencyKey),
    request_body = InvoiceRequest,
    responses(
        (status = 200, description = "the invoice, or a copy of it", body = InvoiceView),
        (status = 409, description = "`buyer_refused`, `seller_unknown`, `no_printer`"),
    )
)]
async fn invoice(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(sale_id): Path<SaleId>,
    key: IdempotencyKey,
    Json(request): Json<InvoiceRequest>,
) -> Result<Json<InvoiceView>, Problem> {
    let person = visitor.latest();
    let what = format!("invoice {sale_id}");
    let command = Command::new(register_principal(person.register), key, &what, &request);
    let buyer = buyer(&request.name, &request.address, &request.tax_number)?;
    let made = service::invoice_sale(&ctx, person, sale_id, buyer, command).await?;
    Ok(Json(made))
}

#[derive(Serialize, Deserialize)]
struct InvoiceForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    tax_number: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn from_page(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, sale_id)): Path<(RegisterId, SaleId)>,
    headers: HeaderMap,
    Form(form): Form<InvoiceForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("invoice {sale_id}");
    let command = command(&headers, register, &form.command_id, &what, &form)?;
    let buyer = buyer(&form.name, &form.address, &form.tax_number)?;
    service::invoice_sale(&ctx, person, sale_id, buyer, command).await?;
    Ok(leave_for(&headers, &format!("/sales/{sale_id}")))
}

fn buyer(name: &str, address: &str, tax_number: &str) -> Result<Buyer, Problem> {
    rules::buyer(name, address, tax_number).map_err(|refused| refused.to_problem())
}

impl ToProblem for InvoiceRefused {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        let field = match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::TaxNumber => "tax_number",
            Self::SellerUnknown => return Problem::refused("seller_unknown", sentence),
            Self::NoPrinter(_) => return Problem::refused("no_printer", sentence),
        };
        Problem::refused("buyer_refused", &sentence).field(field, sentence)
    }
}
