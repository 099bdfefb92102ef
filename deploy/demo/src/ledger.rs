//! What the demo writes down about itself at its first start, to say it again at the next.
//!
//! It holds a password and PINs in the clear: of made-up people, on one machine, for a demo. The
//! daemons keep only hashes of them.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use counterpart_daemon::entropy::{SharedEntropy, random_bytes};
use counterpart_protocol::staff::Role;
use serde::{Deserialize, Serialize};

use crate::plan::Site;

/// Where it lies in the data folder.
pub(crate) const LEDGER_FILE: &str = "demo.json";

/// The form of the file; another form is another demo's.
const FORM: u32 = 2;

/// What the demo must know at its next start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    form: u32,
    /// The operator of the hub's console.
    pub operator: String,
    /// The operator's password.
    pub password: String,
    /// What the web shop is known to the hub by.
    pub shop_key: String,
    /// The stores.
    pub stores: Vec<DemoStore>,
    /// How many products the stores sell.
    pub products: usize,
}

/// What is written down of one store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoStore {
    /// Its slug.
    pub slug: String,
    /// Its staff, the manager first.
    pub members: Vec<DemoMember>,
}

/// A made-up person who works in the demo's store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoMember {
    /// The name colleagues use.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their PIN.
    pub pin: String,
}

/// Why the demo's own notes cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerFailed {
    /// The system refused.
    #[error("could not read or write {path}: check that the data folder is yours")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// It was written by another version, or damaged.
    #[error(
        "{0} was written by another version of the demo, or is damaged: start over with --reset"
    )]
    Unreadable(String),
}

/// Words of demo passwords; two of them and four digits are at least 14 characters.
const WORDS: [&str; 16] = [
    "amber", "basil", "cedar", "copper", "fennel", "ginger", "harbour", "juniper", "kettle",
    "lantern", "maple", "olive", "pepper", "saffron", "thistle", "willow",
];

impl Ledger {
    /// Makes people and a password for a first start of the stores at `sites`.
    pub fn draw(entropy: &SharedEntropy, sites: &[Site], products: usize) -> Self {
        let mut pins: Vec<String> = Vec::new();
        let mut fresh_pin = || {
            loop {
                let pin = draw_pin(entropy);
                if !pins.contains(&pin) {
                    pins.push(pin.clone());
                    return pin;
                }
            }
        };
        let mut member = |(name, role): &(&str, Role)| DemoMember {
            name: (*name).to_owned(),
            role: *role,
            pin: fresh_pin(),
        };
        let stores = sites.iter().map(|site| DemoStore {
            slug: site.slug.to_owned(),
            members: site.staff.iter().map(&mut member).collect(),
        });
        Self {
            form: FORM,
            operator: "admin".to_owned(),
            shop_key: String::new(),
            stores: stores.collect(),
            password: draw_password(entropy),
            products,
        }
    }

    /// Reads the notes, if there are any.
    pub(crate) fn load(path: &Path) -> Result<Option<Self>, LedgerFailed> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(failed(path, cause)),
        };
        let unreadable = || LedgerFailed::Unreadable(path.display().to_string());
        let ledger: Self = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
        if !ledger.is_whole() {
            return Err(unreadable());
        }
        Ok(Some(ledger))
    }

    fn is_whole(&self) -> bool {
        let known =
            |store: &DemoStore| Site::of(&store.slug).is_some() && !store.members.is_empty();
        self.form == FORM && !self.stores.is_empty() && self.stores.iter().all(known)
    }

    /// Writes the notes for the owner's eyes only, whole or not at all.
    pub(crate) fn save(&self, path: &Path) -> Result<(), LedgerFailed> {
        let text = serde_json::to_vec_pretty(self).expect("names and numbers can be written");
        let beside = path.with_extension("new");
        let written = private_file(&beside)
            .and_then(|mut file| {
                file.write_all(&text)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&beside, path));
        written.map_err(|cause| failed(path, cause))
    }
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn failed(path: &Path, cause: io::Error) -> LedgerFailed {
    LedgerFailed::Io {
        path: path.display().to_string(),
        cause,
    }
}

/// Four digits, no two neighbours alike: easy to read out and to type.
fn draw_pin(entropy: &SharedEntropy) -> String {
    let mut pin = String::new();
    while pin.len() < 4 {
        let [byte] = random_bytes::<1>(entropy.as_ref());
        let digit = char::from(b'0' + byte % 10);
        if byte < 250 && !pin.ends_with(digit) {
            pin.push(digit);
        }
    }
    pin
}

fn draw_password(entropy: &SharedEntropy) -> String {
    let bytes: [u8; 4] = random_bytes(entropy.as_ref());
    let word = |byte: u8| WORDS[usize::from(byte) % WORDS.len()];
    let number = u16::from_be_bytes([bytes[2], bytes[3]]) % 9_000 + 1_000;
    format!("{}-{}-{number}", word(bytes[0]), word(bytes[1]))
}

#[cfg(test)]
mod tests {
    use counterpart_daemon::entropy::OsEntropy;

    use super::*;
    use crate::plan::SITES;

    #[test]
    fn people_have_pins_of_their_own_and_the_password_is_long_enough() {
        for _ in 0..200 {
            let ledger = Ledger::draw(&OsEntropy::shared(), &SITES, 2);
            let people = ledger.stores.iter().flat_map(|store| &store.members);
            let mut pins: Vec<&str> = people.map(|member| member.pin.as_str()).collect();
            let count = pins.len();
            pins.sort_unstable();
            pins.dedup();
            assert_eq!((pins.len(), count), (12, 12));
            assert!(pins.iter().all(|pin| pin.len() == 4));
            assert!(ledger.password.len() >= 14, "{}", ledger.password);
        }
    }

    #[test]
    fn notes_are_read_as_they_were_written_and_for_the_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LEDGER_FILE);
        assert_eq!(Ledger::load(&path).unwrap(), None);
        let ledger = Ledger::draw(&OsEntropy::shared(), &SITES[..1], 2_000);
        ledger.save(&path).unwrap();
        assert_eq!(Ledger::load(&path).unwrap(), Some(ledger));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn notes_of_another_form_ask_for_a_reset() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LEDGER_FILE);
        for bad in ["", "{", "{\"form\":1}", "[]"] {
            fs::write(&path, bad).unwrap();
            let refused = Ledger::load(&path).unwrap_err().to_string();
            assert!(refused.contains("--reset"), "{refused}");
        }
    }
}
