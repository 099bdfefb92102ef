//! A scale on a pseudo terminal that speaks 8217 or SMA: goods are put on the handle, faults are
//! set on it.
//!
//! It makes its answers from the protocols' papers and shares no code with the driver.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::watch;

use super::terminal::{AnsweringLine, VirtualLineError};
use crate::port::{ParityBit, PortAddress, SerialLine};
use crate::scale::ScaleProtocol;

/// The most a counter scale weighs, in grams.
const CAPACITY_GRAMS: i64 = 15_000;

/// What is wrong with a virtual scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScaleFault {
    /// Nothing.
    #[default]
    None,
    /// The goods move, and go on moving.
    Moving,
    /// It was switched on with something on it, and is not at zero.
    NotZeroed,
    /// It hears and says nothing.
    Silent,
    /// It answers what no scale answers.
    Garbage,
    /// It answers half of what it should and stops.
    CutShort,
    /// It weighs in pounds; only an SMA scale says so.
    Pounds,
}

/// A handle on a virtual scale; cheap to clone. It is unplugged when the last handle is gone.
#[derive(Debug, Clone)]
pub struct VirtualScale {
    line: AnsweringLine,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    plate: Mutex<Plate>,
    revision: watch::Sender<u64>,
}

/// What stands on the scale.
#[derive(Debug, Clone, Copy, Default)]
struct Plate {
    grams: i64,
    tare_grams: i64,
    /// So many questions are answered with "moving" before the weight stands still.
    unsettled: u32,
    fault: ScaleFault,
    asked: u64,
}

impl VirtualScale {
    /// Makes a scale whose device file is the link `tty`, and plugs it in; needs a runtime.
    ///
    /// # Errors
    /// [`VirtualLineError::PlaceTaken`], `NoTerminal`.
    pub async fn plug_in(
        tty: impl Into<PathBuf>,
        protocol: ScaleProtocol,
    ) -> Result<Self, VirtualLineError> {
        let shared = Arc::new(Shared {
            plate: Mutex::default(),
            revision: watch::Sender::new(0),
        });
        let hearing = Arc::clone(&shared);
        let mut begun = Vec::new();
        let line = match protocol {
            ScaleProtocol::Toledo8217 => SerialLine {
                data_bits: 7,
                parity: ParityBit::Even,
                ..SerialLine::default()
            },
            ScaleProtocol::Sma => SerialLine::default(),
        };
        let line = AnsweringLine::plug_in(tty.into(), line, move |heard| {
            begun.extend_from_slice(heard);
            hearing.answer(protocol, &mut begun)
        })
        .await?;
        Ok(Self { line, shared })
    }

    /// Returns its address as an installer would write it.
    #[must_use]
    pub fn port_address(&self) -> PortAddress {
        self.line.port_address()
    }

    /// Puts so many grams on it in place of what was there; less than nothing is what a scale shows
    /// after its bowl was taken away. It moves for the next question and then stands still.
    pub fn put(&self, grams: i64) {
        self.settle_after(grams, 1);
    }

    /// Puts grams on it that move for so many questions.
    pub fn settle_after(&self, grams: i64, questions: u32) {
        self.shared.change(|plate| {
            plate.grams = grams;
            plate.unsettled = questions;
        });
    }

    /// Takes a container of so many grams off every weight from now on.
    pub fn tare(&self, grams: i64) {
        self.shared.change(|plate| plate.tare_grams = grams);
    }

    /// Returns how many grams are on it.
    #[must_use]
    pub fn grams(&self) -> i64 {
        self.shared.plate().grams
    }

