//! Deliberate mistakes are made by the tests alone: a program of ours has them compiled in where
//! debug assertions are, and must never make one.

use super::tree::{Finding, Tree};
use super::{bites, holds, passes};

/// Where the switch is.
const SWITCH: &str = "protocol/daemon/src/seeded.rs";

#[test]
fn only_tests_make_mistakes() {
    holds(mistakes_made);
}

fn mistakes_made(tree: &Tree) -> Vec<Finding> {
    let shipped = tree.rust().map(|(file, _)| file);
    let shipped = shipped.filter(|file| !file.path.starts_with("tests/") && file.path != SWITCH);
    let mut findings = Vec::new();
    for file in shipped {
        for (at, line) in (1..).zip(file.text.lines()) {
            let switch = line.contains("seeded::make") || line.contains("make(Some(Bug");
            let imported = line.contains("seeded::{") && line.contains("make");
            if switch || imported {
                let sentence = "only the simulator makes mistakes: ask `seeded::has` instead";
                findings.push(Finding::at(file, at, sentence));
            }
        }
    }
    findings
}

#[test]
fn a_mistake_made_by_a_program_is_found() {
    let made = "fn main() { counterpart_daemon::seeded::make(None); }";
    bites(
        mistakes_made,
        &[("hub/src/main.rs", made)],
        "only the simulator",
    );
    let asked = "fn a() -> bool { seeded::has(Bug::NoSync) }";
    passes(
        mistakes_made,
        &[("hub/src/a.rs", asked), ("tests/it/a.rs", made)],
    );
}
