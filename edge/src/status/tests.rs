//! What needs a person, and when nothing does.

use counterpart_protocol::condition::{Concern, Urgency};
use counterpart_protocol::reference::ReferenceKind;

use super::rules::{Known, KnownRecovery, KnownReference, KnownSigner, concerns};

const DAY_MS: i64 = 86_400_000;

/// A store where all is well.
fn well() -> Known {
    let in_use = |kind| KnownReference {
        kind,
        in_use: Some(3),
        trouble: None,
    };
    Known {
        now_ms: 1_000 * DAY_MS,
        contact_at_ms: Some(1_000 * DAY_MS),
        clock_off_ms: Some(200),
        certificate_ends_at_ms: Some(1_300 * DAY_MS),
        reference: ReferenceKind::ALL.map(in_use).to_vec(),
        ..Known::default()
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut Known), urgency: Urgency, about: &str, sentence: &str) {
    let mut known = well();
    change(&mut known);
    let expected = Concern {
        urgency,
        about: about.to_owned(),
        sentence: sentence.to_owned(),
    };
    assert_eq!(concerns(&known), [expected]);
}

#[test]
fn a_store_where_all_is_well_needs_nobody() {
    assert_eq!(concerns(&well()), []);
}

#[test]
fn a_hub_that_is_away_for_hours_is_normal() {
    let mut known = well();
    known.hub_trouble = Some("the hub cannot be reached".to_owned());
    known.contact_at_ms = Some(known.now_ms - DAY_MS / 2);
    known.waiting = 700;
    assert_eq!(concerns(&known), []);
}

#[test]
fn a_hub_that_is_away_for_a_day_is_said_with_what_waits() {
    check(
        |known| {
            known.hub_trouble = Some("the hub cannot be reached: check the line".to_owned());
            known.contact_at_ms = Some(known.now_ms - DAY_MS);
            known.waiting = 700;
        },
        Urgency::Soon,
        "Hub",
        "The hub cannot be reached: check the line (700 waiting).",
    );
}

#[test]
fn a_hub_that_refuses_is_said_at_once() {
    check(
        |known| {
            known.hub_trouble = Some("edge 7 was blocked".to_owned());
            known.hub_needs_a_person = true;
        },
        Urgency::Now,
        "Hub",
        "Edge 7 was blocked (everything is sent).",
    );
}

#[test]
fn a_clock_that_is_off_is_said_with_its_direction() {
    let expected = |direction| {
        format!(
            "This machine's clock is 90 s {direction} the hub's: set it right, or switch on its \
             time service. Receipts show its time."
        )
    };
    for (off_ms, direction) in [(90_000, "behind"), (-90_000, "ahead of")] {
        check(
            |known| known.clock_off_ms = Some(off_ms),
            Urgency::Soon,
            "Clock",
            &expected(direction),
        );
    }
}

#[test]
fn a_certificate_is_renewed_before_it_ends() {
    let sentence = |when| {
        format!(
            "This store's certificate {when}: ask the hub's operator for an enrolment code and \
             enrol again. Selling goes on; nothing is sent without it."
        )
    };
    check(
        |known| known.certificate_ends_at_ms = Some(known.now_ms + 12 * DAY_MS),
        Urgency::Soon,
        "Certificate",
        &sentence("ends in 12 days"),
    );
    check(
        |known| known.certificate_ends_at_ms = Some(known.now_ms - 1),
        Urgency::Now,
        "Certificate",
        &sentence("has ended"),
    );
}

#[test]
fn a_store_without_products_or_people_says_what_brings_them() {
    check(
        |known| known.reference[0].in_use = None,
        Urgency::Now,
        "Catalogue",
        "There are no products here yet: have the catalogue published at the hub; it comes by \
         itself.",
    );
    check(
        |known| known.reference[1].in_use = None,
        Urgency::Now,
        "Staff",
        "Nobody can sign in here yet: add the store's people at the hub; they come by themselves.",
    );
}

#[test]
fn a_restored_store_says_what_waits_and_then_what_nobody_has_a_record_of() {
    let minute_ms = 60_000;
    let now_ms = well().now_ms;
    let mut restored = KnownRecovery {
        opened_at_ms: now_ms - 3 * minute_ms,
        unproven_from_ms: None,
        ended_at_ms: None,
    };
    check(
        |known| known.recovery = Some(restored),
        Urgency::Soon,
        "Restore",
        "This store was restored 3 minutes ago and takes back from the hub what it had recorded. \
         It sells; goods are handed over for orders, promised and sent to other stores when the \
         hub has answered.",
    );
    restored.ended_at_ms = Some(now_ms - minute_ms);
    restored.unproven_from_ms = Some(now_ms - 183 * minute_ms);
    check(
        |known| known.recovery = Some(restored),
        Urgency::Soon,
        "Restore",
        "This store was restored 3 minutes ago and has back everything the hub knew. Of the 3 \
         hours before that there is no record anywhere: count what was sold, received or handed \
         over then; the page /stock/recount lists what to count first.",
    );
    let mut known = well();
    restored.ended_at_ms = Some(now_ms - 8 * DAY_MS);
    known.recovery = Some(restored);
    assert_eq!(concerns(&known), []);
}

#[test]
fn what_is_most_urgent_comes_first() {
    let mut known = well();
    known.quarantined = 2;
    known.devices = vec![
        (
            "Register 1".to_owned(),
            "Paper nearly out.".to_owned(),
            Urgency::Soon,
        ),
        (
            "Register 2".to_owned(),
            "Printer not reached.".to_owned(),
            Urgency::Now,
        ),
    ];
    known.uncertain = vec![("Register 3".to_owned(), 1)];
    let about: Vec<String> = concerns(&known).into_iter().map(|one| one.about).collect();
    assert_eq!(about, ["Register 2", "Register 3", "Records", "Register 1"]);
}

#[test]
fn a_signer_that_failed_is_said_at_once_and_one_that_catches_up_is_not() {
    let signer = |todo, unsigned| {
        move |known: &mut Known| {
            known.signer = Some(KnownSigner { todo, unsigned });
        }
    };
    let about = "Signing device";
    let todo = Some("Switch it on.");
    check(signer(todo, 0), Urgency::Now, about, "Switch it on.");
    check(
        signer(todo, 1),
        Urgency::Now,
        about,
        "Switch it on. 1 sale is unsigned.",
    );
    check(
        signer(todo, 12),
        Urgency::Now,
        about,
        "Switch it on. 12 sales are unsigned.",
    );
    let mut catching_up = well();
    signer(None, 12)(&mut catching_up);
    assert_eq!(concerns(&catching_up), []);
}

#[test]
fn a_record_nobody_can_read_any_more_is_urgent() {
    let known = Known { lost: 1, ..well() };
    let [concern] = &concerns(&known)[..] else {
        panic!("one concern");
    };
    assert_eq!(concern.urgency, Urgency::Now);
    assert!(concern.sentence.starts_with("1 record of the last weeks"));
}
