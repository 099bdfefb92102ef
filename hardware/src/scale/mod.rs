//! Scales on a serial line: a stable weight in whole grams, asked for when it is needed.
//!
//! ```text
//! weigh ─► ask ─► stable weight
//!           ▲ └──► moving, below zero, …  ─► ask again, until the limit
//! ```
//! A weight is never kept: each answer was measured after its question. What the weight is of, and
//! what it costs, is not known here. A scale that weighs in pounds is refused: grams would be made
//! up.

mod sma;
mod toledo;

use std::fmt;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::clock;
use crate::keeper::{Kept, StateCell, Work};
use crate::port::{Port, PortAddress, PortError};
use crate::state::{DeviceState, Trouble};

/// Questions that may wait; a counter has one person at it.
const WAITING_MAX: usize = 4;
/// How long an answer may take. An 8217 answers within its display's update, 300 ms at most
/// (Mettler Toledo, 8217 service manual); twice that has failed.
const ANSWER_LIMIT: Duration = Duration::from_millis(600);
/// How long a line must be quiet after an answer that did not come, before the next question.
const LATE_QUIET: Duration = Duration::from_millis(150);
/// How long to leave a scale alone between two questions of one weighing.
const BETWEEN: Duration = Duration::from_millis(80);
/// How often to look whether the scale is still there while nobody weighs.
const PROBE: Duration = Duration::from_secs(5);
/// The longest answer of any protocol here is 20 bytes; noise is given up after so many.
const ANSWER_BYTES_MAX: usize = 64;

/// Everything an installer says about a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScaleConfig {
    /// Where it is.
    pub address: PortAddress,
    /// What it speaks.
    pub protocol: ScaleProtocol,
    /// How long it is left alone while nobody weighs, before it is asked whether it is there.
    pub probe: Duration,
    /// The first and the longest pause between two attempts to open it.
    pub reopen: (Duration, Duration),
}

/// What a scale speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScaleProtocol {
    /// Toledo 8217, usually 9600 baud 7E1; set to kilograms.
    Toledo8217,
    /// SMA SCP-0499, level 1.
    Sma,
}

/// A weight that stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Whole grams.
    pub grams: u32,
    /// Whether a tare was taken off.
    pub kind: WeightKind,
}

/// Whether a weight is with or without its container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightKind {
    /// With it.
    Gross,
    /// Without it: a tare was taken off.
    Net,
}

/// Why a scale gives no weight although it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoWeight {
    /// The goods move.
    Moving,
    /// There is more on it than it can weigh.
    TooHeavy,
    /// There is less on it than nothing: something was taken off after zeroing.
    BelowZero,
    /// It is not at zero with nothing on it, so that nothing it says can be trusted.
    NotZeroed,
    /// It says that it has no weight and not why.
    Unclear,
}

/// Why there is no weight.
#[derive(Debug, Error)]
pub enum WeighFailed {
    /// The scale is not connected, or switched off.
    #[error("the scale is not connected")]
    Away,
    /// It does not answer.
    #[error("the scale does not answer")]
    Silent,
    /// It answered what no such scale answers.
    #[error("the scale answers nonsense")]
    Garbled,
    /// It weighs in something else than grams or kilograms.
    #[error("the scale weighs in {0}: set it to kilograms")]
    Unit(String),
    /// It answered, and has no weight.
    #[error("{0}")]
    NoWeight(NoWeight),
}

/// What one answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Stable(Weight),
    Not(NoWeight),
    OtherUnit(String),
}

/// What the bytes so far are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Parsed {
    /// An answer begun.
    More,
    Answer(Said),
    Garbage,
}

/// Reads what came so far.
type Parse = fn(&[u8]) -> Parsed;

/// A scale and the task that owns it. Dropping it ends the task.
#[derive(Debug)]
pub struct Scale {
    kept: Kept,
    requests: mpsc::Sender<Request>,
}

#[derive(Debug)]
struct Request {
    until: Instant,
    answer: oneshot::Sender<Result<Weight, WeighFailed>>,
}

