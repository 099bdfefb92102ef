//! The page that asks for a manager's PIN, the one that shows somebody what they may do, and how a
//! key says that it needs a manager.

use counterpart_daemon::web::parts::{Button, Emphasis, ProblemView, Tone, badge, pin_pad};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::policies::{Operation, Permission};
use maud::{Markup, html};

use crate::context::{Context, Waiting};
use crate::staff::rules::Gates;
use crate::staff::service::Person;
use crate::web;

/// Returns what an operation is called.
#[must_use]
pub(crate) fn operation_word(lang: &Lang, operation: Operation) -> String {
    lang.word(&format!("op-{}", operation.word().replace('_', "-")))
}

/// How a key of an operation is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offered {
    /// What it says: its label, and that a manager is needed, where one is.
    pub label: String,
    /// Why it is barred, for whoever may not do it.
    pub barred: Option<String>,
}

/// Returns how the key of an operation is offered to somebody.
#[must_use]
pub(crate) fn offered(lang: &Lang, gates: &Gates, operation: Operation, label: &str) -> Offered {
    let permission = gates.of(operation);
    Offered {
        label: match permission {
            Permission::WithManager => lang.t("permission-label", &[("label", label.into())]),
            Permission::Alone | Permission::Never => label.to_owned(),
        },
        barred: (permission == Permission::Never).then(|| lang.word("permission-barred")),
    }
}

/// Tells whether somebody needs a manager for an operation, whatever its limits.
#[must_use]
pub(crate) fn needs_manager(gates: &Gates, operation: Operation) -> bool {
    gates.of(operation) == Permission::WithManager
}

/// Makes the page that asks for the approval of what waits.
pub(crate) fn approval(ctx: &Context, person: &Person, waiting: &Waiting) -> Markup {
    let lang = ctx.lang();
    let title = lang.word("approval-title");
    let what = operation_word(&lang, waiting.operation);
    let enter = html! { (Button::submit(&lang.word("approval-do")).primary()) };
    let body = html! {
        @if let Some(why) = &waiting.why_not {
            (ProblemView::new(&lang, &lang.word("approval-not")).why(why))
        }
        form method="post" action=(waiting.path) {
            @for (name, value) in &waiting.fields {
                input type="hidden" name=(name) value=(value);
            }
            div.sign-in {
                section {
                    h1 { (title) }
                    p { b { (what) } }
                    p { (lang.t("approval-asks", &[("name", person.name.as_str().into())])) }
                    p.quiet-text { (lang.word("approval-hint")) }
                    (Button::link(&lang.word("approval-back"), &waiting.back)
                        .emphasis(Emphasis::Quiet))
                }
                section { (pin_pad(&lang, "manager_pin", enter)) }
            }
        }
    };
    web::plain(ctx, (&title, &ctx.profile().name), None, body)
}

/// Makes the page that shows somebody what they may do here.
pub(crate) fn permissions(ctx: &Context, person: &Person) -> Markup {
    let lang = ctx.lang();
    let title = lang.word("permission-title");
    let back = format!("/register/{}", person.register);
    let body = html! {
        h1 { (title) }
        p { (lang.t("permission-of", &[("name", person.name.as_str().into())])) }
        ul.stack #permissions {
            @for operation in Operation::ALL {
                li { (operation_word(&lang, *operation)) " " (mark(&lang, person, *operation)) }
            }
        }
        p.quiet-text { (lang.word("permission-hint")) }
        div.row { (Button::link(&lang.word("approval-back"), &back)) }
    };
    web::plain(ctx, (&title, &ctx.profile().name), None, body)
}

fn mark(lang: &Lang, person: &Person, operation: Operation) -> Markup {
    let (tone, word) = match person.may(operation) {
        Permission::Alone => (Tone::Good, "permission-alone"),
        Permission::WithManager => (Tone::Waiting, "permission-with-manager"),
        Permission::Never => (Tone::Bad, "permission-never"),
    };
    badge(tone, &lang.word(word))
}
