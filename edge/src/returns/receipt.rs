//! The receipt of a return on paper: store, what came back, what went back for it, the tax in it,
//! its number and that of the receipt it is of.

use counterpart_daemon::web::text::{Locale, date_time, money_plain, quantity};
use counterpart_paper::{Document, Qr, Style};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{ReturnLine, ReturnRecorded};
use counterpart_protocol::tax::PricesAre;

use super::rules::ReturnReason;
use crate::context::StoreProfile;
use crate::sales::{Way, percent, print_rounding, print_tenders};

/// What stands on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReturnReceipt<'a> {
    /// Whose.
    pub profile: &'a StoreProfile,
    /// Its language.
    pub locale: Locale,
    /// What came back.
    pub recorded: &'a ReturnRecorded,
    /// When it was sold, in milliseconds UTC.
    pub sold_at_ms: i64,
    /// When it came back, in milliseconds UTC.
    pub at_ms: i64,
    /// Where.
    pub register: RegisterId,
    /// Who took it back; only the first name is printed.
    pub by: Option<&'a str>,
}

/// Its few words.
struct Words {
    title: &'static str,
    tax_number: &'static str,
    of_receipt: &'static str,
    sold: &'static str,
    total: &'static str,
    tax: &'static str,
    tax_added: &'static str,
    net: &'static str,
    register: &'static str,
    number: &'static str,
    signature: &'static str,
    reasons: [&'static str; ReturnReason::ALL.len()],
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                title: "RETURN",
                tax_number: "VAT no.",
                of_receipt: "Of receipt",
                sold: "Sold",
                total: "REFUND",
                tax: "VAT",
                tax_added: "Tax",
                net: "net",
                register: "Register",
                number: "Return",
                signature: "Signature of the customer",
                reasons: [
                    "Does not fit",
                    "Changed mind",
                    "Defective",
                    "Damaged",
                    "Wrong item",
                    "Wrong price",
                    "Other",
                ],
            },
            Locale::De => Self {
                title: "RÜCKGABE",
                tax_number: "USt-IdNr.",
                of_receipt: "Zum Beleg",
                sold: "Verkauft",
                total: "ERSTATTUNG",
                tax: "MwSt.",
                tax_added: "Steuer",
                net: "netto",
                register: "Kasse",
                number: "Rückgabe",
                signature: "Unterschrift der Kundin, des Kunden",
                reasons: [
                    "Passt nicht",
                    "Gefällt nicht",
                    "Defekt",
                    "Beschädigt",
                    "Falscher Artikel",
                    "Falscher Preis",
                    "Anderer Grund",
                ],
            },
            Locale::Fr => Self {
                title: "RETOUR",
                tax_number: "N° TVA",
                of_receipt: "Du ticket",
                sold: "Vendu",
                total: "REMBOURSEMENT",
                tax: "TVA",
                tax_added: "Taxe",
                net: "HT",
                register: "Caisse",
                number: "Retour",
                signature: "Signature du client",
                reasons: [
                    "Taille",
                    "Changement d'avis",
                    "Défectueux",
                    "Abîmé",
                    "Mauvais article",
                    "Mauvais prix",
                    "Autre raison",
                ],
            },
        }
    }

    /// Returns the words of a reason; one of a newer program is printed as the last, which names
    /// none.
    fn reason(&self, word: &str) -> &'static str {
        let at = ReturnReason::ALL.iter().position(|it| it.word() == word);
        self.reasons[at.unwrap_or(self.reasons.len() - 1)]
    }
}

impl ReturnReceipt<'_> {
    fn amount(&self, minor: Minor) -> String {
        let decimals = self.recorded.currency.decimals();
        money_plain(minor.0, decimals, self.locale)
    }

    fn at(&self, at_ms: i64) -> String {
        date_time(at_ms, &self.profile.time_zone, self.locale)
    }
}

/// What a refund without the right to is called, and what stands before the store that sold it.
const fn provisional_words(locale: Locale) -> [&'static str; 2] {
    match locale {
        Locale::En => ["PROVISIONAL REFUND", "Of store"],
        Locale::De => ["VORLÄUFIGE ERSTATTUNG", "Aus Filiale"],
        Locale::Fr => ["REMBOURSEMENT PROVISOIRE", "Du magasin"],
    }
}

