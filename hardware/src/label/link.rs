//! The line to one label printer: a label goes out, and exactly what is known about it comes back.
//!
//! One connection a label, as for receipts. Nothing is ever sent twice by itself.

use std::time::Duration;

use tokio::sync::watch;

use super::status::{ASK, HostStatus};
use super::{LabelConfig, LabelFormat, LabelJob, LabelReplies, PdfPrinting};
use crate::clock;
use crate::keeper::state_of;
use crate::port::{Port, PortError};
use crate::printer::{Doubt, Obstacle, Outcome};
use crate::state::{DeviceState, Trouble};

/// Cancels everything in the printer's buffer: only after a label that was torn on its way.
const CANCEL_ALL: &[u8] = b"~JA";
/// The longest answer to `~HS` has some 90 bytes.
const ANSWER_BYTES_MAX: usize = 512;

/// The line to one label printer.
#[derive(Debug)]
pub struct LabelLink {
    config: LabelConfig,
    state: watch::Sender<DeviceState>,
    /// A label ended in doubt: its beginning may still be in the printer.
    torn: bool,
}

impl LabelLink {
    /// Makes the line; nothing is opened before the first label.
    #[must_use]
    pub fn new(config: LabelConfig) -> Self {
        Self {
            config,
            state: watch::Sender::new(DeviceState::Absent),
            torn: false,
        }
    }

    /// Returns what an installer said about the printer.
    #[must_use]
    pub fn config(&self) -> &LabelConfig {
        &self.config
    }

    /// Returns a view of where the printer stands, as it last said.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<DeviceState> {
        self.state.subscribe()
    }

    /// Takes note that a program before this one may have torn a label: its queue holds one in
    /// doubt.
    pub fn expect_torn_job(&mut self) {
        self.torn = true;
    }

    /// Asks the printer how it is.
    pub async fn probe(&self) -> DeviceState {
        let state = match self.open().await {
            Err(error) => state_of(&error),
            Ok(mut port) => {
                let state = match self.ask(&mut port).await {
                    Ok(status) => standing(status.as_ref()),
                    Err(_) => DeviceState::Degraded(vec![Trouble::Silent]),
                };
                port.close(self.config.timeouts.answer).await;
                state
            }
        };
        self.state.send_replace(state.clone());
        state
    }

    /// Prints a label and returns what is known about it. While the roll is at its end or the head
    /// is open, it waits: the printer goes on by itself.
    pub async fn print(&mut self, job: &LabelJob) -> Outcome {
        if job.format() == LabelFormat::Pdf && self.config.pdf == PdfPrinting::None {
            let why = "this label printer prints no PDF: ask the carrier for ZPL".to_owned();
            return Outcome::NotStarted(Obstacle::Unfit(why));
        }
        let mut port = match self.open().await {
            Ok(port) => port,
            Err(error) => {
                self.state.send_replace(state_of(&error));
                return Outcome::NotStarted(Obstacle::Unreachable(error.to_string()));
            }
        };
        let outcome = self.print_over(&mut port, job).await;
        self.torn = match &outcome {
            Outcome::Confirmed => false,
            Outcome::Unconfirmed(doubt) => *doubt != Doubt::NoBarrier,
            Outcome::NotStarted(_) => self.torn,
        };
        port.close(self.config.timeouts.answer).await;
        outcome
    }

    async fn open(&self) -> Result<Port, PortError> {
        Port::open(&self.config.address, self.config.timeouts.connect).await
    }

    async fn print_over(&mut self, port: &mut Port, job: &LabelJob) -> Outcome {
        match self.ask(port).await {
            Err(PortError::TimedOut) => {
                // Without paper or with the head open, many of them do not answer at all.
                self.state
                    .send_replace(DeviceState::Degraded(vec![Trouble::Silent]));
                return Outcome::NotStarted(Obstacle::Silent);
            }
            Err(error) => {
                self.state.send_replace(state_of(&error));
                return Outcome::NotStarted(Obstacle::Unreachable(error.to_string()));
            }
            Ok(status) => {
                self.state.send_replace(standing(status.as_ref()));
                let troubles = status.map(|status| status.troubles()).unwrap_or_default();
                if !troubles.is_empty() {
                    return Outcome::NotStarted(Obstacle::NotReady(troubles));
                }
            }
        }
        let mut bytes = Vec::with_capacity(job.bytes().len() + CANCEL_ALL.len());
        if self.torn {
            bytes.extend_from_slice(CANCEL_ALL);
        }
        bytes.extend_from_slice(job.bytes());
        match port.write_all(&bytes, self.config.timeouts.progress).await {
            Ok(()) => {}
            Err(PortError::TimedOut) => return Outcome::Unconfirmed(Doubt::Stalled),
            Err(_) => return Outcome::Unconfirmed(Doubt::ConnectionLost),
        }
        match self.config.replies {
            LabelReplies::None => Outcome::Unconfirmed(Doubt::NoBarrier),
            LabelReplies::HostStatus => self.wait_until_done(port).await,
        }
    }

    /// Asks until nothing waits in the printer. The clock stands still while a person has to act.
    async fn wait_until_done(&mut self, port: &mut Port) -> Outcome {
        let mut since = clock::now();
        let mut last = HostStatus::default();
        loop {
            match self.ask(port).await {
                Ok(Some(status)) if status.is_done() && status.troubles().is_empty() => {
                    self.state.send_replace(DeviceState::Ready);
                    return Outcome::Confirmed;
                }
                Ok(Some(status)) => {
                    self.state.send_replace(standing(Some(&status)));
                    if status != last || !status.troubles().is_empty() {
                        since = clock::now();
                    }
                    last = status;
                }
                Ok(None) => return Outcome::Unconfirmed(Doubt::Unanswered),
                Err(PortError::TimedOut) => {}
                Err(error) => {
                    self.state.send_replace(state_of(&error));
                    return Outcome::Unconfirmed(Doubt::ConnectionLost);
                }
            }
            if clock::now().duration_since(since) >= self.config.timeouts.progress {
                return Outcome::Unconfirmed(Doubt::Unanswered);
            }
            tokio::time::sleep(self.config.timeouts.poll.min(Duration::from_millis(300))).await;
        }
    }

    /// Asks `~HS`; nothing when this printer answers nothing.
    async fn ask(&self, port: &mut Port) -> Result<Option<HostStatus>, PortError> {
        if self.config.replies == LabelReplies::None {
            return Ok(None);
        }
        let limit = self.config.timeouts.answer;
        port.write_all(ASK, limit).await?;
        let until = clock::now() + limit;
        let (mut heard, mut input) = (Vec::new(), [0; 256]);
        loop {
            let left = until.saturating_duration_since(clock::now());
            let count = port.read(&mut input, left).await?;
            heard.extend_from_slice(&input[..count]);
            if let Some(status) = HostStatus::parse(&heard) {
                return Ok(Some(status));
            }
            if heard.len() > ANSWER_BYTES_MAX {
                return Err(PortError::TimedOut);
            }
        }
    }
}

fn standing(status: Option<&HostStatus>) -> DeviceState {
    match status.map(HostStatus::troubles) {
        Some(troubles) if !troubles.is_empty() => DeviceState::Degraded(troubles),
        Some(_) | None => DeviceState::Ready,
    }
}
