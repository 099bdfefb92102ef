//! The paper with a card's number: who has it has the money, so it is printed once and says so.

use counterpart_daemon::web::text::{Locale, date, money};
use counterpart_paper::{Barcode, Document, Qr, Style};
use counterpart_protocol::money::Minor;
use counterpart_protocol::stored::{StoredKind, StoredNumber};

use crate::context::StoreProfile;

/// What stands on the paper.
#[derive(Debug)]
pub(super) struct Slip<'a> {
    /// The store that gives it.
    pub profile: &'a StoreProfile,
    /// Its language.
    pub locale: Locale,
    /// The number.
    pub number: &'a StoredNumber,
    /// What was put on it.
    pub amount_minor: Minor,
    /// When, in milliseconds UTC.
    pub at_ms: i64,
}

struct Words {
    titles: [&'static str; 2],
    keep: &'static str,
    rest: &'static str,
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                titles: ["GIFT CARD", "STORE CREDIT"],
                keep: "Keep it like cash: whoever has the number can spend it.",
                rest: "Pay with it in any of our stores; the rest stays on it.",
            },
            Locale::De => Self {
                titles: ["GESCHENKKARTE", "GUTSCHRIFT"],
                keep: "Wie Bargeld aufbewahren: Wer die Nummer hat, kann damit zahlen.",
                rest: "Gilt in allen unseren Filialen; der Rest bleibt darauf.",
            },
            Locale::Fr => Self {
                titles: ["CARTE CADEAU", "AVOIR"],
                keep: "À garder comme des espèces : qui a le numéro peut le dépenser.",
                rest: "Valable dans tous nos magasins ; le reste y demeure.",
            },
        }
    }

    const fn title(&self, kind: StoredKind) -> &'static str {
        match kind {
            StoredKind::GiftCard => self.titles[0],
            StoredKind::StoreCredit => self.titles[1],
        }
    }
}

/// Lays the paper out.
#[must_use]
pub(super) fn slip(slip: &Slip<'_>) -> Document {
    let (profile, words) = (slip.profile, Words::of(slip.locale));
    let currency = profile.currency;
    let amount = money(
        slip.amount_minor.0,
        currency.code(),
        currency.decimals(),
        slip.locale,
    );
    let mut paper = Document::new();
    paper
        .styled(words.title(slip.number.card().kind), Style::title())
        .styled(&profile.name, Style::centred().and_bold())
        .feed(1)
        .styled(&amount, Style::title())
        .feed(1);
    let code = slip.number.code();
    if let Ok(code) = Qr::new(&code) {
        paper.qr(code);
    }
    if let Ok(code) = Barcode::code128(&code) {
        paper.barcode(code);
    }
    paper
        .styled(&slip.number.grouped(), Style::centred().and_bold())
        .feed(1)
        .centred(words.keep)
        .centred(words.rest)
        .centred(&date(slip.at_ms, &profile.time_zone, slip.locale))
        .feed(1)
        .cut();
    paper
}
