//! The words of an order's states in SQL and the API.

use super::state::{OrderStatus, Stage};

impl Stage {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allocated => "allocated",
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Picking => "picking",
            Self::Picked => "picked",
            Self::Staged => "staged",
            Self::HandedOver => "handed_over",
            Self::Released => "released",
        }
    }
}

impl OrderStatus {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unrouted => "unrouted",
            Self::Routed => "routed",
            Self::InProgress => "in_progress",
            Self::Ready => "ready",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }
}
