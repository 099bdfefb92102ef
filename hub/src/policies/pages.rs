//! The pages of the policies: all of them, and one class.

mod changing;
mod forms;
mod permissions;
mod provisional;
mod tenders;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::parts::{
    Button, Column, Emphasis, Icon, Row, Table, Tone, badge, command_id,
};
use counterpart_protocol::money::Currency;
use counterpart_protocol::policies::{Assigned, Policies, RightsClass, WalkIn};
use maud::{Markup, Render, html};
use ulid::Ulid;

use super::rules::products;
use super::service::{self, InForce};
use super::store::{self, VersionRow};
use crate::context::Context;
use crate::users::{Caller, OnPage, Permission, PoliciesRead};
use crate::web::{Page, Screen, console_page};
use crate::{catalog, stores};

/// Versions shown.
const LATEST: u32 = 8;
/// Assignments shown; the API has them all.
const ASSIGNMENTS_SHOWN: usize = 200;

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/policies", get(page))
        .route("/policies/classes", post(changing::class))
        .route("/policies/classes/{class}", get(class_page))
        .route(
            "/policies/classes/{class}/remove",
            post(changing::remove_class),
        )
        .route("/policies/assignments", post(changing::assign))
        .route("/policies/assignments/remove", post(changing::unassign))
        .route("/policies/offline", post(changing::offline))
        .route("/policies/pickup", post(changing::pickup))
        .route("/policies/till", post(changing::till))
        .route("/policies/tenders", post(tenders::change))
        .route("/policies/provisional", post(provisional::change))
        .route(
            "/policies/permissions",
            get(permissions::page).post(permissions::change),
        )
}

/// Everything the page shows.
pub(super) struct View {
    now: InForce,
    latest: Vec<VersionRow>,
    departments: Vec<String>,
    currency: Currency,
}

pub(super) fn load(tx: &mut Tx) -> Result<View, DbError> {
    let currency = match catalog::currency(tx)? {
        Some(currency) => Some(currency),
        None => stores::currency(tx)?,
    };
    Ok(View {
        now: service::in_force(tx)?,
        latest: store::versions(tx, i64::MAX, LATEST)?,
        departments: catalog::departments(tx)?,
        currency: currency.unwrap_or(Currency::EUR),
    })
}

/// Returns the hidden fields of every form: its command, and the version it is made from.
fn begun(context: &Context, now: &InForce) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    html! {
        (command_id(&fresh_id))
        input type="hidden" name="based_on" value=(now.version());
    }
}

async fn page(
    State(context): State<Context>,
    caller: OnPage<PoliciesRead>,
) -> Result<Response, Problem> {
    let view = context.db().read(load).await;
    let view = view.map_err(|failed: DbError| Problem::from(failed))?;
    let policies = &view.now.policies;
    let body = html! {
        div.console {
            (head(&context, &caller, &view))
            section.panel {
                header { h2 { "How rights are shared" } }
                (classes(policies))
            }
            section.panel {
                header { h2 { "What belongs to which class" } }
                (assignments(&context, &caller, &view))
            }
            div.columns {
                div.stack {
                    (forms::offline(&context, &caller, &view))
                    (tenders::tenders(&context, &caller, &view))
                }
                div.stack {
                    (forms::pickup(&context, &caller, &view.now))
                    (forms::till(&context, &caller, &view))
                    (provisional::provisional(&context, &caller, &view))
                    (permissions::summary(&view))
                    section.panel {
                        header { h2 { "Versions" } }
                        (versions(&context, &view))
                    }
                }
            }
        }
    };
    Ok(answer(&context, &caller, "Policies", body))
}

fn answer(context: &Context, caller: &Caller, title: &str, body: Markup) -> Response {
    let shown = Page {
        title,
        screen: Screen::Policies,
        operator: &caller.name,
        stream: None,
    };
    console_page(context.lang(), shown, body)
}

fn head(context: &Context, caller: &Caller, view: &View) -> Markup {
    let age = |row: &VersionRow| context.lang().age(context.now_ms() - row.published_at_ms);
    html! {
        header.page-head {
            div {
                h1 { "Policies" }
                p.quiet-text {
                    @match &view.now.row {
                        Some(row) => {
                            "Version " (row.version) ", published " (age(row)) " by "
                            (row.published_by) ". Stores fetch it by themselves."
                        }
                        None => "Nothing was published yet: these are the defaults.",
                    }
                }
            }
            @if caller.may(Permission::PoliciesWrite) {
                div.actions {
                    (Button::link("Add a class", "/policies/classes/new").icon(Icon::Plus))
                }
            }
        }
    }
}

