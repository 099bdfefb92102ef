//! How a line is, as values; nothing is carried here.

use std::time::Duration;

/// What gets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Passage {
    /// Everything.
    #[default]
    Open,
    /// Nothing: connections are reset, old and new.
    Cut,
    /// Nothing: nobody listens.
    Refusing,
    /// Nothing, and nobody is told: connections stand still.
    Stalled,
    /// This direction only; the other stands still.
    OneWay(Direction),
}

/// Which way a byte goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the store to the hub.
    Up,
    /// From the hub to the store.
    Down,
}

/// How the line is and what it has carried since it was laid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineState {
    /// What gets through now.
    pub passage: Passage,
    /// How late every piece is.
    pub delay: Duration,
    /// Connections that stand now.
    pub connections: usize,
    /// Connections made since the line was laid.
    pub connections_made: u64,
    /// Connections that were reset at once because the line was cut.
    pub turned_away: u64,
    /// Bytes delivered to the hub.
    pub up_bytes: u64,
    /// Bytes delivered to the store.
    pub down_bytes: u64,
}

impl Passage {
    /// Tells whether bytes of `direction` get through.
    pub fn lets_through(self, direction: Direction) -> bool {
        match self {
            Self::Open => true,
            Self::OneWay(open) => open == direction,
            Self::Cut | Self::Refusing | Self::Stalled => false,
        }
    }

    /// Tells whether connections cannot even stand.
    pub fn severs(self) -> bool {
        match self {
            Self::Cut | Self::Refusing => true,
            Self::Open | Self::Stalled | Self::OneWay(_) => false,
        }
    }
}

impl LineState {
    pub(super) fn count(&mut self, direction: Direction, bytes: u64) {
        match direction {
            Direction::Up => self.up_bytes += bytes,
            Direction::Down => self.down_bytes += bytes,
        }
    }
}

/// Ends a connection once so many more bytes have gone one way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fuse {
    pub(super) direction: Direction,
    pub(super) bytes: u64,
}
