//! The grid in which a drawer is counted, denomination by denomination, blind.
//!
//! The page adds up what was typed as a help; the server counts again and knows what was expected,
//! which is not shown here.

use maud::{Markup, html};

use crate::web::text::Lang;

/// One denomination to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountRow {
    /// The field's name; the form sends how many there are.
    pub name: String,
    /// The denomination as text: `€50`.
    pub label: String,
    /// What one of them is worth, in minor units.
    pub minor: i64,
    /// What was typed before, empty if nothing.
    pub typed: String,
}

/// Shows the count grid for one currency (`decimals` as in ISO 4217). A page that is opened to
/// count begins in its first field.
pub fn count_grid(lang: &Lang, currency_code: &str, decimals: u8, rows: &[CountRow]) -> Markup {
    let zero = lang.money(0, currency_code, decimals);
    html! {
        div.count-grid data-currency=(currency_code) data-decimals=(decimals) {
            div.count-head aria-hidden="true" {
                span { (lang.word("kit-count-piece")) }
                span { (lang.word("kit-count-number")) }
                span { (lang.word("kit-count-sum")) }
            }
            div.count-rows {
                @for (at, row) in rows.iter().enumerate() {
                    div.count-row {
                        label for={ "count-" (row.name) } { (row.label) }
                        input id={ "count-" (row.name) } name=(row.name) type="text"
                            inputmode="numeric" autocomplete="off" placeholder="0"
                            value=(row.typed) data-minor=(row.minor) data-goes-on
                            autofocus[at == 0];
                        output for={ "count-" (row.name) } { (zero) }
                    }
                }
            }
            div.count-total {
                span { (lang.word("kit-count-total")) }
                output.total { (zero) }
            }
        }
    }
}
