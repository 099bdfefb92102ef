//! How the command line speaks with the store server that runs on the same data folder.
//!
//! Whoever may read the folder may ask: the address and a secret of this run lie in a file there
//! that only its owner can read. It is no way in for people or for other machines.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use counterpart_daemon::db::CopyFor;
use counterpart_daemon::entropy::{Entropy, random_bytes};
use counterpart_daemon::http::{Json, Problem, ProblemBody};
use counterpart_daemon::tls::{Protocols, client_config};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::context::Context;

/// The file in the data folder.
const FILE: &str = "control";
/// How long a running store server may take: a backup of some gigabytes.
const LIMIT: Duration = Duration::from_secs(600);

/// The secret of this run; clones share it.
#[derive(Clone)]
pub struct Control {
    token: Arc<str>,
}

/// Why the store server could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlFailed {
    /// None runs on this data folder.
    #[error("no store server runs on this data folder")]
    NotRunning,
    /// It could not be reached.
    #[error("the store server at {url} does not answer")]
    Silent {
        /// Where it should be.
        url: String,
        /// What the call said.
        #[source]
        cause: reqwest::Error,
    },
    /// It refused.
    #[error("{0}")]
    Refused(String),
}

impl Control {
    /// Makes this run's secret and writes it, with the address, into `folder` (mode 0600).
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn create(
        folder: &Path,
        address: SocketAddr,
        scheme: &str,
        entropy: &dyn Entropy,
    ) -> io::Result<Self> {
        let secret: [u8; 32] = random_bytes(entropy);
        let token: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        // Where every address is listened on, this machine's own is one of them.
        let ip = match address.ip() {
            ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        let url = format!("{scheme}://{}", SocketAddr::new(ip, address.port()));
        let path = folder.join(FILE);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut open = OpenOptions::new();
        open.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
        writeln!(open.open(path)?, "{url}\n{token}")?;
        Ok(Self {
            token: token.into(),
        })
    }

    /// Asks the store server of `folder` to copy its database to `target`. `authority_pem` is the
    /// store's own authority, if its pages are served with TLS.
    ///
    /// # Errors
    ///
    /// [`ControlFailed`].
    pub async fn ask_for_backup(
        folder: &Path,
        authority_pem: Option<&str>,
        target: &Path,
        copy_for: CopyFor,
    ) -> Result<(), ControlFailed> {
        let line = Line::read(folder, authority_pem)?;
        let asked = BackupAsked {
            path: target.to_owned(),
            copy_for,
        };
        let call = line.http.post(format!("{}/v1/control/backup", line.url));
        line.send(call.json(&asked)).await.map(|_| ())
    }

    /// Asks the store server of `folder` how it is: the JSON of `/v1/status`.
    ///
    /// # Errors
    ///
    /// [`ControlFailed`].
    pub async fn ask_for_status(
        folder: &Path,
        authority_pem: Option<&str>,
    ) -> Result<serde_json::Value, ControlFailed> {
        let line = Line::read(folder, authority_pem)?;
        let call = line.http.get(format!("{}/v1/status", line.url));
        let body = line.send(call).await?;
        serde_json::from_slice(&body).map_err(|error| ControlFailed::Refused(error.to_string()))
    }

    fn is_of(&self, headers: &HeaderMap) -> bool {
        let shown = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        // Hashes are compared, so that the time taken tells nothing about the secret.
        use sha2::{Digest as _, Sha256};
        shown.is_some_and(|shown| Sha256::digest(shown) == Sha256::digest(self.token.as_bytes()))
    }
}

/// Shows nothing of the secret.
impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").finish_non_exhaustive()
    }
}

/// Returns `POST /v1/control/backup`, for whoever shows this run's secret.
pub(super) fn router(control: Control) -> OpenApiRouter<Context> {
    described().layer(Extension(control))
}

/// Returns the same routes as they are described, without the secret they ask for.
pub(super) fn described() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(routes!(back_up))
}

/// Where a copy of the database goes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct BackupAsked {
    /// A file on the machine of the store server that is not there yet.
    #[schema(value_type = String, example = "/var/backups/store.sqlite")]
    path: PathBuf,
    /// What for; a copy to look at is no backup.
    #[serde(default)]
    copy_for: CopyFor,
}

/// Copies the database to a file; only the command line on this machine may ask.
#[utoipa::path(
    post, path = "/v1/control/backup", tag = "status",
    request_body = BackupAsked,
    responses(
        (status = 200, description = "made, and opened to check it", body = BackupAsked),
        (status = 503, description = "`backup_failed`, or the database is busy"),
    )
)]
async fn back_up(
    State(context): State<Context>,
    Extension(control): Extension<Control>,
    headers: HeaderMap,
    Json(asked): Json<BackupAsked>,
) -> Result<Json<BackupAsked>, Problem> {
    if !control.is_of(&headers) {
        return Err(Problem::unauthenticated(
            "only the command line on this machine may ask for this",
        ));
    }
    let db = context.db().clone();
    db.backup_to(asked.path.clone(), asked.copy_for)
        .await
        .map_err(|failed| {
            tracing::warn!(error = %failed, "could not make a backup");
            Problem::failed("backup_failed", failed.to_string())
        })?;
    tracing::info!(path = %asked.path.display(), "made a backup");
    Ok(Json(asked))
}

/// The line to the store server that runs.
struct Line {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Line {
    fn read(folder: &Path, authority_pem: Option<&str>) -> Result<Self, ControlFailed> {
        let text = fs::read_to_string(folder.join(FILE)).map_err(|_| ControlFailed::NotRunning)?;
        let (url, token) = text
            .trim_end()
            .split_once('\n')
            .ok_or(ControlFailed::NotRunning)?;
        let mut builder = reqwest::Client::builder().no_proxy().timeout(LIMIT);
        if let Some(pem) = authority_pem.filter(|_| url.starts_with("https")) {
            let tls = client_config(pem, None, Protocols::Http1)
                .map_err(|error| ControlFailed::Refused(error.to_string()))?;
            builder = builder.tls_backend_preconfigured(tls);
        }
        let http = builder.build().map_err(|cause| ControlFailed::Silent {
            url: url.to_owned(),
            cause,
        })?;
        Ok(Self {
            http,
            url: url.to_owned(),
            token: token.to_owned(),
        })
    }

    async fn send(&self, call: reqwest::RequestBuilder) -> Result<Vec<u8>, ControlFailed> {
        let silent = |cause: reqwest::Error| match cause.is_connect() {
            true => ControlFailed::NotRunning,
            false => ControlFailed::Silent {
                url: self.url.clone(),
                cause,
            },
        };
        let answer = call.bearer_auth(&self.token).send().await.map_err(silent)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(silent)?;
        if status.is_success() {
            return Ok(body.to_vec());
        }
        let said = serde_json::from_slice::<ProblemBody>(&body);
        Err(ControlFailed::Refused(said.map_or_else(
            |_| format!("the store server answered {}", status.as_u16()),
            |problem| problem.detail,
        )))
    }
}
