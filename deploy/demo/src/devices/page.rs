//! The whole page: where to go from here, and the shelf, the counter and the trouble below.
//!
//! Each region is drawn beside what it shows; this puts them in their places.

use counterpart_daemon::web::live::{Changed, Region, Version};
use counterpart_daemon::web::shell::{
    Density, HUB_LINK_REGION, Hand, HubLink, Shell, Theme, hub_link, page as framed,
};
use maud::{Markup, html};

use super::shelf::Wanted;
use super::{
    Desk, LINE, PRINTER, READINGS, RECEIPTS, SCANNER, SIGNER, TOOLS, goods, hand, paper, signer,
    tools, trouble, wire,
};

/// Draws the page as it is now.
pub(super) fn page(desk: &Desk, wanted: &Wanted, version: Version) -> Markup {
    let regions = regions(desk, version, &Changed::Everything);
    let found = Region::new(goods::FOUND, version, goods::found(desk, wanted));
    let region = |id: &str| {
        let region = regions.iter().find(|region| region.id() == id);
        region.expect("everything holds every region")
    };
    let place = format!("{} · virtual devices", desk.parts.doors.store);
    let shell = Shell {
        lang: &desk.lang,
        title: "Counterpart demo",
        place: &place,
        density: Density::Console,
        hand: Hand::Right,
        theme: Theme::System,
        nav: &[],
        current: "/",
        signed_in: None,
        stream: Some("/stream"),
        scan: None,
        badges: None,
        banner: None,
        hub_link: Some(html! { (region(HUB_LINK_REGION)) }),
    };
    let body = html! {
        link rel="stylesheet" href="/devices.css";
        div.devices {
            (doors(desk))
            section.shelf aria-labelledby="shelf-head" {
                header {
                    h1 #shelf-head { "Shelf" }
                    p { "Click a product to scan it over the serial line." }
                }
                (region(goods::SCANNER_REGION))
                (goods::search(desk, wanted))
                (found)
            }
            section.counter aria-labelledby="counter-head" {
                h2.unseen #counter-head { "Counter" }
                (region(paper::FACE))
                div.roll tabindex="0" role="region" aria-label="Paper" {
                    (region(paper::PRINTING))
                    (region(paper::RECEIPTS))
                }
                (region(paper::DRAWER))
            }
            section.troubles aria-labelledby="trouble-head" {
                h2.unseen #trouble-head { "Trouble" }
                (region(wire::WIRE))
                (region(trouble::PRINTER_TROUBLE))
                @if desk.parts.signer.is_some() { (region(signer::SIGNER_TROUBLE)) }
                (region(hand::HAND_REGION))
                (region(tools::TOOLS_REGION))
            }
        }
    };
    framed(&shell, body)
}

/// Draws what `changed` touches.
pub(super) fn regions(desk: &Desk, version: Version, changed: &Changed) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut show = |id: &str, markup: Markup| regions.push(Region::new(id, version, markup));
    if changed.touches(SCANNER) {
        show(goods::SCANNER_REGION, goods::scanner(desk));
        show(hand::HAND_REGION, hand::hand(desk));
    }
    if changed.touches(PRINTER) {
        let seen = desk.parts.counter.printer().snapshot();
        show(paper::FACE, paper::face(&seen));
        show(paper::PRINTING, paper::printing(&seen));
        show(paper::DRAWER, paper::drawer(&seen));
        show(
            trouble::PRINTER_TROUBLE,
            trouble::printer(&seen, desk.set(&seen)),
        );
    }
    if changed.touches(TOOLS) {
        show(tools::TOOLS_REGION, tools::tools(&desk.parts.counter));
    }
    if let Some(twin) = desk
        .parts
        .signer
        .as_ref()
        .filter(|_| changed.touches(SIGNER))
    {
        show(signer::SIGNER_TROUBLE, signer::signer(twin));
    }
    if changed.touches(RECEIPTS) {
        let seen = desk.parts.counter.printer().snapshot();
        show(paper::RECEIPTS, paper::receipts(&seen, &desk.parts.doors));
    }
    if changed.touches(LINE) || changed.touches(READINGS) {
        let (state, readings) = (
            desk.parts.line.state(),
            desk.parts.readings.borrow().clone(),
        );
        show(wire::WIRE, wire::wire(&state, &readings));
    }
    if changed.touches(READINGS) {
        let latest = desk.parts.readings.borrow().latest.clone();
        let (link, waiting) = match &latest {
            Some(reading) => (&reading.hub, reading.waiting),
            None => (&HubLink::NeverReached, 0),
        };
        show(HUB_LINK_REGION, hub_link(&desk.lang, link, waiting));
    }
    regions
}

/// Where to go from here, with what to type there.
fn doors(desk: &Desk) -> Markup {
    let doors = &desk.parts.doors;
    let (member, pin) = &doors.member;
    let (operator, password) = &doors.operator;
    html! {
        nav.doors aria-label="Where to go from here" {
            (door(&doors.register, "Register", html! {
                (member) ", PIN " b { (pin) }
            }))
            (door(&doors.console, "Hub console", html! {
                (operator) " " b { (password) }
            }))
            (door(&doors.training, "Training", html! { "the same, and nothing is real" }))
            (door(&doors.status, "Store status", html! { "links, devices, what waits" }))
        }
    }
}

fn door(href: &str, name: &str, note: Markup) -> Markup {
    html! {
        a.door href=(href) target="_blank" rel="noopener" {
            span.door-name { (name) span.door-arrow aria-hidden="true" { "↗" } }
            span.unseen { " (opens in a new tab): " }
            span.door-note { (note) }
        }
    }
}
