//! The store server's settings: what can be set, what each is without being set, and what is wrong
//! with a set of devices.
//!
//! Files and variables are read by the daemon crate; nothing else of the edge knows them.

mod counter;
mod printer;
mod refused;
mod scanner;
mod signer;
mod training;

pub use counter::{
    DialectSetting, DisplaySettings, LabelPrinterSettings, LabelUseSetting, PdfSetting,
    RepliesSetting, ScaleSetting, ScaleSettings, TerminalSettings,
};
pub use printer::{PrinterSettings, SensorSetting};
pub use refused::SettingRefused;
pub use scanner::{AimSetting, EndSetting, ScannerSettings};
pub use signer::{SignerKind, SignerSettings};
pub use training::TrainingSettings;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use counterpart_daemon::clock::{SharedClock, SystemClock};
use counterpart_daemon::entropy::{OsEntropy, SharedEntropy};
use counterpart_daemon::telemetry::LogFormat;
use counterpart_hardware::{PortAddress, Profiles};
use counterpart_protocol::barcode::Template;
use counterpart_protocol::ids::RegisterId;
use serde::Deserialize;

use crate::context::SignerSetup;
use crate::devices::{CounterSetup, RegisterSetup, SettingsAgain};
use counter::counter;
use printer::profiles;
use scanner::scanner;
use signer::signer;

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
    /// How the retailer's own scales print numbers with a weight or a price in them.
    pub in_store_codes: Vec<Template>,
    /// Reads the registers once more while the store server runs; nothing where they come from no
    /// file.
    pub settings: Option<SettingsAgain>,
    /// Where a training store beside the shop is served; none unless set. Port 0 takes any free
    /// one.
    pub training: Option<SocketAddr>,
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
                counter: CounterSetup::default(),
            }],
            signer: None,
            in_store_codes: Vec::new(),
            settings: None,
            training: None,
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
    /// A file of printer profiles beside the usual ones; none unless set.
    pub printer_profiles: Option<PathBuf>,
    /// The fiscal signer; none unless set.
    pub signer: Option<SignerSettings>,
    /// Templates of in-store numbers, such as `21IIIIIWWWWWC`; none unless set.
    pub in_store_codes: Vec<String>,
    /// The training store beside the shop; none unless set.
    pub training: Option<TrainingSettings>,
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
    /// A second scanner, to carry about.
    pub hand_scanner: Option<ScannerSettings>,
    /// Its receipt printer.
    pub printer: Option<PrinterSettings>,
    /// Its scale.
    pub scale: Option<ScaleSettings>,
    /// Its customer display.
    pub display: Option<DisplaySettings>,
    /// Its label printer.
    pub label_printer: Option<LabelPrinterSettings>,
    /// Its payment terminal.
    pub terminal: Option<TerminalSettings>,
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
            printer_profiles: None,
            signer: None,
            in_store_codes: Vec::new(),
            training: None,
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
            let profiles = profiles(self.printer_profiles.as_deref())?;
            let registers = self.registers.iter().map(|set| register(set, &profiles));
            let registers: Result<Vec<_>, _> = registers.collect();
            config.registers = registers?;
            config.registers.sort_by_key(|register| register.id);
        }
        distinct(&config.registers)?;
        if let Some(set) = &self.signer {
            config.signer = signer(set)?;
        }
        let templates = self.in_store_codes.iter().map(|template| template.parse());
        let templates: Result<_, _> = templates.collect();
        config.in_store_codes = templates.map_err(SettingRefused::InStoreCode)?;
        config.training = self.training.as_ref().and_then(TrainingSettings::listen);
        if config
            .training
            .is_some_and(|training| training == self.listen && training.port() != 0)
        {
            return Err(SettingRefused::TrainingAddress(self.listen));
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

fn register(set: &RegisterSettings, profiles: &Profiles) -> Result<RegisterSetup, SettingRefused> {
    if set.id == 0 {
        return Err(SettingRefused::RegisterNumber(0));
    }
    let scanner = set.scanner.as_ref().map(|wanted| scanner(set.id, wanted));
    let printer = set.printer.as_ref();
    let printer = printer.map(|wanted| printer::printer(set.id, wanted, profiles));
    let name = set.name.clone();
    Ok(RegisterSetup {
        id: RegisterId(set.id),
        name: name.unwrap_or_else(|| format!("Register {}", set.id)),
        scanner: scanner.transpose()?,
        printer: printer.transpose()?,
        counter: counter(set)?,
    })
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
        let counter = &register.counter;
        let scanners = [register.scanner.as_ref(), counter.hand_scanner.as_ref()];
        let scanners = scanners.into_iter().flatten();
        let scanners = scanners.map(|scanner| scanner.address.to_string());
        let printer = register.printer.as_ref().map(|printer| &printer.address);
        let scale = counter.scale.as_ref().map(|scale| &scale.address);
        let display = counter.display.as_ref().map(|display| &display.address);
        // Label printers and terminals are opened for each job, so that registers can share one.
        let others = [printer, scale, display].into_iter().flatten();
        for address in scanners.chain(others.map(PortAddress::to_string)) {
            if !addresses.insert(address.clone()) {
                let register = register.id.0;
                return Err(SettingRefused::AddressTwice { register, address });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
