//! Dialogs: the browser's own `<dialog>`, opened by a button or by the server.
//!
//! Esc closes the top one only, which the browser does; what a closed dialog means is told to the
//! server only where `cancels` names a form.

use maud::{Markup, Render, html};

use super::button::{Button, Emphasis};
use super::icon::Icon;
use crate::web::text::Lang;

/// Who opens a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A button on the page ([`Button::opens`]).
    ByButton,
    /// The server: it is open for as long as the region shows it.
    ByServer,
}

/// A dialog to be put into markup.
#[derive(Clone, Debug)]
pub struct Dialog<'a> {
    id: &'a str,
    title: &'a str,
    close: String,
    opened: Opened,
    cancels: Option<&'a str>,
    body: Markup,
    actions: Option<Markup>,
}

impl<'a> Dialog<'a> {
    /// Makes the dialog `id`, named by its title.
    pub fn new(lang: &Lang, id: &'a str, title: &'a str, body: Markup) -> Self {
        Self {
            id,
            title,
            close: lang.word("kit-close"),
            opened: Opened::ByButton,
            cancels: None,
            body,
            actions: None,
        }
    }

    /// Puts buttons at its foot, the primary one last.
    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }

    /// Chooses who opens it; a button unless said.
    #[must_use]
    pub fn opened(mut self, opened: Opened) -> Self {
        self.opened = opened;
        self
    }

    /// Submits the form with this id when a person closes it, so that the server knows too.
    #[must_use]
    pub fn cancels(mut self, form_id: &'a str) -> Self {
        self.cancels = Some(form_id);
        self
    }
}

impl Render for Dialog<'_> {
    fn render(&self) -> Markup {
        let by_server = self.opened == Opened::ByServer;
        html! {
            dialog.dialog id=(self.id) aria-labelledby={ (self.id) "-title" }
                data-server-open[by_server] data-cancels=[self.cancels] {
                header {
                    h2 id={ (self.id) "-title" } { (self.title) }
                    (Button::closes("").read_as(&self.close).icon(Icon::Cross)
                        .emphasis(Emphasis::Quiet))
                }
                div.dialog-body { (self.body) }
                @if let Some(actions) = &self.actions { footer.actions { (actions) } }
            }
        }
    }
}
