//! The page of the catalogue: what can be sold.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, Query};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, FilterTab, Icon, Pager, Row, Stat, Table, Tone, badge,
    filter_tabs,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::money::Currency;
use maud::{Markup, Render, html};

use super::http::{Asked, PAGE};
use super::service::CATALOG;
use super::store::{self, ProductRow, Version as Publication};
use crate::context::Context;
use crate::users::{CatalogRead, OnPage, Watching};
use crate::web::{Page, Screen, console_page, escaped, live, with_query};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/catalog", get(page))
        .route("/catalog/stream", get(stream))
}

/// Everything the list shows.
struct View {
    asked: Asked,
    current: Option<Publication>,
    rows: Vec<ProductRow>,
    more: bool,
    departments: Vec<(String, i64)>,
    unpriced: i64,
    now_ms: i64,
}

fn load(context: &Context, tx: &mut Tx, asked: Asked) -> Result<View, DbError> {
    let current = store::current(tx)?;
    let mut view = View {
        asked,
        rows: Vec::new(),
        more: false,
        departments: Vec::new(),
        unpriced: 0,
        now_ms: context.now_ms(),
        current,
    };
    if let Some(current) = &view.current {
        view.rows = store::products(tx, current.version, &view.asked.filter(), PAGE + 1)?;
        view.more = view.rows.len() > PAGE as usize;
        view.rows.truncate(PAGE as usize);
        view.departments = store::departments(tx, current.version)?;
        view.unpriced = store::unpriced(tx, current.version)?;
    }
    Ok(view)
}

fn query(asked: &Asked) -> [(&str, &str); 4] {
    fn text(part: &Option<String>) -> &str {
        part.as_deref().unwrap_or("")
    }
    [
        ("query", text(&asked.query)),
        ("department", text(&asked.department)),
        ("view", text(&asked.view)),
        ("after", text(&asked.after)),
    ]
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<CatalogRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let within = context.clone();
    let view = context
        .db()
        .read(move |tx| load(&within, tx, asked))
        .await?;
    let stream = with_query("/catalog/stream", &query(&view.asked));
    let shown = Page {
        title: "Catalogue",
        screen: Screen::Catalog,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Catalogue" }
                div.actions {
                    (Button::link("Codes it lacks", "/catalog/unlisted"))
                    @if view.current.is_some() {
                        (Button::link("Download", "/catalog/products.csv"))
                    }
                    (Button::link("Import a file", "/imports?subject=catalog").primary()
                        .icon(Icon::Plus))
                }
            }
            (filters(&view))
            (region(lang, &view, version))
        }
    };
    Ok(console_page(lang, shown, body))
}

async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<CatalogRead>,
    Query(asked): Query<Asked>,
) -> Response {
    live(&context, viewer, [CATALOG], move |context, version| {
        let asked = asked.clone();
        async move {
            let within = context.clone();
            let view = context
                .db()
                .read(move |tx| load(&within, tx, asked))
                .await?;
            Ok::<_, DbError>(vec![region(context.lang(), &view, version)])
        }
    })
}

fn filters(view: &View) -> Markup {
    let all = Choice {
        value: "",
        label: "Every department",
    };
    let named = view.departments.iter().map(|(department, _)| Choice {
        value: department,
        label: department,
    });
    let choices: Vec<Choice<'_>> = std::iter::once(all).chain(named).collect();
    let [(_, text), (_, department), ..] = query(&view.asked);
    html! {
        form.filters method="get" action="/catalog" {
            (Field::search("query", "Product, SKU or number").value(text).key("/"))
            (Field::choice("department", "Department", &choices).value(department))
            (Button::submit("Find").icon(Icon::Search))
        }
    }
}

