//! The edge's half of an exchange: ask, then hear the reply, each in one transaction.
//!
//! How the messages travel is the daemons' own business; the hub's half is in `answer.rs`.

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{
    Ack, Chain, DayCount, EdgeSession, Exchange, FeedHead, FeedId, Greeting, Hello, MoreDown,
    PROTOCOL_VERSION, Reply, Step, WithHashes,
};

use super::Replica;
use super::batches::own_head;
use super::caught_up::note_told;
use super::feeds::{Direction, Stream, chain_at, head_of, newest_digests, newest_head, put_acked};
use super::generation::{Meeting, met};
use super::identity::Identity;
use super::orders::keep_damage;
use super::quarantine::{refused_known, verdicts_between};
use super::record::ReplicaFailed;
use super::sender::{Against, Sender};
use crate::db::{DbError, Tx};
use crate::seeded::{self, Bug};

/// How long an edge waits after a word of an earlier generation of the hub, in milliseconds: either
/// it was late, or a hub still runs that another has taken over from.
const OLD_HUB_WAIT_MS: u64 = 10_000;
/// How many of the hub's records that could not be used an edge names in each exchange.
const VERDICTS_REPEATED: usize = 32;
/// How many days' digests an edge declares: today, yesterday and one for a long night.
const DAYS_DECLARED: u32 = 3;

/// The hub's answer to an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one a request, moved once")]
pub enum Answer {
    /// It goes on.
    Reply(Reply),
    /// It does not go on with this edge; the greeting says why.
    Refused(Greeting),
    /// The edge knows this newer generation of the hub: this one is over.
    Outlived(u32),
}

/// What an edge learnt from a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// What the agent does next.
    pub step: Step,
    /// How many of the hub's records came in.
    pub received: usize,
    /// The hub's clock less ours, in milliseconds, the way between included.
    pub clock_off_ms: i64,
}

/// How far a node's own feed goes and how much of it the peer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpState {
    /// The last record written.
    pub head_seq: u64,
    /// The last record the peer acknowledged.
    pub acked_seq: u64,
    /// When the peer last answered, in milliseconds UTC.
    pub contact_at_ms: Option<i64>,
}

impl UpState {
    /// Returns how many records wait to be sent.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.head_seq.saturating_sub(self.acked_seq)
    }
}

pub(super) const UP: Stream = Stream {
    direction: Direction::Out,
    peer: EdgeNumber::HUB,
};
pub(super) const DOWN: Stream = Stream {
    direction: Direction::In,
    peer: EdgeNumber::HUB,
};

