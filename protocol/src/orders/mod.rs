//! Orders as facts: placed by a customer, allocated by the hub, served by the node with custody.
//!
//! ```text
//! placed ─► allocated ─► custody granted ─► accepted ─► picked ─► staged ─► handed over
//!              │               │                └─► shorted    └─► released (put away)
//!              └─► withdrawn   └─ cancel requested ─► released | declined
//! ```
//!
//! Within a fulfilment every allocated unit is consumed exactly once: handed over, shorted,
//! released, broken or withdrawn. What state an order is in is a fold over its facts, in whatever
//! order they arrive ([`Order::fold`]); whether a fact may be stated is its writer's rule.

mod about;
mod count;
mod exceptions;
mod fact;
mod state;
mod store_fact;
#[cfg(test)]
mod tests;
mod words;

pub use count::LineCount;
pub use exceptions::exceptions;
pub use fact::{
    AllocationWithdrawn, CancelReason, CancelRequested, CustodyGranted, Delivery,
    FulfilmentAllocated, OrderCancelled, OrderInvalid, OrderLine, OrderPlaced, Payment, Units,
    Withdrawal,
};
pub use state::{Fulfilment, Order, OrderFact, OrderStatus, Stage};
pub use store_fact::{
    AllocationBroken, CancelDeclined, HandedOver, HandoverCheck, LinesPicked, LinesShorted,
    PickupAccepted, PickupStaged, ReleaseReason, ShortReason, UnitsReleased,
};

use crate::facts::Kind;

/// Returns the kinds of fact that stand in order documents and make an order's state.
#[must_use]
pub const fn order_kinds() -> [Kind; 15] {
    [
        Kind::OrderPlaced,
        Kind::FulfilmentAllocated,
        Kind::CustodyGranted,
        Kind::AllocationWithdrawn,
        Kind::CancelRequested,
        Kind::OrderCancelled,
        Kind::PickupAccepted,
        Kind::LinesPicked,
        Kind::LinesShorted,
        Kind::PickupStaged,
        Kind::HandedOver,
        Kind::UnitsReleased,
        Kind::AllocationBroken,
        Kind::CancelDeclined,
        Kind::ExceptionResolved,
    ]
}
