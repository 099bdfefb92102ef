//! The map: land and water as a drawing, and a mark for each store where it stands.
//!
//! The outline is drawn by hand from the coordinates of towns on the coast; it is to be recognised,
//! not to be sailed by.

use counterpart_daemon::web::shell::HubLink;
use maud::{Markup, html};

use super::House;
use crate::line::Passage;
use crate::plan::Site;

/// The drawing's size, in its own units.
const WIDTH: i32 = 640;
const HEIGHT: i32 = 520;
/// The corner of the map: 4.00° east, 52.65° north, in millionths of a degree.
const WEST_MICRO: i32 = 4_000_000;
const NORTH_MICRO: i32 = 52_650_000;
/// Millionths of a degree for a unit: at 52° a degree of longitude is 0.616 of one of latitude.
const LONGITUDE_STEP: i32 = 2_600;
const LATITUDE_STEP: i32 = 1_602;

/// The coast from the Westerschelde's end to the north, in thousandths of a degree east and north.
const COAST: [(i32, i32); 9] = [
    (3_900, 51_760),
    (4_050, 51_985),
    (4_270, 52_115),
    (4_400, 52_245),
    (4_525, 52_375),
    (4_575, 52_462),
    (4_610, 52_570),
    (4_640, 52_660),
    (4_650, 52_800),
];

/// The lake between the provinces.
const LAKE: [(i32, i32); 9] = [
    (4_985, 52_380),
    (5_060, 52_440),
    (5_020, 52_520),
    (5_080, 52_700),
    (5_480, 52_700),
    (5_420, 52_560),
    (5_300, 52_430),
    (5_140, 52_335),
    (5_060, 52_330),
];

/// The two rivers a traveller between these stores crosses.
const RIVERS: [&[(i32, i32)]; 2] = [
    &[
        (4_000, 51_960),
        (4_290, 51_900),
        (4_480, 51_910),
        (4_640, 51_880),
        (4_980, 51_930),
        (5_340, 51_960),
        (5_660, 51_960),
    ],
    &[
        (4_120, 51_830),
        (4_560, 51_840),
        (4_960, 51_815),
        (5_660, 51_880),
    ],
];

/// Draws the map.
pub(super) fn map(houses: &[House]) -> Markup {
    let mut land = COAST
        .map(|(east, north)| at(east * 1_000, north * 1_000))
        .to_vec();
    land.extend([
        (WIDTH + 40, -60),
        (WIDTH + 40, HEIGHT + 40),
        (-40, HEIGHT + 40),
    ]);
    let rivers = RIVERS.map(|river| path(&points(river), ""));
    html! {
        svg.map viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img"
            aria-label="Where the stores stand, and whether the hub hears them" {
            rect.map-sea width=(WIDTH) height=(HEIGHT) {}
            path.map-land d=(path(&land, "Z")) {}
            path.map-lake d=(path(&points(&LAKE), "Z")) {}
            @for river in &rivers { path.map-river d=(river) {} }
            @for house in houses { (mark(house)) }
        }
    }
}

fn mark(house: &House) -> Markup {
    let (x, y) = place(house.site);
    let latest = house.readings.borrow().latest.clone();
    let state = match (&latest, house.line.state().passage) {
        (None, _) => "silent",
        (_, Passage::Cut | Passage::Refusing | Passage::Stalled | Passage::OneWay(_)) => "away",
        (Some(reading), Passage::Open) if reading.hub == HubLink::Connected => "heard",
        (Some(_), Passage::Open) => "away",
    };
    let waiting = latest.map_or(0, |reading| reading.waiting);
    let name = house.site.name.split(' ').next().unwrap_or(house.site.name);
    html! {
        g.map-store data-state=(state) transform={ "translate(" (x) " " (y) ")" } {
            circle.map-ring r="22" {}
            path d="M-13-4h26v14h-26zM-16-4l3-9h26l3 9z" {}
            text x="0" y="40" { (name) }
            @if waiting > 0 {
                rect.map-count x="4" y="-34" width="38" height="22" rx="11" {}
                text.map-waiting x="23" y="-18" { (waiting.min(9_999)) }
            }
        }
    }
}

fn place(site: &Site) -> (i32, i32) {
    at(site.longitude_micro, site.latitude_micro)
}

fn at(longitude_micro: i32, latitude_micro: i32) -> (i32, i32) {
    (
        (longitude_micro - WEST_MICRO) / LONGITUDE_STEP,
        (NORTH_MICRO - latitude_micro) / LATITUDE_STEP,
    )
}

fn points(of: &[(i32, i32)]) -> Vec<(i32, i32)> {
    of.iter()
        .map(|(east, north)| at(east * 1_000, north * 1_000))
        .collect()
}

fn path(points: &[(i32, i32)], end: &str) -> String {
    let mut path = String::new();
    for (number, (x, y)) in points.iter().enumerate() {
        path.push(if number == 0 { 'M' } else { 'L' });
        path.push_str(&format!("{x} {y}"));
    }
    path.push_str(end);
    path
}

#[cfg(test)]
mod tests {
    use super::{HEIGHT, WIDTH, place};
    use crate::plan::SITES;

    #[test]
    fn every_store_stands_on_the_map() {
        for site in SITES {
            let (x, y) = place(&site);
            assert!((40..WIDTH - 40).contains(&x), "{} at x {x}", site.slug);
            assert!((40..HEIGHT - 60).contains(&y), "{} at y {y}", site.slug);
        }
    }
}
