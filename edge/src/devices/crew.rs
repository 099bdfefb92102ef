//! The tasks that work the devices of one register: they end with the daemon, or before it when
//! the register is set up anew.

use std::future::Future;

use counterpart_daemon::shutdown::Stage;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

/// The tasks of one register.
pub(super) struct Crew {
    stage: Stage,
    stop: CancellationToken,
    /// Each task holds one of these; the last one that ends closes the channel.
    here: std::sync::Mutex<Option<mpsc::Sender<()>>>,
    gone: Mutex<mpsc::Receiver<()>>,
}

impl Crew {
    /// Returns a crew without tasks, which ends with this stage at the latest.
    pub(super) fn new(stage: &Stage) -> Self {
        let (here, gone) = mpsc::channel(1);
        Self {
            stage: stage.clone(),
            stop: stage.token().child_token(),
            here: std::sync::Mutex::new(Some(here)),
            gone: Mutex::new(gone),
        }
    }

    /// Returns the token that asks this crew's tasks to end.
    pub(super) fn token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Starts a task that ends by itself once the token says so.
    pub(super) fn spawn(&self, name: String, task: impl Future<Output = ()> + Send + 'static) {
        let here = self.here.lock().unwrap_or_else(|poisoned| {
            // It holds a sender or none, whoever panicked.
            poisoned.into_inner()
        });
        let here = here.clone();
        self.stage.spawn(name, async move {
            task.await;
            drop(here);
        });
    }

    /// Starts a task that is dropped when the token says so.
    pub(super) fn spawn_until(
        &self,
        name: String,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let stop = self.token();
        self.spawn(name, async move {
            // The devices are given back with their handles.
            let _stopped = stop.run_until_cancelled(task).await;
        });
    }

    /// Asks all tasks to end and waits for them: the receipt being printed is finished first.
    pub(super) async fn dismiss(&self) {
        self.stop.cancel();
        let here = self.here.lock();
        drop(here.unwrap_or_else(|poisoned| poisoned.into_inner()).take());
        while self.gone.lock().await.recv().await.is_some() {}
    }
}
