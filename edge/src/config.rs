//! The store server's settings: what can be set, what each is without being set, and what is wrong
//! with a set of devices.
//!
//! Files and variables are read by the daemon crate; nothing else of the edge knows them.

mod scanner;
mod signer;

pub use scanner::{AimSetting, EndSetting, ScannerSettings};
pub use signer::{SignerKind, SignerSettings};

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use counterpart_daemon::clock::{SharedClock, SystemClock};
use counterpart_daemon::entropy::{OsEntropy, SharedEntropy};
use counterpart_daemon::telemetry::LogFormat;
use counterpart_hardware::{
    DrawerPin, PortAddress, PortAddressRefused, PrinterConfig, Profile, SensorLevel,
};
use counterpart_protocol::ids::RegisterId;
use serde::Deserialize;

use crate::context::{RegisterSetup, SignerSetup};
use scanner::{GAP_MAX_MS, scanner};
use signer::{LIMIT_MAX_MS, LIMIT_MIN_MS, signer};

/// The usual folder of a store's database and keys.
pub const DATA_FOLDER: &str = ".counterpart/edge";
/// The usual port of the pages; loopback only, for the browser on the till itself.
pub const LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8410);

/// Everything a store server is started with.
#[derive(Clone)]
pub struct EdgeConfig {
    /// The folder of the database, the key and the certificates.
    pub data: PathBuf,
    /// Where pages and API are served; off loopback always with TLS. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// The names and addresses the store's browsers use, for its certificate.
    pub names: Vec<String>,
    /// Where the hub is reached, when it is not where it said at enrolment: it moved, or something
    /// stands between.
    pub hub_address: Option<String>,
    /// What a monitor on another machine sends to read `/metrics`; unless set, only this one may.
    pub metrics_token: Option<String>,
    /// The till positions and their devices.
    pub registers: Vec<RegisterSetup>,
    /// What signs sales before their receipts are printed; nothing in most countries.
    pub signer: Option<SignerSetup>,
    /// What time it is.
    pub clock: SharedClock,
    /// Where ids and secrets come from.
    pub entropy: SharedEntropy,
}

impl EdgeConfig {
    /// Returns the usual settings for a data folder: loopback, one register without devices, the
    /// machine's own clock.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            listen: LISTEN,
            names: Vec::new(),
            hub_address: None,
            metrics_token: None,
            registers: vec![RegisterSetup {
                id: RegisterId(1),
                name: "Register 1".to_owned(),
                scanner: None,
                printer: None,
            }],
            signer: None,
            clock: SystemClock::shared(),
            entropy: OsEntropy::shared(),
        }
    }

    /// Returns the database's file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data.join("edge.db")
    }
}

/// The settings as an installer writes them: `counterpart-edge.toml`, `COUNTERPART_*`, flags.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// As [`EdgeConfig::data`].
    pub data: PathBuf,
    /// As [`EdgeConfig::listen`].
    pub listen: SocketAddr,
    /// As [`EdgeConfig::names`].
    pub names: Vec<String>,
    /// As [`EdgeConfig::hub_address`], such as `https://hub.example:8401`.
    pub hub_address: Option<String>,
    /// What a monitor on another machine sends to read `/metrics`; unless set, only this one may.
    pub metrics_token: Option<String>,
    /// The till positions; one without devices unless set.
    pub registers: Vec<RegisterSettings>,
    /// The fiscal signer; none unless set.
    pub signer: Option<SignerSettings>,
    /// What is logged, and how.
    pub log: LogSettings,
}

/// A till position as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RegisterSettings {
    /// Its number within the store, from 1.
    pub id: u16,
    /// What people call it; `Register <id>` unless set.
    pub name: Option<String>,
    /// Its scanner.
    pub scanner: Option<ScannerSettings>,
    /// Its receipt printer.
    pub printer: Option<PrinterSettings>,
}

/// A receipt printer as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PrinterSettings {
    /// Where it is: `tcp:10.0.0.21:9100` or `serial:/dev/pos/printer-1`.
    pub address: String,
    /// The model it is like; `epson-80mm` unless set.
    pub profile: Option<String>,
    /// The connector pin of the drawer's line, 2 or 5; 2 unless set.
    pub drawer_pin: Option<u8>,
    /// What the drawer's sensor says when it is open; no sensor unless set.
    pub drawer_open_level: Option<SensorSetting>,
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

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LogSettings {
    /// `pretty` for people, `json` for collectors.
    pub format: LogFormat,
    /// Which levels: `info`, or `info,counterpart_edge=debug`.
    pub filter: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from(DATA_FOLDER),
            listen: LISTEN,
            names: Vec::new(),
            hub_address: None,
            metrics_token: None,
            registers: Vec::new(),
            signer: None,
            log: LogSettings::default(),
        }
    }
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            format: LogFormat::Pretty,
            filter: "info".to_owned(),
        }
    }
}

