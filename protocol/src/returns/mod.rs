//! Returns as facts: what of a sale came back, what went back for it, and where the goods went.
//!
//! A sale is never changed by one. What of it came back is a sum over these facts.

mod disposition;
mod fact;
mod passing;

pub use disposition::Disposition;
pub use fact::{InCash, ReturnInvalid, ReturnLine, ReturnRecorded};
pub use passing::{
    CameBack, LineBack, RefundRightAsked, RefundRightGranted, RefundRightPassed,
    RefundRightRefused, RefundRightWanted, WhyNotPassed,
};
