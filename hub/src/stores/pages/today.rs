//! The first page: what was sold today, who is connected, the latest receipts.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::Problem;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{Bars, Button, Empty, Icon, Stat, Tone};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::money::Currency;
use counterpart_protocol::time::BusinessDate;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::parts::{money, proof_shown, standing_badge, standing_words};
use crate::context::{Context, business_date};
use crate::exceptions;
use crate::orders;
use crate::sales::{self, DaySum, Proof, Receipt, ReceiptFilter, ReceiptsOf};
use crate::stores::rules::Standing;
use crate::stores::service::{self, STORES, StoreName, StoreView};
use crate::sync::{CONTACT, FACTS};
use crate::users::{OnPage, StoresRead, Watching};
use crate::web::{Page, Screen, console_page, live};

/// Days shown in the plot.
const DAYS: i32 = 14;
/// Receipts shown.
const RECEIPTS: u32 = 8;

/// Everything the page shows.
struct View {
    stores: Vec<StoreView>,
    names: Vec<StoreName>,
    days: Vec<(BusinessDate, i64)>,
    receipts: Vec<Receipt>,
    /// Exceptions that need a person.
    exceptions: i64,
    open_orders: i64,
    late_orders: i64,
    now_ms: i64,
}

fn load(context: &Context, tx: &mut Tx) -> Result<View, DbError> {
    let now_ms = context.now_ms();
    let today = business_date(now_ms, &TimeZone::UTC);
    let near = |days: i32| BusinessDate::from_days(today.days() + days).unwrap_or(today);
    let rows = sales::days_between(tx, near(1 - DAYS), near(1))?;
    let mut days: Vec<(BusinessDate, i64)> = (1 - DAYS..=0).map(|day| (near(day), 0)).collect();
    for row in rows {
        // East of Greenwich it may be tomorrow already: the plot gets that day then.
        if row.business_date > today && days.last().is_some_and(|last| last.0 == today) {
            days.remove(0);
            days.push((row.business_date, 0));
        }
        let day = days.iter_mut().find(|day| day.0 == row.business_date);
        if let Some((_, total)) = day {
            *total = total.saturating_add(row.total_minor);
        }
    }
    let (open_orders, late_orders) = orders::open_and_late(context, tx)?;
    Ok(View {
        exceptions: exceptions::open_count(tx)?,
        open_orders,
        late_orders,
        stores: service::views(context, tx)?,
        names: service::names(context, tx)?,
        days,
        receipts: sales::receipts(tx, &ReceiptFilter::default(), RECEIPTS)?,
        now_ms,
    })
}

