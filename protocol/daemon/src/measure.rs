//! What a daemon can tell of its machine: room on the disk, the size of its database, its backups.
//!
//! It measures and keeps no opinion: what needs a person is decided in `protocol::condition`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use counterpart_protocol::condition::Measured;
use tokio_util::sync::CancellationToken;

use crate::clock::SharedClock;
use crate::db::Db;

/// How often the gauges are set anew.
const GAUGE_INTERVAL: Duration = Duration::from_secs(60);

/// Measures the disk of `folder` and the database. It reads a few file sizes: call it off the
/// async threads where that may take long.
#[must_use]
pub fn measure(folder: &Path, db: &Db) -> Measured {
    let (free, total) =
        space(folder).map_or((None, None), |(free, total)| (Some(free), Some(total)));
    let file = db.place().file();
    let made_ms = file.and_then(|file| millis(fs::metadata(file).ok()?.created().ok()?));
    Measured {
        disk_free_bytes: free,
        disk_total_bytes: total,
        database_bytes: file.map(database_bytes),
        backup_at_ms: file.and_then(last_backup_ms),
        backup_due_since_ms: file.and(made_ms),
    }
}

/// Keeps the gauges of disk, database and backup up to date until `stop` is cancelled.
pub async fn keep_gauges(
    name: &'static str,
    folder: PathBuf,
    db: Db,
    clock: SharedClock,
    stop: CancellationToken,
) {
    let mut timer = tokio::time::interval(GAUGE_INTERVAL);
    while stop.run_until_cancelled(timer.tick()).await.is_some() {
        let measured = measure(&folder, &db);
        let set = |gauge: metrics::Gauge, value: Option<u64>| {
            if let Some(value) = value {
                gauge.set(value as f64);
            }
        };
        set(
            metrics::gauge!("counterpart_disk_free_bytes", "node" => name),
            measured.disk_free_bytes,
        );
        set(
            metrics::gauge!("counterpart_db_size_bytes", "node" => name),
            measured.database_bytes,
        );
        let age_ms = measured
            .backup_at_ms
            .map(|at_ms| clock.now_ms().saturating_sub(at_ms).max(0));
        set(
            metrics::gauge!("counterpart_backup_age_seconds", "node" => name),
            age_ms.map(|age_ms| age_ms.unsigned_abs() / 1_000),
        );
    }
}

/// Returns the bytes free to us, and all bytes, of the disk a folder is on.
#[cfg(unix)]
fn space(folder: &Path) -> Option<(u64, u64)> {
    let found = rustix::fs::statvfs(folder).ok()?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    Some((free, found.f_blocks.saturating_mul(found.f_frsize)))
}

#[cfg(not(unix))]
fn space(_folder: &Path) -> Option<(u64, u64)> {
    None
}

/// The database is its file and its log.
fn database_bytes(file: &Path) -> u64 {
    let log = beside(file, "-wal");
    let sizes = [file, log.as_path()].map(|path| fs::metadata(path).map_or(0, |found| found.len()));
    sizes.iter().sum()
}

/// Notes beside the database that a whole backup of it was just made. That it was made counts, not
/// that it was noted: a note that cannot be written is only a warning.
pub(crate) fn note_backup(database: &Path) {
    let note = beside(database, ".last-backup");
    if let Err(error) = fs::write(&note, b"") {
        let path = note.display();
        tracing::warn!(error = %error, %path, "could not note when the backup was made");
    }
}

/// Returns when the last backup was made: the time of the note's file.
fn last_backup_ms(database: &Path) -> Option<i64> {
    millis(
        fs::metadata(beside(database, ".last-backup"))
            .ok()?
            .modified()
            .ok()?,
    )
}

fn millis(at: std::time::SystemTime) -> Option<i64> {
    let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_disk_tells_how_much_room_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let (free, total) = space(folder.path()).unwrap();
        assert!(total > 0 && free <= total);
        assert!(space(&folder.path().join("nowhere")).is_none());
    }

    #[test]
    fn a_backup_is_remembered_beside_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shop.sqlite");
        assert_eq!(last_backup_ms(&file), None);
        fs::write(&file, b"12345").unwrap();
        fs::write(beside(&file, "-wal"), b"678").unwrap();
        note_backup(&file);
        assert!(last_backup_ms(&file).unwrap() > 1_700_000_000_000);
        assert_eq!(database_bytes(&file), 8);
    }
}
