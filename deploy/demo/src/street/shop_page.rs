//! The shop's pages: its window, the basket with who has it, and the order with its code.
//!
//! They work without script, as a customer's pages should.

use counterpart_daemon::web::parts::{Button, Emphasis, Icon, Tone, badge, qr};
use maud::{Markup, Render, html};

use super::page::frame;
use super::shop;
use super::{House, Street};
use crate::catalog::DemoProduct;
use crate::devices::Wanted;
use crate::hub::{Bought, Order, Part};

/// Products in the window at once.
const SHOWN: usize = 48;

/// Draws the window.
pub(super) fn window(street: &Street, wanted: &Wanted, in_basket: i64) -> Markup {
    let found = street.parts.shelf.find(wanted);
    let sold = found
        .products
        .iter()
        .filter(|product| product.is_sold_by_the_piece());
    let body = html! {
        div.shop {
            header.shop-head {
                h1 { "Web shop" }
                form.shop-find method="get" action="/shop" role="search" {
                    input type="search" name="query" value=(wanted.query)
                        aria-label="Find a product"
                        placeholder="Find a product";
                    (Button::submit("Find").icon(Icon::Search))
                }
                a.shop-basket href="/shop/basket" { "Basket (" (in_basket) ")" }
            }
            ul.shop-shelf {
                @for product in sold.take(SHOWN) { (offer(product, wanted)) }
            }
        }
    };
    frame(street, "Web shop", "/shop", None, body)
}

fn offer(product: &DemoProduct, wanted: &Wanted) -> Markup {
    let price = product.price_minor.map_or(0, |price| price.0);
    html! {
        li {
            img src={ "/pictures/" (product.sku) ".svg" } alt="" width="96" height="96"
                loading="lazy";
            p.shop-name { (product.name) }
            p.shop-price { (euros(price)) }
            form method="post" action="/shop/basket" {
                input type="hidden" name="sku" value=(product.sku);
                input type="hidden" name="query" value=(wanted.query);
                button.button type="submit" name="by" value="1" {
                    "Add" span.unseen { " " (product.name) }
                }
            }
        }
    }
}

/// Draws the basket, and which stores have all of it.
pub(super) fn basket(street: &Street, lines: &[Bought], stores: &[(String, bool)]) -> Markup {
    let total: i64 = lines.iter().map(|line| line.units * line.price_minor).sum();
    let body = html! {
        div.shop.shop-narrow {
            h1 { "Basket" }
            @if lines.is_empty() {
                p { "There is nothing in it yet. " a href="/shop" { "Look around" } }
            } @else {
                ul.shop-lines { @for line in lines { (line_of(line)) } }
                p.shop-total { "Together " strong { (euros(total)) } }
                form.shop-order method="post" action="/shop/order" {
                    fieldset {
                        legend { "Where do you pick it up?" }
                        @for (house, complete) in street.parts.houses.iter().zip(stores) {
                            (choice(house, complete.1))
                        }
                    }
                    label { "Your name" input name="name" required maxlength="80"
                        autocomplete="name"; }
                    label { "E-mail" input type="email" name="email" maxlength="120"
                        autocomplete="email"; }
                    (Button::submit("Order and pay").emphasis(Emphasis::Primary)
                        .icon(Icon::Check))
                }
            }
        }
    };
    frame(street, "Basket", "/shop", None, body)
}

fn line_of(line: &Bought) -> Markup {
    html! {
        li {
            span.shop-name { (line.name) }
            form method="post" action="/shop/basket" {
                input type="hidden" name="sku" value=(line.sku);
                input type="hidden" name="back" value="basket";
                button.button type="submit" name="by" value="-1" {
                    "−" span.unseen { " one " (line.name) " less" }
                }
                output { (line.units) }
                button.button type="submit" name="by" value="1" {
                    "+" span.unseen { " one more " (line.name) }
                }
            }
            span.shop-price { (euros(line.units * line.price_minor)) }
        }
    }
}