fn region(lang: &Lang, view: &View, version: Version) -> Region {
    let markup = match &view.current {
        None => html! {
            div.panel {
                (Empty::new("Nothing can be sold yet").icon(Icon::Box)
                    .todo("Import a product file: SKU, numbers, name, department, unit, price and \
                           tax class, one product a row.")
                    .action(html! {
                        (Button::link("Import a file", "/imports?subject=catalog").primary())
                    }))
            }
        },
        Some(current) => html! {
            div.stack {
                (stats(lang, view, current))
                (tabs(lang, view))
                div.panel { (table(lang, view, current.currency)) }
                (pager(lang, view))
            }
        },
    };
    Region::new("catalog", version, markup)
}

fn stats(lang: &Lang, view: &View, current: &Publication) -> Markup {
    let products = lang.count(current.products);
    let version = lang.count(current.version);
    let age = lang.age(view.now_ms - current.published_at_ms);
    let published = format!("{age}, by {}", current.published_by);
    let unpriced = lang.count(view.unpriced);
    let (tone, word) = match view.unpriced {
        0 => (Tone::Good, "all can be sold"),
        _ => (Tone::Waiting, "cannot be sold yet"),
    };
    html! {
        div.stats {
            (Stat::new("Products", &products).note(&format!("prices in {}", current.currency)))
            (Stat::new("Version", &version).note(&published))
            (Stat::new("Without a price", &unpriced).state(tone, word)
                .href("/catalog?view=unpriced"))
        }
    }
}

fn tabs(lang: &Lang, view: &View) -> Markup {
    let [text, department, ..] = query(&view.asked);
    let all = with_query("/catalog", &[text, department]);
    let unpriced = with_query("/catalog", &[text, department, ("view", "unpriced")]);
    let tabs = [
        FilterTab {
            label: "All",
            href: &all,
            count: view.current.as_ref().map(|current| current.products),
        },
        FilterTab {
            label: "Without a price",
            href: &unpriced,
            count: Some(view.unpriced),
        },
    ];
    let current = match view.asked.filter().unpriced {
        true => &unpriced,
        false => &all,
    };
    filter_tabs(lang, "Products", &tabs, current)
}

fn table(lang: &Lang, view: &View, currency: Currency) -> Markup {
    let columns = [
        Column::words("Product"),
        Column::words("SKU"),
        Column::words("Department"),
        Column::words("Numbers"),
        Column::words("Tax class"),
        Column::numbers("Price"),
    ];
    let rows = view
        .rows
        .iter()
        .map(|row| product_row(lang, row, currency))
        .collect();
    let empty = Empty::new("No product is called that")
        .icon(Icon::Search)
        .todo("Try part of the name, the SKU or the number below the bars.");
    Table::new("Products", &columns, rows).empty(empty).render()
}

fn product_row(lang: &Lang, row: &ProductRow, currency: Currency) -> Row {
    let price = match row.price_minor {
        None => badge(Tone::Waiting, "no price"),
        Some(minor) => {
            let amount = lang.money(minor, currency.code(), currency.decimals());
            let per = if row.unit == "kilogram" { " / kg" } else { "" };
            html! { (amount) (per) }
        }
    };
    let cells = vec![
        html! {
            (row.name)
            @if let Some(options) = &row.options {
                br; span.quiet-text { (options.replace('|', ", ").replace('=', " ")) }
            }
        },
        html! { span.code { (row.sku) } },
        html! { (row.department) },
        html! { span.code.quiet-text { (row.gtins) } },
        html! { (row.tax_class) },
        price,
    ];
    Row::new(format!("product-{}", row.sku), cells).href(format!("/stock/{}", escaped(&row.sku)))
}

fn pager(lang: &Lang, view: &View) -> Markup {
    let [text, department, shown_view, (_, after)] = query(&view.asked);
    let next = view.rows.last().filter(|_| view.more).map(|last| {
        with_query(
            "/catalog",
            &[text, department, shown_view, ("after", &last.sku)],
        )
    });
    let first =
        (!after.is_empty()).then(|| with_query("/catalog", &[text, department, shown_view]));
    let shown = match view.rows.len() {
        0 => String::new(),
        1 => "1 product".to_owned(),
        count => format!("{count} products"),
    };
    Pager::new(lang, &shown)
        .newer(first.as_deref())
        .older(next.as_deref())
        .render()
}
