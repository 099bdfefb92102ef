//! The pages of gift cards and credits: what is owed, and one card with every fact that moved it.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Form, Path, Problem, Query, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::parts::{
    Button, Column, Emphasis, Empty, Field, Icon, Row, Stat, Table, Tone, badge, command_id,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::StoredId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::stored::StoredKind;
use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use serde::Deserialize;
use ulid::Ulid;

use super::http::{Asked, Change, change_once, view_of};
use super::rules::Card;
use super::service::{self, Overview, StoredFailed, View};
use super::store::Moved;
use crate::context::Context;
use crate::users::{ExceptionsWrite, OnPage, SalesRead};
use crate::web::{CommandForm, Page, Screen, console_page, moment};

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/stored", get(page))
        .route("/stored/find", post(find))
        .route("/stored/{card_id}", get(one).post(change))
}

async fn page(
    State(context): State<Context>,
    operator: OnPage<SalesRead>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let within = context.clone();
    let last_four = asked.last_four.clone();
    let read = context
        .db()
        .read(move |tx| service::overview(&within, tx, last_four.as_deref()));
    let read = read
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    let lang = context.lang();
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Gift cards and credit" }
                div.actions { (Button::link("Receipts", "/sales").icon(Icon::Back)) }
            }
            div.stats {
                @for owed in &read.owed {
                    @let currency = owed.currency.parse().ok();
                    (Stat::new(
                        &format!("Owed in {}, cards: {}", owed.currency, owed.cards),
                        &money(lang, currency, owed.owed_minor),
                    ))
                    @if owed.over_minor > 0 {
                        (Stat::new("Redeemed over", &money(lang, currency, owed.over_minor)))
                    }
                }
            }
            div.columns {
                section.panel {
                    form.stack method="post" action="/stored/find" {
                        (Field::text("number", "Find a card by its number").required(lang)
                            .hint("GC or SC and 19 digits, as on its paper"))
                        (Button::submit("Find").icon(Icon::Search).primary())
                    }
                }
                section.panel {
                    form.stack method="get" action="/stored" {
                        (Field::text("last_four", "Or by the last four digits")
                            .value(asked.last_four.as_deref().unwrap_or_default())
                            .hint("A receipt shows them"))
                        (Button::submit("List").icon(Icon::Search))
                    }
                }
            }
            div.panel { (cards(lang, &read)) }
        }
    };
    let shown = Page {
        title: "Gift cards and credit",
        screen: Screen::Sales,
        operator: &operator.name,
        stream: None,
    };
    Ok(console_page(lang, shown, body))
}

fn cards(lang: &Lang, read: &Overview) -> Markup {
    let columns = [
        Column::words("Card"),
        Column::words("What"),
        Column::numbers("On it"),
        Column::words("Last moved"),
    ];
    let rows = read.cards.iter().map(|card| {
        let address = format!("/stored/{}", card.card.id);
        let cells = vec![
            html! { a href=(address) { "…" (card.card.last_four) } },
            html! { (kind_name(card.card.kind)) },
            html! { (balance(lang, card)) },
            html! { time { (moment(lang, card.moved_at_ms, read.now_ms, &TimeZone::UTC)) } },
        ];
        Row::new(format!("card-{}", card.card.id), cells)
    });
    let empty = Empty::new("No card has moved yet")
        .icon(Icon::Receipt)
        .todo("A card appears here once a store has sold it, or given credit for a return.");
    Table::new("Cards", &columns, rows.collect())
        .empty(empty)
        .render()
}

fn balance(lang: &Lang, card: &Card) -> Markup {
    let amount = money(lang, Some(card.currency), card.balance_minor.0);
    html! {
        @if card.balance_minor < Minor::ZERO { (badge(Tone::Bad, &amount)) } @else { (amount) }
    }
}

const fn kind_name(kind: StoredKind) -> &'static str {
    match kind {
        StoredKind::GiftCard => "Gift card",
        StoredKind::StoreCredit => "Store credit",
    }
}

fn money(lang: &Lang, currency: Option<Currency>, minor: i64) -> String {
    let (code, decimals) = currency
        .as_ref()
        .map_or(("", 2), |it| (it.code(), it.decimals()));
    lang.money(minor, code, decimals)
}

#[derive(Debug, Deserialize)]
struct FindForm {
    #[serde(default)]
    number: String,
}

