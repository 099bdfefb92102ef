//! A delivery as it is counted: scan by scan, changed by hand, received as one.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Emphasis, Empty, Field, Icon, Row, Table, command_id,
};
use counterpart_daemon::web::shell::ScanTarget;
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::policies::Operation;
use maud::{Markup, html};

use super::{framed, fresh_id};
use crate::context::Context;
use crate::staff::{self, Person};
use crate::stock::service::{self, DraftLine};

/// Makes the page on which a delivery is counted.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn receive(ctx: &Context, person: &Person) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let region = delivery_region(ctx, person, version).await?;
    let scan = ScanTarget {
        post_to: "/stock/receive/scan".to_owned(),
        prefix: None,
    };
    let body = html! {
        div.console {
            div.page-head {
                h1 { "Receive goods" }
                div.actions { (Button::link("All stock", "/stock").icon(Icon::Back)) }
            }
            form.filters method="post" action="/stock/receive/lines" data-live data-reset {
                (command_id(&fresh_id(ctx)))
                input type="hidden" name="does" value="add";
                (Field::search("code", "Scan, or find by name").key("F2")
                    .hint("Each scan counts one more."))
                (Button::submit("Add").icon(Icon::Plus))
            }
            (region)
        }
    };
    framed(
        ctx,
        person,
        version,
        ("Receive goods", None, Some(&scan)),
        body,
    )
    .await
}

/// Renders the delivery the person is counting.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn delivery_region(
    ctx: &Context,
    person: &Person,
    version: Version,
) -> Result<Region, DbError> {
    let counting = person.clone();
    let lines = ctx
        .db()
        .read(move |tx| service::draft(tx, &counting))
        .await?;
    let markup = delivery(&ctx.lang(), person, &lines, &fresh_id(ctx));
    Ok(Region::new("delivery", version, markup))
}

fn delivery(lang: &Lang, person: &Person, lines: &[DraftLine], fresh_id: &str) -> Markup {
    let key = staff::offered(lang, &person.gates, Operation::ReceiveGoods, "Receive");
    let columns = [
        Column::words("Product"),
        Column::words("SKU"),
        Column::words("Counted"),
    ];
    let rows: Vec<Row> = lines
        .iter()
        .map(|line| draft_row(lang, line, fresh_id))
        .collect();
    let empty = Empty::new("Nothing counted yet")
        .icon(Icon::Scan)
        .todo("Scan what came in, or find it by name.");
    let nothing = lines.is_empty().then_some("Nothing was counted yet");
    let ways = [
        Choice {
            value: "delivery",
            label: "A delivery",
        },
        Choice {
            value: "opening",
            label: "What was here at the start",
        },
    ];
    html! {
        div.panel { (Table::new("Counted", &columns, rows).empty(empty)) }
        form.filters method="post" action="/stock/receive" data-live {
            (command_id(fresh_id))
            (Field::choice("received_as", "These goods are", &ways).value("delivery"))
            (Field::text("reference", "Delivery note").hint("Its number, if it has one."))
            (Button::submit(&key.label).primary().icon(Icon::Check)
                .barred(key.barred.as_deref().or(nothing)))
        }
        form method="post" action="/stock/receive/lines" data-live {
            (command_id(fresh_id))
            (Button::submit_as("Forget this count", "does", "forget")
                .emphasis(Emphasis::Quiet).barred(nothing))
        }
    }
}

fn draft_row(lang: &Lang, line: &DraftLine, fresh_id: &str) -> Row {
    let unit = match line.unit {
        Some(Unit::Kilogram) => "kg",
        Some(Unit::Piece) | None => "pieces",
    };
    let label = format!("How much of {} in {unit}", line.name);
    let field_id = format!("counted-{}", line.sku);
    let remove = format!("Take {} off the list", line.name);
    let cells = vec![
        html! { (line.name) },
        html! { span.code { (line.sku) } },
        html! {
            form.row method="post" action="/stock/receive/lines" data-live {
                (command_id(fresh_id))
                input type="hidden" name="sku" value=(line.sku);
                label.unseen for=(field_id) { (label) }
                div.entry {
                    input id=(field_id) name="quantity" inputmode="decimal" autocomplete="off"
                        size="6" value=(lang.quantity(line.quantity_milli.0));
                }
                (Button::submit_as("Set", "does", "set"))
                (Button::submit_as("", "does", "drop").icon(Icon::Cross).read_as(&remove)
                    .emphasis(Emphasis::Quiet))
            }
        },
    ];
    Row::new(format!("draft-{}", line.sku), cells)
}
