//! Serial terminals: opened for this program alone, and what the system knows of them.
//!
//! No byte goes out here.

use std::io;
use std::path::{Path, PathBuf};

use tokio_serial::{ClearBuffer, DataBits, Parity, SerialPort, SerialStream};

use super::{ParityBit, PortError, SerialLine};

/// Lists the serial devices of this machine with what the system knows about them.
///
/// # Errors
/// [`PortError::Failed`] when the system cannot be asked.
pub fn serial_ports() -> Result<Vec<SerialDevice>, PortError> {
    let ports = tokio_serial::available_ports()
        .map_err(|error| PortError::Failed(io::Error::from(error)))?;
    let mut devices: Vec<SerialDevice> = ports
        .into_iter()
        .map(|port| SerialDevice {
            path: PathBuf::from(port.port_name),
            description: description(&port.port_type),
        })
        .collect();
    devices.sort_by(|one, next| one.path.cmp(&next.path));
    Ok(devices)
}

/// A serial device of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialDevice {
    /// Its device file.
    pub path: PathBuf,
    /// Maker, product and serial number as far as the system knows them.
    pub description: String,
}

fn description(kind: &tokio_serial::SerialPortType) -> String {
    match kind {
        tokio_serial::SerialPortType::UsbPort(usb) => {
            let named = [&usb.manufacturer, &usb.product, &usb.serial_number];
            let named: Vec<&str> = named.into_iter().flatten().map(String::as_str).collect();
            format!("USB {:04x}:{:04x} {}", usb.vid, usb.pid, named.join(" "))
                .trim_end()
                .to_owned()
        }
        tokio_serial::SerialPortType::PciPort => "PCI".to_owned(),
        tokio_serial::SerialPortType::BluetoothPort => "Bluetooth".to_owned(),
        tokio_serial::SerialPortType::Unknown => "serial".to_owned(),
    }
}

pub(super) fn open(path: &Path, line: SerialLine) -> Result<SerialStream, PortError> {
    let builder = tokio_serial::new(path.to_string_lossy(), line.baud)
        .data_bits(if line.data_bits == 7 {
            DataBits::Seven
        } else {
            DataBits::Eight
        })
        .parity(match line.parity {
            ParityBit::None => Parity::None,
            ParityBit::Even => Parity::Even,
            ParityBit::Odd => Parity::Odd,
        });
    let stream = SerialStream::open(&builder).map_err(|error| match error.kind() {
        // The crate's word for "locked by another program".
        tokio_serial::ErrorKind::NoDevice => PortError::Busy,
        _ => PortError::from(io::Error::from(error)),
    })?;
    // What came before we listened belongs to nobody.
    stream
        .clear(ClearBuffer::Input)
        .map_err(|error| PortError::from(io::Error::from(error)))?;
    Ok(stream)
}
