//! Runs of the world: one seed, a range of them, and the shortest story of a failure.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sha2::{Digest, Sha256};

use super::cover::Cover;
use super::oracle::Violation;
use super::world::World;

/// Runs a shrinking may take.
const SHRINKING_RUNS: u32 = 150;

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// What was violated, if anything was.
    pub violation: Option<String>,
    /// SHA-256 of the story, the same for the same seed and steps.
    pub hash: [u8; 32],
    /// Which faults met which states.
    pub cover: Cover,
    /// How many facts were acknowledged.
    pub facts: usize,
    /// What happened, a line a step.
    pub story: String,
}

/// Runs the steps below `ops` but those in `without`, heals the world and checks it.
#[must_use]
pub fn run(seed: u64, ops: u64, without: &BTreeSet<u64>) -> Ended {
    let mut world = World::new(seed);
    // A panic of the product's outside its own guards is a finding like any other.
    let outcome = catch_unwind(AssertUnwindSafe(|| -> Result<(), Violation> {
        for index in (0..ops).filter(|index| !without.contains(index)) {
            world.step(index)?;
        }
        world.heal()
    }));
    let violation = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(violation)) => Some(violation.0),
        Err(_) => Some("a panic".to_owned()),
    };
    Ended {
        violation,
        hash: Sha256::digest(world.story.as_bytes()).into(),
        cover: world.cover.clone(),
        facts: world.oracle.sure(),
        story: std::mem::take(&mut world.story),
    }
}

/// Leaves out of a failing run what it fails without, and returns what remains.
#[must_use]
pub fn shrink(seed: u64, ops: u64) -> Ended {
    let mut without = BTreeSet::new();
    let mut shortest = run(seed, ops, &without);
    let mut runs = 0;
    let mut piece = (ops / 2).max(1);
    loop {
        for from in (0..ops).step_by(usize::try_from(piece).expect("a run is short")) {
            if runs >= SHRINKING_RUNS {
                return shortest;
            }
            let mut fewer = without.clone();
            fewer.extend(from..(from + piece).min(ops));
            if fewer.len() == without.len() {
                continue;
            }
            runs += 1;
            let ended = run(seed, ops, &fewer);
            if ended.violation.is_some() {
                (without, shortest) = (fewer, ended);
            }
        }
        if piece == 1 {
            return shortest;
        }
        piece /= 2;
    }
}
