//! The demo's one data folder: made, recognised, locked against a second demo, and thrown away.
//!
//! It deletes nothing that does not carry the demo's mark.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::ledger::{LEDGER_FILE, Ledger, LedgerFailed};

/// Marks a folder as the demo's.
const MARK_FILE: &str = "counterpart-demo.txt";
const MARK: &str = "This folder belongs to the Counterpart demo: `--reset` deletes it.\n";
/// Held as long as a demo runs.
const LOCK_FILE: &str = "demo.lock";

/// The demo's folder, held by this process.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderRefused {
    /// Another demo runs on it.
    #[error(
        "another demo runs on {0}: stop it first (Ctrl-C in its terminal), or give this one a \
         folder of its own with --data and other ports with --base-port"
    )]
    InUse(String),
    /// It holds something else.
    #[error(
        "{0} holds something that is not the demo's: nothing was touched; choose an empty folder \
         with --data"
    )]
    NotOurs(String),
    /// The system refused.
    #[error("could not use the data folder {path}: check that it can be written")]
    Io {
        /// The folder.
        path: String,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// What the demo wrote down about itself.
    #[error(transparent)]
    Ledger(#[from] LedgerFailed),
}

impl DataFolder {
    /// Takes the folder at `path`, makes it if it is not there, and marks it as the demo's.
    ///
    /// # Errors
    ///
    /// [`FolderRefused`].
    pub fn take(path: &Path) -> Result<Self, FolderRefused> {
        let failed = |cause| io_failed(path, cause);
        fs::create_dir_all(path).map_err(failed)?;
        if !is_marked(path)? && !is_empty(path).map_err(failed)? {
            return Err(FolderRefused::NotOurs(path.display().to_string()));
        }
        let lock = lock(path)?;
        fs::write(path.join(MARK_FILE), MARK).map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Returns the folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the folder of the hub's data.
    pub fn hub(&self) -> PathBuf {
        self.path.join("hub")
    }

    /// Returns the folder of a store's data.
    pub fn edge(&self, slug: &str) -> PathBuf {
        self.path.join(slug)
    }

    /// Returns the folder of a store's virtual devices.
    pub fn devices(&self, slug: &str) -> PathBuf {
        self.path.join("devices").join(slug)
    }

    /// Returns the folder of a store's virtual signer: what it signed outlives a restart.
    pub fn signer(&self, slug: &str) -> PathBuf {
        self.devices(slug).join("signer")
    }

    /// Returns what the demo wrote down about itself, if its first start was finished.
    ///
    /// # Errors
    ///
    /// [`LedgerFailed`].
    pub fn ledger(&self) -> Result<Option<Ledger>, LedgerFailed> {
        Ledger::load(&self.path.join(LEDGER_FILE))
    }

    /// Writes down what the next start must know; the first start is finished then.
    ///
    /// # Errors
    ///
    /// [`LedgerFailed`].
    pub fn keep(&self, ledger: &Ledger) -> Result<(), LedgerFailed> {
        ledger.save(&self.path.join(LEDGER_FILE))
    }

    /// Deletes everything in the folder but its mark and its lock: a first start that was
    /// interrupted, or a demo that is to start over.
    ///
    /// # Errors
    ///
    /// [`FolderRefused::Io`].
    pub fn clear(&self) -> Result<(), FolderRefused> {
        let failed = |cause| io_failed(&self.path, cause);
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name() == MARK_FILE || entry.file_name() == LOCK_FILE {
                continue;
            }
            let kind = entry.file_type().map_err(failed)?;
            let removed = match kind.is_dir() {
                true => fs::remove_dir_all(entry.path()),
                false => fs::remove_file(entry.path()),
            };
            removed.map_err(failed)?;
        }
        Ok(())
    }
}

/// Tells whether there is a demo's folder at `path`, to ask before it is reset.
///
/// # Errors
///
/// [`FolderRefused::NotOurs`] for a folder that holds something else; [`FolderRefused::Io`].
pub fn is_there(path: &Path) -> Result<bool, FolderRefused> {
    if is_marked(path)? {
        return Ok(true);
    }
    match is_empty(path) {
        Ok(true) => Ok(false),
        Ok(false) => Err(FolderRefused::NotOurs(path.display().to_string())),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(io_failed(path, cause)),
    }
}

fn is_marked(path: &Path) -> Result<bool, FolderRefused> {
    match fs::read(path.join(MARK_FILE)) {
        Ok(mark) => Ok(mark == MARK.as_bytes()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(io_failed(path, cause)),
    }
}

fn is_empty(path: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(path)?.next().is_none())
}

fn lock(path: &Path) -> Result<File, FolderRefused> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.join(LOCK_FILE))
        .map_err(|cause| io_failed(path, cause))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FolderRefused::InUse(path.display().to_string())),
        Err(TryLockError::Error(cause)) => Err(io_failed(path, cause)),
    }
}

fn io_failed(path: &Path, cause: io::Error) -> FolderRefused {
    FolderRefused::Io {
        path: path.display().to_string(),
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_something_else_in_it_is_never_touched() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
        let refused = DataFolder::take(folder.path()).unwrap_err();
        assert!(matches!(refused, FolderRefused::NotOurs(_)), "{refused}");
        assert!(matches!(
            is_there(folder.path()),
            Err(FolderRefused::NotOurs(_))
        ));
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing was added either");
    }

    #[test]
    fn a_forged_mark_is_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(MARK_FILE), "mine").unwrap();
        assert!(matches!(
            is_there(folder.path()),
            Err(FolderRefused::NotOurs(_))
        ));
    }

    #[test]
    fn a_second_demo_on_the_same_folder_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        assert!(!is_there(&path).unwrap());
        let first = DataFolder::take(&path).unwrap();
        assert!(is_there(&path).unwrap());
        let refused = DataFolder::take(&path).unwrap_err().to_string();
        assert!(refused.starts_with("another demo runs on "), "{refused}");
        drop(first);
        DataFolder::take(&path).unwrap();
    }

    #[test]
    fn clearing_leaves_the_mark_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let taken = DataFolder::take(folder.path()).unwrap();
        fs::create_dir_all(taken.hub().join("keys")).unwrap();
        fs::write(taken.hub().join("keys/a.pem"), "key").unwrap();
        fs::write(folder.path().join("demo.json"), "{").unwrap();
        taken.clear().unwrap();
        assert!(!taken.hub().exists());
        assert_eq!(taken.ledger().unwrap(), None);
        assert!(is_there(folder.path()).unwrap());
    }
}
