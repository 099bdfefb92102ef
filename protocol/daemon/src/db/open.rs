//! Opens a database: lock, settings, schema, threads, in this order. A server's own part is in
//! `postgres/open.rs`.
//!
//! It never repairs and never overwrites: what it does not understand it refuses.

use std::fs::{self, OpenOptions};
use std::io;
#[cfg(feature = "postgres")]
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use tokio_util::sync::CancellationToken;

use super::engine::Engine;
use super::error::DbError;
use super::gauges::Gauges;
use super::hints::Hints;
use super::lock::DbLock;
use super::migrations::{self, Migration};
use super::place::DbPlace;
#[cfg(feature = "postgres")]
use super::postgres;
use super::queue::Queue;
use super::readers::Reader;
use super::reserve::Reserve;
use super::sqlite::{Sqlite, WAL_BYTES};
use super::tx::Tx;
use super::value::Value;
use super::writer::{CHECKPOINT_PAGES, Writer};
use super::{Db, Inner, Lane, ON_DATABASE_THREAD};
use crate::clock::{SharedClock, SystemClock};

/// Commands that may wait, for each kind of thread.
const QUEUE_CAPACITY: usize = 1_024;

/// How a database is opened.
#[derive(Clone)]
pub struct DbOptions<'a> {
    /// The label of this database in metrics and thread names, `edge` or `hub`.
    pub name: &'static str,
    /// Where it is; a file's folder is made if it is missing.
    pub place: DbPlace,
    /// Marks the database as this program's, in SQLite's header or in a table; not 0.
    pub application_id: u32,
    /// The schema, ascending and complete.
    pub migrations: &'a [Migration],
    /// Reading threads, at least 1.
    pub readers: usize,
    /// Bytes set aside beside a file for a disk that fills up; 0 for none.
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
        place: impl Into<DbPlace>,
        application_id: u32,
        migrations: &'a [Migration],
    ) -> Self {
        Self {
            name,
            place: place.into(),
            application_id,
            migrations,
            readers: 2,
            reserve_bytes: 16 * 1024 * 1024,
            clock: SystemClock::shared(),
        }
    }
}

impl Db {
    /// Opens the database, makes a file that does not exist, and brings the schema up to date. It
    /// blocks the thread for the disk or the server. Metrics of it exist only if `telemetry` was
    /// started before.
    ///
    /// # Errors
    ///
    /// [`DbError::InUse`], [`DbError::Foreign`], [`DbError::Newer`],
    /// [`DbError::MigrationEdited`], [`DbError::MigrationTooLate`], [`DbError::MigrationFailed`],
    /// [`DbError::Open`], [`DbError::Corrupt`], [`DbError::DiskFull`]; of a server also
    /// [`DbError::Unreachable`] and [`DbError::NotAllowed`].
    pub fn open(options: DbOptions<'_>) -> Result<Self, DbError> {
        match &options.place {
            DbPlace::File(path) => open_file(&options, path),
            #[cfg(feature = "postgres")]
            DbPlace::Server(url) => thread::scope(|scope| {
                // The client blocks, which no thread of an async runtime may do.
                let opening = scope.spawn(|| postgres::open(&options, url));
                opening.join().unwrap_or_else(|panic| resume_unwind(panic))
            }),
        }
    }
}

fn open_file(options: &DbOptions<'_>, path: &Path) -> Result<Db, DbError> {
    let failed = |cause| open_failed(path, cause);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let lock = DbLock::take(path)?;
    make_private(path).map_err(failed)?;
    let sqlite = Sqlite::open_writer(path, None)?;
    claim(&sqlite, path, options.application_id)?;
    let now_ms = options.clock.now_ms();
    let mut writer = Engine::Sqlite(sqlite);
    let name = path.display().to_string();
    migrations::migrate(&mut writer, &name, options.migrations, now_ms)?;
    match &writer {
        Engine::Sqlite(sqlite) => grow_log(sqlite, path)?,
        #[cfg(feature = "postgres")]
        Engine::Postgres(_) => unreachable!("a file is SQLite's"),
    }
    let mut readers = Vec::new();
    for _ in 0..options.readers.max(1) {
        readers.push(Tx::new(Engine::Sqlite(Sqlite::open_reader(path)?)));
    }
    start(
        options.name,
        options.place.clone(),
        Connections {
            writer: Tx::new(writer),
            readers,
            reserve: Some(Reserve::ensure(path, options.reserve_bytes)),
            lock: Some(lock),
            hints: Hints::default(),
            line: None,
        },
    )
}

/// What the threads of a database work on; it all exists before the first of them starts, so that a
/// failure leaves none.
pub(super) struct Connections {
    pub(super) writer: Tx,
    pub(super) readers: Vec<Tx>,
    pub(super) reserve: Option<Reserve>,
    pub(super) lock: Option<DbLock>,
    pub(super) hints: Hints,
    /// Passes hints between processes until it is stopped.
    pub(super) line: Option<Box<dyn FnOnce(CancellationToken) + Send>>,
}

/// Starts the threads.
pub(super) fn start(
    name: &'static str,
    place: DbPlace,
    connections: Connections,
) -> Result<Db, DbError> {
    let failed = |cause| open_failed(Path::new(&place.to_string()), cause);
    let (writes, reads) = (lane(name, "write"), lane(name, "read"));
    let writer = Writer {
        tx: connections.writer,
        queue: writes.queue.clone(),
        gauges: writes.gauges.clone(),
        reserve: connections.reserve,
        checkpoint_pages: CHECKPOINT_PAGES,
        _lock: connections.lock,
    };
    let stop = CancellationToken::new();
    let db = Db {
        inner: Arc::new(Inner {
            place: place.clone(),
            reads,
            writes,
            hints: connections.hints,
            stop: stop.clone(),
            threads: Mutex::default(),
        }),
    };
    // From here on a failure drops `db`, which ends the threads that run already.
    let mut threads = db.inner.lock_threads();
    for (index, tx) in connections.readers.into_iter().enumerate() {
        let reader = Reader {
            tx,
            queue: db.inner.reads.queue.clone(),
            gauges: db.inner.reads.gauges.clone(),
        };
        let started = spawn(format!("{name}-db-read-{index}"), move || reader.run());
        threads.readers.push(started.map_err(failed)?);
    }
    let started = spawn(format!("{name}-db-write"), move || writer.run());
    threads.writer = Some(started.map_err(failed)?);
    if let Some(line) = connections.line {
        let started = spawn(format!("{name}-db-hints"), move || line(stop));
        threads.line = Some(started.map_err(failed)?);
    }
    drop(threads);
    Ok(db)
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
pub(super) fn claim(sqlite: &Sqlite, path: &Path, application_id: u32) -> Result<(), DbError> {
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
        database: path.display().to_string(),
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
