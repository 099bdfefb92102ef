//! What must stay true of order documents and of the guard before them.

use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{Automerge, Change, ExpandedChange, ROOT};
use proptest::prelude::{ProptestConfig, any, prop, prop_assert, prop_assert_eq, proptest};
use sha2::{Digest as _, Sha256};

use super::order::{ORDER_DEPS_MAX, ORDER_FACTS_MAX};
use super::{
    Actor, ChangeHash, GuardRefused, OrderAppended, OrderDocument, OrderDocumentFailed,
    admit_to_order, stored_fact,
};
use crate::facts::{Fact, Header, NoticePosted};
use crate::hlc::Hlc;
use crate::ids::{EdgeNumber, FactId, Incarnation, OrderId, Writer};
use crate::time::BusinessDate;

fn order() -> OrderId {
    OrderId::from_parts(1, 1)
}

fn writer(edge: u8) -> (Writer, Actor) {
    let writer = Writer {
        edge: EdgeNumber(edge.into()),
        incarnation: Incarnation(1),
    };
    (writer, Actor([edge; 16]))
}

fn fact(number: u128) -> Fact {
    let header = Header {
        id: FactId::from_parts(1, number),
        hlc: Hlc(3),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        register: None,
        staff: None,
    };
    let notice = NoticePosted {
        text: format!("fact {number}"),
        until_ms: None,
    };
    Fact::new(header, &notice)
}

/// The document as one of its writers would load it.
fn load(edge: u8, changes: &[Vec<u8>], heads: &[[u8; 32]]) -> OrderDocument {
    try_load(edge, changes, heads).unwrap()
}

fn try_load(
    edge: u8,
    changes: &[Vec<u8>],
    heads: &[[u8; 32]],
) -> Result<OrderDocument, OrderDocumentFailed> {
    let (writer, actor) = writer(edge);
    OrderDocument::load(order(), writer, actor, changes.to_vec(), heads)
}

fn append(document: &mut OrderDocument, number: u128) -> OrderAppended {
    document.append(1, &fact(number).encode()).unwrap()
}

/// The first fact, by the hub, and one each of three stores that follow it.
fn forked() -> (Vec<Vec<u8>>, Vec<[u8; 32]>) {
    let (hub, actor) = writer(0);
    let first = append(&mut OrderDocument::begin(order(), hub, actor), 1);
    let mut changes = vec![first.change];
    let mut heads = Vec::new();
    for edge in 1..=3 {
        let mut there = load(edge, &changes[..1], &[first.head]);
        let appended = append(&mut there, u128::from(edge) + 1);
        changes.push(appended.change);
        heads.push(appended.head);
    }
    heads.sort_unstable();
    (changes, heads)
}

/// A change of store 1 that follows three heads.
fn honest() -> Vec<u8> {
    let (changes, heads) = forked();
    append(&mut load(1, &changes, &heads), 9).change
}

#[test]
fn a_change_follows_all_heads_and_the_guard_says_which() {
    let (changes, heads) = forked();
    let mut document = load(1, &changes, &heads);
    assert_eq!(document.heads(), heads);
    let appended = append(&mut document, 9);
    let admitted = admit_to_order(&appended.change).unwrap();
    assert_eq!(admitted.key, appended.key);
    assert_eq!(admitted.key.to_string(), "1/1/00000002/1");
    assert_eq!(admitted.actor, writer(1).1);
    assert_eq!(admitted.deps, heads);
    assert_eq!((admitted.depth, admitted.head), (3, appended.head));
    assert_eq!(admitted.fact, fact(9));
    assert_eq!(document.heads(), [appended.head]);
    assert_eq!(stored_fact(&appended.change, appended.hash), Some(fact(9)));
}

#[test]
fn a_document_is_the_same_in_whatever_order_its_changes_are_loaded() {
    let (mut changes, heads) = forked();
    let whole = load(1, &changes, &heads);
    changes.reverse();
    assert_eq!(load(1, &changes, &heads).heads(), whole.heads());
    // Twice is once.
    changes.extend(changes.clone());
    assert_eq!(load(1, &changes, &heads).heads(), whole.heads());
}

