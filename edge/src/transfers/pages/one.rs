//! One transfer: packed or counted scan by scan, or as it left and arrived.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Column, Emphasis, Empty, Field, Icon, Row, Table, command_id,
};
use counterpart_daemon::web::shell::ScanTarget;
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::TransferId;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::quantity::Milli;
use maud::{Markup, Render, html};

use super::{direction, framed, fresh_id, state_badge};
use crate::context::Context;
use crate::devices::LabelUse;
use crate::labels;
use crate::staff::{self, Gates, Person};
use crate::transfers::service::{self, LineView, State, TransferView};
use crate::web::status_bar;

/// Makes the page of one transfer.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn one(ctx: &Context, person: &Person, id: TransferId) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let lang = ctx.lang();
    let region = one_region(ctx, &person.gates, version, id).await?;
    let scan = ScanTarget {
        post_to: format!("/transfers/{id}/scan"),
        prefix: None,
    };
    let body = html! {
        div.console {
            div.page-head {
                h1 { (lang.word("transfer-one")) }
                div.actions {
                    (Button::link(&lang.word("transfer-title"), "/transfers").icon(Icon::Back))
                }
            }
            (region)
        }
    };
    let (title, stream) = (lang.word("transfer-one"), format!("/transfers/{id}/stream"));
    framed(ctx, person, version, (&title, &stream, Some(&scan)), body).await
}

/// Renders what changes on the page of one transfer.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn one_live(
    ctx: &Context,
    person: &Person,
    version: Version,
    id: TransferId,
) -> Result<Vec<Region>, DbError> {
    let region = one_region(ctx, &person.gates, version, id).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![region, bar])
}

/// Renders a transfer; one that was forgotten meanwhile says so.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn one_region(
    ctx: &Context,
    gates: &Gates,
    version: Version,
    id: TransferId,
) -> Result<Region, DbError> {
    let within = ctx.clone();
    let read = ctx.db().read(move |tx| service::one(&within, tx, id));
    let lang = ctx.lang();
    let markup = match read.await? {
        Some(view) => transfer(ctx, gates, &view),
        None => html! { p { (lang.word("transfer-gone")) } },
    };
    Ok(Region::new("transfer", version, markup))
}

fn transfer(ctx: &Context, gates: &Gates, view: &TransferView) -> Markup {
    let lang = &ctx.lang();
    let at_work = matches!(view.state, State::Packing | State::Expected);
    let when = lang.date_time(view.at_ms, &ctx.profile().time_zone);
    let fresh = fresh_id(ctx);
    html! {
        p {
            strong { (direction(lang, view.state)) " " (view.other_store_name) } " · "
            (when) " · " (state_badge(lang, view.state)) " "
            span.code { (view.transfer_id) }
        }
        p { (lang.word(hint(view.state))) }
        @if let Some(id) = &view.exception_id {
            p { a href={ "/exceptions#exception-" (id) } { (lang.word("transfer-settle")) } }
        }
        @if at_work {
            form.filters method="post" action={ "/transfers/" (view.transfer_id) "/lines" }
                data-live data-reset {
                (command_id(&fresh))
                input type="hidden" name="does" value="add";
                (Field::search("code", &lang.word("transfer-find")).key("F2")
                    .hint(&lang.word("transfer-find-hint")))
                (Button::submit(&lang.word("transfer-add")).icon(Icon::Plus))
            }
        }
        (lines(lang, view, &fresh))
        @if at_work { (actions(ctx, gates, view, &fresh)) }
        @if view.state == State::Sent && prints_labels(ctx) { (labels_again(lang, view, &fresh)) }
    }
}

fn hint(state: State) -> &'static str {
    match state {
        State::Packing => "transfer-hint-packing",
        State::Sent => "transfer-hint-sent",
        State::Expected => "transfer-hint-expected",
        State::Received => "transfer-hint-received",
        State::Discrepancy => "transfer-hint-discrepancy",
    }
}

fn lines(lang: &Lang, view: &TransferView, fresh: &str) -> Markup {
    let is_packing = view.state == State::Packing;
    let (product, sent) = match is_packing {
        true => (lang.word("transfer-product"), lang.word("transfer-free")),
        false => (lang.word("transfer-product"), lang.word("transfer-sent")),
    };
    let counted = match is_packing {
        true => lang.word("transfer-packed"),
        false => lang.word("transfer-counted"),
    };
    let sku = lang.word("transfer-sku");
    let mut columns = vec![
        Column::words(&product),
        Column::words(&sku),
        Column::numbers(&sent),
    ];
    if view.state != State::Sent {
        columns.push(Column::words(&counted));
    }
    let rows = view.lines.iter().map(|line| row(lang, view, line, fresh));
    let nothing = lang.word("transfer-empty");
    let todo = lang.word("transfer-empty-todo");
    let empty = Empty::new(&nothing).icon(Icon::Scan).todo(&todo);
    html! { div.panel { (Table::new(&counted, &columns, rows.collect()).empty(empty)) } }
}

