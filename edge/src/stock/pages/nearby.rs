//! Where else a product is: what the stores nearby had when the hub last heard of them.

use counterpart_daemon::web::parts::{Column, Empty, Icon, Row, Table, Tone, badge};
use counterpart_protocol::catalog::Unit;
use maud::{Markup, html};

use super::quantity;
use crate::context::Context;
use crate::reference::Elsewhere;

/// A number older than this is hardly worth a walk, in milliseconds: a morning's selling.
const OLD_MS: i64 = 4 * 3_600_000;

/// Renders what other stores have of a product, each number with its age.
pub(super) fn elsewhere(ctx: &Context, stores: &[Elsewhere], unit: Option<Unit>) -> Markup {
    let lang = ctx.lang();
    let columns = [
        Column::words("Store"),
        Column::numbers("Had"),
        Column::words("When"),
    ];
    let rows = stores.iter().map(|store| {
        let age = match store.as_of_ms.map(|as_of_ms| ctx.now_ms() - as_of_ms) {
            None => badge(Tone::Waiting, "not known"),
            Some(age_ms) if age_ms > OLD_MS => badge(Tone::Waiting, &lang.age(age_ms)),
            Some(age_ms) => html! { (lang.age(age_ms)) },
        };
        let cells = vec![
            html! { (store.name) },
            html! { (quantity(&lang, store.on_hand_milli, unit)) },
            age,
        ];
        Row::new(format!("store-{}", store.store_id), cells)
    });
    let empty = Empty::new("No store nearby is known to have it").icon(Icon::Search);
    html! {
        section.stack {
            h2 { "Elsewhere" }
            div.panel { (Table::new("Elsewhere", &columns, rows.collect()).empty(empty)) }
            p.quiet-text {
                "As the hub last heard of each store. Call before you send somebody."
            }
        }
    }
}
