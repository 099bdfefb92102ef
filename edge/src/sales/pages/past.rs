//! Past sales: the latest of the store, and one with its receipt and its prints.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Column, Empty, Icon, Pager, Row, Table, Tone, badge, command_id,
};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_protocol::ids::{CommandId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;
use maud::{Markup, html};

use super::tendering::preview;
use super::{asking, invoices};
use crate::context::Context;
use crate::devices::{PrintJob, PrintState};
use crate::reference;
use crate::sales::service::{self, SaleView, SalesError};
use crate::sales::store::{self, SoldLine};
use crate::signing;
use crate::staff::{self, Person};
use crate::web::{self, Screen, status_bar};

/// Sales on one page.
const PAGE: u32 = 50;

/// Makes the page of the latest sales, or of those before `before`.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn past_sales(
    ctx: &Context,
    person: &Person,
    before: Option<(i64, SaleId)>,
) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let list = list_region(ctx, version, before).await?;
    // An older page stands still: only the newest one follows the tills.
    let stream = before.is_none().then_some("/sales/stream");
    let body = html! {
        div.console {
            div.page-head {
                h1 { "Sales" }
                div.actions {
                    (Button::link(&ctx.lang().word("journal-open"), "/journal").key("F2")
                        .icon(Icon::Search).primary())
                }
            }
            (list)
        }
    };
    framed(ctx, person, version, ("Sales", stream), body).await
}

/// Renders what changes on the page of the latest sales.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn past_regions(
    ctx: &Context,
    person: &Person,
    version: Version,
    before: Option<(i64, SaleId)>,
) -> Result<Vec<Region>, DbError> {
    let list = list_region(ctx, version, before).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![list, bar])
}

/// Makes the page of one sale.
///
/// # Errors
///
/// [`SalesError::NoSuchSale`]; those of the database.
pub(crate) async fn past_sale(
    ctx: &Context,
    person: &Person,
    sale_id: SaleId,
) -> Result<Markup, SalesError> {
    let version = ctx.live().version();
    let view = read(ctx, sale_id).await?;
    let region = Region::new("sale", version, sale(ctx, person, &view));
    let stream = format!("/sales/{sale_id}/stream");
    let body = html! {
        (region)
        div.console { div.columns { (invoices::panel(ctx, person, &view)) } }
    };
    Ok(framed(ctx, person, version, ("Sale", Some(&stream)), body).await?)
}

/// Renders what changes on the page of one sale: its prints and copies.
///
/// # Errors
///
/// [`SalesError::NoSuchSale`]; those of the database.
pub(crate) async fn sale_regions(
    ctx: &Context,
    person: &Person,
    version: Version,
    sale_id: SaleId,
) -> Result<Vec<Region>, SalesError> {
    let region = sale_region(ctx, person, version, sale_id).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![region, bar])
}

async fn framed(
    ctx: &Context,
    person: &Person,
    version: Version,
    (title, stream): (&str, Option<&str>),
    body: Markup,
) -> Result<Markup, DbError> {
    let register = person.register;
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    let screen = Screen {
        title,
        current: "/sales",
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream,
        scan: None,
    };
    web::page(ctx, version, &screen, body).await
}

async fn list_region(
    ctx: &Context,
    version: Version,
    before: Option<(i64, SaleId)>,
) -> Result<Region, DbError> {
    let read = ctx.db().read(move |tx| {
        let sold = store::latest(tx, before, PAGE)?;
        let names = reference::members(tx)?;
        Ok::<_, DbError>((sold, names))
    });
    let (sold, names) = read.await?;
    let name_of = |sold: &SoldLine| {
        let member = names.iter().find(|member| Some(member.id) == sold.staff);
        member.map_or("", |member| member.name.as_str()).to_owned()
    };
    let lang = ctx.lang();
    let columns = [
        Column::words("Receipt"),
        Column::words("When"),
        Column::words("By"),
        Column::numbers("Items"),
        Column::numbers("Total"),
    ];
    let rows: Vec<Row> = sold
        .iter()
        .map(|sold| {
            let cells = vec![
                html! { span.number { (sold.receipt) } },
                html! { (lang.date_time(sold.sold_at_ms, &ctx.profile().time_zone)) },
                html! { (name_of(sold)) },
                html! { (lang.count(sold.items)) },
                html! { (money(ctx, sold.total_minor)) },
            ];
            Row::new(format!("sale-{}", sold.sale_id), cells)
                .href(format!("/sales/{}", sold.sale_id))
        })
        .collect();
    let is_full = u32::try_from(sold.len()).is_ok_and(|count| count == PAGE);
    let last = sold.last().filter(|_| is_full);
    let older = last.map(|last| {
        format!(
            "/sales?before_ms={}&before={}",
            last.sold_at_ms, last.sale_id
        )
    });
    let shown = match sold.len() {
        1 => "1 sale".to_owned(),
        count => format!("{count} sales, newest first"),
    };
    let empty = Empty::new("No sale yet")
        .icon(Icon::Receipt)
        .todo("Sales appear here at once.");
    let markup = html! {
        div.panel { (Table::new("Sales", &columns, rows).empty(empty)) }
        (Pager::new(&lang, &shown).newer(before.map(|_| "/sales")).older(older.as_deref()))
    };
    Ok(Region::new("sales", version, markup))
}