fn row(lang: &Lang, view: &TransferView, line: &LineView, fresh: &str) -> Row {
    let number = |milli: Option<Milli>| match milli {
        Some(milli) => quantity(lang, milli, line.unit),
        None => "–".to_owned(),
    };
    let left = line.free_milli.or(line.sent_milli);
    let mut cells = vec![
        html! { (line.name) },
        html! { span.code { (line.sku) } },
        html! { (number(left)) },
    ];
    match view.state {
        State::Packing | State::Expected => cells.push(entry(lang, view, line, fresh)),
        State::Received | State::Discrepancy => {
            let differs = line.sent_milli != line.counted_milli;
            let counted = number(line.counted_milli);
            cells.push(html! { @if differs { strong { (counted) } } @else { (counted) } });
        }
        State::Sent => {}
    }
    Row::new(format!("line-{}", line.sku), cells)
}

fn entry(lang: &Lang, view: &TransferView, line: &LineView, fresh: &str) -> Markup {
    let label = lang.t("transfer-how-much", &[("name", line.name.as_str().into())]);
    let remove = lang.t("transfer-remove", &[("name", line.name.as_str().into())]);
    let field_id = format!("counted-{}", line.sku);
    let value = line.counted_milli.map(|milli| lang.quantity(milli.0));
    html! {
        form.row method="post" action={ "/transfers/" (view.transfer_id) "/lines" } data-live {
            (command_id(fresh))
            input type="hidden" name="sku" value=(line.sku);
            label.unseen for=(field_id) { (label) }
            div.entry {
                input id=(field_id) name="quantity" inputmode="decimal" autocomplete="off"
                    size="6" value=(value.unwrap_or_default());
            }
            (Button::submit_as(&lang.word("transfer-set"), "does", "set"))
            (Button::submit_as("", "does", "drop").icon(Icon::Cross).read_as(&remove)
                .emphasis(Emphasis::Quiet))
        }
    }
}

fn prints_labels(ctx: &Context) -> bool {
    let mut registers = ctx.registers().into_iter();
    registers.any(|one| labels::prints(ctx, one.id, LabelUse::Cartons))
}

/// How many cartons a parcel is: each gets a label.
fn cartons(lang: &Lang) -> Markup {
    Field::amount("cartons", &lang.word("transfer-cartons"))
        .value("1")
        .render()
}

fn labels_again(lang: &Lang, view: &TransferView, fresh: &str) -> Markup {
    html! {
        form.filters method="post" action={ "/transfers/" (view.transfer_id) "/labels" } data-live {
            (command_id(fresh))
            (cartons(lang))
            (Button::submit(&lang.word("transfer-labels")).icon(Icon::Printer).key("F8"))
        }
    }
}

fn actions(ctx: &Context, gates: &Gates, view: &TransferView, fresh: &str) -> Markup {
    let lang = &ctx.lang();
    let nothing = lang.word("transfer-empty");
    let counted = view.lines.iter().any(|line| line.counted_milli.is_some());
    let id = view.transfer_id;
    let is_packing = view.state == State::Packing;
    let (to, label) = match (is_packing, counted) {
        (true, _) => ("send", lang.word("transfer-send")),
        (false, true) => ("receive", lang.word("transfer-receive")),
        (false, false) => ("receive", lang.word("transfer-nothing-came")),
    };
    let operation = match is_packing {
        true => Operation::SendTransfer,
        false => Operation::ReceiveTransfer,
    };
    let key = staff::offered(lang, gates, operation, &label);
    let barred = (is_packing && !counted).then_some(nothing.as_str());
    let barred = key.barred.as_deref().or(barred);
    let submit = Button::submit(&key.label).icon(Icon::Check).barred(barred);
    html! {
        form.filters method="post" action={ "/transfers/" (id) "/" (to) } data-live {
            (command_id(fresh))
            @if is_packing && prints_labels(ctx) { (cartons(lang)) }
            @if counted { (submit.primary()) } @else { (submit) }
        }
        form method="post" action={ "/transfers/" (id) "/forget" } data-live {
            (command_id(fresh))
            (Button::submit(&lang.word("transfer-forget")).emphasis(Emphasis::Quiet))
        }
    }
}

fn quantity(lang: &Lang, milli: Milli, unit: Option<Unit>) -> String {
    let number = lang.quantity(milli.0);
    match unit {
        Some(Unit::Kilogram) => format!("{number} kg"),
        Some(Unit::Piece) | None => number,
    }
}
