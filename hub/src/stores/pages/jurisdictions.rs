//! The pages of the places where stores are taxed: the list, adding one, changing one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem, ToProblem as _};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, Icon, Row, Table, command_id,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::tax::{Jurisdiction, PricesAre, Rate, TaxRounding};
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::forms::fresh_id;
use crate::context::Context;
use crate::stores::http::{add_jurisdiction_once, change_jurisdiction_once, parse_jurisdiction};
use crate::stores::rules::{JurisdictionTyped, JurisdictionWords};
use crate::stores::service::{self, StoreFailed};
use crate::users::{OnPage, StoresRead, StoresWrite};
use crate::web::{CommandForm, Page, Screen, console_page};

const HERE: &str = "/jurisdictions";

const PRICES: [Choice<'_>; 2] = [
    Choice {
        value: PricesAre::WithTax.word(),
        label: "with tax: what the label says is paid",
    },
    Choice {
        value: PricesAre::BeforeTax.word(),
        label: "before tax: it is added at the till",
    },
];

const ROUNDING: [Choice<'_>; 2] = [
    Choice {
        value: TaxRounding::Total.word(),
        label: "of all of a sale at a rate",
    },
    Choice {
        value: TaxRounding::Line.word(),
        label: "of each line",
    },
];

/// Answers `GET /jurisdictions`.
pub(super) async fn list(
    State(context): State<Context>,
    operator: OnPage<StoresRead>,
) -> Result<Response, Problem> {
    let all = context.db().read(service::jurisdictions).await?;
    let columns = [
        Column::words("Jurisdiction"),
        Column::words("Short name"),
        Column::words("Prices are"),
        Column::words("Taxes"),
        Column::words("Stores"),
    ];
    let rows = all.iter().map(|(one, stores)| row(one, stores));
    let empty = Empty::new("No jurisdiction yet")
        .icon(Icon::Store)
        .todo("Stores without one are taxed by the catalogue's rates, within its prices.");
    let table = Table::new("Jurisdictions", &columns, rows.collect()).empty(empty);
    let body = html! {
        div.console {
            header.page-head {
                div {
                    h1 { "Taxes" }
                    p.quiet-text { "Where stores are taxed, by which taxes, from when to when." }
                }
                div.actions {
                    (Button::link("Stores", "/stores").icon(Icon::Back))
                    (Button::link("Add a jurisdiction", "/jurisdictions/new").primary()
                        .icon(Icon::Plus))
                }
            }
            div.panel { (table) }
        }
    };
    Ok(shown(&context, "Taxes", &operator.name, body))
}

fn row(one: &Jurisdiction, stores: &[StoreId]) -> Row {
    let stores: Vec<&str> = stores.iter().map(StoreId::as_str).collect();
    let prices = match one.taxation.prices {
        PricesAre::WithTax => "with tax",
        PricesAre::BeforeTax => "before tax",
    };
    let cells = vec![
        html! { (one.name) },
        html! { span.code { (one.jurisdiction_id) } },
        html! { (prices) },
        html! {
            @for (at, tax) in one.taxes.iter().enumerate() {
                @if at > 0 { br; }
                (tax)
            }
        },
        html! { @if stores.is_empty() { "none" } @else { (stores.join(", ")) } },
    ];
    let id = &one.jurisdiction_id;
    Row::new(format!("jurisdiction-{id}"), cells).href(format!("{HERE}/{id}"))
}

/// Answers `GET /jurisdictions/new`.
pub(super) async fn new_page(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
) -> Response {
    let (lang, nothing) = (context.lang(), JurisdictionWords::default());
    let slug = Field::text("jurisdiction_id", "Short name")
        .hint("Never changed later: a to z, 0 to 9, hyphens; new-york-city")
        .required(lang);
    let first = html! { (slug) };
    let body = html! {
        div.console {
            header.page-head { h1 { "Add a jurisdiction" } }
            section.panel { (form(&context, HERE, &first, &nothing, "Add the jurisdiction")) }
        }
    };
    shown(&context, "Add a jurisdiction", &operator.name, body)
}

/// Answers `GET /jurisdictions/{jurisdiction}`.
pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_jurisdiction(&id)?;
    let wanted = id.clone();
    let known = context
        .db()
        .read(move |tx| service::known_jurisdiction(tx, &wanted));
    let one = known.await?;
    let title = format!("Change {}", one.name);
    let to = format!("{HERE}/{id}");
    let words = JurisdictionWords::of(&one);
    let body = html! {
        div.console {
            header.page-head {
                div {
                    h1 { (title) }
                    p.quiet-text {
                        "Short name " (id) " stays. Each store that is taxed here hears of a \
                         change within seconds, or when it is back; baskets that are being sold \
                         keep the rates they were scanned at."
                    }
                }
            }
            section.panel { (form(&context, &to, &html! {}, &words, "Save")) }
            section.panel {
                header { h2 { "What each tax class comes to" } }
                (classes(&context, &one))
            }
        }
    };
    Ok(shown(&context, &title, &operator.name, body))
}

