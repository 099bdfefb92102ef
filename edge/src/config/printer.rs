//! A register's receipt printer, and the profiles it may have: the usual ones and those of a file.

use std::path::{Path, PathBuf};

use counterpart_hardware::{DrawerPin, PrinterConfig, Profiles, SensorLevel, logo};
use counterpart_paper::{Paper, Picture};
use serde::Deserialize;

use super::{SettingRefused, address};

/// The profile of a printer that is set up without one.
const USUAL: &str = "epson-80mm";

/// A receipt printer as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PrinterSettings {
    /// Where it is: `tcp:10.0.0.21:9100`, `usb:/dev/pos/printer-1` or `serial:/dev/pos/printer-1`.
    pub address: String,
    /// The model it is like; `epson-80mm` unless set.
    pub profile: Option<String>,
    /// The connector pin of the drawer's line, 2 or 5; 2 unless set.
    pub drawer_pin: Option<u8>,
    /// What the drawer's sensor says when it is open; no sensor unless set.
    pub drawer_open_level: Option<SensorSetting>,
    /// A PNG or PBM file that stands at the top of what customers take along; none unless set.
    pub logo: Option<PathBuf>,
}

/// A level of the drawer's sensor line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensorSetting {
    /// High.
    High,
    /// Low.
    Low,
}

/// Reads the profiles a printer may have.
pub(super) fn profiles(file: Option<&Path>) -> Result<Profiles, SettingRefused> {
    let Some(file) = file else {
        return Ok(Profiles::usual());
    };
    let refused = |why: String| SettingRefused::Profiles {
        file: file.to_owned(),
        why,
    };
    let read = std::fs::read_to_string(file).map_err(|error| refused(error.to_string()))?;
    Profiles::usual()
        .with(&read)
        .map_err(|error| refused(error.to_string()))
}

pub(super) fn printer(
    register: u16,
    set: &PrinterSettings,
    profiles: &Profiles,
) -> Result<PrinterConfig, SettingRefused> {
    let name = set.profile.as_deref().unwrap_or(USUAL);
    let profile = profiles
        .by_name(name)
        .ok_or_else(|| SettingRefused::Profile {
            register,
            profile: name.to_owned(),
            choices: profiles.names().join(", "),
        })?;
    let mut config = PrinterConfig::new(address("printer", register, &set.address)?, profile);
    config.drawer.pin = match set.drawer_pin {
        None | Some(2) => DrawerPin::Pin2,
        Some(5) => DrawerPin::Pin5,
        Some(pin) => return Err(SettingRefused::DrawerPin { register, pin }),
    };
    config.logo = match &set.logo {
        None => None,
        Some(file) => Some(logo_of(register, file, config.profile.paper)?),
    };
    config.drawer.open_level = set.drawer_open_level.map(|level| match level {
        SensorSetting::High => SensorLevel::High,
        SensorSetting::Low => SensorLevel::Low,
    });
    Ok(config)
}

fn logo_of(register: u16, file: &Path, paper: Paper) -> Result<Picture, SettingRefused> {
    let refused = |why: String| SettingRefused::Logo {
        register,
        file: file.to_owned(),
        why,
    };
    let read = std::fs::read(file).map_err(|error| refused(error.to_string()))?;
    logo(&read, paper).map_err(|error| refused(error.to_string()))
}
