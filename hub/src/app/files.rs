//! The keys in the data folder: the authority's, made once, and the server's, renewed in time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use axum_server::tls_rustls::RustlsConfig;
use counterpart_daemon::entropy::Entropy;
use counterpart_daemon::http::Transport;
use counterpart_daemon::tls::{Authority, Identity, TlsError, keep_secret};
use counterpart_daemon::vault::Vault;
use counterpart_protocol::codes::CodeSigner;
use sha2::{Digest, Sha256};

use super::failed::HubError;
use super::transports;
use crate::config::HubConfig;

/// How long the server's certificate lives, in days: below the 398 that browsers take at most
/// (CA/Browser Forum, ballot SC31).
const SERVER_DAYS: u32 = 397;
/// It is renewed when fewer days are left.
const RENEWED_BELOW_DAYS: i64 = 30;

/// What the codes customers carry are signed with.
const SIGNING_FILE: &str = "codes.key";

/// The certificates a hub serves with.
#[derive(Clone)]
pub(crate) struct Certificates {
    pub(super) public: Transport,
    pub(super) sync: Transport,
}

/// The keys in the data folder.
pub(crate) struct Files {
    folder: PathBuf,
    names: Vec<String>,
    server: Identity,
    public: RustlsConfig,
    sync: RustlsConfig,
}

/// The secrets in the data folder that no certificate goes with.
pub(crate) struct Secrets {
    pub(super) vault: Vault,
    pub(super) code_signer: CodeSigner,
}

impl Secrets {
    /// Reads them, or makes what is missing.
    pub(super) fn open(folder: &Path, entropy: &dyn Entropy) -> Result<Self, TlsError> {
        Ok(Self {
            vault: Vault::open(folder, entropy)?,
            code_signer: CodeSigner::from_secret(&keep_secret(folder, SIGNING_FILE, entropy)?),
        })
    }
}

impl Files {
    /// Reads the keys, or makes what is missing or soon over.
    pub(super) fn open(
        config: &HubConfig,
        now_ms: i64,
        entropy: &dyn Entropy,
    ) -> Result<(Self, Authority), HubError> {
        let folder = config.data.clone();
        let _alone = lock_keys(&folder)?;
        let authority = match Identity::load(&folder, "authority")? {
            Some(identity) => Authority::load(identity)?,
            None => {
                let authority = Authority::create("Counterpart hub", now_ms, entropy)?;
                authority.identity().save(&folder, "authority")?;
                authority
            }
        };
        // The names stand in the file's own name: other names are another certificate.
        let file = server_file(&config.names);
        let server = match Identity::load(&folder, &file)? {
            Some(server) if server.days_left(now_ms)? >= RENEWED_BELOW_DAYS => server,
            Some(_) | None => issue(&authority, &config.names, &folder, now_ms, entropy)?,
        };
        let (public, sync) = transports(&server, authority.certificate_pem())?;
        let files = Self {
            folder,
            names: config.names.clone(),
            server,
            public: RustlsConfig::from_config(public),
            sync: RustlsConfig::from_config(sync),
        };
        Ok((files, authority))
    }

    /// Returns what the listeners serve with; a renewal reaches them.
    pub(super) fn certificates(&self) -> Certificates {
        Certificates {
            public: Transport::Tls(self.public.clone()),
            sync: Transport::Tls(self.sync.clone()),
        }
    }

    /// Returns when the server's certificate ends, in milliseconds UTC.
    pub(super) fn certificate_ends_at_ms(&self) -> Result<i64, TlsError> {
        self.server.not_after_ms()
    }

    /// Renews the server's certificate if it is soon over; tells whether it did.
    pub(super) fn renew(
        &mut self,
        authority: &Authority,
        now_ms: i64,
        entropy: &dyn Entropy,
    ) -> Result<bool, HubError> {
        if self.server.days_left(now_ms)? >= RENEWED_BELOW_DAYS {
            return Ok(false);
        }
        let _alone = lock_keys(&self.folder)?;
        // Another hub on the same folder may have done it already.
        let server = match Identity::load(&self.folder, &server_file(&self.names))? {
            Some(server) if server.days_left(now_ms)? >= RENEWED_BELOW_DAYS => server,
            Some(_) | None => issue(authority, &self.names, &self.folder, now_ms, entropy)?,
        };
        let (public, sync) = transports(&server, authority.certificate_pem())?;
        self.public.reload_from_config(public);
        self.sync.reload_from_config(sync);
        self.server = server;
        Ok(true)
    }
}

/// Makes the folder if it is missing and keeps other hubs on it from making keys meanwhile.
fn lock_keys(folder: &Path) -> Result<File, HubError> {
    let failed = |cause| HubError::Folder(folder.display().to_string(), cause);
    fs::create_dir_all(folder).map_err(failed)?;
    let path = folder.join("keys.lock");
    let mut open = File::options();
    open.create(true).truncate(false).write(true);
    let file = open.open(path).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

fn issue(
    authority: &Authority,
    names: &[String],
    folder: &Path,
    now_ms: i64,
    entropy: &dyn Entropy,
) -> Result<Identity, TlsError> {
    let server = authority.issue_server(names, now_ms, SERVER_DAYS, entropy)?;
    server.save(folder, &server_file(names))?;
    tracing::info!(
        names = names.join(", "),
        "made a certificate for the hub's listeners"
    );
    Ok(server)
}

fn server_file(names: &[String]) -> String {
    let digest = Sha256::digest(names.join("\n").as_bytes());
    let digits: String = digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("server-{digits}")
}
