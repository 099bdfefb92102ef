//! A scanner that acts as a keyboard: it writes what the kernel would tell of its keys.
//!
//! Its device file is a pipe, because a machine without `uinput` gives nobody an input device; the
//! bytes in it are those of one (`struct input_event`). Kernel, wire and firmware have faults of
//! their own here.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{CWD, Mode, mkfifoat};
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use super::keycaps::{Stroke, strokes};
use super::terminal::VirtualLineError;
use crate::scanner::{KeyLayout, ScannerAddress};

/// A pipe holds 64 KB; when nobody reads for so long, the device gives up.
const WRITE_LIMIT: Duration = Duration::from_secs(1);
/// Wishes that may wait for the one before.
const WISHES_WAITING_MAX: usize = 16;
/// Kinds of events (Linux, `input-event-codes.h`).
const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
const EV_MSC: u16 = 4;
const MSC_SCAN: u16 = 4;
const SYN_DROPPED: u16 = 3;
/// The first key of a USB keyboard's page, added to what is told beside each key.
const USAGE_PAGE: i32 = 0x0007_0000;
const SHIFT: u16 = 42;
/// `O_NONBLOCK` on Linux (`asm-generic/fcntl.h`).
const NON_BLOCKING: i32 = 0o4000;

/// What goes wrong with every code from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyFault {
    /// Nothing.
    #[default]
    None,
    /// The machine is too busy to take all of it: the kernel throws events away in the middle.
    Overrun,
    /// The cable comes out in the middle of the next code.
    YankedMidCode,
    /// Keys are let go so late that the kernel repeats them.
    RepeatsKeys,
    /// The Shift of the code before was never let go.
    ShiftStuck,
    /// Somebody has set the scanner to another keyboard layout.
    OtherLayout,
    /// It sends no Enter behind a code.
    NoEnter,
}

/// A handle on a virtual scanner that acts as a keyboard; cheap to clone. It is unplugged when the
/// last handle is gone.
#[derive(Debug, Clone)]
pub struct VirtualKeyScanner {
    path: PathBuf,
    layout: KeyLayout,
    wishes: mpsc::Sender<Wish>,
    plugged: watch::Receiver<bool>,
    fault: watch::Sender<KeyFault>,
}

#[derive(Debug)]
enum Wish {
    Type(Vec<u8>, Afterwards, Answer),
    Unplug(Answer),
    Plug(Answer),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Afterwards {
    Stay,
    Unplug,
}

type Answer = oneshot::Sender<Result<(), VirtualLineError>>;

impl VirtualKeyScanner {
    /// Makes a scanner set to a layout whose device file is `path`, and plugs it in; needs a
    /// runtime.
    ///
    /// # Errors
    /// [`VirtualLineError::PlaceTaken`], `NoTerminal`.
    pub async fn plug_in(
        path: impl Into<PathBuf>,
        layout: KeyLayout,
    ) -> Result<Self, VirtualLineError> {
        let path = path.into();
        let (wishes, waiting) = mpsc::channel(WISHES_WAITING_MAX);
        let (state, plugged) = watch::channel(false);
        let scanner = Self {
            path: path.clone(),
            layout,
            wishes,
            plugged,
            fault: watch::Sender::new(KeyFault::None),
        };
        // It ends by itself when the last handle drops its sender.
        tokio::spawn(run(path, waiting, state));
        scanner.plug().await?;
        Ok(scanner)
    }

    /// Returns its device file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns its address as an installer would write it.
    pub fn address(&self) -> ScannerAddress {
        ScannerAddress::Keys {
            path: self.path.clone(),
            layout: self.layout,
        }
    }

    /// Returns what goes wrong.
    pub fn fault(&self) -> KeyFault {
        *self.fault.borrow()
    }

    /// Makes something go wrong with every code, or nothing any more.
    pub fn set_fault(&self, fault: KeyFault) {
        self.fault.send_replace(fault);
    }

