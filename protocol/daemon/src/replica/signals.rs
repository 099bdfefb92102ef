//! Wake-ups: who waits for a peer's feed to grow. A hint only; the stored heads are the truth.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use counterpart_protocol::ids::EdgeNumber;
use tokio::sync::watch;

use super::Replica;

/// Shows the number of the last record written for one peer since the daemon started, 0 before.
pub type FeedWatch = watch::Receiver<u64>;

/// Passes on that a feed grew to other processes on the same database.
type Relay = Box<dyn Fn(EdgeNumber, u64) + Send + Sync>;

#[derive(Default, Clone)]
pub(super) struct Signals {
    feeds: Arc<Mutex<HashMap<EdgeNumber, watch::Sender<u64>>>>,
    relay: Arc<OnceLock<Relay>>,
}

impl Signals {
    pub(super) fn raise(&self, peer: EdgeNumber, seq: u64) {
        if let Some(relay) = self.relay.get() {
            relay(peer, seq);
        }
        self.raise_here(peer, seq);
    }

    fn raise_here(&self, peer: EdgeNumber, seq: u64) {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds
            .entry(peer)
            .or_insert_with(|| watch::channel(0).0)
            .send_replace(seq);
    }

    fn watch(&self, peer: EdgeNumber) -> FeedWatch {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds
            .entry(peer)
            .or_insert_with(|| watch::channel(0).0)
            .subscribe()
    }
}

impl Replica {
    /// Watches for records written for `peer`; it changes after their commit.
    #[must_use]
    pub fn watch_feed(&self, peer: EdgeNumber) -> FeedWatch {
        self.inner.signals.watch(peer)
    }

    /// Passes on to `relay` which feeds grow from now on; it must be short. There is one relay; a
    /// second is not taken.
    pub fn relay_feeds(&self, relay: impl Fn(EdgeNumber, u64) + Send + Sync + 'static) {
        if self.inner.signals.relay.set(Box::new(relay)).is_err() {
            tracing::error!("other processes are told of records by one relay only");
        }
    }

    /// Wakes who watches the feed of `peer` here: another process has written to it.
    pub fn feed_grew(&self, peer: EdgeNumber, seq: u64) {
        self.inner.signals.raise_here(peer, seq);
    }

    /// Wakes everybody who watches a feed: word of some records may have been lost.
    pub fn feeds_may_have_grown(&self) {
        let feeds = self.inner.signals.feeds.lock();
        for feed in feeds.unwrap_or_else(PoisonError::into_inner).values() {
            feed.send_modify(|_| ());
        }
    }
}
