//! What went wrong: what, why, what to do, and links to the fields concerned.
//!
//! It shows a problem that was already put into words; nothing is translated from codes here.

use maud::{Markup, Render, html};

use super::icon::{Icon, icon};
use crate::web::text::Lang;

/// One field that must be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The id of the input, `field-<name>` unless the page chose another.
    pub field_id: String,
    /// What is wrong with it, as next to the field.
    pub message: String,
}

/// A problem to be put into markup.
#[derive(Clone, Debug)]
pub struct ProblemView<'a> {
    lang: &'a Lang,
    what: &'a str,
    why: Option<&'a str>,
    todo: Option<&'a str>,
    fields: &'a [FieldProblem],
}

impl<'a> ProblemView<'a> {
    /// Says what went wrong.
    pub fn new(lang: &'a Lang, what: &'a str) -> Self {
        Self {
            lang,
            what,
            why: None,
            todo: None,
            fields: &[],
        }
    }

    /// Says why.
    #[must_use]
    pub fn why(mut self, why: &'a str) -> Self {
        self.why = Some(why);
        self
    }

    /// Says what the person can do.
    #[must_use]
    pub fn todo(mut self, todo: &'a str) -> Self {
        self.todo = Some(todo);
        self
    }

    /// Links the fields that must be mended.
    #[must_use]
    pub fn fields(mut self, fields: &'a [FieldProblem]) -> Self {
        self.fields = fields;
        self
    }
}

impl Render for ProblemView<'_> {
    fn render(&self) -> Markup {
        html! {
            section.problem role="alert" tabindex="-1" {
                (icon(Icon::Warning))
                div {
                    h2 { (self.what) }
                    @if let Some(why) = self.why { p { (why) } }
                    @if let Some(todo) = self.todo {
                        p.todo { strong { (self.lang.word("kit-problem-todo")) } " " (todo) }
                    }
                    @if !self.fields.is_empty() {
                        p { (self.lang.word("kit-problem-fields")) }
                        ul {
                            @for field in self.fields {
                                li { a href={ "#" (field.field_id) } { (field.message) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
