//! One store: how it stands, what its receipts prove, its people, edges and codes.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::replica::{Direction, Quarantined};
use counterpart_daemon::web::live::{Region, Version, respond};
use counterpart_daemon::web::parts::{Button, ProblemView, Stat, Tone};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::StoreId;
use maud::{Markup, html};

use super::inside::{code_form, codes, edges, people};
use super::parts::{money, proof_words, standing_badge, standing_words};
use crate::context::Context;
use crate::sales::{self, InvoiceSeries, Receipt, ReceiptFilter, ReceiptsOf, SeriesRow};
use crate::stores::http::parse_store;
use crate::stores::service::{self, STORES, StoreFailed, StoreName, StoreView};
use crate::stores::store::{self, CodeRow, MemberRow};
use crate::sync::{CONTACT, FACTS};
use crate::users::{OnPage, StoresRead, Watching};
use crate::web::{Page, Screen, console_page, live, stat_age};

/// Receipts shown.
const RECEIPTS: u32 = 8;
/// Records kept aside that are shown.
const QUARANTINED: usize = 20;

/// Everything the page shows.
pub(super) struct View {
    pub(super) store: StoreView,
    names: Vec<StoreName>,
    series: Vec<SeriesRow>,
    invoices: Vec<InvoiceSeries>,
    receipts: Vec<Receipt>,
    pub(super) members: Vec<MemberRow>,
    pub(super) codes: Vec<CodeRow>,
    quarantined: Vec<Quarantined>,
    pub(super) now_ms: i64,
}

fn load(context: &Context, tx: &mut Tx, store_id: &StoreId) -> Result<View, StoreFailed> {
    let views = service::views(context, tx)?;
    let found = views
        .into_iter()
        .find(|view| view.row.identity.store_id == *store_id);
    let store = found.ok_or_else(|| StoreFailed::Unknown(store_id.clone()))?;
    let edges: Vec<_> = store.edges.iter().map(|edge| edge.number).collect();
    let mut series = sales::series(tx)?;
    series.retain(|row| edges.contains(&row.edge));
    let mut invoices = sales::invoice_series(tx)?;
    invoices.retain(|row| edges.contains(&row.edge));
    let mut quarantined = context.replica().quarantined(tx, 1_000)?;
    quarantined.retain(|row| row.direction == Direction::In && edges.contains(&row.peer));
    quarantined.truncate(QUARANTINED);
    let receipts = match edges.is_empty() {
        true => Vec::new(),
        false => {
            let filter = ReceiptFilter {
                edges: Some(edges),
                ..ReceiptFilter::default()
            };
            sales::receipts(tx, &filter, RECEIPTS)?
        }
    };
    let mut members = store::members(tx, store_id)?;
    members.sort_by(|a, b| a.member.name.cmp(&b.member.name));
    Ok(View {
        names: service::names(context, tx)?,
        members,
        codes: store::codes(tx, store_id)?,
        store,
        series,
        invoices,
        receipts,
        quarantined,
        now_ms: context.now_ms(),
    })
}

async fn view_of(context: &Context, store: &str) -> Result<View, Problem> {
    let (within, store_id) = (context.clone(), parse_store(store)?);
    let view = context.db().read(move |tx| load(&within, tx, &store_id));
    Ok(view.await?)
}

