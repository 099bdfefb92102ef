//! The bounded part of the simulator: fixed seeds, past failures, crash points at every call to a
//! disk, and that a seed repeats itself.
//!
//! Longer searches are the command's: see `tests/DESIGN.md`.

use std::collections::BTreeSet;
use std::ops::Range;

use counterpart_tests::sim::cover::{Came, Cover};
use counterpart_tests::sim::points::every_call;
use counterpart_tests::sim::search::{Ended, run};

/// Steps of one seed.
const STEPS: u64 = 1_000;
/// Seeds that once failed, each with its number of steps: a line `seed steps why`.
const CORPUS: &str = include_str!("../corpus/simulation.txt");

#[track_caller]
fn passes(seed: u64, steps: u64) -> Ended {
    let ended = run(seed, steps, &BTreeSet::new());
    assert_eq!(ended.violation, None, "seed {seed}, {steps} steps");
    ended
}

/// Nothing is lost, doubled or promised twice, whatever disks and lines do.
#[track_caller]
fn all_pass(seeds: Range<u64>) {
    let count = seeds.end - seeds.start;
    let (mut cover, mut facts) = (Cover::default(), 0);
    for seed in seeds {
        let ended = passes(seed, STEPS);
        cover.add(&ended.cover);
        facts += ended.facts as u64;
    }
    let views_mended = cover.times(Came::ViewMended);
    assert!(
        facts > count * 150 && cover.total() > count * 5 && views_mended > 5,
        "the histories do not bite: {facts} facts\n{cover}"
    );
}

/// A thousand seeds in tests of their own, which run beside each other.
macro_rules! seeds {
    ($($name:ident: $seeds:expr,)+) => {
        $(#[test]
        fn $name() {
            all_pass($seeds);
        })+
    };
}

seeds! {
    seeds_0_to_124_hold: 0..125,
    seeds_125_to_249_hold: 125..250,
    seeds_250_to_374_hold: 250..375,
    seeds_375_to_499_hold: 375..500,
    seeds_500_to_624_hold: 500..625,
    seeds_625_to_749_hold: 625..750,
    seeds_750_to_874_hold: 750..875,
    seeds_875_to_999_hold: 875..1_000,
}

#[test]
fn what_failed_once_does_not_fail_again() {
    for line in CORPUS.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let mut number = || words.next().and_then(|word| word.parse().ok());
        let (seed, steps) = number().zip(number()).expect("a line is: seed steps why");
        passes(seed, steps);
    }
}

#[test]
fn one_seed_tells_one_story() {
    assert_eq!(passes(7, STEPS).hash, passes(7, STEPS).hash);
}

#[track_caller]
fn every_call_may_fail(which: usize) {
    let points = every_call(which).unwrap_or_else(|violation| panic!("{violation}"));
    assert!(
        points.calls > 100 && points.cover.total() > points.calls * 2,
        "the story shrank: {points:?}"
    );
}

#[test]
fn every_storage_call_of_the_hub_may_be_its_last() {
    every_call_may_fail(0);
}

#[test]
fn every_storage_call_of_a_store_may_be_its_last() {
    every_call_may_fail(1);
}
