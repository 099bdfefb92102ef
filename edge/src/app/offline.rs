//! What is done to a store's data folder while no store server runs: enrolling, rebuilding, backup;
//! and what is read from it while one does.
//!
//! It prints nothing: the command line does.

use std::path::{Path, PathBuf};
use std::{fs, io};

use counterpart_daemon::db::{CopyFor, Db, DbError};
use counterpart_daemon::replica::{AskFailed, Question, Rebuilt, Replica, ReplicaFailed, Told};
use counterpart_daemon::tls::install_crypto_provider;
use counterpart_daemon::web::live::Live;
use counterpart_protocol::enrolment::Enrolled;

use super::certificate::authority_pem;
use super::{EdgeError, open};
use crate::config::EdgeConfig;
use crate::days::{self, DaysListed};
use crate::journal::{self, ExportFailed, Exported, Exporter, Span};
use crate::sync::{EnrolFailed, edge_of, keep_enrolment, request_enrolment, store_of};
use crate::web::{Control, ControlFailed};

/// The folder, in the data folder, of the copy that is looked at while a store server runs.
const EXAMINED: &str = "examined";

/// How a backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackedUp {
    /// Here, because no store server runs.
    Here,
    /// By the store server that runs.
    ByServer,
}

/// Enrols this store at `hub` by the one-time `code`, and keeps what the hub answers. A folder that
/// was enrolled before stays the same edge, with all its facts, and gets a new key and certificate.
///
/// # Errors
///
/// [`EdgeError::Enrolment`], in a sentence to act on; [`EdgeError::Db`].
pub async fn enrol(config: &EdgeConfig, hub: &str, code: &str) -> Result<Enrolled, EdgeError> {
    install_crypto_provider();
    // Opened first: a folder that cannot be written must not use a code up.
    let (db, replica) = open(config, &Live::new(0)).await?;
    let asked = async {
        let known = edge_of(&db, &replica).await?;
        let (enrolled, key) = request_enrolment(hub, code, known).await?;
        keep_enrolment(
            &db,
            &replica,
            &config.data,
            &enrolled,
            &key.key_pem,
            config.clock.now_ms(),
        )
        .await?;
        Ok::<_, EnrolFailed>(enrolled)
    };
    let enrolled = asked.await;
    db.close().await;
    Ok(enrolled?)
}

/// Keeps an enrolment that was answered elsewhere: the second half of [`enrol`], for a store whose
/// key was made by `key_pem`'s maker.
///
/// # Errors
///
/// As [`enrol`].
pub async fn keep(
    config: &EdgeConfig,
    enrolled: &Enrolled,
    key_pem: &str,
) -> Result<(), EdgeError> {
    install_crypto_provider();
    let (db, replica) = open(config, &Live::new(0)).await?;
    let now_ms = config.clock.now_ms();
    let kept = keep_enrolment(&db, &replica, &config.data, enrolled, key_pem, now_ms).await;
    db.close().await;
    Ok(kept?)
}

/// Makes every view anew from the stored facts.
///
/// # Errors
///
/// [`EdgeError::NoDatabase`]; [`EdgeError::Db`], after which the views are as they were.
pub async fn rebuild(config: &EdgeConfig) -> Result<Rebuilt, EdgeError> {
    must_exist(config)?;
    let (db, replica) = open(config, &Live::new(0)).await?;
    let rebuilt = db.write(move |tx| replica.rebuild(tx)).await;
    db.close().await;
    match rebuilt {
        Ok(rebuilt) => Ok(rebuilt),
        Err(ReplicaFailed::Db(error)) => Err(EdgeError::Db(error)),
        Err(ReplicaFailed::NoIdentity) => Err(EdgeError::NotEnrolled {
            data: config.data.display().to_string(),
        }),
        Err(
            failed @ (ReplicaFailed::Segment(_)
            | ReplicaFailed::Order(_)
            | ReplicaFailed::OrderIncomplete(_)
            | ReplicaFailed::Projection { .. }),
        ) => Err(EdgeError::Db(DbError::Corrupt {
            detail: failed.to_string(),
        })),
    }
}

