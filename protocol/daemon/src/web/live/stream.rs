//! The event stream of one tab: a snapshot, then patches, and a tick so that silence is noticed.
//!
//! It runs inside the response, without a task of its own: when the browser leaves, it is dropped;
//! when the daemon stops, the token ends it, so that no open stream holds up the shutdown.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::answer::markup;
use super::viewer::StreamShare;
use super::{EVERYTHING, Live, Region, SESSIONS, Topic, Version, Viewer};
use crate::http::Problem;
use crate::web::assets;

/// How often a stream says that it is alive. The page calls itself offline after 12 s, that is two
/// ticks missed and some patience (an `EventSource` does not notice a half-open Wi-Fi link).
pub const TICK_MS: u64 = 5_000;

/// The least time between two patches to one tab. The first change goes out at once; a burst (a
/// price list being imported) becomes 20 renderings a second instead of thousands.
const GAP: Duration = Duration::from_millis(50);

/// How soon a browser is asked to come back when its stream ends: a daemon restarts in about that.
const AGAIN: Duration = Duration::from_secs(1);
/// How soon whoever has too many streams may ask again, in seconds.
const AGAIN_S: u32 = 5;

/// What a rendering is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Everything the page shows: the tab has just connected, or has missed something.
    Everything,
    /// These topics changed; regions that show none of them may be left out.
    Topics(BTreeSet<Topic>),
}

impl Changed {
    /// Tells whether a region that shows `topic` is to be rendered.
    pub fn touches(&self, topic: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Topics(topics) => topics.iter().any(|changed| changed.as_str() == topic),
        }
    }
}

/// Answers with the event stream of one tab of `viewer` that watches `topics`. It ends when the
/// viewer's session has ended: at once if [`Live::sessions_changed`] said so, else within a tick.
///
/// `render` is called once at the start, and again when a watched topic was published; it reads the
/// state and returns the regions stamped with the version it was given. If it fails, the stream
/// ends after logging the reason: the page says that it is reconnecting, which is the truth.
///
/// With 512 streams open further ones are answered 503; a session or an address that has its share
/// already is answered 429. The page tries again.
pub fn stream<R, F, E>(
    live: &Live,
    viewer: Viewer,
    topics: impl IntoIterator<Item = impl Into<Topic>>,
    shutdown: CancellationToken,
    render: R,
) -> Response
where
    R: Fn(Version, Changed) -> F + Send + 'static,
    F: Future<Output = Result<Vec<Region>, E>> + Send + 'static,
    E: std::fmt::Display + Send + 'static,
{
    let Ok(permit) = live.inner.streams.clone().try_acquire_owned() else {
        tracing::warn!("refused a live page: too many streams are open");
        let detail = "too many live pages are open: close some, this one tries again by itself";
        return Problem::failed("streams_taken", detail).into_response();
    };
    let Some(share) = live.share_of(&viewer) else {
        tracing::info!(?viewer, "refused a live page: this viewer has too many");
        let detail = "you have too many live pages open: close some of them";
        return Problem::throttled(detail, AGAIN_S).into_response();
    };
    metrics::gauge!("counterpart_live_streams").increment(1.0);
    let mut ticker = interval(Duration::from_millis(TICK_MS));
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let tab = Tab {
        live: live.clone(),
        viewer,
        // Subscribed before the first rendering, so that no change falls between the two.
        changes: live.inner.changes.subscribe(),
        topics: topics.into_iter().map(Into::into).collect(),
        shutdown,
        render,
        ticker,
        patched_at: None,
        _open: Open {
            _permit: permit,
            _share: share,
        },
    };
    let events = stream::unfold(tab, |mut tab| async move {
        let event = tab.next_event().await?;
        Some((Ok::<Event, Infallible>(event), tab))
    });
    let unbuffered = (
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    ([unbuffered], Sse::new(events)).into_response()
}

struct Tab<R> {
    live: Live,
    viewer: Viewer,
    changes: Receiver<Topic>,
    topics: BTreeSet<Topic>,
    shutdown: CancellationToken,
    render: R,
    ticker: Interval,
    patched_at: Option<Instant>,
    _open: Open,
}

/// Counts one open stream for as long as it lives.
struct Open {
    _permit: OwnedSemaphorePermit,
    _share: StreamShare,
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("counterpart_live_streams").decrement(1.0);
    }
}

impl<R, F, E> Tab<R>
where
    R: Fn(Version, Changed) -> F,
    F: Future<Output = Result<Vec<Region>, E>>,
    E: std::fmt::Display,
{
    async fn next_event(&mut self) -> Option<Event> {
        if self.shutdown.is_cancelled() {
            return None;
        }
        if self.patched_at.is_none() {
            return self.rendered(Changed::Everything).await;
        }
        loop {
            let news = tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return None,
                received = self.changes.recv() => received,
                _ = self.ticker.tick() => {
                    let tick = Event::default().event("tick").data(assets::build());
                    return self.viewer.is_still_there().await.then_some(tick);
                }
            };
            if matches!(&news, Ok(topic) if topic.as_str() == SESSIONS)
                && !self.viewer.is_still_there().await
            {
                return None;
            }
            let first = match news {
                Ok(topic) if topic.as_str() == EVERYTHING => Changed::Everything,
                Ok(topic) => Changed::Topics(BTreeSet::from([topic])),
                Err(RecvError::Lagged(_)) => Changed::Everything,
                Err(RecvError::Closed) => return None,
            };
            if let Some(changed) = self.gathered(first).await {
                return self.rendered(changed).await;
            }
        }
    }

    /// Waits out the gap and takes along what arrived meanwhile; `None` if none of it is watched.
    async fn gathered(&mut self, first: Changed) -> Option<Changed> {
        let mut topics = match first {
            Changed::Everything => return Some(Changed::Everything),
            Changed::Topics(topics) => topics,
        };
        topics.retain(|topic| self.topics.contains(topic));
        if topics.is_empty() {
            return None;
        }
        if let Some(patched_at) = self.patched_at {
            tokio::time::sleep_until(patched_at + GAP).await;
        }
        loop {
            match self.changes.try_recv() {
                Ok(topic) if topic.as_str() == EVERYTHING => return Some(Changed::Everything),
                Ok(topic) if self.topics.contains(&topic) => {
                    topics.insert(topic);
                }
                Ok(_) => {}
                Err(TryRecvError::Lagged(_)) => return Some(Changed::Everything),
                Err(TryRecvError::Empty | TryRecvError::Closed) => {
                    return Some(Changed::Topics(topics));
                }
            }
        }
    }

    async fn rendered(&mut self, changed: Changed) -> Option<Event> {
        let name = match changed {
            Changed::Everything => "snapshot",
            Changed::Topics(_) => "patch",
        };
        // Before the state is read: what comes after a session is not for its viewer.
        if !self.viewer.is_still_there().await {
            return None;
        }
        let version = self.live.version();
        match (self.render)(version, changed).await {
            Ok(regions) => {
                self.patched_at = Some(Instant::now());
                Some(
                    Event::default()
                        .event(name)
                        .retry(AGAIN)
                        .data(markup(&regions).into_string()),
                )
            }
            Err(error) => {
                tracing::warn!(%error, "a live page could not be rendered, its stream ends");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
