//! Finding a product by name or code, and the tiles that stand there while nothing is typed.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Button, Empty, Icon, command_id};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::catalog::{Product, Unit};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Currency;
use counterpart_protocol::quantity::Milli;
use maud::{Markup, html};

use super::desk::Desk;
use super::selling;
use crate::context::Context;
use crate::reference::{self, Elsewhere};
use crate::sales::service;
use crate::sales::store::Phase;
use crate::stock;

/// Products shown while something is typed.
const FOUND_MAX: u32 = 30;

/// Draws the field that finds: what is typed is looked up, Enter adds what is meant.
pub(super) fn form(desk: &Desk<'_>) -> Markup {
    html! {
        form.find #find method="post" action=(desk.to("find")) data-live data-live-input
            data-reset {
            (command_id(&desk.fresh_id))
            (selling::find_field())
        }
    }
}

/// Draws the box whose content follows what this screen's person types, not the sale: patches of
/// the sale leave it alone.
pub(super) fn tiles_box(desk: &Desk<'_>) -> Markup {
    let version = desk.ctx.live().version();
    let (register, view) = (desk.view.register, desk.view);
    let is_missing = view.favourites.is_empty() && view.screen.phase == Phase::Selling;
    let markup = if is_missing {
        selling::no_catalogue(desk)
    } else {
        tiles(&desk.lang, desk.currency, register, &view.favourites)
    };
    html! {
        x-region #found-box data-kept { (Region::new("found", version, markup)) }
    }
}

/// Renders the products that match `text`, or the tiles when nothing is typed.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn found_region(
    ctx: &Context,
    register: RegisterId,
    version: Version,
    text: &str,
) -> Result<Region, DbError> {
    let (lang, currency, now_ms) = (ctx.lang(), ctx.profile().currency, ctx.now_ms());
    let typed = text.trim().to_owned();
    if typed.is_empty() {
        let products = ctx.db().read(move |tx| service::favourites(tx, now_ms));
        let products = products.await?;
        let markup = tiles(&lang, currency, register, &products);
        return Ok(Region::new("found", version, markup));
    }
    let asked = typed.clone();
    let found = ctx.db().read(move |tx| {
        let products = reference::search(tx, &asked, FOUND_MAX)?;
        products
            .into_iter()
            .map(|product| {
                Ok::<_, DbError>(Match {
                    here: stock::on_hand(tx, &product.sku)?,
                    elsewhere: reference::elsewhere(tx, &product.sku)?,
                    product: reference::priced(tx, product, None, now_ms)?,
                })
            })
            .collect::<Result<Vec<_>, DbError>>()
    });
    let found = found.await?;
    let markup = results(&lang, register, (currency, now_ms), &typed, &found);
    Ok(Region::new("found", version, markup))
}

fn tiles(lang: &Lang, currency: Currency, register: RegisterId, products: &[Product]) -> Markup {
    let action = format!("/register/{register}/scan");
    html! {
        div.tiles {
            @for product in products {
                form method="post" action=(action) data-live data-repeat data-quiet {
                    (command_id(""))
                    input type="hidden" name="code" value=(product.sku);
                    button.tile type="submit" {
                        span.tile-name { (product.name) }
                        span.tile-price { (price(lang, currency, product)) }
                    }
                }
            }
        }
    }
}

/// A product that fits what was typed, and where it is.
struct Match {
    product: Product,
    here: Milli,
    elsewhere: Vec<Elsewhere>,
}

fn results(
    lang: &Lang,
    register: RegisterId,
    (currency, now_ms): (Currency, i64),
    typed: &str,
    found: &[Match],
) -> Markup {
    if found.is_empty() {
        let title = format!("Nothing is called “{typed}”");
        let by_department = lang.word("department-open");
        let there = format!("/register/{register}/department");
        return html! {
            (Empty::new(&title).icon(Icon::Search)
                .todo("Try another part of the name, the SKU, or the number below the bars.")
                .action(html! { (Button::link(&by_department, &there)) }))
        };
    }
    html! {
        ul.found {
            @for Match { product, here, elsewhere } in found {
                li id={ "found-" (product.sku) } {
                    div {
                        p.strong-text { (product.name) }
                        p.quiet-text.number {
                            (product.sku) " · " (price(lang, currency, product)) " · "
                            (lang.quantity(here.0)) " here"
                        }
                        @if !elsewhere.is_empty() {
                            p.quiet-text { (nearby(lang, elsewhere, now_ms)) }
                        }
                    }
                    (Button::submit_as("Add", "pick", product.sku.as_str()).form("find")
                        .icon(Icon::Plus))
                }
            }
        }
    }
}

/// Says which stores nearby have it: the two nearest, with the age of the number.
fn nearby(lang: &Lang, elsewhere: &[Elsewhere], now_ms: i64) -> String {
    let said: Vec<String> = elsewhere
        .iter()
        .take(2)
        .map(|store| {
            let age = store.as_of_ms.map_or_else(
                || "age unknown".to_owned(),
                |as_of_ms| lang.age(now_ms - as_of_ms),
            );
            format!(
                "{} in {} ({age})",
                lang.quantity(store.on_hand_milli.0),
                store.name
            )
        })
        .collect();
    format!("Elsewhere: {}", said.join(", "))
}

fn price(lang: &Lang, currency: Currency, product: &Product) -> String {
    let Some(minor) = product.price_minor else {
        return "no price yet".to_owned();
    };
    let amount = lang.money(minor.0, currency.code(), currency.decimals());
    match product.unit {
        Unit::Piece => amount,
        Unit::Kilogram => format!("{amount} / kg"),
    }
}
