//! Receipts of other stores at the desk: the form that asks for the right to refund one, and what
//! became of each ask, with its age while nobody answered.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Field, Icon, Row, Table, Tone, badge, command_id,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{RegisterId, StoreId};
use counterpart_protocol::returns::WhyNotPassed;
use maud::{Markup, html};

use super::fresh;
use crate::context::Context;
use crate::reference;
use crate::returns::service::returns_path;
use crate::returns::store::{self, Answer, Ask};
use crate::web::status_bar;

/// Asks shown at the desk.
const SHOWN: u32 = 10;

/// What the desk knows of other stores.
pub(super) struct Others {
    stores: Vec<(StoreId, String)>,
    asks: Vec<Ask>,
}

/// Reads what the desk shows of other stores.
pub(super) async fn others(ctx: &Context) -> Result<Others, DbError> {
    let here = ctx.profile().store_id.clone();
    let own = ctx.profile().name.clone();
    let read = move |tx: &mut counterpart_daemon::db::Tx| {
        let asks = store::asks(tx, SHOWN)?;
        let mut stores = reference::stores_nearby(tx)?;
        // A sale of this store's own whose right went to another is asked back here too.
        stores.push((here, own));
        Ok::<_, DbError>(Others { stores, asks })
    };
    ctx.db().read(read).await
}

/// Draws the form that asks, and what became of each ask.
pub(super) fn panel(
    ctx: &Context,
    register: RegisterId,
    version: Version,
    others: &Others,
) -> Markup {
    let lang = ctx.lang();
    let offered = others.stores.iter();
    let choices = offered.map(|(id, name)| Choice {
        value: id.as_str(),
        label: name,
    });
    let choices: Vec<Choice<'_>> = choices.collect();
    let [title, hint, which, receipt, ask] = ["title", "hint", "store", "receipt", "ask"]
        .map(|word| lang.word(&format!("rights-{word}")));
    html! {
        section.panel {
            header { h2 { (title) } }
            p.quiet-text { (hint) }
            form.filters method="post" action={ (returns_path(register)) "/ask" } data-live {
                (command_id(&fresh(ctx)))
                (Field::choice("store", &which, &choices))
                (Field::text("receipt", &receipt).placeholder("1-1-000042").required(&lang))
                (Button::submit(&ask))
            }
            (asks(ctx, &lang, register, version, others))
        }
    }
}

/// Renders what became of each ask for the open desk.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn asks_regions(
    ctx: &Context,
    register: RegisterId,
    version: Version,
) -> Result<Vec<Region>, DbError> {
    let others = others(ctx).await?;
    Ok(vec![
        asks(ctx, &ctx.lang(), register, version, &others),
        status_bar(ctx, version, Some(register)).await?,
    ])
}

fn asks(
    ctx: &Context,
    lang: &Lang,
    register: RegisterId,
    version: Version,
    others: &Others,
) -> Region {
    let labels =
        ["store", "receipt", "asked", "state"].map(|it| lang.word(&format!("rights-{it}")));
    let [store, receipt, asked, state] = labels.each_ref().map(String::as_str);
    let columns = [
        Column::words(store),
        Column::words(receipt),
        Column::words(asked),
        Column::words(state),
    ];
    let zone = ctx.profile().time_zone.clone();
    let rows = others.asks.iter().map(|ask| {
        let found = others.stores.iter().find(|(id, _)| *id == ask.store);
        let name = found.map_or_else(|| ask.store.to_string(), |(_, name)| name.clone());
        let cells = vec![
            html! { (name) },
            html! { span.number { (ask.receipt) } },
            html! { (lang.date_time(ask.asked_at_ms, &zone)) },
            answer(ctx, lang, register, ask),
        ];
        Row::new(format!("ask-{}", ask.ask), cells)
    });
    if others.asks.is_empty() {
        return Region::new("asks", version, html! {});
    }
    let title = lang.word("rights-title");
    let table = Table::new(&title, &columns, rows.collect());
    Region::new("asks", version, html! { (table) })
}

fn answer(ctx: &Context, lang: &Lang, register: RegisterId, ask: &Ask) -> Markup {
    match ask.answer {
        Answer::NotYet => {
            let minutes = ctx.now_ms().saturating_sub(ask.asked_at_ms).max(0) / 60_000;
            let waits = lang.t("rights-waits", &[("minutes", minutes.into())]);
            html! { (badge(Tone::Busy, &waits)) }
        }
        Answer::Granted(sale_id) => {
            let path = format!("{}/of/{sale_id}", returns_path(register));
            html! { (Button::link(&lang.word("returns-open"), &path).icon(Icon::Check)) }
        }
        Answer::Refused(why) => {
            let word = match why {
                WhyNotPassed::UnknownStore => "rights-unknown-store",
                WhyNotPassed::UnknownReceipt => "rights-unknown-receipt",
                WhyNotPassed::HeldThere => "rights-held-there",
            };
            html! { (badge(Tone::Bad, &lang.word(word))) }
        }
    }
}
