//! Going on with a backup, or with data older than what stores were told, as a new generation of
//! the hub. No hub may run meanwhile.
//!
//! It prints nothing. The backup is checked and made a new generation in a folder of its own, and
//! put in place as a whole: whenever it is interrupted, what lay there is there or kept aside, and
//! no hub ever runs on a backup as the generation it was made in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use counterpart_daemon::clock::SystemClock;
use counterpart_daemon::db::{Db, DbError, DbPlace};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::replica::{Generation, Place, ReplicaFailed};
use counterpart_daemon::tls::{Authority, Identity, install_crypto_provider};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::lives::LifeBecause;
use jiff::Timestamp;

use super::examining::clear_away;
use super::schema::open_database;
use crate::config::HubConfig;
use crate::context::{StoreDays, business_date};
use crate::orders;
use crate::sync::edges;

/// The folder, in the data folder, in which a backup is made ready.
const RESTORING: &str = "restoring";
/// What a database and what SQLite keeps beside it end in.
const ENDINGS: [&str; 3] = ["", "-wal", "-shm"];

/// What a hub goes on with.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct RestoreAsked {
    /// The backup to put in the place of the data, which are kept aside
    #[arg(long, value_name = "BACKUP", required_unless_present = "in_place")]
    pub from: Option<PathBuf>,
    /// Leaves the data as they lie there: an older state, a copy that lagged behind, or a database
    /// that was restored with its server's own tools
    #[arg(long, conflicts_with = "from")]
    pub in_place: bool,
}

/// The generation of a hub.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct GenerationAsked {
    /// Opens a new one, with the data as they are: after a PostgreSQL database was restored or a
    /// lagging copy of it promoted. The same as restore --in-place
    #[arg(long)]
    pub new: bool,
}

/// A hub that goes on as a new generation.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Restored {
    opened: Generation,
    edges: usize,
    kept_aside: Option<PathBuf>,
}

/// Makes the hub go on as a new generation, and returns what a person must know.
///
/// # Errors
///
/// When a hub runs, when the backup is none of this hub's, or when it cannot be put in place;
/// everything is as it was then.
pub async fn restore(config: &HubConfig, asked: RestoreAsked) -> anyhow::Result<String> {
    install_crypto_provider();
    let config = config.clone();
    let restored = tokio::task::spawn_blocking(move || match asked.from {
        Some(backup) => from_backup(&config, &backup),
        None => in_place(&config),
    });
    Ok(words(&restored.await.context("the program is stopping")??))
}

/// Tells which generation the hub is, or opens the next one; returns what a person must know.
///
/// # Errors
///
/// As [`restore`].
pub async fn generation(config: &HubConfig, asked: GenerationAsked) -> anyhow::Result<String> {
    if asked.new {
        let in_place = RestoreAsked {
            from: None,
            in_place: true,
        };
        return restore(config, in_place).await;
    }
    install_crypto_provider();
    let config = config.clone();
    let told = tokio::task::spawn_blocking(move || {
        there_is_one(&config)?;
        let db = open_database(&config, &SystemClock::shared())?;
        let replica = super::replica(&SystemClock::shared(), &OsEntropy::shared());
        let read = db.write_blocking(move |tx| replica.identity(tx));
        db.close_blocking();
        let me = read?.context("this database is no hub's yet")?;
        anyhow::Ok(format!(
            "This hub is generation {}. Another is opened with --new, after its database was put \
             back to an older state.",
            me.writer.incarnation
        ))
    });
    told.await.context("the program is stopping")?
}