    /// Reads a code and types it with Enter behind it, as the fault says.
    ///
    /// # Errors
    /// [`VirtualLineError::Unplugged`], `NobodyReads`, `NoKey`.
    pub async fn scan(&self, code: &str) -> Result<(), VirtualLineError> {
        let fault = self.fault();
        let (bytes, afterwards) = typed(self.layout, code, fault)?;
        self.wish(|answer| Wish::Type(bytes, afterwards, answer))
            .await?;
        if afterwards == Afterwards::Unplug {
            self.set_fault(KeyFault::None);
        }
        Ok(())
    }

    /// Writes bytes as they are: noise, or another device behind the name.
    ///
    /// # Errors
    /// [`VirtualLineError::Unplugged`], `NobodyReads`.
    pub async fn send(&self, bytes: &[u8]) -> Result<(), VirtualLineError> {
        self.wish(|answer| Wish::Type(bytes.to_vec(), Afterwards::Stay, answer))
            .await
    }

    /// Pulls the plug.
    ///
    /// # Errors
    /// None but those of a runtime that is shutting down.
    pub async fn unplug(&self) -> Result<(), VirtualLineError> {
        self.wish(Wish::Unplug).await
    }

    /// Puts the plug in again.
    ///
    /// # Errors
    /// [`VirtualLineError::PlaceTaken`], `NoTerminal`.
    pub async fn plug(&self) -> Result<(), VirtualLineError> {
        self.wish(Wish::Plug).await
    }

    /// Returns whether it is plugged in.
    pub fn is_plugged(&self) -> bool {
        *self.plugged.borrow()
    }

    async fn wish(&self, wish: impl FnOnce(Answer) -> Wish) -> Result<(), VirtualLineError> {
        let (answer, answered) = oneshot::channel();
        self.wishes
            .send(wish(answer))
            .await
            .map_err(|_| VirtualLineError::Unplugged)?;
        answered.await.map_err(|_| VirtualLineError::Unplugged)?
    }
}

/// What the kernel tells of the keys a scanner presses for a code.
fn typed(
    layout: KeyLayout,
    code: &str,
    fault: KeyFault,
) -> Result<(Vec<u8>, Afterwards), VirtualLineError> {
    let layout = match (fault, layout) {
        (KeyFault::OtherLayout, KeyLayout::Fr) => KeyLayout::Us,
        (KeyFault::OtherLayout, _) => KeyLayout::Fr,
        (_, layout) => layout,
    };
    let mut pressed = Vec::new();
    for character in code.chars() {
        let keys = strokes(layout, character).ok_or(VirtualLineError::NoKey(character))?;
        pressed.extend(keys);
    }
    if fault != KeyFault::NoEnter {
        let enter = strokes(layout, '\r').ok_or(VirtualLineError::NoKey('\r'))?;
        pressed.extend(enter);
    }
    let middle = pressed.len() / 2;
    let mut told = Told::default();
    // A report tells of all keys: whatever was stuck before is let go with the first one.
    told.key(SHIFT, 0);
    if fault == KeyFault::ShiftStuck {
        told.key(SHIFT, 1);
    }
    for (place, stroke) in pressed.iter().enumerate() {
        match fault {
            KeyFault::YankedMidCode if place == middle => {
                return Ok((told.bytes, Afterwards::Unplug));
            }
            KeyFault::Overrun if place == middle => {
                told.event(EV_SYN, SYN_DROPPED, 0);
                // What follows is the rest of a report whose beginning was thrown away.
                told.event(EV_KEY, stroke.key, 0);
                told.report();
            }
            _ => told.stroke(*stroke, fault),
        }
    }
    Ok((told.bytes, Afterwards::Stay))
}

/// Events as bytes.
#[derive(Default)]
struct Told {
    bytes: Vec<u8>,
}

impl Told {
    fn stroke(&mut self, stroke: Stroke, fault: KeyFault) {
        let held = |key: &&u16| fault != KeyFault::ShiftStuck || **key != SHIFT;
        for key in stroke.with.iter().filter(held) {
            self.key(*key, 1);
        }
        self.key(stroke.key, 1);
        self.report();
        if fault == KeyFault::RepeatsKeys {
            for _ in 0..2 {
                self.event(EV_KEY, stroke.key, 2);
                self.report();
            }
        }
        self.key(stroke.key, 0);
        for key in stroke.with.iter().filter(held) {
            self.key(*key, 0);
        }
        self.report();
    }

