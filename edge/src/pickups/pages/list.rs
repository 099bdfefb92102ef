//! The lists: to do, ready, done, and what was found by a name, with one large field for a
//! customer's code, number or name.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Empty, Field, FilterTab, Icon, Pager, command_id, filter_tabs,
};
use counterpart_daemon::web::shell::ScanTarget;
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{FulfilmentId, RegisterId};
use maud::{Markup, html};

use super::card::card;
use super::{ScanScreen, cue, framed, fresh_id, said};
use crate::context::Context;
use crate::pickups::service::{self, Counts, PickupCard};
use crate::pickups::store::{self, Cursor, List};
use crate::staff::Person;
use crate::web::status_bar;

/// What a page of pickups shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A list, from its start or after a place in it.
    List(List, Option<Cursor>),
    /// What was found by a name: these.
    Among(Vec<FulfilmentId>),
}

impl Shown {
    /// Returns pickups that were found as an address spells them.
    pub(crate) fn spelled(among: &[FulfilmentId]) -> String {
        let ids: Vec<String> = among.iter().map(FulfilmentId::to_string).collect();
        ids.join(".")
    }

    fn query(&self) -> String {
        match self {
            Self::List(list, after) => {
                let after = after.map(|after| after.to_string()).unwrap_or_default();
                format!("list={}&after={after}", list.word())
            }
            Self::Among(ids) => format!("among={}", Self::spelled(ids)),
        }
    }
}

/// Makes the page of a list.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn list(ctx: &Context, person: &Person, shown: Shown) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let lang = ctx.lang();
    let stream = format!("/pickups/stream?{}", shown.query());
    let region = region(ctx, person, version, shown).await?;
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
    shown: Shown,
) -> Result<Vec<Region>, DbError> {
    let region = region(ctx, person, version, shown).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![region, bar])
}

/// What the region is made of.
struct Read {
    counts: Counts,
    pickups: Vec<PickupCard>,
    next: Option<String>,
    screen: Option<ScanScreen>,
}

fn read(ctx: &Context, tx: &mut Tx, shown: &Shown, register: RegisterId) -> Result<Read, DbError> {
    let screen = store::screen(tx, register)?;
    let screen = screen.filter(|screen| screen.fulfilment_id.is_none());
    Ok(match shown {
        Shown::List(list, after) => {
            let view = service::list(ctx, tx, *list, *after)?;
            Read {
                counts: view.counts,
                pickups: view.pickups,
                next: view.next,
                screen,
            }
        }
        Shown::Among(ids) => Read {
            counts: service::list_counts(tx)?,
            pickups: service::among(ctx, tx, ids)?,
            next: None,
            screen,
        },
    })
}

async fn region(
    ctx: &Context,
    person: &Person,
    version: Version,
    shown: Shown,
) -> Result<Region, DbError> {
    let (context, register, asked) = (ctx.clone(), person.register, shown.clone());
    let reading = ctx
        .db()
        .read(move |tx| read(&context, tx, &asked, register));
    let read = reading.await?;
    let (lang, fresh) = (ctx.lang(), fresh_id(ctx));
    let count = i64::try_from(read.pickups.len()).unwrap_or(i64::MAX);
    let markup = html! {
        (said(read.screen.as_ref()))
        (tabs(&lang, read.counts, &shown))
        @if let Shown::Among(_) = shown {
            p.pickup-among role="status" { (lang.t("pickup-among", &[("count", count.into())])) }
        }
        @if !read.pickups.is_empty() {
            div.pickup-cards {
                @for one in &read.pickups { (card(ctx, &lang, one, &fresh)) }
            }
        }
        @if let Shown::List(list, after) = shown {
            (foot(&lang, list, after, &read))
        }
    };
    let cue = cue(read.screen.as_ref(), register);
    Ok(Region::new("pickups", version, markup).with_cue(cue))
}

fn tabs(lang: &Lang, counts: Counts, shown: &Shown) -> Markup {
    let counts = [counts.to_do, counts.ready, counts.done];
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
    let here = match shown {
        Shown::List(list, _) => href(*list),
        Shown::Among(_) => String::new(),
    };
    filter_tabs(lang, &lang.word("pickup-lists"), &tabs, &here)
}

/// Shows the way to the other pages of a list, or that it is empty.
fn foot(lang: &Lang, list: List, after: Option<Cursor>, read: &Read) -> Markup {
    if read.pickups.is_empty() {
        let empty = (lang.word(empty_of(list)), lang.word("pickup-empty-todo"));
        return html! { (Empty::new(&empty.0).icon(Icon::Box).todo(&empty.1)) };
    }
    let older = read
        .next
        .as_ref()
        .map(|next| format!("{}&after={next}", href(list)));
    let newer = after.map(|_| href(list));
    let count = i64::try_from(read.pickups.len()).unwrap_or(i64::MAX);
    let shown = lang.t("pickup-shown", &[("count", count.into())]);
    html! { (Pager::new(lang, &shown).newer(newer.as_deref()).older(older.as_deref())) }
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
