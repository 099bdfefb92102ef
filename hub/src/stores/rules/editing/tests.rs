//! What a person may write about a store, and what is said about the rest.

use super::{StoreChange, ZoneKnown, changed_words, check_change};
use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::stores::StoreDetails;

fn store() -> StoreIdentity {
    StoreIdentity {
        store_id: "ghent-1".parse().unwrap(),
        name: "Ghent".to_owned(),
        address_lines: vec!["Veldstraat 1".to_owned()],
        currency: "EUR".parse().unwrap(),
        time_zone: "Europe/Brussels".to_owned(),
        tax_number: None,
        locale: "en".to_owned(),
        receipt_footer: None,
        details: StoreDetails::default(),
    }
}

fn full() -> StoreChange {
    StoreChange {
        number_prefix: "GHE".to_owned(),
        street: "Veldstraat 1".to_owned(),
        postal_code: "9000".to_owned(),
        town: "Gent".to_owned(),
        country: "BE".to_owned(),
        point: "51.0536, 3.7213".to_owned(),
        phone: "+32 9 123 45 67".to_owned(),
        hours_monday: "9:00-18:00".to_owned(),
        hours_sunday: "closed".to_owned(),
        pickup_promise_minutes: "60".to_owned(),
        day_end: "03:00".to_owned(),
        neighbour_group: "flanders".to_owned(),
        ..StoreChange::of(&store())
    }
}

#[test]
fn a_store_that_was_changed_reads_as_it_was_typed() {
    let changed = check_change(&store(), &full(), ZoneKnown::Yes, &[], &[]).unwrap();
    assert_eq!(changed.details.point.unwrap().longitude_micro, 3_721_300);
    assert_eq!(changed.details.hours.days.len(), 7);
    let typed = StoreChange::of(&changed);
    assert_eq!(typed.hours_monday, "09:00-18:00");
    assert_eq!(typed.hours_tuesday, "closed");
    assert_eq!(
        check_change(&changed, &typed, ZoneKnown::Yes, &[], &[]),
        Ok(changed.clone())
    );
    assert_eq!(changed_words(&changed, &typed), "");
    let renamed = StoreChange {
        name: "Gent".to_owned(),
        ..typed
    };
    assert_eq!(changed_words(&changed, &renamed), "name");
}

#[test]
fn what_cannot_be_is_said_beside_its_field() {
    #[track_caller]
    fn check(field: &str, change: impl FnOnce(&mut StoreChange)) {
        let mut typed = full();
        change(&mut typed);
        let refused = check_change(&store(), &typed, ZoneKnown::Yes, &[], &[]).unwrap_err();
        let fields: Vec<&str> = refused.0.iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, [field]);
    }
    check("name", |it| it.name.clear());
    check("jurisdiction", |it| it.jurisdiction = "nowhere".to_owned());
    check("entity", |it| it.entity = "nobody".to_owned());
    check("number_prefix", |it| it.number_prefix = "ghe".to_owned());
    check("country", |it| it.country = "Belgium".to_owned());
    check("town", |it| it.town.clear());
    check("point", |it| it.point = "51".to_owned());
    check("hours_monday", |it| it.hours_monday = "18-9".to_owned());
    check("pickup_promise_minutes", |it| {
        it.pickup_promise_minutes = "0".to_owned();
    });
    check("day_end", |it| it.day_end = "13:00".to_owned());
    check("phone", |it| it.phone = "1".repeat(43));
}
