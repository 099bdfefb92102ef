//! The line to one printer: a job goes out, and exactly what is known about it comes back.
//!
//! One connection per job, because many printers take a single client and keep a half-open one.
//! Nothing is ever sent again by itself past the first ink.

use std::time::Duration;

use counterpart_paper::{Document, Picture};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};

use super::commands::{in_order_status_request, process_id_request, resynchronise};
use super::sending::{Ending, Sending, send};
use super::talk::Talk;
use super::{Barrier, Encoded, PrinterStatus, Profile, drawer_pulse, drawer_pulse_now};
use crate::drawer::{DrawerWiring, Kick, KickOutcome};
use crate::port::PortAddress;
use crate::state::{DeviceState, Trouble};

/// Everything an installer says about a printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterConfig {
    /// Where it is.
    pub address: PortAddress,
    /// What it can do.
    pub profile: Profile,
    /// What stands at the top of everything a customer takes along.
    pub logo: Option<Picture>,
    /// The drawer on its cable.
    pub drawer: DrawerWiring,
    /// How long it may take.
    pub timeouts: Timeouts,
}

/// How long a printer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To take a connection.
    pub connect: Duration,
    /// To answer a status question.
    pub answer: Duration,
    /// To take a byte, or to answer the barrier; the clock stands still without paper.
    pub progress: Duration,
    /// Between two status questions while waiting for the barrier.
    pub poll: Duration,
    /// Between two looks at an idle printer.
    pub idle_probe: Duration,
}

/// Bytes to print, made by [`encode`](super::encode) and perhaps stored since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintJob {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// How many bytes at the start put no ink on paper.
    pub first_ink: usize,
}

/// What is known about a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The printer said that everything has been printed.
    Confirmed,
    /// Some of it may be on paper; a person must look. Never send it again by itself.
    Unconfirmed(Doubt),
    /// None of it is on paper; it can be sent again at any time.
    NotStarted(Obstacle),
}

/// Why a job past its first ink is not known to be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Doubt {
    /// The connection broke: power, cable or network.
    #[error("the connection to the printer broke while it was printing")]
    ConnectionLost,
    /// The printer stopped taking data.
    #[error("the printer stopped in the middle")]
    Stalled,
    /// Everything was taken and the printer never said that it is on paper.
    #[error("the printer took everything and did not say that it is printed")]
    Unanswered,
    /// Everything was taken by a printer that cannot say more.
    #[error("this printer cannot say whether it has printed")]
    NoBarrier,
}

/// Why a job or a kick was not begun.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Obstacle {
    /// The printer could not be reached; the sentence says why.
    #[error("the printer cannot be reached: {0}")]
    Unreachable(String),
    /// It was reached and cannot print.
    #[error("the printer cannot print: {}", sentence(.0))]
    NotReady(Vec<Trouble>),
    /// It took the connection and answered no question.
    #[error("the printer does not answer")]
    Silent,
    /// It is being shut down or switched off by a person.
    #[error("the printer is switched off in this program")]
    Closed,
    /// This printer cannot print such a thing at all; the sentence says what to do.
    #[error("{0}")]
    Unfit(String),
}

/// What the link is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Nothing.
    #[default]
    Idle,
    /// Connecting and asking how the printer is.
    Connecting,
    /// Sending a job.
    Sending {
        /// Bytes the printer's side has taken.
        sent: usize,
        /// Bytes of the whole job.
        total: usize,
    },
    /// Everything is sent; waiting for the printer to say that it is printed.
    Confirming,
    /// In the middle of a job, waiting for a person; the job goes on by itself afterwards.
    Waiting(Trouble),
}

/// What a screen shows about a printer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrinterProgress {
    /// What the link is doing.
    pub phase: Phase,
    /// Where the printer stands.
    pub state: DeviceState,
    /// What it last said about itself; nothing before it was first reached.
    pub status: Option<PrinterStatus>,
}

