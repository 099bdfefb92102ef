//! How this store stands with its hub, for the pages: one word, one time, one count.
//!
//! What was sent and when the hub last answered is durable and read from the replica; only what the
//! agent is doing now is held here.

use std::sync::{Arc, OnceLock};

use counterpart_daemon::replica::UpState;
use counterpart_daemon::web::live::Live;
use counterpart_daemon::web::shell::HubLink;
use counterpart_daemon::web::text::Lang;
use jiff::tz::TimeZone;
use tokio::sync::{Notify, watch};

use super::HubClient;
use super::trouble::HubTrouble;
use crate::web::STATUS_TOPIC;

/// How a store stands with its hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Not spoken with since the start.
    #[default]
    Starting,
    /// The last exchange worked.
    Connected,
    /// The last exchange failed; it is tried again by itself.
    Alone,
    /// The hub will not go on with this store until a person has acted.
    Stopped,
    /// It has no hub: a training store, of which nothing is ever sent.
    Apart,
}

/// What the agent last found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkState {
    /// How it stands.
    pub standing: Standing,
    /// Why it is not connected: a sentence to act on.
    pub trouble: Option<String>,
    /// Whether a person has to do something before it works again.
    pub needs_a_person: bool,
    /// The hub's clock less ours, in milliseconds, as of the last exchange.
    pub clock_off_ms: Option<i64>,
    /// When this store's certificate ends, in milliseconds UTC.
    pub certificate_ends_at_ms: Option<i64>,
    /// When the hub was reached first, or again after it was away, in milliseconds UTC.
    pub back_at_ms: Option<i64>,
}

/// The link as pages and slices see it; clones share it.
#[derive(Clone)]
pub struct Link {
    state: Arc<watch::Sender<LinkState>>,
    received: Arc<watch::Sender<u64>>,
    client: Arc<OnceLock<HubClient>>,
    asked: Arc<Notify>,
    live: Live,
}

impl Link {
    /// Makes the link before anything was said.
    #[must_use]
    pub fn new(live: Live) -> Self {
        Self {
            state: Arc::new(watch::Sender::new(LinkState::default())),
            received: Arc::new(watch::Sender::new(0)),
            client: Arc::default(),
            asked: Arc::default(),
            live,
        }
    }

    /// Makes the link of a store that has no hub.
    #[must_use]
    pub fn apart(live: Live) -> Self {
        let link = Self::new(live);
        link.state
            .send_modify(|state| state.standing = Standing::Apart);
        link
    }

    /// Returns what the agent last found.
    #[must_use]
    pub fn state(&self) -> LinkState {
        self.state.borrow().clone()
    }

    /// Keeps how the hub is called, once, so that slices may ask it something while somebody waits.
    pub fn keep_client(&self, client: HubClient) {
        // A second one is of the same hub: nothing is lost with it.
        let _ = self.client.set(client);
    }

    /// Returns how the hub is called; nothing before the agent runs.
    #[must_use]
    pub fn client(&self) -> Option<HubClient> {
        self.client.get().cloned()
    }

    /// Lets the agent ask the hub now instead of when its pause is over: somebody knows that the
    /// line is mended, or that the hub takes this store again.
    pub fn ask_now(&self) {
        self.asked.notify_one();
    }

    /// Waits until somebody wants the hub asked now, or did since the last wait.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// Returns a view of what the agent finds, to wait on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<LinkState> {
        self.state.subscribe()
    }

    /// Returns how many of the hub's records came in since the start, to wait on; it also changes
    /// when the hub is back.
    #[must_use]
    pub fn received(&self) -> watch::Receiver<u64> {
        self.received.subscribe()
    }

    pub(super) fn certificate_ends(&self, at_ms: i64) {
        self.state
            .send_modify(|state| state.certificate_ends_at_ms = Some(at_ms));
    }

    pub(super) fn connected(&self, now_ms: i64, clock_off_ms: i64, records: usize) {
        let mut back = false;
        self.change(|state| {
            back = state.standing != Standing::Connected;
            if back {
                state.back_at_ms = Some(now_ms);
            }
            state.standing = Standing::Connected;
            state.trouble = None;
            state.needs_a_person = false;
            state.clock_off_ms = Some(clock_off_ms);
        });
        if back {
            tracing::info!("the hub is reached");
        }
        if back || records > 0 {
            let count = u64::try_from(records).unwrap_or(u64::MAX);
            self.received
                .send_modify(|received| *received = received.saturating_add(count));
        }
    }

    pub(super) fn lost(&self, standing: Standing, trouble: &HubTrouble) {
        self.change(|state| {
            // Once: an outage of hours must not fill the log.
            if state.standing != standing {
                tracing::warn!(reason = %trouble, "the hub is away");
            }
            state.standing = standing;
            state.trouble = Some(trouble.to_string());
            state.needs_a_person = trouble.needs_a_person() || standing == Standing::Stopped;
        });
    }

    fn change(&self, change: impl FnOnce(&mut LinkState)) {
        let shown = self.state.send_if_modified(|state| {
            let before = state.clone();
            change(state);
            *state != before
        });
        if shown {
            self.live.publish(STATUS_TOPIC);
        }
    }
}

/// Returns the link in the words of the status bar: what the agent found, and when the hub last
/// answered by the replica; with the date unless that is the day of `now_ms`.
#[must_use]
pub fn hub_link_of(
    state: &LinkState,
    up: &UpState,
    now_ms: i64,
    zone: &TimeZone,
    lang: &Lang,
) -> HubLink {
    match (state.standing, up.contact_at_ms) {
        (Standing::Connected, _) => HubLink::Connected,
        (Standing::Starting | Standing::Alone | Standing::Stopped, Some(at_ms)) => HubLink::Away {
            last_seen: if lang.date(at_ms, zone) == lang.date(now_ms, zone) {
                lang.time(at_ms, zone)
            } else {
                lang.date_time(at_ms, zone)
            },
        },
        (Standing::Starting | Standing::Alone | Standing::Stopped, None) | (Standing::Apart, _) => {
            HubLink::NeverReached
        }
    }
}
