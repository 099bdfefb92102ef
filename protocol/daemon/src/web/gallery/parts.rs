//! Every part in every state, one below the other.
//!
//! It proves the parts to the eye; the register and console samples prove them together.

use maud::{Markup, html};

use crate::web::parts::{
    Button, Choice, Dialog, Emphasis, Empty, Field, FieldProblem, Icon, ProblemView, Tone, badge,
    icon, qr,
};
use crate::web::text::Lang;

const ICONS: [Icon; 20] = [
    Icon::Backspace,
    Icon::Box,
    Icon::Cash,
    Icon::Check,
    Icon::Forward,
    Icon::Back,
    Icon::Cross,
    Icon::Clock,
    Icon::Drawer,
    Icon::Minus,
    Icon::Park,
    Icon::Person,
    Icon::Plus,
    Icon::Printer,
    Icon::Receipt,
    Icon::Scan,
    Icon::Search,
    Icon::Store,
    Icon::Warning,
    Icon::Undo,
];

/// The page of parts.
pub(super) fn all(lang: &Lang) -> Markup {
    html! {
        div.console {
            h1 { "Parts" }
            div.columns {
                (panel("Buttons", buttons()))
                (panel("States", states()))
                (panel("Fields", fields(lang)))
                (panel("Problems", problems(lang)))
                (panel("Icons", html! { div.row { @for one in ICONS { (icon(one)) } } }))
                (panel("Empty", html! {
                    (Empty::new("No order waits here").icon(Icon::Box)
                        .todo("New ones ring the bell and appear by themselves.")
                        .action(html! { (Button::link("See what is done", "/gallery")) }))
                }))
                (panel("Code", html! {
                    @match qr(lang, "CP1:7F3K-9QWD-2M8T") {
                        Ok(code) => (code),
                        Err(refused) => p.error { (refused) },
                    }
                }))
            }
            (Dialog::new(lang, "sample-dialog", "Set the price", html! {
                (Field::amount("price", "New price").unit("€").hint("At most 20 % less."))
            }).actions(html! { (Button::closes("Cancel")) (Button::closes("Set").primary()) }))
        }
    }
}

fn panel(title: &str, body: Markup) -> Markup {
    html! { section.panel { header { h2 { (title) } } div.stack { (body) } } }
}

fn buttons() -> Markup {
    html! {
        div.row {
            (Button::submit("Save").primary().icon(Icon::Check))
            (Button::opens("Set the price", "sample-dialog"))
            (Button::bare("Later").emphasis(Emphasis::Quiet))
            (Button::bare("Remove").emphasis(Emphasis::Danger).key("Delete"))
            (Button::bare("Close the till").barred(Some("2 sales are parked")))
        }
        (Button::submit("Pay").emphasis(Emphasis::Pay).key("F9").amount("€35.50"))
        button.button.primary type="button" aria-busy="true" { span.label { "Being sent" } }
    }
}

fn states() -> Markup {
    html! {
        div.row {
            (badge(Tone::Quiet, "Planned")) (badge(Tone::Busy, "Being picked"))
            (badge(Tone::Good, "Handed over")) (badge(Tone::Waiting, "Late by 12 min"))
            (badge(Tone::Bad, "Printer out of paper"))
        }
    }
}

fn fields(lang: &Lang) -> Markup {
    let reasons = [
        Choice {
            value: "",
            label: "Choose a reason",
        },
        Choice {
            value: "damaged",
            label: "Damaged",
        },
        Choice {
            value: "missing",
            label: "Not on the shelf",
        },
    ];
    html! {
        (Field::text("name", "Name").required(lang).value("Ada"))
        (Field::amount("amount", "Cash given").unit("€").value("3.5")
            .error(Some("That is less than the €35.50 to pay.")))
        (Field::choice("reason", "Reason", &reasons).hint("The server decides which there are."))
        (Field::search("find", "Find").key("F2"))
    }
}

fn problems(lang: &Lang) -> Markup {
    let fields = [FieldProblem {
        field_id: "field-amount".to_owned(),
        message: "Cash given: at least €35.50".to_owned(),
    }];
    html! {
        (ProblemView::new(lang, "The sale was not paid")
            .why("€3.50 is less than the €35.50 to pay.")
            .todo("Take more cash, or add another tender.")
            .fields(&fields))
    }
}
