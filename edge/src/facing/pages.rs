//! The screen that faces the customer. It draws what the register has for its customer.

use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::Button;
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use maud::{Markup, Render as _, html};

use crate::context::Context;
use crate::devices::RegisterSetup;
use crate::sales::{Buying, CustomerView, LineView};
use crate::web;

/// Draws the whole page of a browser that shows a register.
pub(super) fn screen(
    ctx: &Context,
    register: RegisterId,
    version: Version,
    view: &CustomerView,
) -> Markup {
    let lang = ctx.lang();
    let title = lang.word("facing-title");
    let place = ctx.profile().name.clone();
    let stream = format!("/customer/{register}/stream");
    let body = html! {
        (region(ctx, version, view).render())
        p.facing-lost { (lang.word("facing-lost")) }
    };
    web::facing(ctx, (&title, &place), &stream, body)
}

/// Asks whoever is signed in whether this browser shall show the register.
pub(super) fn ask(ctx: &Context, setup: &RegisterSetup) -> Markup {
    let lang = ctx.lang();
    let title = lang.word("facing-title");
    let name = setup.name.as_str();
    let body = html! {
        section.panel {
            header { h1 { (title) } }
            p { (lang.t("facing-ask", &[("register", name.into())])) }
            p.quiet-text { (lang.word("facing-ask-hint")) }
            form method="post" action={ "/customer/" (setup.id) } {
                (Button::submit(&lang.word("facing-show")).primary())
            }
        }
    };
    web::plain(ctx, (&title, &ctx.profile().name), None, body)
}

/// Draws what the register has for its customer.
pub(super) fn region(ctx: &Context, version: Version, view: &CustomerView) -> Region {
    let (lang, profile) = (ctx.lang(), ctx.profile());
    let currency = profile.currency;
    let money = |minor: Minor| lang.money(minor.0, currency.code(), currency.decimals());
    let markup = match view {
        CustomerView::Nothing => html! {
            div.facing-rest {
                h1 { (profile.name) }
                p { (lang.word("facing-welcome")) }
            }
        },
        CustomerView::Buying(it) => buying(&lang, &money, it),
        CustomerView::Paid {
            total_minor,
            change_minor,
        } => html! {
            div.facing-rest {
                h1 { (lang.word("facing-thanks")) }
                dl.facing-sums {
                    (sum(&lang.word("display-total"), &money(*total_minor)))
                    @if *change_minor != Minor::ZERO {
                        (largest(&lang.word("display-change"), &money(*change_minor)))
                    }
                }
            }
        },
    };
    Region::new("facing", version, markup)
}

fn buying(lang: &Lang, money: &impl Fn(Minor) -> String, it: &Buying) -> Markup {
    let total = money(it.total_minor);
    html! {
        div.facing-sale {
            ol.facing-lines {
                @for row in it.lines.iter().rev() { (line(lang, money, row)) }
            }
            dl.facing-sums {
                @if it.off_minor > Minor::ZERO {
                    (sum(&lang.word("facing-saved"), &money(it.off_minor)))
                }
                @if let Some(credit) = it.credit_minor {
                    (sum(&lang.word("facing-comes-back"), &money(credit)))
                }
                @match (it.left_minor, it.give_back_minor) {
                    (_, back) if back > Minor::ZERO => {
                        (sum(&lang.word("display-total"), &total))
                        (largest(&lang.word("facing-give-back"), &money(back)))
                    }
                    (Some(left), _) => {
                        (sum(&lang.word("display-total"), &total))
                        (largest(&lang.word("display-to-pay"), &money(left)))
                    }
                    (None, _) => (largest(&lang.word("display-total"), &total)),
                }
            }
            @if it.asks_card { p.facing-card { (lang.word("facing-card")) } }
        }
    }
}

fn line(lang: &Lang, money: &impl Fn(Minor) -> String, line: &LineView) -> Markup {
    let many = lang.quantity(line.quantity_milli.0);
    let price = money(line.unit_price_minor);
    let how = match line.unit {
        Unit::Kilogram if line.quantity_milli == Milli::ZERO => format!("{price} / kg"),
        Unit::Kilogram => format!("{many} kg × {price} / kg"),
        Unit::Piece if line.quantity_milli == Milli(1_000) => String::new(),
        Unit::Piece => format!("{many} × {price}"),
    };
    html! {
        li id={ "facing-line-" (line.line) } data-newest[line.newest] {
            span.facing-name { (line.description) }
            span.facing-how { (how) }
            span.facing-amount { (money(line.amount_minor)) }
        }
    }
}

fn sum(word: &str, amount: &str) -> Markup {
    html! { div { dt { (word) } dd { (amount) } } }
}

/// The one amount a customer looks for.
fn largest(word: &str, amount: &str) -> Markup {
    html! { div.facing-largest { dt { (word) } dd { (amount) } } }
}
