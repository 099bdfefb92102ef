//! The sign-in page: who is at the till, and the PIN. It works without script.

mod asking;

pub(crate) use asking::{Offered, approval, needs_manager, offered, operation_word, permissions};

use counterpart_daemon::http::Problem;
use counterpart_daemon::web::parts::{Button, Emphasis, Empty, Icon, ProblemView, pin_pad};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{RegisterId, StaffId};
use counterpart_protocol::staff::Role;
use maud::{Markup, html};

use super::rules::SignInRefused;
use crate::context::{Context, DoorState, Ground};
use crate::reference;
use crate::web::{self, TRAINING_PAGE};

/// What the sign-in page shows.
#[derive(Debug, Clone)]
pub(crate) struct SignInView {
    /// The register.
    pub register: RegisterId,
    /// The people who may sign in.
    pub people: Vec<PersonTile>,
    /// Where the person goes afterwards.
    pub to: String,
    /// Why the last try did not work.
    pub refused: Option<String>,
    /// Whether a training store is beside the shop.
    pub training: bool,
}

/// One person to choose.
#[derive(Debug, Clone)]
pub(crate) struct PersonTile {
    /// The id the form sends.
    pub id: StaffId,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// Makes the whole sign-in page of a register.
///
/// # Errors
///
/// Those of the database.
pub async fn sign_in(
    ctx: &Context,
    register: RegisterId,
    to: &str,
    refused: Option<&SignInRefused>,
) -> Result<Markup, Problem> {
    let members = ctx.db().read(reference::members).await?;
    let people = members.into_iter().map(|member| PersonTile {
        id: member.id,
        name: member.name,
        role: member.role,
    });
    let view = SignInView {
        register,
        people: people.collect(),
        to: to.to_owned(),
        refused: refused.map(SignInRefused::to_string),
        training: has_training(ctx),
    };
    let name = ctx
        .register(register)
        .map_or_else(String::new, |register| format!(" · {}", register.name));
    let place = format!("{}{name}", ctx.profile().name);
    let lang = ctx.lang();
    let badges = format!("/register/{register}/badge?to={to}");
    let shown = body(&lang, &view);
    Ok(web::plain(ctx, ("Sign in", &place), Some(&badges), shown))
}

/// Makes the first page of a store with several registers.
#[must_use]
pub(crate) fn start(ctx: &Context) -> Markup {
    registers(ctx, |register| format!("/register/{register}"))
}

/// Makes the page on which a person says where they stand, on the way to `to`.
#[must_use]
pub(crate) fn choose(ctx: &Context, to: &str) -> Markup {
    registers(ctx, |register| {
        format!("/sign-in?register={register}&to={to}")
    })
}

/// Shows who may sign in, and the PIN pad.
#[must_use]
pub(crate) fn body(lang: &Lang, view: &SignInView) -> Markup {
    let action = format!("/register/{}/sign-in", view.register);
    if view.people.is_empty() {
        return html! {
            (Empty::new("No list of staff yet").icon(Icon::Person)
                .todo("It comes from the hub by itself. If it does not, look at Status.")
                .action(html! { (Button::link("Status", "/status")) }))
        };
    }
    html! {
        @if let Some(refused) = &view.refused {
            (ProblemView::new(lang, "Not signed in").why(refused))
        }
        form method="post" action=(action) {
            input type="hidden" name="to" value=(view.to);
            div.sign-in {
                section {
                    h1 { "Who is at the till?" }
                    div.people role="radiogroup" aria-label="Who" {
                        @for person in &view.people { (tile(person, view.people.len() == 1)) }
                    }
                }
                section {
                    (pin_pad(lang, "pin", html! { (Button::submit("Sign in").primary()) }))
                    p.quiet-text { (lang.word("badge-sign-in")) }
                    @if view.training { (to_training(lang)) }
                }
            }
        }
    }
}

fn registers(ctx: &Context, href: impl Fn(RegisterId) -> String) -> Markup {
    let body = html! {
        h1 { "Where are you?" }
        div.stack {
            @for register in ctx.registers() {
                (Button::link(&register.name, &href(register.id)).icon(Icon::Drawer))
            }
            (Button::link("Status", "/status").emphasis(Emphasis::Quiet))
            @if has_training(ctx) { (to_training(&ctx.lang())) }
        }
    };
    web::plain(ctx, ("Registers", &ctx.profile().name), None, body)
}

/// Tells whether the shop has a training store, running or not: one that does not says why there.
fn has_training(ctx: &Context) -> bool {
    match ctx.ground() {
        Ground::Shop(door) => door.state() != DoorState::None,
        Ground::Training(_) => false,
    }
}

fn to_training(lang: &Lang) -> Markup {
    html! {
        p { (Button::link(&lang.word("training-go"), TRAINING_PAGE).emphasis(Emphasis::Quiet)) }
    }
}

fn tile(person: &PersonTile, chosen: bool) -> Markup {
    let role = match person.role {
        Role::Associate => "Associate",
        Role::Manager => "Manager",
    };
    html! {
        label {
            input.unseen type="radio" name="member" value=(person.id) checked[chosen];
            (person.name) span.quiet-text { (role) }
        }
    }
}
