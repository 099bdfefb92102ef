//! Shifts as facts, and the cash a till should hold as a sum over them.

mod cash;
mod fact;
mod movement;

pub use cash::TillSum;
pub use fact::{
    CashCount, DrawerOpened, Pieces, ShiftClosed, ShiftOpened, ShiftReturns, ShiftTender,
    ShiftTotals,
};
pub use movement::{CashMoved, CashMovement, ReportReprinted};
