//! Ways through long lists: keyset pages and the tabs of saved filters.
//!
//! The state is in the address, so a list can be sent to a colleague; nothing is kept here.

use maud::{Markup, Render, html};

use super::icon::{Icon, icon};
use crate::web::text::Lang;

/// Links to the neighbours of a page of a list.
#[derive(Clone, Debug)]
pub struct Pager<'a> {
    lang: &'a Lang,
    newer: Option<&'a str>,
    older: Option<&'a str>,
    shown: &'a str,
}

impl<'a> Pager<'a> {
    /// Says what is shown (`51–100 of about 2,000`) and links the neighbours there are.
    pub fn new(lang: &'a Lang, shown: &'a str) -> Self {
        Self {
            lang,
            newer: None,
            older: None,
            shown,
        }
    }

    /// Links the page before, if there is one.
    #[must_use]
    pub fn newer(mut self, href: Option<&'a str>) -> Self {
        self.newer = href;
        self
    }

    /// Links the page after, if there is one.
    #[must_use]
    pub fn older(mut self, href: Option<&'a str>) -> Self {
        self.older = href;
        self
    }
}

impl Render for Pager<'_> {
    fn render(&self) -> Markup {
        html! {
            nav.pager aria-label=(self.lang.word("kit-pager")) {
                p { (self.shown) }
                @if let Some(href) = self.newer {
                    a.button href=(href) rel="prev" {
                        (icon(Icon::Back)) span.label { (self.lang.word("kit-pager-newer")) }
                    }
                }
                @if let Some(href) = self.older {
                    a.button href=(href) rel="next" {
                        span.label { (self.lang.word("kit-pager-older")) } (icon(Icon::Forward))
                    }
                }
            }
        }
    }
}

/// One saved filter of a list.
#[derive(Clone, Copy, Debug)]
pub struct FilterTab<'a> {
    /// Its name.
    pub label: &'a str,
    /// Where it leads.
    pub href: &'a str,
    /// How many it holds, if that is known.
    pub count: Option<i64>,
}

/// Shows saved filters as tabs; `current` is the address of the one being shown.
pub fn filter_tabs(lang: &Lang, label: &str, tabs: &[FilterTab<'_>], current: &str) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for tab in tabs {
                a href=(tab.href) aria-current=[(tab.href == current).then_some("page")] {
                    (tab.label)
                    @if let Some(count) = tab.count { span.count { (lang.count(count)) } }
                }
            }
        }
    }
}
