//! One number that matters, large, with its name, its age and how it moved.
//!
//! Numbers arrive as texts in the reader's language; nothing is computed here.

use maud::{Markup, Render, html};

use super::badge::{Tone, badge};

/// A stat tile to be put into markup.
#[derive(Clone, Debug)]
pub struct Stat<'a> {
    label: &'a str,
    value: &'a str,
    note: Option<&'a str>,
    state: Option<(Tone, &'a str)>,
    href: Option<&'a str>,
    plot: Option<Markup>,
}

impl<'a> Stat<'a> {
    /// Shows `value` under `label`.
    pub fn new(label: &'a str, value: &'a str) -> Self {
        Self {
            label,
            value,
            note: None,
            state: None,
            href: None,
            plot: None,
        }
    }

    /// Adds how old it is or what it is compared with.
    #[must_use]
    pub fn note(mut self, note: &'a str) -> Self {
        self.note = Some(note);
        self
    }

    /// Adds a state.
    #[must_use]
    pub fn state(mut self, tone: Tone, word: &'a str) -> Self {
        self.state = Some((tone, word));
        self
    }

    /// Leads to the page behind the number.
    #[must_use]
    pub fn href(mut self, href: &'a str) -> Self {
        self.href = Some(href);
        self
    }

    /// Adds a small plot ([`super::sparkline`]).
    #[must_use]
    pub fn plot(mut self, plot: Markup) -> Self {
        self.plot = Some(plot);
        self
    }
}

impl Render for Stat<'_> {
    fn render(&self) -> Markup {
        html! {
            div.stat {
                p.stat-label {
                    @match self.href {
                        Some(href) => a href=(href) { (self.label) },
                        None => (self.label),
                    }
                }
                p.stat-value { (self.value) }
                @if let Some(plot) = &self.plot { (plot) }
                @if self.note.is_some() || self.state.is_some() {
                    p.stat-note {
                        @if let Some((tone, word)) = self.state { (badge(tone, word)) }
                        @if let Some(note) = self.note { span { (note) } }
                    }
                }
            }
        }
    }
}
