//! Fuzzes what strangers' bytes reach: `fuzz [--target NAME] [--runs N] [--seed S]`.
//!
//! It prints what each target did and held, and ends with 1, the seed, the run and the input of the
//! first finding.
#![expect(
    clippy::print_stdout,
    reason = "a command answers on its standard output"
)]
#![expect(
    unsafe_code,
    reason = "an allocator that counts is the one way to see what an input makes the product hold"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use counterpart_daemon::clock::Stopwatch;
use counterpart_tests::fuzz::{Gauge, Target, fuzz};

const USAGE: &str = "usage: fuzz [--target NAME | --target every] [--runs N] [--seed S]";

/// The system's allocator, and how much of it is held.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn note(more: usize) {
    let held = HELD.fetch_add(more, Ordering::Relaxed) + more;
    MOST.fetch_max(held, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator unchanged; counting touches no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Measures one input after the other.
struct Measured {
    before: usize,
    watch: Stopwatch,
}

impl Gauge for Measured {
    fn begin(&mut self) {
        self.before = HELD.load(Ordering::Relaxed);
        MOST.store(self.before, Ordering::Relaxed);
        self.watch = Stopwatch::start();
    }

    fn end(&mut self) -> (usize, u64) {
        let most = MOST.load(Ordering::Relaxed);
        (most.saturating_sub(self.before), self.watch.elapsed_ms())
    }
}

/// What was asked for.
struct Asked {
    targets: Vec<Target>,
    runs: u64,
    seed: u64,
}

fn main() -> ExitCode {
    let asked = match asked(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(sentence) => {
            println!("{sentence}");
            return ExitCode::from(2);
        }
    };
    // A panic that the product catches is no finding and tells nothing; others are told of below.
    std::panic::set_hook(Box::new(|_| {}));
    for target in asked.targets {
        let watch = Stopwatch::start();
        let mut measured = Measured {
            before: 0,
            watch: Stopwatch::start(),
        };
        match fuzz(
            target,
            asked.seed,
            asked.runs / target.one_in(),
            &mut measured,
        ) {
            Ok(done) => println!(
                "{:<12} {} inputs, {} taken for something, at most {} KiB held, {} ms the slowest, \
                 {} ms in all",
                target.name(),
                done.tried,
                done.taken,
                done.bytes / 1_024,
                done.slowest_ms,
                watch.elapsed_ms()
            ),
            Err(finding) => {
                let hex: String = finding
                    .input
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                println!(
                    "{}, seed {}, run {}: {}\n{hex}",
                    target.name(),
                    asked.seed,
                    finding.run,
                    finding.sentence
                );
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn asked(mut words: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked {
        targets: Target::ALL.to_vec(),
        runs: 10_000,
        seed: 1,
    };
    while let Some(word) = words.next() {
        let value = words.next().ok_or(USAGE)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| USAGE.to_owned());
        match word.as_str() {
            "--target" if value == "every" => asked.targets = Target::ALL.to_vec(),
            "--target" => {
                let named = Target::ALL.into_iter().find(|one| one.name() == value);
                let names: Vec<&str> = Target::ALL.iter().map(|one| one.name()).collect();
                let known = || format!("no such target; there are: {}", names.join(", "));
                asked.targets = vec![named.ok_or_else(known)?];
            }
            "--runs" => asked.runs = number(&value)?,
            "--seed" => asked.seed = number(&value)?,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(asked)
}
