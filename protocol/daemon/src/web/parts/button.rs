//! Buttons and links that look like buttons, with the key that presses them.
//!
//! What a button does is said in HTML (a form's submit, a link, a dialog to open); nothing here
//! carries script.

use maud::{Markup, Render, html};

use super::icon::{Icon, icon};

/// How much a button wants to be pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emphasis {
    /// The one thing to do next; at most one a view.
    Primary,
    /// Anything else.
    Plain,
    /// A side path: no frame until pointed at.
    Quiet,
    /// Takes something away.
    Danger,
    /// The full-width Pay of the register.
    Pay,
}

impl Emphasis {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Plain => "button",
            Self::Quiet => "button quiet",
            Self::Danger => "button danger",
            Self::Pay => "button pay",
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Does<'a> {
    Submits(Option<(&'a str, &'a str)>),
    Goes(&'a str),
    Opens(&'a str),
    Closes,
    Nothing,
}

/// A button to be put into markup.
#[derive(Clone, Debug)]
pub struct Button<'a> {
    label: &'a str,
    amount: Option<&'a str>,
    does: Does<'a>,
    emphasis: Emphasis,
    icon: Option<Icon>,
    key: Option<&'a str>,
    form: Option<&'a str>,
    barred: Option<&'a str>,
    hidden_label: Option<&'a str>,
}

impl<'a> Button<'a> {
    /// Submits the form it stands in.
    pub fn submit(label: &'a str) -> Self {
        Self::new(label, Does::Submits(None))
    }

    /// Submits the form it stands in with `name=value`, for forms with several ways out.
    pub fn submit_as(label: &'a str, name: &'a str, value: &'a str) -> Self {
        Self::new(label, Does::Submits(Some((name, value))))
    }

    /// Goes to `href`; it is a link.
    pub fn link(label: &'a str, href: &'a str) -> Self {
        Self::new(label, Does::Goes(href))
    }

    /// Opens the dialog with this id.
    pub fn opens(label: &'a str, dialog_id: &'a str) -> Self {
        Self::new(label, Does::Opens(dialog_id))
    }

    /// Closes the dialog it stands in.
    pub fn closes(label: &'a str) -> Self {
        Self::new(label, Does::Closes)
    }

    /// Does nothing by itself; for a control another part's script listens to.
    pub fn bare(label: &'a str) -> Self {
        Self::new(label, Does::Nothing)
    }

    fn new(label: &'a str, does: Does<'a>) -> Self {
        Self {
            label,
            amount: None,
            does,
            emphasis: Emphasis::Plain,
            icon: None,
            key: None,
            form: None,
            barred: None,
            hidden_label: None,
        }
    }

    /// Makes it the one thing to do next.
    #[must_use]
    pub fn primary(self) -> Self {
        self.emphasis(Emphasis::Primary)
    }

    /// Chooses how much it wants to be pressed.
    #[must_use]
    pub fn emphasis(mut self, emphasis: Emphasis) -> Self {
        self.emphasis = emphasis;
        self
    }

    /// Puts an icon before the label.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Lets a key press it, written as in `aria-keyshortcuts`: `F9`, `Shift+F4`, `Delete`.
    #[must_use]
    pub fn key(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    /// Shows an amount at its end, as Pay does.
    #[must_use]
    pub fn amount(mut self, amount: &'a str) -> Self {
        self.amount = Some(amount);
        self
    }

    /// Submits the form with this id instead of the one around it.
    #[must_use]
    pub fn form(mut self, form_id: &'a str) -> Self {
        self.form = Some(form_id);
        self
    }

    /// Bars it for now and says why; it stays reachable, so that the reason can be read.
    #[must_use]
    pub fn barred(mut self, reason: Option<&'a str>) -> Self {
        self.barred = reason;
        self
    }

    /// Says more to a screen reader than there is room to show (`−` is "One less of Milk 1 l").
    #[must_use]
    pub fn read_as(mut self, label: &'a str) -> Self {
        self.hidden_label = Some(label);
        self
    }

    fn inside(&self) -> Markup {
        html! {
            @if let Some(drawing) = self.icon { (icon(drawing)) }
            span.label { (self.label) }
            @if let Some(amount) = self.amount { span.amount { (amount) } }
            @if let Some(key) = self.key { kbd { (key_face(key)) } }
        }
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        let class = self.emphasis.class();
        let barred = self.barred.map(|_| "true");
        if let Does::Goes(href) = self.does {
            let href = self.barred.is_none().then_some(href);
            return html! {
                a class=(class) href=[href] role=[barred.map(|_| "link")]
                    tabindex=[barred.map(|_| "0")] aria-disabled=[barred]
                    title=[self.barred] aria-label=[self.hidden_label]
                    data-key=[self.key] aria-keyshortcuts=[self.key] { (self.inside()) }
            };
        }
        let (name, value) = match self.does {
            Does::Submits(Some((name, value))) => (Some(name), Some(value)),
            _ => (None, None),
        };
        let kind = if matches!(self.does, Does::Submits(_)) {
            "submit"
        } else {
            "button"
        };
        let opens = if let Does::Opens(dialog_id) = self.does {
            Some(dialog_id)
        } else {
            None
        };
        let closes = matches!(self.does, Does::Closes);
        html! {
            button class=(class) type=(kind) name=[name] value=[value] form=[self.form]
                data-opens=[opens] aria-haspopup=[opens.map(|_| "dialog")] data-closes[closes]
                aria-disabled=[barred] title=[self.barred] aria-label=[self.hidden_label]
                data-key=[self.key] aria-keyshortcuts=[self.key] { (self.inside()) }
        }
    }
}

/// Writes a key as it is printed on the keyboard.
fn key_face(key: &str) -> String {
    key.split('+')
        .map(one_key_face)
        .collect::<Vec<_>>()
        .join(" ")
}

fn one_key_face(key: &str) -> &str {
    match key {
        "" | "Plus" => "+",
        "Minus" | "-" => "−",
        "Delete" => "Del",
        "Escape" => "Esc",
        "Control" => "Ctrl",
        "Enter" => "↵",
        "ArrowUp" => "↑",
        "ArrowDown" => "↓",
        "Shift" => "⇧",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_face(key: &str, face: &str) {
        assert_eq!(key_face(key), face);
    }

    #[test]
    fn a_key_is_named_as_on_the_keyboard() {
        check_face("F9", "F9");
        check_face("Shift+F4", "⇧ F4");
        check_face("Plus", "+");
        check_face("Delete", "Del");
    }
}
