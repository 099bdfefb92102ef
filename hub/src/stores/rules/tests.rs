//! What may be a store, a member and a code.

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::money::Currency;
use counterpart_protocol::staff::Role;

use super::{
    Code, CodeGood, CodeSpent, EdgeKnown, MemberDraft, Standing, StoreDraft, Used, ZoneKnown,
    check_member, check_store, spend, standing,
};

fn draft() -> StoreDraft {
    StoreDraft {
        store_id: "ghent-1".to_owned(),
        name: "Ghent Veldstraat".to_owned(),
        address: "Veldstraat 1\r\n\n9000 Gent".to_owned(),
        currency: "EUR".to_owned(),
        time_zone: "Europe/Brussels".to_owned(),
        tax_number: String::new(),
        locale: "en".to_owned(),
        receipt_footer: " Thank you ".to_owned(),
        entity: String::new(),
    }
}

#[track_caller]
fn check_refused(change: impl FnOnce(&mut StoreDraft), fields: &[&str]) {
    let mut draft = draft();
    change(&mut draft);
    let refused = check_store(&draft, ZoneKnown::Yes, Some(Currency::EUR), &[]).unwrap_err();
    let found: Vec<&str> = refused.0.iter().map(|wrong| wrong.field).collect();
    assert_eq!(found, fields, "{refused}");
}

#[test]
fn a_store_is_kept_as_it_will_be_printed() {
    let store = check_store(&draft(), ZoneKnown::Yes, None, &[]).unwrap();
    assert_eq!(store.address_lines, ["Veldstraat 1", "9000 Gent"]);
    assert_eq!(
        (store.tax_number, store.receipt_footer.as_deref()),
        (None, Some("Thank you"))
    );
}

#[test]
fn everything_wrong_is_said_at_once() {
    check_refused(|draft| draft.store_id = "Ghent 1".to_owned(), &["store_id"]);
    check_refused(|draft| draft.name = "x".repeat(43), &["name"]);
    check_refused(
        |draft| draft.address = "a\nb\nc\nd\ne".to_owned(),
        &["address"],
    );
    check_refused(|draft| draft.currency = "GBP".to_owned(), &["currency"]);
    check_refused(|draft| draft.locale = "it".to_owned(), &["locale"]);
    check_refused(|draft| draft.entity = "corner".to_owned(), &["entity"]);
    check_refused(
        |draft| {
            draft.store_id = String::new();
            draft.currency = "euro".to_owned();
            draft.receipt_footer = "x".repeat(201);
        },
        &["store_id", "currency", "receipt_footer"],
    );
    let refused = check_store(&draft(), ZoneKnown::No, None, &[]).unwrap_err();
    assert!(refused.to_string().contains("no time zone"), "{refused}");
}

#[test]
fn a_pin_is_four_to_eight_digits() {
    #[track_caller]
    fn check(pin: &str, fits: bool) {
        let draft = MemberDraft {
            name: "Ada".to_owned(),
            role: Role::Associate,
            pin: pin.to_owned(),
        };
        assert_eq!(check_member(&draft).is_ok(), fits, "{pin:?}");
    }
    for good in ["4711", "00000000"] {
        check(good, true);
    }
    for bad in ["", "471", "471147114", "47a1", "٤٧١١"] {
        check(bad, false);
    }
}

#[test]
fn a_code_works_once_and_answers_the_same_key_again() {
    let used = Used {
        at_ms: 500,
        by_edge: EdgeNumber(3),
        csr_sha256: [1; 32],
        certificate_pem: "pem".to_owned(),
    };
    let mut code = Code {
        store_id: "ghent-1".parse().unwrap(),
        until_ms: 1_000,
        used: None,
    };
    assert_eq!(spend(Some(&code), [1; 32], 999), Ok(CodeGood::New));
    assert_eq!(
        spend(Some(&code), [1; 32], 1_000),
        Err(CodeSpent::Expired { over_ms: 0 })
    );
    assert_eq!(spend(None, [1; 32], 0), Err(CodeSpent::Unknown));
    code.used = Some(used.clone());
    // Even later: an edge whose answer was lost must not stay outside.
    assert_eq!(
        spend(Some(&code), [1; 32], 9_000),
        Ok(CodeGood::Again(used.clone()))
    );
    let refused = spend(Some(&code), [2; 32], 999).unwrap_err();
    assert_eq!(refused, CodeSpent::Used(used));
    assert!(refused.to_string().contains("by edge 3"), "{refused}");
}

#[test]
fn a_store_that_is_silent_for_an_hour_wants_somebody_to_ask() {
    let open = |ago_ms| standing(EdgeKnown::Open, ago_ms);
    assert_eq!(open(None), Standing::NeverCalled);
    assert_eq!(open(Some(0)), Standing::Connected);
    assert_eq!(open(Some(3_599_999)), Standing::Away(3_599_999));
    assert_eq!(open(Some(3_600_000)), Standing::Silent(3_600_000));
    assert_eq!(standing(EdgeKnown::Blocked, Some(0)), Standing::Blocked);
    assert_eq!(standing(EdgeKnown::None, None), Standing::NotEnrolled);
}
