//! The one place of this crate that reads a clock: the monotonic one, for gaps and deadlines.
//!
//! No time of day is known here; whoever writes a fact stamps it.

use tokio::time::Instant;

/// Returns the monotonic time.
pub(crate) fn now() -> Instant {
    Instant::now()
}
