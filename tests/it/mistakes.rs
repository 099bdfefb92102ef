//! The simulator bites: each deliberate mistake is caught by one of 200 seeds. One of them needs
//! two writers at once, on a database server: `tests/postgres/turns.rs` shows it.
//!
//! The mistakes are in this very program, for it is built with debug assertions; each is made on
//! the test's own thread alone (`counterpart_daemon::seeded`).

use std::collections::BTreeSet;

use counterpart_daemon::seeded::{Bug, make};
use counterpart_tests::sim::search::run;

const SEEDS: u64 = 200;
/// Steps of a seed; what needs a long history is looked for in every fourth.
const STEPS: u64 = 300;
const STEPS_LONG: u64 = 1_000;

/// Checks every fourth mistake, from `first` on: four tests run beside each other.
#[track_caller]
fn are_caught(first: usize) {
    let mut missed = Vec::new();
    let shown_by_seeds = Bug::ALL.iter().filter(|bug| !bug.needs_server());
    for bug in shown_by_seeds.skip(first).step_by(4) {
        make(Some(*bug));
        let caught = (0..SEEDS).any(|seed| {
            let steps = if seed % 4 == 3 { STEPS_LONG } else { STEPS };
            run(seed, steps, &BTreeSet::new()).violation.is_some()
        });
        if !caught {
            missed.push(bug.name());
        }
    }
    make(None);
    assert!(
        missed.is_empty(),
        "nothing in {SEEDS} seeds shows {missed:?}"
    );
}

#[test]
fn there_are_enough_mistakes_and_each_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = Bug::ALL.iter().map(|bug| bug.name()).collect();
    assert_eq!(names.len(), Bug::ALL.len());
    assert!(names.len() >= 45, "{names:?}");
}

#[test]
fn the_first_quarter_of_the_mistakes_is_caught() {
    are_caught(0);
}

#[test]
fn the_second_quarter_of_the_mistakes_is_caught() {
    are_caught(1);
}

#[test]
fn the_third_quarter_of_the_mistakes_is_caught() {
    are_caught(2);
}

#[test]
fn the_last_quarter_of_the_mistakes_is_caught() {
    are_caught(3);
}
