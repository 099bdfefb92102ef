//! Who and what is inside a store: its people, its edges, the codes they came in by.

use counterpart_daemon::web::parts::{
    Button, Column, Emphasis, Empty, Row, Table, Tone, badge, command_id,
};
use counterpart_daemon::web::text::{Lang, duration};
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use maud::{Markup, html};

use super::badges::{badge_of, missing_form};
use super::forms::{fresh_id, member_form};
use super::giving::given;
use super::one::View;
use super::parts::clock_words;
use crate::context::Context;
use crate::lives::Life;
use crate::stores::store::CodeRow;
use crate::sync::edges::Edge;

pub(super) fn people(context: &Context, view: &View) -> Markup {
    let columns = [
        Column::words("Name"),
        Column::words("Role"),
        Column::words("May do"),
        Column::words("Since"),
        Column::words("Badge"),
        Column::numbers("Change"),
    ];
    let store_id = &view.store.row.identity.store_id;
    let rows = view
        .members
        .iter()
        .map(|row| {
            let member = &row.member;
            let leave = format!("/stores/{store_id}/members/{}/leave", member.id);
            let read_as = format!("Take off {}", member.name);
            let cells = vec![
                html! { (member.name) },
                html! { (member.role.word()) },
                given(store_id, member),
                html! { (context.lang().age(view.now_ms - row.added_at_ms)) },
                badge_of(context, store_id, member),
                html! {
                    form method="post" action=(leave) data-live {
                        (command_id(&fresh_id(context)))
                        (Button::submit("Take off").read_as(&read_as).emphasis(Emphasis::Quiet))
                    }
                },
            ];
            Row::new(format!("member-{}", member.id), cells)
        })
        .collect();
    let empty = Empty::new("Nobody works here yet")
        .todo("Whoever is added here can sign in at the store's tills with their PIN.");
    html! {
        section.panel {
            header { h2 { "People" } }
            (Table::new("People", &columns, rows).empty(empty))
            (missing_form(context, view))
            (member_form(context, store_id))
        }
    }
}

pub(super) fn edges(context: &Context, view: &View) -> Markup {
    let columns = [
        Column::words("Edge"),
        Column::words("Holds"),
        Column::words("Clock"),
        Column::words("Certificate"),
        Column::numbers("Change"),
    ];
    let serving = view.store.edge().map(|edge| edge.number);
    let rows = view
        .store
        .edges
        .iter()
        .rev()
        .map(|edge| edge_row(context, view, edge, serving))
        .collect();
    let empty = Empty::new("No edge yet")
        .todo("Make a code and type it at the store's edge: counterpart-edge enrol.");
    html! {
        section.panel {
            header { h2 { "Edges" } }
            (Table::new("Edges", &columns, rows).empty(empty))
        }
    }
}

/// Shows the codes that were made lately, never the codes themselves.
pub(super) fn codes(lang: &Lang, view: &View) -> Markup {
    html! {
        @if view.codes.is_empty() {
            p { "A code brings one edge in: make it here, type it there, within a day." }
        } @else {
            ol.timeline {
                @for code in &view.codes {
                    li {
                        time { (lang.age(view.now_ms - code.made_at_ms)) }
                        div {
                            p { (code_words(lang, code, view.now_ms)) }
                            p.quiet-text { "made by " (code.made_by) }
                        }
                    }
                }
            }
        }
    }
}

fn edge_row(context: &Context, view: &View, edge: &Edge, serving: Option<EdgeNumber>) -> Row {
    let (lang, heard) = (context.lang(), &edge.heard);
    let store_id = &view.store.row.identity.store_id;
    let clock = match heard.clock_off_ms {
        None => "–".to_owned(),
        Some(off_ms) => clock_words(lang, Some(off_ms)).unwrap_or_else(|| "right".to_owned()),
    };
    let (value, label, emphasis) = match edge.blocked_at_ms {
        None => ("blocked", "Block", Emphasis::Quiet),
        Some(_) => ("open", "Let in again", Emphasis::Plain),
    };
    let action = format!("/stores/{store_id}/edges/{}/access", edge.number);
    let read_as = format!("{label} edge {}", edge.number);
    let cells = vec![
        html! {
            "Edge " (edge.number)
            @if serving > Some(edge.number) { " " (badge(Tone::Quiet, "replaced")) }
            @if serving < Some(edge.number) { " " (badge(Tone::Waiting, "has not called yet")) }
            @if edge.blocked_at_ms.is_some() { " " (badge(Tone::Bad, "blocked")) }
            @if serving == Some(edge.number) {
                @if let Some(life) = view.store.life {
                    " " (life_badge(life))
                }
            }
        },
        html! {
            (lang.count(heard.held_seq)) " of " (lang.count(heard.said_seq))
            @if let Some(incarnation) = heard.incarnation {
                span.quiet-text { ", life " (incarnation) }
            }
        },
        html! { (clock) },
        html! { "until " (lang.date(edge.certificate_until_ms, &view.store.zone)) },
        html! {
            form method="post" action=(action) data-live {
                (command_id(&fresh_id(context)))
                input type="hidden" name="access" value=(value);
                (Button::submit(label).read_as(&read_as).emphasis(emphasis))
            }
        },
    ];
    Row::new(format!("edge-{}", edge.number), cells)
}

/// Says of a life that began with the data of an earlier one whether it has everything back.
fn life_badge(life: Life) -> Markup {
    match life.recovered_at_ms {
        None => badge(Tone::Waiting, "restored, takes its records back"),
        Some(_) => badge(Tone::Quiet, "restored, whole again"),
    }
}

fn code_words(lang: &Lang, code: &CodeRow, now_ms: i64) -> String {
    match (code.used_at_ms, code.used_by_edge) {
        (Some(at_ms), Some(edge)) => {
            format!("used by edge {edge}, {}", lang.age(now_ms - at_ms))
        }
        _ if code.until_ms <= now_ms => "ran out unused".to_owned(),
        _ => {
            let left = duration(lang, code.until_ms - now_ms);
            format!("may be used for {left}")
        }
    }
}

pub(super) fn code_form(context: &Context, store_id: &StoreId) -> Markup {
    html! {
        form method="post" action={ "/stores/" (store_id) "/codes" } data-live {
            (command_id(&fresh_id(context)))
            (Button::submit("Make an enrolment code"))
        }
    }
}
