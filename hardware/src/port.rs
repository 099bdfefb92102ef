//! One open line to a device, over TCP, a serial terminal or USB, with a deadline on every call.
//!
//! It knows no protocol. The blocking serial call hung past its own timeout against a stalled
//! peer (measured, see `DESIGN.md`), so even serial lines are driven by the async runtime.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

pub use self::address::{ParityBit, PortAddress, PortAddressRefused, SerialLine};
pub use self::printer_file::{UsbPrinter, usb_printers};
pub use self::serial::{SerialDevice, serial_ports};

mod address;
mod printer_file;
mod serial;

use self::printer_file::PrinterFile;
use crate::terminal::TlsTrust;

/// One open line to a device; dropping it gives the device back at once.
pub struct Port {
    stream: Box<dyn Duplex>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Tcp,
    Serial,
    Usb,
}

/// What happened on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// So many bytes were taken from us.
    Wrote(usize),
    /// So many bytes came in; never 0.
    Read(usize),
}

/// Why a line could not be opened or used.
#[derive(Debug, Error)]
pub enum PortError {
    /// Nothing is there.
    #[error("nothing answers at the address")]
    Absent,
    /// It was there and is not any more.
    #[error("the device is gone")]
    Gone,
    /// It did not move before the deadline.
    #[error("the device did not move in time")]
    TimedOut,
    /// Another program holds it.
    #[error("another program is using the device")]
    Busy,
    /// We may not open it.
    #[error("this program may not open the device")]
    Denied,
    /// Anything else.
    #[error("the line to the device failed")]
    Failed(#[source] io::Error),
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

impl fmt::Debug for Port {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Port")
    }
}

impl Port {
    /// Opens a device for this program alone.
    ///
    /// # Errors
    /// [`PortError`]; `TimedOut` when opening took longer than `limit`.
    pub async fn open(address: &PortAddress, limit: Duration) -> Result<Self, PortError> {
        match address {
            PortAddress::Tcp { host, port } => {
                let connecting = TcpStream::connect((host.as_str(), *port));
                let stream = timeout(limit, connecting)
                    .await
                    .map_err(|_| PortError::TimedOut)??;
                // A status question is three bytes; waiting for more would cost 40 ms each.
                stream.set_nodelay(true)?;
                Ok(Self {
                    stream: Box::new(stream),
                    kind: Kind::Tcp,
                })
            }
            PortAddress::Serial { path, line } => {
                let (path, line) = (path.clone(), *line);
                let opened = opened_file(limit, move || serial::open(&path, line)).await?;
                Ok(Self {
                    stream: Box::new(opened),
                    kind: Kind::Serial,
                })
            }
            PortAddress::Usb { path } => {
                let path = path.clone();
                let opened = opened_file(limit, move || printer_file::open(&path)).await?;
                Ok(Self {
                    stream: Box::new(PrinterFile::watch(opened)?),
                    kind: Kind::Usb,
                })
            }
        }
    }

    /// Waits until the device has sent something or taken some of `out`, whichever is first.
    ///
    /// Cancelling loses nothing: what was not reported did not happen.
    ///
    /// # Errors
    /// [`PortError::TimedOut`] after `limit`, [`PortError::Gone`] when the device went away.
    pub async fn turn(
        &mut self,
        out: &[u8],
        input: &mut [u8],
        limit: Duration,
    ) -> Result<Turn, PortError> {
        let turn = poll_fn(|context| self.poll_turn(context, out, input));
        timeout(limit, turn)
            .await
            .map_err(|_| PortError::TimedOut)?
    }

    /// Opens a network device and proves by its certificate that it is the one.
    ///
    /// # Errors
    /// [`PortError`]; `Failed` when it is another device, or none with TLS, or not on the network.
    pub async fn open_tls(
        address: &PortAddress,
        trust: &TlsTrust,
        limit: Duration,
    ) -> Result<Self, PortError> {
        let plain = Self::open(address, limit).await?;
        if plain.kind != Kind::Tcp {
            let why = "a serial or USB line has no certificate";
            return Err(PortError::Failed(io::Error::new(
                io::ErrorKind::Unsupported,
                why,
            )));
        }
        let connector = TlsConnector::from(Arc::clone(&trust.config));
        let shaking = connector.connect(trust.name.clone(), plain.stream);
        let stream = timeout(limit, shaking)
            .await
            .map_err(|_| PortError::TimedOut)??;
        Ok(Self {
            stream: Box::new(stream),
            kind: Kind::Tcp,
        })
    }

