//! Scale, customer display, label printer and payment terminal: what is on them, and what can go
//! wrong.

use counterpart_daemon::http::Problem;
use counterpart_daemon::web::parts::{Button, Emphasis, Tone, badge};
use counterpart_hardware::r#virtual::VirtualLineError;
use counterpart_hardware::{LabelFault, ScaleFault, TerminalAct, TerminalEntryKind, TerminalFault};
use maud::{Markup, PreEscaped, Render, html};

use super::act::{BYTES_LEFT, not_a_choice};
use counterpart_hardware::VirtualCounter;

pub(super) const TOOLS_REGION: &str = "counter-tools";

/// Weights a person puts on with one press, in grams.
const WEIGHTS: [i64; 4] = [0, 350, 1_235, 16_000];
/// What lies on it when it has settled, in grams, and how often it is asked before.
const SETTLES_AT: i64 = 725;
const QUESTIONS: u32 = 5;
/// What a container weighs, in grams.
const TARE: i64 = 50;
/// What may be wrong with the scale.
const SCALE_FAULTS: [(ScaleFault, &str, &str); 6] = [
    (ScaleFault::None, "Works", "scale_works"),
    (ScaleFault::Moving, "Moves", "scale_moves"),
    (ScaleFault::NotZeroed, "Not zeroed", "scale_not_zeroed"),
    (ScaleFault::Silent, "Silent", "scale_silent"),
    (ScaleFault::Garbage, "Garbage", "scale_garbage"),
    (ScaleFault::CutShort, "Cut short", "scale_cut_short"),
];
/// What may be wrong with the label printer.
const LABEL_FAULTS: [(LabelFault, &str, &str); 8] = [
    (LabelFault::None, "Works", "labels_work"),
    (LabelFault::PaperOut, "No paper", "labels_paper_out"),
    (LabelFault::RibbonOut, "No ribbon", "labels_ribbon_out"),
    (LabelFault::HeadOpen, "Head open", "labels_head_open"),
    (LabelFault::Paused, "Paused", "labels_paused"),
    (LabelFault::Silent, "Silent", "labels_silent"),
    (
        LabelFault::DropsAfter(BYTES_LEFT),
        "Cable out mid-label",
        "labels_drop",
    ),
    (LabelFault::Off, "Off", "labels_off"),
];
/// What may be wrong with the terminal.
const TERMINAL_FAULTS: [(TerminalFault, &str, &str); 4] = [
    (TerminalFault::None, "Works", "terminal_works"),
    (TerminalFault::Busy, "Busy", "terminal_busy"),
    (TerminalFault::Garbage, "Nonsense", "terminal_garbage"),
    (TerminalFault::Off, "Off", "terminal_off"),
];
/// What the next customer does at the terminal.
const ACTS: [(TerminalAct, &str, &str); 9] = [
    (TerminalAct::Approve, "Pays", "next_approve"),
    (TerminalAct::Decline, "Is declined", "next_decline"),
    (TerminalAct::Cancel, "Cancels", "next_cancel"),
    (TerminalAct::TimeOut, "Walks away", "next_time_out"),
    (
        TerminalAct::ApproveButDropReply,
        "Pays, answer lost",
        "next_drop_reply",
    ),
    (
        TerminalAct::ApproveButHoldReply,
        "Pays, answer hangs",
        "next_hold_reply",
    ),
    (TerminalAct::WaitForAbort, "Takes their time", "next_wait"),
    (TerminalAct::ApproveHalf, "Pays half", "next_half"),
    (TerminalAct::ApproveOffline, "Pays off line", "next_offline"),
];

