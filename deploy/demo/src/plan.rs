//! The demo's three stores: where they stand, what they are called, who works there.
//!
//! Streets and numbers are made up; the cities are not, so that the map can be read.

use counterpart_protocol::staff::Role;
use jiff::tz::TimeZone;

/// The stores' time zone; their tax rates are those of the Netherlands.
const TIME_ZONE: &str = "Europe/Amsterdam";

/// The store whose receipts are signed, as if its country wanted it.
pub(crate) const SIGNING_SITE: &str = "rotterdam-1";

/// One store as it is founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// Its slug.
    pub slug: &'static str,
    /// Its name over the door.
    pub name: &'static str,
    /// Its address, line by line.
    pub address: &'static str,
    /// North of the equator, in millionths of a degree.
    pub latitude_micro: i32,
    /// East of Greenwich, in millionths of a degree.
    pub longitude_micro: i32,
    /// Who works there: first names, nobody in particular.
    pub staff: [(&'static str, Role); 4],
}

/// Every store; a demo runs the first few of them.
pub const SITES: [Site; 3] = [
    Site {
        slug: "utrecht-1",
        name: "Utrecht Oudegracht",
        address: "Demonstratieplein 1\n3511 Utrecht",
        latitude_micro: 52_090_700,
        longitude_micro: 5_121_400,
        staff: [
            ("Noor", Role::Manager),
            ("Iris", Role::Associate),
            ("Milan", Role::Associate),
            ("Sem", Role::Associate),
        ],
    },
    Site {
        slug: "amsterdam-1",
        name: "Amsterdam Haarlemmerdijk",
        address: "Voorbeeldkade 12\n1013 Amsterdam",
        latitude_micro: 52_383_200,
        longitude_micro: 4_885_700,
        staff: [
            ("Fenna", Role::Manager),
            ("Daan", Role::Associate),
            ("Lotte", Role::Associate),
            ("Bram", Role::Associate),
        ],
    },
    Site {
        slug: "rotterdam-1",
        name: "Rotterdam Witte de With",
        address: "Proefstraat 7\n3012 Rotterdam",
        latitude_micro: 51_915_500,
        longitude_micro: 4_477_700,
        staff: [
            ("Saar", Role::Manager),
            ("Timo", Role::Associate),
            ("Yara", Role::Associate),
            ("Joris", Role::Associate),
        ],
    },
];

impl Site {
    /// Returns the site with this slug.
    #[must_use]
    pub fn of(slug: &str) -> Option<&'static Self> {
        SITES.iter().find(|site| site.slug == slug)
    }
}

/// Returns the time zone's name; a machine without time zone data still shows the demo, an hour or
/// two off.
#[must_use]
pub(crate) fn time_zone() -> &'static str {
    match TimeZone::get(TIME_ZONE) {
        Ok(_) => TIME_ZONE,
        Err(_) => "UTC",
    }
}