/// Why settings that could be read cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingRefused {
    /// An address of the hub without TLS, or none at all.
    #[error("the setting \"hub_address\" is \"{0}\": write it as https://HUB:8401")]
    HubAddress(String),
    /// A number below 1, or one that is given twice.
    #[error("register {0} is set twice, or its number is not at least 1: number them 1, 2, 3, …")]
    RegisterNumber(u16),
    /// An address that is none.
    #[error("the {device} of register {register}: {refused}")]
    Address {
        /// The device.
        device: &'static str,
        /// The register.
        register: u16,
        /// What is wrong.
        refused: PortAddressRefused,
    },
    /// One device at two registers.
    #[error(
        "register {register} uses {address}, which another register uses already: give each its \
         own device"
    )]
    AddressTwice {
        /// The second register.
        register: u16,
        /// The address.
        address: String,
    },
    /// An unknown printer profile.
    #[error("the printer of register {register} has the profile \"{profile}\": choose one of {}",
            Profile::NAMES.join(", "))]
    Profile {
        /// The register.
        register: u16,
        /// What was set.
        profile: String,
    },
    /// A byte that stands before codes and ends them, or two bytes before them.
    #[error(
        "the scanner of register {register} has the prefix {prefix:#04x}, which does not go with \
         its end: with `stx_etx` the prefix is 0x02, else it is another byte than the end"
    )]
    ScannerPrefix {
        /// The register.
        register: u16,
        /// What was set.
        prefix: u8,
    },
    /// A pause that ends every code at once, or keeps people waiting.
    #[error(
        "the scanner of register {register} has a gap of {gap_ms} ms: it can be 1 to {GAP_MAX_MS}"
    )]
    ScannerGap {
        /// The register.
        register: u16,
        /// What was set.
        gap_ms: u64,
    },
    /// A signer without a usable address.
    #[error("the address of the signer: {0}")]
    SignerAddress(PortAddressRefused),
    /// A limit nobody waits for, or no signer keeps.
    #[error("the limit of the signer is {0} ms: it can be {LIMIT_MIN_MS} to {LIMIT_MAX_MS}")]
    SignerLimit(u64),
    /// A drawer pin no connector has.
    #[error("the drawer of register {register} is on pin {pin}: it can be 2 or 5")]
    DrawerPin {
        /// The register.
        register: u16,
        /// What was set.
        pin: u8,
    },
}

impl Settings {
    /// Checks the devices and returns what a store server is started with.
    ///
    /// # Errors
    ///
    /// [`SettingRefused`], naming the register.
    pub fn check(&self) -> Result<EdgeConfig, SettingRefused> {
        let mut config = EdgeConfig::new(&self.data);
        config.listen = self.listen;
        config.names.clone_from(&self.names);
        config.metrics_token.clone_from(&self.metrics_token);
        config.hub_address = self.hub_address.clone().map(hub_address).transpose()?;
        if !self.registers.is_empty() {
            let registers: Result<Vec<_>, _> = self.registers.iter().map(register).collect();
            config.registers = registers?;
            config.registers.sort_by_key(|register| register.id);
        }
        distinct(&config.registers)?;
        if let Some(set) = &self.signer {
            config.signer = signer(set)?;
        }
        Ok(config)
    }
}

fn hub_address(set: String) -> Result<String, SettingRefused> {
    let name = set.strip_prefix("https://").unwrap_or_default();
    match name.is_empty() || name.starts_with(['/', ':']) {
        true => Err(SettingRefused::HubAddress(set)),
        false => Ok(set),
    }
}

fn register(set: &RegisterSettings) -> Result<RegisterSetup, SettingRefused> {
    if set.id == 0 {
        return Err(SettingRefused::RegisterNumber(0));
    }
    let scanner = set.scanner.as_ref().map(|wanted| scanner(set.id, wanted));
    let printer = set.printer.as_ref().map(|wanted| printer(set.id, wanted));
    let name = set.name.clone();
    Ok(RegisterSetup {
        id: RegisterId(set.id),
        name: name.unwrap_or_else(|| format!("Register {}", set.id)),
        scanner: scanner.transpose()?,
        printer: printer.transpose()?,
    })
}

fn printer(register: u16, set: &PrinterSettings) -> Result<PrinterConfig, SettingRefused> {
    let name = set.profile.as_deref().unwrap_or(Profile::NAMES[0]);
    let profile = Profile::by_name(name).ok_or_else(|| SettingRefused::Profile {
        register,
        profile: name.to_owned(),
    })?;
    let mut config = PrinterConfig::new(address("printer", register, &set.address)?, profile);
    config.drawer.pin = match set.drawer_pin {
        None | Some(2) => DrawerPin::Pin2,
        Some(5) => DrawerPin::Pin5,
        Some(pin) => return Err(SettingRefused::DrawerPin { register, pin }),
    };
    config.drawer.open_level = set.drawer_open_level.map(|level| match level {
        SensorSetting::High => SensorLevel::High,
        SensorSetting::Low => SensorLevel::Low,
    });
    Ok(config)
}

fn address(device: &'static str, register: u16, text: &str) -> Result<PortAddress, SettingRefused> {
    text.parse().map_err(|refused| SettingRefused::Address {
        device,
        register,
        refused,
    })
}

/// Two tasks on one device would tear each other's receipts.
fn distinct(registers: &[RegisterSetup]) -> Result<(), SettingRefused> {
    let (mut ids, mut addresses) = (BTreeSet::new(), BTreeSet::new());
    for register in registers {
        if !ids.insert(register.id) {
            return Err(SettingRefused::RegisterNumber(register.id.0));
        }
        let scanner = register.scanner.as_ref().map(|scanner| &scanner.address);
        let printer = register.printer.as_ref().map(|printer| &printer.address);
        for address in [scanner, printer].into_iter().flatten() {
            if !addresses.insert(address.to_string()) {
                return Err(SettingRefused::AddressTwice {
                    register: register.id.0,
                    address: address.to_string(),
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
