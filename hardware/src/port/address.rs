//! Where a device is: written by an installer, read once.
//!
//! It opens nothing.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

/// Where a device is.
///
/// Written `tcp:host:port`, `usb:/dev/pos/printer` or `serial:/dev/pos/scanner`, the last with
/// `?baud=38400&bits=7&parity=even` where the line is not 9600 8N1. Name what is plugged in by a
/// udev link, never by `/dev/ttyUSB0` or `/dev/usb/lp0`: the number changes with the next plug.
///
/// ```
/// let printer: counterpart_hardware::PortAddress = "tcp:10.0.0.21:9100".parse()?;
/// assert_eq!(printer.to_string(), "tcp:10.0.0.21:9100");
/// # Ok::<(), counterpart_hardware::PortAddressRefused>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PortAddress {
    /// A network device.
    Tcp {
        /// Its name or address.
        host: String,
        /// Its TCP port, 9100 for a raw printer.
        port: u16,
    },
    /// A serial device, also the kind that is plugged into USB.
    Serial {
        /// Its device file.
        path: PathBuf,
        /// How bits go over the line.
        line: SerialLine,
    },
    /// A printer on USB that is no serial line: the kernel's printer class, `/dev/usb/lp0`.
    Usb {
        /// Its device file.
        path: PathBuf,
    },
}

/// How bits go over a serial line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SerialLine {
    /// Bits per second.
    pub baud: u32,
    /// Bits per character: 7 or 8.
    pub data_bits: u8,
    /// The check bit.
    pub parity: ParityBit,
}

/// The check bit of a serial line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParityBit {
    /// No check bit.
    None,
    /// An even number of ones.
    Even,
    /// An odd number of ones.
    Odd,
}

/// Why an address could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PortAddressRefused {
    /// It starts with none of `tcp:`, `serial:` and `usb:`.
    #[error("the address {0:?} starts with none of tcp:, serial: and usb:")]
    KindUnknown(String),
    /// A TCP address without a host and a port.
    #[error("the address {0:?} is not tcp:host:port")]
    HostOrPortMissing(String),
    /// A serial address without a path.
    #[error("the address {0:?} is not serial:/path")]
    PathMissing(String),
    /// A USB address without a path.
    #[error("the address {0:?} is not usb:/path")]
    PrinterMissing(String),
    /// A line setting that is unknown or out of range.
    #[error("the line setting {0:?} is not baud=300..4000000, bits=7|8 or parity=none|even|odd")]
    SettingUnknown(String),
}

impl Default for SerialLine {
    fn default() -> Self {
        Self {
            baud: 9600,
            data_bits: 8,
            parity: ParityBit::None,
        }
    }
}

impl FromStr for PortAddress {
    type Err = PortAddressRefused;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(rest) = text.strip_prefix("tcp:") {
            let missing = || PortAddressRefused::HostOrPortMissing(text.to_owned());
            let (host, port) = rest.rsplit_once(':').ok_or_else(missing)?;
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let port = port.parse().map_err(|_| missing())?;
            if host.is_empty() || port == 0 {
                return Err(missing());
            }
            return Ok(Self::Tcp {
                host: host.to_owned(),
                port,
            });
        }
        if let Some(path) = text.strip_prefix("usb:") {
            if path.is_empty() {
                return Err(PortAddressRefused::PrinterMissing(text.to_owned()));
            }
            return Ok(Self::Usb {
                path: PathBuf::from(path),
            });
        }
        let rest = text
            .strip_prefix("serial:")
            .ok_or_else(|| PortAddressRefused::KindUnknown(text.to_owned()))?;
        let (path, settings) = rest.split_once('?').unwrap_or((rest, ""));
        if path.is_empty() {
            return Err(PortAddressRefused::PathMissing(text.to_owned()));
        }
        let mut line = SerialLine::default();
        for setting in settings.split('&').filter(|setting| !setting.is_empty()) {
            line = line
                .with(setting)
                .ok_or_else(|| PortAddressRefused::SettingUnknown(setting.to_owned()))?;
        }
        Ok(Self::Serial {
            path: PathBuf::from(path),
            line,
        })
    }
}

impl SerialLine {
    fn with(mut self, setting: &str) -> Option<Self> {
        match setting.split_once('=')? {
            ("baud", baud) => {
                self.baud = baud
                    .parse()
                    .ok()
                    .filter(|baud| (300..=4_000_000).contains(baud))?;
            }
            ("bits", "7") => self.data_bits = 7,
            ("bits", "8") => self.data_bits = 8,
            ("parity", "none") => self.parity = ParityBit::None,
            ("parity", "even") => self.parity = ParityBit::Even,
            ("parity", "odd") => self.parity = ParityBit::Odd,
            _ => return None,
        }
        Some(self)
    }
}

impl fmt::Display for PortAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => {
                write!(formatter, "tcp:[{host}]:{port}")
            }
            Self::Tcp { host, port } => write!(formatter, "tcp:{host}:{port}"),
            Self::Usb { path } => write!(formatter, "usb:{}", path.display()),
            Self::Serial { path, line } => {
                write!(formatter, "serial:{}", path.display())?;
                if *line == SerialLine::default() {
                    return Ok(());
                }
                let parity = match line.parity {
                    ParityBit::None => "none",
                    ParityBit::Even => "even",
                    ParityBit::Odd => "odd",
                };
                let (baud, bits) = (line.baud, line.data_bits);
                write!(formatter, "?baud={baud}&bits={bits}&parity={parity}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_round_trip(text: &str) {
        let address: PortAddress = text.parse().expect("the address is understood");
        assert_eq!(address.to_string(), text);
    }

    #[test]
    fn an_address_is_written_as_it_was_read() {
        check_round_trip("tcp:10.0.0.21:9100");
        check_round_trip("tcp:[fe80::1]:9100");
        check_round_trip("serial:/dev/pos/scanner");
        check_round_trip("usb:/dev/pos/printer-1");
        check_round_trip("serial:/dev/pos/scale?baud=4800&bits=7&parity=even");
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        let refused = text
            .parse::<PortAddress>()
            .expect_err("the address is refused");
        assert_eq!(refused.to_string(), expected);
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong() {
        check_refused(
            "lp0",
            "the address \"lp0\" starts with none of tcp:, serial: and usb:",
        );
        check_refused(
            "tcp:printer",
            "the address \"tcp:printer\" is not tcp:host:port",
        );
        check_refused(
            "tcp:printer:0",
            "the address \"tcp:printer:0\" is not tcp:host:port",
        );
        check_refused("usb:", "the address \"usb:\" is not usb:/path");
        check_refused("serial:", "the address \"serial:\" is not serial:/path");
        check_refused(
            "serial:/dev/pos/scanner?baud=1",
            "the line setting \"baud=1\" is not baud=300..4000000, bits=7|8 or \
             parity=none|even|odd",
        );
    }
}
