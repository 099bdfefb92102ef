//! A fiscal signer as an installer sets it, and what is wrong with it.

use std::sync::Arc;
use std::time::Duration;

use counterpart_hardware::LineSigner;
use serde::Deserialize;

use super::SettingRefused;
use crate::context::SignerSetup;

/// How long a customer waits for the signature unless set, in milliseconds. Ours: about as long as
/// giving change takes. A signer on the shop's wires answers in some ten milliseconds, one across
/// the internet within a second; what takes three has failed.
pub(super) const LIMIT_MS: u64 = 3_000;
/// The longest it can be set to: beyond it people believe that the printer is broken.
pub(super) const LIMIT_MAX_MS: u64 = 10_000;
/// The shortest: below it a busy machine looks like a failed signer.
pub(super) const LIMIT_MIN_MS: u64 = 100;

/// A fiscal signer as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SignerSettings {
    /// What it is; `none` signs nothing.
    pub kind: SignerKind,
    /// Where it is: `tcp:127.0.0.1:9500`.
    pub address: Option<String>,
    /// How long a receipt waits for its signature, in milliseconds from 100 to 10000; 3000 unless
    /// set.
    pub limit_ms: Option<u64>,
}

/// The kinds of signers there are; a country's module adds its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignerKind {
    /// Nothing is signed.
    None,
    /// Our own line protocol, as the virtual signer speaks it.
    Virtual,
}

/// Checks a signer's settings and returns what the store server asks.
pub(super) fn signer(set: &SignerSettings) -> Result<Option<SignerSetup>, SettingRefused> {
    let limit_ms = set.limit_ms.unwrap_or(LIMIT_MS);
    if !(LIMIT_MIN_MS..=LIMIT_MAX_MS).contains(&limit_ms) {
        return Err(SettingRefused::SignerLimit(limit_ms));
    }
    match set.kind {
        SignerKind::None => Ok(None),
        SignerKind::Virtual => {
            let text = set.address.as_deref().unwrap_or_default();
            let address = text.parse().map_err(SettingRefused::SignerAddress)?;
            Ok(Some(SignerSetup {
                signer: Arc::new(LineSigner::new(address)),
                limit: Duration::from_millis(limit_ms),
            }))
        }
    }
}