    fn key(&mut self, key: u16, value: i32) {
        self.event(EV_MSC, MSC_SCAN, USAGE_PAGE + i32::from(key));
        self.event(EV_KEY, key, value);
    }

    fn report(&mut self) {
        self.event(EV_SYN, 0, 0);
    }

    fn event(&mut self, kind: u16, code: u16, value: i32) {
        // Two words of time, which no driver here looks at.
        self.bytes.extend([0; 2 * size_of::<usize>()]);
        self.bytes.extend(kind.to_ne_bytes());
        self.bytes.extend(code.to_ne_bytes());
        self.bytes.extend(value.to_ne_bytes());
    }
}

async fn run(path: PathBuf, mut wishes: mpsc::Receiver<Wish>, plugged: watch::Sender<bool>) {
    let mut pipe: Option<Pipe> = None;
    while let Some(wish) = wishes.recv().await {
        let (answer, result) = match wish {
            Wish::Type(bytes, afterwards, answer) => {
                let result = match pipe.as_mut() {
                    Some(pipe) => pipe.write(&bytes).await,
                    None => Err(VirtualLineError::Unplugged),
                };
                if afterwards == Afterwards::Unplug && result.is_ok() {
                    pipe = None;
                }
                (answer, result)
            }
            Wish::Unplug(answer) => {
                pipe = None;
                (answer, Ok(()))
            }
            Wish::Plug(answer) if pipe.is_some() => (answer, Ok(())),
            Wish::Plug(answer) => match Pipe::make(&path) {
                Ok(made) => {
                    pipe = Some(made);
                    (answer, Ok(()))
                }
                Err(error) => (answer, Err(error)),
            },
        };
        plugged.send_replace(pipe.is_some());
        // Whoever asked may have left.
        let _left = answer.send(result);
    }
}

/// A device file that is a pipe; dropping it is pulling the plug.
struct Pipe {
    path: PathBuf,
    /// Open as soon as somebody reads, and from then on: a reader takes its end for the plug's.
    end: Option<pipe::Sender>,
}

impl Pipe {
    fn make(path: &Path) -> Result<Self, VirtualLineError> {
        match fs::symlink_metadata(path) {
            // Left behind by a run that was killed.
            Ok(there) if there.file_type().is_fifo() => {
                fs::remove_file(path).map_err(VirtualLineError::NoTerminal)?;
            }
            Ok(_) => return Err(VirtualLineError::PlaceTaken(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(VirtualLineError::NoTerminal(error)),
        }
        mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR)
            .map_err(|error| VirtualLineError::NoTerminal(error.into()))?;
        Ok(Self {
            path: path.to_owned(),
            end: None,
        })
    }

    fn open(&mut self) -> io::Result<&mut pipe::Sender> {
        let end = match self.end.take() {
            Some(end) => end,
            None => pipe::OpenOptions::new().open_sender(&self.path)?,
        };
        Ok(self.end.insert(end))
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), VirtualLineError> {
        let end = self.open().map_err(|_| VirtualLineError::NobodyReads)?;
        match timeout(WRITE_LIMIT, end.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(VirtualLineError::NobodyReads),
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // Whoever reads hears of the plug only from an end that was open; nobody may be reading.
        let _end = File::options()
            .write(true)
            .custom_flags(NON_BLOCKING)
            .open(&self.path);
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the virtual scanner's device file was gone already");
        }
    }
}
