//! What is still open in the store at the end of the day, and closes with nobody's till: parked
//! sales, and card payments nobody has settled.

use counterpart_daemon::web::parts::{Button, ProblemView};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::RegisterId;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::TillPage;
use crate::sales::{self, SuspendedView};

/// Names all of it.
pub(super) fn left_open(
    lang: &Lang,
    zone: &TimeZone,
    register: RegisterId,
    page: &TillPage,
) -> Markup {
    html! {
        (suspended(lang, register, &page.suspended))
        (cards_left(lang, zone, page))
    }
}

/// Names the parked sales of the store: at the end of the day somebody finishes or voids each.
fn suspended(lang: &Lang, register: RegisterId, all: &[SuspendedView]) -> Markup {
    let list = format!("/register/{register}/suspended");
    let named = all.iter().map(|it| match &it.name {
        Some(name) => format!("{} ({name})", it.number),
        None => it.number.to_string(),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    html! {
        @if !all.is_empty() {
            div.still-open {
                (ProblemView::new(lang, &lang.word("suspended-left")).why(&named)
                    .todo(&lang.word("suspended-left-hint")))
                p { (Button::link(&lang.word("suspended-title"), &list)) }
            }
        }
    }
}

/// Names the card payments nobody has settled, wherever they were begun.
fn cards_left(lang: &Lang, zone: &TimeZone, page: &TillPage) -> Markup {
    let (code, decimals) = (page.currency.code(), page.currency.decimals());
    let named = page.cards.iter().map(|it| {
        let amount = lang.money(it.amount_minor.0, code, decimals);
        let what = lang.t(sales::left_word(it), &[("amount", amount.as_str().into())]);
        let at = lang.date_time(it.begun_at_ms, zone);
        lang.t(
            "card-left-where",
            &[
                ("what", what.as_str().into()),
                ("register", it.register.to_string().into()),
                ("at", at.into()),
                ("payment", it.intent.as_str().into()),
            ],
        )
    });
    let named = named.collect::<Vec<_>>().join(" ");
    html! {
        @if !page.cards.is_empty() {
            div.still-open {
                (ProblemView::new(lang, &lang.word("card-left-title")).why(&named)
                    .todo(&lang.word("card-left-hint")))
            }
        }
    }
}
