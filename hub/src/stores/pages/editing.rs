//! The page on which a store is changed.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::parts::{Button, Choice, Field, command_id};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};

use super::entities::{choices, companies};
use super::forms::{LANGUAGES, fresh_id};
use super::jurisdictions;
use crate::context::Context;
use crate::stores::http::{change_once, parse_store};
use crate::stores::rules::{HOURS_FIELDS, StoreChange};
use crate::stores::service;
use crate::users::{OnPage, StoresWrite};
use crate::web::{CommandForm, Page, Screen, console_page};

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// Answers `GET /stores/{store}/edit`.
pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    Path(store): Path<String>,
) -> Result<Response, Problem> {
    let store_id = parse_store(&store)?;
    let wanted = store_id.clone();
    let row = context
        .db()
        .read(move |tx| service::known(tx, &wanted))
        .await?;
    let (lang, typed) = (context.lang(), StoreChange::of(&row.identity));
    let companies = companies(&context).await?;
    let taxed = jurisdictions::known(&context).await?;
    let back = format!("/stores/{store_id}");
    let title = format!("Change {}", row.identity.name);
    let shown = Page {
        title: &title,
        screen: Screen::Stores,
        operator: &operator.name,
        stream: None,
    };
    let body = html! {
        div.console {
            header.page-head {
                div {
                    h1 { (title) }
                    p.quiet-text {
                        "Short name " (store_id) " and currency " (row.identity.currency)
                        " stay. The store hears of a change within seconds, or when it is back."
                    }
                }
            }
            form.stack method="post" action={ (back) "/edit" } data-live {
                (command_id(&fresh_id(&context)))
                div.columns {
                    div.stack {
                        (receipt(lang, &typed))
                        (company(&typed, &choices(&companies)))
                        (taxes(&typed, &jurisdictions::choices(&taxed)))
                    }
                    div.stack { (place(&typed)) (hours(&typed)) }
                }
                div.row {
                    (Button::submit("Save").primary())
                    (Button::link("Cancel", &back))
                }
            }
        }
    };
    Ok(console_page(lang, shown, body))
}

fn receipt(lang: &Lang, typed: &StoreChange) -> Markup {
    html! {
        section.panel {
            header { h2 { "Its receipts and screens" } }
            div.stack {
                (Field::text("name", "Name").value(&typed.name).required(lang))
                (Field::long_text("address", "Address on receipts").value(&typed.address)
                    .hint("At most four lines of 42 characters"))
                (Field::text("tax_number", "Tax number").value(&typed.tax_number)
                    .hint("Of this store; else the company's stands on receipts"))
                (Field::choice("locale", "Language", &LANGUAGES).value(&typed.locale))
                (Field::text("time_zone", "Time zone").value(&typed.time_zone).required(lang))
                (Field::text("day_end", "Its business day ends at").value(&typed.day_end)
                    .hint("What is sold before counts for the day before: 03:00 for a bar"))
                (Field::long_text("receipt_footer", "Foot of its receipts")
                    .value(&typed.receipt_footer))
            }
        }
    }
}

fn company(typed: &StoreChange, choices: &[Choice<'_>]) -> Markup {
    html! {
        section.panel {
            header { h2 { "Who runs it" } }
            div.stack {
                (Field::choice("entity", "Company", choices).value(&typed.entity))
                (Field::text("number_prefix", "Numbers begin with").value(&typed.number_prefix)
                    .hint("Of its invoices, if not as its company's do: GHE"))
                p.quiet-text {
                    a href="/legal-entities" { "Companies" }
                    ": their names, addresses and tax numbers."
                }
            }
        }
    }
}

fn taxes(typed: &StoreChange, choices: &[Choice<'_>]) -> Markup {
    html! {
        section.panel {
            header { h2 { "Where it is taxed" } }
            div.stack {
                (Field::choice("jurisdiction", "Taxed", choices).value(&typed.jurisdiction))
                p.quiet-text {
                    a href="/jurisdictions" { "Taxes" }
                    ": jurisdictions, whether prices bear their taxes, and rates that are to come."
                }
            }
        }
    }
}

fn place(typed: &StoreChange) -> Markup {
    html! {
        section.panel {
            header { h2 { "Where it is" } }
            div.stack {
                (Field::text("street", "Street and number").value(&typed.street))
                div.filters {
                    (Field::text("postal_code", "Postal code").value(&typed.postal_code))
                    (Field::text("town", "Town").value(&typed.town))
                }
                div.filters {
                    (Field::text("country", "Country").value(&typed.country)
                        .hint("Two letters, such as BE"))
                    (Field::text("phone", "Telephone").value(&typed.phone)
                        .hint("As customers dial it"))
                }
                (Field::text("point", "Degrees north, degrees east").value(&typed.point)
                    .hint("For the nearest store and the map: 51.054342, 3.717424"))
                (Field::text("neighbour_group", "Neighbours").value(&typed.neighbour_group)
                    .hint("Stores with the same word see each other's stock"))
            }
        }
    }
}

fn hours(typed: &StoreChange) -> Markup {
    let values = [
        &typed.hours_monday,
        &typed.hours_tuesday,
        &typed.hours_wednesday,
        &typed.hours_thursday,
        &typed.hours_friday,
        &typed.hours_saturday,
        &typed.hours_sunday,
    ];
    html! {
        section.panel {
            header { h2 { "When it is open" } }
            div.stack {
                div.filters {
                    @for (day, (field, value)) in DAYS.iter().zip(HOURS_FIELDS.iter().zip(values)) {
                        (Field::text(field, day).value(value).placeholder("09:00-18:30 or closed"))
                    }
                }
                (Field::digits("pickup_promise_minutes", "Pickup ready within").unit("minutes")
                    .value(&typed.pickup_promise_minutes)
                    .hint("Of opening time; empty for what the policies say"))
            }
        }
    }
}

/// Answers `POST /stores/{store}/edit`.
pub(super) async fn change(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    Path(store): Path<String>,
    form: CommandForm<StoreChange>,
) -> Result<Response, Problem> {
    let store_id = parse_store(&store)?;
    let back = format!("/stores/{store_id}");
    change_once(&context, &operator, form.key, store_id, form.fields).await?;
    Ok(leave_for(&headers, &back))
}
