//! What stands where nothing is yet, and the button behind which new rows wait.
//!
//! An empty place says what to do next; "no results" alone is not enough.

use maud::{Markup, Render, html};

use super::icon::{Icon, icon};
use crate::web::text::Lang;

/// An empty place to be put into markup.
#[derive(Clone, Debug)]
pub struct Empty<'a> {
    title: &'a str,
    todo: Option<&'a str>,
    icon: Option<Icon>,
    action: Option<Markup>,
}

impl<'a> Empty<'a> {
    /// Says what the place is for: `Scan an item to start a sale`.
    pub fn new(title: &'a str) -> Self {
        Self {
            title,
            todo: None,
            icon: None,
            action: None,
        }
    }

    /// Adds a sentence on what fills it.
    #[must_use]
    pub fn todo(mut self, todo: &'a str) -> Self {
        self.todo = Some(todo);
        self
    }

    /// Adds a drawing.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Adds a button or link.
    #[must_use]
    pub fn action(mut self, action: Markup) -> Self {
        self.action = Some(action);
        self
    }
}

impl Render for Empty<'_> {
    fn render(&self) -> Markup {
        html! {
            div.empty {
                @if let Some(drawing) = self.icon { (icon(drawing)) }
                p.empty-title { (self.title) }
                @if let Some(todo) = self.todo { p { (todo) } }
                @if let Some(action) = &self.action { (action) }
            }
        }
    }
}

/// Offers to show `count` rows that came while the person was reading; nothing moves until then.
pub fn new_rows(lang: &Lang, count: i64, href: &str) -> Markup {
    html! {
        @if count > 0 {
            a.new-rows href=(href) { (lang.t("kit-new-rows", &[("count", count.into())])) }
        }
    }
}
