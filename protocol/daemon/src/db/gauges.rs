//! What the database tells about itself, for `/metrics` and the status page.
//!
//! It keeps no numbers of its own; the recorder does, if one is installed.

use std::time::Duration;

use metrics::{Gauge, Histogram, gauge, histogram};

/// The gauges of one queue of one database.
#[derive(Clone)]
pub(super) struct Gauges {
    queue_depth: Gauge,
    batch_commands: Histogram,
    commit_duration: Histogram,
    log_pages: Gauge,
}

impl Gauges {
    /// Returns the gauges labelled with the database's name and the queue, `read` or `write`.
    pub(super) fn new(db: &'static str, queue: &'static str) -> Self {
        Self {
            queue_depth: gauge!("counterpart_db_queue_depth", "db" => db, "queue" => queue),
            batch_commands: histogram!("counterpart_db_batch_commands", "db" => db),
            commit_duration: histogram!("counterpart_db_commit_duration_seconds", "db" => db),
            log_pages: gauge!("counterpart_db_log_pages", "db" => db),
        }
    }

    pub(super) fn queue_depth(&self, waiting: usize) {
        self.queue_depth.set(waiting as f64);
    }

    pub(super) fn batch(&self, commands: usize, commit: Duration) {
        self.batch_commands.record(commands as f64);
        self.commit_duration.record(commit);
    }

    pub(super) fn log_pages(&self, pages: i64) {
        self.log_pages.set(pages as f64);
    }
}
