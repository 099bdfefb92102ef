//! Papers that wait for a printer, each with the other printers that could print it.

use counterpart_daemon::web::parts::{Button, Choice, Column, Field, Row, Table, command_id};
use counterpart_protocol::ids::CommandId;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::context::Context;
use crate::devices::PrintJob;

/// Returns the papers that wait, if any do.
pub(in crate::counter) fn waiting(ctx: &Context, zone: &TimeZone, jobs: &[PrintJob]) -> Markup {
    if jobs.is_empty() {
        return html! {};
    }
    let lang = ctx.lang();
    let words = ["since", "register", "stands", "send"];
    let words = words.map(|word| lang.word(&format!("counter-paper-{word}")));
    let columns = words.each_ref().map(|word| Column::words(word));
    let rows = jobs.iter().map(|job| {
        let register = ctx.register(job.register);
        let name = register.map_or_else(
            || job.register.to_string(),
            |register| register.name.clone(),
        );
        let cells = vec![
            html! { (lang.time(job.queued_at_ms, zone)) },
            html! { (name) },
            html! { (job.sentence()) },
            sending(ctx, job),
        ];
        Row::new(format!("paper-{}", job.job_id), cells)
    });
    let title = lang.word("counter-papers");
    html! {
        section.panel {
            header { h2 { (title) } }
            (Table::new(&title, &columns, rows.collect()))
        }
    }
}

fn sending(ctx: &Context, job: &PrintJob) -> Markup {
    let (lang, registers) = (ctx.lang(), ctx.registers());
    let printers: Vec<(String, String)> = registers
        .iter()
        .filter(|register| ctx.devices().print_alike(job.register, register.id))
        .map(|register| (register.id.to_string(), register.name.clone()))
        .collect();
    let choices: Vec<Choice<'_>> = printers
        .iter()
        .map(|(value, label)| Choice { value, label })
        .collect();
    let field = format!("paper-register-{}", job.job_id);
    let (at_ms, random) = ctx.new_ulid();
    let fresh = CommandId::from_parts(at_ms, random).to_string();
    html! {
        form.row method="post" action={ "/devices/papers/" (job.job_id) } data-live {
            (command_id(&fresh))
            (Field::choice("register", &lang.word("counter-paper-printer"), &choices).id(field))
            (Button::submit(&lang.word("counter-paper-there")))
        }
    }
}