async fn read(ctx: &Context, sale_id: SaleId) -> Result<SaleView, SalesError> {
    ctx.db()
        .read(move |tx| service::sale_view(tx, sale_id))
        .await
}

async fn sale_region(
    ctx: &Context,
    person: &Person,
    version: Version,
    sale_id: SaleId,
) -> Result<Region, SalesError> {
    let view = read(ctx, sale_id).await?;
    Ok(Region::new("sale", version, sale(ctx, person, &view)))
}

fn sale(ctx: &Context, person: &Person, view: &SaleView) -> Markup {
    let (at_ms, random) = ctx.new_ulid();
    let fresh_id = CommandId::from_parts(at_ms, random).to_string();
    let sale = &view.sold.sale;
    let at = ctx
        .lang()
        .date_time(view.sold.sold_at_ms, &ctx.profile().time_zone);
    let [action, gift] = ["copy", "gift"]
        .map(|it| format!("/register/{}/sales/{}/{it}", person.register, sale.sale_id));
    let returns = format!("/register/{}/returns/of/{}", person.register, sale.sale_id);
    let take_back = ctx.lang().word("returns-open");
    let key = |operation, label: &str| staff::offered(&ctx.lang(), &person.gates, operation, label);
    let gift_key = key(Operation::GiftReceipt, &ctx.lang().word("gift-print"));
    let copy_key = key(Operation::Reprint, "Print a copy");
    html! {
        div.console {
            div.page-head {
                h1 { "Receipt " (sale.receipt) }
                div.actions {
                    (Button::link("All sales", "/sales").icon(Icon::Back))
                    (Button::link(&take_back, &returns).icon(Icon::Undo))
                    form method="post" action=(gift) data-live {
                        (command_id(&fresh_id))
                        input type="hidden" name="does" value="sale";
                        (Button::submit(&gift_key.label).barred(gift_key.barred.as_deref()))
                    }
                    form method="post" action=(action) data-live {
                        (command_id(&fresh_id))
                        input type="hidden" name="does" value="sale";
                        (Button::submit(&copy_key.label).icon(Icon::Printer).primary()
                            .barred(copy_key.barred.as_deref()))
                    }
                }
            }
            div.columns {
                section.stack {
                    dl.details {
                        div { dt { "Sold" } dd { (at) } }
                        div { dt { "Register" } dd { (sale.receipt.register) } }
                        div { dt { "By" } dd { (view.cashier.as_deref().unwrap_or("–")) } }
                        div { dt { "Total" } dd { (money(ctx, sale.total_minor)) } }
                        @if sale.rounded_minor() != Minor::ZERO {
                            div { dt { "Rounding" } dd { (money(ctx, sale.rounded_minor())) } }
                        }
                        div { dt { "Change" } dd { (money(ctx, sale.change_minor)) } }
                        div { dt { "Copies" } dd { (view.copies) } }
                        @if view.gifts > 0 {
                            div { dt { (ctx.lang().word("gift-title")) } dd { (view.gifts) } }
                        }
                        (signing::shown(ctx, &view.mark))
                        @if let Some(invoiced) = &view.invoice {
                            div { dt { "Invoice" } dd.number { (invoiced.number) } }
                            div { dt { "Invoice copies" } dd { (invoiced.copies) } }
                        }
                    }
                    (asking::let_go(&ctx.lang(), view))
                    (voided(ctx, view))
                    (prints(ctx, view))
                }
                (preview(ctx, &view.sold, view.cashier.as_deref(), &view.mark))
            }
        }
    }
}

fn voided(ctx: &Context, view: &SaleView) -> Markup {
    let voided = &view.sold.sale.voided;
    html! {
        @if !voided.is_empty() {
            section.panel {
                header { h2 { "Removed before payment" } }
                ul.stack {
                    @for line in voided {
                        li {
                            span.code { (line.sku) } " · "
                            (ctx.lang().quantity(line.quantity_milli.0)) " · "
                            (money(ctx, line.amount_minor))
                        }
                    }
                }
            }
        }
    }
}

fn prints(ctx: &Context, view: &SaleView) -> Markup {
    html! {
        section.panel {
            header { h2 { "Prints" } }
            ol.timeline {
                @for job in view.prints.iter().rev() {
                    li {
                        time { (ctx.lang().time(job.queued_at_ms, &ctx.profile().time_zone)) }
                        div { (print_badge(job)) p { (job.sentence()) } }
                    }
                }
            }
        }
    }
}

fn print_badge(job: &PrintJob) -> Markup {
    let tone = match job.state {
        PrintState::Queued => Tone::Waiting,
        PrintState::Sending => Tone::Busy,
        PrintState::Sent | PrintState::Confirmed => Tone::Good,
        PrintState::Uncertain | PrintState::Failed => Tone::Bad,
    };
    badge(tone, &format!("{}: {}", job.kind.word(), job.state.word()))
}

fn money(ctx: &Context, minor: Minor) -> String {
    let currency = ctx.profile().currency;
    ctx.lang()
        .money(minor.0, currency.code(), currency.decimals())
}
