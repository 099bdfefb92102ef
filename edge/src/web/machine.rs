//! What the store server knows of the machine it runs on, for its status and for monitors.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use counterpart_daemon::http::health::{Gone, Scrape};

/// The machine of this store server; clones share it.
#[derive(Clone)]
pub struct Machine {
    folder: Arc<Path>,
    gone: Gone,
    scrape: Scrape,
    pages_end_at_ms: Arc<AtomicI64>,
}

impl Machine {
    /// Begins with all listeners there, and with pages that need no certificate.
    #[must_use]
    pub fn new(folder: PathBuf, scrape: Scrape) -> Self {
        Self {
            folder: folder.into(),
            gone: Gone::default(),
            scrape,
            pages_end_at_ms: Arc::new(AtomicI64::new(0)),
        }
    }

    /// Returns the data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the listeners that have ended before they should.
    #[must_use]
    pub fn gone(&self) -> &Gone {
        &self.gone
    }

    /// Returns who may read the numbers.
    #[must_use]
    pub fn scrape(&self) -> &Scrape {
        &self.scrape
    }

    /// Notes when the certificate of the pages ends, in milliseconds UTC.
    pub fn note_pages(&self, ends_at_ms: i64) {
        self.pages_end_at_ms.store(ends_at_ms, Ordering::Relaxed);
    }

    /// Returns when the certificate of the pages ends, in milliseconds UTC, if they have one.
    #[must_use]
    pub fn pages_end_at_ms(&self) -> Option<i64> {
        let ends_at_ms = self.pages_end_at_ms.load(Ordering::Relaxed);
        (ends_at_ms != 0).then_some(ends_at_ms)
    }
}
