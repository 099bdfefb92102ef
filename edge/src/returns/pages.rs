//! How taking back looks: the desk where a receipt is typed or scanned, the lines of its sale, and
//! what goes back in large type. Markup from views, no decision.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Column, Emphasis, Empty, Field, Icon, Row, Table, command_id, paper,
};
use counterpart_daemon::web::shell::{Density, ScanTarget, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{CommandId, ReturnId, SaleId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::Disposition;
use counterpart_protocol::sales::{Tender, TenderKind};
use counterpart_protocol::staff::Role;
use maud::{Markup, PreEscaped, Render, html};

mod cards;
mod lines;
mod provisional;
mod rights;

pub(crate) use cards::card_regions;
pub(crate) use provisional::{counted_region, proven};
pub(crate) use rights::asks_regions;

use super::receipt::{ReturnReceipt, return_receipt};
use super::rules::{Brought, Refund, ReturnReason};
use super::service::{self, ReturnError, returns_path};
use super::store::{self, Returned};
use crate::context::Context;
use crate::staff::{self, Person};
use crate::web::{self, Screen};

/// Returns shown at the desk.
const LATEST: u32 = 20;
/// Characters on a line of the preview: 80 mm paper, narrow.
const COLUMNS: usize = 42;

/// Makes the page on which a receipt is typed or scanned.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn desk(ctx: &Context, person: &Person) -> Result<Markup, DbError> {
    let lang = ctx.lang();
    let here = returns_path(person.register);
    let latest = ctx.db().read(|tx| store::latest(tx, LATEST)).await?;
    let others = rights::others(ctx).await?;
    let (receipt, find) = (lang.word("returns-receipt"), lang.word("returns-find"));
    let body = html! {
        div.console {
            div.page-head { h1 { (lang.word("returns-title")) } }
            section.panel {
                form.filters method="post" action={ (here) "/find" } data-live {
                    (Field::text("receipt", &receipt).hint(&lang.word("returns-receipt-hint"))
                        .placeholder("1-1-000042").required(&lang))
                    (Button::submit(&find).icon(Icon::Search).primary())
                }
            }
            (rights::panel(ctx, person.register, ctx.live().version(), &others))
            section.panel {
                header { h2 { (lang.word("returns-latest")) } }
                (latest_table(ctx, &lang, person, &latest))
            }
        }
    };
    let stream = format!("{here}/stream");
    framed(ctx, person, Some(&stream), body).await
}

fn latest_table(ctx: &Context, lang: &Lang, person: &Person, latest: &[Returned]) -> Markup {
    let title = lang.word("returns-latest");
    let labels = ["number", "of", "at", "total"].map(|word| lang.word(&format!("returns-{word}")));
    let [number, of, at, total] = labels.each_ref().map(String::as_str);
    let columns = [
        Column::words(number),
        Column::words(of),
        Column::words(at),
        Column::numbers(total),
    ];
    let zone = ctx.profile().time_zone.clone();
    let rows = latest.iter().map(|returned| {
        let recorded = &returned.recorded;
        let path = format!(
            "{}/done/{}",
            returns_path(person.register),
            recorded.return_id
        );
        let cells = vec![
            html! { a href=(path) { (recorded.number) } },
            html! { (recorded.receipt) },
            html! { (lang.date_time(returned.at_ms, &zone)) },
            html! { (money(lang, recorded.currency, recorded.total_minor)) },
        ];
        Row::new(format!("return-{}", recorded.return_id), cells)
    });
    let none = lang.word("returns-none");
    Table::new(&title, &columns, rows.collect())
        .empty(Empty::new(&none).icon(Icon::Receipt))
        .render()
}

/// Makes the page of a sale of which something comes back.
///
/// # Errors
///
/// [`ReturnError::NoSuchSale`]; those of the database.
pub(crate) async fn sale(
    ctx: &Context,
    person: &Person,
    sale_id: SaleId,
) -> Result<Markup, ReturnError> {
    let context = ctx.clone();
    let found = ctx
        .db()
        .read(move |tx| service::returnable(&context, tx, sale_id))
        .await?;
    let lang = ctx.lang();
    let sale = &found.sold.sale;
    let back = returns_path(person.register);
    let here = format!("{back}/of/{sale_id}");
    let version = ctx.live().version();
    let (waiting, waits) = cards::region(ctx, person, sale_id, version).await?;
    let by_card = sale.given_minor(TenderKind::Card) > Minor::ZERO;
    let when = lang.date_time(found.sold.sold_at_ms, &ctx.profile().time_zone);
    let asks = [Operation::ReturnGoods, Operation::Exchange]
        .into_iter()
        .any(|it| staff::needs_manager(&person.gates, it));
    let asks = asks || person.role != Role::Manager;
    let body = html! {
        div.console {
            div.page-head {
                h1 { (lang.word("returns-title")) " · " (sale.receipt) }
                div.actions { (Button::link(&lang.word("returns-back"), &back).icon(Icon::Back)) }
            }
            p.quiet-text {
                (when) " · " (money(&lang, sale.currency, sale.total_minor))
            }
            (waiting)
            @if waits {
            } @else if found.lines.iter().all(|line| line.left_milli == Milli::ZERO) {
                (Empty::new(&lang.word("returns-all-back")).icon(Icon::Check))
            } @else {
                form.stack #return-form method="post" action=(here) data-live {
                    (command_id(&fresh(ctx)))
                    section.panel { (lines::lines(&lang, sale.currency, &found.lines)) }
                    (refund(version, &lang, None))
                    @if asks {
                        (Field::pin("pin", &lang.word("pickup-manager-pin"))
                            .hint(&lang.word("returns-pin-hint")))
                    }
                    div.row {
                        (Button::submit_as(&lang.word("returns-count"), "does", "count"))
                        (Button::submit_as(&lang.word("returns-do"), "does", "give").primary()
                            .icon(Icon::Drawer).key("F9"))
                        (Button::submit_as(&lang.word("exchange-begin"), "does", "exchange"))
                        (Button::submit_as(&lang.word("stored-as-credit"), "does", "credit"))
                        @if by_card {
                            (Button::submit_as(&lang.word("returns-in-cash"), "does", "cash"))
                        }
                    }
                }
            }
            @for returned in &found.returns {
                @let path = format!("{back}/done/{}", returned.recorded.return_id);
                p {
                    (lang.word("returns-earlier")) " "
                    a href=(path) { (returned.recorded.number) } " · "
                    (money(&lang, sale.currency, returned.recorded.total_minor))
                }
            }
        }
    };
    let stream = format!("{here}/stream");
    Ok(framed(ctx, person, Some(&stream), body).await?)
}

