//! Where a scanner is: at the end of a line, or among the keyboards.
//!
//! It opens nothing.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

use super::keys::KeyLayout;
use crate::port::{PortAddress, PortAddressRefused};

/// Where a scanner is, and how it tells what it read.
///
/// A scanner on a line is written as any device is ([`PortAddress`]). One that acts as a keyboard
/// is written `evdev:/dev/pos/scanner-1`, with `?layout=de` where it is not set to the US layout.
/// Name it by a udev link or by `/dev/input/by-id/…-event-kbd`, never by `/dev/input/event5`: the
/// number changes when it is plugged in again.
///
/// ```
/// use counterpart_hardware::ScannerAddress;
/// let scanner: ScannerAddress = "evdev:/dev/pos/scanner-1?layout=de".parse()?;
/// assert_eq!(scanner.to_string(), "evdev:/dev/pos/scanner-1?layout=de");
/// # Ok::<(), counterpart_hardware::ScannerAddressRefused>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ScannerAddress {
    /// It sends characters over a line: serial, also the kind that is plugged into USB, or network.
    Line(PortAddress),
    /// It presses keys: an input device of the kernel (evdev), taken away from everybody else.
    Keys {
        /// Its device file.
        path: PathBuf,
        /// The keyboard layout the scanner is set to.
        layout: KeyLayout,
    },
}

/// Why a scanner's address could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScannerAddressRefused {
    /// It starts with none of the kinds.
    #[error("the address {0:?} starts with none of serial:, evdev: and tcp:")]
    KindUnknown(String),
    /// The address of a line that is none.
    #[error(transparent)]
    Line(#[from] PortAddressRefused),
    /// A keyboard without a device file.
    #[error("the address {0:?} is not evdev:/path")]
    PathMissing(String),
    /// A keyboard layout nobody here knows, or another setting.
    #[error("the setting {0:?} is not layout=us|de|fr")]
    LayoutUnknown(String),
}

impl FromStr for ScannerAddress {
    type Err = ScannerAddressRefused;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(rest) = text.strip_prefix("evdev:") else {
            return match text.parse() {
                Ok(PortAddress::Usb { .. }) => {
                    Err(ScannerAddressRefused::KindUnknown(text.to_owned()))
                }
                Ok(line) => Ok(Self::Line(line)),
                Err(PortAddressRefused::KindUnknown(text)) => {
                    Err(ScannerAddressRefused::KindUnknown(text))
                }
                Err(refused) => Err(refused.into()),
            };
        };
        let (path, setting) = rest.split_once('?').unwrap_or((rest, ""));
        if path.is_empty() {
            return Err(ScannerAddressRefused::PathMissing(text.to_owned()));
        }
        let layout = match setting {
            "" => KeyLayout::default(),
            set => set
                .strip_prefix("layout=")
                .and_then(KeyLayout::by_name)
                .ok_or_else(|| ScannerAddressRefused::LayoutUnknown(set.to_owned()))?,
        };
        Ok(Self::Keys {
            path: PathBuf::from(path),
            layout,
        })
    }
}

impl fmt::Display for ScannerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(formatter, "{line}"),
            Self::Keys { path, layout } => {
                write!(formatter, "evdev:{}", path.display())?;
                if *layout == KeyLayout::default() {
                    return Ok(());
                }
                write!(formatter, "?layout={}", layout.name())
            }
        }
    }
}

impl From<PortAddress> for ScannerAddress {
    fn from(line: PortAddress) -> Self {
        Self::Line(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_it_was_read() {
        for text in [
            "evdev:/dev/pos/scanner-1",
            "evdev:/dev/input/by-id/usb-Scanner_S1-event-kbd?layout=fr",
            "serial:/dev/pos/scanner-1?baud=38400&bits=7&parity=even",
            "tcp:10.0.0.31:4001",
        ] {
            let address: ScannerAddress = text.parse().expect("the address is understood");
            assert_eq!(address.to_string(), text);
        }
        let usual: ScannerAddress = "evdev:/dev/pos/scanner-1?layout=us".parse().unwrap();
        assert_eq!(usual.to_string(), "evdev:/dev/pos/scanner-1");
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        let refused = text
            .parse::<ScannerAddress>()
            .expect_err("the address is refused");
        assert_eq!(refused.to_string(), expected);
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong() {
        check_refused(
            "/dev/input/event5",
            "the address \"/dev/input/event5\" starts with none of serial:, evdev: and tcp:",
        );
        check_refused(
            "usb:/dev/usb/lp0",
            "the address \"usb:/dev/usb/lp0\" starts with none of serial:, evdev: and tcp:",
        );
        check_refused("evdev:", "the address \"evdev:\" is not evdev:/path");
        check_refused(
            "evdev:/dev/pos/scanner-1?layout=dvorak",
            "the setting \"layout=dvorak\" is not layout=us|de|fr",
        );
        check_refused(
            "evdev:/dev/pos/scanner-1?baud=9600",
            "the setting \"baud=9600\" is not layout=us|de|fr",
        );
        check_refused("serial:", "the address \"serial:\" is not serial:/path");
    }
}
