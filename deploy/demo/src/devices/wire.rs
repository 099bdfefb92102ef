//! The line between store and hub: how it is, what waits on this side of it, and the knife.

use counterpart_daemon::web::parts::{Button, Emphasis, Icon, Tone, badge, sparkline};
use counterpart_daemon::web::shell::HubLink;
use maud::{Markup, Render, html};

use super::readings::{Reading, Readings};
use crate::line::{Direction, LineState, Passage};

pub(super) const WIRE: &str = "wire";

/// Draws the line.
pub(super) fn wire(state: &LineState, readings: &Readings) -> Markup {
    let (tone, word) = named(state);
    let waiting = readings.latest.as_ref().map(|reading| reading.waiting);
    html! {
        div.panel.wire data-passage=(passage(state.passage)) {
            header { h3 { "Line to the hub" } (badge(tone, word)) }
            div.wire-picture { (picture()) }
            div.queue data-waiting=(waiting.is_some_and(|waiting| waiting > 0)) {
                p.queue-count {
                    output { @match waiting { Some(count) => (count), None => "–" } }
                    span { (queue_words(readings.latest.as_ref(), state)) }
                }
                div.queue-plot title={ "the last minute; at most " (readings.peak()) " waited" } {
                    (plot(readings))
                }
            }
            form.wire-buttons method="post" action="/line" data-live {
                @if state.passage == Passage::Open {
                    (Button::submit_as("Cut the line", "does", "cut").emphasis(Emphasis::Danger)
                        .icon(Icon::Cross))
                } @else {
                    (Button::submit_as("Mend the line", "does", "mend").primary()
                        .icon(Icon::Check))
                }
            }
            details #more-line {
                summary { "Other ways a line fails" }
                form method="post" action="/line" data-live {
                    (quiet("Stand still", "stall"))
                    (quiet("Refuse", "refuse"))
                    @if state.delay.is_zero() { (quiet("Slow, 300 ms", "slow")) }
                    @else { (quiet("Quick again", "quick")) }
                }
                p.quiet-text {
                    (bytes(state.up_bytes)) " up, " (bytes(state.down_bytes)) " down, "
                    (state.connections) " open"
                }
            }
        }
    }
}

fn named(state: &LineState) -> (Tone, &'static str) {
    match state.passage {
        Passage::Open if state.delay.is_zero() => (Tone::Good, "Open"),
        Passage::Open => (Tone::Waiting, "Slow"),
        Passage::Cut => (Tone::Bad, "Cut"),
        Passage::Refusing => (Tone::Bad, "Refused"),
        Passage::Stalled => (Tone::Bad, "Stands still"),
        Passage::OneWay(Direction::Up) => (Tone::Bad, "Upwards only"),
        Passage::OneWay(Direction::Down) => (Tone::Bad, "Downwards only"),
    }
}

fn passage(passage: Passage) -> &'static str {
    match passage {
        Passage::Open => "open",
        Passage::Cut | Passage::Refusing => "cut",
        Passage::Stalled | Passage::OneWay(_) => "still",
    }
}

/// Says what the number means, and what happens next.
fn queue_words(reading: Option<&Reading>, state: &LineState) -> &'static str {
    let Some(reading) = reading else {
        return "the store does not answer";
    };
    let is_open = state.passage == Passage::Open;
    match (reading.waiting, is_open, reading.hub == HubLink::Connected) {
        (0, true, true) => "waiting: the hub has everything",
        (0, false, _) => "waiting yet: sell something",
        // The store's own patience, doubling up to a minute: nobody tells it that the line is back.
        (_, true, false) => "waiting: the line is whole, the store tries again within a minute",
        (_, true, true) => "on the way to the hub",
        (1, false, _) => "fact waits in the store’s own file",
        (_, false, _) => "facts wait in the store’s own file",
    }
}

/// Two readings make a line.
fn plot(readings: &Readings) -> Markup {
    let waiting: Vec<i64> = readings.waiting.iter().copied().collect();
    html! { @if waiting.len() > 1 { (sparkline(&waiting)) } }
}

fn quiet(label: &str, does: &str) -> Markup {
    Button::submit_as(label, "does", does).render()
}

fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} B"),
        10_000..10_000_000 => format!("{} kB", count / 1_000),
        _ => format!("{} MB", count / 1_000_000),
    }
}

/// Store, cable, hub; the styles move what flows and open the gap where it is cut.
fn picture() -> Markup {
    html! {
        svg viewBox="0 0 340 76" aria-hidden="true" focusable="false" {
            g.wire-end {
                path d="M10 30v34h56V30M6 30l6-16h52l6 16z" {}
                path d="M6 30c0 9 16 9 16 0 0 9 16 9 16 0 0 9 16 9 16 0 0 9 16 9 16 0" {}
                path d="M30 64V46h16v18" {}
            }
            g.wire-end {
                path d="M276 12h58v18h-58zM276 34h58v18h-58z" {}
                path d="M284 21h16M284 43h16M324 21h1M324 43h1M305 52v10M288 64h34" {}
            }
            path.cable d="M72 48h204" {}
            path.cable-flow d="M72 48h204" {}
            g.cable-gap {
                rect x="150" y="36" width="48" height="24" {}
                path d="M150 48l10-4 2 5 6-4M198 48l-10 4-2-5-6 4" {}
            }
            text x="38" y="75" { "Store" }
            text x="305" y="75" { "Hub" }
        }
    }
}
