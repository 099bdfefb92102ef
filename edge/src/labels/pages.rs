//! The labels page: print one, and send those that wait to another printer.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::parts::{
    Button, Choice, Column, Empty, Field, Icon, Row, Table, command_id,
};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_protocol::ids::CommandId;
use maud::{Markup, html};

use super::http::PAGE;
use crate::context::Context;
use crate::devices::{PrintJob, PrintState};
use crate::staff::Person;
use crate::web::{self, Screen};

/// Makes the page.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn labels(
    ctx: &Context,
    person: &Person,
    jobs: &[PrintJob],
) -> Result<Markup, DbError> {
    let (lang, version) = (ctx.lang(), ctx.live().version());
    let title = lang.word("labels-title");
    let printers = printers(ctx);
    let choices: Vec<Choice<'_>> = printers
        .iter()
        .map(|(value, label)| Choice { value, label })
        .collect();
    let heads = ["which", "where", "do"].map(|word| lang.word(&format!("labels-col-{word}")));
    let columns = heads.each_ref().map(|word| Column::words(word));
    let rows = jobs.iter().map(|job| {
        let cells = vec![
            html! { (job.sentence()) },
            html! { (name_of(ctx, job)) },
            reroute(ctx, job, &choices),
        ];
        Row::new(format!("label-{}", job.job_id), cells)
    });
    let (none, hint) = (lang.word("labels-none"), lang.word("labels-none-hint"));
    let table = Table::new(&title, &columns, rows.collect()).empty(Empty::new(&none).todo(&hint));
    let body = html! {
        div.console {
            header.page-head { h1 { (title) } p.quiet-text { (lang.word("labels-hint")) } }
            @if choices.is_empty() {
                p { (lang.word("labels-no-printer")) }
            } @else {
                form.filters method="post" action=(PAGE) data-live {
                    (command_id(&fresh(ctx)))
                    (Field::text("sku", &lang.word("labels-sku")).autocomplete("off"))
                    (Field::choice("register", &lang.word("labels-col-where"), &choices))
                    (Button::submit(&lang.word("labels-print")).primary().icon(Icon::Printer))
                }
            }
            (table)
        }
    };
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{}/sign-out", person.register),
    };
    let screen = Screen {
        title: &title,
        current: "/stock",
        density: Density::Console,
        register: Some(person.register),
        signed_in: Some(&signed_in),
        stream: None,
        scan: None,
    };
    web::page(ctx, version, &screen, body).await
}

/// What a person may do about a label: nothing while it is being printed, and one in doubt is
/// settled at its till.
fn reroute(ctx: &Context, job: &PrintJob, choices: &[Choice<'_>]) -> Markup {
    let may_move = match job.state {
        PrintState::Queued | PrintState::Failed => !choices.is_empty(),
        PrintState::Sending | PrintState::Sent | PrintState::Confirmed | PrintState::Uncertain => {
            false
        }
    };
    let lang = ctx.lang();
    let field = format!("register-{}", job.job_id);
    html! {
        @if may_move {
            form.row method="post" action={ (PAGE) "/" (job.job_id) } data-live {
                (command_id(&fresh(ctx)))
                (Field::choice("register", &lang.word("labels-printer"), choices).id(field))
                (Button::submit(&lang.word("labels-reroute")))
            }
        }
    }
}

/// The registers with a label printer, by number and name.
fn printers(ctx: &Context) -> Vec<(String, String)> {
    let all = ctx.registers();
    all.iter()
        .filter(|register| register.counter.label_printer.is_some())
        .map(|register| (register.id.to_string(), register.name.clone()))
        .collect()
}

fn name_of(ctx: &Context, job: &PrintJob) -> String {
    let register = ctx.register(job.register);
    register.map_or_else(
        || job.register.to_string(),
        |register| register.name.clone(),
    )
}

fn fresh(ctx: &Context) -> String {
    let (at_ms, random) = ctx.new_ulid();
    CommandId::from_parts(at_ms, random).to_string()
}
