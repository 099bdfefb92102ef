//! The address of a PostgreSQL database, as one setting: `postgres://user:password@host/database`.
//!
//! It is parsed once and never shown with its password. Beyond this machine TLS is used unless the
//! address says otherwise, and a server is always checked when it is: TLS that anybody in between
//! could answer would only look safe.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use serde::de::Error as _;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// How long connecting to one address may take, unless the setting says otherwise.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How soon a connection whose other end is gone is noticed.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// The address of a PostgreSQL database.
#[derive(Clone)]
pub struct ServerUrl {
    pub(super) config: Config,
    pub(super) root_certificate: Option<PathBuf>,
}

/// Why an address cannot be used; it never quotes the address, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefused {
    /// It is none.
    #[error(
        "the database's address cannot be read: write postgres://user:password@host:5432/database"
    )]
    Unreadable,
    /// Its TLS mode is none of ours.
    #[error(
        "the database's address has sslmode={0}: give disable, or verify-full for TLS to a server \
         that is checked"
    )]
    Mode(String),
}

impl FromStr for ServerUrl {
    type Err = UrlRefused;

    fn from_str(text: &str) -> Result<Self, UrlRefused> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(UrlRefused::Unreadable);
        }
        let (rest, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut mode, mut root_certificate, mut others) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value.to_owned()),
                Some(("sslrootcert", path)) => root_certificate = Some(PathBuf::from(path)),
                _ => others.push(pair),
            }
        }
        let plain = match others.is_empty() {
            true => rest.to_owned(),
            false => format!("{rest}?{}", others.join("&")),
        };
        let mut config = Config::from_str(&plain).map_err(|_| UrlRefused::Unreadable)?;
        if config.get_hosts().is_empty() || config.get_dbname().is_none() {
            return Err(UrlRefused::Unreadable);
        }
        let encrypted = match mode.as_deref() {
            Some("disable") => SslMode::Disable,
            Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            None if config.get_hosts().iter().all(is_here) => SslMode::Disable,
            None => SslMode::Require,
            Some(other) => return Err(UrlRefused::Mode(other.to_owned())),
        };
        config.ssl_mode(encrypted).keepalives_idle(KEEPALIVE);
        config.tcp_user_timeout(KEEPALIVE);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_LIMIT);
        }
        Ok(Self {
            config,
            root_certificate,
        })
    }
}

/// Tells whether nothing that is sent there leaves this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address = name.parse::<std::net::IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

impl ServerUrl {
    /// Returns the database's name.
    #[must_use]
    pub fn database(&self) -> &str {
        self.config.get_dbname().unwrap_or_default()
    }
}

/// Shows user, hosts and database, and never the password.
impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.config.get_user() {
            write!(f, "{user}@")?;
        }
        let ports = self.config.get_ports();
        for (at, host) in self.config.get_hosts().iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}")?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{comma}{}", path.display())?,
            }
            if let Some(port) = ports.get(at).or(ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.database())
    }
}

/// Shows what [`fmt::Display`] shows.
impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerUrl({self})")
    }
}

impl<'de> Deserialize<'de> for ServerUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::SslMode;

    use super::{ServerUrl, UrlRefused};

    #[track_caller]
    fn check(text: &str, shown: &str, mode: SslMode) {
        let url: ServerUrl = text.parse().unwrap();
        assert_eq!(url.to_string(), shown);
        assert_eq!(format!("{url:?}"), format!("ServerUrl({shown})"));
        assert_eq!(url.config.get_ssl_mode(), mode);
    }

    #[test]
    fn the_password_is_never_shown_and_tls_is_used_beyond_this_machine() {
        let shown = "postgres://hub@db.example:5432/counterpart";
        let secret = "postgres://hub:geheim@db.example:5432/counterpart";
        check(secret, shown, SslMode::Require);
        check(
            &format!("{secret}?sslmode=verify-full"),
            shown,
            SslMode::Require,
        );
        check(
            &format!("{secret}?sslmode=disable"),
            shown,
            SslMode::Disable,
        );
        check(
            "postgresql://hub:x@localhost/counterpart?application_name=a",
            "postgres://hub@localhost:5432/counterpart",
            SslMode::Disable,
        );
        check(
            "postgres://hub@127.0.0.1:6432/c?sslmode=require&sslrootcert=/etc/ca.pem",
            "postgres://hub@127.0.0.1:6432/c",
            SslMode::Require,
        );
    }

    #[test]
    fn what_is_no_address_is_refused_without_being_quoted() {
        for text in [
            "",
            "hub.db",
            "mysql://u:p@h/d",
            "postgres://u:p@h",
            "postgres://h:port/d",
        ] {
            assert_eq!(
                text.parse::<ServerUrl>().unwrap_err(),
                UrlRefused::Unreadable,
                "{text}"
            );
        }
        let loose = "postgres://u:p@h/d?sslmode=prefer"
            .parse::<ServerUrl>()
            .unwrap_err();
        assert_eq!(
            loose.to_string(),
            "the database's address has sslmode=prefer: give disable, or verify-full for TLS to a \
             server that is checked"
        );
    }
}
