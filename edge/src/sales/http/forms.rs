//! The forms of the register's page: quantities, removing, taking money, copies.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use counterpart_daemon::http::{Form, Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::text::{read_money, read_quantity};
use counterpart_protocol::ids::{PrintJobId, RegisterId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::Settlement;
use serde::{Deserialize, Serialize};

use super::register::{command, done};
use crate::context::Context;
use crate::devices::WEIGH_LIMIT;
use crate::returns::returns_path;
use crate::sales::rules::{Confirmed, Step};
use crate::sales::service::{self, LineChange, Settle};
use crate::staff::{self, Visitor};

pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/register/{register}/scans/{scan}", post(settle_scan))
        .route("/register/{register}/quantity", post(quantity))
        .route("/register/{register}/lines/{line}", post(line))
        .route("/register/{register}/void", post(void))
        .route("/register/{register}/tender", post(tender))
        .route("/register/{register}/back", post(back))
        .route("/register/{register}/cash", post(cash))
        .route("/register/{register}/next", post(next))
        .route("/register/{register}/prints/{job_id}", post(settle_print))
        .route("/register/{register}/sales/{sale_id}/copy", post(copy))
}

#[derive(Debug, Serialize, Deserialize)]
struct DoesForm {
    #[serde(default)]
    does: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn settle_scan(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, scan)): Path<(RegisterId, i64)>,
    headers: HeaderMap,
    Form(form): Form<DoesForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    if form.does == "take_back" {
        let sale_id = service::receipt_scanned(&ctx, register, scan).await?;
        let there = format!("{}/of/{sale_id}", returns_path(register));
        return Ok(leave_for(&headers, &there));
    }
    let what = format!("settle scan {scan}");
    let command = command(&headers, register, &form.command_id, &what, &form)?;
    let settle = match form.does.as_str() {
        "again" => Settle::Again,
        _ => Settle::Aside,
    };
    service::settle_scan(&ctx, person, scan, settle, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

#[derive(Debug, Serialize, Deserialize)]
struct QuantityForm {
    /// The selected line.
    #[serde(default)]
    line: String,
    #[serde(default)]
    quantity: String,
    /// `void` when the line is to be removed, `weigh` when the scale is to be asked, `discount`
    /// when a person is to be asked what comes off it, `remark` when something is to be said of it;
    /// then its quantity does not matter.
    #[serde(default)]
    does: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn quantity(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<QuantityForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "quantity", &form)?;
    let line: u16 = form.line.parse().map_err(|_| {
        Problem::refused(
            "no_line",
            "choose a line of the sale first, then type its quantity",
        )
    })?;
    let change = match form.does.as_str() {
        "discount" => {
            service::ask_discount(&ctx, person, Some(line), command).await?;
            return done(&ctx, person, &headers, Vec::new()).await;
        }
        "remark" => {
            let there = format!("/register/{register}/lines/{line}/remarks");
            return Ok(leave_for(&headers, &there));
        }
        "void" => LineChange::Void,
        "weigh" => {
            let weighed = ctx.devices().weigh(register, WEIGH_LIMIT).await?;
            LineChange::Quantity(Milli(i64::from(weighed.grams)))
        }
        _ => LineChange::Quantity(typed_quantity(&ctx, &form.quantity)?),
    };
    service::change_line(&ctx, person, line, change, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

fn typed_quantity(ctx: &Context, typed: &str) -> Result<Milli, Problem> {
    let read = read_quantity(typed, ctx.lang().locale()).map_err(|unreadable| {
        let detail = format!("the quantity: {unreadable}");
        Problem::refused("quantity_unreadable", detail)
    });
    Ok(Milli(read?))
}

async fn line(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, line)): Path<(RegisterId, u16)>,
    headers: HeaderMap,
    Form(form): Form<DoesForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("line {line}");
    let command = command(&headers, register, &form.command_id, &what, &form)?;
    let change = match form.does.as_str() {
        "more" => LineChange::Step(Step::More),
        "less" => LineChange::Step(Step::Less),
        "void" => LineChange::Void,
        "restore" => LineChange::Restore,
        other => {
            let detail = format!("'{other}' is nothing a line can do");
            return Err(Problem::unreadable(detail));
        }
    };
    service::change_line(&ctx, person, line, change, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

async fn void(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<DoesForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "void", &form)?;
    service::void_basket(&ctx, person, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

async fn tender(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<DoesForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "tender", &form)?;
    service::begin_tender(&ctx, person, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

async fn back(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<DoesForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "back", &form)?;
    service::back_to_sale(&ctx, person, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

async fn next(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<DoesForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "next", &form)?;
    service::next_sale(&ctx, person, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

#[derive(Debug, Serialize, Deserialize)]
struct CashForm {
    /// An amount of a button, in minor units.
    #[serde(default)]
    amount_minor: String,
    /// An amount that was typed.
    #[serde(default)]
    cash: String,
    /// `card` when the terminal is to be asked for the amount that was typed, or for all of it.
    #[serde(default)]
    does: String,
    /// `yes` once a person said that an unlikely amount is right.
    #[serde(default)]
    confirmed: String,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn cash(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<CashForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let command = command(&headers, register, &form.command_id, "cash", &form)?;
    if form.does == "card" {
        let typed = match form.cash.trim() {
            "" => None,
            _ => Some(cash_of(&ctx, &form)?),
        };
        service::begin_card(&ctx, person, typed, command).await?;
        return done(&ctx, person, &headers, Vec::new()).await;
    }
    let amount = cash_of(&ctx, &form)?;
    let confirmed = match form.confirmed.as_str() {
        "yes" => Confirmed::Yes,
        _ => Confirmed::No,
    };
    service::give_cash(&ctx, person, amount, confirmed, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

fn cash_of(ctx: &Context, form: &CashForm) -> Result<Minor, Problem> {
    if !form.amount_minor.is_empty() {
        let minor = form.amount_minor.parse().map_err(|_| {
            Problem::unreadable("amount_minor is a whole number of the smallest coins")
        })?;
        return Ok(Minor(minor));
    }
    let decimals = ctx.profile().currency.decimals();
    read_money(&form.cash, decimals, ctx.lang().locale())
        .map(Minor)
        .map_err(|unreadable| {
            Problem::refused("cash_unreadable", format!("the amount given: {unreadable}"))
                .field("cash", unreadable.to_string())
        })
}

#[derive(Debug, Serialize, Deserialize)]
struct SettlePrintForm {
    settlement: Settlement,
    #[serde(default, skip_serializing)]
    command_id: String,
}

async fn settle_print(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, job_id)): Path<(RegisterId, PrintJobId)>,
    headers: HeaderMap,
    Form(form): Form<SettlePrintForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("settle print {job_id}");
    let command = command(&headers, register, &form.command_id, &what, &form)?;
    service::settle_print(&ctx, person, job_id, form.settlement, command).await?;
    done(&ctx, person, &headers, Vec::new()).await
}

/// Prints a copy from the register, or from the page of the sale, which is shown again then.
async fn copy(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path((register, sale_id)): Path<(RegisterId, SaleId)>,
    headers: HeaderMap,
    Form(form): Form<DoesForm>,
) -> Result<Response, Problem> {
    let person = staff::at(&visitor, register)?;
    let what = format!("copy {sale_id}");
    let command = command(&headers, register, &form.command_id, &what, &form)?;
    service::reprint(&ctx, person, sale_id, command).await?;
    if form.does == "sale" {
        return Ok(leave_for(&headers, &format!("/sales/{sale_id}")));
    }
    done(&ctx, person, &headers, Vec::new()).await
}
