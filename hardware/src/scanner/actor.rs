//! The task that owns one scanner: opens it, reads it, and opens it again when it comes back.
//!
//! Its events wait in a bounded channel: when nobody takes them, the task stops reading and the
//! line's own buffer fills, so that no scan is dropped in silence.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::source::{Heard, Source};
use super::{AimId, Framed, Framer, LostReason, Scan, ScannerConfig, ScannerEvent};
use crate::clock;
use crate::keeper::state_of;
use crate::port::PortError;
use crate::state::{DeviceState, Trouble};

/// Events that may wait to be taken.
const EVENTS_WAITING_MAX: usize = 64;
/// Losses in a row after which the scanner counts as degraded.
const LOSSES_UNTIL_DEGRADED: u32 = 3;
/// How long opening may take.
const OPEN_LIMIT: Duration = Duration::from_secs(3);
/// How long to wait for a byte before looking around; nothing ends by it.
const QUIET_LIMIT: Duration = Duration::from_secs(60);

/// A scanner and the task that owns it. Dropping it ends the task.
#[derive(Debug)]
pub struct Scanner {
    state: watch::Receiver<DeviceState>,
    activity: watch::Receiver<ScannerActivity>,
    switch: watch::Sender<Switch>,
    closing: CancellationToken,
    task: Option<JoinHandle<()>>,
}

/// What came from a scanner since its task started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScannerActivity {
    /// Bytes read.
    pub bytes: u64,
    /// Codes delivered.
    pub scans: u64,
    /// Reads lost.
    pub lost: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Switch {
    On,
    Off,
}

impl Scanner {
    /// Starts the task that owns the scanner, and returns where its events come out; needs a
    /// runtime.
    pub fn spawn(config: ScannerConfig) -> (Self, mpsc::Receiver<ScannerEvent>) {
        let (events, taken) = mpsc::channel(EVENTS_WAITING_MAX);
        let (state, state_seen) = watch::channel(DeviceState::Absent);
        let (activity, activity_seen) = watch::channel(ScannerActivity::default());
        let (switch, switched) = watch::channel(Switch::On);
        let closing = CancellationToken::new();
        let task = Task {
            framer: Framer::new(config.framing),
            config,
            events,
            state,
            activity,
            switched,
            started: clock::now(),
            losses: 0,
            last: None,
            deaf_ms: 0,
        };
        let stop = closing.clone();
        let task = tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = task.run() => {}
            }
        });
        let scanner = Self {
            state: state_seen,
            activity: activity_seen,
            switch,
            closing,
            task: Some(task),
        };
        (scanner, taken)
    }

    /// Returns a view of where the scanner stands.
    pub fn state(&self) -> watch::Receiver<DeviceState> {
        self.state.clone()
    }

    /// Returns a view of what came from it.
    pub fn activity(&self) -> watch::Receiver<ScannerActivity> {
        self.activity.clone()
    }

    /// Gives the device back and stays away from it.
    pub fn disable(&self) {
        self.switch.send_replace(Switch::Off);
    }

    /// Takes the device again.
    pub fn enable(&self) {
        self.switch.send_replace(Switch::On);
    }

    /// Ends the task and gives the device back.
    pub async fn shutdown(mut self) {
        self.closing.cancel();
        if let Some(task) = self.task.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the scanner's task ended by itself");
        }
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

struct Task {
    config: ScannerConfig,
    framer: Framer,
    events: mpsc::Sender<ScannerEvent>,
    state: watch::Sender<DeviceState>,
    activity: watch::Sender<ScannerActivity>,
    switched: watch::Receiver<Switch>,
    started: Instant,
    losses: u32,
    last: Option<(String, u64)>,
    /// How long nobody read the line since the start, in milliseconds: scans waited to be taken.
    deaf_ms: u64,
}

/// Nobody takes the events any more.
struct Unheard;

impl Task {
    async fn run(mut self) {
        // Whoever listened is gone: the task has nothing left to do.
        let _unheard = self.run_heard().await;
    }

