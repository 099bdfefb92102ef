//! A pseudo terminal under a name of its own, as a udev rule gives one, and a device that answers
//! on it.
//!
//! What is answered is the device's.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_serial::{SerialPort, SerialStream};

use crate::port::{PortAddress, SerialLine};

/// A terminal holds 4 KB; when nobody reads for so long, the device gives up, as devices do.
const WRITE_LIMIT: Duration = Duration::from_secs(1);
/// Wishes that may wait for the one before.
const WISHES_WAITING_MAX: usize = 16;

/// Why a virtual device on a serial line cannot do what it was asked.
#[derive(Debug, Error)]
pub enum VirtualLineError {
    /// It is not plugged in.
    #[error("the virtual device is not plugged in")]
    Unplugged,
    /// Nobody reads what it sends.
    #[error("nobody reads the virtual device's line")]
    NobodyReads,
    /// There is something else at the place of its device file.
    #[error("{0:?} exists and is no link to a virtual device")]
    PlaceTaken(PathBuf),
    /// The scanner's keyboard layout has no key for a character of the code.
    #[error("the virtual scanner's keyboard layout has no key for {0:?}")]
    NoKey(char),
    /// The system gave no terminal or no link.
    #[error("the virtual device's terminal cannot be made")]
    NoTerminal(#[source] io::Error),
}

/// A device that answers what it hears on a terminal; cheap to clone. It is unplugged when the last
/// handle is gone.
#[derive(Debug, Clone)]
pub(super) struct AnsweringLine {
    tty: PathBuf,
    line: SerialLine,
    wishes: mpsc::Sender<Wish>,
    plugged: watch::Receiver<bool>,
}

#[derive(Debug)]
enum Wish {
    Unplug(Answer),
    Plug(Answer),
}

type Answer = oneshot::Sender<Result<(), VirtualLineError>>;

impl AnsweringLine {
    /// Plugs a device in that answers by `hear`, which is given what came and returns what goes
    /// back.
    pub(super) async fn plug_in(
        tty: PathBuf,
        line: SerialLine,
        hear: impl FnMut(&[u8]) -> Vec<u8> + Send + 'static,
    ) -> Result<Self, VirtualLineError> {
        let (wishes, waiting) = mpsc::channel(WISHES_WAITING_MAX);
        let (state, plugged) = watch::channel(false);
        // It ends by itself when the last handle drops its sender.
        tokio::spawn(run(tty.clone(), waiting, state, hear));
        let device = Self {
            tty,
            line,
            wishes,
            plugged,
        };
        device.plug().await?;
        Ok(device)
    }

    pub(super) fn port_address(&self) -> PortAddress {
        PortAddress::Serial {
            path: self.tty.clone(),
            line: self.line,
        }
    }

    pub(super) async fn unplug(&self) -> Result<(), VirtualLineError> {
        self.wish(Wish::Unplug).await
    }

    pub(super) async fn plug(&self) -> Result<(), VirtualLineError> {
        self.wish(Wish::Plug).await
    }

    pub(super) fn is_plugged(&self) -> bool {
        *self.plugged.borrow()
    }

    async fn wish(&self, wish: impl FnOnce(Answer) -> Wish) -> Result<(), VirtualLineError> {
        let (answer, answered) = oneshot::channel();
        let sent = self.wishes.send(wish(answer)).await;
        sent.map_err(|_| VirtualLineError::Unplugged)?;
        answered.await.map_err(|_| VirtualLineError::Unplugged)?
    }
}

async fn run(
    tty: PathBuf,
    mut wishes: mpsc::Receiver<Wish>,
    plugged: watch::Sender<bool>,
    mut hear: impl FnMut(&[u8]) -> Vec<u8> + Send,
) {
    let mut terminal: Option<Terminal> = None;
    let mut input = [0; 1024];
    loop {
        let heard = async {
            match terminal.as_mut() {
                Some(terminal) => terminal.read(&mut input).await,
                None => std::future::pending().await,
            }
        };
        let wish = tokio::select! {
            wish = wishes.recv() => wish,
            heard = heard => {
                let answer = match heard {
                    Ok(count) if count > 0 => hear(&input[..count]),
                    // The terminal broke: nobody can be on the other side.
                    Ok(_) | Err(_) => {
                        terminal = None;
                        plugged.send_replace(false);
                        continue;
                    }
                };
                if let Some(terminal) = terminal.as_mut()
                    && !answer.is_empty()
                    && let Err(error) = terminal.send(&answer).await
                {
                    tracing::debug!(%error, "a virtual device's answer was not heard");
                }
                continue;
            }
        };
        let (answer, result) = match wish {
            None => return,
            Some(Wish::Unplug(answer)) => {
                terminal = None;
                (answer, Ok(()))
            }
            Some(Wish::Plug(answer)) if terminal.is_some() => (answer, Ok(())),
            Some(Wish::Plug(answer)) => match Terminal::open(&tty) {
                Ok(opened) => {
                    terminal = Some(opened);
                    (answer, Ok(()))
                }
                Err(error) => (answer, Err(error)),
            },
        };
        plugged.send_replace(terminal.is_some());
        // Whoever asked may have left.
        let _left = answer.send(result);
    }
}

/// Both ends of a pseudo terminal and the link that names it.
pub(super) struct Terminal {
    link: PathBuf,
    ours: SerialStream,
    /// Held so that the terminal lives, and keeps what is sent, while nobody has it open.
    _theirs: SerialStream,
}

impl Terminal {
    pub(super) fn open(link: &Path) -> Result<Self, VirtualLineError> {
        let no_terminal = VirtualLineError::NoTerminal;
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

    /// Waits for bytes from whoever has it open, and returns how many came.
    pub(super) async fn read(&mut self, input: &mut [u8]) -> io::Result<usize> {
        self.ours.read(input).await
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), VirtualLineError> {
        match timeout(WRITE_LIMIT, self.ours.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(VirtualLineError::Unplugged),
            Err(_) => Err(VirtualLineError::NobodyReads),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.link) {
            tracing::debug!(%error, "the virtual device's link was already gone");
        }
    }
}

/// Removes the link an earlier run left behind, and nothing that is not a link.
fn remove_old_link(link: &Path) -> Result<(), VirtualLineError> {
    match std::fs::symlink_metadata(link) {
        Ok(found) if found.file_type().is_symlink() => {
            std::fs::remove_file(link).map_err(VirtualLineError::NoTerminal)
        }
        Ok(_) => Err(VirtualLineError::PlaceTaken(link.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(VirtualLineError::NoTerminal(error)),
    }
}