#[test]
fn what_does_not_lead_to_the_stored_heads_is_damage() {
    let (changes, heads) = forked();
    let damaged = |loaded: Result<OrderDocument, OrderDocumentFailed>| {
        assert!(matches!(loaded, Err(OrderDocumentFailed::Damaged { .. })));
    };
    damaged(try_load(1, &changes[1..], &heads));
    damaged(try_load(1, &changes, &heads[1..]));
    damaged(try_load(1, &[], &heads));
    for at in (0..changes[1].len()).step_by(3) {
        let mut spoiled = changes.clone();
        spoiled[1][at] ^= 0xff;
        // Only the checksum, which Automerge does not compare, may differ.
        match try_load(1, &spoiled, &heads) {
            Ok(_) => assert!((4..8).contains(&at), "byte {at} makes no difference"),
            Err(OrderDocumentFailed::Damaged { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn two_changes_of_one_actor_and_number_are_damage() {
    let (changes, heads) = forked();
    let append = |number| append(&mut load(1, &changes, &heads), number);
    let (one, other) = (append(9), append(10));
    assert_eq!(one.key, other.key);
    let mut heads = [one.head, other.head];
    heads.sort_unstable();
    let both = [changes, vec![one.change, other.change]].concat();
    assert!(matches!(
        try_load(1, &both, &heads),
        Err(OrderDocumentFailed::Damaged { .. })
    ));
}

#[test]
fn a_fact_nobody_would_take_is_not_written() {
    let (hub, actor) = writer(0);
    let mut document = OrderDocument::begin(order(), hub, actor);
    let huge = vec![0xa0; super::FACT_BYTES_MAX + 1];
    assert!(matches!(
        document.append(1, &huge),
        Err(OrderDocumentFailed::TooLarge { .. })
    ));
    let largest = document.append(u32::MAX, &huge[1..]).unwrap();
    assert!(largest.change.len() <= super::CHANGE_BYTES_MAX);
}

#[test]
fn no_flipped_bit_is_believed_and_none_panics() {
    let honest = honest();
    let hash = ChangeHash::of(&honest);
    for bit in 0..honest.len() * 8 {
        let mut flipped = honest.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(admit_to_order(&flipped).is_err(), "bit {bit} was accepted");
        assert_eq!(stored_fact(&flipped, hash), None, "bit {bit} was read");
    }
}

/// The honest change with something else in it, as a writer that wants to deceive would make it.
fn forged(forge: impl FnOnce(&mut ExpandedChange)) -> Result<(), GuardRefused> {
    let mut change = Change::from_bytes(honest()).unwrap().decode();
    forge(&mut change);
    admit_to_order(Change::from(change).raw_bytes()).map(|_| ())
}

#[test]
fn a_change_is_refused_for_what_is_wrong_with_it() {
    forged(|_| {}).unwrap();
    let misplaced = [
        forged(|change| change.start_op = 1.try_into().unwrap()),
        forged(|change| change.deps.clear()),
        forged(|change| change.seq = 4),
        forged(|change| change.start_op = (u64::from(ORDER_FACTS_MAX) + 1).try_into().unwrap()),
    ];
    for refused in misplaced {
        assert_eq!(refused, Err(GuardRefused::Misplaced));
    }
    // Another number than the key says.
    assert!(matches!(
        forged(|change| change.seq = 1),
        Err(GuardRefused::NotOneFact(_))
    ));
    let many = |count: usize| {
        forged(|change| {
            let deps = (0..count).map(|at| {
                let at = u8::try_from(at).unwrap();
                automerge::ChangeHash([at; 32])
            });
            change.deps = deps.collect();
        })
    };
    many(ORDER_DEPS_MAX).unwrap();
    assert_eq!(
        many(ORDER_DEPS_MAX + 1),
        Err(GuardRefused::TooManyDeps(ORDER_DEPS_MAX + 1))
    );
    assert!(forged(|change| change.deps.push(change.deps[0])).is_err());
    assert!(forged(|change| change.message = Some("call Ann".to_owned())).is_err());
    assert!(forged(|change| change.time = 1).is_err());
    assert!(forged(|change| change.actor_id = vec![1; 15].into()).is_err());
    assert!(forged(|change| change.operations.clear()).is_err());
    assert!(forged(|change| change.operations.push(change.operations[0].clone())).is_err());
}

#[test]
fn only_a_fact_under_an_orders_key_is_taken() {
    let (_, actor) = writer(1);
    let put = |key: &str, value: Vec<u8>| {
        let mut doc = Automerge::new().with_actor(automerge::ActorId::from(actor.0));
        let mut tx = doc.transaction();
        tx.put(ROOT, key, value).unwrap();
        tx.commit_with(CommitOptions::default());
        let change = doc.get_last_local_change().unwrap();
        admit_to_order(change.raw_bytes()).map(|_| ())
    };
    let fact = fact(1).encode();
    put("1/1/00000001/0", fact.clone()).unwrap();
    for key in ["1/1/00000001", "1/1/00000002/0", "1/1/1/0", "", "placed"] {
        assert!(
            matches!(put(key, fact.clone()), Err(GuardRefused::NotOneFact(_))),
            "{key:?}"
        );
    }
    assert!(matches!(
        put("1/1/00000001/0", vec![0xff; 8]),
        Err(GuardRefused::NoFact(_))
    ));
}

proptest! {
    // Each case loads a document for every step.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_the_guard_lets_in_never_harms_a_document(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (changes, heads) = forked();
        let mut change = honest();
        for (at, byte) in edits {
            let at = at.index(change.len());
            change[at] = byte;
        }
        // The checksum is the first bytes of the hash over what follows it.
        let hash = Sha256::digest(&change[8..]);
        change[4..8].copy_from_slice(&hash[..4]);
        if let Ok(admitted) = admit_to_order(&change) {
            // What it follows may not be here; then the document is not loaded at all.
            if admitted.deps == heads {
                let all = [changes, vec![change]].concat();
                match try_load(2, &all, &[admitted.head]) {
                    Ok(mut document) => { append(&mut document, 99); }
                    Err(OrderDocumentFailed::Damaged { .. }) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
    }

    #[test]
    fn writers_that_exchange_in_any_way_end_with_the_same(
        steps in prop::collection::vec((0_u8..4, any::<u8>()), 1..16),
    ) {
        // Each writer holds the numbers of the changes it knows; a step is one writing after it
        // took some of another's.
        let mut changes: Vec<Written> = Vec::new();
        let mut known = vec![Vec::<usize>::new(); 4];
        for (number, (edge, from)) in (1_u128..).zip(&steps) {
            let at = usize::from(*edge);
            let other = known[usize::from(from % 4)].clone();
            for change in other {
                if !known[at].contains(&change) {
                    known[at].push(change);
                }
            }
            let bytes: Vec<_> = known[at].iter().map(|at| changes[*at].0.clone()).collect();
            let heads = heads_of(known[at].iter().map(|at| &changes[*at]));
            let appended = append(&mut load(*edge, &bytes, &heads), number);
            let deps = admit_to_order(&appended.change).unwrap().deps;
            // Beside the heads it follows the writer's own last change, head or not.
            prop_assert!(heads.iter().all(|head| deps.contains(head)));
            prop_assert!(deps.len() <= heads.len() + 1);
            known[at].push(changes.len());
            changes.push((appended.change, appended.head, heads));
        }
        let heads = heads_of(changes.iter());
        let mut bytes: Vec<_> = changes.iter().map(|change| change.0.clone()).collect();
        prop_assert_eq!(load(0, &bytes, &heads).heads(), heads.clone());
        bytes.reverse();
        prop_assert_eq!(load(3, &bytes, &heads).heads(), heads);
    }
}

/// A change, its head, and the heads it follows.
type Written = (Vec<u8>, [u8; 32], Vec<[u8; 32]>);

/// The changes that no other of these follows.
fn heads_of<'a>(changes: impl Iterator<Item = &'a Written> + Clone) -> Vec<[u8; 32]> {
    let followed: Vec<_> = changes.clone().flat_map(|change| &change.2).collect();
    let mut heads: Vec<_> = changes
        .map(|change| change.1)
        .filter(|head| !followed.contains(&head))
        .collect();
    heads.sort_unstable();
    heads
}
