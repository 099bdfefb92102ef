//! Sends one job and waits for the printer's word that it is printed.
//!
//! The clock measures progress, not the job: it starts anew with every byte taken and every
//! change of state, and stands still while the printer waits for a person.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::commands::status_request;
use super::link::{Doubt, KickRequest, Obstacle, Phase, PrinterConfig};
use super::reply::Reply;
use super::talk::{Change, Heard, Talk};
use super::{Barrier, StatusReplies, drawer_pulse, drawer_pulse_now};
use crate::clock;
use crate::drawer::KickOutcome;
use crate::port::PortError;

/// Offered to the line at once; about what a printer buffers.
const CHUNK_BYTES: usize = 4096;

/// What goes over the line for one job.
pub(super) struct Sending {
    /// Resynchronisation if needed, the job, the barrier.
    pub(super) stream: Vec<u8>,
    /// How many of these bytes put no ink on paper.
    pub(super) ink_at: usize,
    /// The number the barrier asks back.
    pub(super) id: [u8; 4],
}

/// How the sending of a job ended.
pub(super) enum Ending {
    /// The printer said so.
    Confirmed,
    /// Ink may be on paper.
    Doubt(Doubt),
    /// No ink is on paper; the sentence says what happened.
    Untouched(String),
}

/// Sends a job; `torn` is true from the moment ink may flow.
pub(super) async fn send(
    talk: &mut Talk<'_>,
    config: &PrinterConfig,
    job: &Sending,
    torn: &mut bool,
    kicks: &mut Option<&mut mpsc::Receiver<KickRequest>>,
) -> Ending {
    let mut course = Course::new(config, job);
    let ending = course.run(talk, torn, kicks).await;
    // What could not be sent now is not sent later: whoever waits presses the key again.
    let lost = Obstacle::Unreachable(PortError::Gone.to_string());
    for request in course.kicks {
        answer(request, KickOutcome::NotSent(lost.clone()));
    }
    ending
}

async fn next_kick(kicks: &mut Option<&mut mpsc::Receiver<KickRequest>>) -> Option<KickRequest> {
    match kicks {
        Some(line) => line.recv().await,
        None => std::future::pending().await,
    }
}

/// Where a job stands.
struct Course<'a> {
    config: &'a PrinterConfig,
    job: &'a Sending,
    sent: usize,
    ink_flowed: bool,
    /// When the printer last took a byte or changed its state.
    moved_at: Instant,
    /// The status question that is outstanding, and since when.
    asked: Option<(u8, Instant)>,
    last_topic: u8,
    /// Questions answered since everything was sent.
    answers: u32,
    /// Real-time commands to send once the job is out: never between its bytes.
    urgent: Vec<u8>,
    kicks: Vec<KickRequest>,
}

impl<'a> Course<'a> {
    fn new(config: &'a PrinterConfig, job: &'a Sending) -> Self {
        Self {
            config,
            job,
            sent: 0,
            ink_flowed: false,
            moved_at: clock::now(),
            asked: None,
            last_topic: 0,
            answers: 0,
            urgent: Vec::new(),
            kicks: Vec::new(),
        }
    }

    async fn run(
        &mut self,
        talk: &mut Talk<'_>,
        torn: &mut bool,
        kicks: &mut Option<&mut mpsc::Receiver<KickRequest>>,
    ) -> Ending {
        loop {
            let out = self.out();
            if self.ink_may_flow() {
                *torn = true;
            }
            let turn = tokio::select! {
                turn = talk.turn(&out) => turn,
                Some(request) = next_kick(kicks) => {
                    self.kicks.push(request);
                    self.serve_kicks(talk).await;
                    continue;
                }
            };
            match turn {
                Ok(Heard::Took(count)) => self.took(count),
                Ok(Heard::Said(reply)) => {
                    if self.heard(talk, &reply) {
                        return Ending::Confirmed;
                    }
                }
                Err(PortError::TimedOut) => self.poll(),
                Err(error) if self.ink_flowed => {
                    tracing::warn!(error = %error, sent = self.sent, "printer lost in a job");
                    return Ending::Doubt(Doubt::ConnectionLost);
                }
                Err(error) => return Ending::Untouched(error.to_string()),
            }
            self.serve_kicks(talk).await;
            if let Some(ending) = self.judge(talk) {
                return ending;
            }
        }
    }

    fn all_sent(&self) -> bool {
        self.sent == self.job.stream.len()
    }

