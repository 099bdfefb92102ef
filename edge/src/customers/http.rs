//! Customers over HTTP: finding one.

use axum::extract::State;
use counterpart_daemon::http::{Json, Problem, Query, ToProblem};
use counterpart_protocol::ids::CustomerId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rules::JoinRefused;
use super::service::{self, CustomerShown};
use crate::context::Context;
use crate::staff::Visitor;

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(routes!(find))
}

/// What customers are looked for by.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct FindQuery {
    /// A card's number, or parts of a name, an address or a telephone number.
    query: String,
}

/// A customer whom the tills know.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerJson {
    customer_id: CustomerId,
    /// Nothing until the hub told it.
    name: Option<String>,
    /// The end of their card's number.
    card_end: Option<String>,
    /// Their group, by name.
    group: Option<String>,
    /// The certificate by which they pay no tax.
    certificate: Option<String>,
}

/// The customers that fit.
#[derive(Debug, Serialize, ToSchema)]
struct CustomersJson {
    customers: Vec<CustomerJson>,
    /// Whether more than twenty fit.
    more: bool,
}

/// Finds customers by card, name, address or telephone number, with the hub cut off too.
#[utoipa::path(
    get, path = "/v1/customers", tag = "customers",
    params(FindQuery),
    responses((status = 200, description = "at most 20, by name", body = CustomersJson))
)]
async fn find(
    State(ctx): State<Context>,
    _: Visitor,
    Query(query): Query<FindQuery>,
) -> Result<Json<CustomersJson>, Problem> {
    let found = service::find(&ctx, &query.query).await?;
    Ok(Json(CustomersJson {
        customers: found.customers.into_iter().map(json).collect(),
        more: found.more,
    }))
}

fn json(shown: CustomerShown) -> CustomerJson {
    CustomerJson {
        customer_id: shown.customer_id,
        name: shown.contact.map(|told| told.name),
        card_end: shown.card_end,
        group: shown.group,
        certificate: shown.exemption.map(|it| it.certificate.into()),
    }
}

impl ToProblem for JoinRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Name | Self::Email | Self::Phone | Self::Card => "customer_unfit",
            Self::CardTaken(_) => "card_taken",
            Self::CardIsGoods(_) => "card_is_goods",
        };
        Problem::refused(code, self.to_string()).field(self.field(), self.to_string())
    }
}
