//! Boxes to tick under one heading, each with a word of its own.
//!
//! Every box is a field named by itself, so that a form without script says the same.

use maud::{Markup, Render, html};

/// One box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick<'a> {
    /// Its field's name; it is sent only if it is ticked.
    pub name: &'a str,
    /// What stands beside it.
    pub label: &'a str,
    /// What it means, in quiet letters; empty for nothing.
    pub hint: &'a str,
    /// Whether it is ticked to begin with.
    pub ticked: bool,
}

/// Shows boxes under one heading; `id` is unique on the page and is what a field error names.
#[must_use]
pub fn ticks(id: &str, label: &str, boxes: &[Tick<'_>]) -> Markup {
    html! {
        fieldset.ticks id={ "field-" (id) } {
            legend { (label) }
            @for one in boxes {
                @let box_id = format!("tick-{}", one.name);
                label.tick for=(box_id) {
                    input type="checkbox" id=(box_id) name=(one.name) value="yes"
                        checked[one.ticked];
                    span { (one.label) @if !one.hint.is_empty() { small { (one.hint) } } }
                }
            }
        }
    }
    .render()
}

#[cfg(test)]
mod tests {
    use super::{Tick, ticks};

    #[test]
    fn a_box_is_tied_to_its_words() {
        let boxes = [Tick {
            name: "orders:write",
            label: "orders:write",
            hint: "capture orders",
            ticked: true,
        }];
        let shown = ticks("scopes", "It may", &boxes).into_string();
        assert!(shown.contains(r#"<legend>It may</legend>"#), "{shown}");
        assert!(shown.contains(r#"for="tick-orders:write""#), "{shown}");
        assert!(
            shown.contains(r#"name="orders:write" value="yes" checked"#),
            "{shown}"
        );
    }
}
