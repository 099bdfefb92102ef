//! The left side: the scanner, and the shelf of products to scan.

use counterpart_daemon::web::parts::{Button, Emphasis, Empty, Icon, Tone, badge};
use counterpart_protocol::catalog::Unit;
use maud::{Markup, html};

use super::shelf::Wanted;
use super::{Desk, Read};
use crate::catalog::DemoProduct;

pub(super) const SCANNER_REGION: &str = "scanner";
pub(super) const FOUND: &str = "found";

/// Draws the scanner: its plug, its last reads, and the reads that go wrong in shops.
pub(super) fn scanner(desk: &Desk) -> Markup {
    let plugged = desk.parts.counter.scanner().is_plugged();
    let reads = desk.reads();
    html! {
        div.scanner data-plugged=(plugged) {
            div.scanner-gun { (gun()) }
            div.scanner-reads aria-live="polite" {
                @if !plugged {
                    p.strong-text { "The scanner is unplugged." }
                    p.quiet-text { "The till says so, and takes it back by itself." }
                } @else if let Some(read) = reads.first() {
                    p.read-what { (read.what) }
                    p.read-code { span.code { (read.code) } (when(desk, read)) }
                } @else {
                    p.read-what { "Ready to scan" }
                    p.quiet-text { "Open a till first; then click anything." }
                }
            }
            form method="post" action="/scanner" data-live {
                @if plugged {
                    (Button::submit_as("Unplug", "does", "unplug"))
                } @else {
                    (Button::submit_as("Plug in", "does", "plug").primary())
                }
            }
            form.odd-reads method="post" action="/scan/odd" data-live data-repeat {
                span.quiet-text { "Odd reads" }
                @for (does, label) in ODD {
                    (Button::submit_as(label, "does", does).emphasis(Emphasis::Quiet))
                }
            }
        }
    }
}

/// Reads every shop knows, by what their forms send.
const ODD: [(&str, &str); 8] = [
    ("unknown", "Unknown"),
    ("check_digit", "Misread"),
    ("no_price", "No price"),
    ("address", "QR poster"),
    ("twice", "Twice"),
    ("half", "Half"),
    ("yank", "Yanked"),
    ("noise", "Noise"),
];

fn when(desk: &Desk, read: &Read) -> Markup {
    html! { time { (desk.lang.time(read.at_ms, &desk.parts.time_zone)) } }
}

/// Draws the field and the departments by which products are found.
pub(super) fn search(desk: &Desk, wanted: &Wanted) -> Markup {
    html! {
        form.search role="search" method="get" action="/" data-live data-live-input {
            div.entry {
                (counterpart_daemon::web::parts::icon(Icon::Search))
                input #find type="search" name="query" value=(wanted.query) data-key="/"
                    aria-label="Find a product" placeholder="Find by name or number"
                    autocomplete="off";
                kbd { "/" }
            }
            div.departments role="radiogroup" aria-label="Department" {
                (department("", "All", wanted))
                @for name in desk.parts.shelf.departments() { (department(name, name, wanted)) }
            }
        }
    }
}

fn department(value: &str, label: &str, wanted: &Wanted) -> Markup {
    html! {
        label.department {
            input type="radio" name="department" value=(value)
                checked[wanted.department == value];
            span { (label) }
        }
    }
}

/// Draws what was found as tiles that scan.
pub(super) fn found(desk: &Desk, wanted: &Wanted) -> Markup {
    let found = desk.parts.shelf.find(wanted);
    let (shown, all) = (found.products.len(), desk.parts.shelf.len());
    html! {
        form.goods method="post" action="/scan" data-live data-repeat {
            @for product in &found.products { (tile(desk, product)) }
            @if found.products.is_empty() {
                (Empty::new("Nothing of that name").icon(Icon::Search)
                    .todo("Take a word away, or choose another department."))
            } @else {
                p.goods-note {
                    @if found.count > shown {
                        (shown) " of " (desk.lang.count(found.count as i64))
                        @if found.count == all { " products: type to find the others." }
                        @else { " found: type more to find the others." }
                    } @else {
                        (shown) @if shown == 1 { " product" } @else { " products" }
                    }
                }
            }
        }
    }
}

fn tile(desk: &Desk, product: &DemoProduct) -> Markup {
    let gtin = product.gtins[0].to_string();
    let sku = product.sku.as_str();
    let (name, pack) = product.name.split_once(", ").unwrap_or((&product.name, ""));
    html! {
        button.good id={ "good-" (sku) } type="submit" name="code" value=(gtin)
            title={ (product.name) " · " (sku) " · " (gtin) } {
            img src={ "/pictures/" (sku) ".svg" } alt="" width="120" height="120" loading="lazy";
            span.good-name { (name) }
            span.good-foot {
                span.good-pack { (pack) }
                @match product.price_minor {
                    Some(price) => span.good-price {
                        (desk.lang.money(price.0, "EUR", 2))
                        @if product.unit == Unit::Kilogram { "/kg" }
                    },
                    None => (badge(Tone::Waiting, "no price")),
                }
            }
        }
    }
}

const GUN_BODY: &str = "M22 14h28q8 0 8 8v4q0 6-6 7l-6 1 5 22q1 5-4 5h-7q-4 0-5-4l-6-24-7-2q-4-1\
    -4-5v-7q0-5 4-5z";

/// A hand scanner with its light.
fn gun() -> Markup {
    html! {
        svg viewBox="0 0 64 64" aria-hidden="true" focusable="false" {
            path.gun-beam d="M2 14 22 22 22 28 2 36z" {}
            path.gun-body d=(GUN_BODY) {}
            path.gun-shade d="M44 34l5 22q1 5-4 5h4q5 0 4-5l-5-22z" {}
            circle.gun-light cx="48" cy="22" r="3" {}
        }
    }
}
