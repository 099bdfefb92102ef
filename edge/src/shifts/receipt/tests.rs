//! The papers of a till as they come out of its printer.

use std::sync::Arc;

use counterpart_daemon::web::text::{Lang, Locale, Texts};
use counterpart_protocol::ids::{RegisterId, ShiftId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::TenderKind;
use counterpart_protocol::shifts::{
    CashCount, Pieces, ShiftClosed, ShiftTender, ShiftTotals, TillSum,
};
use counterpart_protocol::tax::{Rate, TaxSum};
use jiff::tz::TimeZone;

use super::{Printed, XReport, ZReport, x_report, z_report};
use crate::context::StoreProfile;

fn profile() -> StoreProfile {
    StoreProfile {
        store_id: "ghent-1".parse().unwrap(),
        name: "Ghent Korenmarkt".to_owned(),
        address_lines: vec!["Korenmarkt 1".to_owned()],
        currency: Currency::EUR,
        time_zone: TimeZone::UTC,
        tax_number: None,
        locale: "en".to_owned(),
        details: counterpart_protocol::stores::StoreDetails::default(),
        receipt_footer: None,
    }
}

fn lang() -> Lang {
    let texts = Arc::new(Texts::new(&[]).unwrap());
    Lang::new(texts, Locale::En)
}

fn totals() -> ShiftTotals {
    let sum = |rate, gross, tax| TaxSum {
        rate: Rate(rate),
        gross_minor: Minor(gross),
        tax_minor: Minor(tax),
    };
    ShiftTotals {
        paid_in_minor: Minor(5_000),
        paid_out_minor: Minor(1_250),
        dropped_minor: Minor(50_000),
        no_sales: 2,
        taxes: vec![sum(21_000, 100_000, 17_355), sum(6_000, 23_450, 1_327)],
        perpetual_minor: Minor(987_654_321),
        returned: None,
        tenders: None,
        rounding_minor: None,
    }
}

fn closed() -> ShiftClosed {
    let pieces = |value, count| Pieces {
        value_minor: Minor(value),
        count,
    };
    ShiftClosed {
        shift_id: ShiftId::from_parts(1, 1),
        currency: Currency::EUR,
        z_number: 12,
        counted: CashCount {
            pieces: vec![pieces(5_000, 19), pieces(100, 20)],
        },
        expected_minor: Minor(97_200),
        over_short_minor: Minor(-200),
        reason: Some("wrong_change".to_owned()),
        sales: 41,
        sales_minor: Minor(123_450),
        totals: Some(totals()),
        others: None,
    }
}

fn z(closed: &ShiftClosed, printed: Printed) -> String {
    let z = ZReport {
        register: RegisterId(1),
        closed,
        opened_at_ms: 1_795_424_400_000,
        closed_at_ms: 1_795_456_800_000,
        float_minor: Minor(20_000),
        closed_by: "Ada",
        printed,
    };
    counterpart_paper::text(&z_report(&profile(), &lang(), &z), 42)
}

#[test]
fn a_z_says_what_was_counted_and_what_should_have_been_there() {
    insta::assert_snapshot!(z(&closed(), Printed::First));
}

#[test]
fn a_z_of_a_program_that_said_less_is_printed_again_as_a_copy() {
    let older = ShiftClosed {
        totals: None,
        ..closed()
    };
    let paper = z(&older, Printed::Copy(2));
    assert!(
        paper.contains("COPY 2") && !paper.contains("Ever sold"),
        "{paper}"
    );
}

#[test]
fn a_z_names_cards_apart_from_the_drawer() {
    let mut closed = closed();
    let cards = ShiftTender {
        kind: TenderKind::Card,
        payments: 3,
        taken_minor: Minor(4_200),
        refunds: 1,
        back_minor: Minor(700),
        currency: None,
        counts_minor: None,
    };
    closed.totals.as_mut().unwrap().tenders = Some(vec![cards]);
    let (paper, words) = (z(&closed, Printed::First), ["Cards (3)", "42.00", "-7.00"]);
    assert!(words.iter().all(|it| paper.contains(it)), "{paper}");
}

#[test]
fn an_x_says_what_should_be_in_the_drawer_and_closes_nothing() {
    let sums = TillSum {
        float_minor: Minor(20_000),
        cash_sales_minor: Minor(123_450),
        sales: 41,
        sales_minor: Minor(123_450),
        paid_in_minor: Minor(5_000),
        paid_out_minor: Minor(1_250),
        dropped_minor: Minor(50_000),
        returned_minor: Minor::ZERO,
    };
    let x = XReport {
        register: RegisterId(1),
        sums: &sums,
        totals: &totals(),
        opened_at_ms: 1_795_424_400_000,
        at_ms: 1_795_440_000_000,
        by: "Ada",
        cashiers: &[],
    };
    let paper = x_report(&profile(), &lang(), &x);
    insta::assert_snapshot!(counterpart_paper::text(&paper, 42));
}
