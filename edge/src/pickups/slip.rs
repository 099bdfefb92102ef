//! The pick list on paper: what to fetch from the shelves for one order. It names the customer by
//! initial and surname, if at all: enough to find the bag it is clipped to, and paper lies about.

use counterpart_daemon::web::text::Lang;
use counterpart_paper::{Barcode, Document, Style};
use counterpart_protocol::ids::Sku;
use counterpart_protocol::quantity::Milli;

/// What stands on a pick list.
#[derive(Debug, Clone)]
pub(crate) struct Slip<'a> {
    /// What people call the order.
    pub reference: &'a str,
    /// Who ordered, as short as it is said at the counter.
    pub customer: Option<String>,
    /// By when it is promised, as people read it.
    pub promise: Option<String>,
    /// When it is printed.
    pub printed: String,
    /// What to fetch.
    pub lines: &'a [SlipLine],
}

/// A line of a pick list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SlipLine {
    /// What people call it.
    pub name: String,
    /// What it is.
    pub sku: Sku,
    /// How much.
    pub quantity_milli: Milli,
}

/// Lays a pick list out.
#[must_use]
pub(crate) fn slip(lang: &Lang, slip: &Slip<'_>) -> Document {
    let mut paper = Document::new();
    paper
        .styled(&lang.word("pickup-slip-title"), Style::title())
        .styled(slip.reference, Style::bold().and_tall());
    if let Some(customer) = &slip.customer {
        paper.columns_styled(&lang.word("pickup-slip-customer"), customer, Style::bold());
    }
    if let Some(promise) = &slip.promise {
        paper.columns_styled(&lang.word("pickup-slip-promise"), promise, Style::bold());
    }
    paper
        .columns(&lang.word("pickup-slip-printed"), &slip.printed)
        .rule();
    for line in slip.lines {
        let quantity = format!("[ ] {} x", lang.quantity(line.quantity_milli.0));
        paper
            .styled(&format!("{quantity} {}", line.name), Style::bold())
            .text(&format!("    {}", line.sku));
    }
    paper.rule();
    // A number no barcode can spell is read by people; the order is found by it all the same.
    if let Ok(barcode) = Barcode::code128(slip.reference) {
        paper.barcode(barcode);
    }
    paper.feed(2).cut();
    paper
}