/// Renders what goes back for what is typed, before anything comes back.
///
/// # Errors
///
/// [`ReturnError`], as the return itself would be refused.
pub(crate) async fn refund_region(
    ctx: &Context,
    person: &Person,
    sale_id: SaleId,
    brought: Vec<Brought>,
) -> Result<Region, ReturnError> {
    let context = ctx.clone();
    let counted = ctx
        .db()
        .read(move |tx| service::counted(&context, tx, sale_id, &brought));
    let (sold, counted) = counted.await?;
    tracing::debug!(register.id = person.register.0, "a return was counted");
    let shown = Some((sold.sale.currency, &counted));
    Ok(refund(ctx.live().version(), &ctx.lang(), shown))
}

fn refund(version: Version, lang: &Lang, counted: Option<(Currency, &Refund)>) -> Region {
    let markup = html! {
        @if let Some((currency, counted)) = counted {
            div.change {
                h2 { (lang.word("returns-goes-back")) }
                output { (money(lang, currency, counted.total_minor)) }
            }
        }
    };
    Region::new("refund", version, markup)
}

/// Makes the page of a return: what goes back in large type, and its receipt as it is printed.
///
/// # Errors
///
/// [`ReturnError::NoSuchReturn`]; those of the database.
pub(crate) async fn done(
    ctx: &Context,
    person: &Person,
    return_id: ReturnId,
) -> Result<Markup, ReturnError> {
    let taken = ctx.db().read(move |tx| service::taken(tx, return_id));
    let (returned, by, sold_at_ms) = taken.await?;
    let (lang, recorded) = (ctx.lang(), &returned.recorded);
    let document = return_receipt(&ReturnReceipt {
        profile: &ctx.profile(),
        locale: lang.locale(),
        recorded,
        sold_at_ms,
        at_ms: returned.at_ms,
        register: person.register,
        by: by.as_deref(),
    });
    let preview = PreEscaped(counterpart_paper::svg(&document, COLUMNS));
    // What counted for goods that went out was not given back.
    let exchanged = Tender::sum_of(&recorded.tenders, TenderKind::Exchanged);
    let given_minor = Minor(recorded.total_minor.0.saturating_sub(exchanged.0));
    let desk = returns_path(person.register);
    let till = format!("/register/{}", person.register);
    let body = html! {
        div.paid {
            div.stack {
                div.change {
                    h1 { (lang.word("returns-give-back")) }
                    output { (money(&lang, recorded.currency, given_minor)) }
                    @if recorded.rounded_minor() != Minor::ZERO {
                        @let amount = money(&lang, recorded.currency, recorded.cash_minor());
                        @let by = money(&lang, recorded.currency, recorded.rounded_minor());
                        p.rounded {
                            (lang.t("money-in-cash", &[
                                ("amount", amount.as_str().into()),
                                ("by", by.as_str().into()),
                            ]))
                        }
                    }
                }
                p { (lang.word("returns-number")) " " strong.number { (recorded.number) } }
                @if let Some(provisional) = &recorded.provisional {
                    p { (provisional::mark(&lang, &provisional.sold_by)) }
                }
                div.row {
                    (Button::link(&lang.word("returns-next"), &desk).icon(Icon::Receipt))
                    (Button::link(&lang.word("returns-till"), &till).primary()
                        .emphasis(Emphasis::Primary).key("F9"))
                }
            }
            (paper(&lang, preview))
        }
    };
    Ok(framed(ctx, person, None, body).await?)
}

