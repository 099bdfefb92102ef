//! What answers of terminals and words of managers make of an attempt.

use counterpart_protocol::ids::{RegisterId, SaleId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::{CardPaid, CardSaid};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, proptest};

use super::{Attempt, AttemptState, CardRefused, Moved, Purpose, Told, free, intent};

const BOSS: StaffId = StaffId::from_parts(1, 3);

fn sent() -> Attempt {
    Attempt {
        intent: "A1B2C3D4E5".to_owned(),
        register: RegisterId(1),
        purpose: Purpose::Sale,
        sale_id: SaleId::from_parts(1, 1),
        of_intent: None,
        amount_minor: Minor(1_200),
        state: AttemptState::Sent,
        asked: true,
        moved: None,
        words: None,
        staff_id: StaffId::from_parts(1, 1),
        begun_at_ms: 1,
        changed_at_ms: 1,
        said: None,
        open: true,
        proof_wanted: false,
        disputed: false,
    }
}

fn moved() -> Moved {
    Moved {
        amount_minor: Minor(1_200),
        card: CardPaid {
            intent: "A1B2C3D4E5".to_owned(),
            transaction: Some("T1".to_owned()),
            ..CardPaid::default()
        },
    }
}

fn unknown() -> Attempt {
    sent()
        .told(Told::Nothing("the line broke".to_owned()), 2)
        .unwrap()
}

#[test]
fn an_answer_says_what_became_of_it() {
    let of = |told| sent().told(told, 2).map(|it| (it.state, it.open));
    assert_eq!(
        of(Told::Moved(moved())),
        Some((AttemptState::Approved, true))
    );
    let no = "no".to_owned();
    assert_eq!(
        of(Told::Refused(no.clone())),
        Some((AttemptState::Declined, false))
    );
    assert_eq!(
        of(Told::NotBegun(no.clone())),
        Some((AttemptState::Cancelled, false))
    );
    assert_eq!(of(Told::Nothing(no)), Some((AttemptState::Unknown, true)));
    assert_eq!(of(Told::UnderWay), None);
}

#[test]
fn what_nobody_knows_stays_so_until_somebody_does() {
    let same = Told::Nothing("the line broke".to_owned());
    assert_eq!(unknown().told(same, 9), None);
    let at_it = unknown().told(Told::UnderWay, 9).unwrap();
    assert_eq!(at_it.state, AttemptState::Unknown);
    assert_eq!(at_it.told(Told::UnderWay, 10), None);
    let known = unknown().told(Told::Moved(moved()), 9).unwrap();
    assert_eq!(
        (known.state, known.moved),
        (AttemptState::Approved, Some(moved()))
    );
}

#[test]
fn a_manager_settles_only_what_nobody_knows() {
    assert_eq!(
        sent().settled(CardSaid::Moved, BOSS, 2),
        Err(CardRefused::Known)
    );
    let paid = unknown().settled(CardSaid::Moved, BOSS, 2).unwrap();
    assert_eq!(
        (paid.state, paid.open, paid.proof_wanted),
        (AttemptState::Approved, true, true)
    );
    assert_eq!(
        paid.moved.as_ref().unwrap().card.said_by,
        Some(BOSS),
        "the fact says whose word it is"
    );
    assert_eq!(paid.to_give_back(), Err(CardRefused::NoTransaction));
    let not = unknown().settled(CardSaid::NotMoved, BOSS, 2).unwrap();
    assert_eq!(
        (not.state, not.open, not.proof_wanted),
        (AttemptState::Cancelled, false, true)
    );
}

#[test]
fn a_terminal_that_says_something_else_than_the_manager_is_named_until_it_is_seen_to() {
    let not = unknown().settled(CardSaid::NotMoved, BOSS, 2).unwrap();
    let agrees = not.told(Told::NotBegun(String::new()), 3).unwrap();
    assert!(!agrees.disputed && !agrees.proof_wanted);
    let after_all = not.told(Told::Moved(moved()), 3).unwrap();
    assert!(after_all.disputed);
    assert_eq!(after_all.to_give_back(), Ok(&moved()));

    let paid = unknown().settled(CardSaid::Moved, BOSS, 2).unwrap();
    assert!(!paid.told(Told::Moved(moved()), 3).unwrap().disputed);
    let never = paid.told(Told::Refused("no".to_owned()), 3).unwrap();
    assert!(never.disputed);
    assert_eq!(never.state, AttemptState::Approved, "the sale may stand");
    let seen = never.settled(CardSaid::Moved, BOSS, 4).unwrap();
    assert!(!seen.disputed);
}

#[test]
fn one_thing_at_a_time_is_asked() {
    assert_eq!(free(None), Ok(()));
    assert_eq!(free(Some(&sent())), Err(CardRefused::UnderWay));
    assert_eq!(free(Some(&unknown())), Err(CardRefused::Unknown));
}

#[test]
fn a_name_is_one_a_terminal_keeps() {
    let name = intent(0x0123_4567_89ab_cdef);
    assert_eq!(name.len(), 10);
    name.parse::<counterpart_hardware::IntentId>().unwrap();
    assert_ne!(intent(1), intent(2));
}

fn any_told() -> impl Strategy<Value = Told> {
    prop_oneof![
        Just(Told::Moved(moved())),
        Just(Told::Refused("no".to_owned())),
        Just(Told::NotBegun("never".to_owned())),
        Just(Told::UnderWay),
        Just(Told::Nothing("silence".to_owned())),
    ]
}

proptest! {
    /// Whatever is heard in whatever order, and whatever a manager says between: money that is
    /// known to have moved is never forgotten, and is open until it belongs to a sale.
    #[test]
    fn money_that_moved_is_never_forgotten(
        heard in proptest::collection::vec((any_told(), any::<Option<bool>>()), 1..12),
    ) {
        let mut attempt = sent();
        for (told, says) in heard {
            let before = attempt.clone();
            if let Some(after) = attempt.told(told, 2) {
                attempt = after;
            }
            let said = says.map(|moved| if moved { CardSaid::Moved } else { CardSaid::NotMoved });
            if let Some(Ok(after)) = said.map(|said| attempt.settled(said, BOSS, 3))
                && !attempt.disputed
            {
                attempt = after;
            }
            if before.moved.is_some() {
                prop_assert!(attempt.moved.is_some());
                prop_assert_eq!(attempt.state, AttemptState::Approved);
            }
            if attempt.moved.is_some() {
                prop_assert!(attempt.open || attempt.disputed);
            }
        }
    }
}