fn choice(house: &House, complete: bool) -> Markup {
    html! {
        label.shop-store {
            input type="radio" name="store" value=(house.site.slug) required disabled[!complete];
            span { (house.site.name) }
            @if complete { (badge(Tone::Good, "has all of it")) }
            @else { (badge(Tone::Quiet, "not all of it there")) }
        }
    }
}

/// Draws an order as its customer sees it.
pub(super) fn order(street: &Street, order: &Order) -> Markup {
    let (tone, word) = match order.status.as_str() {
        "ready" => (Tone::Good, "ready: come and get it"),
        "completed" => (Tone::Good, "picked up"),
        "cancelled" => (Tone::Quiet, "cancelled"),
        "in_progress" => (Tone::Busy, "the store is on it"),
        "unrouted" => (Tone::Waiting, "no store has it just now"),
        _ => (Tone::Busy, "sent to the store"),
    };
    let body = html! {
        // A customer's page works without script, so it looks again by itself.
        meta http-equiv="refresh" content="4";
        div.shop.shop-narrow {
            header.shop-head {
                h1 { "Order " (order.channel_reference) }
                (badge(tone, word))
            }
            @for part in &order.fulfilments { (part_of(street, part)) }
            ul.shop-lines {
                @for line in &order.lines {
                    li {
                        span.shop-name { (line.quantity_milli / 1_000) " × " (line.description) }
                        span.shop-price { (euros(line.amount_minor)) }
                    }
                }
            }
            p.shop-total { "Paid " strong { (euros(order.total_minor)) } }
            p.quiet-text { "This page shows by itself what becomes of the order. "
                a href="/shop" { "Back to the shop" } }
        }
    };
    frame(street, "Order", "/shop", None, body)
}

fn part_of(street: &Street, part: &Part) -> Markup {
    let slug = part.store_id.as_deref().unwrap_or("");
    let house = street
        .parts
        .houses
        .iter()
        .find(|house| house.site.slug == slug);
    let is_over = matches!(part.stage.as_str(), "handed_over" | "released");
    html! {
        section.panel.shop-part {
            h2 { (house.map_or(slug, |house| house.site.name)) }
            @if let Some(at) = part.promise_at.filter(|_| !is_over) {
                p { "Ready by " strong { (at.to_zoned(zone()).strftime("%H:%M")) } }
            }
            @if let Some(pickup) = part.pickup.as_ref().filter(|_| !is_over) {
                div.shop-code {
                    @match qr(&street.lang, &pickup.code) {
                        Ok(picture) => (picture),
                        Err(_) => p { "Say the digits at the counter." },
                    }
                    p { "Show this at the counter, or say " b { (spaced(&pickup.digits)) } }
                    details {
                        summary { "The code as text, for the scanner of the demo" }
                        code.shop-text { (pickup.code) }
                    }
                }
                @if let Some(house) = house {
                    form method="post" action="/shop/show" {
                        input type="hidden" name="store" value=(house.site.slug);
                        input type="hidden" name="code" value=(pickup.code);
                        (Button::submit("Show it to the store’s scanner").render())
                    }
                }
            }
            @if is_over { (badge(Tone::Good, "over")) }
        }
    }
}

fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get(crate::plan::time_zone()).unwrap_or(jiff::tz::TimeZone::UTC)
}

/// Writes an amount of the demo's one currency.
fn euros(minor: i64) -> String {
    format!("€ {}.{:02}", minor / 100, minor % 100)
}

/// Writes six digits as two groups of three, which is how they are said.
fn spaced(digits: &str) -> String {
    let (first, last) = digits.split_at(digits.len().min(3));
    format!("{first} {last}")
}

/// Returns how many pieces are in a basket.
pub(super) fn count(street: &Street, basket: &[(String, i64)]) -> i64 {
    shop::lines(street, basket)
        .iter()
        .map(|line| line.units)
        .sum()
}
