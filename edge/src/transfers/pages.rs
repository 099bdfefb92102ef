//! The pages of transfers: what leaves and what comes, and one parcel as it is packed or counted.

mod one;

pub(super) use one::{one, one_live, one_region};

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, Icon, Row, Table, Tone, badge, command_id,
};
use counterpart_daemon::web::shell::{Density, ScanTarget, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::CommandId;
use maud::{Markup, html};

use super::service::{self, ListView, State, TransferView};
use crate::context::Context;
use crate::staff::Person;
use crate::web::{self, Screen, status_bar};

/// Makes the page of every transfer.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn list(ctx: &Context, person: &Person) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let lang = ctx.lang();
    let view = read(ctx).await?;
    let stores: Vec<(String, String)> = view
        .stores
        .iter()
        .map(|store| (store.store_id.to_string(), store.name.clone()))
        .collect();
    let choices: Vec<Choice<'_>> = stores
        .iter()
        .map(|(id, name)| Choice {
            value: id,
            label: name,
        })
        .collect();
    let title = lang.word("transfer-title");
    let body = html! {
        div.console {
            div.page-head {
                h1 { (title) }
                div.actions {
                    (Button::link(&lang.word("edge-nav-stock"), "/stock").icon(Icon::Back))
                }
            }
            @if choices.is_empty() {
                p { (lang.word("transfer-no-stores")) }
            } @else {
                form.filters method="post" action="/transfers" data-live {
                    (command_id(&fresh_id(ctx)))
                    (Field::choice("to", &lang.word("transfer-to"), &choices))
                    (Button::submit(&lang.word("transfer-begin")).primary().icon(Icon::Box))
                }
            }
            (list_region(ctx, &lang, version, &view))
        }
    };
    framed(
        ctx,
        person,
        version,
        (&title, "/transfers/stream", None),
        body,
    )
    .await
}

/// Renders what changes on the page of every transfer.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn list_live(
    ctx: &Context,
    person: &Person,
    version: Version,
) -> Result<Vec<Region>, DbError> {
    let view = read(ctx).await?;
    let region = list_region(ctx, &ctx.lang(), version, &view);
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![region, bar])
}

async fn read(ctx: &Context) -> Result<ListView, DbError> {
    let within = ctx.clone();
    ctx.db().read(move |tx| service::list(&within, tx)).await
}

fn list_region(ctx: &Context, lang: &Lang, version: Version, view: &ListView) -> Region {
    let (with, when) = (lang.word("transfer-with"), lang.word("transfer-when"));
    let (products, state) = (lang.word("transfer-products"), lang.word("transfer-state"));
    let columns = [
        Column::words(&with),
        Column::words(&when),
        Column::numbers(&products),
        Column::words(&state),
    ];
    let rows = view.transfers.iter().map(|one| row(ctx, lang, one));
    let nothing = lang.word("transfer-none");
    let todo = lang.word("transfer-none-todo");
    let empty = Empty::new(&nothing).icon(Icon::Box).todo(&todo);
    let title = lang.word("transfer-title");
    let table = Table::new(&title, &columns, rows.collect()).empty(empty);
    Region::new("transfers", version, html! { div.panel { (table) } })
}

fn row(ctx: &Context, lang: &Lang, one: &TransferView) -> Row {
    let count = i64::try_from(one.lines.len()).unwrap_or(i64::MAX);
    let cells = vec![
        html! { (direction(lang, one.state)) " " (one.other_store_name) },
        html! { (lang.date_time(one.at_ms, &ctx.profile().time_zone)) },
        html! { (lang.count(count)) },
        state_badge(lang, one.state),
    ];
    Row::new(format!("transfer-{}", one.transfer_id), cells)
        .href(format!("/transfers/{}", one.transfer_id))
}

fn direction(lang: &Lang, state: State) -> String {
    match state {
        State::Packing | State::Sent => lang.word("transfer-to"),
        State::Expected | State::Received | State::Discrepancy => lang.word("transfer-from"),
    }
}

fn state_badge(lang: &Lang, state: State) -> Markup {
    let (tone, key) = match state {
        State::Packing => (Tone::Waiting, "transfer-state-packing"),
        State::Sent => (Tone::Good, "transfer-state-sent"),
        State::Expected => (Tone::Waiting, "transfer-state-expected"),
        State::Received => (Tone::Good, "transfer-state-received"),
        State::Discrepancy => (Tone::Bad, "transfer-state-discrepancy"),
    };
    badge(tone, &lang.word(key))
}

async fn framed(
    ctx: &Context,
    person: &Person,
    version: Version,
    (title, stream, scan): (&str, &str, Option<&ScanTarget>),
    body: Markup,
) -> Result<Markup, DbError> {
    let register = person.register;
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    let screen = Screen {
        title,
        current: "/stock",
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: Some(stream),
        scan,
    };
    web::page(ctx, version, &screen, body).await
}

fn fresh_id(ctx: &Context) -> String {
    let (at_ms, random) = ctx.new_ulid();
    CommandId::from_parts(at_ms, random).to_string()
}
