//! The register's page as a whole: one region that shows what the register is doing.
//!
//! The phases are drawn in the files beside it; here they are chosen, with the sound that goes with
//! them.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Changed, Cue, Region, Version};
use counterpart_daemon::web::parts::{Button, Dialog, Emphasis, command_id, numpad, pin_pad};
use counterpart_daemon::web::shell::{Density, ScanTarget, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{CommandId, RegisterId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::staff::Role;
use maud::{Markup, html};

use super::cards::settle_dialog;
use super::suspended::park_dialog;
use super::{coupons, selling, tendering};
use crate::context::Context;
use crate::sales::service::{self, RegisterView};
use crate::sales::store::{Phase, Sound};
use crate::staff::{Gates, Person};
use crate::web::{self, STATUS_TOPIC, Screen, status_bar};

/// What every part of the register's page is drawn with.
pub(super) struct Desk<'a> {
    pub(super) ctx: &'a Context,
    pub(super) lang: Lang,
    pub(super) currency: Currency,
    pub(super) view: &'a RegisterView,
    /// What the person at the register may do.
    pub(super) role: Role,
    /// How they may do each operation.
    pub(super) gates: Gates,
    /// What forms send that are pressed before the script runs.
    pub(super) fresh_id: String,
}

impl Desk<'_> {
    /// Returns an address below the register's.
    pub(super) fn to(&self, place: &str) -> String {
        format!("/register/{}/{place}", self.view.register)
    }

    pub(super) fn money(&self, minor: Minor) -> String {
        self.lang
            .money(minor.0, self.currency.code(), self.currency.decimals())
    }
}

/// Makes the whole page of the person's register.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn register(ctx: &Context, person: &Person) -> Result<Markup, DbError> {
    let register = person.register;
    let version = ctx.live().version();
    let desk = desk_region(ctx, person, version).await?;
    let here = format!("/register/{register}");
    let stream = format!("{here}/stream");
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("{here}/sign-out"),
    };
    let scan = ScanTarget {
        post_to: format!("{here}/scan"),
        prefix: None,
    };
    let screen = Screen {
        title: "Register",
        current: &here,
        density: Density::Till,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: Some(&stream),
        scan: Some(&scan),
    };
    let lang = ctx.lang();
    let body = html! {
        (desk)
        (switch_dialog(&lang, register))
        (void_dialog(&lang, register))
        (park_dialog(&lang, register))
        (settle_dialog(&lang, register))
        (coupons::dialog(&lang, register))
    };
    web::page(ctx, version, &screen, body).await
}

/// Renders what the register is doing.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn desk_region(
    ctx: &Context,
    person: &Person,
    version: Version,
) -> Result<Region, DbError> {
    let (context, register) = (ctx.clone(), person.register);
    let read = ctx
        .db()
        .read(move |tx| service::register_view(&context, tx, register));
    let view = read.await?;
    let (at_ms, random) = ctx.new_ulid();
    let desk = Desk {
        ctx,
        lang: ctx.lang(),
        currency: ctx.profile().currency,
        view: &view,
        role: person.role,
        gates: person.gates,
        fresh_id: CommandId::from_parts(at_ms, random).to_string(),
    };
    let markup = match (view.is_open, view.screen.phase) {
        (false, _) => closed(&desk),
        (true, Phase::Selling) => selling::selling(&desk),
        (true, Phase::Tendering) => tendering::tendering(&desk),
        (true, Phase::Paid) => tendering::paid(&desk),
    };
    Ok(Region::new("desk", version, markup).with_cue(cue(&view)))
}

/// Renders what changed for the open page of a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn live_regions(
    ctx: &Context,
    person: &Person,
    version: Version,
    changed: &Changed,
) -> Result<Vec<Region>, DbError> {
    let mut regions = Vec::new();
    if *changed != Changed::Topics([STATUS_TOPIC.into()].into()) {
        regions.push(desk_region(ctx, person, version).await?);
    }
    if changed.touches(STATUS_TOPIC) || *changed == Changed::Everything {
        regions.push(status_bar(ctx, version, Some(person.register)).await?);
    }
    Ok(regions)
}

fn cue(view: &RegisterView) -> Option<Cue> {
    let id = format!("r{}-{}", view.register, view.screen.cue);
    Some(match view.screen.sound? {
        Sound::Accepted => Cue::Accepted(id),
        Sound::Refused => Cue::Refused(id),
        Sound::Paid => Cue::Paid(id),
    })
}

/// Asks for the float; scans are kept meanwhile and shown.
fn closed(desk: &Desk<'_>) -> Markup {
    let lang = &desk.lang;
    let code = desk.currency.code();
    html! {
        div.register {
            section.sale aria-label="Sale" {
                (selling::head(desk))
                (selling::waiting(desk))
                (selling::empty("The till is closed", "Open it with its float to begin to sell."))
            }
            section.bench aria-label="Open the till" {
                form.stack method="post" action=(desk.to("shift/open")) data-live {
                    (command_id(&desk.fresh_id))
                    h1 { "Open the till" }
                    p { "Count the float in the drawer and type what it comes to." }
                    label.unseen for="float" { "Float in " (code) }
                    input.pad-display #float name="float" inputmode="decimal" autocomplete="off"
                        placeholder="0" data-pad-default;
                    (numpad(lang, "float", html! { (Button::submit("Open").primary()) }))
                }
            }
        }
    }
}

/// Lets somebody else sign in without the first person signing out; the basket stays.
fn switch_dialog(lang: &Lang, register: RegisterId) -> Markup {
    let action = format!("/register/{register}/sign-in");
    let mine = format!("/register/{register}/permissions");
    let enter = html! { (Button::submit("Sign in").primary()) };
    let body = html! {
        form method="post" action=(action) { (pin_pad(lang, "pin", enter)) }
        (Button::link(&lang.word("permission-mine"), &mine).emphasis(Emphasis::Quiet))
    };
    html! { (Dialog::new(lang, "switch", "Who takes over?", body)) }
}

fn void_dialog(lang: &Lang, register: RegisterId) -> Markup {
    let action = format!("/register/{register}/void");
    let body = html! {
        p { "Every line is taken out and noted as voided. Nothing was paid." }
    };
    let actions = html! {
        (Button::closes("Keep the sale"))
        form method="post" action=(action) data-live {
            (command_id(""))
            (Button::submit("Void the sale").emphasis(Emphasis::Danger))
        }
    };
    html! { (Dialog::new(lang, "void", "Void this sale?", body).actions(actions)) }
}
