//! The invoice on paper: a receipt's lines and sums between the two parties and its own number.

use counterpart_daemon::web::text::Locale;
use counterpart_paper::{Document, Qr, Style};
use counterpart_protocol::sales::PaperNumber;

use super::{Receipt, sale_line, sums, taxes};
use crate::sales::rules::Buyer;

/// What stands on an invoice.
#[derive(Clone, Copy)]
pub(crate) struct Invoice<'a> {
    /// The receipt it is made of; its copy is the invoice's copy.
    pub receipt: Receipt<'a>,
    /// Its number.
    pub number: &'a PaperNumber,
    /// When it was issued, in milliseconds UTC.
    pub issued_at_ms: i64,
    /// Whom it is for.
    pub buyer: &'a Buyer,
}

/// Lays an invoice out.
#[must_use]
pub(crate) fn invoice(invoice: &Invoice<'_>) -> Document {
    let (mut paper, receipt) = (Document::new(), &invoice.receipt);
    head(&mut paper, invoice);
    parties(&mut paper, invoice);
    for line in &receipt.sale.lines {
        sale_line(&mut paper, receipt, line);
    }
    sums(&mut paper, receipt);
    taxes::table(&mut paper, receipt);
    foot(&mut paper, invoice);
    paper
}

/// The few words of an invoice beyond a receipt's.
struct Words {
    invoice: &'static str,
    number: &'static str,
    issued: &'static str,
    supplied: &'static str,
    bill_to: &'static str,
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                invoice: "INVOICE",
                number: "Number",
                issued: "Issued",
                supplied: "Supplied",
                bill_to: "For",
            },
            Locale::De => Self {
                invoice: "RECHNUNG",
                number: "Nummer",
                issued: "Ausgestellt",
                supplied: "Geliefert",
                bill_to: "Für",
            },
            Locale::Fr => Self {
                invoice: "FACTURE",
                number: "Numéro",
                issued: "Émise",
                supplied: "Livrée",
                bill_to: "Pour",
            },
        }
    }
}

fn head(paper: &mut Document, invoice: &Invoice<'_>) {
    let receipt = &invoice.receipt;
    let (words, common) = (Words::of(receipt.locale), receipt.words());
    if let Some(copy) = receipt.copy {
        let when = receipt.at(copy.printed_at_ms);
        paper
            .styled(&format!("{} {}", common.copy, copy.number), Style::title())
            .centred(&format!("{} {when}", common.printed_again))
            .rule();
    }
    paper
        .styled(words.invoice, Style::title())
        .columns(words.number, &invoice.number.to_string())
        .columns(words.issued, &receipt.at(invoice.issued_at_ms))
        .columns(words.supplied, &receipt.at(receipt.sold_at_ms))
        .columns(common.receipt, &receipt.sale.receipt.to_string())
        .rule();
}

/// Names who sells, by registered name and address, and who buys.
fn parties(paper: &mut Document, invoice: &Invoice<'_>) {
    let receipt = &invoice.receipt;
    let (words, common) = (Words::of(receipt.locale), receipt.words());
    let profile = receipt.profile;
    let entity = profile.details.entity.as_ref();
    let name = entity.map_or(&profile.name, |entity| &entity.name);
    paper.styled(name, Style::bold());
    let registered = entity.map(|entity| &entity.address_lines);
    let address = registered.filter(|lines| !lines.is_empty());
    for line in address.unwrap_or(&profile.address_lines) {
        paper.text(line);
    }
    if let Some(number) = entity.and_then(|entity| entity.registration_number.as_ref()) {
        paper.text(number);
    }
    let own = profile.tax_number.iter();
    let companys = entity.into_iter().flat_map(|entity| &entity.tax_numbers);
    let others = companys
        .map(|number| &number.number)
        .filter(|number| profile.tax_number.as_ref() != Some(number));
    for number in own.chain(others) {
        paper.text(&format!("{} {number}", common.tax_number));
    }
    paper.rule().text(words.bill_to);
    paper.styled(&invoice.buyer.name, Style::bold());
    for line in &invoice.buyer.address_lines {
        paper.text(line);
    }
    if let Some(number) = &invoice.buyer.tax_number {
        paper.text(&format!("{} {number}", common.tax_number));
    }
    paper.rule();
}