    async fn run_heard(&mut self) -> Result<(), Unheard> {
        let (first, longest) = self.config.reopen;
        let mut pause = first;
        loop {
            self.wait_until_enabled().await?;
            match Source::open(&self.config, OPEN_LIMIT).await {
                Ok(source) => {
                    pause = first;
                    self.set_state(DeviceState::Claimed).await?;
                    self.read(source).await?;
                }
                Err(error) => self.set_state(state_of(&error)).await?,
            }
            // A person who switches it on does not wait for the pause to end.
            let mut switched = self.switched.clone();
            switched.mark_unchanged();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = switched.changed() => {}
            }
            pause = (pause * 2).min(longest);
        }
    }

    async fn wait_until_enabled(&mut self) -> Result<(), Unheard> {
        while *self.switched.borrow_and_update() == Switch::Off {
            self.set_state(DeviceState::Disabled).await?;
            self.switched.changed().await.map_err(|_| Unheard)?;
        }
        Ok(())
    }

    /// Reads until the device is gone or switched off.
    async fn read(&mut self, mut source: Source) -> Result<(), Unheard> {
        self.set_state(DeviceState::Ready).await?;
        self.losses = 0;
        loop {
            let mut found = Vec::new();
            let limit = match self.framer.deadline_ms() {
                Some(deadline) => Duration::from_millis(deadline.saturating_sub(self.heard_ms())),
                None => QUIET_LIMIT,
            };
            let read = tokio::select! {
                read = source.read(limit) => read,
                _ = self.switched.changed() => {
                    self.framer.gone(&mut found);
                    return self.deliver(found).await;
                }
            };
            match read {
                Ok(read) => {
                    let at_ms = self.heard_ms();
                    for heard in source.understand(read, at_ms) {
                        self.hear(heard, at_ms, &mut found);
                    }
                }
                Err(PortError::TimedOut) => self.framer.expire(self.heard_ms(), &mut found),
                Err(error) => {
                    tracing::info!(%error, address = %self.config.address, "scanner gone");
                    self.framer.gone(&mut found);
                    self.deliver(found).await?;
                    // Wrong settings stay wrong when it is opened again: a person must see them.
                    return self.set_state(state_of(&error)).await;
                }
            }
            let before_ms = self.now_ms();
            self.deliver(found).await?;
            self.deaf_ms += self.now_ms() - before_ms;
        }
    }

    fn hear(&mut self, heard: Heard, at_ms: u64, found: &mut Vec<Framed>) {
        match heard {
            Heard::Bytes(bytes) => {
                self.activity
                    .send_modify(|activity| activity.bytes += bytes.len() as u64);
                self.framer.push(&bytes, at_ms, found);
            }
            Heard::Lost(reason) => self.framer.break_off(reason, at_ms, found),
        }
    }

    async fn deliver(&mut self, found: Vec<Framed>) -> Result<(), Unheard> {
        for framed in found {
            match framed {
                Framed::Lost(reason) => self.lose(reason).await?,
                Framed::Code(code) => self.scan(code).await?,
            }
        }
        Ok(())
    }

    async fn scan(&mut self, read: String) -> Result<(), Unheard> {
        let now_ms = self.now_ms();
        if self.is_repeat(&read, now_ms) {
            return self.report_lost(LostReason::ReadTwice).await;
        }
        self.losses = 0;
        self.set_state(DeviceState::Ready).await?;
        let mut sequence = 0;
        self.activity.send_modify(|activity| {
            activity.scans += 1;
            sequence = activity.scans;
        });
        let (aim, code) = AimId::split(read.as_bytes(), self.config.aim);
        let code = String::from_utf8(code.to_vec()).expect("three ASCII characters were cut off");
        self.send(ScannerEvent::Scan(Scan {
            code,
            aim,
            sequence,
        }))
        .await
    }

    /// The window starts anew with each repetition, so that a scanner left in continuous mode
    /// over one piece reads it once.
    fn is_repeat(&mut self, read: &str, now_ms: u64) -> bool {
        let window_ms = u64::try_from(self.config.repeat_window.as_millis()).unwrap_or(u64::MAX);
        let repeated = self
            .last
            .as_ref()
            .is_some_and(|(code, at_ms)| code == read && now_ms - at_ms < window_ms);
        self.last = Some((read.to_owned(), now_ms));
        repeated
    }

    async fn lose(&mut self, reason: LostReason) -> Result<(), Unheard> {
        self.losses += 1;
        if self.losses >= LOSSES_UNTIL_DEGRADED {
            self.set_state(DeviceState::Degraded(vec![Trouble::ReadsLost]))
                .await?;
        }
        self.report_lost(reason).await
    }

    async fn report_lost(&mut self, reason: LostReason) -> Result<(), Unheard> {
        self.activity.send_modify(|activity| activity.lost += 1);
        self.send(ScannerEvent::ScanLost { reason }).await
    }

    async fn set_state(&mut self, state: DeviceState) -> Result<(), Unheard> {
        if *self.state.borrow() == state {
            return Ok(());
        }
        self.state.send_replace(state.clone());
        self.send(ScannerEvent::State(state)).await
    }

    async fn send(&self, event: ScannerEvent) -> Result<(), Unheard> {
        self.events.send(event).await.map_err(|_| Unheard)
    }

    /// The clock pauses are measured by: it stands still while the line is not read, because what
    /// comes then waits in it, and a code whose end waits there is whole.
    fn heard_ms(&self) -> u64 {
        self.now_ms() - self.deaf_ms
    }

    fn now_ms(&self) -> u64 {
        let passed = clock::now().duration_since(self.started);
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }
}
