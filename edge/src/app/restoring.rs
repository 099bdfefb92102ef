//! Going on with a backup, or with data older than what the hub holds, as a new life of the store.
//!
//! It prints nothing and asks no hub. The backup is checked and made a new life in a folder of its
//! own, and put in place as a whole: whenever it is interrupted, what lay there is there or kept
//! aside, and no program ever runs on a backup as the life it was made in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use counterpart_daemon::db::{CopyFor, Db, DbError};
use counterpart_daemon::replica::{Place, Replica, ReplicaFailed};
use counterpart_daemon::tls::install_crypto_provider;
use counterpart_daemon::web::live::Live;
use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::lives::LifeBecause;
use jiff::Timestamp;

use super::offline::{clear_away, folder_failed};
use super::{EdgeError, open};
use crate::config::EdgeConfig;
use crate::context::business_date_at;
use crate::sync::{certified_edge, store_of};
use crate::{coupons, payments, pickups, reference, returns, sales, stored, transfers};

/// The folder, in the data folder, in which a backup is made ready.
const RESTORING: &str = "restoring";
/// What a database and what SQLite keeps beside it end in.
const ENDINGS: [&str; 3] = ["", "-wal", "-shm"];

/// What a store goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestoreFrom {
    /// This backup, which takes the place of the data.
    Backup(PathBuf),
    /// The data as they lie there.
    InPlace,
}

/// A store that goes on as a new life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Which edge it is.
    pub edge: EdgeNumber,
    /// What its store is called.
    pub store: String,
    /// The new life, whose number its receipts have for their series.
    pub incarnation: Incarnation,
    /// Where the data are that lay there before.
    pub kept_aside: Option<PathBuf>,
    /// Whether its key and certificate lie in the data folder.
    pub has_key: bool,
}

/// Why nothing was restored; everything is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreRefused {
    /// There is no such file.
    #[error("there is no backup {path}: name a file that counterpart-edge backup made")]
    NoBackup {
        /// The file.
        path: String,
    },
    /// It is another program's, or damaged.
    #[error("{path} cannot be restored: it is no whole backup of a store")]
    Unusable {
        /// The file.
        path: String,
        /// What was found.
        #[source]
        cause: Box<DbError>,
    },
    /// It was made before the store was enrolled.
    #[error("{path} is the backup of a store that was not enrolled yet: enrol this one instead")]
    NotEnrolled {
        /// The file.
        path: String,
    },
    /// It is another store's.
    #[error(
        "{path} is the backup of edge {found}, and this data folder is edge {here}'s: name this \
         store's backup, or another folder with --data"
    )]
    OtherEdge {
        /// The file.
        path: String,
        /// Whose backup it is.
        found: EdgeNumber,
        /// Whose folder it is.
        here: EdgeNumber,
    },
    /// The fact that begins the new life could not be stated.
    #[error("could not begin a new life of the store")]
    NotBegun(#[source] Box<ReplicaFailed>),
}

/// Makes this store go on as a new life, with the data of `from`. No store server may run on the
/// data folder. What lies there is kept aside.
///
/// # Errors
///
/// [`EdgeError::Restore`], [`EdgeError::Db`], also when a store server runs; [`EdgeError::Folder`].
pub async fn restore(config: &EdgeConfig, from: RestoreFrom) -> Result<Restored, EdgeError> {
    install_crypto_provider();
    match from {
        RestoreFrom::Backup(backup) => from_backup(config, &backup).await,
        RestoreFrom::InPlace if !config.database().exists() => Err(EdgeError::NoDatabase {
            data: config.data.display().to_string(),
        }),
        RestoreFrom::InPlace => {
            let (db, replica) = open(config, &Live::new(0)).await?;
            let begun = begin(config, &db, &replica, LifeBecause::InPlace, None).await;
            db.close().await;
            begun
        }
    }
}

async fn from_backup(config: &EdgeConfig, backup: &Path) -> Result<Restored, EdgeError> {
    if !backup.is_file() {
        let path = backup.display().to_string();
        return Err(RestoreRefused::NoBackup { path }.into());
    }
    // Read first: it also tells whether a store server runs here.
    let here = lying_here(config).await?;
    let folder = config.data.join(RESTORING);
    clear_away(&folder)?;
    fs::create_dir_all(&folder).map_err(|cause| folder_failed(&folder, cause))?;
    let made = make_ready(config, backup, &folder, here).await;
    let placed = made.and_then(|restored| put_in_place(config, &folder, restored));
    clear_away(&folder)?;
    placed
}

/// Which edge lies in the data folder, and the highest life it has seen, as far as either can be
/// read: a broken database is a good reason to restore.
async fn lying_here(config: &EdgeConfig) -> Result<Option<(EdgeNumber, Incarnation)>, EdgeError> {
    let certified = certified_edge(&config.data).map(|edge| (edge, Incarnation(0)));
    if !config.database().exists() {
        return Ok(certified);
    }
    match open(config, &Live::new(0)).await {
        Ok((db, replica)) => {
            let read = db.read(move |tx| replica.identity(tx)).await;
            db.close().await;
            let known = read.ok().flatten();
            let writer = known.map(|known| (known.writer.edge, known.writer.incarnation));
            Ok(writer.or(certified))
        }
        Err(EdgeError::Db(in_use @ DbError::InUse { .. })) => Err(in_use.into()),
        Err(error) => {
            tracing::warn!(error = %error, "the data that lie here cannot be read");
            Ok(certified)
        }
    }
}

