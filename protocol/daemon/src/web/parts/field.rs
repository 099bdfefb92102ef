//! Fields of forms: a label, the input, a hint and what is wrong with it, tied together.
//!
//! It checks nothing: the server does, and says so next to the field.

use maud::{Markup, Render, html};

use super::icon::{Icon, icon};
use crate::web::text::Lang;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'a> {
    Text,
    Search,
    Digits,
    Amount,
    Secret,
    Pin,
    Date,
    Long,
    Choices(&'a [Choice<'a>]),
}

/// One choice of a field with choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// What the form sends.
    pub value: &'a str,
    /// What the person reads.
    pub label: &'a str,
}

/// A field to be put into markup.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    id: String,
    name: &'a str,
    label: &'a str,
    kind: Kind<'a>,
    value: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    unit: Option<&'a str>,
    key: Option<&'a str>,
    required: Option<String>,
    autocomplete: &'a str,
    placeholder: Option<&'a str>,
    focused: bool,
}

impl<'a> Field<'a> {
    /// Takes a line of text.
    pub fn text(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Text)
    }

    /// Looks something up.
    pub fn search(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Search)
    }

    /// Takes whole digits; a touch screen shows the number pad.
    pub fn digits(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Digits)
    }

    /// Takes an amount or a quantity with decimals.
    pub fn amount(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Amount)
    }

    /// Takes a password, shown as dots.
    pub fn secret(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Secret)
    }

    /// Takes a PIN: digits, shown as dots.
    pub fn pin(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Pin)
    }

    /// Takes a calendar date.
    pub fn date(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Date)
    }

    /// Takes several lines of text.
    pub fn long_text(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Long)
    }

    /// Takes one of `choices`.
    pub fn choice(name: &'a str, label: &'a str, choices: &'a [Choice<'a>]) -> Self {
        Self::new(name, label, Kind::Choices(choices))
    }

    fn new(name: &'a str, label: &'a str, kind: Kind<'a>) -> Self {
        Self {
            id: format!("field-{name}"),
            name,
            label,
            kind,
            value: "",
            hint: None,
            error: None,
            unit: None,
            key: None,
            required: None,
            autocomplete: "off",
            placeholder: None,
            focused: false,
        }
    }

    /// Chooses another id than `field-<name>`, for pages that have two fields of one name.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Fills in what it holds already.
    #[must_use]
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// Adds a sentence that helps to fill it in.
    #[must_use]
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Says what is wrong with what it holds.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// Shows a unit after the input: `€`, `kg`.
    #[must_use]
    pub fn unit(mut self, unit: &'a str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Lets a key put the cursor here, written as in `aria-keyshortcuts`.
    #[must_use]
    pub fn key(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    /// Says that it must be filled in. The server checks; the browser's own bubble never shows.
    #[must_use]
    pub fn required(mut self, lang: &Lang) -> Self {
        self.required = Some(lang.word("kit-required"));
        self
    }

    /// Tells the browser what it may fill in (`username`, `current-password`); `off` unless said.
    #[must_use]
    pub fn autocomplete(mut self, autocomplete: &'a str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// Puts the cursor here when the page, or the dialog it stands in, is opened.
    #[must_use]
    pub fn focused(mut self) -> Self {
        self.focused = true;
        self
    }

    /// Shows a text while it is empty; never instead of the label, which a reader still needs.
    #[must_use]
    pub fn placeholder(mut self, placeholder: &'a str) -> Self {
        self.placeholder = Some(placeholder);
        self
    }

    fn described_by(&self) -> Option<String> {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("{}-hint", self.id));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.id));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn input(&self) -> Markup {
        let described = self.described_by();
        let invalid = self.error.map(|_| "true");
        let required = self.required.as_ref().map(|_| "true");
        let (kind, mode) = match self.kind {
            Kind::Text | Kind::Choices(_) | Kind::Long => ("text", None),
            Kind::Search => ("search", None),
            Kind::Digits => ("text", Some("numeric")),
            Kind::Amount => ("text", Some("decimal")),
            Kind::Secret => ("password", None),
            Kind::Pin => ("password", Some("numeric")),
            Kind::Date => ("date", None),
        };
        match self.kind {
            Kind::Long => html! {
                textarea id=(self.id) name=(self.name) rows="3" aria-invalid=[invalid]
                    aria-required=[required] aria-describedby=[described] { (self.value) }
            },
            Kind::Choices(choices) => html! {
                select id=(self.id) name=(self.name) aria-invalid=[invalid]
                    aria-required=[required] aria-describedby=[described] {
                    @for choice in choices {
                        option value=(choice.value) selected[choice.value == self.value] {
                            (choice.label)
                        }
                    }
                }
            },
            _ => html! {
                input id=(self.id) name=(self.name) type=(kind) inputmode=[mode]
                    value=(self.value) autocomplete=(self.autocomplete) aria-invalid=[invalid]
                    placeholder=[self.placeholder] autofocus[self.focused]
                    aria-required=[required] aria-describedby=[described]
                    data-key=[self.key] aria-keyshortcuts=[self.key];
            },
        }
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        html! {
            div.field data-wrong[self.error.is_some()] {
                label for=(self.id) {
                    (self.label)
                    @if let Some(required) = &self.required { span.required { (required) } }
                }
                @if let Some(hint) = self.hint {
                    p.hint id={ (self.id) "-hint" } { (hint) }
                }
                @if let Some(error) = self.error {
                    p.error id={ (self.id) "-error" } { (error) }
                }
                div.entry {
                    @if self.kind == Kind::Search { (icon(Icon::Search)) }
                    (self.input())
                    @if let Some(unit) = self.unit { span.unit aria-hidden="true" { (unit) } }
                    @if let Some(key) = self.key { kbd { (key) } }
                }
            }
        }
    }
}

/// Puts the hidden `command_id` into a form; every form that changes something has one.
///
/// `fresh_id` (a ULID) is what a page without script sends, so that pressing twice is one command;
/// with script each submit gets its own.
pub fn command_id(fresh_id: &str) -> Markup {
    html! { input type="hidden" name="command_id" value=(fresh_id); }
}
