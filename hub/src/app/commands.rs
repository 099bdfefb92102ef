//! What the command line does: it asks the hub that runs on the data folder, or starts one for as
//! long as the command takes.
//!
//! So every command goes the way a person at the console goes, and works whether or not the hub
//! runs; only a rebuild needs the database for itself.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use counterpart_daemon::clock::SystemClock;
use counterpart_daemon::db::CopyFor;
use counterpart_daemon::entropy::{Entropy as _, OsEntropy};
use counterpart_daemon::http::ProblemBody;
use counterpart_daemon::replica::{Rebuilt, ReplicaFailed};
use counterpart_daemon::tls::{Identity, Protocols, client_config, install_crypto_provider};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Hub, Opened, RunningHub};
use crate::config::HubConfig;
use crate::web::{Door, door};

pub use super::telling::{concerns_of, status_words};
pub use crate::stores::{MemberDraft, StoreDraft};
pub use crate::users::{ConsoleRole, FirstStart};
pub use counterpart_protocol::staff::Role;

/// How long one answer may take: a backup of some gigabytes.
const ANSWER_LIMIT: Duration = Duration::from_secs(600);
/// How long a hub may take to say that it runs.
const GREETING_LIMIT: Duration = Duration::from_secs(3);
/// How often an import is asked how far it is.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(200);

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

/// What a person is told while a file is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// How far it is, in thousandths, and what is being done.
    Progress(String, u64),
    /// A bad row: its number, its column and a sentence.
    Bad(u64, String, String),
}

/// A hub to ask.
pub struct Desk {
    http: Client,
    url: String,
    token: String,
    own: Option<RunningHub>,
}

impl Desk {
    /// Finds the hub that runs on the data folder, or starts one on ports of this machine only.
    ///
    /// # Errors
    ///
    /// When the files cannot be used.
    pub async fn open(config: &HubConfig) -> anyhow::Result<Self> {
        if let Some(desk) = Self::at_running(config).await? {
            return Ok(desk);
        }
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config = HubConfig {
            public_listen: anywhere,
            sync_listen: anywhere,
            loopback_listen: Some(anywhere),
            ..config.clone()
        };
        let own = Hub::start(config.clone()).await?;
        let door = door(&config.data).context("the hub that was started cannot be found")?;
        Ok(Self {
            http: client(&config, &door)?,
            url: door.url,
            token: door.token,
            own: Some(own),
        })
    }

    /// Finds the hub that runs on the data folder, if one does and answers.
    ///
    /// # Errors
    ///
    /// When it cannot be asked.
    pub async fn at_running(config: &HubConfig) -> anyhow::Result<Option<Self>> {
        install_crypto_provider();
        let Some(door) = door(&config.data) else {
            return Ok(None);
        };
        let http = client(config, &door)?;
        let greeting = http
            .get(format!("{}/healthz", door.url))
            .timeout(GREETING_LIMIT);
        // A hub that was killed has left its door behind.
        let answers = greeting
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success());
        Ok(answers.then_some(Self {
            http,
            url: door.url,
            token: door.token,
            own: None,
        }))
    }

    /// Returns what the first start made, if a hub was started for this.
    #[must_use]
    pub fn first_start(&self) -> FirstStart {
        let own = self.own.as_ref();
        own.map_or(FirstStart::Before, |hub| hub.first_start().clone())
    }

    /// Stops the hub, if it was started for this.
    pub async fn close(self) {
        if let Some(own) = self.own {
            own.shutdown().await;
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut key = [0; 16];
        OsEntropy.fill(&mut key);
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        self.http
            .request(method, format!("{}{path}", self.url))
            .header("idempotency-key", key)
            .bearer_auth(&self.token)
    }

    /// Returns how the hub is, as JSON.
    ///
    /// # Errors
    ///
    /// What the hub says.
    pub async fn status(&self) -> anyhow::Result<Value> {
        answer(self.request(Method::GET, "/v1/status")).await
    }

    /// Adds a store.
    ///
    /// # Errors
    ///
    /// Every field that is wrong.
    pub async fn add_store(&self, draft: &StoreDraft) -> anyhow::Result<()> {
        let call = self.request(Method::POST, "/v1/stores").json(draft);
        answer(call).await.map(|_| ())
    }

    /// Adds somebody to a store, and returns the id facts will use.
    ///
    /// # Errors
    ///
    /// Every field that is wrong.
    pub async fn add_member(&self, store: &str, draft: &MemberDraft) -> anyhow::Result<String> {
        let path = format!("/v1/stores/{store}/members");
        let added = answer(self.request(Method::POST, &path).json(draft)).await?;
        text(&added, "id")
    }

    /// Makes an enrolment code.
    ///
    /// # Errors
    ///
    /// When there is no such store.
    pub async fn make_code(&self, store: &str) -> anyhow::Result<String> {
        let path = format!("/v1/stores/{store}/enrolment-codes");
        let made = answer(self.request(Method::POST, &path).json(&json!({}))).await?;
        text(&made, "code")
    }

    /// Checks a product file and publishes it; `tell` hears how far it is and of every bad row.
    /// Returns what was published, in words.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or has a bad row: then nothing is published.
    pub async fn import_catalog(
        &self,
        file: &Path,
        tell: &mut dyn FnMut(Told),
    ) -> anyhow::Result<String> {
        let bytes =
            std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let path = format!(
            "/v1/imports?subject=catalog&publish=true&file_name={}",
            crate::web::escaped(&name)
        );
        let taken = answer(self.request(Method::POST, &path).body(bytes)).await?;
        let path = format!("/v1/imports/{}", text(&taken, "import_id")?);
        loop {
            let import = answer(self.request(Method::GET, &path)).await?;
            let state = text(&import, "state")?;
            match state.as_str() {
                "applied" => return Ok(published_words(&import)),
                "refused" => return Err(refused(&import, tell)),
                "failed" => bail!("{}", text(&import, "sentence")?),
                _ => {
                    let permille = import["done_permille"].as_u64().unwrap_or(0);
                    tell(Told::Progress(state, permille));
                    tokio::time::sleep(PROGRESS_INTERVAL).await;
                }
            }
        }
    }

    /// Adds an operator.
    ///
    /// # Errors
    ///
    /// When name or password are refused.
    pub async fn add_user(
        &self,
        name: &str,
        role: ConsoleRole,
        password: &str,
    ) -> anyhow::Result<()> {
        let body = json!({ "name": name, "role": role, "password": password });
        let call = self.request(Method::POST, "/v1/operators").json(&body);
        answer(call).await.map(|_| ())
    }

    /// Gives an operator a new password and ends all of that operator's sessions.
    ///
    /// # Errors
    ///
    /// When there is no such operator or the password is refused.
    pub async fn change_password(&self, name: &str, password: &str) -> anyhow::Result<()> {
        let path = format!("/v1/operators/{}/password", crate::web::escaped(name));
        let body = json!({ "password": password });
        answer(self.request(Method::POST, &path).json(&body))
            .await
            .map(|_| ())
    }

    /// Copies the database to a new file and checks the copy.
    ///
    /// # Errors
    ///
    /// When the file exists, or cannot be written.
    pub async fn back_up(&self, target: &Path, what: CopyFor) -> anyhow::Result<()> {
        let target = std::path::absolute(target).context("could not find the backup's folder")?;
        let call = self.request(Method::POST, "/v1/control/backup");
        answer(call.json(&json!({ "path": target, "copy_for": what })))
            .await
            .map(|_| ())
    }
}

