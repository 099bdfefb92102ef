//! Seeded fuzzing of what strangers' bytes reach first: facts, frames, the import guards, signed
//! codes and scans.
//!
//! Inputs are damaged pieces of honest ones: the golden records of `tests/corpus` and what is made
//! of them. It needs no nightly compiler and no instrumented build; it does not search for new
//! paths, it relies on damage that keeps the outer checks right (`mutate.rs`). A finding names
//! target, seed and run, which make it again.

mod inputs;
pub mod mutate;
mod targets;

use crate::sim::dice::Dice;
use targets::Honest;

/// What is fuzzed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The decoder of facts, and all that is read of them.
    Record,
    /// The frames of an exchange, and what is taken in of a batch.
    Frames,
    /// Exchanges in short, and what is made whole of them.
    Short,
    /// The guard of journals' changes.
    Guard,
    /// The guard of orders' changes.
    OrderGuard,
    /// Signed codes.
    Code,
    /// Scans.
    Barcode,
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 7] = [
        Self::Record,
        Self::Frames,
        Self::Short,
        Self::Guard,
        Self::OrderGuard,
        Self::Code,
        Self::Barcode,
    ];

    /// Returns the name it is asked for by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Frames => "frames",
            Self::Short => "short",
            Self::Guard => "guard",
            Self::OrderGuard => "order-guard",
            Self::Code => "code",
            Self::Barcode => "barcode",
        }
    }

    /// Returns of how many runs one is made: signatures cost a thousand times what most others do.
    #[must_use]
    pub const fn one_in(self) -> u64 {
        match self {
            Self::Code => 20,
            // Each is read by all that could have been meant.
            Self::Short => 10,
            Self::Record | Self::Frames | Self::Guard | Self::OrderGuard | Self::Barcode => 1,
        }
    }

    /// Returns how many bytes more may be held at once than the input has: a body inflates to
    /// 4 MiB (`PLAIN_BYTES_MAX`) and is read from there, anything else is read where it lies.
    #[must_use]
    pub const fn bytes_max(self) -> usize {
        match self {
            Self::Frames | Self::Short => 24 << 20,
            Self::Guard | Self::OrderGuard => 8 << 20,
            Self::Record | Self::Code | Self::Barcode => 1 << 20,
        }
    }
}

/// What the runs of a target did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// How many inputs were tried.
    pub tried: u64,
    /// How many of them were taken for something.
    pub taken: u64,
    /// How many bytes the greediest input held beyond itself.
    pub bytes: usize,
    /// How long the slowest took, in milliseconds.
    pub slowest_ms: u64,
}

/// An input that did what none may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which run of the seed it was.
    pub run: u64,
    /// What it did.
    pub sentence: String,
    /// The input.
    pub input: Vec<u8>,
}

/// What is measured around one input.
pub trait Gauge {
    /// Begins to measure.
    fn begin(&mut self);
    /// Returns how many bytes were held at most since, and how many milliseconds passed.
    fn end(&mut self) -> (usize, u64);
}

/// How long one input may take, in milliseconds: far beyond what any does, on a busy machine.
const MS_MAX: u64 = 5_000;

/// Tries `runs` damaged inputs of a target.
///
/// # Errors
///
/// The first [`Finding`].
pub fn fuzz(target: Target, seed: u64, runs: u64, gauge: &mut dyn Gauge) -> Result<Done, Finding> {
    let honest = Honest::new(target);
    let mut done = Done::default();
    for run in 0..runs {
        let mut dice = Dice::part(seed, run);
        let input = honest.damaged(&mut dice);
        let found = |sentence: String| Finding {
            run,
            sentence,
            input: input.clone(),
        };
        gauge.begin();
        let tried =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| honest.try_it(&input)));
        let (bytes, ms) = gauge.end();
        done.tried += 1;
        done.bytes = done.bytes.max(bytes);
        done.slowest_ms = done.slowest_ms.max(ms);
        match tried {
            Ok(Ok(taken)) => done.taken += u64::from(taken),
            Ok(Err(sentence)) => return Err(found(sentence)),
            Err(_) => return Err(found("it panics".to_owned())),
        }
        if bytes > target.bytes_max() {
            return Err(found(format!("it holds {bytes} bytes at once")));
        }
        if ms > MS_MAX {
            return Err(found(format!("it takes {ms} ms")));
        }
    }
    Ok(done)
}
