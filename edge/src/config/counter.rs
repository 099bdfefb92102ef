//! Scale, customer display, label printer and payment terminal as an installer sets them, and what
//! is wrong with them.

use std::path::PathBuf;

use counterpart_hardware::printer::CodePage;
use counterpart_hardware::{
    DisplayConfig, DisplayDialect, DisplayText, LabelConfig, LabelReplies, NexoTerminalConfig,
    PdfPrinting, PortAddress, ScaleConfig, ScaleProtocol, TlsTrust,
};
use serde::Deserialize;

use super::scanner::scanner;
use super::{RegisterSettings, SettingRefused, address};
use crate::devices::{CounterSetup, LabelUses};

/// A scale as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ScaleSettings {
    /// Where it is: `serial:/dev/pos/scale-1?bits=7&parity=even`.
    pub address: String,
    /// What it speaks; `toledo8217` unless set.
    pub protocol: Option<ScaleSetting>,
}

/// What a scale speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleSetting {
    /// Toledo 8217.
    Toledo8217,
    /// SMA SCP-0499.
    Sma,
}

/// A customer display as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DisplaySettings {
    /// Where it is: `serial:/dev/pos/display-1`.
    pub address: String,
    /// What it speaks; `epson` unless set.
    pub dialect: Option<DialectSetting>,
    /// Its character table, as 858 or 852; 858 unless set.
    pub code_page: Option<u16>,
    /// The number the display knows that table by; Epson's own unless set.
    pub table: Option<u8>,
    /// What it shows while nobody pays, at most two lines; the store's name unless set.
    pub idle: Option<Vec<String>>,
}

/// What a display speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DialectSetting {
    /// ESC/POS for displays.
    Epson,
    /// CD5220.
    Cd5220,
}

/// A label printer as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LabelPrinterSettings {
    /// Where it is: `tcp:10.0.0.22:9100`.
    pub address: String,
    /// Whether it tells its state; `host_status` unless set.
    pub replies: Option<RepliesSetting>,
    /// Whether it prints PDF by itself; `none` unless set.
    pub pdf: Option<PdfSetting>,
    /// The labels that are printed on it without being asked for; all unless set.
    pub prints: Option<Vec<LabelUseSetting>>,
}

/// Labels that are printed without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelUseSetting {
    /// One for each carton that leaves for another store.
    Cartons,
    /// One for the bag of an order that is staged.
    Pickups,
}

/// Whether a label printer tells its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepliesSetting {
    /// It answers `~HS`.
    HostStatus,
    /// It answers nothing.
    None,
}

/// Whether a label printer prints PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PdfSetting {
    /// It does.
    Direct,
    /// It does not.
    None,
}

/// A payment terminal as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TerminalSettings {
    /// Where it is: `tcp:10.0.0.30:8443`.
    pub address: String,
    /// What the terminal is called by its maker.
    pub poi_id: String,
    /// What this till is called there; `TILL-<register>` unless set.
    pub sale_id: Option<String>,
    /// The PEM file of the authority its certificate comes from; needed off this machine.
    pub authority: Option<PathBuf>,
    /// The name its certificate has; the host of its address unless set.
    pub name: Option<String>,
    /// How many decimals the shop's currency has; 2 unless set.
    pub decimals: Option<u8>,
}