/// Answers `GET /stores/{store}`.
pub(super) async fn page(
    State(context): State<Context>,
    operator: OnPage<StoresRead>,
    Path(store): Path<String>,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let view = view_of(&context, &store).await?;
    let identity = &view.store.row.identity;
    let stream = format!("/stores/{}/stream", identity.store_id);
    let shown = Page {
        title: &identity.name,
        screen: Screen::Stores,
        operator: &operator.name,
        stream: Some(&stream),
    };
    let [head, standing, receipts, people, who, edges, codes] = regions(&context, &view, version);
    let body = html! {
        div.console {
            (head)
            (standing)
            div.columns {
                div.stack { (receipts) (people) }
                div.stack {
                    (who)
                    (edges)
                    section.panel {
                        header { h2 { "Enrolment codes" } }
                        div.stack {
                            (codes)
                            (code_form(&context, &identity.store_id))
                            (Region::new("new-code", version, html! {}))
                        }
                    }
                }
            }
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

/// Answers `GET /stores/{store}/stream`.
pub(super) async fn stream(
    State(context): State<Context>,
    Watching { viewer, .. }: Watching<StoresRead>,
    Path(store): Path<String>,
) -> Result<Response, Problem> {
    let store_id = parse_store(&store)?;
    let answer = live(
        &context,
        viewer,
        [STORES, CONTACT, FACTS],
        move |context, version| {
            let store_id = store_id.clone();
            async move {
                let within = context.clone();
                let view = context
                    .db()
                    .read(move |tx| load(&within, tx, &store_id))
                    .await?;
                Ok::<_, StoreFailed>(regions(&context, &view, version).to_vec())
            }
        },
    );
    Ok(answer)
}

/// Answers a post about the store with what it shows now.
pub(super) async fn answer(
    context: &Context,
    headers: &HeaderMap,
    back: &str,
    store: &str,
) -> Result<Response, Problem> {
    let version = context.live().version();
    let view = view_of(context, store).await?;
    Ok(respond(
        headers,
        back,
        regions(context, &view, version).to_vec(),
    ))
}

fn regions(context: &Context, view: &View, version: Version) -> [Region; 7] {
    let lang = context.lang();
    [
        Region::new("store-head", version, head(lang, view)),
        Region::new("store-standing", version, standing(lang, view)),
        Region::new("store-receipts", version, receipts(lang, view)),
        Region::new("store-people", version, people(context, view)),
        Region::new("store-who", version, who(lang, view)),
        Region::new("store-edges", version, edges(context, view)),
        Region::new("store-codes", version, codes(lang, view)),
    ]
}

fn head(lang: &Lang, view: &View) -> Markup {
    let identity = &view.store.row.identity;
    let stock = format!("/stock?store={}", identity.store_id);
    let refused = view.store.edge().and_then(|edge| edge.refused.as_ref());
    html! {
        header.page-head {
            div.row {
                h1 { (identity.name) }
                (standing_badge(lang, &view.store, view.now_ms))
            }
            div.actions {
                (Button::link("Stock", &stock))
                (Button::link("Receipts", &format!("/sales?store={}", identity.store_id)))
                (Button::link("Days", &format!("/days?store={}", identity.store_id)))
                (Button::link("Tills", &format!("/tills?store={}", identity.store_id)))
                (Button::link("Change", &format!("/stores/{}/edit", identity.store_id)))
            }
        }
        @if let Some(refused) = refused {
            (ProblemView::new(lang, "The hub does not go on with this store's edge")
                .why(&refused.because))
        }
    }
}

fn standing(lang: &Lang, view: &View) -> Markup {
    let (store, now_ms) = (&view.store, view.now_ms);
    let (tone, words) = standing_words(lang, store.standing(now_ms));
    let total = money(lang, store.today.total_minor, store.row.identity.currency);
    let receipts = lang.count(store.today.sales);
    let behind = lang.count(store.lag());
    let heard = stat_age(lang, store.seen.age_ms(now_ms));
    let proof = proof_words(lang, store.proof);
    let day = store.business_date.to_string();
    html! {
        div.stats {
            (Stat::new("Sales today", &total).note(&day))
            (Stat::new("Receipts today", &receipts).state(proof.0, &proof.1))
            (Stat::new("Last heard", &heard).state(tone, &words))
            (Stat::new("Behind", &behind).note("records on their way"))
            @if store.unsigned > 0 {
                (Stat::new("Receipts without signature", &lang.count(store.unsigned))
                    .state(Tone::Bad, "signing device failed")
                    .note("signed by themselves when it works"))
            }
        }
    }
}

fn receipts(lang: &Lang, view: &View) -> Markup {
    let (of, now_ms) = (ReceiptsOf::OneStore, view.now_ms);
    html! {
        section.panel {
            header { h2 { "Receipts" } }
            @if !view.series.is_empty() || !view.invoices.is_empty() {
                dl.details {
                    @for row in &view.series {
                        dt { "Register " (row.register) ", series " (row.series) }
                        dd { (series_words(lang, (row.highest, row.arrived, row.doubled))) }
                    }
                    @for row in &view.invoices {
                        dt { "Invoices, series " (row.edge) "." (row.series) }
                        dd { (series_words(lang, (row.highest, row.arrived, row.doubled))) }
                    }
                }
            }
            (sales::receipt_rows(lang, &view.receipts, &view.names, of, now_ms))
        }
    }
}

/// Says what the numbers of a series prove: `1–48 arrived, 0 missing`.
fn series_words(lang: &Lang, (highest, arrived, doubled): (i64, i64, i64)) -> String {
    let missing = lang.count(highest - arrived);
    let words = format!("1–{} arrived, {missing} missing", lang.count(highest));
    match doubled {
        0 => words,
        doubled => format!("{words}, {} doubled", lang.count(doubled)),
    }
}

fn who(lang: &Lang, view: &View) -> Markup {
    html! {
        section.panel {
            header { h2 { "Who it is" } }
            (identity_list(lang, view))
        }
        (kept_aside(lang, view))
    }
}

fn identity_list(lang: &Lang, view: &View) -> Markup {
    let identity = &view.store.row.identity;
    html! {
        dl.details {
            dt { "Short name" } dd.code { (identity.store_id) }
            dt { "Address" }
            dd {
                @for (at, line) in identity.address_lines.iter().enumerate() {
                    @if at > 0 { br; }
                    (line)
                }
                @if identity.address_lines.is_empty() { "–" }
            }
            dt { "Currency" } dd { (identity.currency) }
            dt { "Time zone" }
            dd { (identity.time_zone) ", now " (lang.time(view.now_ms, &view.store.zone)) }
            dt { "Language" } dd { (identity.locale) }
            dt { "Tax number" } dd { (identity.tax_number.as_deref().unwrap_or("–")) }
            (super::details::list(&identity.details))
        }
    }
}

fn kept_aside(lang: &Lang, view: &View) -> Markup {
    html! {
        @if view.store.quarantined > 0 {
            section.panel {
                header { h2 { "Records kept aside" } }
                p {
                    "These could not be believed; everything else goes on. Their bytes are kept \
                     for whoever looks after the program."
                }
                ol.timeline {
                    @for row in &view.quarantined {
                        li id={ "aside-" (row.peer) "-" (row.feed) "-" (row.seq) } {
                            time { (lang.age(view.now_ms - row.noticed_at_ms)) }
                            div {
                                p.strong-text { "Edge " (row.peer) ", record " (row.seq) }
                                p.quiet-text { (row.reason) }
                            }
                        }
                    }
                }
            }
        }
    }
}
