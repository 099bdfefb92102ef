//! A USB cable from a virtual printer to a device file, as the kernel's printer class makes one.
//!
//! It carries bytes and knows none of them. A printer without power is not on the bus: its file is
//! gone, and there again when it has power.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::printer::VirtualPrinter;
use super::terminal::{Terminal, VirtualLineError};
use crate::port::PortAddress;

/// How long the cable waits when the printer has power and does not listen yet.
const BUS_PAUSE: Duration = Duration::from_millis(20);

/// A cable between a virtual printer and a device file; dropping it pulls it out.
#[derive(Debug)]
pub struct VirtualUsbCable {
    file: PathBuf,
    _plugged: DropGuard,
}

impl VirtualUsbCable {
    /// Plugs a printer in under the name `file`, a link as a udev rule makes one; needs a runtime.
    ///
    /// # Errors
    /// [`VirtualLineError`] when something else stands at that place, or the system has no terminal.
    pub async fn plug_in(
        printer: &VirtualPrinter,
        file: PathBuf,
    ) -> Result<Self, VirtualLineError> {
        let pulled = CancellationToken::new();
        let address = printer.address();
        let first = reach(printer, address).await;
        let terminal = Terminal::open(&file)?;
        let carrying = carry(printer.clone(), file.clone(), (terminal, first));
        let until = pulled.clone();
        tokio::spawn(async move { until.run_until_cancelled(carrying).await });
        Ok(Self {
            file,
            _plugged: pulled.drop_guard(),
        })
    }

    /// Returns the printer's address as an installer would write it.
    #[must_use]
    pub fn port_address(&self) -> PortAddress {
        PortAddress::Usb {
            path: self.file.clone(),
        }
    }
}

async fn carry(printer: VirtualPrinter, file: PathBuf, first: (Terminal, TcpStream)) {
    let mut ends = Some(first);
    loop {
        let (terminal, stream) = match ends.take() {
            Some(ends) => ends,
            None => {
                let stream = reach(&printer, printer.address()).await;
                match Terminal::open(&file) {
                    Ok(terminal) => (terminal, stream),
                    Err(error) => {
                        tracing::error!(%error, "the virtual printer's file cannot be made again");
                        return;
                    }
                }
            }
        };
        exchange(terminal, stream).await;
    }
}

/// Waits until the printer has power and is reached.
async fn reach(printer: &VirtualPrinter, address: SocketAddr) -> TcpStream {
    loop {
        printer.until(|seen| seen.powered).await;
        if let Ok(stream) = TcpStream::connect(address).await {
            return stream;
        }
        tokio::time::sleep(BUS_PAUSE).await;
    }
}

/// Carries bytes both ways until one end is gone; then the file is gone too.
async fn exchange(mut terminal: Terminal, mut stream: TcpStream) {
    let (mut out, mut back) = ([0; 1024], [0; 1024]);
    loop {
        tokio::select! {
            sent = terminal.read(&mut out) => {
                let Ok(count @ 1..) = sent else { return };
                if stream.write_all(&out[..count]).await.is_err() {
                    return;
                }
            }
            said = stream.read(&mut back) => {
                let Ok(count @ 1..) = said else { return };
                // The kernel's buffer is full and nobody reads: what a printer says then is lost.
                if let Err(error) = terminal.send(&back[..count]).await {
                    tracing::debug!(%error, "nobody read what the virtual printer said");
                }
            }
        }
    }
}