/// Checks what stands at a register's counter and returns what it is opened with.
pub(super) fn counter(set: &RegisterSettings) -> Result<CounterSetup, SettingRefused> {
    let scale = set.scale.as_ref().map(|wanted| scale(set.id, wanted));
    let display = set.display.as_ref().map(|wanted| display(set.id, wanted));
    let labels = set
        .label_printer
        .as_ref()
        .map(|wanted| label_printer(set.id, wanted));
    let terminal = set.terminal.as_ref().map(|wanted| terminal(set.id, wanted));
    let hand = set.hand_scanner.as_ref();
    let hand = hand.map(|wanted| scanner(set.id, wanted));
    let prints = set.label_printer.as_ref();
    let prints = prints.and_then(|printer| printer.prints.as_deref());
    Ok(CounterSetup {
        hand_scanner: hand.transpose()?,
        scale: scale.transpose()?,
        display: display.transpose()?,
        label_printer: labels.transpose()?,
        labels: prints.map_or_else(LabelUses::default, |prints| LabelUses {
            cartons: prints.contains(&LabelUseSetting::Cartons),
            pickups: prints.contains(&LabelUseSetting::Pickups),
        }),
        terminal: terminal.transpose()?,
    })
}

fn scale(register: u16, set: &ScaleSettings) -> Result<ScaleConfig, SettingRefused> {
    let protocol = match set.protocol {
        None | Some(ScaleSetting::Toledo8217) => ScaleProtocol::Toledo8217,
        Some(ScaleSetting::Sma) => ScaleProtocol::Sma,
    };
    Ok(ScaleConfig::new(
        address("scale", register, &set.address)?,
        protocol,
    ))
}

fn display(register: u16, set: &DisplaySettings) -> Result<DisplayConfig, SettingRefused> {
    let dialect = match set.dialect {
        None | Some(DialectSetting::Epson) => DisplayDialect::Epson,
        Some(DialectSetting::Cd5220) => DisplayDialect::Cd5220,
    };
    let mut config = DisplayConfig::new(address("display", register, &set.address)?, dialect);
    if let Some(number) = set.code_page {
        let known = CodePage::by_number(number);
        let page = known.ok_or(SettingRefused::CodePage { register, number })?;
        config.page = (page, page.epson_table());
    }
    if let Some(table) = set.table {
        config.page.1 = table;
    }
    if let Some(idle) = &set.idle {
        let line = |at: usize| idle.get(at).map_or("", String::as_str);
        config.idle = DisplayText::new(line(0), line(1));
    }
    Ok(config)
}

fn label_printer(register: u16, set: &LabelPrinterSettings) -> Result<LabelConfig, SettingRefused> {
    let mut config = LabelConfig::new(address("label printer", register, &set.address)?);
    config.replies = match set.replies {
        None | Some(RepliesSetting::HostStatus) => LabelReplies::HostStatus,
        Some(RepliesSetting::None) => LabelReplies::None,
    };
    config.pdf = match set.pdf {
        None | Some(PdfSetting::None) => PdfPrinting::None,
        Some(PdfSetting::Direct) => PdfPrinting::Direct,
    };
    Ok(config)
}

fn terminal(register: u16, set: &TerminalSettings) -> Result<NexoTerminalConfig, SettingRefused> {
    let refused = |why: String| SettingRefused::Terminal { register, why };
    let place = address("terminal", register, &set.address)?;
    let PortAddress::Tcp { host, .. } = place.clone() else {
        return Err(refused(
            "it is reached over the network: tcp:HOST:PORT".to_owned(),
        ));
    };
    let sale_id = set
        .sale_id
        .clone()
        .unwrap_or_else(|| format!("TILL-{register}"));
    let mut config = NexoTerminalConfig::new(place, &sale_id, &set.poi_id);
    config.decimals = set.decimals.unwrap_or(2).min(4);
    match &set.authority {
        Some(file) => {
            let pem = std::fs::read(file).map_err(|error| {
                refused(format!(
                    "could not read its authority {}: {error}",
                    file.display()
                ))
            })?;
            let name = set.name.clone().unwrap_or(host);
            let trust =
                TlsTrust::from_pem(&pem, &name).map_err(|error| refused(error.to_string()))?;
            config.tls = Some(trust);
        }
        None if is_this_machine(&host) => {}
        None => {
            return Err(refused(
                "off this machine it is believed only by its certificate: set `authority`"
                    .to_owned(),
            ));
        }
    }
    Ok(config)
}

fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
