//! An input device of the kernel, read by a thread of its own and kept from everybody else.
//!
//! A thread, because the kernel keeps 64 events, which are sixteen characters (measured; evidence
//! behind `DESIGN.md`), and an async task may be kept from running for as long. What keys mean is
//! not known here.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use evdev::KeyCode;
use evdev::raw_stream::RawDevice;
use tokio::net::unix::pipe;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::keys::InputEvent;
use crate::port::PortError;

/// `struct input_event`: two words of time, then what happened (Linux, `uapi/linux/input.h`).
const TIME_BYTES: usize = 2 * size_of::<usize>();
const EVENT_BYTES: usize = TIME_BYTES + 8;
/// Events read at once: what the kernel keeps.
const EVENTS_AT_ONCE: usize = 64;
/// Reads that wait to be taken: more than a hundred codes. What does not fit is said to be lost.
const READS_WAITING_MAX: usize = 4_096;
/// The highest kind of event there is (`EV_MAX`): anything above is no input device.
const KIND_MAX: u16 = 0x1F;
/// `O_NONBLOCK` on Linux (`asm-generic/fcntl.h`; other machines are not built for).
const NON_BLOCKING: i32 = 0o4000;
/// The kernel's way of saying that events were thrown away.
const DROPPED: InputEvent = InputEvent {
    kind: 0,
    code: 3,
    value: 0,
};
/// Ends the torn report after it.
const REPORT: InputEvent = InputEvent {
    kind: 0,
    code: 0,
    value: 0,
};

/// An open input device; dropping it gives the device back.
#[derive(Debug)]
pub(super) struct InputDevice {
    reads: mpsc::Receiver<Result<Vec<InputEvent>, PortError>>,
    _open: DropGuard,
}

impl InputDevice {
    /// Opens a device for this program alone: what it types reaches no other.
    ///
    /// # Errors
    /// [`PortError`]; `Busy` when another program has it, `Failed` when it is no keyboard,
    /// `TimedOut` when opening took longer than `limit`.
    pub(super) async fn open(path: &Path, limit: Duration) -> Result<Self, PortError> {
        let path = path.to_owned();
        let opening = tokio::task::spawn_blocking(move || open(path));
        let opened = timeout(limit, opening)
            .await
            .map_err(|_| PortError::TimedOut)?;
        let opened = opened.map_err(|error| PortError::Failed(io::Error::other(error)))??;
        let (out, reads) = mpsc::channel(READS_WAITING_MAX);
        let closing = CancellationToken::new();
        let stop = closing.clone();
        std::thread::Builder::new()
            .name("scanner keys".to_owned())
            .spawn(move || read_until(&stop, opened, &out))?;
        Ok(Self {
            reads,
            _open: closing.drop_guard(),
        })
    }

    /// Waits for what comes next; never nothing.
    ///
    /// # Errors
    /// [`PortError::TimedOut`] after `limit`, [`PortError::Gone`] when the device went away.
    pub(super) async fn read(&mut self, limit: Duration) -> Result<Vec<InputEvent>, PortError> {
        timeout(limit, self.reads.recv())
            .await
            .map_err(|_| PortError::TimedOut)?
            .unwrap_or(Err(PortError::Gone))
    }
}

/// A device that is ours, and what keeps it so.
struct Opened {
    file: File,
    grab: Option<RawDevice>,
}

fn open(path: PathBuf) -> Result<Opened, PortError> {
    let file = File::options()
        .read(true)
        .custom_flags(NON_BLOCKING)
        .open(&path)?;
    let kind = file.metadata()?.file_type();
    // A pipe is what a virtual scanner writes into. It types into nobody else's window, so there is
    // nothing to take away; anything but a pipe has to be an input device.
    if kind.is_fifo() {
        return Ok(Opened { file, grab: None });
    }
    let not_one = |why: &str| {
        let sentence = format!("{} {why}", path.display());
        PortError::Failed(io::Error::new(io::ErrorKind::Unsupported, sentence))
    };
    if !kind.is_char_device() {
        return Err(not_one("is no input device"));
    }
    let same: OwnedFd = file.try_clone()?.into();
    let mut device =
        RawDevice::from_fd(same).map_err(|_| not_one("is no input device of the kernel"))?;
    let has_enter = |keys: &evdev::AttributeSetRef<KeyCode>| keys.contains(KeyCode::KEY_ENTER);
    if !device.supported_keys().is_some_and(has_enter) {
        return Err(not_one(
            "has no keys: choose its name that ends in -event-kbd",
        ));
    }
    device.grab()?;
    Ok(Opened {
        file,
        grab: Some(device),
    })
}

/// Reads on a runtime of its own until the device is gone or nobody wants it any more.
fn read_until(
    stop: &CancellationToken,
    opened: Opened,
    out: &mpsc::Sender<Result<Vec<InputEvent>, PortError>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build();
    let ended = match runtime {
        Ok(runtime) => {
            let reading = async { stop.run_until_cancelled(read_all(opened.file, out)).await };
            runtime.block_on(reading)
        }
        Err(error) => Some(PortError::Failed(error)),
    };
    // Given back at once: else the kernel gives the next plug another number.
    drop(opened.grab);
    if let Some(error) = ended {
        // Whoever listened may have left meanwhile.
        let _left = out.blocking_send(Err(error));
    }
}

/// Reads for as long as the device is there, and returns why it no longer is.
async fn read_all(file: File, out: &mpsc::Sender<Result<Vec<InputEvent>, PortError>>) -> PortError {
    // An input device is waited for and read as a pipe is; only opening one by name differs.
    let device = match pipe::Receiver::from_file_unchecked(file) {
        Ok(device) => device,
        Err(error) => return error.into(),
    };
    let mut input = [0; EVENT_BYTES * EVENTS_AT_ONCE];
    let (mut kept, mut overflowed) = (0, false);
    loop {
        if let Err(error) = device.readable().await {
            return error.into();
        }
        let count = match device.try_read(&mut input[kept..]) {
            Ok(0) => return PortError::Gone,
            Ok(count) => kept + count,
            // It was not readable after all, or a signal came.
            Err(error) if is_no_answer(&error) => continue,
            Err(error) => return error.into(),
        };
        // The kernel hands over whole events; a pipe may cut one.
        let whole = count - count % EVENT_BYTES;
        let mut events: Vec<InputEvent> = input[..whole]
            .chunks_exact(EVENT_BYTES)
            .map(event)
            .collect();
        input.copy_within(whole..count, 0);
        kept = count - whole;
        if events.iter().any(|event| event.kind > KIND_MAX) {
            let why = "what it sends are no events of an input device";
            return PortError::Failed(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        if events.is_empty() {
            continue;
        }
        if overflowed {
            events.splice(0..0, [DROPPED, REPORT]);
        }
        // Never waits: a thread that waits here would lose events in silence.
        match out.try_send(Ok(events)) {
            Ok(()) => overflowed = false,
            Err(mpsc::error::TrySendError::Full(_)) => overflowed = true,
            Err(mpsc::error::TrySendError::Closed(_)) => return PortError::Gone,
        }
    }
}

fn is_no_answer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

fn event(bytes: &[u8]) -> InputEvent {
    let (_time, what) = bytes.split_at(TIME_BYTES);
    InputEvent {
        kind: u16::from_ne_bytes([what[0], what[1]]),
        code: u16::from_ne_bytes([what[2], what[3]]),
        value: i32::from_ne_bytes([what[4], what[5], what[6], what[7]]),
    }
}
