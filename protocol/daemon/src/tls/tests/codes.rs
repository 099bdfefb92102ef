//! Enrolment codes as people type them.

use proptest::prelude::any;
use proptest::{prop_assert, prop_assert_eq, proptest};

use crate::entropy::SeededEntropy;
use crate::tls::{CodeRefused, EnrolmentCode, Fingerprint};

fn code() -> EnrolmentCode {
    EnrolmentCode::new(&Fingerprint::of(b"an authority"), &SeededEntropy::new(1))
}

#[track_caller]
fn check_refused(text: &str, sentence: &str) {
    let refused = text
        .parse::<EnrolmentCode>()
        .expect_err("this code must be refused");
    assert_eq!(refused.to_string(), sentence);
}

#[test]
fn a_code_looks_the_same_for_ever() {
    // Worked out apart from this code, with Python's hashlib and the rules in the file's head.
    let written = "F0W2N-B0HAH-DYF6Z-5PH13-7SGWF-JSM1R-FMV02-PY788-FRXPF-6HB1Z";
    assert_eq!(code().to_string(), written);
}

#[test]
fn a_code_names_its_authority_and_no_other() {
    assert!(code().names(&Fingerprint::of(b"an authority")));
    assert!(!code().names(&Fingerprint::of(b"another authority")));
}

#[test]
fn a_code_is_read_however_it_is_typed() {
    let code = code();
    let text = code.to_string();
    for typed in [
        text.clone(),
        text.to_lowercase(),
        text.replace('-', ""),
        text.replace('-', " "),
        text.replace('-', " - "),
        text.replace('-', "\u{2013}"),
        text.replace('-', "\n"),
        text.replace('0', "O").replace('1', "l"),
        text.replace('0', "o").replace('1', "I"),
        format!("  {text}\n"),
    ] {
        assert!(typed.parse() == Ok(code.clone()), "{typed}");
    }
}

#[test]
fn a_refusal_says_which_group_is_wrong() {
    let text = code().to_string();
    let groups: Vec<&str> = text.split('-').collect();
    let with = |place: usize, group: &str| {
        let mut changed = groups.clone();
        changed[place] = group;
        changed.join("-")
    };
    check_refused(
        "",
        "the code has 0 characters instead of 50: check that all ten groups are there",
    );
    check_refused(
        &groups[..9].join("-"),
        "the code has 45 characters instead of 50: check that all ten groups are there",
    );
    check_refused(&with(3, "ABCD"), "group 4 has 4 characters instead of 5");
    check_refused(&with(0, "ABCDEF"), "group 1 has 6 characters instead of 5");
    check_refused(
        &with(9, "ABU12"),
        "group 10 has the character \"U\", which no code has",
    );
    check_refused(
        &with(2, "AB€12"),
        "group 3 has the character \"€\", which no code has",
    );
    check_refused(
        &with(6, groups[7]),
        "group 7 is mistyped or in the wrong place",
    );
}

#[test]
fn the_secret_is_never_shown_and_its_hash_differs_by_code() {
    let code = code();
    assert_eq!(format!("{code:?}"), "EnrolmentCode { .. }");
    let other = EnrolmentCode::new(&Fingerprint::of(b"an authority"), &SeededEntropy::new(2));
    assert_ne!(code.secret_hash(), other.secret_hash());
}

proptest! {
    #[test]
    fn every_code_survives_being_typed(seed in any::<u64>(), authority in any::<[u8; 32]>()) {
        let fingerprint = Fingerprint(authority);
        let code = EnrolmentCode::new(&fingerprint, &SeededEntropy::new(seed));
        let typed: EnrolmentCode = code.to_string().parse().unwrap();
        prop_assert!(typed.names(&fingerprint));
        prop_assert_eq!(typed.secret_hash(), code.secret_hash());
    }

    #[test]
    fn every_wrong_character_is_noticed_in_its_group(
        seed in any::<u64>(),
        place in 0_usize..50,
        by in 1_usize..32,
    ) {
        let fingerprint = Fingerprint::of(b"an authority");
        let code = EnrolmentCode::new(&fingerprint, &SeededEntropy::new(seed)).to_string();
        let mut letters: Vec<char> = code.replace('-', "").chars().collect();
        let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let was = alphabet.find(letters[place]).unwrap();
        letters[place] = char::from(alphabet.as_bytes()[(was + by) % 32]);
        let typed: String = letters.into_iter().collect();
        let refused = typed.parse::<EnrolmentCode>().unwrap_err();
        prop_assert_eq!(refused, CodeRefused::Group { group: place / 5 + 1 });
    }

    #[test]
    fn every_two_swapped_neighbours_are_noticed(seed in any::<u64>(), place in 0_usize..49) {
        let fingerprint = Fingerprint::of(b"an authority");
        let code = EnrolmentCode::new(&fingerprint, &SeededEntropy::new(seed)).to_string();
        let mut letters: Vec<char> = code.replace('-', "").chars().collect();
        letters.swap(place, place + 1);
        let same = letters[place] == letters[place + 1];
        let typed: String = letters.into_iter().collect();
        prop_assert_eq!(typed.parse::<EnrolmentCode>().is_ok(), same);
    }

    #[test]
    fn nothing_that_is_typed_makes_it_panic(text in any::<String>()) {
        prop_assert!(text.parse::<EnrolmentCode>().is_err());
    }
}
