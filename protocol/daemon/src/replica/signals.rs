//! Wake-ups: who waits for a peer's feed to grow. A hint only; the stored heads are the truth.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use counterpart_protocol::ids::EdgeNumber;
use tokio::sync::watch;

use super::Replica;

/// Shows the number of the last record written for one peer since the daemon started, 0 before.
pub type FeedWatch = watch::Receiver<u64>;

#[derive(Default, Clone)]
pub(super) struct Signals {
    feeds: Arc<Mutex<HashMap<EdgeNumber, watch::Sender<u64>>>>,
}

impl Signals {
    pub(super) fn raise(&self, peer: EdgeNumber, seq: u64) {
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
}