    /// Returns what to offer next: the harmless part, then the rest, then what is urgent.
    fn out(&self) -> Vec<u8> {
        let stream = &self.job.stream;
        if self.all_sent() {
            return self.urgent.clone();
        }
        let end = if self.sent < self.job.ink_at {
            self.job.ink_at
        } else {
            stream.len()
        };
        stream[self.sent..end.min(self.sent + CHUNK_BYTES)].to_vec()
    }

    fn ink_may_flow(&mut self) -> bool {
        self.ink_flowed = self.ink_flowed || self.sent >= self.job.ink_at;
        self.ink_flowed
    }

    fn took(&mut self, count: usize) {
        if self.all_sent() {
            self.urgent.drain(..count);
        } else {
            self.sent += count;
            self.moved_at = clock::now();
        }
    }

    /// Takes in a reply; returns whether it is the word waited for.
    fn heard(&mut self, talk: &mut Talk<'_>, reply: &Reply) -> bool {
        let topic = self.asked.map(|(topic, _)| topic);
        if talk.absorb(reply, topic) == Change::Status {
            self.moved_at = clock::now();
        }
        match reply {
            Reply::RealTime(_) => {
                self.asked = None;
                self.answers += u32::from(self.all_sent());
                false
            }
            Reply::ProcessId(id) => self.all_sent() && *id == self.job.id,
            // Before the barrier is out, such an answer belongs to somebody else.
            Reply::InOrder(_) => {
                self.all_sent() && self.config.profile.barrier == Barrier::InOrderStatus
            }
            Reply::Report(_) | Reply::Block(_) => false,
        }
    }

    /// Asks the next question, one at a time and only behind the job.
    fn poll(&mut self) {
        let silent = self.config.profile.status == StatusReplies::None;
        if silent || !self.all_sent() || self.asked.is_some() {
            return;
        }
        self.last_topic = self.last_topic % 4 + 1;
        self.asked = Some((self.last_topic, clock::now()));
        self.urgent.extend(status_request(self.last_topic));
    }

    /// Opens the drawer behind the job's last byte; in its middle the request waits or expires.
    async fn serve_kicks(&mut self, talk: &mut Talk<'_>) {
        for request in std::mem::take(&mut self.kicks) {
            if request.kick.is_expired() {
                answer(request, KickOutcome::Expired);
            } else if self.all_sent() {
                let drawer = &self.config.drawer;
                // Without paper `ESC p` would wait in the buffer behind the receipt.
                let pulse = match talk.status().stopped_by() {
                    Some(_) => drawer_pulse_now(drawer),
                    None => drawer_pulse(drawer),
                };
                let mut bytes = std::mem::take(&mut self.urgent);
                bytes.extend(pulse);
                let outcome = match talk.write(&bytes).await {
                    Ok(()) => KickOutcome::Sent,
                    Err(obstacle) => KickOutcome::NotSent(obstacle),
                };
                answer(request, outcome);
            } else {
                self.kicks.push(request);
            }
        }
    }

    /// Decides whether the job has ended, and says what it waits for.
    fn judge(&mut self, talk: &Talk<'_>) -> Option<Ending> {
        let limit = self.config.timeouts.progress;
        let barrier = self.config.profile.barrier;
        if let Some((_, since)) = self.asked
            && older_than(since, limit)
        {
            return Some(self.ended(Doubt::Stalled));
        }
        if let Some(trouble) = talk.status().stopped_by() {
            talk.set_phase(Phase::Waiting(trouble));
            self.moved_at = clock::now();
            return None;
        }
        if !self.all_sent() {
            let (sent, total) = (self.sent, self.job.stream.len());
            talk.set_phase(Phase::Sending { sent, total });
            return older_than(self.moved_at, limit).then(|| self.ended(Doubt::Stalled));
        }
        talk.set_phase(Phase::Confirming);
        if barrier == Barrier::None {
            // A round of questions behind the data shows at least paper and cover.
            let asked_enough =
                self.answers >= 4 || self.config.profile.status == StatusReplies::None;
            if asked_enough && self.urgent.is_empty() {
                return Some(self.ended(Doubt::NoBarrier));
            }
            self.poll();
        }
        older_than(self.moved_at, limit).then(|| self.ended(Doubt::Unanswered))
    }

    fn ended(&self, doubt: Doubt) -> Ending {
        if self.ink_flowed {
            Ending::Doubt(doubt)
        } else {
            Ending::Untouched(PortError::TimedOut.to_string())
        }
    }
}

fn answer(request: KickRequest, outcome: KickOutcome) {
    // Whoever asked may have left; the drawer is not asked twice for that.
    let _left = request.answer.send(outcome);
}

fn older_than(since: Instant, limit: Duration) -> bool {
    clock::now().duration_since(since) >= limit
}
