//! The virtual signer's memory: its key, and a journal of all it signed, forced to disk line by
//! line before anybody hears of it.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use data_encoding::HEXLOWER;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::{Deserialize, Serialize};

const KEY_FILE: &str = "signer.key";
const JOURNAL_FILE: &str = "signer.journal";
/// The longest key of a transaction.
const KEY_CHARACTERS_MAX: usize = 64;

/// One transaction a virtual signer has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedTransaction {
    /// The asker's key.
    pub key: String,
    /// The receipt it is about.
    pub receipt: String,
    /// What was signed, as it came.
    pub content: String,
    /// Its number.
    pub transaction: u64,
    /// How many signatures there were, this one included.
    pub counter: u64,
    /// When it came, in milliseconds UTC.
    pub began_at_ms: i64,
    /// When it was signed, in milliseconds UTC.
    pub signed_at_ms: i64,
    /// The signature in hexadecimal.
    pub value: String,
}

impl SignedTransaction {
    /// Returns the text of its QR code: 512 bytes are never reached.
    pub(super) fn qr(&self, serial: &str) -> String {
        format!(
            "CPS1;{};{};{};{};{};{serial};{}",
            self.receipt,
            self.transaction,
            self.counter,
            self.began_at_ms,
            self.signed_at_ms,
            self.value
        )
    }
}

/// Why nothing was signed.
#[derive(Debug)]
pub(super) enum LedgerRefused {
    OtherContent,
    KeyUnusable,
    Disk(io::Error),
}

pub(super) struct Ledger {
    key: SigningKey,
    serial: String,
    journal: File,
    signed: Vec<SignedTransaction>,
    by_key: HashMap<String, usize>,
}

impl Ledger {
    pub(super) fn open(folder: &Path, secret: &[u8; 32]) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let key = key_of(&folder.join(KEY_FILE), secret)?;
        let path = folder.join(JOURNAL_FILE);
        let signed = read_journal(&path)?;
        let journal = OpenOptions::new().create(true).append(true).open(&path)?;
        let by_key = signed
            .iter()
            .enumerate()
            .map(|(place, made)| (made.key.clone(), place))
            .collect();
        Ok(Self {
            serial: HEXLOWER.encode(key.verifying_key().as_bytes()),
            key,
            journal,
            signed,
            by_key,
        })
    }

    pub(super) fn serial(&self) -> &str {
        &self.serial
    }

    pub(super) fn signed(&self) -> &[SignedTransaction] {
        &self.signed
    }

    pub(super) fn find(&self, key: &str) -> Option<&SignedTransaction> {
        self.by_key.get(key).map(|place| &self.signed[*place])
    }

    /// Signs, or returns what was signed under the key before.
    pub(super) fn sign(
        &mut self,
        key: &str,
        receipt: &str,
        content: &str,
        now_ms: i64,
    ) -> Result<SignedTransaction, LedgerRefused> {
        let is_usable = (1..=KEY_CHARACTERS_MAX).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_usable {
            return Err(LedgerRefused::KeyUnusable);
        }
        if let Some(found) = self.find(key) {
            return match found.content == content {
                true => Ok(found.clone()),
                false => Err(LedgerRefused::OtherContent),
            };
        }
        let next = u64::try_from(self.signed.len()).expect("64 bits hold a count") + 1;
        let text =
            format!("counterpart signer 1\n{key}\n{next}\n{next}\n{now_ms}\n{now_ms}\n{content}");
        let made = SignedTransaction {
            key: key.to_owned(),
            receipt: receipt.to_owned(),
            content: content.to_owned(),
            transaction: next,
            counter: next,
            began_at_ms: now_ms,
            signed_at_ms: now_ms,
            value: HEXLOWER.encode(&self.key.sign(text.as_bytes()).to_bytes()),
        };
        let mut line = serde_json::to_vec(&made).expect("text and numbers are JSON");
        line.push(b'\n');
        self.journal
            .write_all(&line)
            .and_then(|()| self.journal.sync_data())
            .map_err(LedgerRefused::Disk)?;
        self.by_key.insert(key.to_owned(), self.signed.len());
        self.signed.push(made.clone());
        Ok(made)
    }
}

/// Reads the key's secret, or keeps the given one.
fn key_of(path: &Path, secret: &[u8; 32]) -> io::Result<SigningKey> {
    let kept = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text = HEXLOWER.encode(secret);
            let mut file = private(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            text
        }
        Err(error) => return Err(error),
    };
    let bytes = HEXLOWER.decode(kept.trim().as_bytes()).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let secret = bytes.ok_or_else(|| changed("the key of the virtual signer is no key"))?;
    Ok(SigningKey::from_bytes(&secret))
}

/// Makes a file only its owner may read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Reads the journal and cuts off a last line the power cut in two: nobody heard of it.
fn read_journal(path: &Path) -> io::Result<Vec<SignedTransaction>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    if whole < text.len() {
        let kept = u64::try_from(whole).expect("64 bits hold a length");
        OpenOptions::new().write(true).open(path)?.set_len(kept)?;
    }
    let mut signed = Vec::new();
    for line in text[..whole].lines() {
        let made: SignedTransaction =
            serde_json::from_str(line).map_err(|_| changed("a line of the journal is broken"))?;
        let next = u64::try_from(signed.len()).expect("64 bits hold a count") + 1;
        if made.counter != next {
            return Err(changed("the journal has a gap"));
        }
        signed.push(made);
    }
    Ok(signed)
}

fn changed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::{Ledger, LedgerRefused};

    #[test]
    fn it_counts_on_after_a_restart_and_never_signs_a_key_twice() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(folder.path(), &[7; 32]).unwrap();
        let first = ledger.sign("A", "1", "amounts", 5).unwrap();
        assert_eq!(ledger.sign("A", "1", "amounts", 9).unwrap(), first);
        let other = ledger.sign("A", "1", "other amounts", 9);
        assert!(matches!(other, Err(LedgerRefused::OtherContent)));
        let unusable = ledger.sign("", "1", "amounts", 9);
        assert!(matches!(unusable, Err(LedgerRefused::KeyUnusable)));
        let serial = ledger.serial().to_owned();
        drop(ledger);

        // Another secret is offered; the key it has is kept.
        let mut ledger = Ledger::open(folder.path(), &[8; 32]).unwrap();
        assert_eq!(ledger.serial(), serial);
        assert_eq!(ledger.sign("A", "1", "amounts", 20).unwrap(), first);
        assert_eq!(ledger.sign("B", "2", "amounts", 20).unwrap().counter, 2);
    }

    #[test]
    fn a_line_the_power_cut_in_two_was_never_signed_and_a_changed_journal_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(super::JOURNAL_FILE);
        let mut ledger = Ledger::open(folder.path(), &[7; 32]).unwrap();
        ledger.sign("A", "1", "amounts", 5).unwrap();
        ledger.sign("B", "2", "amounts", 5).unwrap();
        drop(ledger);
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 9]).unwrap();
        let mut ledger = Ledger::open(folder.path(), &[7; 32]).unwrap();
        assert!(ledger.find("B").is_none());
        assert_eq!(ledger.sign("C", "3", "amounts", 5).unwrap().counter, 2);
        drop(ledger);
        let second = whole.lines().nth(1).unwrap();
        std::fs::write(&path, format!("{second}\n")).unwrap();
        let gap = Ledger::open(folder.path(), &[7; 32])
            .map(|_| ())
            .unwrap_err();
        assert_eq!(gap.to_string(), "the journal has a gap");
    }
}