/// Answers `GET /`.
pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<StoresRead>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let within = context.clone();
    let view = context.db().read(move |tx| load(&within, tx)).await?;
    let shown = Page {
        title: "Today",
        screen: Screen::Today,
        operator: &operator.name,
        stream: Some("/stream"),
    };
    let body = html! {
        div.console {
            header.page-head {
                h1 { "Today" }
                div.actions {
                    (Button::link("Post a notice", "/notices"))
                    (Button::link("Add a store", "/stores/new").primary().icon(Icon::Plus))
                }
            }
            @for region in regions(context.lang(), &view, version) { (region) }
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

/// Answers `GET /stream`.
pub(super) async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<StoresRead>,
) -> Response {
    live(
        &context,
        viewer,
        [STORES, CONTACT, FACTS],
        |context, version| async move {
            let within = context.clone();
            let view = context.db().read(move |tx| load(&within, tx)).await?;
            Ok::<_, DbError>(regions(context.lang(), &view, version))
        },
    )
}

fn regions(lang: &Lang, view: &View, version: Version) -> Vec<Region> {
    vec![
        Region::new("today-stats", version, stats(lang, view)),
        Region::new("today-stores", version, stores(lang, view)),
        Region::new("today-sales", version, sold(lang, view)),
    ]
}

fn currency(view: &View) -> Currency {
    view.stores
        .first()
        .map_or(Currency::EUR, |store| store.row.identity.currency)
}

fn stats(lang: &Lang, view: &View) -> Markup {
    let sum = view
        .stores
        .iter()
        .fold(DaySum::default(), |sum, store| sum.with(store.today));
    let proof = view
        .stores
        .iter()
        .fold(Proof::default(), |sum, store| Proof {
            issued: sum.issued + store.proof.issued,
            missing: sum.missing + store.proof.missing,
            doubled: sum.doubled + store.proof.doubled,
        });
    let enrolled = view
        .stores
        .iter()
        .filter(|store| store.edge().is_some())
        .count();
    let connected = view
        .stores
        .iter()
        .filter(|store| store.standing(view.now_ms) == Standing::Connected)
        .count();
    let quarantined: i64 = view.stores.iter().map(|store| store.quarantined).sum();
    let lag: i64 = view.stores.iter().map(StoreView::lag).sum();
    let stores_tone = match connected == enrolled {
        true => Tone::Good,
        false => Tone::Waiting,
    };
    let behind = match lag {
        0 => "nothing waits".to_owned(),
        lag => format!("{} records wait", lang.count(lag)),
    };
    let complete = match proof.is_complete() {
        true => (Tone::Good, "0 missing".to_owned()),
        false => (Tone::Bad, format!("{} missing", lang.count(proof.missing))),
    };
    let kept_aside = match quarantined {
        0 => (Tone::Good, "all believed"),
        _ => (Tone::Bad, "look at the store"),
    };
    let total = money(lang, sum.total_minor, currency(view));
    let receipts = lang.count(sum.sales);
    let reporting = format!("{connected} of {enrolled}");
    let aside = lang.count(quarantined);
    html! {
        div.stats {
            (Stat::new("Sales today", &total).note("on each store's own day"))
            (Stat::new("Receipts today", &receipts).state(complete.0, &complete.1).href("/sales"))
            (Stat::new("Stores connected", &reporting).state(stores_tone, &behind)
                .href("/stores"))
            (Stat::new("Records kept aside", &aside).state(kept_aside.0, kept_aside.1))
            (order_stats(lang, view))
        }
    }
}

fn order_stats(lang: &Lang, view: &View) -> Markup {
    let late = match view.late_orders {
        0 => (Tone::Good, "none late".to_owned()),
        late => (Tone::Bad, format!("{} late", lang.count(late))),
    };
    let person = match view.exceptions {
        0 => (Tone::Good, "nothing waits"),
        _ => (Tone::Bad, "needs a person"),
    };
    let (open, exceptions) = (lang.count(view.open_orders), lang.count(view.exceptions));
    html! {
        (Stat::new("Open orders", &open).state(late.0, &late.1).href("/orders?status=open"))
        (Stat::new("Exceptions", &exceptions).state(person.0, person.1).href("/exceptions"))
    }
}

fn stores(lang: &Lang, view: &View) -> Markup {
    html! {
        section.stack aria-label="Stores" {
            h2 { "Stores" }
            @if view.stores.is_empty() {
                div.panel {
                    (Empty::new("No store yet").icon(Icon::Store)
                        .todo("Add the first one, then make its enrolment code and type that at \
                               the store's edge.")
                        .action(html! {
                            (Button::link("Add a store", "/stores/new").primary())
                        }))
                }
            } @else {
                div.cards {
                    @for store in &view.stores { (card(lang, store, view.now_ms)) }
                }
            }
        }
    }
}

fn card(lang: &Lang, store: &StoreView, now_ms: i64) -> Markup {
    let identity = &store.row.identity;
    let (tone, _) = standing_words(lang, store.standing(now_ms));
    let href = format!("/stores/{}", identity.store_id);
    html! {
        article.card id={ "store-" (identity.store_id) } data-tone=(tone.name()) {
            div.card-head {
                h3 { a href=(href) { (identity.name) } }
                (standing_badge(lang, store, now_ms))
            }
            dl.details {
                dt { "Today" }
                dd {
                    (money(lang, store.today.total_minor, identity.currency))
                    " in " (lang.count(store.today.sales)) " receipts"
                }
                dt { "Receipts" } dd { (proof_shown(lang, store.proof)) }
                dt { "Behind" } dd.number { (lang.count(store.lag())) " records" }
            }
        }
    }
}

fn sold(lang: &Lang, view: &View) -> Markup {
    let currency = currency(view);
    let whole = 10_i64.pow(u32::from(currency.decimals()));
    let bars = view
        .days
        .iter()
        .map(|(date, total)| (date.civil().strftime("%-d %b").to_string(), total / whole))
        .collect();
    let title = format!("Sales by day, in {currency}");
    html! {
        div.columns {
            section.panel {
                header { h2 { "Last two weeks" } }
                (Bars::new(lang, &title, bars))
            }
            section.panel {
                header { h2 { "Latest receipts" } }
                (sales::receipt_rows(
                    lang, &view.receipts, &view.names, ReceiptsOf::EveryStore, view.now_ms,
                ))
                @if !view.receipts.is_empty() {
                    p { (Button::link("All receipts", "/sales")) }
                }
            }
        }
    }
}
