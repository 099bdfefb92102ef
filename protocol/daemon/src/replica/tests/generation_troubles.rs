//! A restored hub and those who do not fit: another hub, an older one, stores restored meanwhile.

use std::time::Duration;

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::lives::LifeBecause;
use counterpart_protocol::sync::EdgeSession;

use super::generations::trip;
use super::orders::{A, B, Shop};
use super::recovery::recover;
use super::{place, texts};
use crate::replica::{Answer, HearTrouble};

#[test]
fn a_hub_that_another_has_taken_over_from_learns_it_and_promises_nothing() {
    let mut shop = Shop::new();
    shop.day(1);
    let past = shop.hub.past();
    let opened = shop.restore(&past);
    shop.settle();
    // The old machine is switched on again.
    let newest = shop.hub.past();
    shop.hub.put_back(&past);
    assert_eq!(
        shop.hub_says(A, shop.a.ask()),
        Answer::Outlived(opened.generation)
    );
    assert_eq!(shop.hub.unheard(), [A, B]);
    let trouble = shop.hub.hearing(A).trouble;
    assert_eq!(trouble, Some(HearTrouble::Outlived(opened.generation)));
    // If it is the one that is to stay, its next generation is above the one it heard of.
    shop.hub.clock.set_ms(0);
    let next = shop.hub.open_generation();
    assert_eq!(next.generation, opened.generation + 1);
    shop.hub.clock.set_ms(1_763_890_500_000);
    shop.settle();
    shop.day(2);
    shop.is_whole(1..=2);
    // And the other is over in its turn.
    shop.hub.put_back(&newest);
    let answer = shop.hub_says(A, shop.a.ask());
    assert_eq!(answer, Answer::Outlived(next.generation));
}

#[test]
fn every_generation_there_was_comes_back_from_one_backup() {
    let mut shop = Shop::new();
    shop.day(1);
    let past = shop.hub.past();
    shop.day(2);
    shop.restore(&past);
    shop.settle();
    shop.day(3);
    let second = shop.restore(&past);
    shop.settle();
    shop.day(4);
    shop.is_whole(1..=4);
    let third = shop.restore(&past);
    assert!(third.generation > second.generation);
    shop.settle();
    assert_eq!(shop.hub.unheard(), []);
    shop.is_whole(1..=4);
}

#[test]
fn a_hub_put_back_without_a_word_is_noticed_and_a_generation_mends_it() {
    let mut shop = Shop::new();
    shop.day(1);
    let past = shop.hub.past();
    shop.day(2);
    let told = shop.a.ask().hello.down.seq;
    shop.hub.put_back(&past);
    assert_eq!(shop.hub.unheard(), []);
    trip(&shop.hub, &mut shop.a);
    assert_eq!(shop.hub.unheard(), [A, B]);
    assert_eq!(shop.hub.hearing(A).trouble, Some(HearTrouble::Behind(told)));
    shop.hub.clock.advance(Duration::from_secs(60));
    shop.hub
        .write(|r, tx| r.open_generation(tx, place(), LifeBecause::InPlace, None));
    shop.settle();
    assert_eq!(shop.hub.unheard(), []);
    shop.is_whole(1..=2);
}

#[test]
fn a_run_that_differs_is_for_a_person_and_stops_nothing_else() {
    let mut shop = Shop::new();
    shop.day(1);
    let past = shop.hub.past();
    shop.day(2);
    shop.hub.put_back(&past);
    // It went on as if nothing had happened, and said other things under the same numbers.
    for number in 0..20 {
        shop.hub.say(A, &format!("other {number}"));
    }
    shop.hub.clock.advance(Duration::from_secs(60));
    shop.hub.open_generation();
    for _ in 0..6 {
        trip(&shop.hub, &mut shop.a);
    }
    let trouble = shop.hub.hearing(A).trouble;
    assert!(
        matches!(trouble, Some(HearTrouble::Forked(_))),
        "{trouble:?}"
    );
    assert!(shop.hub.unheard().contains(&A));
    // What the store says goes on coming in, and the other store is heard.
    shop.a.node.say(EdgeNumber::HUB, "from a 3");
    trip(&shop.hub, &mut shop.a);
    assert!(texts(&shop.hub, A).contains(&"from a 3".to_owned()));
    super::orders::settle(&shop.hub, &mut shop.b);
    assert_eq!(shop.hub.unheard(), [A]);
}

#[test]
fn what_earlier_lives_of_a_store_had_told_comes_back_too() {
    let mut shop = Shop::new();
    shop.day(1);
    let past = shop.hub.past();
    shop.day(2);
    shop.a.node.open_life();
    recover(&shop.a.node, &shop.hub);
    shop.a.session = EdgeSession::new(0);
    shop.settle();
    shop.day(3);
    shop.restore(&past);
    shop.settle();
    assert_eq!(shop.hub.unheard(), []);
    shop.is_whole(1..=3);
}

#[test]
fn a_store_that_was_never_met_before_the_backup_tells_everything() {
    let mut shop = Shop::new();
    let past = shop.hub.past();
    shop.day(1);
    shop.day(2);
    shop.restore(&past);
    assert_eq!(
        shop.hub.unheard(),
        [],
        "nobody is known who could be missed"
    );
    shop.settle();
    assert_eq!(shop.hub.unheard(), []);
    shop.is_whole(1..=2);
}

#[test]
fn an_edge_that_was_restored_meanwhile_is_given_what_it_lacks() {
    let mut shop = Shop::new();
    shop.day(1);
    let backup = shop.a.node.image();
    shop.day(2);
    let past = shop.hub.past();
    shop.restore(&past);
    shop.settle();
    shop.day(3);
    shop.a.node.roll_back(&backup);
    shop.a.node.open_life();
    recover(&shop.a.node, &shop.hub);
    shop.a.session = EdgeSession::new(0);
    shop.settle();
    shop.is_whole(1..=3);
    assert_eq!(shop.hub.unheard(), []);
}
