//! The stock pages: what is on hand, and why a number is what it is; receiving is drawn beside it.

mod nearby;
mod receiving;
mod recount;

pub(crate) use receiving::{delivery_region, receive};
pub(crate) use recount::recount;

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Column, Empty, Field, Icon, Pager, Row, Stat, Table, Tone, badge,
};
use counterpart_daemon::web::shell::{Density, ScanTarget, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::CommandId;
use counterpart_protocol::quantity::Milli;
use maud::{Markup, html};

use super::service::{self, PAGE, StockFact, StockLine, StockView};
use crate::context::Context;
use crate::staff::Person;
use crate::web::{self, Screen, status_bar};

/// Makes the page of what is on hand.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn list(
    ctx: &Context,
    person: &Person,
    query: &str,
    after: &str,
) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let region = list_region(ctx, version, query, after).await?;
    let body = html! {
        div.console {
            div.page-head {
                h1 { "Stock" }
                div.actions {
                    (Button::link(&ctx.lang().word("transfer-title"), "/transfers"))
                    (Button::link(&ctx.lang().word("labels-open"), "/labels"))
                    (Button::link("Receive goods", "/stock/receive").primary().icon(Icon::Box))
                }
            }
            form.filters method="get" action="/stock" data-live data-live-input {
                (Field::search("query", "Product, SKU or code").key("F2").value(query))
                (Button::submit("Find").icon(Icon::Search))
            }
            (region)
        }
    };
    let stream = format!(
        "/stock/stream?query={}&after={}",
        escaped(query),
        escaped(after)
    );
    framed(ctx, person, version, ("Stock", Some(&stream), None), body).await
}

/// Renders the list of what is on hand.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn list_region(
    ctx: &Context,
    version: Version,
    query: &str,
    after: &str,
) -> Result<Region, DbError> {
    let (asked, from) = (query.to_owned(), after.to_owned());
    let lines = ctx
        .db()
        .read(move |tx| service::list(tx, &asked, &from))
        .await?;
    let markup = table(&ctx.lang(), &lines, query, after);
    Ok(Region::new("stock", version, markup))
}

/// Renders what changes on the page of what is on hand.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn list_live(
    ctx: &Context,
    person: &Person,
    version: Version,
    (query, after): (&str, &str),
) -> Result<Vec<Region>, DbError> {
    let region = list_region(ctx, version, query, after).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![region, bar])
}

/// Makes the page of one product: its number and the facts that make it.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn one(
    ctx: &Context,
    person: &Person,
    view: &StockView,
) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let lang = ctx.lang();
    let stock = &view.stock;
    let name = stock
        .name
        .as_deref()
        .unwrap_or("Not in the catalogue any more");
    let on_hand = quantity(&lang, stock.on_hand_milli, stock.unit);
    let adjust = format!("/stock/adjust/{}", escaped(stock.sku.as_str()));
    let below = stock.on_hand_milli < Milli::ZERO;
    let on_hand = match below {
        true => Stat::new("On hand", &on_hand).state(Tone::Bad, "More sold than received"),
        false => Stat::new("On hand", &on_hand).note("the sum of the facts below"),
    };
    let body = html! {
        div.console {
            div.page-head {
                h1 { (name) }
                div.actions {
                    (Button::link(&lang.word("adjust-open"), &adjust))
                    (Button::link("All stock", "/stock").icon(Icon::Back))
                }
            }
            div.stats {
                (on_hand)
                (Stat::new("SKU", stock.sku.as_str()))
            }
            (nearby::elsewhere(ctx, &view.elsewhere, stock.unit))
            (facts(ctx, &lang, view))
        }
    };
    framed(ctx, person, version, (name, None, None), body).await
}

async fn framed(
    ctx: &Context,
    person: &Person,
    version: Version,
    (title, stream, scan): (&str, Option<&str>, Option<&ScanTarget>),
    body: Markup,
) -> Result<Markup, DbError> {
    let register = person.register;
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    let screen = Screen {
        title,
        current: "/stock",
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream,
        scan,
    };
    web::page(ctx, version, &screen, body).await
}

