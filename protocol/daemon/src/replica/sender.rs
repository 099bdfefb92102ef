//! Whose records are taken in, and what is held against them beside what they say.

use counterpart_protocol::documents::Actor;
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{FeedHead, RecordVerdict};

use super::feeds::Stream;
use super::identity::Identity;
use super::inbound::NotTaken;

/// Whose batch it is, and what is expected of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sender<'a> {
    /// The peer whose words they are: ourselves, for what an earlier life of ours had told.
    pub(super) peer: EdgeNumber,
    /// Where its feed is kept.
    pub(super) stream: Stream,
    /// How far its feed is held.
    pub(super) held: FeedHead,
    /// The actor it registered.
    pub(super) actor: Actor,
    /// Whom its journal is about: this edge, when the hub is the sender.
    pub(super) about: Option<EdgeNumber>,
    /// What else is held against its records than what they say.
    pub(super) against: Against<'a>,
    /// Who we are.
    pub(super) me: Identity,
}

/// What is held against a sender's records beside what they say.
#[derive(Debug, Clone, Copy)]
pub(super) enum Against<'a> {
    /// Nothing.
    Nothing,
    /// A newer life of it was met: its facts are taken, what it promises is not.
    Replaced,
    /// Whoever hands records of an earlier life back, or had from us, has set these aside.
    SetAside(&'a [RecordVerdict]),
}

impl Against<'_> {
    pub(super) fn check(self, fact: &Fact, seq: u64) -> Result<(), NotTaken> {
        match self {
            Self::Nothing => Ok(()),
            Self::Replaced => check_late(fact),
            Self::SetAside(records) => match records.iter().find(|one| one.seq == seq) {
                Some(one) => Err(NotTaken::Content(format!(
                    "it was set aside before: {}",
                    one.reason.as_deref().unwrap_or("it gave no reason")
                ))),
                None => Ok(()),
            },
        }
    }
}

/// Checks what a life says that was replaced: what happened is taken, but nobody may rely on what
/// it promises, and the day is sealed by the life that goes on.
fn check_late(fact: &Fact) -> Result<(), NotTaken> {
    let what = match fact.kind() {
        Some(Kind::RightsGranted) => "lets the hub promise units",
        Some(Kind::RightsAsked) => "asks for rights",
        Some(Kind::DaySealed) => "seals a day",
        Some(_) | None => return Ok(()),
    };
    Err(NotTaken::Content(format!(
        "it {what}, and was stated by a life of this store that had been replaced"
    )))
}
