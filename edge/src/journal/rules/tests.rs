//! What facts make of the journal, what searches ask, and that what is handed out reads back.

mod promised;
mod reading;

use counterpart_protocol::facts::{Body, Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{FactId, RegisterId, ReturnId, SaleId, ShiftId, StaffId, StoreId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{Disposition, ReturnLine, ReturnRecorded};
use counterpart_protocol::sales::{
    BasketVoided, ByHand, CardPaid, LinePricing, LineReduction, PaperKind, PaperNumber,
    ReceiptNumber, ReducedBy, SaleLine, SaleRecorded, Tender, VoidedLine,
};
use counterpart_protocol::stores::DayEnd;
use counterpart_protocol::tax::{Rate, summarise};
use counterpart_protocol::time::BusinessDate;
use jiff::tz::TimeZone;

use super::xml::escaped;
use super::{After, Asked, EntryKind, Exporter, JournalRefused, NumberSought, Span, entries_of};

/// 2026-11-23T14:05:42Z.
const AT_MS: u64 = 1_795_442_742_000;

fn fact(body: &impl Body) -> Fact {
    let header = Header {
        id: FactId::from_parts(AT_MS, 3),
        hlc: Hlc::from_parts(AT_MS, 0),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        register: Some(RegisterId(2)),
        staff: Some(StaffId::from_parts(1, 7)),
    };
    Fact::new(header, body)
}

fn receipt() -> ReceiptNumber {
    ReceiptNumber {
        register: RegisterId(2),
        series: 1,
        number: 42,
    }
}

/// Two shirts at a price typed by hand, a card, and a line taken out.
fn sale() -> SaleRecorded {
    let hand = |reason: &str, approved: Option<u128>| ByHand {
        reason: reason.to_owned(),
        by: Some(StaffId::from_parts(1, 7)),
        approved_by: approved.map(|number| StaffId::from_parts(1, number)),
    };
    SaleRecorded {
        sale_id: SaleId::from_parts(1, 1),
        receipt: receipt(),
        shift_id: ShiftId::from_parts(1, 2),
        currency: Currency::EUR,
        lines: vec![SaleLine {
            line: 1,
            sku: "TEE-M".parse().unwrap(),
            description: "T-shirt <M> & \"more\"".to_owned(),
            quantity_milli: Milli::units(2),
            unit_price_minor: Minor(1_900),
            amount_minor: Minor(3_700),
            tax_rate: Rate(21_000),
            pricing: Some(LinePricing {
                list_price_minor: Minor(2_000),
                typed: Some(hand("shelf_label", Some(9))),
                reductions: vec![LineReduction {
                    amount_minor: Minor(100),
                    because: ReducedBy::Line(hand("damaged", None)),
                }],
            }),
            remarks: None,
            added_tax_minor: None,
        }],
        taxes: summarise([(Rate(21_000), Minor(3_700))]).unwrap(),
        total_minor: Minor(3_700),
        tenders: vec![Tender::card(
            Minor(3_700),
            CardPaid {
                intent: "A1".to_owned(),
                last_four: Some("4242".to_owned()),
                ..CardPaid::default()
            },
        )],
        change_minor: Minor::ZERO,
        voided: vec![VoidedLine {
            line: 2,
            sku: "MUG".parse().unwrap(),
            quantity_milli: Milli::ONE,
            amount_minor: Minor(700),
            staff: Some(StaffId::from_parts(1, 8)),
        }],
        catalog_version: 1,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    }
}

fn back() -> ReturnRecorded {
    ReturnRecorded {
        return_id: ReturnId::from_parts(1, 5),
        number: PaperNumber {
            kind: PaperKind::Return,
            prefix: "GHE".parse().unwrap(),
            edge: counterpart_protocol::ids::EdgeNumber(7),
            series: 1,
            number: 3,
        },
        sale_id: SaleId::from_parts(1, 1),
        receipt: receipt(),
        shift_id: ShiftId::from_parts(1, 2),
        currency: Currency::EUR,
        lines: vec![ReturnLine {
            line: 1,
            sku: "TEE-M".parse().unwrap(),
            description: "T-shirt".to_owned(),
            quantity_milli: Milli::ONE,
            amount_minor: Minor(1_850),
            tax_rate: Rate(21_000),
            reason: "size".to_owned(),
            disposition: Disposition::Restock,
        }],
        taxes: summarise([(Rate(21_000), Minor(1_850))]).unwrap(),
        total_minor: Minor(1_850),
        tenders: vec![Tender::cash(Minor(1_850))],
        approved_by: None,
        instead: None,
        rounding_minor: None,
        provisional: None,
    }
}

#[test]
fn a_sale_with_a_price_by_hand_and_a_line_taken_out_is_three_entries() {
    let made = entries_of(&fact(&sale())).unwrap();
    let told: Vec<_> = made
        .entries
        .iter()
        .map(|entry| {
            (
                entry.kind,
                entry.amount_minor.unwrap().0,
                entry.why.join("+"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (EntryKind::Sale, 3_700, String::new()),
            (EntryKind::Override, -300, "damaged+shelf_label".to_owned()),
            (EntryKind::Void, 700, String::new()),
        ]
    );
    assert_eq!(made.entries[1].approved_by, Some(StaffId::from_parts(1, 9)));
    assert_eq!(made.entries[2].staff, Some(StaffId::from_parts(1, 8)));
    assert_eq!(made.entries[0].number.as_deref(), Some("2-1-000042"));
    let items: Vec<_> = made
        .items
        .iter()
        .map(|(kind, sku)| (*kind, sku.as_str()))
        .collect();
    assert_eq!(
        items,
        [
            (EntryKind::Sale, "TEE-M"),
            (EntryKind::Void, "MUG"),
            (EntryKind::Override, "TEE-M"),
        ]
    );
    assert!(made.cards.contains(&(EntryKind::Sale, "4242".to_owned())));
}

#[test]
fn a_return_and_a_basket_given_up_are_told_with_what_they_came_to() {
    let made = entries_of(&fact(&back())).unwrap();
    assert_eq!(made.entries[0].amount_minor, Some(Minor(-1_850)));
    assert_eq!(made.entries[0].number.as_deref(), Some("GHE-T-7.1-000003"));
    let voided = BasketVoided {
        sale_id: SaleId::from_parts(1, 1),
        currency: Currency::EUR,
        voided: sale().voided,
    };
    let made = entries_of(&fact(&voided)).unwrap();
    assert_eq!(
        (made.entries[0].kind, made.entries[0].sale_id),
        (EntryKind::Void, None)
    );
}

fn asked(change: fn(&mut Asked)) -> Asked {
    let mut asked = Asked::default();
    change(&mut asked);
    asked
}

#[test]
fn what_is_typed_is_read_in_the_stores_own_day() {
    let zone = TimeZone::fixed(jiff::tz::offset(1));
    let end: DayEnd = "03:00".parse().unwrap();
    let read = |change| asked(change).read(&zone, end);
    let day = read(|it| {
        it.from = "2026-11-23".to_owned();
        it.to = "2026-11-23".to_owned();
    });
    let day = day.unwrap();
    // From 03:00 at one hour east until 03:00 of the next day.
    assert_eq!(day.from_ms, Some(1_795_399_200_000));
    assert_eq!(day.until_ms.unwrap() - day.from_ms.unwrap(), 86_400_000);
    let minute = read(|it| {
        it.from = "2026-11-23T14:05".to_owned();
        it.to = "2026-11-23T14:05".to_owned();
    });
    let minute = minute.unwrap();
    assert_eq!(minute.until_ms.unwrap() - minute.from_ms.unwrap(), 60_000);
    let number = |text: &str| {
        let asked = Asked {
            number: text.to_owned(),
            ..Asked::default()
        };
        asked.read(&zone, end).unwrap().number
    };
    assert_eq!(
        number("2-1-42"),
        Some(NumberSought::Whole("2-1-000042".to_owned()))
    );
    assert_eq!(number(" 42 "), Some(NumberSought::Tail(42)));
    let invoice = Some(NumberSought::Whole("GHE-I-7.1-000003".to_owned()));
    assert_eq!(number("ghe-i-7.1-000003"), invoice);
    let place = After {
        hlc: Hlc(5),
        fact_id: FactId::from_parts(1, 2),
        kind: EntryKind::NoSale,
    };
    let asked = Asked {
        before: place.written(),
        ..Asked::default()
    };
    assert_eq!(asked.read(&zone, end).unwrap().after, Some(place));
}

#[test]
fn what_cannot_be_read_names_its_field() {
    #[track_caller]
    fn check(change: fn(&mut Asked), field: &str, sentence: &str) {
        let zone = TimeZone::UTC;
        let refused: JournalRefused = asked(change).read(&zone, DayEnd::default()).unwrap_err();
        assert_eq!(
            (refused.field(), refused.to_string()),
            (field, sentence.to_owned())
        );
    }
    check(
        |it| it.card = "42a2".to_owned(),
        "card",
        "'42a2' are not the last four digits of a card: type four digits, such as 4242",
    );
    check(
        |it| it.from = "yesterday".to_owned(),
        "from",
        "'yesterday' is no date such as 2026-11-23 and no time such as 2026-11-23T14:30",
    );
    check(
        |it| {
            it.from = "2026-11-24".to_owned();
            it.to = "2026-11-22".to_owned();
        },
        "to",
        "it ends before it begins: put the earlier day first",
    );
    check(
        |it| it.kind = "theft".to_owned(),
        "kind",
        "'theft' is nothing the journal tells apart: choose one of the list",
    );
    check(
        |it| it.before = "x".to_owned(),
        "before",
        "this address is not whole: search again",
    );
    check(
        |it| it.item = "x".repeat(81),
        "item",
        "this is longer than any number or name: type less",
    );
}

fn store() -> StoreId {
    "ghent".parse().unwrap()
}

#[test]
fn a_line_of_json_says_everything_a_fact_says() {
    let exporter = Exporter::new("jsonl", store()).unwrap();
    let line = exporter.fact((1, 7), &fact(&sale())).unwrap();
    assert!(line.ends_with('\n') && line.matches('\n').count() == 1);
    let read: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(read["kind"], "sale_recorded");
    assert_eq!((&read["run"], &read["seq"]), (&1.into(), &7.into()));
    assert_eq!(read["at"], "2026-11-23T14:05:42Z");
    assert_eq!(read["body"]["total_minor"], 3_700);
    assert_eq!(read["store_id"], "ghent");
    let broken = exporter.unreadable((1, 8), "its bytes are gone").unwrap();
    assert!(broken.contains("its bytes are gone"), "{broken}");
    let unknown = Exporter::new("pdf", store()).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "'pdf' is no form of an export: write jsonl or poslog"
    );
}

#[test]
fn a_poslog_is_read_back_with_every_amount_and_every_character() {
    let exporter = Exporter::new("poslog", store()).unwrap();
    let mut text = exporter.head();
    text.push_str(&exporter.fact((1, 7), &fact(&sale())).unwrap());
    text.push_str(&exporter.fact((1, 8), &fact(&back())).unwrap());
    text.push_str(&exporter.foot());
    let read = reading::document(&text);
    let one = |path: &str| -> Vec<String> {
        let found = read.iter().filter(|(at, _)| at == path);
        found.map(|(_, text)| text.clone()).collect()
    };
    let transaction = "POSLog/Transaction";
    let retail = format!("{transaction}/RetailTransaction");
    let sale = format!("{retail}/LineItem/Sale");
    assert_eq!(
        one(&format!("{transaction}/RetailStoreID")),
        ["ghent", "ghent"]
    );
    assert_eq!(one(&format!("{transaction}/WorkstationID")), ["2", "2"]);
    assert_eq!(one(&format!("{retail}/Total")), ["37.00", "-18.50"]);
    assert_eq!(
        one(&format!("{sale}/Description")),
        ["T-shirt <M> & \"more\""]
    );
    assert_eq!(one(&format!("{sale}/RegularSalesUnitPrice")), ["20.00"]);
    assert_eq!(one(&format!("{sale}/Quantity")), ["2", "1"]);
    let modifier = format!("{sale}/RetailPriceModifier");
    assert_eq!(one(&format!("{modifier}/NewPrice")), ["19.00"]);
    assert_eq!(
        one(&format!("{modifier}/ReasonCode")),
        ["shelf_label", "damaged"]
    );
    let digits = format!("{retail}/LineItem/Tender/CreditDebit/cp:LastFourDigits");
    assert_eq!(one(&digits), ["4242"]);
    let link = format!("{retail}/LineItem/Return/TransactionLink/ReceiptNumber");
    assert_eq!(one(&link), ["2-1-000042"]);
    let taxes = one(&format!("{retail}/LineItem/Tax/Percent"));
    assert_eq!(taxes, ["21", "21"]);
}

#[test]
fn no_text_breaks_out_of_its_element() {
    assert_eq!(
        escaped("</a>&\"'\u{1}\u{8}\n"),
        "&lt;/a&gt;&amp;&quot;&apos;\u{fffd}\u{fffd}&#10;"
    );
}

#[test]
fn a_span_holds_its_first_and_its_last_day() {
    let day = |days| BusinessDate::from_days(days).unwrap();
    let span = Span::new(Some(day(10)), Some(day(12))).unwrap();
    let held: Vec<i32> = (8..15).filter(|it| span.holds(day(*it))).collect();
    assert_eq!(held, [10, 11, 12]);
    assert!(Span::default().holds(day(0)));
    assert!(Span::new(Some(day(12)), Some(day(11))).is_err());
}