/// Leads to the card with a number; the number is in no address.
async fn find(
    State(context): State<Context>,
    _: OnPage<SalesRead>,
    headers: HeaderMap,
    Form(form): Form<FindForm>,
) -> Result<Response, Problem> {
    let read = context.db().read(move |tx| service::find(tx, &form.number));
    let id = read
        .await
        .map_err(|failed: StoredFailed| failed.to_problem())?;
    Ok(leave_for(&headers, &format!("/stored/{id}")))
}

async fn one(
    State(context): State<Context>,
    operator: OnPage<SalesRead>,
    Path(card_id): Path<StoredId>,
) -> Result<Response, Problem> {
    let view = view_of(&context, card_id).await?;
    let lang = context.lang();
    let card = &view.card;
    let title = format!("{} …{}", kind_name(card.card.kind), card.card.last_four);
    let body = html! {
        div.console {
            header.page-head {
                h1 { (title) }
                div.actions { (Button::link("All cards", "/stored").icon(Icon::Back)) }
            }
            div.stats {
                (Stat::new("On it", &money(lang, Some(card.currency), card.balance_minor.0)))
                @if view.held_minor > Minor::ZERO {
                    (Stat::new(
                        "Held back for sales being paid",
                        &money(lang, Some(card.currency), view.held_minor.0),
                    ))
                }
            }
            @if card.balance_minor < Minor::ZERO {
                p { (badge(Tone::Bad, "more was redeemed than was on it")) " "
                    a href="/exceptions?rule=over_redeem" { "Settle it" } }
            }
            (block_form(&context, &view))
            div.panel { (moves(lang, &view)) }
        }
    };
    let shown = Page {
        title: &title,
        screen: Screen::Sales,
        operator: &operator.name,
        stream: None,
    };
    Ok(console_page(lang, shown, body))
}

fn block_form(context: &Context, view: &View) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let address = format!("/stored/{}", view.card.card.id);
    let lang = context.lang();
    html! {
        form.row method="post" action=(address) data-live {
            (command_id(&fresh_id))
            @if let Some((by, at_ms)) = &view.blocked {
                p {
                    (badge(Tone::Bad, "blocked")) " by " (by) ", "
                    (moment(lang, *at_ms, view.now_ms, &TimeZone::UTC))
                }
                (Button::submit_as("Let it pay again", "does", "unblock"))
            } @else {
                p { "Was it lost or stolen? Nothing is paid with a blocked card." }
                (Button::submit_as("Block the card", "does", "block")
                    .emphasis(Emphasis::Primary))
            }
        }
    }
}

fn moves(lang: &Lang, view: &View) -> Markup {
    let columns = [
        Column::words("When"),
        Column::words("What"),
        Column::words("Store"),
        Column::numbers("Amount"),
        Column::words("Receipt"),
    ];
    let rows = (1..).zip(&view.moves).map(|(place, moved)| {
        let store = view
            .stores
            .iter()
            .find(|store| store.edges.contains(&moved.edge));
        let zone = store.map_or(TimeZone::UTC, |store| store.zone.clone());
        let cells = vec![
            html! { time { (moment(lang, moved.at_ms, view.now_ms, &zone)) } },
            html! { (why_words(moved)) },
            html! { (store.map_or("–", |store| store.name.as_str())) },
            html! { (money(lang, Some(view.card.currency), moved.amount_minor.0)) },
            html! {
                @if let Some(sale_id) = moved.sale_id { a href={ "/sales/" (sale_id) } { "Show" } }
            },
        ];
        Row::new(format!("move-{place}"), cells)
    });
    Table::new("What makes the balance", &columns, rows.collect()).render()
}

fn why_words(moved: &Moved) -> &'static str {
    match moved.why.as_str() {
        "sold" => "Put on it",
        "redeemed" => "Redeemed",
        _ => "For goods that came back",
    }
}

#[derive(Debug, Deserialize)]
struct ChangeFields {
    does: Change,
}

async fn change(
    State(context): State<Context>,
    operator: OnPage<ExceptionsWrite>,
    Path(card_id): Path<StoredId>,
    headers: HeaderMap,
    form: CommandForm<ChangeFields>,
) -> Result<Response, Problem> {
    change_once(&context, &operator, form.key, (card_id, form.fields.does)).await?;
    Ok(leave_for(&headers, &format!("/stored/{card_id}")))
}
