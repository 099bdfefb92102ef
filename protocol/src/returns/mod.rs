//! Returns as facts: what of a sale came back, what went back for it, and where the goods went.
//!
//! A sale is never changed by one. What of it came back is a sum over these facts.

mod disposition;
mod elsewhere;
mod fact;
mod over;
mod passing;
mod provisional;

pub use disposition::Disposition;
pub use elsewhere::{RefundOf, RefundsTold, SoldUnits};
pub use fact::{InCash, ReturnInvalid, ReturnLine, ReturnRecorded};
pub use over::over_refund;
pub use passing::{
    CameBack, LineBack, RefundRightAsked, RefundRightGranted, RefundRightPassed,
    RefundRightRefused, RefundRightWanted, WhyNotPassed,
};
pub use provisional::{Provisional, WhyProvisional};
