//! Pads for fingers: one for numbers that types into a field, one for PINs, and one with letters
//! for a screen that has no keyboard.
//!
//! Keys never change place; what is typed means what the form says.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use crate::web::text::{Lang, Locale};

/// Shows a number pad that types into the field `target_id`, or into whichever field for numbers
/// has the focus.
///
/// `enter` is the last key: usually a submit button of the form the pad stands in. The decimal key
/// types the mark of the page's language.
pub fn numpad(lang: &Lang, target_id: &str, enter: Markup) -> Markup {
    let mark = if lang.locale() == Locale::En {
        "."
    } else {
        ","
    };
    html! {
        div.pad role="group" aria-label=(lang.word("kit-pad")) data-pad-for=(target_id) {
            @for digit in ["7", "8", "9"] { (key(digit)) }
            button.pad-key.soft type="button" data-pad="back"
                aria-label=(lang.word("kit-pad-back")) { (icon(Icon::Backspace)) }
            @for digit in ["4", "5", "6"] { (key(digit)) }
            button.pad-key.soft type="button" data-pad="clear"
                aria-label=(lang.word("kit-pad-clear")) { "C" }
            @for digit in ["1", "2", "3"] { (key(digit)) }
            div.pad-enter { (enter) }
            @for digit in ["0", "00", mark] { (key(digit)) }
        }
    }
}

/// Holds the pads that a touched screen shows beside a field without a pad of its own: one for
/// numbers, one with letters. The last key of each goes on to the next field.
pub(in crate::web) fn touch_pad(lang: &Lang) -> Markup {
    let next = || html! { (soft("next", &lang.word("kit-pad-next"))) };
    html! {
        template #touch-pad-keys {
            (numpad(lang, "", next()))
            div.board role="group" aria-label=(lang.word("kit-board")) {
                @for row in rows(lang.locale()) {
                    div.board-row {
                        @for letter in row.chars() { (key(letter.encode_utf8(&mut [0; 4]))) }
                    }
                }
                div.board-row {
                    (soft("clear", "C"))
                    (key("."))
                    button.pad-key.space type="button" data-pad=" "
                        aria-label=(lang.word("kit-board-space")) {}
                    button.pad-key.soft type="button" data-pad="back"
                        aria-label=(lang.word("kit-board-back")) { (icon(Icon::Backspace)) }
                    (next())
                }
            }
        }
    }
}

/// What the rows of letters hold, as keyboards of the language have them; small letters only, for
/// nothing that is looked for or noted at a till tells them from capitals. Numbers of receipts and
/// orders have hyphens.
fn rows(locale: Locale) -> [&'static str; 4] {
    match locale {
        Locale::En => ["1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"],
        Locale::De => ["1234567890-", "qwertzuiopü", "asdfghjklöä", "yxcvbnmß"],
        Locale::Fr => ["1234567890-", "azertyuiop", "qsdfghjklm", "wxcvbnéèàç"],
    }
}

/// Shows a PIN pad with its field; `name` is the field's name, `enter` the submit button.
///
/// The typed digits are shown as dots and counted aloud, never read aloud.
pub fn pin_pad(lang: &Lang, name: &str, enter: Markup) -> Markup {
    let field_id = format!("field-{name}");
    html! {
        div.pin {
            label for=(field_id) { (lang.word("kit-pin")) }
            input.pin-digits id=(field_id) name=(name) type="password" inputmode="none"
                autocomplete="off" maxlength="12" data-pad-default;
            div.pad.pad-pin role="group" aria-label=(lang.word("kit-pad"))
                data-pad-for=(field_id) {
                @for digit in ["1", "2", "3", "4", "5", "6", "7", "8", "9"] { (key(digit)) }
                button.pad-key.soft type="button" data-pad="back"
                    aria-label=(lang.word("kit-pad-back")) { (icon(Icon::Backspace)) }
                (key("0"))
                div.pad-enter { (enter) }
            }
        }
    }
}

fn soft(does: &str, face: &str) -> Markup {
    html! { button.pad-key.soft type="button" data-pad=(does) { (face) } }
}

fn key(face: &str) -> Markup {
    html! { button.pad-key type="button" data-pad=(face) { (face) } }
}
