//! The sample console: stat tiles, stores, a table with tabs, an order with its facts.
//!
//! All numbers are made up on the spot; it shows how the hub's pages are put together.

use maud::{Markup, html};

use crate::web::parts::{
    Bars, Button, Column, Emphasis, Field, FilterTab, Icon, LineChart, Pager, Row, Series, Stat,
    Table, Tone, badge, filter_tabs, new_rows, sparkline,
};
use crate::web::text::Lang;

/// The overview page.
pub(super) fn overview(lang: &Lang) -> Markup {
    html! {
        div.console {
            header.page-head {
                h1 { "Today" }
                div.actions {
                    (Button::link("Export", "/gallery/console"))
                    (Button::link("Enrol a store", "/gallery/console").primary().icon(Icon::Plus))
                }
            }
            (stats(lang))
            div.columns { (sales_by_hour(lang)) (pickup_plot(lang)) }
            (stores(lang))
            (stock_table(lang))
        }
    }
}

fn stats(lang: &Lang) -> Markup {
    html! {
        div.stats {
            (Stat::new("Sales today", &lang.money(1_284_550, "EUR", 2))
                .note(&lang.age(8_000)).plot(sparkline(&[3, 5, 4, 8, 12, 9, 14, 16])))
            (Stat::new("Receipts", &lang.count(1_417)).note("0 missing, 0 doubled"))
            (Stat::new("Waiting for pickup", "38").state(Tone::Waiting, "4 late")
                .href("/gallery/console"))
            (Stat::new("Stores reporting", "2 of 3").state(Tone::Bad, "Köln silent"))
        }
    }
}

fn sales_by_hour(lang: &Lang) -> Markup {
    let hours: Vec<String> = (9..21).map(|hour| format!("{hour}:00")).collect();
    let today = [420, 610, 880, 1_310, 1_180, 960, 1_040, 1_250];
    let before = [
        380, 590, 760, 1_190, 1_220, 990, 900, 1_130, 1_400, 1_290, 840, 310,
    ];
    let chart = LineChart::new(
        lang,
        "Sales by hour, with last Monday",
        hours,
        vec![
            Series {
                label: "Today",
                values: (0..12).map(|hour| today.get(hour).copied()).collect(),
            },
            Series {
                label: "Last week",
                values: before.map(Some).to_vec(),
            },
        ],
    );
    html! { section.panel { header { h2 { "Sales" } } (chart) } }
}

fn pickup_plot(lang: &Lang) -> Markup {
    let bars = (0..7)
        .map(|day| (format!("{} Nov", 17 + day), 20 + day * day * 3))
        .collect();
    html! {
        section.panel {
            header { h2 { "Pickups" } }
            (Bars::new(lang, "Handed over a day", bars))
        }
    }
}

fn stores(lang: &Lang) -> Markup {
    let stores = [
        (
            "Berlin Mitte",
            Tone::Good,
            "connected",
            4_000,
            0,
            "Register 1, 2 · printer · drawer",
        ),
        (
            "Hamburg Altona",
            Tone::Waiting,
            "away",
            780_000,
            14,
            "Register 1 · printer out of paper",
        ),
        (
            "Köln Ehrenfeld",
            Tone::Bad,
            "silent",
            93_600_000,
            212,
            "no word for a day",
        ),
    ];
    html! {
        section.stack aria-label="Stores" {
            h2 { "Stores" }
            div.cards {
                @for (name, tone, word, seen_ms, waiting, devices) in stores {
                    article.card data-tone=(tone.name()) {
                        div.card-head { h3 { (name) } (badge(tone, word)) }
                        dl.details {
                            dt { "Last seen" } dd { (lang.age(seen_ms)) }
                            dt { "Behind" } dd { (lang.count(waiting)) " facts" }
                            dt { "Devices" } dd { (devices) }
                        }
                        div.card-foot { (Button::link("Open", "/gallery/console")) }
                    }
                }
            }
        }
    }
}