/// Copies the database to `target` and checks the copy: by the store server if one runs, else here.
///
/// # Errors
///
/// [`EdgeError::NoDatabase`]; [`EdgeError::Db`], also with what the running server said.
pub async fn back_up(config: &EdgeConfig, target: &Path) -> Result<BackedUp, EdgeError> {
    must_exist(config)?;
    copy(config, target, CopyFor::Keeping).await
}

async fn copy(config: &EdgeConfig, target: &Path, what: CopyFor) -> Result<BackedUp, EdgeError> {
    let target: PathBuf = std::path::absolute(target).unwrap_or_else(|_| target.to_owned());
    let opened = open(config, &Live::new(0)).await;
    match opened {
        Ok((db, _)) => {
            let made = db.backup_to(target, what).await;
            db.close().await;
            made?;
            Ok(BackedUp::Here)
        }
        Err(EdgeError::Db(DbError::InUse { .. })) => {
            install_crypto_provider();
            let authority_pem = authority_pem(&config.data)?;
            Control::ask_for_backup(&config.data, authority_pem.as_deref(), &target, what)
                .await
                .map_err(|said| {
                    EdgeError::Db(DbError::Backup {
                        path: target.clone(),
                        cause: std::sync::Arc::new(said),
                    })
                })?;
            Ok(BackedUp::ByServer)
        }
        Err(other) => Err(other),
    }
}

/// Answers a question about what is stored. Where a store server runs it makes a copy, which is
/// looked at and thrown away, so that it sells on meanwhile.
///
/// # Errors
///
/// [`EdgeError::NoDatabase`]; [`EdgeError::Db`], also when the question changes what is stored and
/// a store server runs; [`EdgeError::Asked`].
pub async fn examine(config: &EdgeConfig, question: Question) -> Result<Told, EdgeError> {
    must_exist(config)?;
    if question.changes() {
        return answer(open(config, &Live::new(0)).await?, question).await;
    }
    let looked_at = LookedAt::open(config).await?;
    let told = answer((looked_at.db, looked_at.replica), question).await;
    clear_copies(looked_at.copies.as_deref())?;
    told
}

/// Hands this store's journal out: the facts of the business days in `span`, in the order they were
/// stated, as `form` (`jsonl` or `poslog`) has them. Where a store server runs a copy is read.
/// `store` is whose journal is meant, if somebody says so.
///
/// # Errors
///
/// [`EdgeError::NoDatabase`], [`EdgeError::NotEnrolled`], [`EdgeError::Db`];
/// [`EdgeError::Export`] when it is another store's folder, the form is unknown, or it cannot be
/// written.
pub async fn export_journal(
    config: &EdgeConfig,
    (form, store): (&str, Option<&str>),
    span: Span,
    out: &mut (dyn io::Write + Send),
) -> Result<Exported, EdgeError> {
    must_exist(config)?;
    let LookedAt {
        db,
        replica,
        copies,
    } = LookedAt::open(config).await?;
    let exported = async {
        let Some((_, profile)) = store_of(&db).await? else {
            return Err(EdgeError::NotEnrolled {
                data: config.data.display().to_string(),
            });
        };
        let here = profile.store_id;
        if let Some(meant) = store.filter(|meant| *meant != here.as_str()) {
            return Err(EdgeError::Export(format!(
                "this is the journal of {here}, not of {meant}: name the data folder of {meant} \
                 with --data"
            )));
        }
        let exporter = Exporter::new(form, here).map_err(|it| EdgeError::Export(it.to_string()))?;
        let exported = journal::export((&db, &replica), span, &exporter, out).await;
        exported.map_err(|failed| match failed {
            ExportFailed::Replica(ReplicaFailed::Db(error)) => EdgeError::Db(error),
            ExportFailed::Replica(failed) => EdgeError::Export(failed.to_string()),
            ExportFailed::Out(failed) => EdgeError::Export(format!("it was not written: {failed}")),
        })
    };
    let exported = exported.await;
    db.close().await;
    clear_copies(copies.as_deref())?;
    exported
}

