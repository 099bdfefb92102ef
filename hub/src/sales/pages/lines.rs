//! The lines of a sale, on the page of its receipt.

use counterpart_daemon::web::parts::{Column, Row, Table};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::sales::DEPARTMENT_PREFIX;
use maud::{Markup, Render, html};

use super::money;
use crate::sales::service::SaleView;
use crate::web::escaped;

/// Makes the table of a receipt's lines, with the total at its foot.
pub(super) fn table(lang: &Lang, view: &SaleView) -> Markup {
    let currency = &view.receipt.currency;
    let columns = [
        Column::words("Product"),
        Column::numbers("Quantity"),
        Column::numbers("Price"),
        Column::numbers("Tax"),
        Column::numbers("Amount"),
    ];
    let rows = view
        .lines
        .iter()
        .map(|line| {
            let cells = vec![
                html! { (line.description) },
                html! { (lang.quantity(line.quantity_milli)) },
                html! { (money(lang, line.unit_price_minor, currency)) },
                html! { (lang.quantity(line.tax_rate)) " %" },
                html! { (money(lang, line.amount_minor, currency)) },
            ];
            let row = Row::new(format!("line-{}", line.line), cells);
            // What was sold by its department is nobody's stock.
            match line.sku.starts_with(DEPARTMENT_PREFIX) {
                true => row,
                false => row.href(format!("/stock/{}", escaped(&line.sku))),
            }
        })
        .collect();
    let empty = || html! {};
    let total = vec![
        html! { strong { "Total" } },
        empty(),
        empty(),
        empty(),
        html! { strong { (money(lang, view.receipt.total_minor, currency)) } },
    ];
    Table::new("Lines", &columns, rows)
        .foot(Row::new("total", total))
        .render()
}
