//! A command on its way to a database thread and its answer on the way back.
//!
//! It knows nothing of batches: the threads decide when a job runs and when it is answered.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::DbError;
use super::tx::Tx;

/// How a job's own code ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ran {
    Done,
    Failed,
}

/// A command without its types.
pub(super) trait Job: Send {
    /// Runs the command's code, which may panic without harm to the thread.
    fn run(&mut self, tx: &mut Tx) -> Ran;
    /// Replaces the outcome by a failure.
    fn refuse(&mut self, error: DbError);
    /// Sends the outcome to the caller, who may have gone.
    fn answer(self: Box<Self>);
}

/// A command that waits, then its outcome.
pub(super) struct Command<F, T, E, A> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    answer: A,
}

impl<F, T, E, A> Command<F, T, E, A> {
    pub(super) fn new(work: F, answer: A) -> Self {
        Self {
            work: Some(work),
            outcome: None,
            answer,
        }
    }
}

impl<F, T, E, A> Job for Command<F, T, E, A>
where
    F: FnOnce(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
    A: FnOnce(Result<T, E>) + Send,
{
    fn run(&mut self, tx: &mut Tx) -> Ran {
        let work = self.work.take().expect("a job runs once");
        // Unwind safety: whatever the closure left half-done in the transaction is rolled back,
        // and the scratch cache is emptied with it.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(tx))).unwrap_or_else(|panic| {
            let message = panic_message(panic.as_ref());
            tracing::error!(message, "a database command panicked and was rolled back");
            Err(E::from(DbError::Panicked { message }))
        });
        let ran = if outcome.is_ok() {
            Ran::Done
        } else {
            Ran::Failed
        };
        self.outcome = Some(outcome);
        ran
    }

    fn refuse(&mut self, error: DbError) {
        self.outcome = Some(Err(E::from(error)));
    }

    fn answer(self: Box<Self>) {
        let outcome = self
            .outcome
            .unwrap_or_else(|| Err(E::from(DbError::Closed)));
        (self.answer)(outcome);
    }
}

/// Returns the words of a panic, as far as it had any.
pub(super) fn panic_message(panic: &(dyn Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text.clone()
    } else {
        "panic without a message".to_owned()
    }
}
