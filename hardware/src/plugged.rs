//! What is plugged into this machine and could be a device of the counter, for who sets one up.
//!
//! Nothing is opened: only the system is asked.

use crate::port::{PortError, serial_ports, usb_printers};
use crate::scanner::keyboards;

/// Something that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluggedIn {
    /// Its address as the configuration wants it.
    pub address: String,
    /// What the system knows it to be.
    pub description: String,
}

/// Lists what is plugged in: serial lines, USB printers, and keyboards, which a scanner may act as.
///
/// # Errors
/// [`PortError`] when the system cannot be asked.
pub fn plugged_in() -> Result<Vec<PluggedIn>, PortError> {
    let mut found: Vec<PluggedIn> = serial_ports()?
        .into_iter()
        .map(|device| PluggedIn {
            address: format!("serial:{}", device.path.display()),
            description: device.description,
        })
        .collect();
    found.extend(usb_printers()?.into_iter().map(|printer| PluggedIn {
        address: format!("usb:{}", printer.path.display()),
        description: printer.description,
    }));
    found.extend(keyboards()?.into_iter().map(|path| PluggedIn {
        address: format!("evdev:{}", path.display()),
        description: "a keyboard, or a scanner that acts as one".to_owned(),
    }));
    Ok(found)
}
