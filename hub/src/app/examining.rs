//! Questions about what is stored, from the command line: answered here, or from a copy while a hub
//! runs on the file. Hubs on a server share it, so there a question is asked beside them.

use std::path::Path;
use std::{fs, io};

use anyhow::{Context as _, bail};
use counterpart_daemon::clock::SystemClock;
use counterpart_daemon::db::{CopyFor, Db, DbError, DbPlace};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::replica::{Question, Told};
use counterpart_daemon::tls::install_crypto_provider;

use super::commands::Desk;
use super::schema::open_database;
use crate::config::HubConfig;

/// The folder, in the data folder, of the copy that is looked at while a hub runs.
const EXAMINED: &str = "examined";

/// Answers a question about what is stored.
///
/// # Errors
///
/// When there is no database, when the question changes what is stored and a hub runs on the file,
/// and those of the question itself.
pub async fn examine(config: &HubConfig, question: Question) -> anyhow::Result<Told> {
    let whole = match question.changes() {
        true => Needs::TheDatabase,
        false => Needs::ACopy,
    };
    with_database(config, whole, |db| answer(db, question)).await
}

/// What something can be told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// The database itself.
    TheDatabase,
    /// A copy will do while a hub runs.
    ACopy,
}

/// Opens the database, or a copy of it while a hub runs on the file, and hands it to `told`, which
/// closes it.
pub(super) async fn with_database<F>(
    config: &HubConfig,
    needs: Needs,
    told: impl FnOnce(Db) -> F,
) -> anyhow::Result<Told>
where
    F: Future<Output = anyhow::Result<Told>>,
{
    install_crypto_provider();
    if let DbPlace::File(path) = config.database()
        && !path.exists()
    {
        let data = config.data.display();
        bail!("there is no hub's database in {data}: name the data folder with --data");
    }
    match open(config).await {
        Err(DbError::InUse { .. }) if needs == Needs::ACopy => {
            let copies = config.data.join(EXAMINED);
            clear_away(&copies)?;
            fs::create_dir(&copies)
                .with_context(|| format!("could not make the folder {}", copies.display()))?;
            let told = match copied(config, &copies).await {
                Ok(db) => told(db).await,
                Err(error) => Err(error),
            };
            clear_away(&copies)?;
            told
        }
        opened => told(opened?).await,
    }
}

async fn copied(config: &HubConfig, copies: &Path) -> anyhow::Result<Db> {
    let aside = HubConfig {
        data: copies.to_owned(),
        ..config.clone()
    };
    let running = Desk::at_running(config).await?;
    let running = running.context("a hub runs on this data folder and does not answer")?;
    running
        .back_up(&copies.join("hub.db"), CopyFor::Looking)
        .await?;
    running.close().await;
    Ok(open(&aside).await?)
}

async fn open(config: &HubConfig) -> Result<Db, DbError> {
    let config = config.clone();
    let opening =
        tokio::task::spawn_blocking(move || open_database(&config, &SystemClock::shared()));
    opening.await.unwrap_or_else(|panic| {
        Err(DbError::Panicked {
            message: panic.to_string(),
        })
    })
}

async fn answer(db: Db, question: Question) -> anyhow::Result<Told> {
    let replica = super::replica(&SystemClock::shared(), &OsEntropy::shared());
    let told = question.ask(&db, &replica).await;
    db.close().await;
    Ok(told?)
}

pub(super) fn clear_away(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove the copy in {}", folder.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
