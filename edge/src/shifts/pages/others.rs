//! What is counted beside cash: a field for each tender the shift took, and how a count differs.

use counterpart_daemon::web::parts::{Field, ProblemView};
use counterpart_daemon::web::text::{Lang, money_plain};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::TenderKind;
use maud::{Markup, html};

use super::{Question, TillPage};

/// Shows a field for each tender that was taken. That it was is no secret; how much is.
pub(super) fn fields(lang: &Lang, page: &TillPage, question: Option<&Question>) -> Markup {
    html! {
        @if !page.tenders.is_empty() {
            section.stack.count-others aria-label=(lang.word("money-count-title")) {
                h2 { (lang.word("money-count-title")) }
                p.quiet-text { (lang.word("money-count-hint")) }
                @for sum in page.tenders.iter().filter(|it| it.kind != TenderKind::Exchanged) {
                    @let currency = sum.currency.unwrap_or(page.currency);
                    @let typed = typed(lang, currency, (sum.kind, sum.currency), question);
                    (Field::amount(&field_name(sum.kind, sum.currency),
                        &label(lang, sum.kind, sum.currency)).unit(currency.code()).value(&typed))
                }
            }
        }
    }
}

/// Says of each tender that differs by how much.
pub(super) fn differences(lang: &Lang, here: Currency, question: &Question) -> Markup {
    html! {
        @for one in &question.others {
            @if one.over_short_minor != Minor::ZERO {
                @let currency = one.currency.unwrap_or(here);
                @let by = lang.money(one.over_short_minor.0.saturating_abs(), currency.code(),
                    currency.decimals());
                @let word = match one.over_short_minor.0 < 0 {
                    true => "money-short",
                    false => "money-over",
                };
                @let what = label(lang, one.kind, one.currency);
                @let title = lang.t(word, &[("what", what.as_str().into()),
                    ("by", by.as_str().into())]);
                (ProblemView::new(lang, &title).todo(&lang.word("money-count-again")))
            }
        }
    }
}

fn typed(
    lang: &Lang,
    currency: Currency,
    (kind, code): (TenderKind, Option<Currency>),
    question: Option<&Question>,
) -> String {
    let others = question.map_or(&[][..], |question| &question.others);
    let mut found = others
        .iter()
        .filter(|it| it.kind == kind && it.currency == code);
    found.next().map_or_else(String::new, |it| {
        money_plain(it.counted_minor.0, currency.decimals(), lang.locale())
    })
}

fn field_name(kind: TenderKind, currency: Option<Currency>) -> String {
    match currency {
        Some(currency) => format!("other_{}_{currency}", kind.word()),
        None => format!("other_{}", kind.word()),
    }
}

fn label(lang: &Lang, kind: TenderKind, currency: Option<Currency>) -> String {
    let word = match kind {
        TenderKind::Cash => "card-cash",
        TenderKind::Card => "money-count-card",
        TenderKind::GiftCard => "stored-count-gift-card",
        TenderKind::StoreCredit => "stored-count-store-credit",
        TenderKind::Voucher => "money-count-voucher",
        TenderKind::ForeignCash => "money-count-foreign",
        TenderKind::OnAccount => "money-count-account",
        TenderKind::Exchanged => "money-exchanged",
    };
    let code = currency.map_or_else(String::new, |currency| currency.code().to_owned());
    lang.t(word, &[("currency", code.as_str().into())])
}
