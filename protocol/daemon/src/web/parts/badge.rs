//! States as a word in a colour with a shape: readable without colour and without shape.
//!
//! Which state is good or bad is the slice's decision.

use maud::{Markup, PreEscaped, html};

/// How a state is to be felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to feel: a hollow ring.
    Quiet,
    /// Being worked on: a half-filled disc.
    Busy,
    /// As it should be: a filled disc.
    Good,
    /// Waiting, or getting late: a diamond.
    Waiting,
    /// Wrong, a person is needed: a triangle.
    Bad,
}

impl Tone {
    /// Returns the tone's name in class names and `data-tone`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Busy => "busy",
            Self::Good => "good",
            Self::Waiting => "waiting",
            Self::Bad => "bad",
        }
    }

    fn shape(self) -> &'static str {
        match self {
            Self::Quiet => r#"<circle class="ring" cx="6" cy="6" r="4"/>"#,
            Self::Busy => {
                r#"<circle class="ring" cx="6" cy="6" r="4"/><path d="M6 2a4 4 0 0 1 0 8z"/>"#
            }
            Self::Good => r#"<circle cx="6" cy="6" r="5"/>"#,
            Self::Waiting => r#"<path d="M6 .5 11.5 6 6 11.5.5 6z"/>"#,
            Self::Bad => r#"<path d="M6 .8 11.8 11.2H.2z"/>"#,
        }
    }
}

/// Shows a state: `badge(Tone::Waiting, "Late by 12 min")`.
pub fn badge(tone: Tone, word: &str) -> Markup {
    html! {
        span.badge data-tone=(tone.name()) { (badge_shape(tone)) (word) }
    }
}

/// Draws the shape of a tone, for parts that show a state in their own frame.
pub(in crate::web) fn badge_shape(tone: Tone) -> Markup {
    html! {
        svg.shape viewBox="0 0 12 12" aria-hidden="true" focusable="false" {
            (PreEscaped(tone.shape()))
        }
    }
}
