//! What somebody has to see to before a sale is paid: the customer's age, the number of traced
//! goods, and goods that others may be promised; with what a line and a past sale tell of the
//! latter.

use counterpart_daemon::web::parts::{Button, Field, command_id};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::catalog::Traced;
use counterpart_protocol::ids::StaffId;
use counterpart_protocol::policies::{Operation, Permission};
use counterpart_protocol::quantity::Milli;
use maud::{Markup, html};

use super::desk::Desk;
use crate::sales::service::{LineView, PromisedView, SaleView};

/// Asks for the customer's age; it bars Pay.
pub(super) fn age(desk: &Desk<'_>) -> Markup {
    let Some(age) = &desk.view.basket.age else {
        return html! {};
    };
    let lang = &desk.lang;
    let years = i64::from(age.years);
    let asked = lang.t(
        "age-asked",
        &[
            ("name", age.description.as_str().into()),
            ("years", years.into()),
        ],
    );
    html! {
        section.unsettled aria-labelledby="age-title" {
            h2 #age-title { (lang.t("age-title", &[("years", years.into())])) }
            p { (asked) }
            form.row method="post" action=(desk.to("age")) data-live data-quiet {
                (command_id(&desk.fresh_id))
                (Button::submit_as(&lang.word("age-yes"), "does", "old_enough").primary())
                (Button::submit_as(&lang.word("age-no"), "does", "too_young"))
            }
        }
    }
}

/// Asks a manager to let goods go that others may be promised; it bars Pay.
pub(super) fn promised(desk: &Desk<'_>) -> Markup {
    let lang = &desk.lang;
    let all = desk.view.basket.promised.iter();
    let open: Vec<&PromisedView> = all.filter(|it| !it.is_approved).collect();
    if open.is_empty() {
        return html! {};
    }
    let seen = open.iter().map(|it| it.over_milli.0).sum::<i64>();
    let (todo, pin) = (lang.word("promised-todo"), lang.word("pickup-manager-pin"));
    let asks = desk.gates.of(Operation::LetPromisedGo) != Permission::Alone;
    html! {
        section.unsettled aria-labelledby="promised-title" {
            h2 #promised-title { (lang.word("promised-title")) }
            @for goods in &open { p { (why(lang, goods)) } }
            form.row #promised-form method="post" action=(desk.to("promised")) data-live {
                (command_id(&desk.fresh_id))
                input type="hidden" name="seen" value=(seen);
                @if asks {
                    (Field::pin("pin", &pin).hint(&todo).id("field-promised-pin"))
                }
                (Button::submit(&lang.word("promised-do")).primary())
            }
            @if !asks { p.quiet-text { (todo) } }
        }
    }
}

/// Tells why goods are asked for, with the numbers.
fn why(lang: &Lang, goods: &PromisedView) -> String {
    let quantity = |it: Milli| lang.quantity(it.0);
    let [wanted, over] = [goods.wanted_milli, goods.over_milli].map(quantity);
    let [own, on_hand] = [goods.own_milli, goods.on_hand_milli].map(quantity);
    let word = match goods.on_hand_milli > Milli::ZERO {
        true => "promised-asked",
        false => "promised-none",
    };
    lang.t(
        word,
        &[
            ("name", goods.description.as_str().into()),
            ("wanted", wanted.as_str().into()),
            ("over", over.as_str().into()),
            ("own", own.as_str().into()),
            ("on_hand", on_hand.as_str().into()),
        ],
    )
}

/// Warns on a line whose goods others may be promised, or says that a manager let them go.
pub(super) fn of_line(desk: &Desk<'_>, line: &LineView) -> Markup {
    let mut all = desk.view.basket.promised.iter();
    let follows = line.remarks.goes_with.is_some();
    let Some(goods) = all.find(|it| it.sku == line.sku && !follows) else {
        return html! {};
    };
    let over = desk.lang.quantity(goods.over_milli.0);
    let word = match goods.is_approved {
        true => "promised-line-approved",
        false => "promised-line",
    };
    html! { span.line-note { (desk.lang.t(word, &[("over", over.as_str().into())])) } }
}

/// Tells of a past sale which goods went that others may have been promised, and who let them go.
pub(super) fn let_go(lang: &Lang, view: &SaleView) -> Markup {
    let lines = view.sold.sale.lines.iter();
    let lines: Vec<_> = lines
        .filter_map(|line| Some((line, line.promised()?)))
        .collect();
    let name = |id: StaffId| {
        let member = view.approvers.iter().find(|member| member.id == id);
        member.map_or("–", |member| member.name.as_str())
    };
    html! {
        @if !lines.is_empty() {
            section.panel {
                header { h2 { (lang.word("promised-sold")) } }
                ul.stack {
                    @for (line, said) in lines {
                        li {
                            span.code { (line.sku) } " · " (lang.quantity(said.quantity_milli.0))
                            " · " (lang.word("journal-approved")) " "
                            (name(said.approved_by.unwrap_or(said.by)))
                        }
                    }
                }
            }
        }
    }
}

/// Asks for the serial number or lot of the first line that has none yet; it bars Pay.
pub(super) fn number(desk: &Desk<'_>) -> Markup {
    let Some(untraced) = &desk.view.basket.untraced else {
        return html! {};
    };
    let lang = &desk.lang;
    let word = word(desk, untraced.traced);
    let name = untraced.description.as_str();
    let asked = lang.t(
        "traced-asked",
        &[("what", word.as_str().into()), ("name", name.into())],
    );
    html! {
        section.unsettled aria-labelledby="traced-title" {
            h2 #traced-title { (asked) }
            p { (lang.word("traced-todo")) }
            form.row method="post" action=(desk.to("traced")) data-live data-reset {
                (command_id(&desk.fresh_id))
                input type="hidden" name="line" value=(untraced.line);
                (Field::text("number", &word).autocomplete("off"))
                (Button::submit(&lang.word("traced-do")).primary())
            }
        }
    }
}

/// Returns the serial number or lot of a line with its word, once it was read.
pub(super) fn number_of(desk: &Desk<'_>, line: &LineView) -> Option<String> {
    let traced = line.remarks.traced.as_ref()?;
    let number = traced.number.as_ref()?;
    Some(format!("{} {number}", word(desk, traced.traced)))
}

fn word(desk: &Desk<'_>, traced: Traced) -> String {
    match traced {
        Traced::Serial => desk.lang.word("traced-serial"),
        Traced::Lot => desk.lang.word("traced-lot"),
    }
}
