//! The middle: the printer's face, the paper that comes out of it, and the drawer below.
//!
//! Receipts are shown as the printer decoded them from the bytes it was sent.

use counterpart_daemon::web::parts::{Button, Emphasis, Tone, badge};
use counterpart_hardware::r#virtual::PaperState;
use counterpart_hardware::{PrintedReceipt, PrinterSnapshot};
use maud::{Markup, PreEscaped, html};

use super::Doors;

pub(super) const FACE: &str = "printer-face";
pub(super) const PRINTING: &str = "printing";
pub(super) const RECEIPTS: &str = "receipts";
pub(super) const DRAWER: &str = "drawer";

/// Receipts shown; the printer keeps more.
const SHOWN: usize = 20;

/// Says how the printer is in a word a person would use.
pub(super) fn state(seen: &PrinterSnapshot) -> (Tone, &'static str) {
    match (seen.powered, seen.stalled, seen.cover_open, seen.paper) {
        (false, ..) => (Tone::Bad, "No power"),
        (_, true, ..) => (Tone::Bad, "Hangs"),
        (_, _, true, _) => (Tone::Bad, "Cover open"),
        (.., PaperState::Out) => (Tone::Bad, "Paper out"),
        _ if seen.printing.is_some() => (Tone::Busy, "Printing"),
        (.., PaperState::NearEnd) => (Tone::Waiting, "Paper nearly out"),
        (.., PaperState::Present) => (Tone::Good, "Ready"),
    }
}

/// Draws the printer's front with its lamps.
pub(super) fn face(seen: &PrinterSnapshot) -> Markup {
    let (tone, word) = state(seen);
    let paper = match seen.paper {
        PaperState::Present => "off",
        PaperState::NearEnd => "soon",
        PaperState::Out => "on",
    };
    let stopped = seen.stalled || seen.cover_open || seen.paper == PaperState::Out;
    html! {
        div.printer data-cover=(if seen.cover_open { "open" } else { "closed" })
            data-powered=(seen.powered) {
            div.printer-lid {}
            div.printer-front {
                p.printer-name { "Receipt printer" }
                ul.lamps aria-hidden="true" {
                    (lamp("power", if seen.powered { "on" } else { "off" }))
                    (lamp("paper", if seen.powered { paper } else { "off" }))
                    (lamp("error", if seen.powered && stopped { "on" } else { "off" }))
                }
                p.printer-state role="status" {
                    (badge(tone, word))
                    @if seen.buffered > 0 {
                        span.quiet-text { (seen.buffered) " bytes wait inside" }
                    }
                }
            }
            div.printer-slot {}
        }
    }
}

fn lamp(name: &str, state: &str) -> Markup {
    html! { li.lamp data-lamp=(name) data-state=(state) { (name) } }
}

/// Draws the piece that hangs out of the printer and is not cut yet.
pub(super) fn printing(seen: &PrinterSnapshot) -> Markup {
    html! {
        @if let Some(piece) = &seen.printing {
            div.strip.uncut aria-hidden="true" { (PreEscaped(&piece.svg)) }
        }
    }
}

/// Draws what came off, newest first; at the far end lies the slip that says how to begin.
pub(super) fn receipts(seen: &PrinterSnapshot, doors: &Doors) -> Markup {
    let newest = seen.receipts.iter().rev().take(SHOWN);
    html! {
        ol.receipts aria-label="Receipts, newest first" {
            @for piece in newest { (receipt(piece)) }
            li #first-slip { (first_slip(doors)) }
        }
        @if !seen.receipts.is_empty() {
            form.throw-away method="post" action="/printer" data-live {
                (Button::submit_as("Throw the paper away", "does", "throw_away")
                    .emphasis(Emphasis::Quiet))
            }
        }
    }
}

fn receipt(piece: &PrintedReceipt) -> Markup {
    html! {
        li id={ "receipt-" (piece.number) } data-whole=(piece.complete) {
            @if !piece.complete {
                p.torn { (badge(Tone::Bad, "Not whole")) " cut off or interrupted" }
            }
            figure.strip {
                (PreEscaped(&piece.svg))
                figcaption.unseen { "Printed piece " (piece.number) ": " (piece.text) }
            }
        }
    }
}

fn first_slip(doors: &Doors) -> Markup {
    let (member, pin) = &doors.member;
    html! {
        div.strip.first-slip {
            p.slip-title { "FIRST LIGHT" }
            p { "Your first sale, end to end:" }
            ol {
                li { "Open the " a href=(doors.register) target="_blank" rel="noopener" {
                    "register" } ", sign in as " b { (member) } " with PIN " b { (pin) }
                    ", open the till." }
                li { "Come back and click a product: it is scanned." }
                li { "Pay with " b { "F9" } ". The receipt comes out here, the drawer opens." }
                li { b { "Cut the line" } " to the hub and sell on. Watch the queue grow." }
                li { b { "Mend it" } ": the queue drains into the "
                    a href=(doors.console) target="_blank" rel="noopener" { "console" } "." }
            }
            p.slip-foot { "nothing lost · nothing doubled" }
        }
    }
}

/// Draws the drawer.
pub(super) fn drawer(seen: &PrinterSnapshot) -> Markup {
    let open = seen.drawer_open;
    html! {
        div.drawer data-open=(open) data-locked=(seen.drawer_locked) {
            div.drawer-tray aria-hidden="true" {
                @for note in ["50", "20", "10", "5"] { span.note { (note) } }
                @for _ in 0..5 { span.coins {} }
            }
            div.drawer-front {
                span.drawer-lock aria-hidden="true" {}
                p role="status" {
                    @if open { b { "Drawer open" } }
                    @else if seen.drawer_locked { b { "Drawer locked" } " with its key" }
                    @else { b { "Drawer closed" } }
                    " " span.quiet-text { (kicks(seen.pulses.len())) }
                }
                form method="post" action="/drawer" data-live {
                    @if open { (Button::submit_as("Push it shut", "does", "close").primary()) }
                    @else if seen.drawer_locked { (Button::submit_as("Unlock", "does", "unlock")) }
                    @else { (Button::submit_as("Lock", "does", "lock")) }
                }
            }
        }
    }
}

fn kicks(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "kicked once".to_owned(),
        more => format!("kicked {more} times"),
    }
}