/// Folds every stored fact into emptied views; no hub may run.
///
/// # Errors
///
/// When a hub runs; those of the database, and the views stay as they were.
pub async fn rebuild(config: &HubConfig) -> anyhow::Result<Rebuilt> {
    install_crypto_provider();
    let bound = SocketAddr::from((Ipv4Addr::LOCALHOST, config.sync_listen.port()));
    let (clock, entropy) = (SystemClock::shared(), OsEntropy::shared());
    let opened = Opened::open(config, clock, entropy, bound).await?;
    let replica = opened.context.replica().clone();
    let rebuilt = opened
        .context
        .db()
        .write(move |tx| replica.rebuild(tx))
        .await;
    opened.context.db().close().await;
    Ok(rebuilt.map_err(|failed: ReplicaFailed| failed)?)
}

/// Returns a client that trusts this hub's own authority and no other.
fn client(config: &HubConfig, door: &Door) -> anyhow::Result<Client> {
    let mut builder = Client::builder().no_proxy().timeout(ANSWER_LIMIT);
    if let Some(rest) = door.url.strip_prefix("https://") {
        let authority = Identity::load(&config.data, "authority")?;
        let authority = authority.context("the hub's authority is missing in the data folder")?;
        let tls = client_config(&authority.certificate_pem, None, Protocols::Http1)?;
        let name = rest.rsplit_once(':').map_or(rest, |(name, _)| name);
        builder = builder
            .tls_backend_preconfigured(tls)
            .resolve(name, door.address);
    }
    builder.build().context("could not prepare to ask the hub")
}

async fn answer(call: RequestBuilder) -> anyhow::Result<Value> {
    let answer = call.send().await.context("the hub does not answer")?;
    let status = answer.status();
    let body = answer.bytes().await.context("the hub does not answer")?;
    if status.is_success() {
        return serde_json::from_slice(&body).context("could not read the hub's answer");
    }
    match serde_json::from_slice::<ProblemBody>(&body) {
        Ok(problem) => bail!("{}", problem.detail),
        Err(_) => bail!("the hub answered {}", status.as_u16()),
    }
}

fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    let text = value[field].as_str();
    let text = text.with_context(|| format!("the hub's answer lacks {field}"))?;
    Ok(text.to_owned())
}

fn published_words(import: &Value) -> String {
    let sentence = import["sentence"].as_str();
    sentence.unwrap_or("it was applied").to_owned()
}

fn refused(import: &Value, tell: &mut dyn FnMut(Told)) -> anyhow::Error {
    for problem in import["problems"].as_array().into_iter().flatten() {
        let part = |field: &str| problem[field].as_str().unwrap_or("").to_owned();
        let row = problem["row"].as_u64().unwrap_or(0);
        tell(Told::Bad(row, part("column"), part("sentence")));
    }
    anyhow::anyhow!(
        "{} rows are bad, so nothing was published",
        import["rows_bad"]
    )
}
