//! Barcode scanners on a line or as a keyboard: what they send becomes whole codes or a named loss.
//!
//! ```text
//! absent → present → claimed → ready ⇄ degraded(losing reads)
//!    ↑_______ gone, closed, broken ______|        faulted: may not be opened
//! ```
//! A code is delivered as it was read, control characters of GS1 included. What product it is,
//! and whether its check digit is right, is not known here.

mod actor;
mod address;
mod aim;
mod framer;
mod input;
mod keys;
mod listing;
mod source;

use std::fmt;
use std::time::Duration;

pub use actor::{Scanner, ScannerActivity};
pub use address::{ScannerAddress, ScannerAddressRefused};
pub use aim::{AimId, AimIds, Symbology};
pub use framer::{FrameEnd, Framed, Framer, Framing, LostReason};
pub use keys::{InputEvent, KeyDecoder, KeyLayout, Typed};
pub use listing::keyboards;

use crate::state::DeviceState;

/// Everything an installer says about a scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannerConfig {
    /// Where it is.
    pub address: ScannerAddress,
    /// How a code begins and ends on its line.
    pub framing: Framing,
    /// Whether it says before each code what kind of symbol it read.
    pub aim: AimIds,
    /// The same code again within this time is one read that came twice, not a second piece.
    pub repeat_window: Duration,
    /// The first and the longest pause between two attempts to open it.
    pub reopen: (Duration, Duration),
}

/// One code, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// What the bars say, without the identifier; may hold GS (0x1D) and its kin.
    pub code: String,
    /// What the scanner says it read; nothing where it is not set to say so.
    pub aim: Option<AimId>,
    /// Counts the reads of this scanner from 1 since the task started.
    pub sequence: u64,
}

/// What a scanner reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerEvent {
    /// It stands somewhere else than before.
    State(DeviceState),
    /// A code was read.
    Scan(Scan),
    /// Something was read and is not delivered: never a part of a code.
    ScanLost {
        /// Why.
        reason: LostReason,
    },
}

impl ScannerConfig {
    /// Returns the usual settings: line ends, a pause of 50 ms on a line and of 100 ms among keys,
    /// which come one by one, 150 ms for a read that came twice, 250 ms to 10 s between attempts.
    pub fn new(address: impl Into<ScannerAddress>) -> Self {
        let address = address.into();
        let mut framing = Framing::default();
        if let ScannerAddress::Keys { .. } = address {
            framing.gap = Duration::from_millis(100);
        }
        Self {
            address,
            framing,
            aim: AimIds::default(),
            repeat_window: Duration::from_millis(150),
            reopen: (Duration::from_millis(250), Duration::from_secs(10)),
        }
    }
}

impl fmt::Display for Scan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(aim) = self.aim {
            write!(formatter, "{aim}")?;
        }
        write!(formatter, "{}", self.code.escape_debug())
    }
}
