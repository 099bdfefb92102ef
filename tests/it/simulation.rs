//! The bounded part of the simulator: fixed seeds, past failures, and that a seed repeats itself.
//!
//! Longer searches and the deliberate mistakes are the command's: see `tests/DESIGN.md`.

use std::collections::BTreeSet;

use counterpart_tests::sim::cover::Cover;
use counterpart_tests::sim::search::{Ended, run};

/// Seeds and steps of one test run.
const SEEDS: u64 = 60;
const STEPS: u64 = 300;
/// Seeds that once failed, each with its number of steps: a line `seed steps why`.
const CORPUS: &str = include_str!("../corpus/simulation.txt");

#[track_caller]
fn passes(seed: u64, steps: u64) -> Ended {
    let ended = run(seed, steps, &BTreeSet::new());
    assert_eq!(ended.violation, None, "seed {seed}, {steps} steps");
    ended
}

#[test]
fn no_failing_disk_or_network_loses_doubles_or_promises_twice() {
    let (mut cover, mut facts) = (Cover::default(), 0);
    for seed in 0..SEEDS {
        let ended = passes(seed, STEPS);
        cover.add(&ended.cover);
        facts += ended.facts;
    }
    assert!(
        facts > 2_000 && cover.total() > 100,
        "the histories do not bite: {facts} facts\n{cover}"
    );
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
