//! What can be wrong with settings that could be read, in sentences that name the register.

use std::path::PathBuf;

use counterpart_hardware::{CodePage, PortAddressRefused, ScannerAddressRefused};
use counterpart_protocol::barcode::TemplateRefused;

use super::scanner::GAP_MAX_MS;
use super::signer::{LIMIT_MAX_MS, LIMIT_MIN_MS};

/// Why settings that could be read cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingRefused {
    /// An address of the hub without TLS, or none at all.
    #[error("the setting \"hub_address\" is \"{0}\": write it as https://HUB:8401")]
    HubAddress(String),
    /// The training store at the shop's own address.
    #[error(
        "the setting \"training.listen\" is {0}, where the shop's own pages are: give training \
         another port"
    )]
    TrainingAddress(std::net::SocketAddr),
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
    /// A scanner's address that is none.
    #[error("the scanner of register {register}: {refused}")]
    ScannerAddress {
        /// The register.
        register: u16,
        /// What is wrong.
        refused: ScannerAddressRefused,
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
    #[error(
        "the printer of register {register} has the profile \"{profile}\": choose one of {choices}"
    )]
    Profile {
        /// The register.
        register: u16,
        /// What was set.
        profile: String,
        /// The names there are.
        choices: String,
    },
    /// A file of printer profiles that cannot be read.
    #[error("the printer profiles {}: {why}", file.display())]
    Profiles {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        why: String,
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
    /// A template of in-store numbers that is none.
    #[error("the setting \"in_store_codes\": {0}")]
    InStoreCode(TemplateRefused),
    /// A character table displays do not have.
    #[error("the display of register {register} has the code page {number}: choose one of {}",
            CodePage::ALL.map(|page| page.number().to_string()).join(", "))]
    CodePage {
        /// The register.
        register: u16,
        /// What was set.
        number: u16,
    },
    /// A payment terminal that cannot be used so.
    #[error("the terminal of register {register}: {why}")]
    Terminal {
        /// The register.
        register: u16,
        /// What is wrong.
        why: String,
    },
    /// A logo that cannot be printed.
    #[error("the logo {} of register {register}: {why}", file.display())]
    Logo {
        /// The register.
        register: u16,
        /// The file.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A drawer pin no connector has.
    #[error("the drawer of register {register} is on pin {pin}: it can be 2 or 5")]
    DrawerPin {
        /// The register.
        register: u16,
        /// What was set.
        pin: u8,
    },
}
