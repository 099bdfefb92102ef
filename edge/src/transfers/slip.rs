//! The slip that goes with a parcel: what is in it, where it goes, and its number as a barcode.

use counterpart_daemon::web::text::Lang;
use counterpart_paper::{Barcode, Document, Style};
use counterpart_protocol::quantity::Milli;

/// What stands on the slip of a transfer.
#[derive(Debug, Clone)]
pub(super) struct Slip<'a> {
    /// The transfer's id.
    pub number: &'a str,
    /// The store it comes from.
    pub from: &'a str,
    /// The store it goes to.
    pub to: &'a str,
    /// When it left, as people read it.
    pub sent: String,
    /// Names, SKUs and quantities.
    pub lines: &'a [(String, String, Milli)],
}

/// Lays the slip out.
#[must_use]
pub(super) fn slip(lang: &Lang, slip: &Slip<'_>) -> Document {
    let mut paper = Document::new();
    paper
        .styled(&lang.word("transfer-slip-title"), Style::title())
        .columns_styled(&lang.word("transfer-to"), slip.to, Style::bold())
        .columns(&lang.word("transfer-from"), slip.from)
        .columns(&lang.word("transfer-sent-at"), &slip.sent)
        .rule();
    for (name, sku, quantity) in slip.lines {
        paper
            .styled(
                &format!("{} x {name}", lang.quantity(quantity.0)),
                Style::bold(),
            )
            .text(&format!("    {sku}"));
    }
    paper.rule().text(slip.number);
    if let Ok(barcode) = Barcode::code128(slip.number) {
        paper.barcode(barcode);
    }
    paper.feed(2).cut();
    paper
}
