//! The page of a store's tills and safe.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::http::{Problem, Query};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, Icon, Row, Stat, Table, Tone, badge,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::money::Currency;
use counterpart_protocol::sales::TenderKind;
use maud::{Markup, Render, html};
use ulid::Ulid;

use super::http::{Asked, Shown};
use super::store::{Closing, Entry};
use crate::context::Context;
use crate::stores::StoreName;
use crate::users::{OnPage, SalesRead};
use crate::web::{Page, Screen, console_page};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new().route("/tills", get(page))
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<SalesRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let within = context.clone();
    let read = context.db().read(move |tx| asked.load(&within, tx));
    let shown = read.await?;
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Tills and safe" }
                p.quiet-text { "What the store counted, and by how much it differed." }
            }
            (stores_form(&shown))
            @if let Some(store) = &shown.store {
                div.stats {
                    @for (currency, minor) in &shown.money.in_safe {
                        (Stat::new("Should be in the safe", &money(lang, currency, *minor)))
                    }
                }
                div.panel { (closings(lang, store, &shown)) }
                div.panel { (safe(lang, store, &shown)) }
            }
        }
    };
    let page = Page {
        title: "Tills and safe",
        screen: Screen::Days,
        operator: &operator.name,
        stream: None,
    };
    Ok(console_page(lang, page, body))
}

fn stores_form(shown: &Shown) -> Markup {
    let stores: Vec<Choice<'_>> = shown
        .stores
        .iter()
        .map(|store| Choice {
            value: store.store_id.as_str(),
            label: &store.name,
        })
        .collect();
    let chosen = shown.store.as_ref();
    let chosen = chosen.map_or("", |store| store.store_id.as_str());
    html! {
        form.filters method="get" action="/tills" {
            (Field::choice("store", "Store", &stores).value(chosen))
            (Button::submit("Show").icon(Icon::Search))
        }
    }
}

fn money(lang: &Lang, code: &str, minor: i64) -> String {
    let currency: Option<Currency> = code.parse().ok();
    lang.money(
        minor,
        code,
        currency.map_or(2, |currency| currency.decimals()),
    )
}

fn closings(lang: &Lang, store: &StoreName, shown: &Shown) -> Markup {
    let columns = [
        Column::words("Closed"),
        Column::numbers("Register"),
        Column::numbers("Z"),
        Column::words("By"),
        Column::numbers("Sales"),
        Column::numbers("Sold"),
        Column::numbers("Over / short"),
        Column::words("Beside cash"),
        Column::words("Why"),
    ];
    let rows = shown.money.closings.iter().enumerate();
    let rows = rows.map(|(place, row)| closing(lang, store, shown, (place, row)));
    let empty = Empty::new("No till of this store was closed yet").icon(Icon::Drawer);
    Table::new("Closings", &columns, rows.collect())
        .empty(empty)
        .render()
}

fn closing(lang: &Lang, store: &StoreName, shown: &Shown, (place, row): (usize, &Closing)) -> Row {
    let by = row.staff_id.and_then(|id| shown.money.names.get(&id));
    let cells = vec![
        html! { (lang.date_time(row.at_ms, &store.zone)) },
        html! { @if let Some(register) = row.register { (register) } },
        html! { (row.z_number) },
        html! { (by.map_or("–", String::as_str)) },
        html! { (lang.count(row.sales)) },
        html! { (money(lang, &row.currency, row.sales_minor)) },
        over_short(lang, &row.currency, row.over_short_minor),
        html! {
            @for other in &row.others {
                @let code = other.currency.map_or_else(|| row.currency.clone(), String::from);
                span {
                    (name(other.kind)) " " (over_short(lang, &code, other.over_short_minor)) " "
                }
            }
        },
        html! { (row.reason.as_deref().unwrap_or_default().replace('_', " ")) },
    ];
    Row::new(format!("closing-{place}"), cells)
}

fn over_short(lang: &Lang, code: &str, minor: i64) -> Markup {
    let amount = money(lang, code, minor);
    match minor {
        0 => badge(Tone::Good, &amount),
        _ => badge(Tone::Bad, &amount),
    }
}

const fn name(kind: TenderKind) -> &'static str {
    match kind {
        TenderKind::Cash => "cash",
        TenderKind::Card => "cards",
        TenderKind::GiftCard => "gift cards",
        TenderKind::StoreCredit => "store credit",
        TenderKind::Voucher => "vouchers",
        TenderKind::ForeignCash => "foreign cash",
        TenderKind::OnAccount => "on account",
        TenderKind::Exchanged => "exchanged",
    }
}

fn safe(lang: &Lang, store: &StoreName, shown: &Shown) -> Markup {
    let columns = [
        Column::words("When"),
        Column::words("What"),
        Column::words("Bag or till"),
        Column::words("By"),
        Column::numbers("Amount"),
        Column::numbers("Over / short"),
        Column::words("Why"),
    ];
    let rows = shown.money.entries.iter();
    let rows = rows.map(|row| entry(lang, store, shown, row));
    let empty = Empty::new("Nothing went through the safe of this store yet").icon(Icon::Drawer);
    Table::new("Book of the safe", &columns, rows.collect())
        .empty(empty)
        .render()
}

fn entry(lang: &Lang, store: &StoreName, shown: &Shown, row: &Entry) -> Row {
    let by = row.staff_id.and_then(|id| shown.money.names.get(&id));
    let cells = vec![
        html! { (lang.date_time(row.at_ms, &store.zone)) },
        html! { (what(&row.entry)) },
        html! { span.code { (row.reference.as_deref().unwrap_or_default()) } },
        html! { (by.map_or("–", String::as_str)) },
        html! { (money(lang, &row.currency, row.amount_minor)) },
        html! { @if row.is_count { (over_short(lang, &row.currency, row.change_minor)) } },
        html! { (row.reason.as_deref().unwrap_or_default().replace('_', " ")) },
    ];
    Row::new(format!("safe-{}", Ulid::from_bytes(row.fact_id)), cells)
}

fn what(entry: &str) -> &str {
    match entry {
        "dropped" => "Dropped by a till",
        "float_out" => "Float taken out",
        "float_back" => "Float given back",
        "banked" => "Bag to the bank",
        "counted" => "Counted",
        other => other,
    }
}
