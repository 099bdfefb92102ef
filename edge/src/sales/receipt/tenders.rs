//! What was paid or given back with, as every paper names it.

use counterpart_daemon::web::text::{Locale, money_plain};
use counterpart_paper::Document;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::{CardPaid, Tender, TenderKind};

/// The few words of a tender.
struct Words {
    /// In cash, by card, by voucher, in cash of another currency, on account, with goods.
    paid: [&'static str; 6],
    /// The same, when it goes back.
    back: [&'static str; 6],
    rate: &'static str,
    lost: &'static str,
    rounding: &'static str,
    authorisation: &'static str,
    reference: &'static str,
    offline: &'static str,
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                paid: [
                    "Cash",
                    "Card",
                    "Voucher",
                    "Cash",
                    "On account",
                    "Exchanged goods",
                ],
                back: [
                    "Cash given back",
                    "Given back to card",
                    "Given back for voucher",
                    "Cash given back",
                    "Taken off account",
                    "Exchanged for goods",
                ],
                rate: "at",
                lost: "worth",
                rounding: "Cash rounding",
                authorisation: "Auth.",
                reference: "Ref.",
                offline: "taken without asking the bank",
            },
            Locale::De => Self {
                paid: [
                    "Bar",
                    "Karte",
                    "Gutschein",
                    "Bar",
                    "Auf Rechnung",
                    "Umtausch",
                ],
                back: [
                    "Bar erstattet",
                    "Auf Karte erstattet",
                    "Für Gutschein erstattet",
                    "Bar erstattet",
                    "Von Rechnung abgezogen",
                    "Umgetauscht",
                ],
                rate: "zu",
                lost: "Wert",
                rounding: "Rundung bar",
                authorisation: "Genehmigung",
                reference: "Beleg",
                offline: "ohne Anfrage bei der Bank",
            },
            Locale::Fr => Self {
                paid: ["Espèces", "Carte", "Bon", "Espèces", "En compte", "Échange"],
                back: [
                    "Rendu en espèces",
                    "Rendu sur carte",
                    "Rendu pour bon",
                    "Rendu en espèces",
                    "Déduit du compte",
                    "Échangé",
                ],
                rate: "à",
                lost: "valeur",
                rounding: "Arrondi espèces",
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
    let [gift_card, credit] = stored_words(locale, way);
    let [cash, card, voucher, foreign, account, exchanged] = match way {
        Way::Paid => words.paid,
        Way::Back => words.back,
    };
    for tender in tenders {
        let amount = money_plain(tender.amount_minor.0, currency.decimals(), locale);
        let with = match tender.kind {
            TenderKind::Cash => cash.to_owned(),
            TenderKind::Card => named(card, tender.card.as_ref()),
            TenderKind::GiftCard => ended(gift_card, tender),
            TenderKind::StoreCredit => ended(credit, tender),
            TenderKind::Voucher => voucher.to_owned(),
            TenderKind::ForeignCash => foreign.to_owned(),
            TenderKind::OnAccount => account.to_owned(),
            TenderKind::Exchanged => exchanged.to_owned(),
        };
        paper.columns(&with, &amount);
        if let Some(card) = &tender.card {
            details(paper, &words, card);
        }
        other(paper, &words, tender, (currency, locale));
    }
}

/// Prints what a total was rounded by because it was paid, or went back, in cash.
pub(crate) fn print_rounding(
    paper: &mut Document,
    rounding: Minor,
    (currency, locale): (Currency, Locale),
) {
    if rounding != Minor::ZERO {
        let amount = money_plain(rounding.0, currency.decimals(), locale);
        paper.columns(Words::of(locale).rounding, &amount);
    }
}

/// Says by which number a voucher or an account is found, or what was given at which rate.
fn other(
    paper: &mut Document,
    words: &Words,
    tender: &Tender,
    (currency, locale): (Currency, Locale),
) {
    if let Some(voucher) = &tender.voucher {
        let mut line = format!("  {}", voucher.number);
        if voucher.face_minor != tender.amount_minor {
            let face = money_plain(voucher.face_minor.0, currency.decimals(), locale);
            line = format!("{line}  ({} {face})", words.lost);
        }
        paper.text(&line);
    }
    if let Some(foreign) = &tender.foreign {
        let code = foreign.currency;
        let given = money_plain(foreign.amount_minor.0, code.decimals(), locale);
        let rate = money_plain(foreign.rate_micro, 6, locale);
        paper.text(&format!("  {code} {given}  {} {rate}", words.rate));
    }
    if let Some(account) = &tender.account {
        paper.text(&format!("  {}", account.account));
    }
}

/// Says with a gift card, and with a credit.
const fn stored_words(locale: Locale, way: Way) -> [&'static str; 2] {
    match (locale, way) {
        (Locale::En, Way::Paid) => ["Gift card", "Store credit"],
        (Locale::En, Way::Back) => ["Put back on gift card", "Given as store credit"],
        (Locale::De, Way::Paid) => ["Geschenkkarte", "Gutschrift"],
        (Locale::De, Way::Back) => ["Zurück auf Geschenkkarte", "Als Gutschrift"],
        (Locale::Fr, Way::Paid) => ["Carte cadeau", "Avoir"],
        (Locale::Fr, Way::Back) => ["Remis sur carte cadeau", "Remis en avoir"],
    }
}

/// Names a gift card or a credit by the end of its number: the rest is money.
fn ended(word: &str, tender: &Tender) -> String {
    let stored = tender.stored.as_ref();
    let last_four = stored.map_or("", |stored| stored.card.last_four.as_str());
    format!("{word} ****{last_four}")
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
