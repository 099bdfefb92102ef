//! Connecting: TLS, the session's settings, and how long to leave a server alone that does not
//! answer.

use std::error::Error as _;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::{Client, Config, Error};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::url::ServerUrl;
use crate::clock::Stopwatch;
use crate::db::error::DbError;
use crate::tls::install_crypto_provider;

/// The session's settings. A command that hangs must not hold up every other one for ever: the
/// limits are far above what any takes. A commit is answered once it is on disk, whatever the
/// server's own default is.
const SESSION: &str = "SET synchronous_commit = on; SET lock_timeout = '20s'; \
     SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s'; \
     SET standard_conforming_strings = on; SET client_min_messages = warning";
/// How long a server that did not answer is left alone, at first and at most.
const PAUSE_FIRST: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// A connection that somebody else drives.
pub(super) type Line = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Makes connections to one database.
pub(in crate::db) struct Connector {
    url: ServerUrl,
    tls: MakeRustlsConnect,
    resting: Option<Resting>,
}

/// A server that did not answer.
struct Resting {
    since: Stopwatch,
    pause: Duration,
    because: DbError,
}

impl Connector {
    /// Reads what TLS needs.
    pub(super) fn new(url: &ServerUrl) -> Result<Self, DbError> {
        Ok(Self {
            url: url.clone(),
            tls: MakeRustlsConnect::new(client_config(url)?),
            resting: None,
        })
    }

    /// Connects for the line to other processes, which is no transaction's.
    pub(super) async fn open_line(&self) -> Result<(tokio_postgres::Client, Line), Error> {
        self.url.config.connect(self.tls.clone()).await
    }

    /// Connects, or says why not: at once while the server is left alone.
    pub(super) fn connect(&mut self) -> Result<Client, DbError> {
        if let Some(resting) = &self.resting
            && resting.since.elapsed() < resting.pause
        {
            return Err(resting.because.clone());
        }
        let connected = Config::from(self.url.config.clone()).connect(self.tls.clone());
        let prepared = connected.and_then(|mut client| {
            client.batch_execute(SESSION)?;
            Ok(client)
        });
        match prepared {
            Ok(client) => {
                if self.resting.take().is_some() {
                    tracing::info!(database = %self.url, "the database answers again");
                }
                Ok(client)
            }
            Err(error) => {
                let because = refused(&self.url, error);
                self.rest(because.clone());
                Err(because)
            }
        }
    }

    fn rest(&mut self, because: DbError) {
        let pause = match &self.resting {
            Some(resting) => (resting.pause * 2).min(PAUSE_MAX),
            None => {
                tracing::error!(error = %because, "the database cannot be reached");
                PAUSE_FIRST
            }
        };
        self.resting = Some(Resting {
            since: Stopwatch::start(),
            pause,
            because,
        });
    }
}

/// Returns settings that believe the certificate authorities of the machine, or the one that the
/// address names.
fn client_config(url: &ServerUrl) -> Result<ClientConfig, DbError> {
    install_crypto_provider();
    let builder = ClientConfig::builder();
    let refused = |cause: Arc<dyn std::error::Error + Send + Sync>| DbError::Unreachable {
        database: url.to_string(),
        advice: "the certificate to check it by cannot be read",
        cause,
    };
    if url.config.get_ssl_mode() == SslMode::Disable {
        let nobody = builder.with_root_certificates(RootCertStore::empty());
        return Ok(nobody.with_no_client_auth());
    }
    let Some(path) = &url.root_certificate else {
        let builder = builder.with_platform_verifier();
        let builder = builder.map_err(|cause| refused(Arc::new(cause)))?;
        return Ok(builder.with_no_client_auth());
    };
    let mut roots = RootCertStore::empty();
    let pem = fs::read(path).map_err(|cause| refused(Arc::new(cause)))?;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|cause| refused(Arc::new(cause)))?;
        roots
            .add(certificate)
            .map_err(|cause| refused(Arc::new(cause)))?;
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Says why there is no connection, and what to do about it.
pub(super) fn refused(url: &ServerUrl, error: Error) -> DbError {
    let database = url.to_string();
    let code = error.code().cloned();
    let advice = match code {
        Some(SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
            "it refuses the user or the password: check both in the setting \"database\""
        }
        Some(SqlState::INVALID_CATALOG_NAME) => {
            "it has no database of that name: create it with createdb, or correct the name"
        }
        Some(SqlState::TOO_MANY_CONNECTIONS) => {
            "it has no connection left: raise its max_connections"
        }
        Some(SqlState::CANNOT_CONNECT_NOW) => "it is starting or stopping: wait a moment",
        Some(_) => "it refuses the connection",
        None if is_authentication(&error) => {
            "it asks for another way to sign in, or for a password that the address lacks"
        }
        None if is_tls(&error) => {
            "TLS with it does not come about: check its certificate, and sslmode and sslrootcert \
             in the address"
        }
        None => "it does not answer: check that PostgreSQL runs there and that nothing is between",
    };
    DbError::Unreachable {
        database,
        advice,
        cause: Arc::new(error),
    }
}

// The client gives these two kinds no name of their own, only words.
fn is_authentication(error: &Error) -> bool {
    let words = error.to_string();
    words.starts_with("authentication error")
        || (words.starts_with("invalid configuration")
            && error
                .source()
                .is_some_and(|cause| cause.to_string().contains("password")))
}

fn is_tls(error: &Error) -> bool {
    error.to_string().contains("TLS")
}
