//! Keeps one device open: opens it, lets its driver work, and opens it again when it comes back.
//!
//! What is said to the device is the driver's. Whoever asks while the device is away is answered at
//! once: nobody waits for a plug.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::port::{Port, PortAddress, PortError};
use crate::state::DeviceState;

/// How long opening may take.
const OPEN_LIMIT: Duration = Duration::from_secs(3);

/// What a driver does with its open device.
pub(crate) trait Work: Send + 'static {
    /// Works until the device is gone.
    fn work(&mut self, port: Port, state: &StateCell) -> impl Future<Output = ()> + Send;

    /// Answers everybody that there is no device; never ends by itself.
    fn refuse(&mut self) -> impl Future<Output = ()> + Send;
}

/// Where a driver says how its device is.
#[derive(Debug)]
pub(crate) struct StateCell(watch::Sender<DeviceState>);

impl StateCell {
    pub(crate) fn set(&self, state: DeviceState) {
        self.0
            .send_if_modified(|was| std::mem::replace(was, state.clone()) != state);
    }
}

/// The task that owns a device. Dropping it ends the task and gives the device back.
#[derive(Debug)]
pub(crate) struct Kept {
    name: &'static str,
    state: watch::Receiver<DeviceState>,
    switch: watch::Sender<Switch>,
    closing: CancellationToken,
    task: Option<JoinHandle<()>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Switch {
    On,
    Off,
}

impl Kept {
    /// Starts the task; `reopen` are the first and the longest pause between two attempts. Needs a
    /// runtime.
    pub(crate) fn spawn(
        name: &'static str,
        address: PortAddress,
        reopen: (Duration, Duration),
        work: impl Work,
    ) -> Self {
        let (state, seen) = watch::channel(DeviceState::Absent);
        let (switch, switched) = watch::channel(Switch::On);
        let closing = CancellationToken::new();
        let stop = closing.clone();
        let keeper = Keeper {
            address,
            reopen,
            state: StateCell(state),
            switched,
        };
        let task = tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = keeper.keep(work) => {}
            }
        });
        Self {
            name,
            state: seen,
            switch,
            closing,
            task: Some(task),
        }
    }

    pub(crate) fn state(&self) -> watch::Receiver<DeviceState> {
        self.state.clone()
    }

    pub(crate) fn disable(&self) {
        self.switch.send_replace(Switch::Off);
    }

    pub(crate) fn enable(&self) {
        self.switch.send_replace(Switch::On);
    }

    pub(crate) async fn shutdown(mut self) {
        self.closing.cancel();
        if let Some(task) = self.task.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, device = self.name, "a device's task ended by itself");
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

struct Keeper {
    address: PortAddress,
    reopen: (Duration, Duration),
    state: StateCell,
    switched: watch::Receiver<Switch>,
}

impl Keeper {
    async fn keep(mut self, mut work: impl Work) {
        let (first, longest) = self.reopen;
        let mut pause = first;
        loop {
            while *self.switched.borrow_and_update() == Switch::Off {
                self.state.set(DeviceState::Disabled);
                tokio::select! {
                    _ = self.switched.changed() => {}
                    () = work.refuse() => {}
                }
            }
            let opened = tokio::select! {
                opened = Port::open(&self.address, OPEN_LIMIT) => opened,
                () = work.refuse() => continue,
            };
            match opened {
                Ok(port) => {
                    pause = first;
                    self.state.set(DeviceState::Claimed);
                    tokio::select! {
                        () = work.work(port, &self.state) => self.state.set(DeviceState::Absent),
                        _ = self.switched.changed() => continue,
                    }
                }
                Err(error) => self.state.set(state_of(&error)),
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                // A person who switches it on does not wait for the pause to end.
                _ = self.switched.changed() => {}
                () = work.refuse() => {}
            }
            pause = (pause * 2).min(longest);
        }
    }
}

/// Returns where a device stands that could not be opened.
pub(crate) fn state_of(error: &PortError) -> DeviceState {
    match error {
        PortError::Absent | PortError::Gone | PortError::TimedOut => DeviceState::Absent,
        PortError::Busy => DeviceState::Present,
        PortError::Denied | PortError::Failed(_) => DeviceState::Faulted(error.to_string()),
    }
}
