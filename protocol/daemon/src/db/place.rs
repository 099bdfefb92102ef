//! Where a database is: a file of this machine, or a PostgreSQL server.
//!
//! A server's address holds a password; what is shown of it never does.

use std::fmt;
use std::path::{Path, PathBuf};

#[cfg(feature = "postgres")]
use super::postgres::ServerUrl;

/// Where a database is.
#[cfg_attr(
    feature = "postgres",
    expect(
        clippy::large_enum_variant,
        reason = "one a process, read from the settings"
    )
)]
#[derive(Debug, Clone)]
pub enum DbPlace {
    /// A SQLite file.
    File(PathBuf),
    /// A database of a PostgreSQL server.
    #[cfg(feature = "postgres")]
    Server(ServerUrl),
}

impl DbPlace {
    /// Returns the file, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            #[cfg(feature = "postgres")]
            Self::Server(_) => None,
        }
    }
}

/// Shows the file's path, or the server's address without the password.
impl fmt::Display for DbPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            #[cfg(feature = "postgres")]
            Self::Server(url) => url.fmt(f),
        }
    }
}

impl From<PathBuf> for DbPlace {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

#[cfg(feature = "postgres")]
impl From<ServerUrl> for DbPlace {
    fn from(url: ServerUrl) -> Self {
        Self::Server(url)
    }
}
