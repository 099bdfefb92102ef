//! What is counted beside cash, as the till's form sends it, and taking a drawer over.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::text::read_money;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::TenderKind;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::command::{Command, form_key, register_principal};
use crate::context::Context;
use crate::shifts::rules::TenderTyped;
use crate::shifts::service::{self, CashierView};
use crate::staff::{self, Visitor};

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(change_cashier))
        .route("/register/{register}/shift/cashier", post(cashier_form))
}

/// Reads the amounts of a count: fields `other_card`, `other_foreign_cash_USD`. An empty one says
/// that nobody counted it.
pub(super) fn read(
    ctx: &Context,
    fields: &[(String, String)],
) -> Result<Vec<TenderTyped>, Problem> {
    let mut all = Vec::new();
    for (name, typed) in fields {
        let Some(what) = name.strip_prefix("other_") else {
            continue;
        };
        if typed.trim().is_empty() {
            continue;
        }
        let of = |kind: TenderKind| Some((kind, what.strip_prefix(kind.word())?));
        // A field of no known kind was not made by this page.
        let Some((kind, rest)) = TenderKind::ALL.into_iter().find_map(of) else {
            continue;
        };
        let currency: Option<Currency> = rest.trim_start_matches('_').parse().ok();
        let decimals = currency.unwrap_or(ctx.profile().currency).decimals();
        let amount = read_money(typed, decimals, ctx.lang().locale()).map_err(|unreadable| {
            let detail = format!("a count: {unreadable}");
            Problem::refused("count_unreadable", detail).field(name, unreadable.to_string())
        })?;
        all.push(TenderTyped {
            kind,
            currency,
            counted_minor: Minor(amount),
        });
    }
    Ok(all)
}

/// Lets whoever is signed in take over the open drawer of a register; nothing is counted.
#[utoipa::path(
    post, path = "/v1/registers/{register}/shift/cashier", tag = "shifts",
    params(("register" = RegisterId, Path, description = "the register"), IdempotencyKey),
    responses(
        (status = 200, description = "the drawer is theirs", body = CashierView),
        (status = 409, description = "`till_closed`, `same_cashier`"),
    )
)]
async fn change_cashier(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    key: IdempotencyKey,
) -> Result<Json<CashierView>, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = "POST shift/cashier";
    let command = Command::new(register_principal(register), key, what, &());
    Ok(Json(service::change_cashier(&ctx, person, command).await?))
}

#[derive(Debug, Serialize, Deserialize)]
struct CashierForm {
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn cashier_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<CashierForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let key = form_key(&headers, &form.command_id)?;
    let command = Command::new(register_principal(register), key, "take over", &form);
    service::change_cashier(&ctx, person, command).await?;
    Ok(leave_for(&headers, &format!("/register/{register}/shift")))
}