async fn framed(
    ctx: &Context,
    person: &Person,
    stream: Option<&str>,
    body: Markup,
) -> Result<Markup, DbError> {
    let (register, lang) = (person.register, ctx.lang());
    let title = lang.word("returns-title");
    let here = returns_path(register);
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    // A receipt that is scanned on any of these pages is looked for.
    let scan = ScanTarget {
        post_to: format!("{here}/find"),
        prefix: None,
    };
    let screen = Screen {
        title: &title,
        current: "/sales",
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream,
        scan: Some(&scan),
    };
    web::page(ctx, ctx.live().version(), &screen, body).await
}

fn money(lang: &Lang, currency: Currency, minor: Minor) -> String {
    lang.money(minor.0, currency.code(), currency.decimals())
}

fn reason_word(lang: &Lang, reason: ReturnReason) -> String {
    lang.word(&format!(
        "returns-reason-{}",
        reason.word().replace('_', "-")
    ))
}

fn disposition_word(lang: &Lang, disposition: Disposition) -> String {
    lang.word(&format!(
        "returns-to-{}",
        disposition.word().replace('_', "-")
    ))
}

fn fresh(ctx: &Context) -> String {
    let (at_ms, random) = ctx.new_ulid();
    CommandId::from_parts(at_ms, random).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use counterpart_daemon::web::text::{Lang, Locale, Texts};
    use counterpart_protocol::returns::Disposition;

    use super::{ReturnReason, disposition_word, reason_word};

    #[test]
    fn everything_that_can_be_chosen_has_its_words_in_every_language() {
        let words = [
            (Locale::En, include_str!("../../locales/en/returns.ftl")),
            (Locale::De, include_str!("../../locales/de/returns.ftl")),
            (Locale::Fr, include_str!("../../locales/fr/returns.ftl")),
        ];
        for (locale, text) in words {
            let texts = Arc::new(Texts::new(&[(locale, &[text])]).unwrap());
            let lang = Lang::new(texts, locale);
            let reasons = ReturnReason::ALL.map(|it| reason_word(&lang, it));
            let places = Disposition::ALL.map(|it| disposition_word(&lang, it));
            for word in reasons.iter().chain(&places) {
                assert!(!word.contains("returns-"), "{word}");
            }
        }
    }
}
