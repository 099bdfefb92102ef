//! Both halves of an exchange, each in one transaction: ask and hear at the edge, answer at the
//! hub. How the messages travel is the daemons' own business.

use counterpart_protocol::documents::Actor;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{
    Ack, BATCH_BYTES_MAX, BATCH_RECORDS_MAX, Batch, Chain, DayCount, EdgeSession, Exchange,
    FeedHead, FeedId, Greeting, Hello, KnownEdge, MoreDown, PROTOCOL_VERSION, Reply, Step, Verdict,
    Welcome, WireRecord, WithHashes, greet,
};

use super::Replica;
use super::feeds::{
    Direction, HeadRow, Stream, chain_at, digest_of, head_of, newest_digests, newest_head,
    put_acked, put_head, records_after,
};
use super::identity::Identity;
use super::inbound::{Sender, Taken};
use super::outbound::{OpenFeeds, last_hlc};
use super::quarantine::put_quarantine;
use super::record::ReplicaFailed;
use crate::db::{DbError, Tx};
use crate::params;

/// How many days' digests an edge declares: today, yesterday and one for a long night.
const DAYS_DECLARED: u32 = 3;

/// The hub's answer to an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It goes on.
    Reply(Reply),
    /// It does not go on with this edge; the greeting says why.
    Refused(Greeting),
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

const UP: Stream = Stream {
    direction: Direction::Out,
    peer: EdgeNumber::HUB,
};
const DOWN: Stream = Stream {
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
        };
        let ack = down.map(|held| Ack {
            held,
            verdicts: Vec::new(),
        });
        let up = batch_after(tx, UP, up.feed, after_seq, with_hashes)?;
        Ok(Exchange { hello, ack, up })
    }

    /// Answers an edge's exchange at the hub. `edge` is the one the certificate names.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] when the hub has none; those of the database. Nothing of the
    /// batch is kept then, and the edge sends it again.
    pub fn answer(
        &self,
        tx: &mut Tx,
        edge: EdgeNumber,
        exchange: &Exchange,
    ) -> Result<Answer, ReplicaFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let hello = &exchange.hello;
        let inbound = Stream {
            direction: Direction::In,
            peer: edge,
        };
        let outbound = Stream {
            direction: Direction::Out,
            peer: edge,
        };
        let known = newest_head(tx, inbound)?;
        let known = known.map(|row| known_edge(&row));
        let chain_there = match known {
            Some(known) if hello.up.seq <= known.held.seq => {
                chain_at(tx, inbound, known.held.feed, hello.up.seq)?
            }
            Some(_) | None => None,
        };
        let known = match greet(hello, known.as_ref(), chain_there) {
            Greeting::Continue(known) => known,
            Greeting::Register(fresh) => {
                let hlc = last_hlc(tx)?;
                put_head(tx, inbound, fresh.held, fresh.actor, hlc)?;
                fresh
            }
            refused => return Ok(Answer::Refused(refused)),
        };
        let sender = Sender {
            peer: edge,
            held: known.held,
            actor: known.actor,
            about: None,
        };
        let taken = match &exchange.up {
            Some(batch) => Some(self.take_batch(tx, &sender, batch)?),
            None => None,
        };
        let held = taken.as_ref().map_or(known.held, |taken| taken.ack.held);
        put_acked(tx, inbound, held.feed, held.seq, self.now_ms())?;
        let head = own_head(tx, &me, outbound)?;
        let after = edge_holds(tx, outbound, head, hello.down)?;
        put_acked(tx, outbound, head.feed, after, self.now_ms())?;
        let welcome = Welcome {
            protocol: PROTOCOL_VERSION,
            actor: me.actor,
            down: head,
            up: held,
            wall_ms: self.now_ms(),
            days_differ: days_differ(tx, inbound, held, hello)?,
        };
        let down = batch_after(tx, outbound, head.feed, after, WithHashes::No)?;
        let (ack, refused) = match taken {
            Some(Taken { ack, refused }) => (Some(ack), refused),
            None => (None, None),
        };
        Ok(Answer::Reply(Reply {
            welcome,
            ack,
            refused,
            down,
        }))
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
        let own = own_head(tx, &me, UP)?;
        let hub_holds = reply.welcome.up;
        let own_chain = match hub_holds.feed == own.feed {
            true => chain_at(tx, UP, own.feed, hub_holds.seq)?,
            false => None,
        };
        if own_chain == Some(hub_holds.chain) {
            put_acked(tx, UP, own.feed, hub_holds.seq, self.now_ms())?;
            self.note_quarantined(tx, own.feed, reply)?;
        }
        let (received, held) = self.take_down(tx, &me, reply)?;
        let more_down = match held == Some(reply.welcome.down) || reply.down.is_none() {
            true => MoreDown::No,
            false => MoreDown::Yes,
        };
        for date in &reply.welcome.days_differ {
            tracing::error!(
                business_date = %date,
                "the hub's digest of this day differs from ours although it holds every record"
            );
        }
        Ok(Heard {
            step: session.replied(reply, own, own_chain, more_down),
            received,
            clock_off_ms: reply.welcome.wall_ms.saturating_sub(self.now_ms()),
        })
    }

    fn take_down(
        &self,
        tx: &mut Tx,
        me: &Identity,
        reply: &Reply,
    ) -> Result<(usize, Option<FeedHead>), DbError> {
        let feed = reply.welcome.down.feed;
        let row = head_of(tx, DOWN, feed)?;
        let held = row.map_or(FeedHead::start(feed), |row| row.head);
        let Some(batch) = &reply.down else {
            return Ok((0, Some(held)));
        };
        let sender = Sender {
            peer: EdgeNumber::HUB,
            held,
            actor: reply.welcome.actor,
            about: Some(me.writer.edge),
        };
        let taken = self.take_batch(tx, &sender, batch)?;
        if let Some(refused) = taken.refused {
            tracing::warn!(reason = %refused, "did not take a batch of the hub's");
            return Ok((0, Some(held)));
        }
        let received = usize::try_from(taken.ack.held.seq - held.seq).unwrap_or(usize::MAX);
        Ok((received, Some(taken.ack.held)))
    }

    /// Notes which of our records the hub could not believe, and closes the segment they are in.
    fn note_quarantined(&self, tx: &mut Tx, feed: FeedId, reply: &Reply) -> Result<(), DbError> {
        let verdicts = reply.ack.iter().flat_map(|ack| &ack.verdicts);
        for told in verdicts.filter(|told| told.verdict == Verdict::Quarantined) {
            let reason = told.reason.as_deref().unwrap_or("the hub gave no reason");
            let Some(chain) = chain_at(tx, UP, feed, told.seq)? else {
                continue;
            };
            let at = FeedHead {
                feed,
                seq: told.seq,
                chain,
            };
            put_quarantine(tx, UP, at, reason, None, self.now_ms())?;
            tx.execute(
                "UPDATE documents SET state = 'closed' WHERE document = (
                     SELECT document FROM feed_records
                     WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq = $4)",
                params![
                    UP.direction.word(),
                    UP.peer.0,
                    feed.0,
                    super::feeds::int(told.seq)
                ],
            )?;
            // The next fact opens a new segment: what is remembered is no longer true.
            tx.scratch::<OpenFeeds>().feeds.clear();
        }
        Ok(())
    }
}

