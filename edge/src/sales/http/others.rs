//! The form of the register's page for vouchers, cash of another currency and accounts.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{Form, Path, Problem, ToProblem as _};
use counterpart_daemon::web::text::read_money;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::{Currency, Minor};
use serde::{Deserialize, Serialize};

use super::register::{command, done};
use crate::context::Context;
use crate::sales::rules::Confirmed;
use crate::sales::service::{self, Other};
use crate::staff::{self, Visitor};

pub(super) fn router() -> Router<Context> {
    Router::new().route("/register/{register}/other", post(other))
}

#[derive(Debug, Serialize, Deserialize)]
struct OtherForm {
    /// `voucher`, `stored`, `foreign` or `account`.
    #[serde(default)]
    with: String,
    /// The number of a voucher, a gift card or a credit.
    #[serde(default)]
    number: String,
    /// The currency of cash of another one.
    #[serde(default)]
    currency: String,
    /// The number of an account.
    #[serde(default)]
    account: String,
    /// How much, as it was typed.
    #[serde(default)]
    amount: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn other(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<OtherForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "other", &form)?;
    let given = given(&ctx, &form)?;
    service::give_other(&ctx, person, given, Confirmed::No, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

fn given(ctx: &Context, form: &OtherForm) -> Result<Other, Problem> {
    let here = ctx.profile().currency;
    Ok(match form.with.as_str() {
        "voucher" => Other::Voucher {
            number: form.number.clone(),
            face_minor: amount(ctx, form, here)?,
        },
        "stored" => {
            let typed = match form.amount.trim() {
                "" => None,
                _ => Some(amount(ctx, form, here)?),
            };
            let given = service::stored_given(&form.number, typed);
            given.map_err(|refused| refused.to_problem())?
        }
        "foreign" => {
            let currency = form.currency.parse::<Currency>();
            let currency = currency.map_err(|refused| Problem::unreadable(refused.to_string()))?;
            Other::Foreign {
                currency,
                amount_minor: amount(ctx, form, currency)?,
            }
        }
        "account" => Other::OnAccount {
            account: form.account.clone(),
            amount_minor: match form.amount.trim() {
                "" => None,
                _ => Some(amount(ctx, form, here)?),
            },
        },
        with => {
            let detail = format!("'{with}' is nothing that can be given here");
            return Err(Problem::unreadable(detail));
        }
    })
}

fn amount(ctx: &Context, form: &OtherForm, currency: Currency) -> Result<Minor, Problem> {
    let read = read_money(&form.amount, currency.decimals(), ctx.lang().locale());
    read.map(Minor).map_err(|unreadable| {
        let detail = format!("the amount given: {unreadable}");
        Problem::refused("amount_unreadable", detail).field("amount", unreadable.to_string())
    })
}
