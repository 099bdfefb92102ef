//! One connection to a printer: questions, answers, and what they say published at once.
//!
//! It does not know jobs.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::commands::status_request;
use super::link::{Obstacle, Phase, PrinterConfig, PrinterProgress, Timeouts};
use super::reply::{Reply, ReplyReader};
use super::{PrinterStatus, StatusReplies};
use crate::clock;
use crate::drawer::KickOutcome;
use crate::port::{Port, PortError, Turn};
use crate::state::{DeviceState, Trouble};

/// How long a drawer takes to open and its sensor to settle (300 to 500 ms in field reports).
const DRAWER_SETTLE_MS: u64 = 600;

/// How long a printer that has said everything may take to close its side.
const HANG_UP_LIMIT: Duration = Duration::from_millis(50);

/// One connection to a printer.
pub(super) struct Talk<'a> {
    port: Port,
    reader: ReplyReader,
    heard: VecDeque<Reply>,
    timeouts: Timeouts,
    status: PrinterStatus,
    progress: &'a watch::Sender<PrinterProgress>,
}

/// What happened in one turn.
pub(super) enum Heard {
    /// So many bytes were taken.
    Took(usize),
    /// The printer said something.
    Said(Reply),
}

impl<'a> Talk<'a> {
    pub(super) async fn open(
        config: &PrinterConfig,
        progress: &'a watch::Sender<PrinterProgress>,
    ) -> Result<Self, Obstacle> {
        let timeouts = config.timeouts;
        match Port::open(&config.address, timeouts.connect).await {
            Ok(port) => Ok(Self {
                port,
                reader: ReplyReader::default(),
                heard: VecDeque::new(),
                timeouts,
                status: PrinterStatus::default(),
                progress,
            }),
            Err(error) => {
                let state = match error {
                    PortError::Denied => DeviceState::Faulted(error.to_string()),
                    PortError::Busy => DeviceState::Present,
                    PortError::Absent
                    | PortError::Gone
                    | PortError::TimedOut
                    | PortError::Failed(_) => DeviceState::Absent,
                };
                progress.send_modify(|progress| progress.state = state);
                Err(unreachable(&error))
            }
        }
    }

    /// Returns what the printer has said about itself on this connection.
    pub(super) fn status(&self) -> PrinterStatus {
        self.status
    }

    /// Asks how the printer is, without judging the answer.
    pub(super) async fn look(&mut self, replies: StatusReplies) -> Result<(), Obstacle> {
        if replies == StatusReplies::None {
            self.progress.send_modify(|progress| {
                progress.state = DeviceState::Degraded(vec![Trouble::Silent]);
            });
            return Ok(());
        }
        for topic in [1, 2, 3, 4] {
            self.ask(topic).await?;
        }
        self.publish_status();
        Ok(())
    }

    /// Asks how the printer is and refuses to go on when it cannot print.
    pub(super) async fn look_and_stop(&mut self, replies: StatusReplies) -> Result<(), Obstacle> {
        self.look(replies).await?;
        let mut stopping = self.status.troubles();
        stopping.retain(|trouble| trouble.stops_printing());
        if stopping.is_empty() {
            Ok(())
        } else {
            Err(Obstacle::NotReady(stopping))
        }
    }

    /// Waits until the printer has said something or taken some of `out`.
    pub(super) async fn turn(&mut self, out: &[u8]) -> Result<Heard, PortError> {
        let until = clock::now() + self.timeouts.poll;
        self.turn_until(out, until).await
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Obstacle> {
        let limit = self.timeouts.answer;
        self.port
            .write_all(bytes, limit)
            .await
            .map_err(|error| unreachable(&error))
    }

    /// Takes in what the printer said about itself; returns whether anything changed.
    pub(super) fn absorb(&mut self, reply: &Reply, topic: Option<u8>) -> Change {
        let before = self.status;
        match (reply, topic) {
            (Reply::Report(report), _) => self.status.absorb_report(*report),
            (Reply::RealTime(byte), Some(topic)) => self.status.absorb_answer(topic, *byte),
            _ => return Change::None,
        }
        if before == self.status {
            return Change::None;
        }
        self.publish_status();
        Change::Status
    }

    pub(super) fn set_phase(&self, phase: Phase) {
        self.progress.send_if_modified(|progress| {
            let changed = progress.phase != phase;
            progress.phase = phase;
            changed
        });
    }

    /// Watches the sensor after a pulse, if there is one.
    pub(super) async fn drawer_after_pulse(&mut self, config: &PrinterConfig) -> KickOutcome {
        if config.drawer.open_level.is_none() || config.profile.status == StatusReplies::None {
            return KickOutcome::Sent;
        }
        let until = clock::now() + Duration::from_millis(DRAWER_SETTLE_MS);
        loop {
            if self.ask(1).await.is_err() {
                return KickOutcome::Sent;
            }
            if config.drawer.is_open(self.status.drawer_line_high) == Some(true) {
                self.publish_status();
                return KickOutcome::Opened;
            }
            if clock::now() >= until {
                return KickOutcome::StillClosed;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends the connection without waiting for the printer to end it too.
    pub(super) async fn hang_up(self) {
        self.port.close(HANG_UP_LIMIT).await;
    }

    /// Ends the connection once the printer has read what was sent.
    pub(super) async fn close(self) {
        let limit = self.timeouts.answer;
        self.port.close(limit).await;
    }

    async fn ask(&mut self, topic: u8) -> Result<(), Obstacle> {
        let until = clock::now() + self.timeouts.answer;
        self.write(&status_request(topic)).await?;
        loop {
            match self.turn_until(&[], until).await {
                Ok(Heard::Said(reply)) => {
                    self.absorb(&reply, Some(topic));
                    if matches!(reply, Reply::RealTime(_)) {
                        return Ok(());
                    }
                }
                Ok(Heard::Took(_)) => {}
                Err(PortError::TimedOut) => {
                    self.progress.send_modify(|progress| {
                        progress.state = DeviceState::Degraded(vec![Trouble::Silent]);
                    });
                    return Err(Obstacle::Silent);
                }
                Err(error) => return Err(unreachable(&error)),
            }
        }
    }

    async fn turn_until(&mut self, out: &[u8], until: Instant) -> Result<Heard, PortError> {
        loop {
            if let Some(reply) = self.heard.pop_front() {
                return Ok(Heard::Said(reply));
            }
            let left = until.saturating_duration_since(clock::now());
            let mut input = [0; 64];
            match self.port.turn(out, &mut input, left).await? {
                Turn::Wrote(count) => return Ok(Heard::Took(count)),
                Turn::Read(count) => {
                    let (reader, heard) = (&mut self.reader, &mut self.heard);
                    heard.extend(input[..count].iter().filter_map(|byte| reader.push(*byte)));
                }
            }
        }
    }

    fn publish_status(&self) {
        let status = self.status;
        let troubles = status.troubles();
        let state = if troubles.is_empty() {
            DeviceState::Ready
        } else {
            DeviceState::Degraded(troubles)
        };
        self.progress.send_if_modified(|progress| {
            let changed = progress.status != Some(status) || progress.state != state;
            progress.status = Some(status);
            progress.state = state;
            changed
        });
    }
}

/// Whether something a printer said was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing new.
    None,
    /// Its state is another.
    Status,
}

fn unreachable(error: &PortError) -> Obstacle {
    Obstacle::Unreachable(error.to_string())
}
