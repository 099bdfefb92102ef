//! Words that the processes on one database call to each other: look again, something changed.
//!
//! They carry no news, only where some are to be found, and one that is lost costs a delay: whoever
//! waits looks again by itself now and then. On SQLite there is nobody else to tell.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "postgres")]
use tokio::sync::mpsc;

/// Words that may wait to be told; the ones above are left out.
#[cfg(feature = "postgres")]
const WAITING_MAX: usize = 1_024;

/// What another process said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint<'a> {
    /// This changed.
    Told(&'a str),
    /// Something may have been said that was not heard: look at everything again.
    Missed,
}

/// Hears what other processes say, on a thread of the database's; it must be short.
pub type Hearer = Box<dyn Fn(Hint<'_>) + Send + Sync>;

/// The way to the other processes and back; clones share it.
#[derive(Clone, Default)]
pub struct Hints {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    #[cfg(feature = "postgres")]
    others: Option<mpsc::Sender<String>>,
    hearers: Mutex<Vec<Hearer>>,
}

impl Hints {
    /// Makes the way to other processes, and the end at which what is told to them comes out.
    #[cfg(feature = "postgres")]
    pub(super) fn shared() -> (Self, mpsc::Receiver<String>) {
        let (others, telling) = mpsc::channel(WAITING_MAX);
        let inner = Inner {
            others: Some(others),
            hearers: Mutex::default(),
        };
        let hints = Self {
            inner: Arc::new(inner),
        };
        (hints, telling)
    }

    /// Tells the other processes that `topic` changed; call it after the commit. It never waits.
    pub fn tell(&self, topic: &str) {
        #[cfg(feature = "postgres")]
        if let Some(others) = &self.inner.others {
            // Too many at once, or the database is closed: a hint may be lost.
            let _ = others.try_send(topic.to_owned());
        }
        #[cfg(not(feature = "postgres"))]
        tracing::trace!(topic, "there is no other process to tell");
    }

    /// Calls `hearer` for everything other processes say from now on.
    pub fn hear(&self, hearer: Hearer) {
        let hearers = self.inner.hearers.lock();
        hearers.unwrap_or_else(PoisonError::into_inner).push(hearer);
    }

    /// Hands on what another process said.
    #[cfg(feature = "postgres")]
    pub(super) fn raise(&self, hint: Hint<'_>) {
        let hearers = self.inner.hearers.lock();
        for hearer in hearers.unwrap_or_else(PoisonError::into_inner).iter() {
            hearer(hint);
        }
    }
}

impl fmt::Debug for Hints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hints").finish_non_exhaustive()
    }
}
