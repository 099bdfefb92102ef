//! Scans that wait for a person, as pages and programs show them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::sales::rules::legible;
use crate::sales::store::WaitingScan;

/// A scan that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct WaitingView {
    /// Its number.
    pub scan: i64,
    /// What was read, control characters shown as their pictures.
    pub code: String,
    /// Why it waits: a word that does not change.
    pub why: &'static str,
    /// Why it waits and what to do.
    pub sentence: &'static str,
    /// When, in RFC 3339.
    pub scanned_at: String,
}

impl WaitingView {
    /// Returns a scan that waits as it is shown.
    pub(super) fn of(waiting: &WaitingScan) -> Self {
        Self {
            scan: waiting.scan,
            code: legible(&waiting.code),
            why: waiting.why.word(),
            sentence: waiting.why.sentence(),
            scanned_at: crate::written::moment(waiting.scanned_at_ms),
        }
    }
}
