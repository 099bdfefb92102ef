//! What comes off by hand: the question about a line, and how a line and the sale tell of it.

use counterpart_daemon::web::parts::{
    Button, Choice, Dialog, Emphasis, Field, Icon, Opened, command_id,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::pricing::Percent;
use counterpart_protocol::sales::ReducedBy;
use counterpart_protocol::staff::Role;
use maud::{Markup, html};

use super::desk::Desk;
use crate::sales::rules::PriceReason;
use crate::sales::service::LineView;
use crate::staff;

/// What can be asked for, in the order it is offered.
const WHATS: [&str; 5] = [
    "line_percent",
    "line_amount",
    "price",
    "sale_percent",
    "sale_amount",
];

/// Asks what is to come off the line somebody chose; closing it keeps the prices as they are.
pub(super) fn asked(desk: &Desk<'_>) -> Markup {
    let (view, lang) = (desk.view, &desk.lang);
    let line = view.screen.asked_line.and_then(|asked| {
        let lines = view.basket.lines.iter();
        lines.into_iter().find(|it| it.line == asked && !it.voided)
    });
    let Some(line) = line else {
        return html! {};
    };
    let name = line.description.as_str();
    let title = lang.t("prices-title", &[("name", name.into())]);
    let body = html! {
        form.stack #discount-form method="post" action=(desk.to("discount")) data-live {
            (command_id(&desk.fresh_id))
            input type="hidden" name="line" value=(line.line);
            (fields(desk))
        }
        form #not-discounted method="post" action=(desk.to("discount/close")) data-live {
            (command_id(&desk.fresh_id))
        }
    };
    let of_line = line.pricing.as_ref().is_some_and(|pricing| {
        let mut reductions = pricing.reductions.iter();
        pricing.typed.is_some() || reductions.any(|it| matches!(it.because, ReducedBy::Line(_)))
    });
    let mut all = view
        .basket
        .lines
        .iter()
        .filter_map(|it| it.pricing.as_ref());
    let of_sale = all.any(|pricing| {
        let mut reductions = pricing.reductions.iter();
        reductions.any(|it| matches!(it.because, ReducedBy::Sale(_)))
    });
    let actions = html! {
        @if of_line {
            (Button::submit_as(&lang.word("prices-clear-line"), "does", "clear_line")
                .form("discount-form").icon(Icon::Undo).emphasis(Emphasis::Quiet))
        }
        @if of_sale {
            (Button::submit_as(&lang.word("prices-clear-sale"), "does", "clear_sale")
                .form("discount-form").icon(Icon::Undo).emphasis(Emphasis::Quiet))
        }
        (Button::submit_as(&lang.word("prices-do"), "does", "give").form("discount-form")
            .primary())
    };
    html! {
        (Dialog::new(lang, "discounting", &title, body).actions(actions)
            .opened(Opened::ByServer).cancels("not-discounted"))
    }
}

fn fields(desk: &Desk<'_>) -> Markup {
    let lang = &desk.lang;
    let whats: Vec<(&str, String)> = WHATS.map(|it| (it, what_word(lang, it))).to_vec();
    let reasons = PriceReason::ALL.map(|it| (it.word(), reason_word(lang, it.word())));
    let [whats, reasons] = [&whats[..], &reasons[..]].map(|offered| {
        let choices = offered.iter().map(|(value, label)| Choice { value, label });
        choices.collect::<Vec<_>>()
    });
    let all = [
        Operation::TypePrice,
        Operation::DiscountLine,
        Operation::DiscountSale,
    ];
    let asks = all
        .into_iter()
        .any(|it| staff::needs_manager(&desk.gates, it));
    html! {
        (Field::choice("what", &lang.word("prices-what"), &whats))
        (Field::amount("value", &lang.word("prices-value"))
            .hint(&lang.word("prices-value-hint")).required(lang).focused())
        (Field::choice("reason", &lang.word("prices-reason"), &reasons))
        @if let Some(policy) = desk.view.till_policy {
            @if desk.role != Role::Manager || asks {
                @let limits = policy.limits(desk.role);
                @let shares = [limits.line_discount_max, limits.price_change_max,
                    limits.sale_discount_max].map(|share| percent(lang, share));
                @let hint = lang.t("prices-pin-hint", &[
                    ("line", shares[0].as_str().into()),
                    ("price", shares[1].as_str().into()),
                    ("sale", shares[2].as_str().into()),
                ]);
                (Field::pin("pin", &lang.word("pickup-manager-pin")).hint(&hint)
                    .id("field-discount-pin"))
            }
        }
    }
}

/// Tells below a line what its price was and what came off it.
pub(super) fn told(desk: &Desk<'_>, line: &LineView) -> Markup {
    let Some(pricing) = &line.pricing else {
        return html! {};
    };
    html! {
        @if let Some(typed) = &pricing.typed {
            span.line-note {
                s { (desk.money(pricing.list_price_minor)) } " "
                (reason_word(&desk.lang, &typed.reason))
            }
        }
        @for reduction in &pricing.reductions {
            span.line-note.saved {
                "−" (desk.money(reduction.amount_minor)) " "
                (because(&desk.lang, &reduction.because))
            }
        }
    }
}

/// Says why something came off: a promotion by its name, else the reason in words.
pub(super) fn because(lang: &Lang, because: &ReducedBy) -> String {
    match because {
        ReducedBy::Promotion { name, .. } => name.clone(),
        ReducedBy::Line(by_hand) => reason_word(lang, &by_hand.reason),
        ReducedBy::Sale(by_hand) => {
            let reason = reason_word(lang, &by_hand.reason);
            lang.t("prices-of-sale", &[("reason", reason.as_str().into())])
        }
        ReducedBy::TaxExempt { rate } => {
            let rate = lang.quantity(i64::from(rate.0));
            lang.t("customer-tax-off", &[("rate", rate.as_str().into())])
        }
    }
}

fn what_word(lang: &Lang, word: &str) -> String {
    lang.word(&format!("prices-what-{}", word.replace('_', "-")))
}

/// Returns the words of a reason; one of a newer program is shown as its word.
pub(super) fn reason_word(lang: &Lang, word: &str) -> String {
    match PriceReason::read(word) {
        Ok(reason) => lang.word(&format!(
            "prices-reason-{}",
            reason.word().replace('_', "-")
        )),
        Err(_) => word.to_owned(),
    }
}

fn percent(lang: &Lang, share: Percent) -> String {
    format!("{} %", lang.quantity(i64::from(share.0)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use counterpart_daemon::web::text::{Lang, Locale, Texts};

    use super::{PriceReason, WHATS, reason_word, what_word};

    #[test]
    fn everything_that_can_be_chosen_has_its_words_in_every_language() {
        let words = [
            (Locale::En, include_str!("../../../locales/en/prices.ftl")),
            (Locale::De, include_str!("../../../locales/de/prices.ftl")),
            (Locale::Fr, include_str!("../../../locales/fr/prices.ftl")),
        ];
        for (locale, text) in words {
            let texts = Arc::new(Texts::new(&[(locale, &[text])]).unwrap());
            let lang = Lang::new(texts, locale);
            let whats = WHATS.map(|it| what_word(&lang, it));
            assert!(whats.iter().all(|it| !it.contains("prices-")), "{whats:?}");
            let reasons = PriceReason::ALL.map(|it| reason_word(&lang, it.word()));
            assert!(
                reasons.iter().all(|it| !it.contains("prices-")),
                "{reasons:?}"
            );
            assert_eq!(reason_word(&lang, "full_moon"), "full_moon");
        }
    }
}
