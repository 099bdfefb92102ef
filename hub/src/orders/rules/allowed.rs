//! Decides what may be done with an order now, and why not otherwise.

use counterpart_protocol::orders::{Order, OrderStatus};

use super::todo::unrouted;

/// What may be done, each with why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::orders) struct Allowed {
    /// Whether the order may be cancelled.
    pub(in crate::orders) cancel: Result<(), CancelBarred>,
    /// Whether it may be sent another way, as far as its facts say.
    pub(in crate::orders) reroute: Result<(), RerouteBarred>,
}

/// Why an order is not cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CancelBarred {
    /// The customer has it.
    #[error("the customer has everything of it: take it back as a return")]
    HandedOver,
    /// It is over.
    #[error("the order is cancelled already")]
    Cancelled,
    /// The store was asked.
    #[error("its cancellation was asked for: the store answers once it is on the line")]
    Asked,
}

/// Why an order goes no other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RerouteBarred {
    /// Nothing of it is left to serve.
    #[error("nothing of the order is left to serve")]
    Over,
    /// A store works on it.
    #[error(
        "the store has the order and works on it: let it reject what it cannot serve, or cancel"
    )]
    InCustody,
}

/// Decides what may be done with an order.
#[must_use]
pub(in crate::orders) fn allowed(order: &Order) -> Allowed {
    let waits = order.fulfilments.values().any(|part| part.cancel_waits());
    let open = order
        .fulfilments
        .values()
        .any(|part| part.lines.values().any(|line| line.remaining().0 > 0));
    let unserved = !unrouted(order).is_empty();
    let cancel = match order.status() {
        OrderStatus::Completed => Err(CancelBarred::HandedOver),
        OrderStatus::Cancelled => Err(CancelBarred::Cancelled),
        _ if waits && !unserved => Err(CancelBarred::Asked),
        OrderStatus::Unrouted
        | OrderStatus::Routed
        | OrderStatus::InProgress
        | OrderStatus::Ready => Ok(()),
    };
    let reroute = match order.status() {
        OrderStatus::Completed | OrderStatus::Cancelled => Err(RerouteBarred::Over),
        OrderStatus::Unrouted | OrderStatus::Routed => Ok(()),
        OrderStatus::InProgress | OrderStatus::Ready if unserved || !open => Ok(()),
        OrderStatus::InProgress | OrderStatus::Ready => Err(RerouteBarred::InCustody),
    };
    Allowed { cancel, reroute }
}
