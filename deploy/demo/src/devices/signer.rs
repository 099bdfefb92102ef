//! The fiscal signer of a store that signs: how it is, what can be wrong with it, what it signed.

use std::time::Duration;

use counterpart_daemon::web::parts::{Tone, badge};
use counterpart_hardware::{SignerFault, VirtualSigner};
use maud::{Markup, html};

pub(super) const SIGNER_TROUBLE: &str = "signer-trouble";

/// How late a slow signer answers: longer than a receipt waits for it.
const SLOW: Duration = Duration::from_secs(5);

/// What can be wrong with it, as its buttons say and send it.
const FAULTS: [(SignerFault, &str, &str); 6] = [
    (SignerFault::None, "Works", "works"),
    (SignerFault::Off, "Off", "off"),
    (SignerFault::Slow(SLOW), "Slow, 5 s", "slow"),
    (SignerFault::Refuses, "Certificate ended", "refuses"),
    (SignerFault::Garbage, "Nonsense", "garbage"),
    (SignerFault::DropsAfterSigning, "Answer lost", "drops"),
];

/// Returns the fault a button names.
pub(super) fn fault_of(does: &str) -> Option<SignerFault> {
    let named = FAULTS.into_iter().find(|(_, _, word)| *word == does);
    named.map(|(fault, _, _)| fault)
}

/// Draws the signer's troubles.
pub(super) fn signer(signer: &VirtualSigner) -> Markup {
    let now = signer.fault();
    let (tone, word) = match now {
        SignerFault::None => (Tone::Good, "Signs"),
        SignerFault::Off => (Tone::Bad, "Off"),
        SignerFault::Slow(_) => (Tone::Waiting, "Slow"),
        SignerFault::Refuses => (Tone::Bad, "Refuses"),
        SignerFault::Garbage => (Tone::Bad, "Nonsense"),
        SignerFault::DropsAfterSigning => (Tone::Waiting, "Loses answers"),
    };
    let signed = signer.signed();
    html! {
        div.panel.trouble {
            header { h3 { "Fiscal signer" } (badge(tone, word)) }
            form method="post" action="/signer" data-live data-repeat {
                div.trouble-row {
                    p {
                        b { "Signed" }
                        span.quiet-text {
                            (signed.len())
                            @if let Some(last) = signed.last() { ", last " (last.receipt) }
                        }
                    }
                    div.trouble-buttons {
                        @for (fault, label, does) in FAULTS {
                            button.button type="submit" name="does" value=(does)
                                aria-pressed=(fault == now) { (label) }
                        }
                    }
                }
            }
        }
    }
}
