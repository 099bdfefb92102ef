//! How the command line finds the hub that runs on the same data folder, and is let in.
//!
//! Whoever may read the folder may ask: where the hub is and a secret of this run stand in a file
//! there that only its owner can read. It is no way in for people or for other machines.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use counterpart_daemon::entropy::{Entropy, random_bytes};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The file in the data folder.
const FILE: &str = "control.json";

/// The secret of this run; clones share it.
#[derive(Clone)]
pub struct Control {
    token: Arc<str>,
}

/// Where a running hub is, and what it lets the command line in by.
#[derive(Clone, Serialize, Deserialize)]
pub struct Door {
    /// Its address by a name its certificate has, or a loopback address without TLS.
    pub url: String,
    /// The same as a socket's address, for a name no name server knows.
    pub address: SocketAddr,
    /// The secret of its run.
    pub token: String,
}

impl Control {
    /// Draws the secret of this run.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let secret: [u8; 32] = random_bytes(entropy);
        let token: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            token: token.into(),
        }
    }

    /// Tells whether `token` is this run's secret; the time it takes tells nothing.
    #[must_use]
    pub fn is(&self, token: &str) -> bool {
        Sha256::digest(token) == Sha256::digest(self.token.as_bytes())
    }

    /// Writes where this hub is into its data folder (mode 0600).
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn open_door(&self, folder: &Path, url: String, bound: SocketAddr) -> io::Result<()> {
        // Where every address is listened on, this machine's own is one of them.
        let ip = match bound.ip() {
            ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        let door = Door {
            url,
            address: SocketAddr::new(ip, bound.port()),
            token: self.token.to_string(),
        };
        take_away(folder)?;
        let mut open = OpenOptions::new();
        open.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
        let mut file = open.open(path(folder))?;
        file.write_all(&serde_json::to_vec(&door)?)
    }

    /// Takes the file away, unless another hub on the same folder has written its own since.
    ///
    /// # Errors
    ///
    /// Those of the file; that there is none is none of them.
    pub fn close_door(&self, folder: &Path) -> io::Result<()> {
        match door(folder) {
            Some(door) if !self.is(&door.token) => Ok(()),
            Some(_) | None => take_away(folder),
        }
    }
}

/// Shows nothing of the secret.
impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").finish_non_exhaustive()
    }
}

/// Reads where a hub on this data folder says it is; nothing if none says so. A hub that was killed
/// leaves the file behind, so whoever reads it must still find out whether anybody answers.
#[must_use]
pub fn door(folder: &Path) -> Option<Door> {
    let bytes = fs::read(path(folder)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Takes the file away.
fn take_away(folder: &Path) -> io::Result<()> {
    match fs::remove_file(path(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}