/// Says what a store keeps: `2 units or 10 %`.
fn keeps(class: &RightsClass) -> String {
    let units = match class.keep_units {
        1 => "1 unit".to_owned(),
        units => format!("{units} units"),
    };
    match (class.keep_units, class.keep_percent) {
        (0, 0) => "nothing".to_owned(),
        (_, 0) => units,
        (0, percent) => format!("{percent} %"),
        (_, percent) => format!("{units} or {percent} %"),
    }
}

fn classes(policies: &Policies) -> Markup {
    let columns = [
        Column::words("Class"),
        Column::words("A store keeps"),
        Column::numbers("Filled up below"),
        Column::words("A walk-in who wants a promised unit"),
        Column::numbers("Assignments"),
    ];
    let all = std::iter::once(&policies.standard).chain(&policies.classes);
    let rows = all.map(|class| {
        let walk_in = match class.walk_in {
            WalkIn::WalkInFirst => badge(Tone::Good, "gets it"),
            WalkIn::Strict => badge(Tone::Waiting, "needs an approval"),
        };
        let assigned = policies
            .assignments
            .iter()
            .filter(|it| it.class == class.id)
            .count();
        let count = match class.id == policies.standard.id {
            true => "everything else".to_owned(),
            false => assigned.to_string(),
        };
        let cells = vec![
            html! { (class.name) },
            html! { (keeps(class)) },
            html! { (class.low_water_units) },
            html! { (walk_in) },
            html! { (count) },
        ];
        Row::new(format!("class-{}", class.id), cells)
            .href(format!("/policies/classes/{}", class.id))
    });
    Table::new("Classes", &columns, rows.collect()).render()
}

fn assignments(context: &Context, caller: &Caller, view: &View) -> Markup {
    let policies = &view.now.policies;
    let may = caller.may(Permission::PoliciesWrite);
    let columns = [
        Column::words("Products"),
        Column::words("Class"),
        Column::numbers("Change"),
    ];
    let shown = policies.assignments.iter().take(ASSIGNMENTS_SHOWN);
    let rows = shown.enumerate().map(|(place, assignment)| {
        let of = products(&assignment.of);
        let class = policies.class(&assignment.class);
        let name = class.map_or(assignment.class.as_str(), |class| &class.name);
        let cells = vec![
            html! { (of) },
            html! { (name) },
            html! { @if may { (unassign(context, view, &assignment.of, &of)) } },
        ];
        Row::new(format!("assigned-{place}"), cells)
    });
    let rows: Vec<Row> = rows.collect();
    let more = policies.assignments.len() - rows.len();
    html! {
        @if rows.is_empty() {
            p { "Everything is standard. A department, or a single product, can have a class of \
                 its own." }
        } @else {
            (Table::new("Assignments", &columns, rows).render())
        }
        @if more > 0 { p.quiet-text { "and " (more) " more, which GET /v1/policies lists" } }
        @if may { (forms::assign(context, view)) }
    }
}

fn unassign(context: &Context, view: &View, of: &Assigned, words: &str) -> Markup {
    let (field, value) = match of {
        Assigned::Sku(sku) => ("sku", sku.as_str()),
        Assigned::Department(department) => ("department", department.as_str()),
    };
    let read_as = format!("Make {words} standard");
    html! {
        form method="post" action="/policies/assignments/remove" data-live {
            (begun(context, &view.now))
            input type="hidden" name=(field) value=(value);
            (Button::submit("Make standard").read_as(&read_as).emphasis(Emphasis::Quiet))
        }
    }
}

fn versions(context: &Context, view: &View) -> Markup {
    html! {
        @if view.latest.is_empty() {
            p { "The first change makes version 1." }
        } @else {
            ol.timeline {
                @for row in &view.latest {
                    li id={ "version-" (row.version) } {
                        time { (context.lang().age(context.now_ms() - row.published_at_ms)) }
                        div {
                            p { "Version " (row.version) ": " (row.changed) }
                            p.quiet-text { "by " (row.published_by) }
                        }
                    }
                }
            }
        }
    }
}

async fn class_page(
    State(context): State<Context>,
    caller: OnPage<PoliciesRead>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let now = context.db().read(service::in_force).await;
    let now = now.map_err(|failed: DbError| Problem::from(failed))?;
    let known = match id.as_str() {
        "new" => None,
        id => Some(
            now.policies
                .class(id)
                .ok_or_else(|| Problem::not_found(format!("there is no class '{id}'")))?,
        ),
    };
    let title = known.map_or("Add a class", |class| class.name.as_str());
    let body = html! {
        div.console {
            header.page-head { h1 { (title) } }
            section.panel { (forms::class(&context, &caller, &now, known)) }
        }
    };
    Ok(answer(&context, &caller, title, body))
}
