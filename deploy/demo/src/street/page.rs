//! The street's first page: the map, a card for each store with its doors and its line, the trade.

use counterpart_daemon::web::live::{Changed, Region, Version};
use counterpart_daemon::web::parts::{Button, Emphasis, Icon, Tone, badge};
use counterpart_daemon::web::shell::{
    Density, Hand, HubLink, NavItem, Shell, Theme, page as framed,
};
use maud::{Markup, Render, html};

use super::trade::{Pace, Traded};
use super::{HOUSES, House, Street, TRADE, map};
use crate::line::Passage;

const MAP: &str = "map";
const CARDS: &str = "cards";
const TRADED: &str = "traded";

/// Returns the street's navigation.
pub(super) fn nav() -> Vec<NavItem> {
    let item = |label: &str, href: &str| NavItem {
        label: label.to_owned(),
        href: href.to_owned(),
        waiting: 0,
    };
    vec![item("Stores", "/"), item("Web shop", "/shop")]
}

/// Draws a page of the street.
pub(super) fn frame(
    street: &Street,
    title: &str,
    current: &str,
    stream: Option<&str>,
    body: Markup,
) -> Markup {
    let shell = Shell {
        lang: &street.lang,
        title,
        place: "Counterpart demo",
        density: Density::Console,
        hand: Hand::Right,
        theme: Theme::System,
        nav: &nav(),
        current,
        signed_in: None,
        stream,
        scan: None,
        badges: None,
        banner: None,
        hub_link: None,
    };
    let body = html! {
        link rel="stylesheet" href="/street.css";
        (body)
    };
    framed(&shell, body)
}

/// Draws the map's page as it is now.
pub(super) fn page(street: &Street, version: Version) -> Markup {
    let regions = regions(street, version, &Changed::Everything);
    let region = |id: &str| {
        let region = regions.iter().find(|region| region.id() == id);
        region.expect("everything holds every region")
    };
    let body = html! {
        div.street {
            section.panel.street-map aria-labelledby="map-head" {
                header { h1 #map-head { "Stores and their hub" } }
                (region(MAP))
                ul.map-key {
                    li data-state="heard" { "the hub hears it" }
                    li data-state="away" { "on its own, sells on" }
                    li data-state="silent" { "does not answer" }
                }
            }
            div.street-side {
                a.door href=(street.parts.console) target="_blank" rel="noopener" {
                    span.door-name { "Hub console" span.door-arrow aria-hidden="true" { "↗" } }
                    span.door-note {
                        (street.parts.houses[0].doors.operator.0) " "
                        b { (street.parts.houses[0].doors.operator.1) }
                    }
                }
                (region(CARDS))
                (region(TRADED))
            }
        }
    };
    frame(street, "Stores", "/", Some("/stream"), body)
}

/// Draws what `changed` touches.
pub(super) fn regions(street: &Street, version: Version, changed: &Changed) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut show = |id: &str, markup: Markup| regions.push(Region::new(id, version, markup));
    let houses = &street.parts.houses;
    if changed.touches(HOUSES) {
        show(MAP, map::map(houses));
        show(
            CARDS,
            html! { div.cards { @for house in houses { (card(house)) } } },
        );
    }
    if changed.touches(TRADE) {
        show(TRADED, traded(&street.trade.seen()));
    }
    regions
}

fn card(house: &House) -> Markup {
    let latest = house.readings.borrow().latest.clone();
    let passage = house.line.state().passage;
    let waiting = latest.as_ref().map_or(0, |reading| reading.waiting);
    let (tone, word) = match (&latest, passage) {
        (None, _) => (Tone::Bad, "does not answer".to_owned()),
        (Some(reading), Passage::Open) => match &reading.hub {
            HubLink::Connected => (Tone::Good, "connected".to_owned()),
            HubLink::Away { last_seen } => (Tone::Waiting, format!("hub last seen {last_seen}")),
            HubLink::NeverReached => (Tone::Waiting, "hub not reached yet".to_owned()),
        },
        (Some(_), _) => (Tone::Waiting, "line cut, sells on".to_owned()),
    };
    let (member, pin) = &house.doors.member;
    html! {
        article.panel.card-house id={ "house-" (house.site.slug) } {
            header { h2 { (house.site.name) } (badge(tone, &word)) }
            p.quiet-text {
                (member) ", PIN " b { (pin) }
                @if waiting > 0 { " · " (waiting) " waiting to be sent" }
            }
            div.card-doors {
                a href=(house.doors.register) target="_blank" rel="noopener" { "Register" }
                a href={ (house.doors.store_url) "/pickups" } target="_blank" rel="noopener" {
                    "Pickups"
                }
                a href=(house.devices) target="_blank" rel="noopener" { "Devices" }
                a href=(house.doors.status) target="_blank" rel="noopener" { "Status" }
                form method="post" action="/line" data-live {
                    input type="hidden" name="store" value=(house.site.slug);
                    @if passage == Passage::Open {
                        (Button::submit_as("Cut the line", "does", "cut")
                            .emphasis(Emphasis::Danger).icon(Icon::Cross))
                    } @else {
                        (Button::submit_as("Mend the line", "does", "mend").primary()
                            .icon(Icon::Check))
                    }
                }
            }
        }
    }
}

fn traded(seen: &Traded) -> Markup {
    let choice = |pace: Pace, label: &str| {
        let button = Button::submit_as(label, "pace", pace.word());
        match seen.pace == pace {
            true => button.primary().render(),
            false => button.render(),
        }
    };
    html! {
        section.panel.trade aria-labelledby="trade-head" {
            header {
                h2 #trade-head { "Trade" }
                @match seen.pace {
                    Pace::Off => (badge(Tone::Quiet, "nobody is in the shops")),
                    Pace::Quiet => (badge(Tone::Good, "a quiet morning")),
                    Pace::Busy => (badge(Tone::Good, "a Saturday")),
                }
            }
            form method="post" action="/trade" data-live {
                (choice(Pace::Off, "Off"))
                (choice(Pace::Quiet, "Quiet"))
                (choice(Pace::Busy, "Busy"))
            }
            p.quiet-text {
                (seen.sales) " sales at the tills, " (seen.orders) " orders in the web shop"
                @if let Some(said) = &seen.trouble { " · " (said) }
            }
        }
    }
}
