//! What the command line does with a hub that does not run: the same services, no listener.
//!
//! While the hub runs its database is locked, and every command says so; the console does the same
//! things then.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::Context as _;
use counterpart_daemon::clock::SystemClock;
use counterpart_daemon::db::DbError;
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::replica::{Rebuilt, ReplicaFailed};
use counterpart_daemon::tls::install_crypto_provider;
use counterpart_protocol::ids::StoreId;

use super::{Opened, status};
use crate::catalog::{self, Published};
use crate::config::{HubConfig, SYNC_PORT};
use crate::context::Context;
use crate::stores::{self, CodeMade};
use crate::users;

pub use crate::stores::{MemberDraft, StoreDraft};
pub use crate::users::FirstStart;
pub use counterpart_protocol::staff::Role;

/// Who is noted as having done what the command line did.
const BY: &str = "command line";

/// Returns what a person must know after the first start: it is said once.
#[must_use]
pub fn first_start_words(first: &FirstStart) -> Option<String> {
    match first {
        FirstStart::Made {
            name,
            drawn_password: Some(password),
        } => Some(format!(
            "First start: sign in as {name} with the password {password} (shown this once)"
        )),
        FirstStart::Made {
            name,
            drawn_password: None,
        } => Some(format!(
            "First start: sign in as {name} with the password of the settings"
        )),
        FirstStart::Before => None,
    }
}

/// A hub whose files are open, for commands.
pub struct Desk {
    opened: Opened,
}

impl Desk {
    /// Opens the hub's files; nobody is listened to.
    ///
    /// # Errors
    ///
    /// When a hub runs on them already, or they cannot be used.
    pub async fn open(config: &HubConfig) -> anyhow::Result<Self> {
        install_crypto_provider();
        let port = config.sync_listen.port();
        let port = if port == 0 { SYNC_PORT } else { port };
        let bound = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let opened =
            Opened::open(config, SystemClock::shared(), OsEntropy::shared(), bound).await?;
        Ok(Self { opened })
    }

    fn context(&self) -> &Context {
        &self.opened.context
    }

    /// Closes the files in order.
    pub async fn close(self) {
        self.context().db().close().await;
    }

    /// Makes the first operator, if there is none.
    ///
    /// # Errors
    ///
    /// When the set password is refused, or the database fails.
    pub async fn begin(&self, config: &HubConfig) -> anyhow::Result<FirstStart> {
        Ok(users::begin(self.context(), config.first_admin_password.clone()).await?)
    }

    /// Adds a store.
    ///
    /// # Errors
    ///
    /// Every field that is wrong.
    pub async fn add_store(&self, draft: StoreDraft) -> anyhow::Result<StoreId> {
        Ok(stores::add(self.context(), draft).await?.store_id)
    }

    /// Adds somebody to a store.
    ///
    /// # Errors
    ///
    /// Every field that is wrong.
    pub async fn add_member(&self, store: &str, draft: MemberDraft) -> anyhow::Result<String> {
        let store_id: StoreId = store.parse()?;
        let id = stores::add_member(self.context(), &store_id, draft).await?;
        Ok(id.to_string())
    }

    /// Makes an enrolment code.
    ///
    /// # Errors
    ///
    /// When there is no such store.
    pub async fn make_code(&self, store: &str) -> anyhow::Result<CodeMade> {
        let store_id: StoreId = store.parse()?;
        Ok(stores::make_code(self.context(), &store_id, BY).await?)
    }

    /// Checks a product file and publishes it; with `report` every bad row is told.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or has a bad row: then nothing is published.
    pub async fn import_catalog(
        &self,
        file: &Path,
        report: &mut dyn FnMut(u64, &str, &str),
    ) -> anyhow::Result<Published> {
        let bytes =
            std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
        let name = file.file_name().map_or_else(
            || "products.csv".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        match catalog::import_now(self.context(), &name, bytes, BY).await {
            Ok(published) => Ok(published),
            Err(catalog::ImportFailed::Refused { rows_bad, problems }) => {
                for problem in &problems {
                    report(problem.row, &problem.column, &problem.sentence);
                }
                anyhow::bail!("{rows_bad} rows are bad, so nothing was published")
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Adds an operator.
    ///
    /// # Errors
    ///
    /// When name or password are refused.
    pub async fn add_user(&self, name: &str, password: &str) -> anyhow::Result<()> {
        Ok(users::add(self.context(), name, password).await?)
    }

    /// Gives an operator a new password and ends all of that operator's sessions.
    ///
    /// # Errors
    ///
    /// When there is no such operator or the password is refused.
    pub async fn change_password(&self, name: &str, password: &str) -> anyhow::Result<()> {
        Ok(users::change_password(self.context(), name, password).await?)
    }

    /// Returns how the hub is, as JSON.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn status(&self) -> anyhow::Result<String> {
        let within = self.context().clone();
        let status = self
            .context()
            .db()
            .read(move |tx| status::load(&within, tx));
        let status = status.await.map_err(|failed: DbError| failed)?;
        Ok(serde_json::to_string_pretty(&status)?)
    }

    /// Folds every stored fact into emptied views.
    ///
    /// # Errors
    ///
    /// Those of the database; the views stay as they were.
    pub async fn rebuild(&self) -> anyhow::Result<Rebuilt> {
        let replica = self.context().replica().clone();
        let rebuilt = self.context().db().write(move |tx| replica.rebuild(tx));
        Ok(rebuilt.await.map_err(|failed: ReplicaFailed| failed)?)
    }

    /// Copies the database to a new file and checks the copy.
    ///
    /// # Errors
    ///
    /// When the file exists, or cannot be written.
    pub async fn back_up(&self, target: &Path) -> anyhow::Result<()> {
        Ok(self.context().db().backup_to(target).await?)
    }
}
