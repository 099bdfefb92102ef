//! Parked sales: the question for a name, the list any register recalls from, and what the till's
//! page tells of them at the end of the day.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Column, Dialog, Empty, Field, Icon, Row, Table, command_id,
};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{CommandId, RegisterId};
use counterpart_protocol::policies::Operation;
use maud::{Markup, Render, html};

use crate::context::Context;
use crate::sales::service::{self, SuspendedView};
use crate::staff::{self, Person};
use crate::web::{self, Screen, status_bar};

/// Returns the address of the list.
pub(crate) fn suspended_path(register: RegisterId) -> String {
    format!("/register/{register}/suspended")
}

/// Makes the page of the person's register with the parked sales of the store.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn suspended(ctx: &Context, person: &Person) -> Result<Markup, DbError> {
    let (register, version, lang) = (person.register, ctx.live().version(), ctx.lang());
    let title = lang.word("suspended-title");
    let here = format!("/register/{register}");
    let stream = format!("{}/stream", suspended_path(register));
    let list = list_region(ctx, person, version).await?;
    let body = html! {
        div.console {
            div.page-head {
                h1 { (title) }
                div.actions {
                    (Button::link(&lang.word("suspended-back"), &here).icon(Icon::Back).key("F3"))
                }
            }
            (list)
        }
    };
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("{here}/sign-out"),
    };
    let screen = Screen {
        title: &title,
        current: &here,
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: Some(&stream),
        scan: None,
    };
    web::page(ctx, version, &screen, body).await
}

/// Renders what changes on that page.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn suspended_regions(
    ctx: &Context,
    person: &Person,
    version: Version,
) -> Result<Vec<Region>, DbError> {
    let list = list_region(ctx, person, version).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![list, bar])
}

async fn list_region(ctx: &Context, person: &Person, version: Version) -> Result<Region, DbError> {
    let context = ctx.clone();
    let read = ctx.db().read(move |tx| service::suspended(&context, tx));
    let all = read.await?;
    let markup = list(ctx, person, &all);
    Ok(Region::new("suspended", version, markup))
}

fn list(ctx: &Context, person: &Person, all: &[SuspendedView]) -> Markup {
    let lang = ctx.lang();
    let title = lang.word("suspended-title");
    let labels = ["number", "name", "items", "total", "by", "at"]
        .map(|word| lang.word(&format!("suspended-{word}")));
    let [number, name, items, total, by, at] = labels.each_ref().map(String::as_str);
    let columns = [
        Column::numbers(number),
        Column::words(name),
        Column::numbers(items),
        Column::numbers(total),
        Column::words(by),
        Column::words(at),
        Column::words(""),
    ];
    let rows = all.iter().map(|it| row(ctx, &lang, person, it));
    let (none, todo) = (
        lang.word("suspended-none"),
        lang.word("suspended-none-hint"),
    );
    Table::new(&title, &columns, rows.collect())
        .empty(Empty::new(&none).todo(&todo))
        .render()
}

fn row(ctx: &Context, lang: &Lang, person: &Person, it: &SuspendedView) -> Row {
    let profile = ctx.profile();
    let (code, decimals) = (it.currency.code(), it.currency.decimals());
    let action = format!("{}/{}", suspended_path(person.register), it.number);
    let (at_ms, random) = ctx.new_ulid();
    let fresh_id = CommandId::from_parts(at_ms, random).to_string();
    let recall = lang.word("suspended-recall");
    let read_as = format!("{recall} {}", it.number);
    let key = staff::offered(lang, &person.gates, Operation::RecallSale, &recall);
    let cells = vec![
        html! { strong { (it.number) } },
        html! { (it.name.as_deref().unwrap_or_default()) },
        html! { (lang.count(it.items)) },
        html! { (lang.money(it.total_minor.0, code, decimals)) },
        html! { (it.by) " · " (it.register) },
        html! { (lang.date_time(it.at_ms, &profile.time_zone)) },
        html! {
            form method="post" action=(action) data-live {
                (command_id(&fresh_id))
                (Button::submit(&key.label).read_as(&read_as).icon(Icon::Undo).primary()
                    .barred(key.barred.as_deref()))
            }
        },
    ];
    Row::new(format!("suspended-{}", it.number), cells)
}

/// Asks what a sale that is parked is called; it gets a number anyway.
pub(super) fn park_dialog(lang: &Lang, register: RegisterId) -> Markup {
    let title = lang.word("suspended-park-title");
    let body = html! {
        form.stack #park-form method="post" action={ "/register/" (register) "/suspend" } data-live
            data-reset {
            (command_id(""))
            (Field::text("name", &lang.word("suspended-name"))
                .hint(&lang.word("suspended-name-hint")))
        }
    };
    let park = lang.word("suspended-park");
    let actions = html! { (Button::submit(&park).form("park-form").primary()) };
    html! { (Dialog::new(lang, "park", &title, body).actions(actions)) }
}
