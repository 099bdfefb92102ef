//! Opens a database: lock, settings, schema, threads, in this order.
//!
//! It never repairs and never overwrites: what it does not understand it refuses.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::error::DbError;
use super::gauges::Gauges;
use super::lock::DbLock;
use super::migrations::{self, Migration};
use super::queue::Queue;
use super::readers::Reader;
use super::reserve::Reserve;
use super::sqlite::{Sqlite, WAL_BYTES};
use super::tx::{Engine, Tx};
use super::value::Value;
use super::writer::Writer;
use super::{Db, Inner, Lane, ON_DATABASE_THREAD, Threads};
use crate::clock::{SharedClock, SystemClock};

/// Commands that may wait, for each kind of thread.
const QUEUE_CAPACITY: usize = 1_024;

/// How a database is opened.
#[derive(Clone)]
pub struct DbOptions<'a> {
    /// The label of this database in metrics and thread names, `edge` or `hub`.
    pub name: &'static str,
    /// The file; its folder is made if it is missing.
    pub path: PathBuf,
    /// Marks the file as this program's, in SQLite's header; not 0.
    pub application_id: u32,
    /// The schema, ascending and complete.
    pub migrations: &'a [Migration],
    /// Reading threads, at least 1.
    pub readers: usize,
    /// Bytes set aside for a disk that fills up; 0 for none.
    pub reserve_bytes: u64,
    /// Dates the migrations.
    pub clock: SharedClock,
}

impl<'a> DbOptions<'a> {
    /// Returns the options a daemon uses: two readers and 16 MiB set aside, which is some ten
    /// thousand sales (replication.md §2: 115 bytes per change, a few rows each).
    #[must_use]
    pub fn new(
        name: &'static str,
        path: impl Into<PathBuf>,
        application_id: u32,
        migrations: &'a [Migration],
    ) -> Self {
        Self {
            name,
            path: path.into(),
            application_id,
            migrations,
            readers: 2,
            reserve_bytes: 16 * 1024 * 1024,
            clock: SystemClock::shared(),
        }
    }
}

impl Db {
    /// Opens the database, makes it if it does not exist, and brings its schema up to date. It
    /// blocks the thread for the disk. Metrics of it exist only if `telemetry` was started before.
    ///
    /// # Errors
    ///
    /// [`DbError::InUse`], [`DbError::Foreign`], [`DbError::Newer`],
    /// [`DbError::MigrationEdited`], [`DbError::MigrationTooLate`], [`DbError::MigrationFailed`],
    /// [`DbError::Open`], [`DbError::Corrupt`], [`DbError::DiskFull`].
    pub fn open(options: DbOptions<'_>) -> Result<Self, DbError> {
        let path = options.path.as_path();
        let failed = |cause| open_failed(path, cause);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let lock = DbLock::take(path)?;
        make_private(path).map_err(failed)?;
        let mut sqlite = Sqlite::open_writer(path)?;
        claim(&sqlite, path, options.application_id)?;
        let now_ms = options.clock.now_ms();
        migrations::migrate(&mut sqlite, path, options.migrations, now_ms)?;
        grow_log(&sqlite, path)?;
        let reserve = Reserve::ensure(path, options.reserve_bytes);

        let (writes, reads) = (lane(options.name, "write"), lane(options.name, "read"));
        // Every connection exists before the first thread starts, so that a failure leaves none.
        let mut readers = Vec::new();
        for _ in 0..options.readers.max(1) {
            readers.push(Reader {
                tx: Tx::new(Engine::Sqlite(Sqlite::open_reader(path)?)),
                queue: reads.queue.clone(),
                gauges: reads.gauges.clone(),
            });
        }
        let writer = Writer {
            tx: Tx::new(Engine::Sqlite(sqlite)),
            queue: writes.queue.clone(),
            gauges: writes.gauges.clone(),
            reserve,
            _lock: lock,
        };
        let inner = Inner {
            path: path.to_owned(),
            writes,
            reads,
            threads: Mutex::default(),
        };
        let db = Self {
            inner: Arc::new(inner),
        };
        // From here on a failure drops `db`, which ends the threads that run already.
        let mut threads = Threads::default();
        for (index, reader) in readers.into_iter().enumerate() {
            let name = format!("{}-db-read-{index}", options.name);
            threads
                .readers
                .push(spawn(name, move || reader.run()).map_err(failed)?);
        }
        let name = format!("{}-db-write", options.name);
        threads.writer = Some(spawn(name, move || writer.run()).map_err(failed)?);
        *db.inner
            .threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = threads;
        Ok(db)
    }
}

fn open_failed(path: &Path, cause: io::Error) -> DbError {
    DbError::Open {
        path: path.to_owned(),
        cause: Arc::new(cause),
    }
}

fn lane(db: &'static str, queue: &'static str) -> Lane {
    Lane {
        queue: Arc::new(Queue::new(QUEUE_CAPACITY)),
        gauges: Gauges::new(db, queue),
    }
}

fn spawn(name: String, run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name).spawn(move || {
        ON_DATABASE_THREAD.set(true);
        run();
    })
}

/// Makes the file with access for its owner only: it holds what customers bought. SQLite gives the
/// log the same access.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let mut open = OpenOptions::new();
    open.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path).map(|_| ())
}

/// Checks that the file is ours, and marks a new one.
fn claim(sqlite: &Sqlite, path: &Path, application_id: u32) -> Result<(), DbError> {
    assert_ne!(
        application_id, 0,
        "0 marks the files of programs that do not mark theirs"
    );
    let found = match sqlite.pragma("PRAGMA application_id")?.first() {
        // The header holds 32 bits that SQLite reads as signed.
        Some(Value::Int(id)) => u32::try_from(*id & 0xFFFF_FFFF).expect("masked to 32 bits"),
        _ => 0,
    };
    if found == application_id {
        return Ok(());
    }
    let tables = sqlite.pragma("SELECT COUNT(*) FROM sqlite_schema")?;
    if found == 0 && tables == [Value::Int(0)] {
        // Written as the signed number of the same 32 bits.
        let signed = application_id.cast_signed();
        sqlite.pragma(&format!("PRAGMA application_id = {signed}"))?;
        return Ok(());
    }
    let advice = "choose another data folder, or move the file away";
    Err(DbError::Foreign {
        path: path.to_owned(),
        found,
        advice,
    })
}

/// Grows the log to its usual size before the first sale: a transaction larger than its cache
/// spills into the log, and is then rolled back.
fn grow_log(sqlite: &Sqlite, path: &Path) -> Result<(), DbError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if fs::metadata(&log).is_ok_and(|found| found.len() >= WAL_BYTES) {
        return Ok(());
    }
    let cache = sqlite.pragma("PRAGMA cache_size")?;
    sqlite.pragma("PRAGMA cache_size = 16")?;
    let grown = sqlite
        .control("BEGIN IMMEDIATE")
        .and_then(|()| sqlite.control("CREATE TABLE log_growth (filler BLOB NOT NULL) STRICT"))
        .and_then(|()| {
            sqlite.control(&format!(
                "INSERT INTO log_growth VALUES (zeroblob({WAL_BYTES}))"
            ))
        });
    if sqlite.in_transaction() {
        sqlite.control("ROLLBACK")?;
    }
    if let Err(error) = grown {
        // Slower commits are no reason not to open.
        tracing::warn!(error = %error, "could not grow the log of the database");
    }
    if let Some(Value::Int(pages)) = cache.first() {
        sqlite.pragma(&format!("PRAGMA cache_size = {pages}"))?;
    }
    Ok(())
}
