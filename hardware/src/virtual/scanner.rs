//! A scanner on a pseudo terminal: a real device file that a serial driver opens.
//!
//! The file has a name of its own, as a udev rule gives one, because the kernel's number changes
//! when it is plugged in again.

use std::path::{Path, PathBuf};

use tokio::sync::{mpsc, oneshot, watch};

use super::terminal::{Terminal, VirtualLineError};
use crate::port::{PortAddress, SerialLine};

/// Wishes that may wait for the one before.
const WISHES_WAITING_MAX: usize = 16;

/// A handle on a virtual scanner; cheap to clone. It is unplugged when the last handle is gone.
#[derive(Debug, Clone)]
pub struct VirtualScanner {
    tty: PathBuf,
    wishes: mpsc::Sender<Wish>,
    plugged: watch::Receiver<Plugged>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plugged {
    In,
    Out,
}

#[derive(Debug)]
enum Wish {
    Send(Vec<u8>, Answer),
    Unplug(Answer),
    Plug(Answer),
}

type Answer = oneshot::Sender<Result<(), VirtualLineError>>;

impl VirtualScanner {
    /// Makes a scanner whose device file is the link `tty`, and plugs it in; needs a runtime.
    ///
    /// # Errors
    /// [`VirtualLineError::PlaceTaken`], `NoTerminal`.
    pub async fn plug_in(tty: impl Into<PathBuf>) -> Result<Self, VirtualLineError> {
        let tty = tty.into();
        let (wishes, waiting) = mpsc::channel(WISHES_WAITING_MAX);
        let (state, plugged) = watch::channel(Plugged::Out);
        let scanner = Self {
            tty: tty.clone(),
            wishes,
            plugged,
        };
        // It ends by itself when the last handle drops its sender.
        tokio::spawn(run(tty, waiting, state));
        scanner.plug().await?;
        Ok(scanner)
    }

    /// Returns its device file.
    pub fn tty(&self) -> &Path {
        &self.tty
    }

    /// Returns its address as an installer would write it.
    pub fn port_address(&self) -> PortAddress {
        PortAddress::Serial {
            path: self.tty.clone(),
            line: SerialLine::default(),
        }
    }

    /// Reads a code as a scanner set to CR does.
    ///
    /// # Errors
    /// [`VirtualLineError::Unplugged`], `NobodyReads`.
    pub async fn scan(&self, code: &[u8]) -> Result<(), VirtualLineError> {
        self.send(&[code, b"\r"].concat()).await
    }

    /// Sends bytes as they are: another framing, half a code, noise.
    ///
    /// # Errors
    /// [`VirtualLineError::Unplugged`], `NobodyReads`.
    pub async fn send(&self, bytes: &[u8]) -> Result<(), VirtualLineError> {
        self.wish(|answer| Wish::Send(bytes.to_vec(), answer)).await
    }

    /// Pulls the plug; what is on the line and not read is lost.
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
        *self.plugged.borrow() == Plugged::In
    }

    async fn wish(&self, wish: impl FnOnce(Answer) -> Wish) -> Result<(), VirtualLineError> {
        let (answer, answered) = oneshot::channel();
        let gone = |_| VirtualLineError::Unplugged;
        self.wishes
            .send(wish(answer))
            .await
            .map_err(|_| VirtualLineError::Unplugged)?;
        answered.await.map_err(gone)?
    }
}

async fn run(tty: PathBuf, mut wishes: mpsc::Receiver<Wish>, plugged: watch::Sender<Plugged>) {
    let mut terminal: Option<Terminal> = None;
    while let Some(wish) = wishes.recv().await {
        let (answer, result) = match wish {
            Wish::Send(bytes, answer) => match terminal.as_mut() {
                Some(terminal) => (answer, terminal.send(&bytes).await),
                None => (answer, Err(VirtualLineError::Unplugged)),
            },
            Wish::Unplug(answer) => {
                terminal = None;
                (answer, Ok(()))
            }
            Wish::Plug(answer) if terminal.is_some() => (answer, Ok(())),
            Wish::Plug(answer) => match Terminal::open(&tty) {
                Ok(opened) => {
                    terminal = Some(opened);
                    (answer, Ok(()))
                }
                Err(error) => (answer, Err(error)),
            },
        };
        plugged.send_replace(if terminal.is_some() {
            Plugged::In
        } else {
            Plugged::Out
        });
        // Whoever asked may have left.
        let _left = answer.send(result);
    }
}