impl ScaleConfig {
    /// Returns the usual settings: asked every 5 s whether it is there, 250 ms to 10 s between
    /// attempts to open it.
    #[must_use]
    pub fn new(address: PortAddress, protocol: ScaleProtocol) -> Self {
        Self {
            address,
            protocol,
            probe: PROBE,
            reopen: (Duration::from_millis(250), Duration::from_secs(10)),
        }
    }
}

impl Scale {
    /// Starts the task that owns the scale; needs a runtime.
    #[must_use]
    pub fn spawn(config: ScaleConfig) -> Self {
        let (requests, waiting) = mpsc::channel(WAITING_MAX);
        let work = Weighing {
            protocol: config.protocol,
            probe: config.probe,
            requests: waiting,
            late: false,
        };
        Self {
            kept: Kept::spawn("scale", config.address, config.reopen, work),
            requests,
        }
    }

    /// Weighs what is on the scale: asks until it stands still, for at most `limit`.
    ///
    /// # Errors
    /// [`WeighFailed`]; `NoWeight` with the last reason when the limit is over.
    pub async fn weigh(&self, limit: Duration) -> Result<Weight, WeighFailed> {
        let (answer, answered) = oneshot::channel();
        let until = clock::now() + limit;
        let request = Request { until, answer };
        self.requests
            .send(request)
            .await
            .map_err(|_| WeighFailed::Away)?;
        answered.await.map_err(|_| WeighFailed::Away)?
    }

    /// Returns a view of where the scale stands.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<DeviceState> {
        self.kept.state()
    }

    /// Gives the device back and stays away from it.
    pub fn disable(&self) {
        self.kept.disable();
    }

    /// Takes the device again.
    pub fn enable(&self) {
        self.kept.enable();
    }

    /// Ends the task and gives the device back.
    pub async fn shutdown(self) {
        self.kept.shutdown().await;
    }
}

struct Weighing {
    protocol: ScaleProtocol,
    probe: Duration,
    requests: mpsc::Receiver<Request>,
    /// The last answer did not come in time, and may come yet.
    late: bool,
}

/// The scale is gone.
struct Gone;

impl Work for Weighing {
    async fn work(&mut self, mut port: Port, state: &StateCell) {
        // Whether it weighs is known only when it has answered.
        let mut gone = self.ask(&mut port, state).await.is_err();
        while !gone {
            gone = tokio::select! {
                request = self.requests.recv() => match request {
                    Some(request) => self.serve(&mut port, state, request).await.is_err(),
                    // Nobody can ask any more; the task is about to be ended.
                    None => std::future::pending().await,
                },
                () = tokio::time::sleep(self.probe) => self.ask(&mut port, state).await.is_err(),
            };
        }
    }

    async fn refuse(&mut self) {
        while let Some(request) = self.requests.recv().await {
            // Whoever asked may have left.
            let _left = request.answer.send(Err(WeighFailed::Away));
        }
        std::future::pending::<()>().await;
    }
}

impl Weighing {
    async fn serve(
        &mut self,
        port: &mut Port,
        state: &StateCell,
        mut request: Request,
    ) -> Result<(), Gone> {
        loop {
            let asked = tokio::select! {
                asked = self.ask(port, state) => asked,
                // Nobody waits for this weight any more.
                () = request.answer.closed() => return Ok(()),
            };
            let failed = match asked {
                Ok(Ok(Said::Stable(weight))) => {
                    let _left = request.answer.send(Ok(weight));
                    return Ok(());
                }
                Ok(Ok(Said::Not(why))) => WeighFailed::NoWeight(why),
                Ok(Ok(Said::OtherUnit(unit))) => WeighFailed::Unit(unit),
                Ok(Err(failed)) => failed,
                Err(Gone) => {
                    let _left = request.answer.send(Err(WeighFailed::Away));
                    return Err(Gone);
                }
            };
            if clock::now() + BETWEEN >= request.until {
                let _left = request.answer.send(Err(failed));
                return Ok(());
            }
            tokio::time::sleep(BETWEEN).await;
        }
    }