/// Lays it out.
#[must_use]
pub(crate) fn return_receipt(receipt: &ReturnReceipt<'_>) -> Document {
    let (words, recorded) = (Words::of(receipt.locale), receipt.recorded);
    let mut paper = Document::new();
    head(&mut paper, receipt, &words);
    for line in &recorded.lines {
        returned_line(&mut paper, receipt, &words, line);
    }
    let total = format!("{} {}", words.total, recorded.currency);
    let amount = receipt.amount(recorded.total_minor);
    paper
        .rule()
        .columns_styled(&total, &amount, Style::bold().and_tall());
    let written = (recorded.currency, receipt.locale);
    print_rounding(&mut paper, recorded.rounded_minor(), written);
    print_tenders(&mut paper, &recorded.tenders, Way::Back, written);
    paper.rule();
    let name = match receipt.profile.details.taxation().prices {
        PricesAre::WithTax => words.tax,
        PricesAre::BeforeTax => words.tax_added,
    };
    for tax in &recorded.taxes {
        let rate = percent(tax.rate, receipt.locale);
        let net = receipt.amount(tax.net_minor());
        let left = format!("{name} {rate}  {} {net}", words.net);
        paper.columns(&left, &receipt.amount(tax.tax_minor));
    }
    foot(&mut paper, receipt, &words);
    paper
}

fn head(paper: &mut Document, receipt: &ReturnReceipt<'_>, words: &Words) {
    let profile = receipt.profile;
    paper
        .styled(words.title, Style::title())
        .styled(&profile.name, Style::centred().and_bold());
    for line in &profile.address_lines {
        paper.centred(line);
    }
    let entity = profile.details.entity.as_ref();
    if let Some(entity) = entity {
        paper.centred(&entity.name);
    }
    let companys = || entity.and_then(|entity| entity.tax_number.as_ref());
    if let Some(number) = profile.tax_number.as_ref().or_else(companys) {
        paper.centred(&format!("{} {number}", words.tax_number));
    }
    let number = receipt.recorded.receipt.to_string();
    paper.rule();
    match &receipt.recorded.provisional {
        // A code says the day of its sale and not the hour.
        Some(provisional) => paper
            .styled(
                provisional_words(receipt.locale)[0],
                Style::centred().and_bold(),
            )
            .columns(words.of_receipt, &number)
            .columns(
                provisional_words(receipt.locale)[1],
                provisional.sold_by.as_str(),
            )
            .columns(words.sold, &provisional.sold_on.to_string()),
        None => paper
            .columns(words.of_receipt, &number)
            .columns(words.sold, &receipt.at(receipt.sold_at_ms)),
    };
    paper.rule();
}

fn returned_line(
    paper: &mut Document,
    receipt: &ReturnReceipt<'_>,
    words: &Words,
    line: &ReturnLine,
) {
    let amount = receipt.amount(line.amount_minor);
    let name = match line.quantity_milli {
        Milli::ONE => line.description.clone(),
        more => format!(
            "{} × {}",
            quantity(more.0, receipt.locale),
            line.description
        ),
    };
    paper
        .columns(&name, &amount)
        .text(&format!("  {}", words.reason(&line.reason)));
}

fn foot(paper: &mut Document, receipt: &ReturnReceipt<'_>, words: &Words) {
    let number = receipt.recorded.number.to_string();
    let first_name = receipt.by.and_then(|name| name.split_whitespace().next());
    let mut place = format!("{} {}", words.register, receipt.register);
    if let Some(first_name) = first_name {
        place = format!("{place} / {first_name}");
    }
    paper
        .rule()
        .columns(&receipt.at(receipt.at_ms), &place)
        .columns(words.number, &number)
        .feed(1);
    if let Ok(code) = Qr::new(&number) {
        paper.qr(code);
    }
    paper.feed(2).text(words.signature).feed(1).rule().cut();
}

#[cfg(test)]
mod tests {
    use counterpart_daemon::web::text::Locale;
    use counterpart_hardware::{Profile, encode};
    use counterpart_protocol::ids::{EdgeNumber, RegisterId, ReturnId, SaleId, ShiftId};
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::quantity::Milli;
    use counterpart_protocol::returns::{Disposition, ReturnLine, ReturnRecorded};
    use counterpart_protocol::sales::{PaperKind, PaperNumber, ReceiptNumber, Tender};
    use counterpart_protocol::stores::StoreDetails;
    use counterpart_protocol::tax::{Rate, summarise};
    use jiff::tz::TimeZone;

