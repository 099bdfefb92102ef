//! The certificate of the store's pages off loopback, and the store's own authority that signs it.
//!
//! The authority is made once and trusted by the store's browsers; the certificate is made at every
//! start and again in time, while pages are open.

use std::path::Path;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use counterpart_daemon::http::Transport;
use counterpart_daemon::tls::{Authority, Identity, Protocols, TlsError, server_config};
use tokio_util::sync::CancellationToken;

use crate::config::EdgeConfig;
use crate::context::Context;

/// The files of the store's own authority; browsers of the store trust its certificate.
const AUTHORITY_FILES: &str = "store-authority";
/// How long a certificate of the pages lives. Browsers take server certificates of up to 398 days
/// only (CA/Browser Forum Baseline Requirements §6.3.2).
const CERTIFICATE_DAYS: u32 = 397;
/// It is made anew when fewer days are left.
const RENEWED_BELOW_MS: i64 = 30 * 86_400_000;
/// How often it is looked at.
const LOOKED_AT: Duration = Duration::from_secs(3_600);

/// The certificate the pages are served with.
pub(super) struct PagesCertificate {
    config: EdgeConfig,
    served: RustlsConfig,
    authority: Authority,
    ends_at_ms: i64,
}

impl PagesCertificate {
    /// Makes the certificate, and the authority where there is none.
    pub(super) fn make(config: &EdgeConfig) -> Result<Self, TlsError> {
        let authority = authority(config)?;
        let identity = issue(config, &authority)?;
        let settings = server_config(&identity, Protocols::Http1And2)?;
        Ok(Self {
            config: config.clone(),
            served: RustlsConfig::from_config(settings),
            ends_at_ms: identity.not_after_ms()?,
            authority,
        })
    }

    /// Returns what the listener serves with; a renewal reaches it.
    pub(super) fn transport(&self) -> Transport {
        Transport::Tls(self.served.clone())
    }

    /// Returns the authority.
    pub(super) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Returns when it ends, in milliseconds UTC.
    pub(super) fn ends_at_ms(&self) -> i64 {
        self.ends_at_ms
    }

    /// Makes it anew if it is soon over; tells whether it did.
    fn run_once(&mut self) -> Result<bool, TlsError> {
        let left_ms = self.ends_at_ms.saturating_sub(self.config.clock.now_ms());
        if left_ms >= RENEWED_BELOW_MS {
            return Ok(false);
        }
        let identity = issue(&self.config, &self.authority)?;
        let settings = server_config(&identity, Protocols::Http1And2)?;
        self.ends_at_ms = identity.not_after_ms()?;
        self.served.reload_from_config(settings);
        Ok(true)
    }

    /// Renews it in time until `stop` is cancelled.
    pub(super) async fn keep(mut self, context: Context, stop: CancellationToken) {
        let mut timer = tokio::time::interval(LOOKED_AT);
        while stop.run_until_cancelled(timer.tick()).await.is_some() {
            match self.run_once() {
                Ok(true) => {
                    tracing::info!("renewed the certificate of the pages");
                    context.machine().note_pages(self.ends_at_ms);
                }
                Ok(false) => {}
                Err(error) => tracing::error!(error = %error, "could not renew the certificate"),
            }
        }
    }
}

/// Returns the store's own authority in PEM, if its pages have one.
pub(super) fn authority_pem(folder: &Path) -> Result<Option<String>, TlsError> {
    Ok(Identity::load(folder, AUTHORITY_FILES)?.map(|identity| identity.certificate_pem))
}

fn issue(config: &EdgeConfig, authority: &Authority) -> Result<Identity, TlsError> {
    let mut names = config.names.clone();
    if !config.listen.ip().is_unspecified() {
        names.push(config.listen.ip().to_string());
    }
    names.push("localhost".to_owned());
    names.push("127.0.0.1".to_owned());
    names.dedup();
    let now_ms = config.clock.now_ms();
    authority.issue_server(&names, now_ms, CERTIFICATE_DAYS, config.entropy.as_ref())
}

fn authority(config: &EdgeConfig) -> Result<Authority, TlsError> {
    let folder = &config.data;
    if let Some(identity) = Identity::load(folder, AUTHORITY_FILES)? {
        return Authority::load(identity);
    }
    let now_ms = config.clock.now_ms();
    let authority = Authority::create("Counterpart store", now_ms, config.entropy.as_ref())?;
    authority.identity().save(folder, AUTHORITY_FILES)?;
    tracing::info!(
        file = %folder.join(format!("{AUTHORITY_FILES}.pem")).display(),
        "made this store's own authority: let the store's browsers trust this file"
    );
    Ok(authority)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use counterpart_daemon::clock::{Clock as _, ManualClock, SystemClock};
    use counterpart_daemon::tls::install_crypto_provider;

    use super::*;

    #[test]
    fn the_certificate_of_the_pages_is_renewed_in_time_and_the_authority_stays() {
        install_crypto_provider();
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::starting_at(SystemClock.now_ms());
        let mut config = EdgeConfig::new(folder.path());
        config.clock = clock.clone();
        let mut pages = PagesCertificate::make(&config).unwrap();
        let (first, trusted) = (pages.ends_at_ms(), authority_pem(folder.path()).unwrap());
        let days = |days: u64| Duration::from_secs(days * 86_400);
        clock.advance(days(360));
        assert!(!pages.run_once().unwrap(), "37 days are left");
        clock.advance(days(10));
        assert!(pages.run_once().unwrap());
        assert!(pages.ends_at_ms() >= first + 360 * 86_400_000);
        assert!(!pages.run_once().unwrap(), "it was just made");
        assert_eq!(authority_pem(folder.path()).unwrap(), trusted);
    }
}