/// Copies the backup into `folder`, checks it, and begins the new life there.
async fn make_ready(
    config: &EdgeConfig,
    backup: &Path,
    folder: &Path,
    here: Option<(EdgeNumber, Incarnation)>,
) -> Result<Restored, EdgeError> {
    let path = backup.display().to_string();
    let aside = EdgeConfig {
        data: folder.to_owned(),
        ..config.clone()
    };
    fs::copy(backup, aside.database()).map_err(|cause| folder_failed(&aside.database(), cause))?;
    let unusable = |cause: DbError| RestoreRefused::Unusable {
        path: path.clone(),
        cause: Box::new(cause),
    };
    let (db, replica) = match open(&aside, &Live::new(0)).await {
        Ok(opened) => opened,
        Err(EdgeError::Db(cause)) => return Err(unusable(cause).into()),
        Err(other) => return Err(other),
    };
    let made = async {
        db.integrity_check().await.map_err(unusable)?;
        let found = store_of(&db).await?.map(|(edge, _)| edge);
        let found = found.ok_or_else(|| RestoreRefused::NotEnrolled { path: path.clone() })?;
        if let Some((here, _)) = here.filter(|(here, _)| *here != found) {
            return Err(RestoreRefused::OtherEdge {
                path: path.clone(),
                found,
                here,
            }
            .into());
        }
        let known = here.map(|(_, incarnation)| incarnation);
        let begun = begin(config, &db, &replica, LifeBecause::Restored, known).await?;
        // One file and nothing beside it, checked once more.
        db.backup_to(ready(folder), CopyFor::Looking).await?;
        Ok::<_, EdgeError>(begun)
    };
    let made = made.await;
    db.close().await;
    made
}

fn ready(folder: &Path) -> PathBuf {
    folder.join("ready.db")
}

/// Begins the new life in an open database.
async fn begin(
    config: &EdgeConfig,
    db: &Db,
    replica: &Replica,
    because: LifeBecause,
    known: Option<Incarnation>,
) -> Result<Restored, EdgeError> {
    let Some((edge, enrolled)) = store_of(db).await? else {
        return Err(EdgeError::NotEnrolled {
            data: config.data.display().to_string(),
        });
    };
    let profile = reference::profile(db, &enrolled).await?;
    let place = Place {
        business_date: business_date_at(
            config.clock.now_ms(),
            &profile.time_zone,
            profile.details.day_end,
        ),
        register: None,
        staff: None,
    };
    let replica = replica.clone();
    let begun = db.write(move |tx| {
        // What was in work may have been finished since, under ids that are set already.
        sales::forget_work(tx)?;
        payments::forget_work(tx)?;
        stored::forget_work(tx)?;
        coupons::forget_work(tx)?;
        returns::forget_work(tx)?;
        pickups::forget_work(tx)?;
        transfers::forget_work(tx)?;
        replica.open_life(tx, place, because, known)
    });
    let life = match begun.await {
        Ok(life) => life,
        Err(ReplicaFailed::Db(error)) => return Err(error.into()),
        Err(failed) => return Err(RestoreRefused::NotBegun(Box::new(failed)).into()),
    };
    Ok(Restored {
        edge,
        store: profile.name,
        incarnation: life.writer.incarnation,
        kept_aside: None,
        has_key: certified_edge(&config.data).is_some(),
    })
}

/// Keeps what lies in the data folder aside, and puts what was made ready in its place.
fn put_in_place(
    config: &EdgeConfig,
    folder: &Path,
    restored: Restored,
) -> Result<Restored, EdgeError> {
    let database = config.database();
    let mut kept_aside = None;
    let beside = |ending: &str| {
        let mut name = database.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    if ENDINGS.iter().any(|ending| beside(ending).exists()) {
        let kept = new_folder(config)?;
        for ending in ENDINGS {
            let file = beside(ending);
            let Some(name) = file.file_name().filter(|_| file.exists()) else {
                continue;
            };
            let moved = fs::rename(&file, kept.join(name));
            moved.map_err(|cause| folder_failed(&file, cause))?;
        }
        kept_aside = Some(kept);
    }
    let moved = fs::rename(ready(folder), &database);
    moved.map_err(|cause| folder_failed(&database, cause))?;
    let synced = fs::File::open(&config.data).and_then(|data| data.sync_all());
    synced.map_err(|cause| folder_failed(&config.data, cause))?;
    Ok(Restored {
        kept_aside,
        ..restored
    })
}

/// Makes the folder for what is kept aside; its name says when.
fn new_folder(config: &EdgeConfig) -> Result<PathBuf, EdgeError> {
    let now = Timestamp::from_millisecond(config.clock.now_ms()).unwrap_or_default();
    let stem = format!("before-restore-{}", now.strftime("%Y%m%dT%H%M%SZ"));
    let mut again = 1_u32;
    loop {
        let name = match again {
            1 => stem.clone(),
            again => format!("{stem}-{again}"),
        };
        let kept = config.data.join(name);
        match fs::create_dir(&kept) {
            Ok(()) => return Ok(kept),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => again += 1,
            Err(cause) => return Err(folder_failed(&kept, cause)),
        }
    }
}
