//! Receipts as they come out of the printer, character by character.

use counterpart_daemon::web::text::Locale;
use counterpart_protocol::entities::LegalEntity;
use counterpart_protocol::ids::{RegisterId, SaleId, ShiftId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{ReceiptNumber, SaleLine, SaleRecorded, SaleSignature, Tender};
use counterpart_protocol::stores::StoreDetails;
use counterpart_protocol::tax::{Rate, summarise};
use jiff::tz::TimeZone;

use super::{CopyOf, Receipt, receipt};
use crate::context::StoreProfile;
use crate::signing::{Mark, Standing};

/// 23 November 2026, 13:05:42 UTC.
pub(super) const SOLD_AT_MS: i64 = 1_795_439_142_000;

fn line(number: u16, description: &str, milli: i64, price: i64, rate: u32) -> SaleLine {
    let unit_price_minor = Minor(price);
    SaleLine {
        line: number,
        sku: format!("SKU-{number}").parse().unwrap(),
        description: description.to_owned(),
        quantity_milli: Milli(milli),
        unit_price_minor,
        amount_minor: unit_price_minor.scaled(milli, 1_000).unwrap(),
        tax_rate: Rate(rate),
        pricing: None,
        remarks: None,
        added_tax_minor: None,
    }
}

pub(super) fn sale() -> SaleRecorded {
    let lines = vec![
        line(1, "Oat milk barista 1 l", 2_000, 229, 6_000),
        line(2, "Field guide to garden birds", 1_000, 2_495, 6_000),
        line(
            4,
            "Apples Jonagold, from the orchard next door",
            435,
            299,
            6_000,
        ),
        line(5, "Candle", 1_000, 350, 21_000),
    ];
    let total = Minor::sum(lines.iter().map(|line| line.amount_minor)).unwrap();
    let given = Minor(5_000);
    let sale = SaleRecorded {
        sale_id: SaleId::from_parts(1, 1),
        receipt: ReceiptNumber {
            register: RegisterId(2),
            series: 1,
            number: 417,
        },
        shift_id: ShiftId::from_parts(1, 2),
        currency: Currency::EUR,
        taxes: summarise(lines.iter().map(|line| (line.tax_rate, line.amount_minor))).unwrap(),
        lines,
        total_minor: total,
        tenders: vec![Tender::cash(given)],
        change_minor: given.minus(total).unwrap(),
        voided: Vec::new(),
        catalog_version: 3,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    };
    sale.check().unwrap();
    sale
}

pub(super) fn profile() -> StoreProfile {
    StoreProfile {
        store_id: "ghent-1".parse().unwrap(),
        name: "Ghent Korenmarkt".to_owned(),
        address_lines: vec!["Korenmarkt 1".to_owned(), "9000 Gent".to_owned()],
        currency: Currency::EUR,
        time_zone: TimeZone::get("Europe/Brussels").unwrap(),
        tax_number: Some("BE 0123.456.749".to_owned()),
        locale: "en".to_owned(),
        details: StoreDetails::default(),
        receipt_footer: Some("Thank you, see you soon!".to_owned()),
    }
}

/// A signature as a device would make it.
fn signature() -> SaleSignature {
    SaleSignature {
        serial: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a".to_owned(),
        transaction: 417,
        counter: 418,
        began_at_ms: SOLD_AT_MS + 100,
        signed_at_ms: SOLD_AT_MS + 250,
        algorithm: "ed25519".to_owned(),
        value: (0..64).collect(),
        qr: Some("CPS1;2-1-000417;417;418".to_owned()),
    }
}

fn marked(mark: &Mark, locale: Locale, copy: Option<CopyOf>) -> String {
    let document = receipt(&Receipt {
        profile: &profile(),
        locale,
        sale: &sale(),
        back: None,
        sold_at_ms: SOLD_AT_MS,
        cashier: None,
        copy,
        mark,
        code: "2-1-000417",
    });
    let text = counterpart_paper::text(&document, 42);
    let from = text.find("2-1-000417").unwrap();
    text[from..].to_owned()
}

#[test]
fn a_signed_receipt_carries_its_signature() {
    let mark = Mark::Signed {
        signature: Box::new(signature()),
        standing: Standing::OnReceipt,
    };
    insta::assert_snapshot!(marked(&mark, Locale::En, None));
}

#[test]
fn a_receipt_says_in_its_language_that_the_signing_device_failed() {
    for (locale, words) in [
        (Locale::En, "Signing device failed"),
        (Locale::De, "Sicherheitseinrichtung ausgefallen"),
        (Locale::Fr, "Dispositif de signature en panne"),
    ] {
        let text = marked(&Mark::Failed, locale, None);
        assert!(text.contains(words), "{text}");
    }
    assert!(marked(&Mark::Waiting, Locale::En, None).contains("Not signed yet"));
}

#[test]
fn a_copy_of_a_receipt_signed_afterwards_says_so() {
    let mark = Mark::Signed {
        signature: Box::new(signature()),
        standing: Standing::Afterwards,
    };
    let copy = CopyOf {
        number: 1,
        printed_at_ms: SOLD_AT_MS,
    };
    let text = marked(&mark, Locale::De, Some(copy));
    assert!(text.contains("Nachträglich signiert"), "{text}");
    assert!(text.contains("2026-11-23T13:05:42.25Z"), "{text}");
}

fn printed(sale: &SaleRecorded, locale: Locale, copy: Option<CopyOf>, columns: usize) -> String {
    printed_by(&profile(), sale, locale, copy, columns)
}

fn printed_by(
    profile: &StoreProfile,
    sale: &SaleRecorded,
    locale: Locale,
    copy: Option<CopyOf>,
    columns: usize,
) -> String {
    let document = receipt(&Receipt {
        profile,
        locale,
        sale,
        back: None,
        sold_at_ms: SOLD_AT_MS,
        cashier: Some("Ada van den Berg"),
        copy,
        mark: &Mark::None,
        code: &sale.receipt.to_string(),
    });
    counterpart_paper::text(&document, columns)
}

#[test]
fn a_receipt_tells_what_was_sold_and_how_it_was_paid() {
    insta::assert_snapshot!(printed(&sale(), Locale::En, None, 42));
}

#[test]
fn a_copy_says_that_it_is_one_and_when_it_was_made() {
    let copy = CopyOf {
        number: 2,
        printed_at_ms: SOLD_AT_MS + 3_600_000,
    };
    insta::assert_snapshot!(printed(&sale(), Locale::De, Some(copy), 42));
}

#[test]
fn a_receipt_names_the_company_and_the_tax_number_that_counts() {
    let company = |tax_number: Option<&str>| StoreProfile {
        tax_number: tax_number.map(str::to_owned),
        details: StoreDetails {
            entity: Some(LegalEntity {
                entity_id: None,
                address_lines: Vec::new(),
                tax_numbers: Vec::new(),
                number_prefix: None,
                name: "Corner Shops NV".to_owned(),
                registration_number: Some("RPR Gent 0123.456.749".to_owned()),
                tax_number: Some("BE 0999.999.999".to_owned()),
            }),
            phone: Some("+32 9 123 45 67".to_owned()),
            ..StoreDetails::default()
        },
        ..profile()
    };
    let head = |profile: &StoreProfile| -> Vec<String> {
        let text = printed_by(profile, &sale(), Locale::En, None, 42);
        let lines = text.lines().skip(3).take(4);
        lines.map(|line| line.trim().to_owned()).collect()
    };
    let company_first = ["Corner Shops NV", "RPR Gent 0123.456.749"];
    let with = |number: &str| -> Vec<String> {
        let rest = [number, "+32 9 123 45 67"];
        company_first
            .iter()
            .chain(&rest)
            .map(|it| (*it).to_owned())
            .collect()
    };
    assert_eq!(head(&company(None)), with("VAT no. BE 0999.999.999"));
    assert_eq!(head(&company(Some("BE 1"))), with("VAT no. BE 1"));
}

#[test]
fn a_narrow_receipt_cuts_no_amount_off() {
    insta::assert_snapshot!(printed(&sale(), Locale::Fr, None, 32));
}

#[test]
fn a_product_name_cannot_open_the_drawer() {
    let mut sale = sale();
    sale.lines[0].description = "Milk\u{1b}p0\u{32}\u{fa}".to_owned();
    let text = printed(&sale, Locale::En, None, 42);
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn exact_cash_shows_no_change() {
    let mut sale = sale();
    sale.tenders[0].amount_minor = sale.total_minor;
    sale.change_minor = Minor::ZERO;
    assert!(!printed(&sale, Locale::En, None, 42).contains("Change"));
}
