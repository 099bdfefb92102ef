//! The page of one receipt: its lines, when and where it was, to whom, and what came back.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::parts::{Button, Icon, Tone, badge};
use counterpart_daemon::web::text::Lang;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use ulid::Ulid;

use super::sold_to::{self, Buyer};
use super::{back, copies, lines, money};
use crate::context::Context;
use crate::sales::http::view_of;
use crate::sales::service::SaleView;
use crate::users::{OnPage, Permission, SalesRead};
use crate::web::{Page, Screen, console_page};

pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<SalesRead>,
    Path(sale_id): Path<String>,
) -> Result<Response, Problem> {
    let view = view_of(&context, &sale_id).await?;
    let buyer = match operator.may(Permission::OrdersWrite) {
        true => sold_to::buyer_of(&context, &view).await?,
        false => Buyer::Unnamed,
    };
    let title = format!("Receipt {}", view.receipt.number);
    let shown = Page {
        title: &title,
        screen: Screen::Sales,
        operator: &operator.name,
        stream: None,
    };
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head {
                h1 { (title) }
                div.actions { (Button::link("All receipts", "/sales").icon(Icon::Back)) }
            }
            div.columns {
                section.panel {
                    header { h2 { "What was sold" } }
                    (lines::table(lang, &view))
                }
                section.panel {
                    header { h2 { "When and where" } }
                    (details(lang, &view))
                }
                (sold_to::panel(&view, &buyer))
                (back::panel(lang, &view))
                (back::right(lang, &view))
            }
        }
    };
    Ok(console_page(lang, shown, body))
}

fn details(lang: &Lang, view: &SaleView) -> Markup {
    let receipt = &view.receipt;
    let zone = view
        .store
        .as_ref()
        .map_or(TimeZone::UTC, |store| store.zone.clone());
    html! {
        dl.details {
            dt { "Store" }
            dd {
                @match &view.store {
                    Some(store) => a href={ "/stores/" (store.store_id) } { (store.name) },
                    None => "–",
                }
            }
            dt { "Time" } dd { (lang.date_time(receipt.at_ms, &zone)) }
            dt { "Business day" } dd { (receipt.business_date) }
            dt { "Cashier" } dd { (view.cashier.as_deref().unwrap_or("–")) }
            @for tender in &view.tenders {
                dt { (tender.label()) }
                dd.number { (money(lang, tender.amount_minor, &receipt.currency)) }
            }
            @if receipt.rounding_minor != 0 {
                dt { "Rounding" }
                dd.number { (money(lang, receipt.rounding_minor, &receipt.currency)) }
            }
            @for tax in &view.taxes {
                @for part in &tax.parts {
                    dt { (part.name) " " (lang.quantity(i64::from(part.rate.0))) " %" }
                    dd.number { (money(lang, part.tax_minor.0, &receipt.currency)) }
                }
                @if tax.parts.is_empty() {
                    dt { "Tax at " (lang.quantity(i64::from(tax.sum.rate.0))) " %" }
                    dd.number { (money(lang, tax.sum.tax_minor.0, &receipt.currency)) }
                }
            }
            dt { "Change" } dd.number { (money(lang, receipt.change_minor, &receipt.currency)) }
            dt { "Copies printed" } dd.number { (lang.count(receipt.copies)) }
            @for invoice in &view.invoices {
                dt { "Invoice" }
                dd.number {
                    (invoice.number)
                    @if invoice.copies > 0 {
                        " " (badge(Tone::Quiet, &copies(invoice.copies)))
                    }
                }
            }
            dt { "Sale" } dd.code { (Ulid::from_bytes(receipt.sale_id)) }
        }
    }
}
