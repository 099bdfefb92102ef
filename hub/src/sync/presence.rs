//! Who is on the line just now: an edge keeps a long poll open while it is connected.
//!
//! It lives in memory only: after a restart the hub knows what is stored, until they call again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::web::live::Live;
use counterpart_protocol::enrolment::FeedNews;
use counterpart_protocol::ids::EdgeNumber;

use super::CONTACT;

/// How long an edge counts as connected after its last call ended, in milliseconds: between two
/// long polls it exchanges, and a slow line takes a moment.
const GRACE_MS: i64 = 10_000;

/// How long an edge counts as connected after it called another hub on the same database, in
/// milliseconds: the longest call, its exchange, and a moment.
const ELSEWHERE_MS: i64 = 40_000;

/// Passes a call on to other hubs on the same database.
type Relay = Box<dyn Fn(EdgeNumber, FeedNews) + Send + Sync>;

/// Who is connected; clones share it.
#[derive(Clone)]
pub struct Presence {
    clock: SharedClock,
    live: Live,
    calls: Arc<Mutex<BTreeMap<EdgeNumber, Calls>>>,
    relay: Arc<OnceLock<Relay>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Calls {
    open: u32,
    ended_at_ms: Option<i64>,
    /// When it last called another hub on the same database.
    elsewhere_at_ms: Option<i64>,
    /// What the edge said in its last call that it holds of the hub's feed.
    holds: Option<FeedNews>,
}

/// How an edge is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is on the line.
    Now,
    /// It was last heard of at this time, in milliseconds UTC.
    At(i64),
    /// It never called.
    Never,
}

impl Seen {
    /// Returns how long ago that was, in milliseconds; nothing if it never was.
    #[must_use]
    pub fn age_ms(self, now_ms: i64) -> Option<i64> {
        match self {
            Self::Now => Some(0),
            Self::At(at_ms) => Some((now_ms - at_ms).max(0)),
            Self::Never => None,
        }
    }
}

impl Presence {
    /// Begins with nobody on the line.
    #[must_use]
    pub fn new(clock: SharedClock, live: Live) -> Self {
        Self {
            clock,
            live,
            calls: Arc::default(),
            relay: Arc::default(),
        }
    }

    /// Passes every call on to `relay`, which must be short. There is one; a second is not taken.
    pub(crate) fn relay(&self, relay: impl Fn(EdgeNumber, FeedNews) + Send + Sync + 'static) {
        if self.relay.set(Box::new(relay)).is_err() {
            tracing::error!("other hubs are told of calls by one relay only");
        }
    }

    /// Notes that an edge called another hub on the same database.
    pub(crate) fn called_elsewhere(&self, edge: EdgeNumber, holds: FeedNews) {
        let now_ms = self.clock.now_ms();
        self.change(edge, |calls| {
            calls.elsewhere_at_ms = Some(now_ms);
            calls.holds = Some(holds);
        });
    }

    /// Counts a call for as long as the answer lives; the edge says in it how far it `holds` the
    /// hub's feed.
    #[must_use]
    pub(super) fn enter(&self, edge: EdgeNumber, holds: FeedNews) -> OpenCall {
        self.change(edge, |calls| {
            calls.open += 1;
            calls.holds = Some(holds);
        });
        if let Some(relay) = self.relay.get() {
            relay(edge, holds);
        }
        OpenCall {
            presence: self.clone(),
            edge,
        }
    }

    /// Returns how far an edge said it holds the hub's feed, if it has called since the start. It
    /// is as good as an acknowledgement: an edge says it only of what it has stored.
    #[must_use]
    pub fn holds(&self, edge: EdgeNumber) -> Option<FeedNews> {
        self.change(edge, |_| ()).holds
    }

    /// Returns how an edge is seen, whose last exchange was at `contact_at_ms`.
    #[must_use]
    pub fn seen(&self, edge: EdgeNumber, contact_at_ms: Option<i64>) -> Seen {
        let calls = self.change(edge, |_| ());
        let last = contact_at_ms.max(calls.ended_at_ms);
        let last = last.max(calls.elsewhere_at_ms);
        let now_ms = self.clock.now_ms();
        let elsewhere = calls.elsewhere_at_ms;
        match last {
            _ if calls.open > 0 => Seen::Now,
            _ if elsewhere.is_some_and(|at_ms| now_ms - at_ms < ELSEWHERE_MS) => Seen::Now,
            Some(at_ms) if now_ms - at_ms < GRACE_MS => Seen::Now,
            Some(at_ms) => Seen::At(at_ms),
            None => Seen::Never,
        }
    }

    fn change(&self, edge: EdgeNumber, change: impl FnOnce(&mut Calls)) -> Calls {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = calls.entry(edge).or_default();
        change(calls);
        *calls
    }
}

/// A call that is open.
pub(super) struct OpenCall {
    presence: Presence,
    edge: EdgeNumber,
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        let now_ms = self.presence.clock.now_ms();
        self.presence.change(self.edge, |calls| {
            calls.open = calls.open.saturating_sub(1);
            calls.ended_at_ms = Some(now_ms);
        });
        self.presence.live.publish(CONTACT);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use counterpart_daemon::clock::ManualClock;
    use counterpart_daemon::web::live::Live;
    use counterpart_protocol::enrolment::FeedNews;
    use counterpart_protocol::ids::EdgeNumber;

    use super::{Presence, Seen};

    #[test]
    fn an_edge_is_there_while_it_calls_and_a_little_longer() {
        let clock = ManualClock::starting_at(1_000_000);
        let presence = Presence::new(clock.clone(), Live::new(0));
        let edge = EdgeNumber(7);
        assert_eq!(presence.seen(edge, None), Seen::Never);
        assert_eq!(presence.seen(edge, Some(400_000)), Seen::At(400_000));
        let holds = FeedNews { feed: 1, seq: 4 };
        let (first, second) = (presence.enter(edge, holds), presence.enter(edge, holds));
        assert_eq!(presence.holds(edge), Some(holds));
        clock.advance(Duration::from_secs(60));
        drop(first);
        assert_eq!(presence.seen(edge, Some(400_000)), Seen::Now);
        drop(second);
        clock.advance(Duration::from_secs(9));
        assert_eq!(presence.seen(edge, None), Seen::Now);
        clock.advance(Duration::from_secs(2));
        assert_eq!(presence.seen(edge, None), Seen::At(1_060_000));
        presence.called_elsewhere(edge, FeedNews { feed: 1, seq: 5 });
        assert_eq!(presence.holds(edge), Some(FeedNews { feed: 1, seq: 5 }));
        clock.advance(Duration::from_secs(39));
        assert_eq!(presence.seen(edge, None), Seen::Now);
        clock.advance(Duration::from_secs(1));
        assert_eq!(presence.seen(edge, None), Seen::At(1_071_000));
        assert_eq!(Seen::At(1_060_000).age_ms(1_071_000), Some(11_000));
    }
}