    use super::{ReturnReceipt, return_receipt};
    use crate::context::StoreProfile;

    fn recorded() -> ReturnRecorded {
        let line = |line: u16, milli: i64, amount: i64, reason: &str| ReturnLine {
            line,
            sku: format!("SKU-{line}").parse().unwrap(),
            description: format!("Thing {line}"),
            quantity_milli: Milli(milli),
            amount_minor: Minor(amount),
            tax_rate: Rate(21_000),
            reason: reason.to_owned(),
            disposition: Disposition::Restock,
        };
        let lines = vec![
            line(1, 1_000, 1_999, "size"),
            line(3, 2_000, 700, "full_moon"),
        ];
        let total = Minor(2_699);
        ReturnRecorded {
            return_id: ReturnId::from_parts(1, 1),
            number: PaperNumber {
                kind: PaperKind::Return,
                prefix: "GHE".parse().unwrap(),
                edge: EdgeNumber(7),
                series: 1,
                number: 3,
            },
            sale_id: SaleId::from_parts(1, 1),
            receipt: ReceiptNumber {
                register: RegisterId(2),
                series: 1,
                number: 417,
            },
            shift_id: ShiftId::from_parts(1, 1),
            currency: Currency::EUR,
            lines,
            taxes: summarise([(Rate(21_000), total)]).unwrap(),
            total_minor: total,
            tenders: vec![Tender::cash(total)],
            approved_by: None,
            instead: None,
            rounding_minor: None,
            provisional: None,
        }
    }

    fn profile() -> StoreProfile {
        StoreProfile {
            store_id: "ghent-1".parse().unwrap(),
            name: "Ghent Korenmarkt".to_owned(),
            address_lines: vec!["Korenmarkt 1".to_owned()],
            currency: Currency::EUR,
            time_zone: TimeZone::UTC,
            tax_number: Some("BE 0123.456.749".to_owned()),
            locale: "en".to_owned(),
            details: StoreDetails::default(),
            receipt_footer: None,
        }
    }

    #[test]
    fn it_tells_what_came_back_what_went_back_and_of_which_receipt() {
        let profile = profile();
        for (locale, words) in [
            (
                Locale::En,
                ["RETURN", "Does not fit", "REFUND EUR", "Cash given back"],
            ),
            (
                Locale::De,
                ["RÜCKGABE", "Passt nicht", "ERSTATTUNG EUR", "Bar erstattet"],
            ),
            (
                Locale::Fr,
                ["RETOUR", "Taille", "REMBOURSEMENT EUR", "Rendu en espèces"],
            ),
        ] {
            let document = return_receipt(&ReturnReceipt {
                profile: &profile,
                locale,
                recorded: &recorded(),
                sold_at_ms: 1_795_439_142_000,
                at_ms: 1_795_539_142_000,
                register: RegisterId(1),
                by: Some("Ada van den Berg"),
            });
            let text = counterpart_paper::text(&document, 42);
            let common = ["2-1-000417", "GHE-T-7.1-000003", "2 × Thing 3", "1 / Ada"];
            for word in words.iter().chain(&common) {
                assert!(text.contains(word), "{word} is missing in\n{text}");
            }
        }
    }

    #[test]
    fn goods_in_any_left_to_right_script_are_printed_as_they_are_called() {
        let profile = profile();
        let mut recorded = recorded();
        recorded.lines[0].description = "日本茶 łącznie ₹".to_owned();
        let document = return_receipt(&ReturnReceipt {
            profile: &profile,
            locale: Locale::De,
            recorded: &recorded,
            sold_at_ms: 1_795_439_142_000,
            at_ms: 1_795_539_142_000,
            register: RegisterId(1),
            by: None,
        });
        for printer in [Profile::epson_80mm(), Profile::epson_58mm()] {
            let encoded = encode(&document, &printer);
            assert!(
                encoded.substitutions.is_empty(),
                "{:?}",
                encoded.substitutions
            );
            // A line no character table has is drawn: GS v 0.
            let drawn = encoded.bytes.windows(3).filter(|bytes| bytes == b"\x1dv0");
            assert_eq!(drawn.count(), 1, "one line, and no other");
        }
    }
}
