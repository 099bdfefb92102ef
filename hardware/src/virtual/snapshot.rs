//! What is to be seen on a virtual printer, and the few things that can be set on it.
//!
//! Only values; the machine changes them.

use std::sync::Arc;

use super::receipt::PrintedReceipt;

/// What a virtual printer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answers {
    /// Everything it is asked.
    #[default]
    All,
    /// Everything but whether it has printed.
    NoBarrier,
    /// Nothing, like a write-only clone.
    None,
}

/// How much paper is on the roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperState {
    /// Enough.
    #[default]
    Present,
    /// The roll ends soon.
    NearEnd,
    /// None.
    Out,
}

/// A pulse on the drawer's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawerPulse {
    /// The line's pin: 2 or 5.
    pub pin: u8,
    /// How long it was on.
    pub on_ms: u16,
    /// How long it rests.
    pub off_ms: u16,
}

/// Everything to be seen on a virtual printer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrinterSnapshot {
    /// It has power.
    pub powered: bool,
    /// Somebody is connected to it.
    pub connected: bool,
    /// It hangs.
    pub stalled: bool,
    /// Paper on the roll.
    pub paper: PaperState,
    /// Its cover is open.
    pub cover_open: bool,
    /// The drawer stands open.
    pub drawer_open: bool,
    /// The drawer is locked with its key: a pulse does not open it.
    pub drawer_locked: bool,
    /// The last 200 pulses on the drawer's line, oldest first.
    pub pulses: Vec<DrawerPulse>,
    /// Bytes received and not yet executed.
    pub buffered: usize,
    /// What hangs out of it, not cut yet.
    pub printing: Option<PrintedReceipt>,
    /// What came off, oldest first; the last 200 pieces.
    pub receipts: Vec<Arc<PrintedReceipt>>,
    /// The last 200 commands it did not understand.
    pub not_understood: Vec<Vec<u8>>,
}

impl PrinterSnapshot {
    /// Returns whether it prints nothing because of its paper or cover.
    pub fn is_offline(&self) -> bool {
        self.cover_open || self.paper == PaperState::Out
    }
}