    /// Returns how often it was asked.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.shared.plate().asked
    }

    /// Returns what is wrong with it.
    #[must_use]
    pub fn fault(&self) -> ScaleFault {
        self.shared.plate().fault
    }

    /// Puts a fault into it, or takes it away.
    pub fn set_fault(&self, fault: ScaleFault) {
        self.shared.change(|plate| plate.fault = fault);
    }

    /// Returns a number that grows with every question and every change, to wait on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    /// Pulls the plug.
    ///
    /// # Errors
    /// None but those of a runtime that is shutting down.
    pub async fn unplug(&self) -> Result<(), VirtualLineError> {
        self.line.unplug().await
    }

    /// Puts the plug in again.
    ///
    /// # Errors
    /// [`VirtualLineError::PlaceTaken`], `NoTerminal`.
    pub async fn plug(&self) -> Result<(), VirtualLineError> {
        self.line.plug().await
    }

    /// Returns whether it is plugged in.
    #[must_use]
    pub fn is_plugged(&self) -> bool {
        self.line.is_plugged()
    }
}

impl Shared {
    fn plate(&self) -> MutexGuard<'_, Plate> {
        self.plate.lock().expect("nobody panics holding it")
    }

    fn change(&self, change: impl FnOnce(&mut Plate)) {
        change(&mut self.plate());
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// Takes whole questions off what was heard and answers them.
    fn answer(&self, protocol: ScaleProtocol, heard: &mut Vec<u8>) -> Vec<u8> {
        let question: &[u8] = match protocol {
            ScaleProtocol::Toledo8217 => b"W",
            ScaleProtocol::Sma => b"\nW\r",
        };
        let mut said = Vec::new();
        while let Some(at) = heard
            .windows(question.len())
            .position(|part| part == question)
        {
            heard.drain(..at + question.len());
            let mut plate = Plate::default();
            self.change(|now| {
                plate = *now;
                now.asked += 1;
                now.unsettled = now.unsettled.saturating_sub(1);
            });
            said.extend(match (plate.fault, protocol) {
                (ScaleFault::Silent, _) => Vec::new(),
                (ScaleFault::Garbage, _) => b"\x15ERR 07\xFE".to_vec(),
                (ScaleFault::CutShort, _) => b"\x0201.2"[..].to_vec(),
                (_, ScaleProtocol::Toledo8217) => toledo(plate),
                (_, ScaleProtocol::Sma) => sma(plate),
            });
        }
        if heard.len() > 64 {
            heard.clear();
        }
        said
    }
}

impl Plate {
    fn moves(self) -> bool {
        self.unsettled > 0 || self.fault == ScaleFault::Moving
    }

    fn net(self) -> i64 {
        self.grams - self.tare_grams
    }
}

/// `STX kk.ggg CR`, or `STX ? bits CR` when there is no weight to show.
fn toledo(plate: Plate) -> Vec<u8> {
    let mut status = 0b0100_0000_u8;
    for (bit, is_set) in [
        (0, plate.moves()),
        (1, plate.grams > CAPACITY_GRAMS),
        (2, plate.net() < 0),
        (3, plate.fault == ScaleFault::NotZeroed),
    ] {
        status |= u8::from(is_set) << bit;
    }
    if status != 0b0100_0000 {
        return vec![0x02, b'?', status, 0x0D];
    }
    let (kilograms, grams) = (plate.net() / 1000, plate.net() % 1000);
    let net = if plate.tare_grams == 0 { "" } else { "N" };
    format!("\x02{kilograms:02}.{grams:03}{net}\r").into_bytes()
}

/// `LF s r n m f weight(10) unit(3) CR`.
fn sma(plate: Plate) -> Vec<u8> {
    let status = match plate.net() {
        _ if plate.fault == ScaleFault::NotZeroed => 'E',
        _ if plate.grams > CAPACITY_GRAMS => 'O',
        ..0 => 'U',
        0 => 'Z',
        1.. => ' ',
    };
    let net = if plate.tare_grams == 0 { 'G' } else { 'N' };
    let motion = if plate.moves() { 'M' } else { ' ' };
    let weight = if status == 'E' {
        "----------".to_owned()
    } else {
        let sign = if plate.net() < 0 { "-" } else { "" };
        let grams = plate.net().abs();
        format!(
            "{:>10}",
            format!("{sign}{}.{:03}", grams / 1000, grams % 1000)
        )
    };
    let unit = if plate.fault == ScaleFault::Pounds {
        "lb "
    } else {
        "kg "
    };
    format!("\n{status}1{net}{motion} {weight}{unit}\r").into_bytes()
}