fn foot(paper: &mut Document, invoice: &Invoice<'_>) {
    let number = invoice.number.to_string();
    paper.rule();
    if let Ok(code) = Qr::new(&number) {
        paper.qr(code);
    }
    paper.centred(&number).feed(1).cut();
}

#[cfg(test)]
mod tests {
    use counterpart_daemon::web::text::Locale;
    use counterpart_protocol::entities::LegalEntity;
    use counterpart_protocol::ids::EdgeNumber;
    use counterpart_protocol::sales::{PaperKind, PaperNumber};
    use counterpart_protocol::stores::StoreDetails;

    use super::super::tests::{SOLD_AT_MS, profile, sale};
    use super::super::{CopyOf, Receipt};
    use super::{Invoice, invoice};
    use crate::context::StoreProfile;
    use crate::sales::rules::buyer;
    use crate::signing::Mark;

    fn company() -> StoreProfile {
        StoreProfile {
            tax_number: None,
            details: StoreDetails {
                entity: Some(LegalEntity {
                    entity_id: Some("corner".parse().unwrap()),
                    name: "Corner Shops NV".to_owned(),
                    address_lines: vec!["Kouter 8".to_owned(), "9000 Gent".to_owned()],
                    registration_number: Some("RPR Gent 0123.456.749".to_owned()),
                    tax_number: Some("BE 0123.456.749".to_owned()),
                    tax_numbers: vec!["BE vat BE 0123.456.749".parse().unwrap()],
                    number_prefix: None,
                }),
                ..StoreDetails::default()
            },
            ..profile()
        }
    }

    fn printed(locale: Locale, copy: Option<CopyOf>) -> String {
        let buyer = buyer(
            "Bakkerij Dok BV",
            "Dok Noord 4\n9000 Gent",
            "BE 0999.999.999",
        );
        let number = PaperNumber {
            kind: PaperKind::Invoice,
            prefix: "GHE".parse().unwrap(),
            edge: EdgeNumber(7),
            series: 2,
            number: 17,
        };
        let document = invoice(&Invoice {
            receipt: Receipt {
                profile: &company(),
                locale,
                sale: &sale(),
                back: None,
                sold_at_ms: SOLD_AT_MS,
                cashier: None,
                copy,
                mark: &Mark::None,
                code: "",
            },
            number: &number,
            issued_at_ms: SOLD_AT_MS + 600_000,
            buyer: &buyer.unwrap(),
        });
        counterpart_paper::text(&document, 42)
    }

    #[track_caller]
    fn shows_in_order(text: &str, words: &[&str]) {
        let mut rest = text;
        for word in words {
            let at = rest.find(word);
            let at = at.unwrap_or_else(|| panic!("{word} is not there, or too early, in\n{text}"));
            rest = &rest[at + word.len()..];
        }
    }

    #[test]
    fn an_invoice_names_both_parties_the_sale_and_its_own_number() {
        let text = printed(Locale::En, None);
        let words = [
            "INVOICE",
            "GHE-I-7.2-000017",
            "2-1-000417",
            "Corner Shops NV",
            "Kouter 8",
            "RPR Gent 0123.456.749",
            "VAT no. BE 0123.456.749",
            "Bakkerij Dok BV",
            "Dok Noord 4",
            "VAT no. BE 0999.999.999",
            "Oat milk barista 1 l",
            "TOTAL EUR",
            "VAT 6 %",
            "VAT 21 %",
            "GHE-I-7.2-000017",
        ];
        shows_in_order(&text, &words);
        assert!(!text.contains("COPY"), "{text}");
    }

    #[test]
    fn a_copy_of_an_invoice_has_its_number_and_says_that_it_is_a_copy() {
        let copy = CopyOf {
            number: 1,
            printed_at_ms: SOLD_AT_MS + 3_600_000,
        };
        let text = printed(Locale::De, Some(copy));
        shows_in_order(&text, &["KOPIE 1", "RECHNUNG", "GHE-I-7.2-000017"]);
    }
}
