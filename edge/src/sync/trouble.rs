//! Why the hub could not be spoken with, as sentences for the person in the shop.
//!
//! It does not decide what happens next: the session does.

use std::error::Error;
use std::time::Duration;

use counterpart_daemon::tls::{DistrustReason, distrust_reason};

/// Why an exchange with the hub came to nothing. Selling goes on in every case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HubTrouble {
    /// No connection came about.
    #[error(
        "the hub cannot be reached: check this store's internet line; selling goes on and \
         everything is sent when it is back"
    )]
    Unreachable,
    /// A connection came about and no answer within the time.
    #[error("the hub took too long to answer: it is tried again by itself")]
    TimedOut,
    /// The two ends did not trust each other.
    #[error("{0}")]
    Distrusted(DistrustReason),
    /// This store's certificate is over, by its own date.
    #[error(
        "this store's certificate ended {days} days ago: ask the hub's operator for a new \
         enrolment code and enrol again; selling goes on"
    )]
    CertificateOver {
        /// Whole days since.
        days: i64,
    },
    /// The hub will not go on with this store; its own sentence.
    #[error("{0}")]
    Refused(String),
    /// The hub fails for now, or has too much to do.
    #[error("the hub cannot answer just now: it is tried again by itself")]
    Busy {
        /// When the hub asks to be tried again.
        retry_after: Option<Duration>,
    },
    /// Something answered that is no hub of ours, or another version of it.
    #[error("what answers at the hub's address is no hub this program can talk to ({0})")]
    NoHub(String),
    /// The hub holds another version than the one its fact announced, whose news is on the way.
    #[error("the hub has published anew meanwhile: it is fetched when its announcement is here")]
    OtherVersion,
    /// This store's own database failed.
    #[error("this store's database could not take the exchange ({0}): it is tried again by itself")]
    Own(String),
}

impl HubTrouble {
    /// Reads the failure of a call.
    pub(super) fn of_call(error: &reqwest::Error) -> Self {
        let dynamic: &(dyn Error + 'static) = error;
        if let Some(reason) = distrust_reason(dynamic) {
            return Self::Distrusted(reason);
        }
        if error.is_timeout() && !error.is_connect() {
            return Self::TimedOut;
        }
        Self::Unreachable
    }

    /// Returns how long the hub asked to be left alone, in milliseconds.
    pub(super) fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::Busy {
                retry_after: Some(pause),
            } => u64::try_from(pause.as_millis()).ok(),
            // A person has to act first; asking every second would only fill the hub's log.
            Self::Distrusted(_) | Self::CertificateOver { .. } | Self::NoHub(_) => Some(30_000),
            Self::Busy { retry_after: None }
            | Self::Unreachable
            | Self::TimedOut
            | Self::Refused(_)
            | Self::OtherVersion
            | Self::Own(_) => None,
        }
    }

    /// Returns whether a person has to do something before it works again.
    #[must_use]
    pub fn needs_a_person(&self) -> bool {
        matches!(
            self,
            Self::Distrusted(_) | Self::CertificateOver { .. } | Self::Refused(_) | Self::NoHub(_)
        )
    }
}
