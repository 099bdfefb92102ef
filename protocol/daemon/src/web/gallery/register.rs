//! The sample register, tender, receipt, sign-in and shift pages: markup as the edge writes it.
//!
//! The handlers answer like a slice does: snapshot, patches, regions for posts, problems for
//! refusals. The sale itself is pretended ([`super::sample`]).

use maud::{Markup, html};

use super::sample::{Line, PRODUCTS, Product, SaleView};
use crate::web::live::{Cue, Region, Version};
use crate::web::parts::{
    Button, CountRow, Dialog, Emphasis, Empty, Field, Icon, command_id, count_grid, numpad,
    paper_text, pin_pad,
};
use crate::web::text::Lang;

const POST_TO: &str = "/gallery/register";

/// Renders what changes on the register.
pub(super) fn regions(lang: &Lang, view: &SaleView, version: Version) -> Vec<Region> {
    let last_scan = (view.scans > 0).then(|| {
        let id = format!("scan-{}", view.scans);
        if view.unsettled.is_empty() {
            Cue::Accepted(id)
        } else {
            Cue::Refused(id)
        }
    });
    vec![Region::new("sale", version, sale(lang, view)).with_cue(last_scan)]
}

/// The register's content around its regions.
pub(super) fn register(lang: &Lang, regions: &[Region]) -> Markup {
    html! {
        div.register {
            section.sale aria-label="Sale" { @for region in regions { (region) } }
            section.bench aria-label="Find and keys" {
                (find())
                ul.tiles {
                    @for product in PRODUCTS { li { (tile(lang, &product)) } }
                }
                div.keys {
                    div.functions {
                        (Button::bare("Park").key("F4"))
                        (Button::bare("Recall").key("Shift+F4"))
                        (Button::opens("Customer", "customer").key("F6"))
                        (Button::bare("Discount").key("F8"))
                        (Button::opens("New sale", "clear").emphasis(Emphasis::Quiet))
                    }
                    (quantity_pad(lang))
                }
            }
        }
        (customer_dialog(lang))
        (clear_dialog(lang))
    }
}

fn sale(lang: &Lang, view: &SaleView) -> Markup {
    let total = lang.money(view.total_minor(), "EUR", 2);
    let barred = if !view.unsettled.is_empty() {
        Some("Settle the unknown scans first")
    } else if view.lines.is_empty() {
        Some("There is nothing to pay yet")
    } else {
        None
    };
    html! {
        div.sale-head {
            h1 { "Sale" }
            (Button::opens("No customer", "customer").emphasis(Emphasis::Quiet)
                .icon(Icon::Person))
        }
        @if !view.unsettled.is_empty() { (unsettled(view)) }
        @if view.lines.is_empty() {
            (Empty::new("Scan an item to start a sale").icon(Icon::Scan)
                .todo("Or find it by name (F2), or touch a tile."))
        } @else {
            ol.sale-lines {
                @for (index, line) in view.lines.iter().enumerate().rev() {
                    (sale_line(lang, line, index + 1 == view.lines.len()))
                }
            }
        }
        div.sale-foot {
            dl.sums {
                div { dt { "Net" } dd { (lang.money(view.total_minor() * 100 / 119, "EUR", 2)) } }
                div {
                    dt { "VAT 19 %" }
                    dd { (lang.money(view.total_minor() * 19 / 119, "EUR", 2)) }
                }
            }
            p.sale-total {
                span { (lang.count(view.items())) " items" }
                output.total { (total) }
            }
            (Button::link("Pay", "/gallery/tender").emphasis(Emphasis::Pay).key("F9")
                .amount(&total).barred(barred))
        }
    }
}

fn sale_line(lang: &Lang, line: &Line, newest: bool) -> Markup {
    let Product {
        code,
        name,
        price_minor,
    } = line.product;
    let (less, more) = (format!("One less of {name}"), format!("One more of {name}"));
    html! {
        li.sale-line id={ "line-" (code) } data-line data-newest[newest] {
            label.line-pick {
                input.unseen type="radio" name="line" value=(code) checked[newest];
                span.line-name { (name) }
                span.line-note { (code) " · " (lang.money(price_minor, "EUR", 2)) }
            }
            form.line-qty data-live data-repeat method="post" action=(POST_TO) {
                (command_id(""))
                input type="hidden" name="code" value=(code);
                (Button::submit_as("−", "does", "less").key("Minus").read_as(&less))
                output { (line.count) }
                (Button::submit_as("+", "does", "more").key("Plus").read_as(&more))
            }
            output.line-amount { (lang.money(line.count * price_minor, "EUR", 2)) }
        }
    }
}

fn unsettled(view: &SaleView) -> Markup {
    html! {
        section.unsettled aria-labelledby="unsettled-title" {
            h2 #unsettled-title { "Unknown scans: " (view.unsettled.len()) }
            ul.stack {
                @for code in &view.unsettled {
                    li {
                        span.code { (code) }
                        form data-live method="post" action=(POST_TO) {
                            (command_id(""))
                            input type="hidden" name="code" value=(code);
                            (Button::submit_as("Put aside", "does", "settle"))
                        }
                    }
                }
            }
        }
    }
}

fn find() -> Markup {
    html! {
        form.find method="post" action=(POST_TO) data-live data-reset {
            (command_id(""))
            input type="hidden" name="does" value="scan";
            (Field::search("code", "Find by name or code").key("F2")
                .placeholder("Find by name or code"))
        }
    }
}

fn tile(lang: &Lang, product: &Product) -> Markup {
    html! {
        form method="post" action=(POST_TO) data-live data-repeat data-quiet {
            (command_id(""))
            input type="hidden" name="code" value=(product.code);
            button.tile type="submit" name="does" value="scan" {
                span.tile-name { (product.name) }
                span.tile-price { (lang.money(product.price_minor, "EUR", 2)) }
            }
        }
    }
}

