//! Shifts as facts, and the cash a till should hold as a sum over them.

mod cash;
mod fact;
mod movement;
mod safe;
mod terminal;

pub use cash::TillSum;
pub use fact::{
    CashCount, DrawerOpened, Pieces, ShiftClosed, ShiftOpened, ShiftReturns, ShiftTender,
    ShiftTotals, TenderCounted,
};
pub use movement::{CashMoved, CashMovement, CashierChanged, ReportReprinted};
pub use safe::{SafeBooked, SafeEntry, into_safe};
pub use terminal::{CardCount, TerminalCounted};
