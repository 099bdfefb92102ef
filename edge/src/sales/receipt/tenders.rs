//! What was paid or given back with, as every paper names it.

use counterpart_daemon::web::text::{Locale, money_plain};
use counterpart_paper::Document;
use counterpart_protocol::money::Currency;
use counterpart_protocol::sales::{CardPaid, Tender, TenderKind};

/// The few words of a tender.
struct Words {
    /// In cash, by card.
    paid: [&'static str; 2],
    /// The same, when it goes back.
    back: [&'static str; 2],
    authorisation: &'static str,
    reference: &'static str,
    offline: &'static str,
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                paid: ["Cash", "Card"],
                back: ["Cash given back", "Given back to card"],
                authorisation: "Auth.",
                reference: "Ref.",
                offline: "taken without asking the bank",
            },
            Locale::De => Self {
                paid: ["Bar", "Karte"],
                back: ["Bar erstattet", "Auf Karte erstattet"],
                authorisation: "Genehmigung",
                reference: "Beleg",
                offline: "ohne Anfrage bei der Bank",
            },
            Locale::Fr => Self {
                paid: ["Espèces", "Carte"],
                back: ["Rendu en espèces", "Rendu sur carte"],
                authorisation: "Autorisation",
                reference: "Réf.",
                offline: "acceptée sans interroger la banque",
            },
        }
    }
}

/// Which way the money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The customer paid.
    Paid,
    /// It went back.
    Back,
}

/// Prints each tender on a line of its own, a card with what its owner finds it by.
pub(crate) fn print_tenders(
    paper: &mut Document,
    tenders: &[Tender],
    way: Way,
    (currency, locale): (Currency, Locale),
) {
    let words = Words::of(locale);
    let [cash, card] = match way {
        Way::Paid => words.paid,
        Way::Back => words.back,
    };
    for tender in tenders {
        let amount = money_plain(tender.amount_minor.0, currency.decimals(), locale);
        let with = match tender.kind {
            TenderKind::Cash => cash.to_owned(),
            TenderKind::Card => named(card, tender.card.as_ref()),
        };
        paper.columns(&with, &amount);
        if let Some(card) = &tender.card {
            details(paper, &words, card);
        }
    }
}

/// Names a card: `Card visa ····1111`; its number is never whole here.
fn named(word: &str, card: Option<&CardPaid>) -> String {
    let scheme = card.and_then(|card| card.scheme.as_deref());
    let last_four = card.and_then(|card| card.last_four.as_deref());
    let mut named = word.to_owned();
    if let Some(scheme) = scheme {
        named = format!("{named} {scheme}");
    }
    if let Some(last_four) = last_four {
        named = format!("{named} ****{last_four}");
    }
    named
}

fn details(paper: &mut Document, words: &Words, card: &CardPaid) {
    let authorisation = card.authorisation.as_ref();
    let authorisation = authorisation.map(|code| format!("{} {code}", words.authorisation));
    let reference = card.transaction.as_ref();
    let reference = reference.map(|code| format!("{} {code}", words.reference));
    let told: Vec<String> = authorisation.into_iter().chain(reference).collect();
    if !told.is_empty() {
        paper.text(&format!("  {}", told.join("  ")));
    }
    if card.offline {
        paper.text(&format!("  {}", words.offline));
    }
}
