//! Badges on the console: the keys beside a store's people, and the sheet of cards to print.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::parts::{Button, Emphasis, Empty, Icon, command_id};
use counterpart_paper::{BadgeCard, label_svg};
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::staff::{Member, Role};
use maud::{Markup, PreEscaped, html};

use super::forms::{Nothing, fresh_id};
use super::one::View;
use crate::context::Context;
use crate::stores::http::{parse_member, parse_store, take_back_once, view_of};
use crate::stores::service::{self, BadgeMade, Wanted};
use crate::users::{Caller, OnPage, StoresWrite};
use crate::web::{CommandForm, Page, Screen, console_page};

/// Answers `POST /stores/{store}/members/{member}/badge`: one card.
pub(super) async fn make(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    Path((store, member)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let wanted = Wanted::Of(parse_member(&member)?);
    sheet(&context, &operator, &store, wanted).await
}

/// Answers `POST /stores/{store}/badges`: a card for everybody who has none.
pub(super) async fn make_missing(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    Path(store): Path<String>,
) -> Result<Response, Problem> {
    sheet(&context, &operator, &store, Wanted::Missing).await
}

/// Answers `POST /stores/{store}/members/{member}/badge/revoke`.
pub(super) async fn take_back(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    Path((store, member)): Path<(String, String)>,
    form: CommandForm<Nothing>,
) -> Result<Response, Problem> {
    let (store_id, member_id) = (parse_store(&store)?, parse_member(&member)?);
    let back = format!("/stores/{store_id}");
    take_back_once(&context, &operator, form.key, store_id, member_id).await?;
    super::one::answer(&context, &headers, &back, &store).await
}

/// Shows the key that makes the cards that are missing, and says what becomes of them.
pub(super) fn missing_form(context: &Context, view: &View) -> Markup {
    let store_id = &view.store.row.identity.store_id;
    let missing = view.members.iter();
    let missing = missing.filter(|row| row.member.badges.current.is_none());
    html! {
        @if missing.count() > 0 {
            form method="post" action={ "/stores/" (store_id) "/badges" } {
                (command_id(&fresh_id(context)))
                (Button::submit("Make badges for all who have none").icon(Icon::Scan))
            }
        }
    }
}

/// Shows whether somebody has a badge, with the keys to make one and to take it back.
pub(super) fn badge_of(context: &Context, store_id: &StoreId, member: &Member) -> Markup {
    let path = format!("/stores/{store_id}/members/{}/badge", member.id);
    let has_one = member.badges.current.is_some();
    let label = if has_one { "Replace" } else { "Make" };
    let read_as = format!("{label} the badge of {}", member.name);
    let back = format!("Take the badge of {} back", member.name);
    html! {
        div.row {
            form method="post" action=(path) {
                (command_id(&fresh_id(context)))
                (Button::submit(label).read_as(&read_as).emphasis(Emphasis::Quiet))
            }
            @if has_one {
                form method="post" action={ (path) "/revoke" } data-live {
                    (command_id(&fresh_id(context)))
                    (Button::submit("Take back").read_as(&back).emphasis(Emphasis::Quiet))
                }
            }
        }
    }
}

/// Makes badges and shows the cards: this once, as only their hashes are kept.
async fn sheet(
    context: &Context,
    caller: &Caller,
    store: &str,
    wanted: Wanted,
) -> Result<Response, Problem> {
    let store_id = parse_store(store)?;
    let place = view_of(context, store_id.clone()).await?.row.identity.name;
    let made = service::make_badges(context, &store_id, wanted, caller).await?;
    let back = format!("/stores/{store_id}");
    let shown = Page {
        title: "Badges",
        screen: Screen::Stores,
        operator: &caller.name,
        stream: None,
    };
    let body = html! {
        div.console {
            header.page-head.screen-only {
                h1 { "Badges" }
                p {
                    "Print this page now and cut the cards out: the secrets are shown this once, \
                     and the hub keeps only their hashes. A badge that was there before no longer \
                     counts once the store has heard."
                }
                div.row { (Button::link("Back to the store", &back)) }
            }
            @if made.is_empty() {
                (Empty::new("Everybody has a badge")
                    .todo("Replace one beside its name, if its card is lost."))
            }
            div.badge-sheet { @for one in &made { (card(&place, one)) } }
        }
    };
    let mut response = console_page(context.lang(), shown, body);
    // Neither the browser nor anything between keeps a secret for whoever comes later.
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn card(place: &str, made: &BadgeMade) -> Markup {
    let card = BadgeCard {
        name: made.member.name.clone(),
        role: match made.member.role {
            Role::Associate => "Associate".to_owned(),
            Role::Manager => "Manager".to_owned(),
        },
        place: place.to_owned(),
        code: made.badge.text(),
    };
    let label = card.label().expect("a badge is capital letters and digits");
    // The picture escapes all text itself.
    html! { figure { (PreEscaped(label_svg(&label))) } }
}
