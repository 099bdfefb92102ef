//! Decides how a store stands, by what is known of its edge.

/// How a store stands, at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No edge was enrolled yet.
    NotEnrolled,
    /// Its edge was blocked at the console.
    Blocked,
    /// The hub does not go on with its edge.
    Refused,
    /// It is on the line.
    Connected,
    /// It was heard of a while ago, in milliseconds: normal.
    Away(i64),
    /// It was heard of so long ago, in milliseconds, that somebody should ask.
    Silent(i64),
    /// Its edge never called.
    NeverCalled,
}

/// After this time without a word a store counts as silent, in milliseconds: an hour, the shortest
/// of the usual outages (product.md, sizes).
const SILENT_MS: i64 = 3_600_000;

/// What is known of the edge that serves a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stores) enum EdgeKnown {
    /// There is none.
    None,
    /// It was blocked.
    Blocked,
    /// It was told that the hub does not go on with it.
    Refused,
    /// It may sync.
    Open,
}

/// Decides how a store stands, given how long ago its edge was heard of, in milliseconds (0
/// is now).
#[must_use]
pub(in crate::stores) const fn standing(edge: EdgeKnown, seen_ago_ms: Option<i64>) -> Standing {
    match (edge, seen_ago_ms) {
        (EdgeKnown::None, _) => Standing::NotEnrolled,
        (EdgeKnown::Blocked, _) => Standing::Blocked,
        (EdgeKnown::Refused, _) => Standing::Refused,
        (EdgeKnown::Open, None) => Standing::NeverCalled,
        (EdgeKnown::Open, Some(..=0)) => Standing::Connected,
        (EdgeKnown::Open, Some(ago_ms)) if ago_ms < SILENT_MS => Standing::Away(ago_ms),
        (EdgeKnown::Open, Some(ago_ms)) => Standing::Silent(ago_ms),
    }
}
