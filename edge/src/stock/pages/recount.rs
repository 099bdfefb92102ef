//! The page of what to count first after a restore.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::parts::{Button, Column, Empty, Icon, Row, Stat, Table};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};

use super::{escaped, framed, quantity};
use crate::context::Context;
use crate::staff::Person;
use crate::stock::service::{Recount, RecountLine};

/// Makes the page.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn recount(
    ctx: &Context,
    person: &Person,
    recount: Option<&Recount>,
) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let lang = ctx.lang();
    let body = html! {
        div.console {
            div.page-head {
                h1 { "Count first" }
                div.actions { (Button::link("All stock", "/stock").icon(Icon::Back)) }
            }
            @match recount {
                Some(recount) => (listed(ctx, &lang, recount)),
                None => div.panel {
                    (Empty::new("Every record is here")
                        .icon(Icon::Check)
                        .todo("After a restore from a backup this page lists what to count."))
                },
            }
        }
    };
    framed(ctx, person, version, ("Count first", None, None), body).await
}

fn listed(ctx: &Context, lang: &Lang, recount: &Recount) -> Markup {
    let zone = &ctx.profile().time_zone;
    let (from_ms, to_ms) = recount.span_ms;
    let (from, to) = (lang.date_time(from_ms, zone), lang.date_time(to_ms, zone));
    let columns = [
        Column::words("Product"),
        Column::words("SKU"),
        Column::numbers("On hand, by the records"),
        Column::numbers("May be missing"),
        Column::words("Put right"),
    ];
    let rows = recount.lines.iter().map(|line| row(lang, line)).collect();
    let empty = Empty::new("Nothing sold in the four weeks before")
        .icon(Icon::Box)
        .todo("Count what you remember selling or receiving.");
    html! {
        div.stats { (Stat::new("No record from", &from).note(&format!("to {to}"))) }
        p {
            "Of this time neither this store nor the hub has a record. What sold most in the four \
             weeks before stands first; what was put right since is left out. Count the shelf, and \
             put right what differs."
        }
        div.panel { (Table::new("To count", &columns, rows).empty(empty)) }
    }
}

fn row(lang: &Lang, line: &RecountLine) -> Row {
    let stock = &line.stock;
    let name = stock
        .name
        .as_deref()
        .unwrap_or("Not in the catalogue any more");
    let sku = escaped(stock.sku.as_str());
    let cells = vec![
        html! { a href={ "/stock/product/" (sku) } { (name) } },
        html! { span.code { (stock.sku) } },
        html! { (quantity(lang, stock.on_hand_milli, stock.unit)) },
        html! { (quantity(lang, line.doubtful_milli, stock.unit)) },
        html! { (Button::link(&lang.word("adjust-open"), &format!("/stock/adjust/{sku}"))) },
    ];
    Row::new(format!("recount-{}", stock.sku), cells)
}