/// The line to one printer.
#[derive(Debug)]
pub struct PrinterLink {
    config: PrinterConfig,
    progress: watch::Sender<PrinterProgress>,
    /// A job ended in doubt: its tail may still be in the printer.
    torn: bool,
    jobs_sent: u32,
}

/// A kick on its way to the link while a job may be running.
#[derive(Debug)]
pub(super) struct KickRequest {
    pub(super) kick: Kick,
    pub(super) answer: oneshot::Sender<KickOutcome>,
}

impl PrinterConfig {
    /// Returns the usual drawer and timeouts, and no logo.
    pub fn new(address: PortAddress, profile: Profile) -> Self {
        Self {
            address,
            profile,
            logo: None,
            drawer: DrawerWiring::default(),
            timeouts: Timeouts::default(),
        }
    }

    /// Returns a customer's paper as this printer prints it: below the logo, if there is one.
    #[must_use]
    pub fn headed(&self, document: &Document) -> Document {
        let mut headed = Document::new();
        if let Some(logo) = &self.logo {
            headed.picture(logo.clone()).feed(1);
        }
        headed.append(document);
        headed
    }
}

impl Default for Timeouts {
    /// 3 s, 1 s, 20 s, 1 s and 30 s: field reports name 8 s for a long receipt as normal and
    /// 10 s as too short for a printer that wakes up (evidence behind `DESIGN.md`).
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            answer: Duration::from_secs(1),
            progress: Duration::from_secs(20),
            poll: Duration::from_secs(1),
            idle_probe: Duration::from_secs(30),
        }
    }
}

impl From<Encoded> for PrintJob {
    fn from(encoded: Encoded) -> Self {
        Self {
            bytes: encoded.bytes,
            first_ink: encoded.first_ink,
        }
    }
}

impl PrinterLink {
    /// Makes the line; nothing is opened before the first job.
    pub fn new(config: PrinterConfig) -> Self {
        let progress = watch::Sender::new(PrinterProgress::default());
        Self {
            config,
            progress,
            torn: false,
            jobs_sent: 0,
        }
    }

    /// Returns what an installer said about the printer.
    pub fn config(&self) -> &PrinterConfig {
        &self.config
    }

    /// Returns a view of what the link is doing and how the printer is.
    pub fn progress(&self) -> watch::Receiver<PrinterProgress> {
        self.progress.subscribe()
    }

    /// Says that a job of an earlier run ended in doubt, so that the next job first ends it.
    pub fn expect_torn_job(&mut self) {
        self.torn = true;
    }

    /// Prints one job and returns what is known about it.
    ///
    /// Dropping the future in the middle leaves the job in doubt; the next one then starts on
    /// fresh paper.
    pub async fn print(&mut self, job: &PrintJob) -> Outcome {
        self.print_serving(job, &mut None).await
    }

    /// Opens the drawer now or not at all; the connection is made for it alone.
    pub async fn kick(&mut self, kick: Kick) -> KickOutcome {
        let config = &self.config;
        let reaching = reach_drawer(config, &self.progress);
        let mut talk = match tokio::time::timeout(kick.left(), reaching).await {
            Ok(Ok(talk)) => talk,
            Ok(Err(obstacle)) => return KickOutcome::NotSent(obstacle),
            Err(_) => return KickOutcome::Expired,
        };
        // Without paper `ESC p` would wait in the buffer and open the drawer much later.
        let pulse = match talk.status().stopped_by() {
            Some(_) => drawer_pulse_now(&config.drawer),
            None => drawer_pulse(&config.drawer),
        };
        if kick.is_expired() {
            return KickOutcome::Expired;
        }
        let outcome = match talk.write(&pulse).await {
            Ok(()) => talk.drawer_after_pulse(config).await,
            Err(obstacle) => KickOutcome::NotSent(obstacle),
        };
        talk.close().await;
        outcome
    }