fn known_edge(row: &HeadRow) -> KnownEdge {
    KnownEdge {
        incarnation: counterpart_protocol::ids::Incarnation(row.head.feed.0),
        actor: row.actor,
        held: row.head,
    }
}

/// Returns our own feed's head for a peer, stored or just starting.
fn own_head(tx: &mut Tx, me: &Identity, stream: Stream) -> Result<FeedHead, DbError> {
    let feed = FeedId(me.writer.incarnation.0);
    let actor: Actor = me.actor;
    match head_of(tx, stream, feed)? {
        Some(row) => Ok(row.head),
        None => {
            let start = FeedHead::start(feed);
            let hlc = last_hlc(tx)?;
            put_head(tx, stream, start, actor, hlc)?;
            Ok(start)
        }
    }
}

/// Returns how far the edge holds our feed: what it says, if our chain there is the same, else
/// from the start. It is the minimum of both sides by construction.
fn edge_holds(
    tx: &mut Tx,
    outbound: Stream,
    head: FeedHead,
    says: FeedHead,
) -> Result<u64, DbError> {
    if says.feed != head.feed || says.seq > head.seq {
        return Ok(0);
    }
    let ours: Option<Chain> = chain_at(tx, outbound, head.feed, says.seq)?;
    Ok(if ours == Some(says.chain) {
        says.seq
    } else {
        0
    })
}

/// Compares the days the edge declares, once the hub holds everything those digests count.
fn days_differ(
    tx: &mut Tx,
    inbound: Stream,
    held: FeedHead,
    hello: &Hello,
) -> Result<Vec<counterpart_protocol::time::BusinessDate>, DbError> {
    let mut differ = Vec::new();
    if held == hello.up {
        for day in &hello.days {
            if digest_of(tx, inbound, held.feed, day.business_date)? != day.digest {
                differ.push(day.business_date);
            }
        }
    }
    Ok(differ)
}

/// Makes a batch of the records after `after_seq`: at most [`BATCH_RECORDS_MAX`] and about
/// [`BATCH_BYTES_MAX`] of changes; nothing when there is no such record.
fn batch_after(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    after_seq: u64,
    with_hashes: WithHashes,
) -> Result<Option<Batch>, DbError> {
    let limit = u32::try_from(BATCH_RECORDS_MAX).expect("a batch holds a few hundred records");
    let mut records = Vec::new();
    let mut hashes = Vec::new();
    let mut end_chain = None;
    let mut bytes = 0;
    for stored in records_after(tx, stream, feed, after_seq, limit)? {
        let change = stored.change.unwrap_or_else(Vec::new);
        bytes += change.len();
        if bytes > BATCH_BYTES_MAX && !records.is_empty() {
            break;
        }
        hashes.push(stored.record.change);
        end_chain = Some(stored.after.chain);
        records.push(WireRecord {
            kind_number: stored.record.kind_number,
            schema: stored.record.schema,
            document: stored.record.document.to_string(),
            business_date: stored.record.business_date,
            hlc: stored.record.hlc,
            change: change.into(),
        });
    }
    Ok(end_chain.map(|end_chain| Batch {
        feed,
        first_seq: after_seq + 1,
        records,
        end_chain,
        hashes: (with_hashes == WithHashes::Yes).then_some(hashes),
    }))
}