/// Draws the four devices.
pub(super) fn tools(counter: &VirtualCounter) -> Markup {
    html! {
        div.panel.trouble {
            header { h3 { "Scale" } (plug_badge(counter.scale().is_plugged())) }
            form method="post" action="/tools" data-live data-repeat {
                p { "On it: " b { (counter.scale().grams()) " g" } }
                p {
                    @for grams in WEIGHTS {
                        @let (label, does) = (format!("{grams} g"), format!("put_{grams}"));
                        (press(&label, &does, counter.scale().grams() == grams))
                    }
                    (press("Swings, then 725 g", "scale_settles", false))
                    (press("Tare 50 g", "scale_tare", false))
                    (press("No tare", "scale_no_tare", false))
                }
                p {
                    @for (fault, label, does) in SCALE_FAULTS {
                        (press(label, does, counter.scale().fault() == fault))
                    }
                    @if counter.scale().is_plugged() { (press("Unplug", "scale_unplug", false)) }
                    @else { (press("Plug in", "scale_plug", false)) }
                }
            }
        }
        div.panel.trouble {
            header { h3 { "Customer display" } (plug_badge(counter.display().is_plugged())) }
            @let [top, bottom] = counter.display().lines();
            pre { (format!("{top:<20}\n{bottom:<20}")) }
            form method="post" action="/tools" data-live data-repeat {
                @if counter.display().is_plugged() { (press("Unplug", "display_unplug", false)) }
                @else { (press("Plug in", "display_plug", false)) }
            }
        }
        div.panel.trouble {
            header { h3 { "Label printer" } }
            form method="post" action="/tools" data-live data-repeat {
                @for (fault, label, does) in LABEL_FAULTS {
                    (press(label, does, counter.labels().fault() == fault))
                }
            }
            @match counter.labels().printed().last() {
                // The picture escapes all text itself.
                Some(label) => { (PreEscaped(label.svg())) }
                None => { p.quiet-text { "No label was printed yet." } }
            }
        }
        div.panel.trouble {
            header { h3 { "Payment terminal" } }
            form method="post" action="/tools" data-live data-repeat {
                p {
                    @for (fault, label, does) in TERMINAL_FAULTS {
                        (press(label, does, counter.terminal().fault() == fault))
                    }
                }
                p { "The next customer: "
                    @for (_, label, does) in ACTS { (press(label, does, false)) }
                }
            }
            @for entry in counter.terminal().entries().iter().rev().take(5) {
                @let kind = match entry.kind {
                    TerminalEntryKind::Paid => "paid",
                    TerminalEntryKind::PaidOffline => "paid off line",
                    TerminalEntryKind::Reversed => "given back",
                };
                p.quiet-text { (entry.transaction) " " (kind) " " (entry.amount) }
            }
        }
    }
}

/// Does something to one of them.
pub(super) async fn handle(counter: &VirtualCounter, does: &str) -> Result<(), Problem> {
    let (scale, display) = (counter.scale(), counter.display());
    let plugged = match does {
        "scale_unplug" => scale.unplug().await,
        "scale_plug" => scale.plug().await,
        "display_unplug" => display.unplug().await,
        "display_plug" => display.plug().await,
        _ => return set(counter, does),
    };
    plugged.map_err(|error: VirtualLineError| Problem::failed("not_plugged", error.to_string()))
}

fn set(counter: &VirtualCounter, does: &str) -> Result<(), Problem> {
    if let Some(grams) = does
        .strip_prefix("put_")
        .and_then(|grams| grams.parse().ok())
    {
        counter.scale().put(grams);
    } else if does == "scale_settles" {
        counter.scale().settle_after(SETTLES_AT, QUESTIONS);
    } else if does == "scale_tare" {
        counter.scale().tare(TARE);
    } else if does == "scale_no_tare" {
        counter.scale().tare(0);
    } else if let Some((fault, ..)) = SCALE_FAULTS.iter().find(|(.., word)| *word == does) {
        counter.scale().set_fault(*fault);
    } else if let Some((fault, ..)) = LABEL_FAULTS.iter().find(|(.., word)| *word == does) {
        counter.labels().set_fault(*fault);
    } else if let Some((fault, ..)) = TERMINAL_FAULTS.iter().find(|(.., word)| *word == does) {
        counter.terminal().set_fault(*fault);
    } else if let Some((act, ..)) = ACTS.iter().find(|(.., word)| *word == does) {
        counter.terminal().then(*act);
    } else {
        return Err(not_a_choice(does));
    }
    Ok(())
}

fn press(label: &str, does: &str, chosen: bool) -> Markup {
    let emphasis = if chosen {
        Emphasis::Primary
    } else {
        Emphasis::Plain
    };
    Button::submit_as(label, "does", does)
        .emphasis(emphasis)
        .render()
}

fn plug_badge(plugged: bool) -> Markup {
    match plugged {
        true => badge(Tone::Good, "plugged in"),
        false => badge(Tone::Bad, "unplugged"),
    }
}
