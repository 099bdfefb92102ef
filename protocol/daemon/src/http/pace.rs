//! How slowly a request's body may come: a caller who sends a byte a second holds a place that
//! others need.
//!
//! It counts what arrives, not what a handler makes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

/// How fast a body must come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long it may take whatever its size.
    pub grace: Duration,
    /// Bytes a second it must bring beyond that, on average since its beginning.
    pub bytes_per_s_min: u32,
}

impl Default for Pace {
    /// 5 s, then 4 KiB a second: half of what the slowest line of a shop carries (64 kbit/s).
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(5),
            bytes_per_s_min: 4 * 1024,
        }
    }
}

impl Pace {
    /// Returns how long after its beginning a body of which `bytes` came must go on or end.
    fn due(self, bytes: u64) -> Duration {
        let earned_ms = bytes.saturating_mul(1_000) / u64::from(self.bytes_per_s_min.max(1));
        self.grace.saturating_add(Duration::from_millis(earned_ms))
    }
}

/// Why a body broke off; only the handler sees it, the caller is answered with a problem.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
struct TooSlow;

/// Lets the body of `request` break off once it falls behind `pace`; the flag says that it did.
pub(super) fn paced(request: Request, pace: Pace) -> (Request, Arc<AtomicBool>) {
    let was_slow = Arc::new(AtomicBool::new(false));
    if request.body().is_end_stream() {
        return (request, was_slow);
    }
    let flag = Arc::clone(&was_slow);
    let request = request.map(move |body| {
        let arriving = Arriving {
            chunks: body.into_data_stream(),
            bytes: 0,
            begun: Instant::now(),
            pace,
            flag,
        };
        Body::from_stream(stream::unfold(arriving, Arriving::next))
    });
    (request, was_slow)
}

struct Arriving {
    chunks: axum::body::BodyDataStream,
    bytes: u64,
    begun: Instant,
    pace: Pace,
    flag: Arc<AtomicBool>,
}

impl Arriving {
    async fn next(mut self) -> Option<(Result<Bytes, axum::BoxError>, Self)> {
        let until = self.begun + self.pace.due(self.bytes);
        // What has arrived already is taken even when its time is over.
        let came = timeout_at(until, self.chunks.next()).await;
        let chunk = match came {
            Ok(None) => return None,
            Ok(Some(Ok(bytes))) => {
                self.bytes += bytes.len() as u64;
                Ok(bytes)
            }
            Ok(Some(Err(broken))) => Err(broken.into()),
            Err(_elapsed) => {
                self.flag.store(true, Ordering::Relaxed);
                metrics::counter!("counterpart_http_bodies_too_slow").increment(1);
                Err(TooSlow.into())
            }
        };
        Some((chunk, self))
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::time::Duration;

    #[test]
    fn every_byte_earns_its_time() {
        let pace = Pace {
            grace: Duration::from_secs(5),
            bytes_per_s_min: 1_000,
        };
        assert_eq!(pace.due(0), Duration::from_secs(5));
        assert_eq!(pace.due(30_000), Duration::from_secs(35));
        assert!(pace.due(u64::MAX) > Duration::from_secs(1_000_000));
    }
}
