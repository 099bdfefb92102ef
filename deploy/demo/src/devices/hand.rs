//! The hand scanner, which acts as a keyboard: a product to scan with it, and what can go wrong.
//!
//! Its bytes are those of the kernel's keys; the other scanner's stand in `act.rs`.

use counterpart_daemon::http::Problem;
use counterpart_daemon::web::parts::{Button, Emphasis, Tone, badge};
use counterpart_hardware::KeyFault;
use maud::{Markup, Render, html};

use super::act::{not_a_choice, scanner_problem};
use super::shelf::Wanted;
use super::{Desk, SCANNER};

pub(super) const HAND_REGION: &str = "hand-scanner";

/// What may go wrong with its next codes.
const FAULTS: [(KeyFault, &str, &str); 7] = [
    (KeyFault::None, "Works", "works"),
    (KeyFault::Overrun, "Machine too busy", "overrun"),
    (KeyFault::YankedMidCode, "Yanked mid-code", "yanked"),
    (KeyFault::RepeatsKeys, "Keys repeat", "repeats"),
    (KeyFault::ShiftStuck, "Shift stuck", "shift"),
    (KeyFault::OtherLayout, "French keyboard", "layout"),
    (KeyFault::NoEnter, "No Enter", "no_enter"),
];

/// Draws the hand scanner.
pub(super) fn hand(desk: &Desk) -> Markup {
    let hand = desk.parts.counter.hand();
    let plugged = hand.is_plugged();
    let (tone, word) = match plugged {
        true => (Tone::Good, "plugged in"),
        false => (Tone::Bad, "unplugged"),
    };
    html! {
        div.panel.trouble {
            header { h3 { "Hand scanner (keys)" } (badge(tone, word)) }
            form method="post" action="/hand" data-live data-repeat {
                p {
                    @if plugged {
                        (Button::submit_as("Scan a product", "does", "scan").primary())
                        (press("Unplug", "unplug", false))
                    } @else {
                        (Button::submit_as("Plug in", "does", "plug").primary())
                    }
                }
                p { "Its next codes: "
                    @for (fault, label, does) in FAULTS {
                        (press(label, does, hand.fault() == fault))
                    }
                }
            }
        }
    }
}

/// Scans with it, breaks it or mends it.
pub(super) async fn handle(desk: &Desk, does: &str) -> Result<(), Problem> {
    let hand = desk.parts.counter.hand();
    match does {
        "scan" => return scan(desk).await,
        "unplug" => hand.unplug().await,
        "plug" => hand.plug().await,
        _ => {
            let chosen = FAULTS.iter().find(|(.., word)| *word == does);
            let (fault, ..) = chosen.ok_or_else(|| not_a_choice(does))?;
            hand.set_fault(*fault);
            Ok(())
        }
    }
    .map_err(|error| scanner_problem(&error))
}

/// Another product each second, so that a basket fills with different ones.
async fn scan(desk: &Desk) -> Result<(), Problem> {
    let found = desk.parts.shelf.find(&Wanted::default());
    let priced: Vec<_> = found
        .products
        .iter()
        .filter(|product| product.price_minor.is_some())
        .collect();
    let seconds = desk.parts.clock.now_ms().unsigned_abs() / 1_000;
    let at = usize::try_from(seconds).unwrap_or_default() % priced.len().max(1);
    let product = priced
        .get(at)
        .ok_or_else(|| Problem::not_found("nothing on the shelf has a price"))?;
    let code = product.gtins[0].to_string();
    let scanned = desk.parts.counter.hand().scan(&code).await;
    scanned.map_err(|error| scanner_problem(&error))?;
    desk.note_read(&product.name, &code);
    desk.live.publish(SCANNER);
    Ok(())
}

fn press(label: &str, does: &str, chosen: bool) -> Markup {
    let emphasis = match chosen {
        true => Emphasis::Primary,
        false => Emphasis::Plain,
    };
    Button::submit_as(label, "does", does)
        .emphasis(emphasis)
        .render()
}
