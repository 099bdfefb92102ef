//! A frame that looks like the paper that comes out of the printer.
//!
//! What is on the paper was laid out elsewhere, once, for the printer and for this frame.

use maud::{Markup, html};

use crate::web::text::Lang;

/// Frames a printed document that is already markup (the paper crate's SVG form).
pub fn paper(lang: &Lang, document: Markup) -> Markup {
    html! {
        // A long receipt scrolls inside its frame, so the keyboard must reach it.
        figure.paper tabindex="0" {
            div.paper-sheet { (document) }
            figcaption.unseen { (lang.word("kit-paper")) }
        }
    }
}

/// Frames a printed document in its text form, one line of the printer a line.
///
/// `columns` is how many characters the printer has (42 or 48), so that the frame is as wide as the
/// paper even when no line is full.
pub fn paper_text(lang: &Lang, text: &str, columns: u8) -> Markup {
    paper(lang, html! { pre data-columns=(columns) { (text) } })
}