fn quantity_pad(lang: &Lang) -> Markup {
    html! {
        form method="post" action=(POST_TO) data-live data-reset {
            (command_id(""))
            label.unseen for="quantity" { "Quantity of the selected line" }
            input.pad-display #quantity name="quantity" inputmode="decimal" autocomplete="off"
                placeholder="0" data-pad-default;
            (numpad(lang, "quantity", html! {
                (Button::submit_as("Qty", "does", "quantity").primary())
            }))
        }
    }
}

fn customer_dialog(lang: &Lang) -> Markup {
    let body = html! { (Field::search("customer", "Name, card or e-mail")) };
    html! {
        (Dialog::new(lang, "customer", "Customer", body).actions(html! {
            (Button::closes("Cancel")) (Button::bare("Attach").primary())
        }))
    }
}

fn clear_dialog(lang: &Lang) -> Markup {
    let body = html! { p { "The sale is set aside; nothing was paid." } };
    html! {
        (Dialog::new(lang, "clear", "Start over?", body).actions(html! {
            (Button::closes("Keep the sale"))
            form method="post" action=(POST_TO) data-live {
                (command_id(""))
                (Button::submit_as("Start over", "does", "clear").emphasis(Emphasis::Danger))
            }
        }))
    }
}

/// The tender page: what is due, quick amounts, what was given.
pub(super) fn tender(lang: &Lang, view: &SaleView) -> Markup {
    let due = view.total_minor();
    let mut quick = vec![due];
    for step in [100, 500, 1_000, 5_000] {
        quick.push((due / step + 1) * step);
    }
    quick.dedup();
    html! {
        div.tender {
            div.stack {
                div.tender-due { h1 { "To pay" } output { (lang.money(due, "EUR", 2)) } }
                form.tender-quick method="post" action="/gallery/paid" {
                    (command_id(""))
                    @for amount in quick {
                        (Button::submit_as(&lang.money(amount, "EUR", 2), "cash", "exact"))
                    }
                }
                ul.tenders {
                    li { span { "Voucher 7F3K" } output { (lang.money(500, "EUR", 2)) } }
                }
                div.row {
                    (Button::link("Back to the sale", "/gallery/register").icon(Icon::Back))
                    (Button::bare("Card").icon(Icon::Cash).barred(Some("No terminal is set up")))
                }
            }
            form.stack method="post" action="/gallery/paid" {
                (command_id(""))
                (Field::amount("cash", "Cash given").unit("€"))
                (numpad(lang, "field-cash", html! { (Button::submit("Cash").primary()) }))
            }
        }
    }
}

/// The page after paying: change in large type, the receipt as printed.
pub(super) fn paid(lang: &Lang) -> Markup {
    html! {
        div.paid {
            div.stack {
                div.change { h1 { "Change" } output { (lang.money(762, "EUR", 2)) } }
                p { "The receipt is being printed. Scan the next item to begin a new sale." }
                div.row {
                    (Button::link("Next sale", "/gallery/register").primary())
                    (Button::bare("Print again").icon(Icon::Printer))
                }
            }
            (paper_text(lang, RECEIPT, 42))
        }
    }
}

/// The sign-in page: who, then the PIN.
pub(super) fn sign_in(lang: &Lang) -> Markup {
    let people = [
        ("ada", "Ada", "Till"),
        ("ben", "Ben", "Till, pickup"),
        ("cleo", "Cleo", "Manager"),
    ];
    html! {
        form method="post" action="/gallery/sign-in" {
            div.sign-in {
                section {
                    h1 { "Who is at the till?" }
                    div.people role="radiogroup" aria-label="Who" {
                        @for (index, (id, name, role)) in people.into_iter().enumerate() {
                            label {
                                input.unseen type="radio" name="person" value=(id)
                                    checked[index == 0];
                                (name) span.quiet-text { (role) }
                            }
                        }
                    }
                }
                section { (pin_pad(lang, "pin", html! { (Button::submit("Sign in").primary()) })) }
            }
        }
    }
}

/// The shift page: a drawer counted blind.
pub(super) fn shift(lang: &Lang) -> Markup {
    let pieces = [
        50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1,
    ];
    let rows: Vec<CountRow> = pieces
        .into_iter()
        .map(|minor| CountRow {
            name: format!("piece_{minor}"),
            label: lang.money(minor, "EUR", 2),
            minor,
            typed: String::new(),
        })
        .collect();
    html! {
        form.shift method="post" action="/gallery/shift" {
            (command_id(""))
            section.stack {
                h1 { "Count the drawer" }
                p { "Count what is in the drawer now. Any count is accepted; a difference is asked
                    about afterwards." }
                (Field::long_text("note", "Note").hint("If something was unusual today."))
                (Button::submit("Close the till").primary().icon(Icon::Drawer))
            }
            section { (count_grid(lang, "EUR", 2, &rows)) }
        }
    }
}

const RECEIPT: &str = "         COUNTERPART BERLIN MITTE
        Torstraße 1 · 10119 Berlin
               DE 123 456 789
------------------------------------------
Oat milk barista 1 l
  2 × 2.29                            4.58
Field guide to garden birds          24.95
Dark chocolate 85 % 100 g
  3 × 1.99                            5.97
------------------------------------------
TOTAL EUR                            35.50
Cash                                 43.12
Change                               -7.62
------------------------------------------
VAT 19 %        net 29.83             5.67
------------------------------------------
23 Nov 2026 14:05         Register 2 / Ada
R-0002-000417

              Thank you!
";
