//! Number pads for fingers: one that types into a field, and one for PINs.
//!
//! Keys never change place; what the digits mean is the form's business.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use crate::web::text::Lang;

/// Shows a number pad that types into the field `target_id`, or into whichever field for numbers
/// has the focus.
///
/// `enter` is the last key: usually a submit button of the form the pad stands in. The decimal key
/// types the mark of the page's language.
pub fn numpad(lang: &Lang, target_id: &str, enter: Markup) -> Markup {
    let mark = if lang.locale() == crate::web::text::Locale::En {
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

/// Holds the pad that a touched screen shows beside a field for numbers without a pad of its own;
/// its last key goes on to the next field.
pub(in crate::web) fn touch_pad(lang: &Lang) -> Markup {
    let next = html! {
        button.pad-key.soft type="button" data-pad="next" { (lang.word("kit-pad-next")) }
    };
    html! { template #touch-pad-keys { (numpad(lang, "", next)) } }
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

fn key(face: &str) -> Markup {
    html! { button.pad-key type="button" data-pad=(face) { (face) } }
}
