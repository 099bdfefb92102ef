//! What slices want seen on every page: a badge in the status bar, and a bell with it.
//!
//! The spine draws it; which alerts there are is listed where the slices are joined.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::web::live::Cue;
use counterpart_daemon::web::parts::{Tone, badge};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};

/// Something a person should see wherever they are.
#[derive(Debug, Clone)]
pub struct Alert {
    /// How much it matters.
    pub tone: Tone,
    /// A few words: `2 new pickups`.
    pub word: String,
    /// Where it is dealt with.
    pub href: &'static str,
    /// What is heard with it; a bell is repeated for as long as the alert is there.
    pub cue: Option<Cue>,
    /// Where a page says that it shows it, if anybody wants to know.
    pub shown_at: Option<&'static str>,
}

/// Finds out whether there is something to be seen.
pub type AlertOf = fn(&mut Tx, &Lang) -> Result<Option<Alert>, DbError>;

/// Draws an alert.
pub(super) fn alert(alert: &Alert) -> Markup {
    let rings = match &alert.cue {
        Some(Cue::Bell(id)) => Some(id.as_str()),
        Some(Cue::Accepted(_) | Cue::Refused(_) | Cue::Paid(_)) | None => None,
    };
    html! {
        a.link href=(alert.href) role="status" data-bell=[rings] data-bell-shown=[alert.shown_at] {
            (badge(alert.tone, &alert.word))
        }
    }
}
