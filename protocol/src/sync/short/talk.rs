//! When an edge speaks in short: once the hub said that it reads it, and not always.

use super::{DICTIONARY, is_short, lengthen_reply};
use crate::documents::Actor;
use crate::sync::frames::{Exchange, Reply};
use crate::sync::{WireFailed, unpack};

/// How many exchanges in a row are said in short: a whole one compares the digests of days, also at
/// a store that never pauses.
const SHORT_MAX: u32 = 255;

/// What an edge remembers of the hub, to speak with it in short. It forgets at a restart.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShortTalk {
    /// The hub's actor, once it said that it reads exchanges in short.
    hub: Option<Actor>,
    /// How many were said in short since the last whole one.
    said: u32,
}

impl ShortTalk {
    /// Tells whether the next exchange may be said in short.
    #[must_use]
    pub const fn may(&self) -> bool {
        self.hub.is_some() && self.said < SHORT_MAX
    }

    /// Speaks whole until the hub has said again that it reads exchanges in short: it did not take
    /// one, or nobody knows.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Reads the hub's answer to `asked`, in either form.
    ///
    /// # Errors
    /// [`WireFailed`]; what comes next is said whole.
    pub fn read(&mut self, body: &[u8], asked: &Exchange) -> Result<Reply, WireFailed> {
        let told = std::mem::take(self);
        if is_short(body) {
            let whole = told.hub.and_then(|hub| lengthen_reply(body, asked, hub));
            let reply = whole.ok_or(WireFailed::Short)?;
            *self = Self {
                hub: told.hub,
                said: told.said.saturating_add(1),
            };
            return Ok(reply);
        }
        let reply: Reply = unpack(body)?;
        let reads = reply
            .welcome
            .short
            .is_some_and(|newest| newest >= u32::from(DICTIONARY));
        self.hub = reads.then_some(reply.welcome.actor);
        Ok(reply)
    }
}
