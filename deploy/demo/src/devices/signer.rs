//! The fiscal signer of a store that signs: how it is, what can be wrong with it, what it signed.

use std::time::Duration;

use counterpart_daemon::web::parts::{Tone, badge};
use counterpart_hardware::{SignerFault, VirtualSigner};
use maud::{Markup, html};

pub(super) const SIGNER_TROUBLE: &str = "signer-trouble";

/// How late a slow signer answers: longer than a receipt waits for it.
const SLOW: Duration = Duration::from_secs(5);

/// A fault, what its button says, and what it sends.
type Choice = (SignerFault, &'static str, &'static str);

/// What can be wrong with it, a row each of what goes wrong; two buttons fit beside its name.
const FAULTS: [(&str, [Choice; 2]); 3] = [
    (
        "Power",
        [
            (SignerFault::None, "Works", "works"),
            (SignerFault::Off, "Off", "off"),
        ],
    ),
    (
        "Answers",
        [
            (SignerFault::Slow(SLOW), "Slow, 5 s", "slow"),
            (SignerFault::DropsAfterSigning, "Lost", "drops"),
        ],
    ),
    (
        "Says",
        [
            (SignerFault::Refuses, "Refused", "refuses"),
            (SignerFault::Garbage, "Nonsense", "garbage"),
        ],
    ),
];

/// Returns the fault a button names.
pub(super) fn fault_of(does: &str) -> Option<SignerFault> {
    let mut choices = FAULTS.into_iter().flat_map(|(_, choices)| choices);
    let named = choices.find(|(_, _, word)| *word == does);
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
                @for (what, choices) in FAULTS {
                    div.trouble-row {
                        p { b { (what) } }
                        div.trouble-buttons {
                            @for (fault, label, does) in choices {
                                button.button type="submit" name="does" value=(does)
                                    aria-pressed=(fault == now) { (label) }
                            }
                        }
                    }
                }
                p.quiet-text {
                    (signed.len()) " signed"
                    @if let Some(last) = signed.last() { ", the last for " (last.receipt) }
                }
            }
        }
    }
}
