//! What was found in the journal, as a table, and what can be done with each entry.

use counterpart_daemon::web::parts::{
    Button, Column, Empty, Icon, Pager, Row, Table, Tone, badge, command_id,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{CommandId, StaffId};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::staff::Member;
use maud::{Markup, html};

use super::{Typed, address, next};
use crate::context::Context;
use crate::journal::rules::{Entry, EntryKind};
use crate::journal::store::Found;
use crate::staff::{self, Person};

/// Draws a page of what was found.
pub(super) fn results(
    ctx: &Context,
    person: &Person,
    typed: &Typed,
    members: &[Member],
    found: &Found,
) -> Markup {
    let lang = ctx.lang();
    let title = lang.word("journal-title");
    let labels = ["paper", "when", "what", "who", "total", "why", "do"]
        .map(|key| lang.word(&format!("journal-{key}")));
    let [paper, when, what, who, total, why, does] = labels.each_ref().map(String::as_str);
    let columns = [
        Column::words(paper),
        Column::words(when),
        Column::words(what),
        Column::words(who),
        Column::numbers(total),
        Column::words(why),
        Column::words(does),
    ];
    let rows = found.entries.iter();
    let rows = rows.map(|entry| row(ctx, person, members, entry)).collect();
    let (none, todo) = (lang.word("journal-none"), lang.word("journal-none-todo"));
    let empty = Empty::new(&none).icon(Icon::Search).todo(&todo);
    let count = i64::try_from(found.entries.len()).unwrap_or(i64::MAX);
    let shown = lang.t("journal-shown", &[("count", count.into())]);
    let older = next(found).map(|after| address(typed, &after.written()));
    html! {
        div.panel { (Table::new(&title, &columns, rows).empty(empty)) }
        (Pager::new(&lang, &shown).older(older.as_deref()))
    }
}

fn row(ctx: &Context, person: &Person, members: &[Member], entry: &Entry) -> Row {
    let lang = ctx.lang();
    let name = |id: Option<StaffId>| {
        let member = members.iter().find(|member| Some(member.id) == id);
        member.map(|member| member.name.as_str())
    };
    let profile = ctx.profile();
    let currency = profile.currency;
    let money = entry
        .amount_minor
        .map(|it| lang.money(it.0, currency.code(), currency.decimals()));
    let tone = match entry.kind {
        EntryKind::Void
        | EntryKind::Override
        | EntryKind::Promised
        | EntryKind::NoSale
        | EntryKind::Approval => Tone::Waiting,
        EntryKind::Sale => Tone::Good,
        EntryKind::Return
        | EntryKind::Cash
        | EntryKind::Reprint
        | EntryKind::Invoice
        | EntryKind::Card
        | EntryKind::Till => Tone::Busy,
    };
    let why: Vec<String> = entry.why.iter().map(|word| why_word(&lang, word)).collect();
    let approved = name(entry.approved_by);
    let cells = vec![
        html! { span.number { (entry.number.as_deref().unwrap_or("–")) } },
        html! {
            (lang.date_time(entry.at_ms(), &profile.time_zone))
            @if let Some(register) = entry.register {
                br;
                span.quiet-text { (lang.word("journal-register")) " " (register) }
            }
        },
        badge(tone, &kind_word(&lang, entry.kind)),
        html! {
            (name(entry.staff).unwrap_or("–"))
            @if let Some(approved) = approved {
                br;
                span.quiet-text { (lang.word("journal-approved")) " " (approved) }
            }
        },
        html! { (money.unwrap_or_default()) },
        html! { (why.join(", ")) },
        actions(ctx, &lang, person, entry),
    ];
    let row = Row::new(
        format!("entry-{}-{}", entry.fact_id, entry.kind.word()),
        cells,
    );
    match opens(person, entry) {
        Some(href) => row.href(href),
        None => row,
    }
}

/// Returns the page an entry opens, if it has one.
fn opens(person: &Person, entry: &Entry) -> Option<String> {
    let register = person.register;
    match (entry.return_id, entry.sale_id) {
        (Some(return_id), _) => Some(format!("/register/{register}/returns/done/{return_id}")),
        (None, Some(sale_id)) => Some(format!("/sales/{sale_id}")),
        (None, None) => None,
    }
}

/// What can be done with a sale: its copy and its return.
fn actions(ctx: &Context, lang: &Lang, person: &Person, entry: &Entry) -> Markup {
    let Some(sale_id) = entry.sale_id.filter(|_| entry.kind == EntryKind::Sale) else {
        return html! {};
    };
    let register = person.register;
    let (at_ms, random) = ctx.new_ulid();
    let fresh_id = CommandId::from_parts(at_ms, random).to_string();
    let number = entry.number.as_deref().unwrap_or_default();
    let (copy, back) = (lang.word("journal-copy"), lang.word("returns-open"));
    html! {
        div.row {
            form method="post" action={ "/register/" (register) "/sales/" (sale_id) "/copy" }
                data-live {
                (command_id(&fresh_id))
                input type="hidden" name="does" value="sale";
                (Button::submit(&copy).icon(Icon::Printer).read_as(&format!("{copy} {number}")))
            }
            (Button::link(&back, &format!("/register/{register}/returns/of/{sale_id}"))
                .icon(Icon::Undo).read_as(&format!("{back} {number}")))
        }
    }
}

pub(super) fn kind_word(lang: &Lang, kind: EntryKind) -> String {
    lang.word(&format!("journal-kind-{}", kind.word().replace('_', "-")))
}

/// Words of the program that have a text of their own; another program's stand as they are.
pub(super) const WORDS: [&str; 44] = [
    "banked",
    "best_before",
    "cashier_changed",
    "change",
    "changed_mind",
    "closed",
    "counted",
    "damaged",
    "defective",
    "delivery",
    "dropped",
    "float_back",
    "float_out",
    "found",
    "gift",
    "given_back",
    "goodwill",
    "looked",
    "moved",
    "no_sale",
    "not_a_manager",
    "not_moved",
    "not_permitted",
    "opened",
    "operation_approved",
    "other",
    "paid_in",
    "paid_out",
    "price_match",
    "provisional",
    "purchase",
    "shelf_label",
    "shift_closed",
    "size",
    "staff",
    "tax_exempt",
    "terminal_agrees",
    "terminal_differs",
    "terminal_not_known",
    "wrong_item",
    "wrong_pin",
    "wrong_badge",
    "by_badge",
    "wrong_price",
];

pub(super) fn why_word(lang: &Lang, word: &str) -> String {
    if WORDS.contains(&word) {
        return lang.word(&format!("journal-why-{}", word.replace('_', "-")));
    }
    match Operation::read(word) {
        Some(operation) => staff::operation_word(lang, operation),
        None => word.to_owned(),
    }
}