fn stock_table(lang: &Lang) -> Markup {
    let columns = [
        Column::words("Product"),
        Column::words("Store"),
        Column::words("State"),
        Column::numbers("On hand"),
        Column::numbers("Age"),
    ];
    let tabs = [
        FilterTab {
            label: "All",
            href: "/gallery/console",
            count: Some(2_000),
        },
        FilterTab {
            label: "Below zero",
            href: "/gallery/console?view=below",
            count: Some(1),
        },
        FilterTab {
            label: "Old",
            href: "/gallery/console?view=old",
            count: Some(212),
        },
    ];
    html! {
        section.stack {
            h2 { "Stock" }
            (filter_tabs(lang, "Stock", &tabs, "/gallery/console"))
            form.filters method="get" {
                (Field::search("q", "Product or SKU"))
                (Button::submit("Find").icon(Icon::Search))
            }
            (new_rows(lang, 3, "/gallery/console"))
            div.panel { (Table::new("Stock", &columns, stock_rows(lang))) }
            (Pager::new(lang, "1–4 of about 2,000").older(Some("/gallery/console?after=x")))
        }
    }
}

fn stock_rows(lang: &Lang) -> Vec<Row> {
    [
        (
            "Oat milk barista 1 l",
            "Berlin Mitte",
            Tone::Good,
            "fresh",
            48_000,
            9_000,
        ),
        (
            "Notebook A5 dotted",
            "Berlin Mitte",
            Tone::Good,
            "fresh",
            12_000,
            9_000,
        ),
        (
            "Coffee beans 1 kg",
            "Hamburg Altona",
            Tone::Waiting,
            "13 min old",
            7_500,
            780_000,
        ),
        (
            "Hand cream 75 ml",
            "Köln Ehrenfeld",
            Tone::Bad,
            "a day old",
            -2_000,
            93_600_000,
        ),
    ]
    .into_iter()
    .enumerate()
    .map(|(index, (product, store, tone, word, milli, age_ms))| {
        Row::new(
            format!("stock-{index}"),
            vec![
                html! { (product) },
                html! { (store) },
                badge(tone, word),
                html! { (lang.quantity(milli)) },
                html! { (lang.age(age_ms)) },
            ],
        )
        .href("/gallery/order")
        .tone(tone)
    })
    .collect()
}

/// One order as a timeline of facts, with what can be done now.
pub(super) fn order(lang: &Lang) -> Markup {
    let facts = [
        ("14:05", "Handed over", "Berlin Mitte, by Ben, code checked"),
        ("13:20", "Staged on shelf P-12", "Berlin Mitte, by Ada"),
        (
            "12:58",
            "Picked, all 3 items scanned",
            "Berlin Mitte, by Ada",
        ),
        (
            "12:31",
            "Promised to Berlin Mitte",
            "routing: nearest with all items",
        ),
        ("12:30", "Captured, paid by card", "webshop"),
    ];
    html! {
        div.console {
            header.page-head {
                div.row { h1 { "Order W-20417" } (badge(Tone::Good, "Handed over")) }
                div.actions {
                    (Button::link("Refund", "/gallery/order"))
                    (Button::link("Cancel", "/gallery/order").emphasis(Emphasis::Danger)
                        .barred(Some("It was handed over: take a return instead")))
                }
            }
            div.columns {
                section.panel {
                    header { h2 { "What happened" } }
                    ol.timeline {
                        @for (time, what, who) in facts {
                            li {
                                time { (time) }
                                div { p.strong-text { (what) } p.quiet-text { (who) } }
                            }
                        }
                    }
                }
                section.panel {
                    header { h2 { "Order" } }
                    dl.details {
                        dt { "Total" } dd { (lang.money(3_550, "EUR", 2)) }
                        dt { "Pickup" } dd { "Berlin Mitte, by 15:00" }
                        dt { "Channel" } dd { "webshop" }
                    }
                }
            }
        }
    }
}