/// Says what was done and what comes next.
fn words(restored: &Restored) -> String {
    let Restored {
        opened,
        edges,
        kept_aside,
    } = restored;
    let time = |at_ms: i64| Timestamp::from_millisecond(at_ms).unwrap_or_default();
    let mut lines = vec![format!(
        "This hub is now generation {}. It promises nothing for a store before that store has told \
         it what it was told: {edges} store servers are waited for, each for seconds once it is on \
         the line.",
        opened.generation
    )];
    if let Some(from_ms) = opened.unproven_from_ms {
        lines.push(format!(
            "The last record in these data is of {:.0}. Orders that channels sent between then and \
             {:.0} and that reached no store are unknown: have every channel send its orders of \
             that time again. Those that are known are answered as before.",
            time(from_ms),
            time(opened.opened_at_ms)
        ));
    }
    lines.push(
        "What was published or changed at the console in that time has to be done again: prices, \
         people, policies, stores. Stores keep what they have until then."
            .to_owned(),
    );
    if let Some(folder) = kept_aside {
        lines.push(format!(
            "What was there before is kept in {}",
            folder.display()
        ));
    }
    lines.push("Start it: counterpart-hub run".to_owned());
    lines.join("\n")
}

fn there_is_one(config: &HubConfig) -> anyhow::Result<()> {
    if let DbPlace::File(path) = config.database()
        && !path.exists()
    {
        let data = config.data.display();
        bail!("there is no hub's database in {data}: name the data folder with --data");
    }
    Ok(())
}

fn in_place(config: &HubConfig) -> anyhow::Result<Restored> {
    there_is_one(config)?;
    let db = open_database(config, &SystemClock::shared())?;
    let begun = begin(&db, LifeBecause::InPlace, None);
    db.close_blocking();
    begun
}

fn from_backup(config: &HubConfig, backup: &Path) -> anyhow::Result<Restored> {
    let DbPlace::File(database) = config.database() else {
        bail!(
            "a database on a server is restored with the server's own tools (pg_restore, or a \
             promoted copy); then run counterpart-hub generation --new, which makes this hub a new \
             generation with the data it finds"
        );
    };
    if !backup.is_file() {
        bail!(
            "there is no backup {}: name a file that counterpart-hub backup made",
            backup.display()
        );
    }
    let known = lying_here(config, &database)?;
    let folder = config.data.join(RESTORING);
    clear_away(&folder)?;
    fs::create_dir_all(&folder)
        .with_context(|| format!("could not make the folder {}", folder.display()))?;
    let made = make_ready(config, backup, &folder, known);
    let placed = made.and_then(|restored| put_in_place(config, &folder, &database, restored));
    clear_away(&folder)?;
    placed
}

/// Returns the generation of the data that lie here, as far as they can be read: a broken database
/// is a good reason to restore. It also tells whether a hub runs.
fn lying_here(config: &HubConfig, database: &Path) -> anyhow::Result<Option<u32>> {
    if !database.exists() {
        return Ok(None);
    }
    match open_database(config, &SystemClock::shared()) {
        Ok(db) => {
            let replica = super::replica(&SystemClock::shared(), &OsEntropy::shared());
            let read = db.write_blocking(move |tx| replica.identity(tx));
            db.close_blocking();
            Ok(read.ok().flatten().map(|me| me.writer.incarnation.0))
        }
        Err(in_use @ DbError::InUse { .. }) => Err(in_use.into()),
        Err(error) => {
            tracing::warn!(error = %error, "the data that lie here cannot be read");
            Ok(None)
        }
    }
}

/// Copies the backup into `folder`, checks it, and opens the generation there.
fn make_ready(
    config: &HubConfig,
    backup: &Path,
    folder: &Path,
    known: Option<u32>,
) -> anyhow::Result<Restored> {
    let unusable = || {
        let path = backup.display();
        format!("{path} cannot be restored: it is no whole backup of a hub")
    };
    let aside = HubConfig {
        data: folder.to_owned(),
        ..config.clone()
    };
    let DbPlace::File(copy) = aside.database() else {
        bail!("a backup is a file");
    };
    fs::copy(backup, &copy).with_context(|| format!("could not copy it to {}", copy.display()))?;
    let db = open_database(&aside, &SystemClock::shared()).with_context(unusable)?;
    let made = (|| {
        db.integrity_check_blocking().with_context(unusable)?;
        is_ours(config, &db)?;
        let begun = begin(&db, LifeBecause::Restored, known)?;
        // One file and nothing beside it, checked once more.
        db.backup_to_blocking(&ready(folder))?;
        anyhow::Ok(begun)
    })();
    db.close_blocking();
    made
}

