//! How the signer and a sale's signature are shown: the status bar's badge, the sale's page.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::web::parts::{Tone, badge};
use counterpart_daemon::web::text::Lang;
use maud::{Markup, html};

use super::rules::{Mark, Standing};
use super::store;
use crate::context::Context;
use crate::web::Alert;

/// Returns what every page shows while the signer is out.
///
/// # Errors
///
/// Those of the database.
pub fn alert(tx: &mut Tx, lang: &Lang) -> Result<Option<Alert>, DbError> {
    let outage = store::outage(tx)?;
    Ok(outage.map(|_| Alert {
        tone: Tone::Bad,
        word: lang.word("signing-failed"),
        href: "/status",
        cue: None,
        shown_at: None,
    }))
}

/// Draws how a sale stands with the signer, as a row of its details; nothing where nothing is
/// signed.
pub(crate) fn shown(ctx: &Context, mark: &Mark) -> Markup {
    let lang = ctx.lang();
    let (tone, word) = match mark {
        Mark::None => return html! {},
        Mark::Waiting => (Tone::Busy, "signing-waiting"),
        Mark::Failed => (Tone::Bad, "signing-outage"),
        Mark::Signed {
            standing: Standing::OnReceipt,
            ..
        } => (Tone::Good, "signing-signed"),
        Mark::Signed {
            standing: Standing::Afterwards,
            ..
        } => (Tone::Good, "signing-afterwards"),
    };
    html! {
        div {
            dt { (lang.word("signing-title")) }
            dd {
                (badge(tone, &lang.word(word)))
                @if let Mark::Signed { signature, .. } = mark {
                    p.quiet-text {
                        (lang.t("signing-number", &[
                            ("number", signature.counter.to_string().into()),
                            ("at", lang.date_time(
                                signature.signed_at_ms,
                                &ctx.profile().time_zone,
                            ).into()),
                        ]))
                    }
                }
            }
        }
    }
}
