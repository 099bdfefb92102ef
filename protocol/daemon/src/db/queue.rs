//! A bounded queue between callers and a database thread.
//!
//! It never waits for room: a full queue is an answer (`Busy`), not a place to hang.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Why a job was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotQueued {
    Full,
    Closed,
}

/// Jobs that wait, first in, first out.
pub(super) struct Queue<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
    capacity: usize,
}

struct State<J> {
    jobs: VecDeque<J>,
    closed: bool,
}

impl<J> Queue<J> {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State {
            jobs: VecDeque::with_capacity(capacity.min(64)),
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            capacity,
        }
    }

    /// Adds a job at the end and returns how many wait now.
    pub(super) fn push(&self, job: J) -> Result<usize, NotQueued> {
        let mut state = self.lock();
        if state.closed {
            return Err(NotQueued::Closed);
        }
        if state.jobs.len() >= self.capacity {
            return Err(NotQueued::Full);
        }
        state.jobs.push_back(job);
        let waiting = state.jobs.len();
        drop(state);
        self.changed.notify_one();
        Ok(waiting)
    }

    /// Waits for the next job; `None` once the queue is closed and empty.
    pub(super) fn pop(&self) -> Option<J> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes the next job if one waits.
    pub(super) fn try_pop(&self) -> Option<J> {
        self.lock().jobs.pop_front()
    }

    /// Returns how many jobs wait.
    pub(super) fn waiting(&self) -> usize {
        self.lock().jobs.len()
    }

    /// Takes no more jobs; the waiting ones are still handed out.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        // No code of a caller runs under this lock, so a poisoned state is still a whole one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_says_so_and_keeps_what_it_has() {
        let queue = Queue::new(2);
        assert_eq!(queue.push(1), Ok(1));
        assert_eq!(queue.push(2), Ok(2));
        assert_eq!(queue.push(3), Err(NotQueued::Full));
        assert_eq!(
            (queue.pop(), queue.try_pop(), queue.try_pop()),
            (Some(1), Some(2), None)
        );
    }

    #[test]
    fn a_closed_queue_hands_out_what_waits_and_then_ends() {
        let queue = Queue::new(2);
        assert_eq!(queue.push(1), Ok(1));
        queue.close();
        assert_eq!(queue.push(2), Err(NotQueued::Closed));
        assert_eq!((queue.pop(), queue.pop()), (Some(1), None));
    }
}
