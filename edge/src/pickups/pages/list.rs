//! The lists: to do, ready, done, with one large field for a customer's code.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Empty, Field, FilterTab, Icon, Pager, command_id, filter_tabs,
};
use counterpart_daemon::web::shell::ScanTarget;
use maud::{Markup, html};

use super::card::card;
use super::{cue, framed, fresh_id, said};
use crate::context::Context;
use crate::pickups::service;
use crate::pickups::store::{self, Cursor, List};
use crate::staff::Person;
use crate::web::status_bar;

/// Makes the page of a list.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn list(
    ctx: &Context,
    person: &Person,
    list: List,
    after: Option<Cursor>,
) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let lang = ctx.lang();
    let region = region(ctx, person, version, (list, after)).await?;
    let scan = ScanTarget {
        post_to: "/pickups/scan".to_owned(),
        prefix: None,
    };
    let title = lang.word("pickup-title");
    let body = html! {
        div.console.pickups {
            div.page-head {
                h1 { (title) }
                div.actions {
                    (Button::link(&lang.word("exception-title"), "/exceptions")
                        .icon(Icon::Warning))
                }
            }
            form.pickup-find method="post" action="/pickups/scan" data-live data-reset {
                (command_id(&fresh_id(ctx)))
                (Field::search("code", &lang.word("pickup-find")).key("F2")
                    .hint(&lang.word("pickup-find-hint")))
                (Button::submit(&lang.word("pickup-open")).primary().icon(Icon::Search))
            }
            (region)
        }
    };
    let after = after.map(|after| after.to_string()).unwrap_or_default();
    let stream = format!("/pickups/stream?list={}&after={after}", list.word());
    framed(ctx, person, version, (&title, &stream, &scan), body).await
}

/// Renders what changes on the page of a list.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn list_live(
    ctx: &Context,
    person: &Person,
    version: Version,
    shown: (List, Option<Cursor>),
) -> Result<Vec<Region>, DbError> {
    let region = region(ctx, person, version, shown).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![region, bar])
}

async fn region(
    ctx: &Context,
    person: &Person,
    version: Version,
    (list, after): (List, Option<Cursor>),
) -> Result<Region, DbError> {
    let (context, register) = (ctx.clone(), person.register);
    let read = ctx.db().read(move |tx| {
        let view = service::list(&context, tx, list, after)?;
        Ok::<_, DbError>((view, store::screen(tx, register)?))
    });
    let (view, screen) = read.await?;
    let screen = screen.filter(|screen| screen.fulfilment_id.is_none());
    let lang = ctx.lang();
    let counts = [view.counts.to_do, view.counts.ready, view.counts.done];
    let named: Vec<(String, String, i64)> = List::ALL
        .into_iter()
        .zip(counts)
        .map(|(one, count)| (lang.word(label(one)), href(one), count))
        .collect();
    let tabs: Vec<FilterTab<'_>> = named
        .iter()
        .map(|(label, href, count)| FilterTab {
            label,
            href,
            count: Some(*count),
        })
        .collect();
    let fresh = fresh_id(ctx);
    let empty = (lang.word(empty_of(list)), lang.word("pickup-empty-todo"));
    let older = view
        .next
        .as_ref()
        .map(|next| format!("{}&after={next}", href(list)));
    let newer = after.map(|_| href(list));
    let count = i64::try_from(view.pickups.len()).unwrap_or(i64::MAX);
    let shown = lang.t("pickup-shown", &[("count", count.into())]);
    let markup = html! {
        (said(screen.as_ref()))
        (filter_tabs(&lang, &lang.word("pickup-lists"), &tabs, &href(list)))
        @if view.pickups.is_empty() {
            (Empty::new(&empty.0).icon(Icon::Box).todo(&empty.1))
        } @else {
            div.pickup-cards {
                @for one in &view.pickups { (card(ctx, &lang, one, &fresh)) }
            }
            (Pager::new(&lang, &shown).newer(newer.as_deref()).older(older.as_deref()))
        }
    };
    let cue = cue(screen.as_ref(), register);
    Ok(Region::new("pickups", version, markup).with_cue(cue))
}

fn href(list: List) -> String {
    format!("/pickups?list={}", list.word())
}

fn label(list: List) -> &'static str {
    match list {
        List::ToDo => "pickup-list-to-do",
        List::Ready => "pickup-list-ready",
        List::Done => "pickup-list-done",
    }
}

fn empty_of(list: List) -> &'static str {
    match list {
        List::ToDo => "pickup-empty-to-do",
        List::Ready => "pickup-empty-ready",
        List::Done => "pickup-empty-done",
    }
}
