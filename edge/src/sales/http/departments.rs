//! Selling by department over HTTP: the API, and the page on which somebody types the price.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, Query, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::text::read_money;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::load_basket;
use super::known;
use super::register::command;
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::reference::{self, Department};
use crate::sales::pages;
use crate::sales::rules::{DepartmentRefused, RemarkRefused};
use crate::sales::service::{self, BasketView, ByDepartmentWanted};
use crate::staff::{self, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(departments))
        .routes(routes!(sell))
        .route("/register/{register}/department", get(page).post(form))
}

/// A department at one tax.
#[derive(Debug, Serialize, ToSchema)]
struct DepartmentJson {
    department: String,
    /// The short name of the tax class.
    tax_class: String,
    /// The name of the tax as printed.
    tax: String,
}

/// The departments of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
struct DepartmentsJson {
    departments: Vec<DepartmentJson>,
}

/// Lists the departments of the catalogue in use, each with the taxes its products bear.
#[utoipa::path(
    get, path = "/v1/departments", tag = "sales",
    responses((status = 200, description = "by name, its most usual tax first",
        body = DepartmentsJson))
)]
async fn departments(
    State(ctx): State<Context>,
    _: Visitor,
) -> Result<Json<DepartmentsJson>, Problem> {
    let listed = ctx.db().read(reference::departments).await?;
    let departments = listed.into_iter().map(|it: Department| DepartmentJson {
        department: it.name,
        tax_class: it.tax.id,
        tax: it.tax.name,
    });
    Ok(Json(DepartmentsJson {
        departments: departments.collect(),
    }))
}

/// What is sold by its department.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DepartmentRequest {
    /// The department.
    department: String,
    /// The short name of its tax class.
    tax_class: String,
    /// The price of one piece, tax included, in minor units.
    price_minor: Minor,
    /// The scan that waits and is settled by it.
    #[serde(default)]
    scan: Option<i64>,
    /// What stands on the goods, where nothing was scanned.
    #[serde(default)]
    code: Option<String>,
    /// The PIN of a manager, where it is beyond what the person may sell alone.
    #[serde(default, skip_serializing)]
    approval_pin: Option<String>,
}

/// Sells a piece the catalogue does not know by its department; the hub lists its code.
#[utoipa::path(
    post, path = "/v1/registers/{register}/basket/departments", tag = "sales",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    request_body = DepartmentRequest,
    responses(
        (status = 200, description = "the basket", body = BasketView),
        (status = 403, description = "it needs a manager's PIN"),
        (status = 409, description = "`till_closed`, `no_such_scan`, `unknown_department`, \
            `price_out_of_range`, `beyond_limits`, `too_many_lines`, `not_approved`"),
    )
)]
async fn sell(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
    Json(request): Json<DepartmentRequest>,
) -> Result<Json<BasketView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = Command::new(register_principal(register), key, "by department", &request);
    let wanted = ByDepartmentWanted {
        department: request.department,
        tax_class: request.tax_class,
        price_minor: request.price_minor,
        scan: request.scan,
        code: request.code,
        approval_pin: request.approval_pin,
    };
    service::sell_by_department(&ctx, person, wanted, command).await?;
    Ok(Json(load_basket(&ctx, register).await?))
}

/// For what the page is opened.
#[derive(Debug, Deserialize)]
struct PageQuery {
    #[serde(default)]
    scan: Option<i64>,
    #[serde(default)]
    code: String,
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(register): Path<RegisterId>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    known(&ctx, register)?;
    match visitor.as_ref().and_then(|visitor| visitor.at(register)) {
        Some(person) => {
            let page = pages::department(&ctx, person, query.scan, &query.code).await?;
            Ok(page.into_response())
        }
        None => Ok(staff::sign_in_first(&format!("/register/{register}"))),
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct DepartmentForm {
    /// Department and tax class, with a tabulator between.
    #[serde(default)]
    department: String,
    #[serde(default)]
    price: String,
    #[serde(default)]
    scan: Option<i64>,
    #[serde(default)]
    code: String,
    #[serde(default, skip_serializing)]
    pin: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<DepartmentForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "department", &form)?;
    let decimals = ctx.profile().currency.decimals();
    let price = read_money(&form.price, decimals, ctx.lang().locale()).map_err(|unreadable| {
        let sentence = format!("the price: {unreadable}");
        Problem::refused("price_unreadable", sentence).field("price", unreadable.to_string())
    });
    let (department, tax_class) = form.department.split_once('\t').unwrap_or_default();
    let wanted = ByDepartmentWanted {
        department: department.to_owned(),
        tax_class: tax_class.to_owned(),
        price_minor: Minor(price?),
        scan: form.scan,
        code: Some(form.code).filter(|code| !code.trim().is_empty()),
        approval_pin: Some(form.pin).filter(|pin| !pin.is_empty()),
    };
    service::sell_by_department(&ctx, person, wanted, command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}")))
}

impl ToProblem for DepartmentRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Unknown { .. } => "unknown_department",
            Self::PriceOutOfRange { .. } => "price_out_of_range",
            Self::NeedsManager { .. } => return Problem::forbidden(self.to_string()),
            Self::BeyondAll { .. } => "beyond_limits",
            Self::Basket(refused) => return refused.to_problem(),
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for RemarkRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::NoteTooLong(_) => "note_too_long",
            Self::UnknownPerson => "unknown_person",
            Self::Basket(refused) => return refused.to_problem(),
        };
        Problem::refused(code, self.to_string())
    }
}