fn table(lang: &Lang, lines: &[StockLine], query: &str, after: &str) -> Markup {
    let columns = [
        Column::words("Product"),
        Column::words("SKU"),
        Column::numbers("On hand"),
        Column::words("State"),
    ];
    let rows: Vec<Row> = lines.iter().map(|line| stock_row(lang, line)).collect();
    let is_full = u32::try_from(lines.len()).is_ok_and(|count| count == PAGE);
    let last = lines.last().filter(|_| is_full && query.trim().is_empty());
    let more = last.map(|last| format!("/stock?after={}", escaped(last.sku.as_str())));
    let back = (!after.is_empty()).then_some("/stock");
    let shown = match lines.len() {
        1 => "1 product".to_owned(),
        count => format!("{count} products"),
    };
    let empty = if query.trim().is_empty() {
        Empty::new("Nothing was received yet")
            .icon(Icon::Box)
            .todo("Receive a delivery, or what is on the shelves already.")
    } else {
        Empty::new("Nothing matches")
            .icon(Icon::Search)
            .todo("Try another part of the name.")
    };
    html! {
        div.panel { (Table::new("Stock", &columns, rows).empty(empty)) }
        (Pager::new(lang, &shown).newer(back).older(more.as_deref()))
    }
}

fn stock_row(lang: &Lang, line: &StockLine) -> Row {
    let name = line
        .name
        .as_deref()
        .unwrap_or("Not in the catalogue any more");
    let (tone, word) = match line.on_hand_milli {
        here if here < Milli::ZERO => (Tone::Bad, "Below zero: count it"),
        Milli::ZERO => (Tone::Waiting, "None"),
        _ => (Tone::Good, "In stock"),
    };
    let cells = vec![
        html! { (name) },
        html! { span.code { (line.sku) } },
        html! { (quantity(lang, line.on_hand_milli, line.unit)) },
        badge(tone, word),
    ];
    Row::new(format!("sku-{}", line.sku), cells)
        .href(format!("/stock/product/{}", escaped(line.sku.as_str())))
}

fn facts(ctx: &Context, lang: &Lang, view: &StockView) -> Markup {
    let columns = [
        Column::words("When"),
        Column::words("What happened"),
        Column::words("By"),
        Column::numbers("Change"),
        Column::numbers("After"),
    ];
    let rows: Vec<Row> = view
        .facts
        .iter()
        .zip(0..)
        .map(|(fact, place)| fact_row(ctx, lang, (fact, place), view.stock.unit))
        .collect();
    let empty = Empty::new("It never moved")
        .icon(Icon::Box)
        .todo("Receive it to begin.");
    html! {
        section.stack {
            h2 { "Why this number" }
            div.panel { (Table::new("Facts", &columns, rows).empty(empty)) }
        }
    }
}

fn fact_row(
    ctx: &Context,
    lang: &Lang,
    (fact, place): (&StockFact, usize),
    unit: Option<Unit>,
) -> Row {
    let what = match fact.kind {
        "sale_recorded" => "Sold",
        "stock_received" => "Received",
        "transfer_sent" => "Sent to another store",
        "transfer_received" => "Came from another store",
        "stock_adjusted" => "Put right",
        other => other,
    };
    let mut reference = fact.reference.clone().unwrap_or_default();
    if fact.kind == "stock_adjusted" {
        reference = lang.word(&format!("adjust-because-{}", reference.replace('_', "-")));
    }
    let sign = if fact.delta_milli > Milli::ZERO {
        "+"
    } else {
        ""
    };
    let cells = vec![
        html! { (lang.date_time(fact.at_ms, &ctx.profile().time_zone)) },
        html! {
            (what) " "
            @match fact.sale_id {
                Some(sale_id) => a.number href={ "/sales/" (sale_id) } { (reference) },
                None => span.code { (reference) },
            }
        },
        html! { (fact.staff.as_deref().unwrap_or("–")) },
        html! { (sign) (quantity(lang, fact.delta_milli, unit)) },
        html! { (quantity(lang, fact.after_milli, unit)) },
    ];
    Row::new(format!("fact-{}-{place}", fact.fact_id), cells)
}

fn quantity(lang: &Lang, milli: Milli, unit: Option<Unit>) -> String {
    let number = lang.quantity(milli.0);
    match unit {
        Some(Unit::Kilogram) => format!("{number} kg"),
        Some(Unit::Piece) | None => number,
    }
}

fn fresh_id(ctx: &Context) -> String {
    let (at_ms, random) = ctx.new_ulid();
    CommandId::from_parts(at_ms, random).to_string()
}

/// Writes a text so that it may stand in an address (RFC 3986 §2.1): a SKU may hold `/` and `?`.
pub(crate) fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut address = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            write!(address, "%{byte:02X}").expect("a String takes every text");
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn any_sku_fits_an_address() {
        assert_eq!(escaped("TEE-M/RED?é"), "TEE-M%2FRED%3F%C3%A9");
    }
}
