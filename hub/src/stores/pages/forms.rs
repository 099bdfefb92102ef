//! The forms of stores: adding one, its people, its codes, its edges' access.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::{Patch, Region, asks_for_regions, leave_for};
use counterpart_daemon::web::parts::{Button, Choice, Field, Icon, command_id};
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use maud::{Markup, html};
use serde::Deserialize;

use super::entities::{choices, companies};
use crate::context::Context;
use crate::stores::http::{
    access_once, add_member_once, add_once, member_leaves_once, parse_member, parse_store,
};
use crate::stores::rules::{MemberDraft, StoreDraft};
use crate::stores::service::{self, Access, CodeMade};
use crate::users::{OnPage, StoresWrite};
use crate::web::{CommandForm, Page, Screen, console_page};

pub(super) const LANGUAGES: [Choice<'static>; 3] = [
    Choice {
        value: "en",
        label: "English",
    },
    Choice {
        value: "de",
        label: "German",
    },
    Choice {
        value: "fr",
        label: "French",
    },
];

/// Returns a fresh id for a form's command.
pub(super) fn fresh_id(context: &Context) -> String {
    ulid::Ulid::from_bytes(context.new_id()).to_string()
}

/// Answers `GET /stores/new`.
pub(super) async fn new_page(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
) -> Result<Response, Problem> {
    let companies = companies(&context).await?;
    let lang = context.lang();
    let shown = Page {
        title: "Add a store",
        screen: Screen::Stores,
        operator: &operator.name,
        stream: None,
    };
    let body = html! {
        div.console {
            header.page-head { h1 { "Add a store" } }
            section.panel {
                form.stack method="post" action="/stores" data-live {
                    (command_id(&fresh_id(&context)))
                    div.columns {
                        div.stack {
                            (Field::text("store_id", "Short name")
                                .hint("Never changed later: a to z, 0 to 9, hyphens; ghent-1")
                                .required(lang))
                            (Field::text("name", "Name").hint("As over the door and on receipts")
                                .required(lang))
                            (Field::long_text("address", "Address")
                                .hint("At most four lines of 42 characters, as on receipts"))
                            (Field::choice("entity", "Run by", &choices(&companies)))
                            (Field::text("tax_number", "Tax number")
                                .hint("Of this store; else the company's stands on receipts"))
                        }
                        div.stack {
                            (Field::text("currency", "Currency").value("EUR")
                                .hint("Three capital letters; the same for all stores of this hub")
                                .required(lang))
                            (Field::text("time_zone", "Time zone").value("Europe/Brussels")
                                .hint("Decides on which day a sale counts").required(lang))
                            (Field::choice("locale", "Language of its screens and receipts",
                                &LANGUAGES).value("en"))
                            (Field::long_text("receipt_footer", "Foot of its receipts"))
                        }
                    }
                    div.row {
                        (Button::submit("Add the store").primary())
                        (Button::link("Cancel", "/stores"))
                    }
                }
            }
        }
    };
    Ok(console_page(lang, shown, body))
}

/// Answers `POST /stores`.
pub(super) async fn add(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    form: CommandForm<StoreDraft>,
) -> Result<Response, Problem> {
    let store_id = form.fields.store_id.trim().to_owned();
    add_once(&context, &operator, form.key, form.fields).await?;
    Ok(leave_for(&headers, &format!("/stores/{store_id}")))
}

/// Answers `POST /stores/{store}/codes`: the code is shown this once.
pub(super) async fn make_code(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    Path(store): Path<String>,
) -> Result<Response, Problem> {
    let store_id = parse_store(&store)?;
    let version = context.live().version();
    let made = service::make_code_for(&context, &store_id, &operator).await?;
    let code = code_once(&context, &store_id, &made);
    if asks_for_regions(&headers) {
        let region = Region::new("new-code", version, code);
        return Ok(Patch(vec![region]).into_response());
    }
    let shown = Page {
        title: "Enrolment code",
        screen: Screen::Stores,
        operator: &operator.name,
        stream: None,
    };
    let back = format!("/stores/{store_id}");
    let body = html! {
        div.console {
            header.page-head { h1 { "Enrolment code" } }
            section.panel { (code) p { (Button::link("Back to the store", &back)) } }
        }
    };
    Ok(console_page(context.lang(), shown, body))
}

fn code_once(context: &Context, store_id: &StoreId, made: &CodeMade) -> Markup {
    let length =
        counterpart_daemon::web::text::duration(context.lang(), made.until_ms - context.now_ms());
    html! {
        div.stack role="status" {
            p { "Type this at the edge of " strong { (store_id) } ", once, within " (length) ":" }
            p.code.strong-text id="enrolment-code" { (made.code) }
            p.quiet-text {
                "It is shown this once and stored nowhere. Upper and lower case, dashes and spaces \
                 do not matter; the edge says which group is mistyped."
            }
        }
    }
}

/// Answers `POST /stores/{store}/members`.
pub(super) async fn add_member(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    Path(store): Path<String>,
    form: CommandForm<MemberDraft>,
) -> Result<Response, Problem> {
    let store_id = parse_store(&store)?;
    let back = format!("/stores/{store_id}");
    add_member_once(&context, &operator, form.key, store_id, form.fields).await?;
    super::one::answer(&context, &headers, &back, &store).await
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

/// Answers `POST /stores/{store}/members/{member}/leave`.
pub(super) async fn member_leaves(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    Path((store, member)): Path<(String, String)>,
    form: CommandForm<Nothing>,
) -> Result<Response, Problem> {
    let store_id = parse_store(&store)?;
    let member = parse_member(&member)?;
    let back = format!("/stores/{store_id}");
    member_leaves_once(&context, &operator, form.key, store_id, member).await?;
    super::one::answer(&context, &headers, &back, &store).await
}

/// Which access an edge shall have.
#[derive(Debug, Deserialize)]
pub(super) struct AccessWanted {
    access: String,
}

/// Answers `POST /stores/{store}/edges/{edge}/access`.
pub(super) async fn change_access(
    State(context): State<Context>,
    operator: OnPage<StoresWrite>,
    headers: HeaderMap,
    Path((store, edge)): Path<(String, u32)>,
    form: CommandForm<AccessWanted>,
) -> Result<Response, Problem> {
    let store_id = parse_store(&store)?;
    let access = match form.fields.access.as_str() {
        "blocked" => Access::Blocked,
        "open" => Access::Open,
        other => return Err(Problem::unreadable(format!("'{other}' is no access"))),
    };
    let back = format!("/stores/{store_id}");
    access_once(
        &context,
        &operator,
        form.key,
        store_id,
        EdgeNumber(edge),
        access,
    )
    .await?;
    super::one::answer(&context, &headers, &back, &store).await
}

/// Shows the form that adds a member.
pub(super) fn member_form(context: &Context, store_id: &StoreId) -> Markup {
    const ROLES: [Choice<'static>; 2] = [
        Choice {
            value: "associate",
            label: "Associate: sells, receives, opens and closes a till",
        },
        Choice {
            value: "manager",
            label: "Manager: approves as well",
        },
    ];
    let lang = context.lang();
    html! {
        form.stack method="post" action={ "/stores/" (store_id) "/members" } data-live data-reset {
            (command_id(&fresh_id(context)))
            (Field::text("name", "Name colleagues use").required(lang))
            (Field::choice("role", "Role", &ROLES).value("associate"))
            (Field::pin("pin", "PIN").hint("4 to 8 digits, nobody else's in this store")
                .autocomplete("new-password").required(lang))
            (Button::submit("Add").primary().icon(Icon::Plus))
        }
    }
}
