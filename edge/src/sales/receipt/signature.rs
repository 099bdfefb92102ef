//! What a receipt says of its fiscal signature: the signature, or that the device failed.
//!
//! The words of an outage are those Austrian and German receipts carry ("Sicherheitseinrichtung
//! ausgefallen": RKSV, section 17(4)); which words another country wants is its module's matter.

use counterpart_daemon::web::text::Locale;
use counterpart_paper::{Document, Qr, Style};
use counterpart_protocol::sales::SaleSignature;
use data_encoding::BASE64;

use super::Receipt;
use crate::signing::{Mark, Standing};
use crate::written::moment;

/// The few words of a signature.
struct Words {
    signature: &'static str,
    afterwards: &'static str,
    transaction: &'static str,
    counter: &'static str,
    began: &'static str,
    signed: &'static str,
    device: &'static str,
    failed: &'static str,
    waiting: &'static str,
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                signature: "Fiscal signature",
                afterwards: "Signed afterwards",
                transaction: "Transaction",
                counter: "Signature no.",
                began: "Begun",
                signed: "Signed",
                device: "Device",
                failed: "Signing device failed",
                waiting: "Not signed yet",
            },
            Locale::De => Self {
                signature: "Fiskalsignatur",
                afterwards: "Nachträglich signiert",
                transaction: "Transaktion",
                counter: "Signatur-Nr.",
                began: "Beginn",
                signed: "Ende",
                device: "Gerät",
                failed: "Sicherheitseinrichtung ausgefallen",
                waiting: "Noch nicht signiert",
            },
            Locale::Fr => Self {
                signature: "Signature fiscale",
                afterwards: "Signé après coup",
                transaction: "Transaction",
                counter: "N° de signature",
                began: "Début",
                signed: "Fin",
                device: "Dispositif",
                failed: "Dispositif de signature en panne",
                waiting: "Pas encore signé",
            },
        }
    }
}

/// Adds what is to be said; nothing where nothing is signed.
pub(super) fn signature(paper: &mut Document, receipt: &Receipt<'_>) {
    let words = Words::of(receipt.locale);
    match receipt.mark {
        Mark::None => {}
        Mark::Waiting => {
            paper.rule().centred(words.waiting);
        }
        Mark::Failed => {
            let style = Style::centred().and_bold();
            paper.rule().styled(words.failed, style).rule();
        }
        Mark::Signed {
            signature,
            standing,
        } => signed(paper, &words, signature, *standing),
    }
}

/// The device's times are written in UTC, as it states them: they are part of what it signed.
fn signed(paper: &mut Document, words: &Words, signature: &SaleSignature, standing: Standing) {
    let title = match standing {
        Standing::OnReceipt => words.signature,
        Standing::Afterwards => words.afterwards,
    };
    paper
        .rule()
        .text(title)
        .columns(words.transaction, &signature.transaction.to_string())
        .columns(words.counter, &signature.counter.to_string())
        .columns(words.began, &moment(signature.began_at_ms))
        .columns(words.signed, &moment(signature.signed_at_ms))
        .text(&format!("{} {}", words.device, signature.serial))
        .text(&format!(
            "{} {}",
            signature.algorithm,
            BASE64.encode(&signature.value)
        ));
    // A text no code can hold is not worth a receipt: the lines above say the same.
    if let Some(code) = signature.qr.as_deref().and_then(|text| Qr::new(text).ok()) {
        paper.feed(1).qr(code);
    }
}
