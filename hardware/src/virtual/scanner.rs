//! A scanner on a pseudo terminal: a real device file that a serial driver opens.
//!
//! The file has a name of its own, as a udev rule gives one, because the kernel's number changes
//! when it is plugged in again.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_serial::{SerialPort, SerialStream};

use crate::port::{PortAddress, SerialLine};

/// Wishes that may wait for the one before.
const WISHES_WAITING_MAX: usize = 16;
/// A terminal holds 4 KB; when nobody reads for so long, the scanner gives up, as devices do.
const WRITE_LIMIT: Duration = Duration::from_secs(1);

/// A handle on a virtual scanner; cheap to clone. It is unplugged when the last handle is gone.
#[derive(Debug, Clone)]
pub struct VirtualScanner {
    tty: PathBuf,
    wishes: mpsc::Sender<Wish>,
    plugged: watch::Receiver<Plugged>,
}

/// Why a virtual scanner cannot do what it was asked.
#[derive(Debug, Error)]
pub enum VirtualScannerError {
    /// It is not plugged in.
    #[error("the virtual scanner is not plugged in")]
    Unplugged,
    /// Nobody reads what it sends.
    #[error("nobody reads the virtual scanner's line")]
    NobodyReads,
    /// There is something else at the place of its device file.
    #[error("{0:?} exists and is no link to a virtual scanner")]
    PlaceTaken(PathBuf),
    /// The system gave no terminal or no link.
    #[error("the virtual scanner's terminal cannot be made")]
    NoTerminal(#[source] io::Error),
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

type Answer = oneshot::Sender<Result<(), VirtualScannerError>>;

impl VirtualScanner {
    /// Makes a scanner whose device file is the link `tty`, and plugs it in; needs a runtime.
    ///
    /// # Errors
    /// [`VirtualScannerError::PlaceTaken`], `NoTerminal`.
    pub async fn plug_in(tty: impl Into<PathBuf>) -> Result<Self, VirtualScannerError> {
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
    /// [`VirtualScannerError::Unplugged`], `NobodyReads`.
    pub async fn scan(&self, code: &[u8]) -> Result<(), VirtualScannerError> {
        self.send(&[code, b"\r"].concat()).await
    }

    /// Sends bytes as they are: another framing, half a code, noise.
    ///
    /// # Errors
    /// [`VirtualScannerError::Unplugged`], `NobodyReads`.
    pub async fn send(&self, bytes: &[u8]) -> Result<(), VirtualScannerError> {
        self.wish(|answer| Wish::Send(bytes.to_vec(), answer)).await
    }

    /// Pulls the plug; what is on the line and not read is lost.
    ///
    /// # Errors
    /// None but those of a runtime that is shutting down.
    pub async fn unplug(&self) -> Result<(), VirtualScannerError> {
        self.wish(Wish::Unplug).await
    }

    /// Puts the plug in again.
    ///
    /// # Errors
    /// [`VirtualScannerError::PlaceTaken`], `NoTerminal`.
    pub async fn plug(&self) -> Result<(), VirtualScannerError> {
        self.wish(Wish::Plug).await
    }

    /// Returns whether it is plugged in.
    pub fn is_plugged(&self) -> bool {
        *self.plugged.borrow() == Plugged::In
    }

    async fn wish(&self, wish: impl FnOnce(Answer) -> Wish) -> Result<(), VirtualScannerError> {
        let (answer, answered) = oneshot::channel();
        let gone = |_| VirtualScannerError::Unplugged;
        self.wishes
            .send(wish(answer))
            .await
            .map_err(|_| VirtualScannerError::Unplugged)?;
        answered.await.map_err(gone)?
    }
}

async fn run(tty: PathBuf, mut wishes: mpsc::Receiver<Wish>, plugged: watch::Sender<Plugged>) {
    let mut terminal: Option<Terminal> = None;
    while let Some(wish) = wishes.recv().await {
        let (answer, result) = match wish {
            Wish::Send(bytes, answer) => match terminal.as_mut() {
                Some(terminal) => (answer, terminal.send(&bytes).await),
                None => (answer, Err(VirtualScannerError::Unplugged)),
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

/// Both ends of a pseudo terminal and the link that names it.
struct Terminal {
    link: PathBuf,
    ours: SerialStream,
    /// Held so that the terminal lives, and keeps what is sent, while nobody has it open.
    _theirs: SerialStream,
}

impl Terminal {
    fn open(link: &Path) -> Result<Self, VirtualScannerError> {
        let no_terminal = VirtualScannerError::NoTerminal;
        let (ours, theirs) =
            SerialStream::pair().map_err(|error| no_terminal(io::Error::from(error)))?;
        let name = theirs
            .name()
            .ok_or_else(|| no_terminal(io::ErrorKind::Unsupported.into()))?;
        remove_old_link(link)?;
        std::os::unix::fs::symlink(name, link).map_err(no_terminal)?;
        Ok(Self {
            link: link.to_owned(),
            ours,
            _theirs: theirs,
        })
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), VirtualScannerError> {
        match timeout(WRITE_LIMIT, self.ours.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(VirtualScannerError::Unplugged),
            Err(_) => Err(VirtualScannerError::NobodyReads),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.link) {
            tracing::debug!(%error, "the virtual scanner's link was already gone");
        }
    }
}

/// Removes the link an earlier run left behind, and nothing that is not a link.
fn remove_old_link(link: &Path) -> Result<(), VirtualScannerError> {
    match std::fs::symlink_metadata(link) {
        Ok(found) if found.file_type().is_symlink() => {
            std::fs::remove_file(link).map_err(VirtualScannerError::NoTerminal)
        }
        Ok(_) => Err(VirtualScannerError::PlaceTaken(link.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(VirtualScannerError::NoTerminal(error)),
    }
}
