//! Copies a database while it is in use, and checks one.
//!
//! It does not restore: stop the program, put the copy in the file's place, delete the `-wal` and
//! `-shm` files beside it, start again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::sqlite::Sqlite;
use super::{Cause, Db, DbError};

/// Pages of 4 KiB per step. In WAL mode the copy hinders nobody; the step only bounds how long
/// another program's lock is fought for.
const PAGES_PER_STEP: i32 = 4_096;
/// Things found wrong that are worth naming.
const FINDINGS_MAX: usize = 3;

/// What a copy of a database is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CopyFor {
    /// To be kept as a backup: the status page counts the days since the last one.
    #[default]
    Keeping,
    /// To be looked at and thrown away.
    Looking,
}

impl Db {
    /// Copies the database as it is now to `path`, checks the copy, and only then gives it its
    /// name: a file of that name is a whole backup.
    ///
    /// # Errors
    ///
    /// [`DbError::BackupExists`], [`DbError::Backup`], [`DbError::Corrupt`] when the copy does not
    /// add up; [`DbError::OnServer`], whose own tools do this.
    pub async fn backup_to(&self, path: impl Into<PathBuf>, what: CopyFor) -> Result<(), DbError> {
        let (source, target) = (self.file()?, path.into());
        spawn_blocking(move || back_up(&source, &target, what))
            .await
            .unwrap_or_else(|panic| {
                Err(DbError::Panicked {
                    message: panic.to_string(),
                })
            })
    }

    /// Does what [`Db::backup_to`] does and blocks the thread.
    ///
    /// # Errors
    ///
    /// As [`Db::backup_to`].
    pub fn backup_to_blocking(&self, path: &Path) -> Result<(), DbError> {
        back_up(&self.file()?, path, CopyFor::Keeping)
    }

    /// Reads every page, index and reference and compares them. It takes seconds per gigabyte and
    /// hinders nobody.
    ///
    /// # Errors
    ///
    /// [`DbError::Corrupt`] with the first findings; [`DbError::OnServer`].
    pub async fn integrity_check(&self) -> Result<(), DbError> {
        let path = self.file()?;
        spawn_blocking(move || check(&path))
            .await
            .unwrap_or_else(|panic| {
                Err(DbError::Panicked {
                    message: panic.to_string(),
                })
            })
    }

    /// Does what [`Db::integrity_check`] does and blocks the thread.
    ///
    /// # Errors
    ///
    /// As [`Db::integrity_check`].
    pub fn integrity_check_blocking(&self) -> Result<(), DbError> {
        check(&self.file()?)
    }

    fn file(&self) -> Result<PathBuf, DbError> {
        let file = self.place().file();
        file.map(Path::to_owned).ok_or_else(|| DbError::OnServer {
            database: self.place().to_string(),
        })
    }
}

fn back_up(source: &Path, target: &Path, what: CopyFor) -> Result<(), DbError> {
    if target.exists() {
        return Err(DbError::BackupExists {
            path: target.to_owned(),
        });
    }
    let mut partial = target.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let written = copy(source, &partial, target).and_then(|()| {
        check(&partial)?;
        let failed = |cause| backup_failed(target, Arc::new(cause));
        File::open(&partial)
            .and_then(|file| file.sync_all())
            .map_err(failed)?;
        fs::rename(&partial, target).map_err(failed)?;
        match what {
            CopyFor::Keeping => crate::measure::note_backup(source),
            CopyFor::Looking => {}
        }
        match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(failed),
            _ => Ok(()),
        }
    });
    if written.is_err()
        && let Err(error) = fs::remove_file(&partial)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(error = %error, path = %partial.display(), "could not remove half a backup");
    }
    written
}

fn copy(source: &Path, partial: &Path, target: &Path) -> Result<(), DbError> {
    let failed = |cause: rusqlite::Error| backup_failed(target, Arc::new(cause));
    let made = super::open::make_private(partial);
    made.map_err(|cause| backup_failed(target, Arc::new(cause)))?;
    let from = Sqlite::open_reader(source)?;
    let mut to = Connection::open(partial).map_err(failed)?;
    {
        let backup = Backup::new(from.connection(), &mut to).map_err(failed)?;
        loop {
            match backup.step(PAGES_PER_STEP).map_err(failed)? {
                StepResult::Done => break,
                StepResult::More => {}
                _ => {
                    return Err(DbError::Busy {
                        reason: "another program holds the file",
                    });
                }
            }
        }
    }
    // One file and nothing beside it is what a person can carry away.
    to.execute_batch("PRAGMA journal_mode = DELETE")
        .map_err(failed)?;
    to.close().map_err(|(_, cause)| failed(cause))
}

fn check(path: &Path) -> Result<(), DbError> {
    let mut sqlite = Sqlite::open_reader(path)?;
    let sql = format!("PRAGMA integrity_check({FINDINGS_MAX})");
    let mut findings = Vec::new();
    for row in sqlite.query(&sql, &[], usize::MAX)? {
        let finding: String = row.read(0)?;
        if finding != "ok" {
            findings.push(finding);
        }
    }
    for row in sqlite.query("PRAGMA foreign_key_check", &[], FINDINGS_MAX)? {
        let (table, parent): (String, String) = (row.read(0)?, row.read(2)?);
        findings.push(format!(
            "a row of {table} refers to a missing one of {parent}"
        ));
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(DbError::Corrupt {
            detail: findings.join("; "),
        })
    }
}

fn backup_failed(target: &Path, cause: Cause) -> DbError {
    DbError::Backup {
        path: target.to_owned(),
        cause,
    }
}
