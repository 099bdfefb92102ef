//! How notices look: above the sale, out of its way.
//!
//! They make no sound and cover nothing: a notice never stops a sale.

use counterpart_daemon::web::parts::{Icon, icon};
use counterpart_daemon::web::text::Lang;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::store::Notice;

/// Draws the notices to show now; nothing when there are none.
#[must_use]
pub fn notices(lang: &Lang, zone: &TimeZone, notices: &[Notice]) -> Markup {
    html! {
        @if !notices.is_empty() {
            div.stack role="note" aria-label=(lang.word("edge-notices")) {
                @for notice in notices {
                    div.row {
                        (icon(Icon::Store))
                        span.grow { (notice.text) }
                        time.quiet-text { (lang.time(notice.posted_at_ms, zone)) }
                    }
                }
            }
        }
    }
}
