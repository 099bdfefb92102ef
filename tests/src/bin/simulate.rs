//! Runs the simulator over a range of seeds: `simulate --seeds A..B --ops N [--bug NAME]`.
//!
//! It prints how fast it was and which faults met which states, and ends with 1, the seed and the
//! shortest story of the first violation. Deliberate mistakes are there in a build with debug
//! assertions or the feature `seeded-bugs`; with `--bug every` each of them must be caught by one
//! of the seeds, or it ends with 1. `--crash-points` lets something fail at each storage call of a
//! node.
#![expect(
    clippy::print_stdout,
    reason = "a command answers on its standard output"
)]

use std::collections::BTreeSet;
use std::ops::Range;
use std::process::ExitCode;

use counterpart_daemon::clock::Stopwatch;
use counterpart_daemon::seeded::Bug;
use counterpart_tests::sim::cover::Cover;
use counterpart_tests::sim::points::every_call;
use counterpart_tests::sim::search::{run, shrink};

const USAGE: &str = "usage: simulate --seeds A..B --ops N [--bug NAME | --bug every]
       simulate --crash-points hub | store";

/// What was asked for.
struct Asked {
    seeds: Range<u64>,
    ops: u64,
    bug: Option<Bug>,
    every_bug: bool,
    /// The node at each of whose storage calls something is to fail.
    points_of: Option<usize>,
}

fn main() -> ExitCode {
    let asked = match asked(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(sentence) => {
            println!("{sentence}");
            return ExitCode::from(2);
        }
    };
    if let Some(which) = asked.points_of {
        return crash_points(which);
    }
    if asked.every_bug {
        return catch_every(&asked);
    }
    if let Err(sentence) = make(asked.bug) {
        println!("{sentence}");
        return ExitCode::from(2);
    }
    simulate(&asked)
}

fn simulate(asked: &Asked) -> ExitCode {
    let watch = Stopwatch::start();
    let (mut cover, mut facts, mut seeds) = (Cover::default(), 0, 0_u64);
    for seed in asked.seeds.clone() {
        let ended = run(seed, asked.ops, &BTreeSet::new());
        seeds += 1;
        if let Some(violation) = ended.violation {
            println!("seed {seed}, {} operations: {violation}", asked.ops);
            let shortest = shrink(seed, asked.ops);
            println!("shrunk: {}", shortest.violation.unwrap_or_default());
            println!("{}", shortest.story);
            return ExitCode::FAILURE;
        }
        cover.add(&ended.cover);
        facts += ended.facts;
    }
    let again = run(asked.seeds.start, asked.ops, &BTreeSet::new()).hash;
    if run(asked.seeds.start, asked.ops, &BTreeSet::new()).hash != again {
        println!("seed {} does not repeat itself", asked.seeds.start);
        return ExitCode::FAILURE;
    }
    let ms = watch.elapsed_ms().max(1);
    println!("{cover}");
    println!(
        "{seeds} seeds of {} operations, {facts} facts acknowledged, {} faults met, {ms} ms: \
         {} seeds a minute, {} operations a second",
        asked.ops,
        cover.total(),
        seeds * 60_000 / ms,
        seeds * asked.ops * 1_000 / ms
    );
    ExitCode::SUCCESS
}

/// Makes each mistake in turn and looks for the first seed that shows it.
fn catch_every(asked: &Asked) -> ExitCode {
    let mut missed = 0;
    for bug in Bug::ALL.iter().filter(|bug| !bug.needs_server()) {
        if let Err(sentence) = make(Some(*bug)) {
            println!("{sentence}");
            return ExitCode::from(2);
        }
        let found = asked.seeds.clone().find_map(|seed| {
            let ended = run(seed, asked.ops, &BTreeSet::new());
            ended.violation.map(|violation| (seed, violation))
        });
        match found {
            Some((seed, violation)) => {
                let short: String = violation.chars().take(100).collect();
                println!("{:<26} seed {seed:>3}: {short}", bug.name());
            }
            None => {
                missed += 1;
                println!("{:<26} NOT CAUGHT", bug.name());
            }
        }
    }
    match missed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Lets something fail at each storage call of one node in turn.
fn crash_points(which: usize) -> ExitCode {
    let watch = Stopwatch::start();
    match every_call(which) {
        Ok(points) => {
            println!("{}", points.cover);
            println!(
                "{} storage calls, {} runs, {} ms",
                points.calls,
                points.runs,
                watch.elapsed_ms()
            );
            ExitCode::SUCCESS
        }
        Err(violation) => {
            println!("{violation}");
            ExitCode::FAILURE
        }
    }
}

fn node(word: &str) -> Result<usize, String> {
    match word {
        "hub" => Ok(0),
        "store" => Ok(1),
        _ => Err(USAGE.to_owned()),
    }
}

fn asked(mut words: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked {
        seeds: 0..100,
        ops: 1_000,
        bug: None,
        every_bug: false,
        points_of: None,
    };
    while let Some(word) = words.next() {
        let value = words.next().ok_or(USAGE)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| USAGE.to_owned());
        match word.as_str() {
            "--seeds" => {
                let (from, to) = value.split_once("..").ok_or(USAGE)?;
                asked.seeds = number(from)?..number(to)?;
            }
            "--ops" => asked.ops = number(&value)?,
            "--crash-points" => asked.points_of = Some(node(&value)?),
            "--bug" if value == "every" => asked.every_bug = true,
            "--bug" => {
                let named = Bug::ALL.iter().find(|bug| bug.name() == value);
                let names: Vec<&str> = Bug::ALL.iter().map(|bug| bug.name()).collect();
                let known = || format!("no such mistake; there are: {}", names.join(", "));
                asked.bug = Some(*named.ok_or_else(known)?);
            }
            _ => return Err(USAGE.to_owned()),
        }
    }
    match asked.seeds.is_empty() {
        true => Err(USAGE.to_owned()),
        false => Ok(asked),
    }
}

#[cfg(any(feature = "seeded-bugs", debug_assertions))]
fn make(bug: Option<Bug>) -> Result<(), String> {
    counterpart_daemon::seeded::make(bug);
    Ok(())
}

#[cfg(not(any(feature = "seeded-bugs", debug_assertions)))]
fn make(bug: Option<Bug>) -> Result<(), String> {
    match bug {
        None => Ok(()),
        Some(_) => {
            let how = "a release build has mistakes with --features seeded-bugs only";
            Err(how.to_owned())
        }
    }
}