impl Replica {
    /// Returns the state of our feed for `peer`.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn up_state(&self, tx: &mut Tx, peer: EdgeNumber) -> Result<UpState, DbError> {
        let row = newest_head(
            tx,
            Stream {
                direction: Direction::Out,
                peer,
            },
        )?;
        Ok(row.map_or(
            UpState {
                head_seq: 0,
                acked_seq: 0,
                contact_at_ms: None,
            },
            |row| UpState {
                head_seq: row.head.seq,
                acked_seq: row.acked_seq,
                contact_at_ms: row.contact_at_ms,
            },
        ))
    }

    /// Returns the last record of our feed for `peer` that it acknowledged.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn held_seq(&self, tx: &mut Tx, peer: EdgeNumber) -> Result<u64, DbError> {
        Ok(self.up_state(tx, peer)?.acked_seq)
    }

    /// Makes the edge's next exchange: who it is, what it holds, and its records after `after_seq`.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] before enrolment; those of the database.
    pub fn ask(
        &self,
        tx: &mut Tx,
        after_seq: u64,
        with_hashes: WithHashes,
    ) -> Result<Exchange, ReplicaFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let up = own_head(tx, &me, UP)?;
        let down = newest_head(tx, DOWN)?.map(|row| row.head);
        let days = newest_digests(tx, UP, up.feed, DAYS_DECLARED)?
            .into_iter()
            .map(|(business_date, digest)| DayCount {
                business_date,
                digest,
            })
            .collect();
        let hello = Hello {
            protocol: PROTOCOL_VERSION,
            edge: me.writer.edge,
            incarnation: me.writer.incarnation,
            actor: me.actor,
            up,
            down: down.unwrap_or(FeedHead::start(FeedId(0))),
            wall_ms: self.now_ms(),
            days,
            forked_at: None,
            met: met(tx, &me)?,
            refused: refused_known(tx, UP, up.feed)?,
        };
        let ack = down.map(|held| acknowledge(tx, held)).transpose()?;
        let after_seq = match seeded::has(Bug::ResumeAtMaximum) {
            true => after_seq.max(self.held_seq(tx, EdgeNumber::HUB)?),
            false => after_seq,
        };
        let up = self.batch_after(tx, UP, up.feed, after_seq, with_hashes)?;
        let back = self.send_back(tx)?;
        Ok(Exchange {
            hello,
            ack,
            up,
            back,
        })
    }

    /// Makes the message by which an edge that found itself behind its own past says so: the hub
    /// holds other records of it than it has, up to number `held_seq`.
    ///
    /// # Errors
    ///
    /// As [`Replica::ask`].
    pub fn ask_as_forked(&self, tx: &mut Tx, held_seq: u64) -> Result<Exchange, ReplicaFailed> {
        let mut exchange = self.ask(tx, u64::MAX >> 1, WithHashes::No)?;
        exchange.hello.forked_at = Some(held_seq);
        exchange.up = None;
        exchange.back = None;
        Ok(exchange)
    }

    /// Takes the hub's reply in at the edge and moves the session on.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] before enrolment; those of the database.
    pub fn hear(
        &self,
        tx: &mut Tx,
        session: &mut EdgeSession,
        reply: &Reply,
    ) -> Result<Heard, ReplicaFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        keep_damage(self, tx)?;
        let meeting = Meeting::of(tx, reply)?;
        if meeting == Meeting::Late {
            tracing::warn!("an earlier generation of the hub spoke: nothing of it counts any more");
            return Ok(Heard {
                step: session.failed(0, Some(OLD_HUB_WAIT_MS)),
                received: 0,
                clock_off_ms: reply.welcome.wall_ms.saturating_sub(self.now_ms()),
            });
        }
        let own = own_head(tx, &me, UP)?;
        let own_chain = self.note_acked(tx, own, reply)?;
        let unheard = reply.welcome.generation.is_some_and(|told| !told.heard);
        // A restored hub asks for what it lacks of earlier lives itself.
        let late = match unheard {
            true => false,
            false => {
                let earlier = reply.welcome.earlier.as_deref().unwrap_or(&[]);
                self.note_late(tx, &me, earlier)?
            }
        };
        let (received, held) = self.take_down(tx, &me, reply)?;
        note_told(tx, DOWN, &reply.welcome, held)?;
        // Only what came forward goes on at once: a hub that lost its tail, or whose feed differs
        // from ours, would send the same records for ever.
        let is_behind = held.seq < reply.welcome.down.seq || unheard;
        let more_down = match meeting == Meeting::News || (received > 0 && is_behind) {
            true => MoreDown::Yes,
            false => MoreDown::No,
        };
        for date in &reply.welcome.days_differ {
            tracing::error!(
                business_date = %date,
                "the hub's digest of this day differs from ours although it holds every record"
            );
        }
        let step = match session.replied(reply, own, own_chain, more_down) {
            // What a fenced life told the hub meanwhile is asked for before the next exchange.
            Step::Listen if late => session.exchange(),
            step => step,
        };
        Ok(Heard {
            step,
            received,
            clock_off_ms: reply.welcome.wall_ms.saturating_sub(self.now_ms()),
        })
    }

    /// Notes how much of our feed the hub holds and what it set aside, if its feed is ours there.
    /// Returns our chain at that place.
    fn note_acked(
        &self,
        tx: &mut Tx,
        own: FeedHead,
        reply: &Reply,
    ) -> Result<Option<Chain>, DbError> {
        let hub_holds = reply.welcome.up;
        let own_chain = match hub_holds.feed == own.feed {
            true => chain_at(tx, UP, own.feed, hub_holds.seq)?,
            false => None,
        };
        if own_chain == Some(hub_holds.chain) {
            let acked = if seeded::has(Bug::AckAhead) {
                own.seq
            } else if seeded::has(Bug::ResumeAtMaximum) {
                hub_holds.seq.max(self.held_seq(tx, EdgeNumber::HUB)?)
            } else {
                hub_holds.seq
            };
            put_acked(tx, UP, own.feed, acked, self.now_ms())?;
            let verdicts = reply.ack.as_ref().map(|ack| ack.verdicts.as_slice());
            self.note_refused(tx, UP, own.feed, verdicts.unwrap_or(&[]))?;
        }
        Ok(own_chain)
    }

    fn take_down(
        &self,
        tx: &mut Tx,
        me: &Identity,
        reply: &Reply,
    ) -> Result<(usize, FeedHead), DbError> {
        let feed = reply.welcome.down.feed;
        // The actor the hub had when this run began: a run has one writer.
        let (held, actor) = match head_of(tx, DOWN, feed)? {
            Some(row) => (row.head, row.actor),
            None => (FeedHead::start(feed), reply.welcome.actor),
        };
        let Some(batch) = &reply.down else {
            return Ok((0, held));
        };
        let sender = Sender {
            peer: EdgeNumber::HUB,
            stream: DOWN,
            held,
            actor,
            about: Some(me.writer.edge),
            against: Against::Nothing,
            me: *me,
        };
        let taken = self.take_batch(tx, &sender, batch)?;
        if let Some(refused) = taken.refused {
            tracing::warn!(reason = %refused, "did not take a batch of the hub's");
            return Ok((0, held));
        }
        let received = usize::try_from(taken.ack.held.seq - held.seq).unwrap_or(usize::MAX);
        Ok((received, taken.ack.held))
    }
}

/// Says how far we hold the hub's feed and which records of this run we could not use, the newest:
/// each exchange says it again, because any of them may have been lost.
fn acknowledge(tx: &mut Tx, held: FeedHead) -> Result<Ack, DbError> {
    let mut verdicts = verdicts_between(tx, DOWN, held.feed, 1, held.seq)?;
    verdicts.truncate(VERDICTS_REPEATED);
    Ok(Ack { held, verdicts })
}