/// Lists this store's business days: those that are open, and the newest `limit` that are sealed.
/// Where a store server runs a copy is read.
///
/// # Errors
///
/// [`EdgeError::NoDatabase`]; [`EdgeError::Db`].
pub async fn list_days(config: &EdgeConfig, limit: u32) -> Result<DaysListed, EdgeError> {
    must_exist(config)?;
    let looked_at = LookedAt::open(config).await?;
    let replica = looked_at.replica;
    let list = looked_at.db.read(move |tx| days::list(&replica, tx, limit));
    let list = list.await;
    looked_at.db.close().await;
    clear_copies(looked_at.copies.as_deref())?;
    Ok(list?)
}

/// A database that is looked at: the store's own, or a copy of it where a store server runs.
struct LookedAt {
    db: Db,
    replica: Replica,
    /// The folder of the copy, to be cleared away.
    copies: Option<PathBuf>,
}

impl LookedAt {
    async fn open(config: &EdgeConfig) -> Result<Self, EdgeError> {
        match open(config, &Live::new(0)).await {
            Err(EdgeError::Db(DbError::InUse { .. })) => {}
            opened => {
                let (db, replica) = opened?;
                return Ok(Self {
                    db,
                    replica,
                    copies: None,
                });
            }
        }
        let copies = config.data.join(EXAMINED);
        let aside = EdgeConfig {
            data: copies.clone(),
            ..config.clone()
        };
        clear_away(&copies)?;
        fs::create_dir(&copies).map_err(|cause| folder_failed(&copies, cause))?;
        let opened = async {
            copy(config, &aside.database(), CopyFor::Looking).await?;
            open(&aside, &Live::new(0)).await
        };
        match opened.await {
            Ok((db, replica)) => Ok(Self {
                db,
                replica,
                copies: Some(copies),
            }),
            Err(failed) => {
                clear_away(&copies)?;
                Err(failed)
            }
        }
    }
}

fn clear_copies(copies: Option<&Path>) -> Result<(), EdgeError> {
    copies.map_or(Ok(()), clear_away)
}

async fn answer((db, replica): (Db, Replica), question: Question) -> Result<Told, EdgeError> {
    let told = question.ask(&db, &replica).await;
    db.close().await;
    told.map_err(|failed| match failed {
        AskFailed::Replica(ReplicaFailed::Db(error)) => EdgeError::Db(error),
        other => EdgeError::Asked(other),
    })
}

pub(super) fn clear_away(folder: &Path) -> Result<(), EdgeError> {
    match fs::remove_dir_all(folder) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(folder_failed(folder, cause)),
        Ok(()) | Err(_) => Ok(()),
    }
}

pub(super) fn folder_failed(path: &Path, cause: io::Error) -> EdgeError {
    EdgeError::Folder {
        path: path.display().to_string(),
        cause,
    }
}

/// Asks the store server that runs on this data folder how it is: the JSON of `/v1/status`.
///
/// # Errors
///
/// [`ControlFailed`].
pub async fn running_status(config: &EdgeConfig) -> Result<serde_json::Value, ControlFailed> {
    install_crypto_provider();
    let authority_pem =
        authority_pem(&config.data).map_err(|error| ControlFailed::Refused(error.to_string()))?;
    Control::ask_for_status(&config.data, authority_pem.as_deref()).await
}

/// A mistyped folder must not become a new, empty store.
fn must_exist(config: &EdgeConfig) -> Result<(), EdgeError> {
    if config.database().exists() {
        return Ok(());
    }
    Err(EdgeError::NoDatabase {
        data: config.data.display().to_string(),
    })
}
