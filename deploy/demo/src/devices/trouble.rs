//! What can go wrong with the printer, one row a cause, each with its remedy.

use counterpart_daemon::web::parts::{Button, Emphasis, badge};
use counterpart_hardware::r#virtual::PaperState;
use counterpart_hardware::{Answers, PrinterSnapshot};
use maud::{Markup, Render, html};

use super::act::LINES_LEFT;
use super::paper::state;

pub(super) const PRINTER_TROUBLE: &str = "printer-trouble";

/// What was set on the printer and does not show on it yet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Set {
    /// The paper will end.
    pub(super) paper_ends: bool,
    /// The power will fail.
    pub(super) power_fails: bool,
    /// What it answers.
    pub(super) answers: Answers,
}

/// Draws the printer's troubles.
pub(super) fn printer(seen: &PrinterSnapshot, set: Set) -> Markup {
    let (tone, word) = state(seen);
    let ends = format!("In {LINES_LEFT} lines");
    html! {
        div.panel.trouble {
            header { h3 { "Printer" } (badge(tone, word)) }
            form method="post" action="/printer" data-live data-repeat {
                (row("Paper", paper(seen.paper, set), html! {
                    @if seen.paper == PaperState::Out { (remedy("New roll", "refill")) }
                    @else {
                        (cause("Nearly out", "paper_thin")) (cause(&ends, "paper_ends"))
                        (cause("Take out", "paper_out"))
                    }
                }))
                (row("Cover", plain(if seen.cover_open { "open" } else { "closed" }), html! {
                    @if seen.cover_open { (remedy("Close", "close_cover")) }
                    @else { (cause("Open", "open_cover")) }
                }))
                (row("Power", power(seen.powered, set), html! {
                    @if seen.powered {
                        (cause("Off", "power_off")) (cause("Fail mid-receipt", "power_fails"))
                    } @else { (remedy("Switch on", "power_on")) }
                }))
                (row("Firmware", plain(if seen.stalled { "hangs" } else { "works" }), html! {
                    @if seen.stalled { (remedy("Go on", "go_on")) }
                    @else {
                        (cause("Hang", "hang")) (cause("Hang mid-receipt", "hang_mid"))
                    }
                }))
                (row("Network", plain("one client"), html! {
                    (cause("Break mid-receipt", "drop_line")) (cause("Babble", "babble"))
                }))
                (row("Answers", plain("if asked"), html! {
                    @for (answers, label, does) in ANSWERS {
                        (choice(label, does, set.answers == answers))
                    }
                }))
            }
        }
    }
}

/// What a printer may answer; cheap ones do not say whether they have printed.
const ANSWERS: [(Answers, &str, &str); 3] = [
    (Answers::All, "All", "answer_all"),
    (Answers::NoBarrier, "No “done”", "answer_no_barrier"),
    (Answers::None, "Silent", "answer_nothing"),
];

fn paper(paper: PaperState, set: Set) -> Markup {
    match paper {
        PaperState::Out => plain("out"),
        _ if set.paper_ends => armed("ends soon"),
        PaperState::Present => plain("on its roll"),
        PaperState::NearEnd => plain("near its end"),
    }
}

fn power(powered: bool, set: Set) -> Markup {
    match (powered, set.power_fails) {
        (false, _) => plain("off"),
        (true, true) => armed("will fail"),
        (true, false) => plain("on"),
    }
}

fn plain(how: &str) -> Markup {
    html! { span.quiet-text { (how) } }
}

fn armed(how: &str) -> Markup {
    html! { span.armed { (how) } }
}

fn row(what: &str, how: Markup, buttons: Markup) -> Markup {
    html! {
        div.trouble-row {
            p { b { (what) } (how) }
            div.trouble-buttons { (buttons) }
        }
    }
}

fn cause(label: &str, does: &str) -> Markup {
    Button::submit_as(label, "does", does).render()
}

fn remedy(label: &str, does: &str) -> Markup {
    Button::submit_as(label, "does", does)
        .emphasis(Emphasis::Primary)
        .render()
}

fn choice(label: &str, does: &str, chosen: bool) -> Markup {
    html! {
        button.button type="submit" name="does" value=(does) aria-pressed=(chosen) { (label) }
    }
}
