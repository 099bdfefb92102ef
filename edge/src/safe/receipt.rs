//! The slip of the safe: what goes with a bag or a float, and what a count found.

use counterpart_daemon::web::text::{Lang, date_time, money_plain};
use counterpart_paper::{Document, Style};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::shifts::{SafeBooked, SafeEntry};

use crate::context::StoreProfile;

/// What stands on the slip.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SafeSlip<'a> {
    /// What was booked.
    pub booked: &'a SafeBooked,
    /// When, in milliseconds UTC.
    pub at_ms: i64,
    /// At which register.
    pub register: RegisterId,
    /// Who did it.
    pub by: &'a str,
}

/// Lays the slip out.
#[must_use]
pub(crate) fn safe_slip(profile: &StoreProfile, lang: &Lang, slip: &SafeSlip<'_>) -> Document {
    let (booked, locale) = (slip.booked, lang.locale());
    let amount = |minor: Minor| money_plain(minor.0, booked.currency.decimals(), locale);
    let title = lang.word(&format!("safe-{}", booked.entry.word().replace('_', "-")));
    let mut paper = Document::new();
    paper
        .styled(&title, Style::title())
        .centred(&profile.name)
        .rule()
        .columns(
            &lang.word("cash-when"),
            &date_time(slip.at_ms, &profile.time_zone, locale),
        )
        .columns(&lang.word("cash-register"), &slip.register.to_string())
        .columns(&lang.word("cash-by"), slip.by)
        .rule();
    for pieces in booked.counted.iter().flat_map(|counted| &counted.pieces) {
        let worth = Minor(pieces.value_minor.0 * i64::from(pieces.count));
        let each = format!("{} x {}", pieces.count, amount(pieces.value_minor));
        paper.columns(&each, &amount(worth));
    }
    let sum = format!("{} {}", booked.currency, amount(booked.amount_minor));
    paper.columns_styled(&lang.word("cash-amount"), &sum, Style::bold());
    if let Some(expected) = booked.expected_minor {
        paper.columns(&lang.word("safe-expected"), &amount(expected));
    }
    if booked.entry == SafeEntry::Counted {
        let difference = amount(booked.change_minor());
        paper.columns_styled(&lang.word("safe-difference"), &difference, Style::bold());
    }
    if let Some(reason) = &booked.reason {
        let word = lang.word(&format!("safe-reason-{}", reason.replace('_', "-")));
        paper.columns(&lang.word("cash-why"), &word);
    }
    if let Some(reference) = &booked.reference {
        paper.columns(&lang.word("safe-reference"), reference);
    }
    let signature = lang.word("cash-signature");
    paper.feed(2).text(&signature).feed(1).rule().cut();
    paper
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use counterpart_daemon::web::text::{Lang, Locale, Texts};
    use counterpart_protocol::ids::RegisterId;
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::shifts::{CashCount, Pieces, SafeBooked, SafeEntry};
    use counterpart_protocol::stores::StoreDetails;
    use jiff::tz::TimeZone;

    use super::{SafeSlip, safe_slip};
    use crate::context::StoreProfile;

    #[test]
    fn a_slip_tells_what_was_counted_and_how_it_differs_in_every_language() {
        let profile = StoreProfile {
            store_id: "ghent-1".parse().unwrap(),
            name: "Ghent Korenmarkt".to_owned(),
            address_lines: Vec::new(),
            currency: Currency::EUR,
            time_zone: TimeZone::UTC,
            tax_number: None,
            locale: "en".to_owned(),
            details: StoreDetails::default(),
            receipt_footer: None,
        };
        let booked = SafeBooked {
            currency: Currency::EUR,
            entry: SafeEntry::Counted,
            amount_minor: Minor(75_000),
            counted: Some(CashCount {
                pieces: vec![Pieces {
                    value_minor: Minor(5_000),
                    count: 15,
                }],
            }),
            expected_minor: Some(Minor(80_000)),
            reason: Some("miscounted".to_owned()),
            reference: Some("BAG 17".to_owned()),
        };
        let texts = [
            (
                Locale::En,
                [
                    include_str!("../../locales/en/cash.ftl"),
                    include_str!("../../locales/en/safe.ftl"),
                ],
            ),
            (
                Locale::De,
                [
                    include_str!("../../locales/de/cash.ftl"),
                    include_str!("../../locales/de/safe.ftl"),
                ],
            ),
            (
                Locale::Fr,
                [
                    include_str!("../../locales/fr/cash.ftl"),
                    include_str!("../../locales/fr/safe.ftl"),
                ],
            ),
        ];
        for (locale, words) in texts {
            let lang = Lang::new(Arc::new(Texts::new(&[(locale, &words)]).unwrap()), locale);
            let slip = SafeSlip {
                booked: &booked,
                at_ms: 1_795_439_142_000,
                register: RegisterId(1),
                by: "Cleo",
            };
            let text = counterpart_paper::text(&safe_slip(&profile, &lang, &slip), 42);
            for told in ["15 x 50", "BAG 17", "Cleo"] {
                assert!(text.contains(told), "{told} is missing in\n{text}");
            }
            assert!(!text.contains("safe-"), "a word is missing in\n{text}");
        }
    }
}
