//! The edge-to-hub link in words, colour and shape, with the count of what is unsent.
//!
//! A hub that is away is normal: amber, silent, never a pop-up.

use maud::{Markup, html};

use crate::web::parts::{Tone, badge_shape};
use crate::web::text::Lang;

/// How this edge stands with its hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubLink {
    /// The last exchange worked.
    Connected,
    /// It does not answer; last seen at this time, written for the reader (`12:04`).
    Away {
        /// When it last answered.
        last_seen: String,
    },
    /// It has never answered since this edge was set up.
    NeverReached,
}

/// Shows the link and how many facts wait to be sent; put it into a region named
/// [`super::HUB_LINK_REGION`].
pub fn hub_link(lang: &Lang, link: &HubLink, waiting: i64) -> Markup {
    let (state, tone, word) = match link {
        HubLink::Connected => ("live", Tone::Good, lang.word("kit-link-hub-live")),
        HubLink::Away { last_seen } => (
            "away",
            Tone::Waiting,
            lang.t("kit-link-hub-away", &[("time", last_seen.as_str().into())]),
        ),
        HubLink::NeverReached => ("away", Tone::Waiting, lang.word("kit-link-hub-never")),
    };
    html! {
        span.link data-state=(state) role="status" title=(lang.word("kit-link-hub")) {
            (badge_shape(tone))
            span.link-word { (word) }
            span.link-note data-waiting[waiting > 0] {
                (lang.t("kit-link-waiting", &[("count", waiting.into())]))
            }
        }
    }
}