/// Checks that the backup goes with the keys in the data folder, which stores trust.
fn is_ours(config: &HubConfig, db: &Db) -> anyhow::Result<()> {
    let Some(identity) = Identity::load(&config.data, "authority")? else {
        bail!(
            "the hub's keys are not in {}: copy authority.pem, authority.key, vault.key and \
             codes.key there first (see Backups in the runbook); without them no store trusts this \
             hub",
            config.data.display()
        );
    };
    let fingerprint = Authority::load(identity)?.fingerprint();
    match db.belongs_to_blocking(fingerprint.0)? {
        true => Ok(()),
        false => bail!("it is the backup of a hub with other keys than those in the data folder"),
    }
}

fn ready(folder: &Path) -> PathBuf {
    folder.join("ready.db")
}

/// Opens the generation in an open database.
fn begin(db: &Db, because: LifeBecause, known: Option<u32>) -> anyhow::Result<Restored> {
    let clock = SystemClock::shared();
    let replica = super::replica(&clock, &OsEntropy::shared());
    let date = business_date(clock.now_ms(), &StoreDays::of_nobody().zone);
    let place = Place {
        business_date: date,
        register: None,
        staff: None,
    };
    let begun = db.write_blocking(move |tx| {
        let me = replica.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        if me.writer.edge != EdgeNumber::HUB {
            return Ok(None);
        }
        orders::forget_frames(tx)?;
        edges::leave_numbers_out(tx)?;
        let opened = replica.open_generation(tx, place, because, known)?;
        let waiting = replica.hearings(tx)?.len();
        Ok::<_, ReplicaFailed>(Some((opened, waiting)))
    });
    let begun = begun.context("could not open a new generation of the hub")?;
    let (opened, edges) = begun.context("these data are a store's, not a hub's")?;
    Ok(Restored {
        opened,
        edges,
        kept_aside: None,
    })
}

/// Keeps what lies in the data folder aside, and puts what was made ready in its place.
fn put_in_place(
    config: &HubConfig,
    folder: &Path,
    database: &Path,
    restored: Restored,
) -> anyhow::Result<Restored> {
    let beside = |ending: &str| {
        let mut name = database.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let mut kept_aside = None;
    if ENDINGS.iter().any(|ending| beside(ending).exists()) {
        let kept = new_folder(config)?;
        for ending in ENDINGS {
            let file = beside(ending);
            let Some(name) = file.file_name().filter(|_| file.exists()) else {
                continue;
            };
            fs::rename(&file, kept.join(name))
                .with_context(|| format!("could not keep {} aside", file.display()))?;
        }
        kept_aside = Some(kept);
    }
    fs::rename(ready(folder), database)
        .with_context(|| format!("could not put {} in place", database.display()))?;
    fs::File::open(&config.data)
        .and_then(|data| data.sync_all())
        .with_context(|| format!("could not write {}", config.data.display()))?;
    Ok(Restored {
        kept_aside,
        ..restored
    })
}

/// Makes the folder for what is kept aside; its name says when.
fn new_folder(config: &HubConfig) -> anyhow::Result<PathBuf> {
    let now = Timestamp::from_millisecond(SystemClock::shared().now_ms()).unwrap_or_default();
    let stem = format!("before-restore-{}", now.strftime("%Y%m%dT%H%M%SZ"));
    for again in 1_u32.. {
        let name = match again {
            1 => stem.clone(),
            again => format!("{stem}-{again}"),
        };
        let kept = config.data.join(name);
        match fs::create_dir(&kept) {
            Ok(()) => return Ok(kept),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("could not make the folder {}", kept.display()));
            }
        }
    }
    bail!("there is no name left for what is kept aside")
}
