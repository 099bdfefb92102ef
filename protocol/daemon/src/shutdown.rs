//! Stops a daemon in order, within a deadline, and names what did not stop.
//!
//! It knows no stage by name; `app.rs` makes them in the order in which they must end: listeners,
//! printing, sync, database (architecture.md, decision 8).

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// The stages of a daemon, in the order in which they stop.
#[derive(Clone, Default)]
pub struct Shutdown {
    stages: Arc<Mutex<Vec<Stage>>>,
}

/// Tasks that stop together, by one token.
#[derive(Clone)]
pub struct Stage {
    inner: Arc<StageInner>,
}

struct StageInner {
    name: &'static str,
    deadline: Duration,
    token: CancellationToken,
    tasks: Mutex<Vec<Task>>,
}

struct Task {
    name: String,
    handle: JoinHandle<()>,
}

/// What a shutdown had to leave behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShutdownReport {
    /// Tasks that did not stop in time and were cut off, as `stage/task`.
    pub cut_off: Vec<String>,
}

impl Shutdown {
    /// Returns a daemon without stages.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a stage that stops after all added before, and whose tasks get `deadline` for it.
    #[must_use]
    pub fn stage(&self, name: &'static str, deadline: Duration) -> Stage {
        let stage = Stage {
            inner: Arc::new(StageInner {
                name,
                deadline,
                token: CancellationToken::new(),
                tasks: Mutex::default(),
            }),
        };
        self.stages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(stage.clone());
        stage
    }

    /// Stops stage after stage and waits for every task; the last step, closing the database, is
    /// the caller's. Calling it again finds nothing left to stop.
    pub async fn run(&self) -> ShutdownReport {
        let stages: Vec<Stage> = self
            .stages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
            .collect();
        let mut report = ShutdownReport::default();
        for stage in stages {
            report.cut_off.extend(stage.stop().await);
        }
        if report.cut_off.is_empty() {
            tracing::info!("everything stopped in order");
        } else {
            tracing::warn!(
                tasks = report.cut_off.join(", "),
                "some tasks did not stop in time"
            );
        }
        report
    }
}

impl Stage {
    /// Returns the token that asks this stage's tasks to end.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.inner.token.clone()
    }

    /// Starts a task that this stage owns and joins. A panic of the task is logged with its name
    /// at once, not at the shutdown.
    pub fn spawn(&self, name: impl Into<String>, task: impl Future<Output = ()> + Send + 'static) {
        let name = name.into();
        let full_name = self.full_name(&name);
        let handle = tokio::spawn(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                tracing::error!(
                    task = full_name,
                    "a task of the daemon panicked and is gone"
                );
            }
        });
        let mut tasks = self
            .inner
            .tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        tasks.retain(|task| !task.handle.is_finished());
        tasks.push(Task { name, handle });
    }

    /// Returns the names of the tasks that run, for the status page.
    #[must_use]
    pub fn running(&self) -> Vec<String> {
        let tasks = self
            .inner
            .tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let running = tasks.iter().filter(|task| !task.handle.is_finished());
        running.map(|task| task.name.clone()).collect()
    }

    /// Cancels the token, joins every task and returns the full names of those cut off.
    async fn stop(&self) -> Vec<String> {
        self.inner.token.cancel();
        let until = Instant::now() + self.inner.deadline;
        let mut cut_off = Vec::new();
        loop {
            // A task may have started another one meanwhile.
            let task = self
                .inner
                .tasks
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            let Some(mut task) = task else {
                return cut_off;
            };
            if timeout_at(until, &mut task.handle).await.is_err() {
                task.handle.abort();
                cut_off.push(self.full_name(&task.name));
            }
        }
    }

    fn full_name(&self, task: &str) -> String {
        format!("{}/{task}", self.inner.name)
    }
}

/// The service manager's requests to read the settings again (`SIGHUP`). While this is there none
/// is missed, and none ends the process; where there is no such signal nobody asks.
pub struct ReloadRequests {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl ReloadRequests {
    /// Begins to listen.
    ///
    /// # Errors
    ///
    /// When the system lets nobody listen for signals.
    pub fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let signal = signal(SignalKind::hangup())?;
            Ok(Self { signal })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the next request.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        if self.signal.recv().await.is_some() {
            return;
        }
        std::future::pending::<()>().await;
    }
}

/// Waits until someone asks the process to end: Ctrl-C, or the service manager.
///
/// # Errors
///
/// When the system lets nobody listen for signals.
pub async fn asked_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// Waits for `stopping`, unless someone asks a second time, who is in a hurry: then nothing is
/// returned and the process should end at once.
pub async fn unless_asked_again<T>(stopping: impl Future<Output = T>) -> Option<T> {
    let again = async {
        // Where nobody can ask, nobody asks.
        if asked_to_stop().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        done = stopping => Some(done),
        () = again => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long enough never to pass in a test; a task that does not stop gets none.
    const AMPLE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn stages_stop_one_after_the_other_in_their_order() {
        let shutdown = Shutdown::new();
        let log = Arc::new(Mutex::new(Vec::new()));
        let stages =
            ["listeners", "sync", "database"].map(|name| (name, shutdown.stage(name, AMPLE)));
        for (name, stage) in stages.iter().rev() {
            let (name, token, log) = (*name, stage.token(), log.clone());
            stage.spawn("task", async move {
                token.cancelled().await;
                // Others would overtake here if they had been asked already.
                tokio::task::yield_now().await;
                log.lock().unwrap().push(name);
            });
        }
        assert_eq!(shutdown.run().await, ShutdownReport::default());
        assert_eq!(*log.lock().unwrap(), ["listeners", "sync", "database"]);
    }

    #[tokio::test]
    async fn a_task_that_does_not_stop_is_named_and_the_rest_still_stops() {
        let shutdown = Shutdown::new();
        let stubborn = shutdown.stage("listeners", Duration::ZERO);
        stubborn.spawn("stream of tab 4", std::future::pending());
        let good = shutdown.stage("sync", AMPLE);
        let token = good.token();
        good.spawn("agent", async move { token.cancelled().await });
        assert_eq!(good.running(), ["agent"]);
        let report = shutdown.run().await;
        assert_eq!(report.cut_off, ["listeners/stream of tab 4"]);
        assert!(good.running().is_empty());
        assert_eq!(
            shutdown.run().await,
            ShutdownReport::default(),
            "nothing is left to stop"
        );
    }

    #[tokio::test]
    async fn a_task_that_panics_does_not_hold_up_the_shutdown() {
        let shutdown = Shutdown::new();
        let stage = shutdown.stage("sync", AMPLE);
        stage.spawn("agent", async { panic!("a bug") });
        assert_eq!(shutdown.run().await, ShutdownReport::default());
    }
}