    /// Asks once, and says how the scale is.
    async fn ask(
        &mut self,
        port: &mut Port,
        state: &StateCell,
    ) -> Result<Result<Said, WeighFailed>, Gone> {
        let said = self.answer(port).await?;
        self.late = matches!(said, Err(WeighFailed::Silent | WeighFailed::Garbled));
        state.set(match &said {
            Ok(Said::Not(NoWeight::NotZeroed)) => DeviceState::Degraded(vec![Trouble::NotZeroed]),
            Ok(Said::Stable(_) | Said::Not(_)) => DeviceState::Ready,
            Ok(Said::OtherUnit(unit)) => {
                DeviceState::Faulted(WeighFailed::Unit(unit.clone()).to_string())
            }
            Err(WeighFailed::Silent) => DeviceState::Degraded(vec![Trouble::Silent]),
            Err(_) => DeviceState::Degraded(vec![Trouble::Garbled]),
        });
        Ok(said)
    }

    async fn answer(&self, port: &mut Port) -> Result<Result<Said, WeighFailed>, Gone> {
        let mut input = [0; ANSWER_BYTES_MAX];
        // An answer that came too late for the question before is not one to this.
        let quiet = if self.late {
            LATE_QUIET
        } else {
            Duration::ZERO
        };
        loop {
            match port.read(&mut input, quiet).await {
                Ok(_) => {}
                Err(PortError::TimedOut) => break,
                Err(_) => return Err(Gone),
            }
        }
        let (question, parse): (&[u8], Parse) = match self.protocol {
            ScaleProtocol::Toledo8217 => (toledo::WEIGH, toledo::parse),
            ScaleProtocol::Sma => (sma::WEIGH, sma::parse),
        };
        match port.write_all(question, ANSWER_LIMIT).await {
            Ok(()) => {}
            Err(PortError::TimedOut) => return Ok(Err(WeighFailed::Silent)),
            Err(_) => return Err(Gone),
        }
        let until = clock::now() + ANSWER_LIMIT;
        let mut heard = Vec::new();
        loop {
            let left = until.saturating_duration_since(clock::now());
            match port.read(&mut input, left).await {
                Ok(count) => heard.extend_from_slice(&input[..count]),
                Err(PortError::TimedOut) if heard.is_empty() => {
                    return Ok(Err(WeighFailed::Silent));
                }
                Err(PortError::TimedOut) => return Ok(Err(WeighFailed::Garbled)),
                Err(_) => return Err(Gone),
            }
            match parse(&heard) {
                Parsed::More if heard.len() < ANSWER_BYTES_MAX => {}
                Parsed::More | Parsed::Garbage => return Ok(Err(WeighFailed::Garbled)),
                Parsed::Answer(said) => return Ok(Ok(said)),
            }
        }
    }
}

/// Reads a decimal number of kilograms as whole grams; nothing when it is none, or has a part of a
/// gram.
fn grams_of_kilograms(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) {
        return None;
    }
    let (thousandths, finer) = part.split_at_checked(3).unwrap_or((part, ""));
    if !finer.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let part: u32 = format!("{thousandths:0<3}").parse().ok()?;
    whole.checked_mul(1_000)?.checked_add(part)
}

impl fmt::Display for NoWeight {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Moving => "the weight does not stand still",
            Self::TooHeavy => "there is more on the scale than it can weigh",
            Self::BelowZero => "the scale shows less than nothing: take everything off it",
            Self::NotZeroed => "the scale is not at zero: take everything off it and zero it",
            Self::Unclear => "the scale has no weight",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::grams_of_kilograms;

    #[test]
    fn kilograms_are_whole_grams_or_nothing() {
        for (text, grams) in [
            ("01.235", Some(1_235)),
            ("0.5", Some(500)),
            ("12", Some(12_000)),
            ("1.2350", Some(1_235)),
            ("1.2345", None),
            ("", None),
            ("-1.000", None),
            ("1,5", None),
            ("4294968.000", None),
        ] {
            assert_eq!(grams_of_kilograms(text), grams, "{text}");
        }
    }
}