    /// Asks an idle printer how it is.
    pub async fn probe(&mut self) -> DeviceState {
        let config = &self.config;
        if let Ok(mut talk) = Talk::open(config, &self.progress).await {
            // What it finds is published as it finds it, also when it ends early.
            let _found = talk.look(config.profile.status).await;
            talk.close().await;
        }
        self.progress.borrow().state.clone()
    }

    pub(super) async fn print_serving(
        &mut self,
        job: &PrintJob,
        kicks: &mut Option<&mut mpsc::Receiver<KickRequest>>,
    ) -> Outcome {
        let _idle_again = IdleAgain(self.progress.clone());
        self.set_phase(Phase::Connecting);
        let config = &self.config;
        let mut talk = match Talk::open(config, &self.progress).await {
            Ok(talk) => talk,
            Err(obstacle) => return Outcome::NotStarted(obstacle),
        };
        if let Err(obstacle) = talk.look_and_stop(config.profile.status).await {
            talk.close().await;
            return Outcome::NotStarted(obstacle);
        }
        self.jobs_sent = self.jobs_sent.wrapping_add(1);
        let sending = self.sending(job);
        let ending = send(&mut talk, &self.config, &sending, &mut self.torn, kicks).await;
        match ending {
            Ending::Confirmed => {
                self.torn = false;
                // Everything is on paper: nothing on the line is worth waiting for.
                talk.hang_up().await;
                Outcome::Confirmed
            }
            Ending::Doubt(doubt) => {
                // A printer without a barrier cannot say more, and nothing speaks for a torn job.
                self.torn = doubt != Doubt::NoBarrier;
                match doubt {
                    Doubt::ConnectionLost | Doubt::Stalled => talk.hang_up().await,
                    // What is still on its way must not be thrown away with the connection.
                    Doubt::Unanswered | Doubt::NoBarrier => talk.close().await,
                }
                Outcome::Unconfirmed(doubt)
            }
            Ending::Untouched(reason) => {
                talk.close().await;
                Outcome::NotStarted(Obstacle::Unreachable(reason))
            }
        }
    }

    fn sending(&self, job: &PrintJob) -> Sending {
        let profile = &self.config.profile;
        let mut stream = if self.torn {
            resynchronise(profile.cut)
        } else {
            Vec::new()
        };
        let ink_at = stream.len() + job.first_ink.min(job.bytes.len());
        stream.extend_from_slice(&job.bytes);
        let id = process_id(self.jobs_sent);
        match profile.barrier {
            Barrier::ProcessId => stream.extend(process_id_request(id)),
            Barrier::InOrderStatus => stream.extend(in_order_status_request()),
            Barrier::None => {}
        }
        Sending { stream, ink_at, id }
    }

    fn set_phase(&self, phase: Phase) {
        self.progress.send_modify(|progress| progress.phase = phase);
    }
}

/// Connects and asks how the printer is, to know which pulse opens the drawer now.
async fn reach_drawer<'a>(
    config: &PrinterConfig,
    progress: &'a watch::Sender<PrinterProgress>,
) -> Result<Talk<'a>, Obstacle> {
    let mut talk = Talk::open(config, progress).await?;
    talk.look(config.profile.status).await?;
    Ok(talk)
}

/// Says "idle" when a job ends, however it ends.
struct IdleAgain(watch::Sender<PrinterProgress>);

impl Drop for IdleAgain {
    fn drop(&mut self) {
        self.0.send_modify(|progress| progress.phase = Phase::Idle);
    }
}

/// Writes the job's number in the 95 characters from space to `~` the command allows.
fn process_id(job: u32) -> [u8; 4] {
    let mut rest = job;
    let mut id = [b' '; 4];
    for place in id.iter_mut().rev() {
        *place = b' ' + u8::try_from(rest % 95).expect("less than 95");
        rest /= 95;
    }
    id
}

fn sentence(troubles: &[Trouble]) -> String {
    let words: Vec<String> = troubles.iter().map(Trouble::to_string).collect();
    words.join(", ")
}
