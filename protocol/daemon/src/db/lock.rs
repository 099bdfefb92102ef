//! Keeps a second daemon away from a database that is in use.
//!
//! SQLite itself would let both write; two writers of one journal are what nobody can repair.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use super::error::DbError;

/// The right to use a database file; the system takes it back when the process ends, however.
pub(super) struct DbLock {
    // Held, never read: closing the file gives the lock back.
    _file: File,
}

impl DbLock {
    /// Takes the lock beside `database` or tells who has it.
    pub(super) fn take(database: &Path) -> Result<Self, DbError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&name);
        let mut file = opened.map_err(|cause| open_failed(database, cause))?;
        match file.try_lock() {
            Ok(()) => {
                let pid = std::process::id();
                file.set_len(0)
                    .and_then(|()| file.rewind())
                    .and_then(|()| write!(file, "{pid}"))
                    .map_err(|cause| open_failed(database, cause))?;
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let holder = match file.read_to_string(&mut pid) {
                    Ok(_) if !pid.is_empty() => format!(" (process {pid})"),
                    _ => String::new(),
                };
                Err(DbError::InUse {
                    path: database.to_owned(),
                    holder,
                })
            }
            Err(TryLockError::Error(cause)) => Err(open_failed(database, cause)),
        }
    }
}

fn open_failed(database: &Path, cause: std::io::Error) -> DbError {
    DbError::Open {
        path: database.to_owned(),
        cause: Arc::new(cause),
    }
}
