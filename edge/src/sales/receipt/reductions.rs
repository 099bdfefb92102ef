//! What a receipt says of reduced lines: the list price, each reduction with its reason, and what
//! was taken off altogether.

use counterpart_daemon::web::text::Locale;
use counterpart_paper::Document;
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::{ReducedBy, SaleLine};

use super::{Receipt, percent};
use crate::sales::rules::PriceReason;

/// The few words of reductions.
struct Words {
    list_price: &'static str,
    of_sale: &'static str,
    saved: &'static str,
    no_tax: &'static str,
    reasons: [&'static str; PriceReason::ALL.len()],
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                list_price: "Price was",
                of_sale: "on the sale",
                saved: "You save",
                no_tax: "without VAT",
                reasons: [
                    "Damaged",
                    "Best before soon",
                    "Shelf label",
                    "Price match",
                    "Staff purchase",
                    "Goodwill",
                    "Discount",
                ],
            },
            Locale::De => Self {
                list_price: "Preis war",
                of_sale: "auf den Verkauf",
                saved: "Sie sparen",
                no_tax: "ohne MwSt.",
                reasons: [
                    "Beschädigt",
                    "Bald abgelaufen",
                    "Regalpreis",
                    "Preisangleich",
                    "Personalkauf",
                    "Kulanz",
                    "Nachlass",
                ],
            },
            Locale::Fr => Self {
                list_price: "Prix initial",
                of_sale: "sur la vente",
                saved: "Vous économisez",
                no_tax: "hors TVA",
                reasons: [
                    "Abîmé",
                    "Bientôt périmé",
                    "Prix en rayon",
                    "Prix aligné",
                    "Achat personnel",
                    "Geste commercial",
                    "Remise",
                ],
            },
        }
    }

    /// Returns the words of a reason; one of a newer program is printed as the last, which names
    /// none.
    fn reason(&self, word: &str) -> &'static str {
        let at = PriceReason::ALL.iter().position(|it| it.word() == word);
        self.reasons[at.unwrap_or(self.reasons.len() - 1)]
    }
}

/// Prints below a line what its price was and what came off it.
pub(super) fn print(paper: &mut Document, receipt: &Receipt<'_>, line: &SaleLine) {
    let Some(pricing) = &line.pricing else {
        return;
    };
    let words = Words::of(receipt.locale);
    if let Some(typed) = &pricing.typed {
        let was = receipt.amount(pricing.list_price_minor);
        let (label, why) = (words.list_price, words.reason(&typed.reason));
        paper.text(&format!("  {label} {was}, {why}"));
    }
    for reduction in &pricing.reductions {
        let why = match &reduction.because {
            ReducedBy::Promotion { name, .. } => name.clone(),
            ReducedBy::Line(by_hand) => words.reason(&by_hand.reason).to_owned(),
            ReducedBy::Sale(by_hand) => {
                format!("{} {}", words.reason(&by_hand.reason), words.of_sale)
            }
            ReducedBy::TaxExempt { rate } => {
                format!("{} {}", words.no_tax, percent(*rate, receipt.locale))
            }
        };
        let off = receipt.amount(Minor(-reduction.amount_minor.0));
        paper.columns(&format!("  {why}"), &off);
    }
}

/// Prints what was taken off altogether, where something was.
pub(super) fn sum(paper: &mut Document, receipt: &Receipt<'_>) {
    let lines = receipt.sale.lines.iter();
    let all = lines.flat_map(SaleLine::reductions);
    // Tax that is not paid is nothing that was saved.
    let all = all.filter(|it| !matches!(it.because, ReducedBy::TaxExempt { .. }));
    let off = Minor::sum(all.map(|it| it.amount_minor)).unwrap_or_default();
    if off > Minor::ZERO {
        let words = Words::of(receipt.locale);
        paper.columns(words.saved, &receipt.amount(off));
    }
}
