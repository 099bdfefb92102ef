//! Live pages: regions that are sent again when something changed, over one event stream per tab.
//!
//! The state lives on the server; a page only shows it. A slice says [`Live::publish`] after its
//! commit, every open [`stream`] that watches the topic renders its regions anew, and the browser
//! morphs them in place. No payload travels inside the daemon, so nothing can be stale there, and a
//! missed message costs one more rendering, never a wrong page.
//!
//! ```text
//! GET  page        full page, regions stamped with a version taken before the state was read
//! GET  …/stream    snapshot of the page's regions, then patches; `tick` every 5 s
//! POST command     answer: the changed regions (or 303 without script); the stream tells the rest
//! ```
//!
//! **The one rule**: take [`Live::version`] first, read the state after it, and stamp the regions
//! with it. Then of two renderings the one with the higher version has seen at least as much, and
//! the browser may ignore the other whichever way it arrives.

mod answer;
mod region;
mod stream;
mod viewer;

pub use answer::{LIVE_HEADER, Patch, asks_for_regions, leave_for, respond};
pub use region::{Cue, Region, Version};
pub use stream::{Changed, TICK_MS, stream};
pub use viewer::{Viewer, address_of};

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use tokio::sync::{Semaphore, broadcast};

use viewer::Held;

/// How many changes may wait for a slow stream before it is sent a whole snapshot instead.
const CHANGES_HELD: usize = 1_024;

/// How many streams one daemon keeps open; a large store has 12 registers and a few tabs each.
const STREAMS_MAX: usize = 512;

/// How many of them one session has: a person's tabs.
const STREAMS_PER_SESSION_MAX: usize = 16;

/// How many of them one address has: an office behind one line, or a machine that takes what it
/// can.
const STREAMS_PER_ADDRESS_MAX: usize = 128;

/// What every stream watches beside its own topics: a session may have ended.
const SESSIONS: &str = "live/sessions";
/// The topic of everything: word of some changes may have been lost.
const EVERYTHING: &str = "live/everything";

/// Names what changed, in a slice's words: `register/1`, `stock`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(Arc<str>);

impl Topic {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Topic {
    fn from(name: &str) -> Self {
        Self(Arc::from(name))
    }
}

impl From<String> for Topic {
    fn from(name: String) -> Self {
        Self(Arc::from(name))
    }
}

/// Carries word of changes from the slices to the open pages of one daemon.
#[derive(Clone, Debug)]
pub struct Live {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    started_at_ms: u64,
    counter: AtomicU64,
    changes: broadcast::Sender<Topic>,
    streams: Arc<Semaphore>,
    held: Held,
    relay: Relay,
}

/// Passes topics on to other processes that show the same pages.
#[derive(Default)]
struct Relay(OnceLock<Pass>);

/// Passes a topic on.
type Pass = Box<dyn Fn(&Topic) + Send + Sync>;

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Relay").finish()
    }
}

impl Live {
    /// Begins for a process that started at `started_at_ms` (milliseconds UTC).
    ///
    /// The start tells this process's versions from an earlier one's; it need not be right, only
    /// different.
    pub fn new(started_at_ms: i64) -> Self {
        let (changes, _) = broadcast::channel(CHANGES_HELD);
        Self {
            inner: Arc::new(Inner {
                started_at_ms: started_at_ms.unsigned_abs(),
                counter: AtomicU64::new(0),
                changes,
                streams: Arc::new(Semaphore::new(STREAMS_MAX)),
                held: Held::default(),
                relay: Relay::default(),
            }),
        }
    }

    /// Returns the version to stamp on what is rendered from state read **after** this call.
    pub fn version(&self) -> Version {
        let count = self.inner.counter.fetch_add(1, Ordering::SeqCst) + 1;
        Version::new(self.inner.started_at_ms, count)
    }

    /// Tells every open page that watches `topic` that it changed, here and wherever else such
    /// pages are served; call it after the commit.
    pub fn publish(&self, topic: impl Into<Topic>) {
        let topic = topic.into();
        if let Some(relay) = self.inner.relay.0.get() {
            relay(&topic);
        }
        self.publish_here(topic);
    }

    /// Tells the open pages of this process alone: another one has published the topic.
    pub fn publish_here(&self, topic: impl Into<Topic>) {
        // An error only says that no page is open, which is nobody's trouble.
        let _ = self.inner.changes.send(topic.into());
    }

    /// Lets every open page of this process show everything anew: word of changes elsewhere may
    /// have been lost.
    pub fn publish_everything_here(&self) {
        self.publish_here(EVERYTHING);
        self.publish_here(SESSIONS);
    }

    /// Passes on every topic that is published from now on to `relay`, which must be short. There
    /// is one relay; a second is not taken.
    pub fn relay(&self, relay: impl Fn(&Topic) + Send + Sync + 'static) {
        if self.inner.relay.0.set(Box::new(relay)).is_err() {
            tracing::error!("open pages are told of changes by one relay only");
        }
    }

    /// Lets every stream ask at once whether its session still goes on; call it after the commit
    /// that ended one. Sessions that run out are noticed at the next tick.
    pub fn sessions_changed(&self) {
        self.publish(SESSIONS);
    }

    /// Returns word of every change from now on, for background work that is woken by the same
    /// topics as the pages.
    pub fn changes(&self) -> Changes {
        Changes(self.inner.changes.subscribe())
    }

    /// Returns how many streams are open now.
    pub fn streams_open(&self) -> usize {
        STREAMS_MAX - self.inner.streams.available_permits()
    }
}

/// Word of changes, for work in the background.
#[derive(Debug)]
pub struct Changes(broadcast::Receiver<Topic>);

impl Changes {
    /// Waits until one of `topics` changed; for ever once nobody can publish any more. Whoever was
    /// too slow to hear every change is woken as well: it may have been one of these.
    pub async fn any_of(&mut self, topics: &[&str]) {
        loop {
            match self.0.recv().await {
                Ok(topic) if topics.contains(&topic.as_str()) => return,
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(_)) => return,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Live;

    #[tokio::test]
    async fn background_work_is_woken_by_its_own_topics() {
        let live = Live::new(1);
        let mut changes = live.changes();
        live.publish("stock");
        live.publish("rights");
        changes.any_of(&["rights"]).await;
        live.publish("stock");
        changes.any_of(&["sales", "stock"]).await;
    }
}
