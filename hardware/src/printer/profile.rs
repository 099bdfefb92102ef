//! What differs between printers, as data: paper, character tables, cutter, what they answer.
//!
//! A printer not listed is the nearest one with the fields changed, in a file ([`Profiles`]); nothing
//! here is code.

use counterpart_paper::Paper;

use serde::Deserialize;

use super::{CodePage, Profiles};

/// What a printer model can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What an installer calls it in a configuration.
    pub name: String,
    /// How wide it prints.
    pub paper: Paper,
    /// Its character tables with the numbers it knows them by; the first is used at the start.
    pub pages: Vec<(CodePage, u8)>,
    /// How it cuts.
    pub cut: Cut,
    /// How it says that everything before has been printed.
    pub barrier: Barrier,
    /// How it tells its state.
    pub status: StatusReplies,
}

/// How a printer cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Through the whole paper.
    Full,
    /// All but a bridge in the middle.
    Partial,
    /// It has a tear bar: the paper is moved past it.
    None,
}

/// How a printer says that everything before has been printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Barrier {
    /// `GS ( H` function 48: it repeats a number when the data before has been printed (Epson
    /// ESC/POS command reference, "Specify the process ID response").
    ProcessId,
    /// `GS r 1`, a status request that is answered in its turn, after everything before.
    InOrderStatus,
    /// It says nothing; its jobs are never confirmed.
    None,
}

/// How a printer tells its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusReplies {
    /// It answers `DLE EOT` and, once asked by `GS a`, reports every change by itself.
    PushedAndPolled,
    /// It answers `DLE EOT`.
    Polled,
    /// It answers nothing.
    None,
}

impl Profile {
    /// Returns the common 80 mm counter printer of the Epson kind (TM-T20III, TM-T88VI, m30).
    pub fn epson_80mm() -> Self {
        Self::usual("epson-80mm")
    }

    /// Returns a 58 mm printer of the Epson kind, with a tear bar (TM-P20, m10).
    pub fn epson_58mm() -> Self {
        Self::usual("epson-58mm")
    }

    /// Returns an 80 mm printer that follows Epson where most do: the common tables, status
    /// reports, and a status answered in its turn instead of `GS ( H`.
    pub fn generic_80mm() -> Self {
        Self::usual("generic-80mm")
    }

    /// Returns an inexpensive 80 mm printer: two character tables, polled status, no barrier.
    pub fn clone_80mm() -> Self {
        Self::usual("clone-80mm")
    }

    fn usual(name: &str) -> Self {
        let known = Profiles::usual().by_name(name);
        known.expect("a test reads each of these from the file")
    }
}
