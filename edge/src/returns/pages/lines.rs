//! The lines of a sale at the desk: what of each may still come back, and what is typed of it.

use counterpart_daemon::web::parts::{Choice, Column, Field, Row, Table};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::money::Currency;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::Disposition;
use maud::{Markup, Render, html};

use super::{disposition_word, money, reason_word};
use crate::returns::rules::ReturnReason;
use crate::returns::service::LineLeft;

/// Draws the lines of a sale with an input for what comes back of each.
pub(super) fn lines(lang: &Lang, currency: Currency, lines: &[LineLeft]) -> Markup {
    let labels = ["what", "sold", "paid", "left", "how-much", "why", "to"]
        .map(|word| lang.word(&format!("returns-{word}")));
    let [what, sold, paid, left, how_much, why, to] = labels.each_ref().map(String::as_str);
    let columns = [
        Column::words(what),
        Column::numbers(sold),
        Column::numbers(paid),
        Column::numbers(left),
        Column::words(how_much),
        Column::words(why),
        Column::words(to),
    ];
    // The hands begin at the first line of which something may come back.
    let mut returnable = lines.iter().filter(|line| line.left_milli > Milli::ZERO);
    let first = returnable.next().map(|line| line.line);
    let rows = lines
        .iter()
        .map(|line| row(lang, currency, line, first == Some(line.line)));
    let title = lang.word("returns-title");
    Table::new(&title, &columns, rows.collect()).render()
}

fn row(lang: &Lang, currency: Currency, line: &LineLeft, is_first: bool) -> Row {
    let mut cells = vec![
        html! { (line.description) br; span.quiet-text { (line.sku) } },
        html! { (lang.quantity(line.sold_milli.0)) },
        html! { (money(lang, currency, line.paid_minor)) },
        html! { (lang.quantity(line.left_milli.0)) },
    ];
    if line.left_milli == Milli::ZERO {
        let why_not = lang.word("returns-line-back");
        cells.extend([html! { span.quiet-text { (why_not) } }, html! {}, html! {}]);
    } else {
        cells.extend(inputs(lang, line, is_first));
    }
    Row::new(format!("line-{}", line.line), cells)
}

/// The three inputs of a line: how much, why, where to.
fn inputs(lang: &Lang, line: &LineLeft, is_first: bool) -> [Markup; 3] {
    let reasons = ReturnReason::ALL.map(|it| (it.word(), reason_word(lang, it)));
    let places = Disposition::ALL.map(|it| (it.word(), disposition_word(lang, it)));
    let choices = |offered: &[(&'static str, String)], name: &str, label: &str| {
        let choices: Vec<Choice<'_>> = offered
            .iter()
            .map(|(value, label)| Choice { value, label })
            .collect();
        html! { (Field::choice(name, label, &choices)) }
    };
    let names = ["quantity", "reason", "to"].map(|name| format!("{name}_{}", line.line));
    let [quantity, reason, to] = names.each_ref().map(String::as_str);
    let (how_much, why) = (lang.word("returns-how-much"), lang.word("returns-why"));
    let quantity = Field::amount(quantity, &how_much).placeholder("0");
    let quantity = if is_first {
        quantity.focused()
    } else {
        quantity
    };
    [
        html! { (quantity) },
        choices(&reasons, reason, &why),
        choices(&places, to, &lang.word("returns-to")),
    ]
}