/// Draws each class of the catalogue with its taxes today and what they come to; a class none
/// names shows the catalogue's rate.
fn classes(context: &Context, one: &Jurisdiction) -> Markup {
    let (lang, today) = (context.lang(), today(context));
    let columns = [
        Column::words("Tax class"),
        Column::words("Taxes"),
        Column::numbers("Today"),
    ];
    let percent = |rate: Rate| format!("{} %", lang.quantity(i64::from(rate.0)));
    let rows = context.tax_classes().iter().map(|class| {
        let names: Vec<&str> = one
            .taxes_on(&class.id, today)
            .map(|tax| &*tax.name)
            .collect();
        let rate = one.rate_of(&class.id, today);
        let cells = vec![
            html! { (class.id) },
            html! {
                @if rate.is_some() { (names.join(", ")) }
                @else { span.quiet-text { "none named: as in the catalogue, " (class.name) } }
            },
            html! { (percent(rate.unwrap_or(class.rate))) },
        ];
        Row::new(format!("class-{}", class.id), cells)
    });
    html! { (Table::new("Tax classes", &columns, rows.collect())) }
}

/// Returns today in the hub's own calendar.
fn today(context: &Context) -> BusinessDate {
    let now = Timestamp::from_millisecond(context.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH);
    let date = now.to_zoned(TimeZone::UTC).date();
    BusinessDate::from_civil(date).expect("the hub's clock is past 1970")
}

fn form(
    context: &Context,
    to: &str,
    first: &Markup,
    typed: &JurisdictionWords,
    send: &str,
) -> Markup {
    html! {
        form.stack method="post" action=(to) data-live {
            (command_id(&fresh_id(context)))
            (first)
            (words(context.lang(), typed))
            div.row {
                (Button::submit(send).primary())
                (Button::link("Cancel", HERE))
            }
        }
    }
}

fn words(lang: &Lang, typed: &JurisdictionWords) -> Markup {
    html! {
        div.columns {
            div.stack {
                (Field::text("name", "Name").value(&typed.name).required(lang))
                (Field::choice("prices", "Prices are", &PRICES).value(typed.prices.word()))
                (Field::choice("rounding", "Rounded is the tax", &ROUNDING)
                    .value(typed.rounding.word()))
            }
            div.stack {
                (Field::long_text("taxes", "Taxes").value(&typed.typed_taxes())
                    .hint("A line each: 4.5 City tax: standard, food; from 2027-01-01; until \
                           2028-01-01. A class of goods that none names keeps the catalogue's \
                           rate"))
            }
        }
    }
}

fn shown(context: &Context, title: &str, operator: &str, body: Markup) -> Response {
    let page = Page {
        title,
        screen: Screen::Stores,
        operator,
        stream: None,
    };
    console_page(context.lang(), page, body)
}

/// Answers `POST /jurisdictions`.
pub(super) async fn add(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    form: CommandForm<JurisdictionTyped>,
) -> Result<Response, Problem> {
    let draft = form.fields.read().map_err(refused)?;
    add_jurisdiction_once(&context, &operator, form.key, draft).await?;
    Ok(leave_for(&headers, HERE))
}

/// Answers `POST /jurisdictions/{jurisdiction}`.
pub(super) async fn change(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    Path(id): Path<String>,
    form: CommandForm<JurisdictionTyped>,
) -> Result<Response, Problem> {
    let id = parse_jurisdiction(&id)?;
    let draft = form.fields.read().map_err(refused)?;
    change_jurisdiction_once(&context, &operator, form.key, id, draft.words).await?;
    Ok(leave_for(&headers, HERE))
}

fn refused(refused: crate::stores::rules::StoreRefused) -> Problem {
    StoreFailed::Refused(refused).to_problem()
}

/// The choices of where a store is taxed: by the catalogue, or in one of the jurisdictions.
pub(super) fn choices(all: &[(String, String)]) -> Vec<Choice<'_>> {
    let catalogue = Choice {
        value: "",
        label: "by the catalogue's rates, within its prices",
    };
    let known = all.iter().map(|(value, label)| Choice { value, label });
    std::iter::once(catalogue).chain(known).collect()
}

/// Reads the jurisdictions for [`choices`]: short name and name of each.
pub(super) async fn known(context: &Context) -> Result<Vec<(String, String)>, Problem> {
    let all = context.db().read(service::jurisdictions).await?;
    let pair = |(one, _): (Jurisdiction, _)| (one.jurisdiction_id.to_string(), one.name);
    Ok(all.into_iter().map(pair).collect())
}