    /// Reads what is there; at least one byte.
    ///
    /// # Errors
    /// As [`Port::turn`].
    pub async fn read(&mut self, input: &mut [u8], limit: Duration) -> Result<usize, PortError> {
        match self.turn(&[], input, limit).await? {
            Turn::Read(count) => Ok(count),
            Turn::Wrote(_) => unreachable!("nothing was given to write"),
        }
    }

    /// Writes all of `out`; on an error an unknown part of it is on its way.
    ///
    /// # Errors
    /// As [`Port::turn`]; the limit counts from the last byte the device took.
    pub async fn write_all(&mut self, mut out: &[u8], limit: Duration) -> Result<(), PortError> {
        while !out.is_empty() {
            let writing = poll_fn(|context| Pin::new(&mut self.stream).poll_write(context, out));
            let taken = timeout(limit, writing)
                .await
                .map_err(|_| PortError::TimedOut)??;
            if taken == 0 {
                return Err(PortError::Gone);
            }
            out = &out[taken..];
        }
        Ok(())
    }

    /// Says that nothing more will be written and waits, at most `limit`, until the device has
    /// closed too, so that what was sent is not thrown away by a reset connection.
    pub async fn close(mut self, limit: Duration) {
        // Shutting a serial line down drains it in the kernel, blocking, without a limit.
        if self.kind == Kind::Serial {
            return;
        }
        let draining = async {
            // The device may be gone already; there is nothing left to tell it.
            let _gone = self.stream.shutdown().await;
            let mut rest = [0; 64];
            // A device file has no other side that could close.
            while self.kind == Kind::Tcp && self.read(&mut rest, limit).await.is_ok() {}
        };
        // Too slow or gone: dropping the line ends it either way.
        let _late = timeout(limit, draining).await;
    }

    fn poll_turn(
        &mut self,
        context: &mut Context<'_>,
        out: &[u8],
        input: &mut [u8],
    ) -> Poll<Result<Turn, PortError>> {
        let mut buffer = ReadBuf::new(input);
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
            read?;
            let count = buffer.filled().len();
            let turn = if count == 0 {
                Err(PortError::Gone)
            } else {
                Ok(Turn::Read(count))
            };
            return Poll::Ready(turn);
        }
        if out.is_empty() {
            return Poll::Pending;
        }
        match Pin::new(&mut self.stream).poll_write(context, out)? {
            Poll::Ready(0) => Poll::Ready(Err(PortError::Gone)),
            Poll::Ready(count) => Poll::Ready(Ok(Turn::Wrote(count))),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// Opens a device file beside the runtime: a flapping USB adapter can block in the kernel.
async fn opened_file<Opened: Send + 'static>(
    limit: Duration,
    open: impl FnOnce() -> Result<Opened, PortError> + Send + 'static,
) -> Result<Opened, PortError> {
    let opening = tokio::task::spawn_blocking(open);
    let opened = timeout(limit, opening)
        .await
        .map_err(|_| PortError::TimedOut)?;
    opened.map_err(|error| PortError::Failed(io::Error::other(error)))?
}

impl From<io::Error> for PortError {
    fn from(error: io::Error) -> Self {
        // EIO, ENXIO and ENODEV have no kind of their own: the numbers are those of Linux.
        let gone = matches!(error.raw_os_error(), Some(5 | 6 | 19));
        match error.kind() {
            _ if gone => Self::Gone,
            io::ErrorKind::NotFound
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable => Self::Absent,
            io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::NotConnected
            | io::ErrorKind::UnexpectedEof => Self::Gone,
            io::ErrorKind::TimedOut => Self::TimedOut,
            io::ErrorKind::PermissionDenied => Self::Denied,
            io::ErrorKind::ResourceBusy | io::ErrorKind::AddrInUse => Self::Busy,
            _ => Self::Failed(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: io::Error, expected: &str) {
        assert_eq!(PortError::from(error).to_string(), expected);
    }

    #[test]
    fn a_device_that_went_away_is_gone_however_the_system_says_it() {
        for number in [5, 6, 19] {
            check(io::Error::from_raw_os_error(number), "the device is gone");
        }
        for kind in [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset] {
            check(kind.into(), "the device is gone");
        }
    }

    #[test]
    fn other_troubles_are_told_apart() {
        check(
            io::ErrorKind::NotFound.into(),
            "nothing answers at the address",
        );
        check(
            io::ErrorKind::ConnectionRefused.into(),
            "nothing answers at the address",
        );
        check(
            io::ErrorKind::PermissionDenied.into(),
            "this program may not open the device",
        );
        check(
            io::ErrorKind::ResourceBusy.into(),
            "another program is using the device",
        );
        check(
            io::ErrorKind::TimedOut.into(),
            "the device did not move in time",
        );
        check(
            io::ErrorKind::InvalidData.into(),
            "the line to the device failed",
        );
    }
}
