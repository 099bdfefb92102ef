//! Printers on USB that are no serial line: device files of the kernel's printer class
//! (`usblp`, `/dev/usb/lp0`), driven without blocking, and what the system knows of them.
//!
//! The kernel lets one program have such a file and says `EBUSY` to the next; it says `ENODEV` once
//! the printer is unplugged. A printer without a way back says `EINVAL` to everyone who reads.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::time::Sleep;

use super::PortError;

/// Where the kernel makes the device files, and where it says what they are.
const FILES: &str = "/dev/usb";
const CLASS: &str = "/sys/class/usbmisc";
/// How soon the file is looked at again where the runtime cannot say when.
const PAUSE: Duration = Duration::from_millis(20);

/// A USB printer of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbPrinter {
    /// Its device file.
    pub path: PathBuf,
    /// Maker and model by its IEEE 1284 device id, as far as it has one.
    pub description: String,
}

/// An open device file of a printer.
pub(super) struct PrinterFile {
    /// Both are the one file; the runtime has no type for a device that is neither socket nor pipe.
    back: Receiver,
    out: Sender,
    /// Whether it has no way back: nothing is ever read from it.
    mute: bool,
    pause: Option<Pin<Box<Sleep>>>,
}

/// Lists the USB printers of this machine; none where the kernel has none.
///
/// # Errors
/// [`PortError`] when the folder of their files cannot be read.
pub fn usb_printers() -> Result<Vec<UsbPrinter>, PortError> {
    listed(Path::new(FILES), Path::new(CLASS))
}

fn listed(files: &Path, class: &Path) -> Result<Vec<UsbPrinter>, PortError> {
    let entries = match std::fs::read_dir(files) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut printers = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with("lp") {
            continue;
        }
        // Old kernels and some printers have no such file: the address is enough to use them.
        let id = std::fs::read_to_string(class.join(&name).join("device/ieee1284_id"));
        printers.push(UsbPrinter {
            path: entry.path(),
            description: id.map_or_else(|_| "USB printer".to_owned(), |id| described(&id)),
        });
    }
    printers.sort_by(|one, next| one.path.cmp(&next.path));
    Ok(printers)
}

/// Reads maker and model out of an IEEE 1284 device id, `MFG:…;MDL:…;` (IEEE 1284-2000, 7.6).
fn described(id: &str) -> String {
    let value_of = |names: [&str; 2]| {
        let mut pairs = id.split(';').filter_map(|pair| pair.split_once(':'));
        let named = pairs.find(|(key, _)| names.contains(&key.trim()));
        named.map(|(_, value)| value.trim())
    };
    let maker = value_of(["MFG", "MANUFACTURER"]);
    let model = value_of(["MDL", "MODEL"]);
    let named: Vec<&str> = maker.into_iter().chain(model).collect();
    format!("USB printer {}", named.join(" "))
        .trim_end()
        .to_owned()
}

/// Opens a printer's device file, and throws away what it said before.
pub(super) fn open(path: &Path) -> Result<File, PortError> {
    // A terminal that is opened must not become this program's own.
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags.cast_signed())
        .open(path)?;
    if !file.metadata()?.file_type().is_char_device() {
        let why = "it is no device file";
        return Err(PortError::Failed(io::Error::new(
            io::ErrorKind::InvalidInput,
            why,
        )));
    }
    let mut stale = [0; 64];
    while matches!(file.read(&mut stale), Ok(count) if count > 0) {}
    Ok(file)
}

impl PrinterFile {
    /// Lets the runtime tell when the file can be read or written; needs a runtime.
    pub(super) fn watch(file: File) -> Result<Self, PortError> {
        Ok(Self {
            back: Receiver::from_file_unchecked(file.try_clone()?)?,
            out: Sender::from_file_unchecked(file)?,
            mute: false,
            pause: None,
        })
    }

    /// Waits a little, because the runtime cannot say when there is more.
    fn poll_pause(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let pause = self
            .pause
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(PAUSE)));
        ready!(pause.as_mut().poll(context));
        self.pause = None;
        Poll::Ready(())
    }
}

/// Asks the kernel what holds of a file now, of what is `asked` and of a hang-up.
fn holds_now(file: impl AsFd, asked: PollFlags) -> io::Result<PollFlags> {
    let mut files = [PollFd::new(&file, asked)];
    poll(&mut files, Some(&Timespec::default()))?;
    Ok(files[0].revents())
}

impl AsyncRead for PrinterFile {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while !this.mute {
            if this.pause.is_some() {
                ready!(this.poll_pause(context));
            }
            let before = buffer.filled().len();
            match ready!(Pin::new(&mut this.back).poll_read(context, buffer)) {
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => this.mute = true,
                Ok(()) if buffer.filled().len() == before => {
                    let gone = PollFlags::HUP | PollFlags::ERR;
                    if holds_now(&this.back, PollFlags::IN)?.intersects(gone) {
                        return Poll::Ready(Ok(()));
                    }
                    // The printer sent an empty packet, which says nothing.
                    ready!(this.poll_pause(context));
                }
                read => return Poll::Ready(read),
            }
        }
        Poll::Pending
    }
}

impl AsyncWrite for PrinterFile {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.out).poll_write(context, bytes)
    }

    /// Waits until the printer has taken what the kernel took: closing the file throws away what is
    /// still on its way (`usblp_release` in the kernel's `drivers/usb/class/usblp.c`).
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !holds_now(&self.out, PollFlags::OUT)?.contains(PollFlags::OUT) {
            ready!(self.poll_pause(context));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printer_is_listed_with_what_it_calls_itself() {
        let system = tempfile::tempdir().unwrap();
        let (files, class) = (system.path().join("usb"), system.path().join("class"));
        assert_eq!(listed(&files, &class).unwrap(), []);
        std::fs::create_dir_all(class.join("lp1/device")).unwrap();
        std::fs::create_dir_all(&files).unwrap();
        for name in ["lp1", "lp0", "hiddev0"] {
            std::fs::write(files.join(name), "").unwrap();
        }
        let id = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;";
        std::fs::write(class.join("lp1/device/ieee1284_id"), id).unwrap();
        let seen: Vec<_> = listed(&files, &class)
            .unwrap()
            .into_iter()
            .map(|printer| (printer.path, printer.description))
            .collect();
        assert_eq!(
            seen,
            [
                (files.join("lp0"), "USB printer".to_owned()),
                (files.join("lp1"), "USB printer EPSON TM-T20III".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_no_device_is_not_written_to() {
        let place = tempfile::NamedTempFile::new().unwrap();
        let refused = open(place.path()).expect_err("a file is no printer");
        assert_eq!(refused.to_string(), "the line to the device failed");
        assert_eq!(std::fs::read(place.path()).unwrap(), b"");
        let absent = open(&place.path().with_extension("gone"));
        let absent = absent.expect_err("nothing is there");
        assert_eq!(absent.to_string(), "nothing answers at the address");
    }
}
