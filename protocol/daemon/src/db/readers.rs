//! The threads that read, each on its own connection and its own snapshot.
//!
//! They never wait for the writer, nor it for them, except that a long read keeps the log long.

use std::sync::Arc;

use super::engine::Intent;
use super::gauges::Gauges;
use super::job::Job;
use super::queue::Queue;
use super::tx::Tx;

/// What one reading thread owns.
pub(super) struct Reader {
    pub(super) tx: Tx,
    pub(super) queue: Arc<Queue<Box<dyn Job>>>,
    pub(super) gauges: Gauges,
}

impl Reader {
    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        while let Some(mut job) = self.queue.pop() {
            match self.tx.begin(Intent::Read) {
                Ok(()) => {
                    job.run(&mut self.tx);
                    self.tx.end_read();
                }
                Err(error) => job.refuse(error),
            }
            job.answer();
            self.gauges.queue_depth(self.queue.waiting());
        }
    }
}
