//! The hub's half of an exchange: greet, take in, acknowledge, and send what the edge lacks.

use counterpart_protocol::documents::Actor;
use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::sync::{
    Ack, Batch, BatchRefused, Chain, DICTIONARY, Exchange, FeedHead, FeedId, Greeting, Hello,
    KnownEdge, LIVES_TOLD_MAX, PROTOCOL_VERSION, RecordVerdict, Reply, Welcome, WithHashes, greet,
};
use counterpart_protocol::time::BusinessDate;

use super::Replica;
use super::exchange::Answer;
use super::feeds::{
    Direction, HeadRow, Stream, chain_at, digest_of, head_of, newest_head, put_acked, put_head,
    put_sent, sent_of,
};
use super::generation::Served;
use super::identity::Identity;
use super::orders::keep_damage;
use super::outbound::last_hlc;
use super::quarantine::{refused_known, verdicts_between};
use super::record::ReplicaFailed;
use super::recovery::lives_before;
use super::sender::{Against, Sender};
use super::taking::Taken;
use crate::db::{DbError, Tx};
use crate::params;
use crate::seeded::{self, Bug};

/// How many days' digests are compared in one exchange: an edge declares three.
const DAYS_COMPARED_MAX: usize = 31;

impl Replica {
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
        let met = match self.meet(tx, inbound, hello)? {
            Ok(met) => met,
            Err(refused) => return Ok(Answer::Refused(refused)),
        };
        let known = met.life;
        let sender = met.sender(inbound, me);
        let taken = match &exchange.up {
            Some(batch) => Some(self.take_batch(tx, &sender, batch)?),
            None => None,
        };
        let held = taken.as_ref().map_or(known.held, |taken| taken.ack.held);
        put_acked(tx, inbound, held.feed, held.seq, self.now_ms())?;
        if let Some(newer) = met.fenced_by {
            keep_damage(self, tx)?;
            let (ack, refused) = said_of(taken);
            let ack = told_aside(tx, inbound, held, hello, ack)?;
            let reply = self.told_to_fenced(&me, (newer, held), hello, (ack, refused));
            return Ok(Answer::Reply(reply));
        }
        let served = match self.serve(tx, &me, edge, exchange)? {
            Ok(served) => served,
            Err(newer) => return Ok(Answer::Outlived(newer)),
        };
        let Served { head, after, .. } = served;
        put_acked(tx, outbound, head.feed, served.held, self.now_ms())?;
        if let Some(ack) = (exchange.ack.as_ref()).filter(|ack| ack.held.feed == head.feed) {
            self.note_refused(tx, outbound, head.feed, &ack.verdicts)?;
        }
        let welcome = Welcome {
            protocol: PROTOCOL_VERSION,
            actor: served.actor,
            down: head,
            up: held,
            wall_ms: self.now_ms(),
            days_differ: days_differ(tx, inbound, held, hello)?,
            fenced_by: None,
            generation: served.told,
            earlier: earlier(tx, inbound, held.feed)?,
            short: Some(u32::from(DICTIONARY)),
        };
        let down = self.frame(tx, outbound, head.feed, after)?;
        keep_damage(self, tx)?;
        let (ack, refused) = said_of(taken);
        let ack = told_aside(tx, inbound, held, hello, ack)?;
        Ok(Answer::Reply(Reply {
            welcome,
            ack,
            refused,
            down,
        }))
    }

    /// Returns the highest record of our feed for `peer` that was ever framed to it (at the hub):
    /// what is beyond it no edge has seen. It is durable before the bytes leave.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn sent_seq(&self, tx: &mut Tx, peer: EdgeNumber) -> Result<u64, DbError> {
        let stream = Stream {
            direction: Direction::Out,
            peer,
        };
        sent_of(tx, stream)
    }

    /// Makes the batch of our records after `after`, marked as sent before it leaves.
    fn frame(
        &self,
        tx: &mut Tx,
        outbound: Stream,
        feed: FeedId,
        after: u64,
    ) -> Result<Option<Batch>, DbError> {
        let down = self.batch_after(tx, outbound, feed, after, WithHashes::No)?;
        if let Some(batch) = &down {
            let last = match seeded::has(Bug::SentMarkLate) {
                true => after,
                false => after + batch.records.len() as u64,
            };
            put_sent(tx, outbound, feed, last)?;
        }
        Ok(down)
    }

    /// Answers a life that is over: what became of its records, and by whom it was replaced. The
    /// hub's own feed goes to the newer one alone.
    fn told_to_fenced(
        &self,
        me: &Identity,
        (newer, held): (Incarnation, FeedHead),
        hello: &Hello,
        (ack, refused): (Option<Ack>, Option<BatchRefused>),
    ) -> Reply {
        let welcome = Welcome {
            protocol: PROTOCOL_VERSION,
            actor: me.actor,
            down: hello.down,
            up: held,
            wall_ms: self.now_ms(),
            days_differ: Vec::new(),
            fenced_by: Some(newer),
            generation: None,
            earlier: None,
            short: None,
        };
        Reply {
            welcome,
            ack,
            refused,
            down: None,
        }
    }

    /// Greets an edge: returns what is known of it, registering it if it is new, or the refusal.
    fn meet(
        &self,
        tx: &mut Tx,
        inbound: Stream,
        hello: &Hello,
    ) -> Result<Result<Met, Greeting>, DbError> {
        let newest = newest_head(tx, inbound)?.map(|row| Incarnation(row.head.feed.0));
        let known = head_of(tx, inbound, FeedId(hello.incarnation.0))?;
        let known = known.map(|row| known_edge(&row));
        // A life gets its actor when it is opened: one that speaks as another life's is none.
        if known.is_none() && knows_actor(tx, inbound, hello.actor)? {
            return Ok(Err(Greeting::Cloned));
        }
        let chain_there = match known {
            Some(known) if hello.up.seq <= known.held.seq => {
                chain_at(tx, inbound, known.held.feed, hello.up.seq)?
            }
            Some(_) | None => None,
        };
        let (life, fenced_by) = match greet(hello, known.as_ref(), newest, chain_there) {
            Greeting::Continue(life) | Greeting::Register(life) => (life, None),
            Greeting::Fenced { newer, this } if !seeded::has(Bug::FenceSkipped) => {
                (this, Some(newer))
            }
            Greeting::Fenced { this, .. } => (this, None),
            refused => match known {
                Some(known) if seeded::has(Bug::FenceSkipped) => (known, None),
                Some(_) | None => return Ok(Err(refused)),
            },
        };
        if known.is_none() {
            let hlc = last_hlc(tx)?;
            put_head(tx, inbound, life.held, life.actor, hlc)?;
        }
        Ok(Ok(Met { life, fenced_by }))
    }
}

/// A life the hub goes on with.
struct Met {
    life: KnownEdge,
    /// The newer life, if this one is over: its facts are taken, and nothing else.
    fenced_by: Option<Incarnation>,
}

impl Met {
    const fn sender(&self, inbound: Stream, me: Identity) -> Sender<'static> {
        Sender {
            peer: inbound.peer,
            stream: inbound,
            held: self.life.held,
            actor: self.life.actor,
            about: None,
            against: match self.fenced_by {
                Some(_) => Against::Replaced,
                None => Against::Nothing,
            },
            me,
        }
    }
}

/// Tells whether any life of an edge was met with this actor.
fn knows_actor(tx: &mut Tx, inbound: Stream, actor: Actor) -> Result<bool, DbError> {
    let row = tx.query_one(
        "SELECT COUNT(*) FROM feed_heads WHERE direction = $1 AND peer = $2 AND actor = $3",
        params![inbound.direction.word(), inbound.peer.0, actor.0],
    )?;
    Ok(row.read::<i64>(0)? > 0)
}

/// Returns what is said of a batch, if there was one.
fn said_of(taken: Option<Taken>) -> (Option<Ack>, Option<BatchRefused>) {
    match taken {
        Some(Taken { ack, refused }) => (Some(ack), refused),
        None => (None, None),
    }
}

/// Returns how far the feeds of the lives before this one are held; nothing if it is the first.
fn earlier(tx: &mut Tx, inbound: Stream, run: FeedId) -> Result<Option<Vec<FeedHead>>, DbError> {
    let heads = lives_before(tx, inbound, run, LIVES_TOLD_MAX)?;
    Ok((!heads.is_empty()).then_some(heads))
}

/// Says of which records of an edge's life we set aside it does not know, beside what became of
/// this exchange's batch. Replies are lost and overtaken, and a hub that was put back takes again
/// what had been acknowledged, so the edge says what it knows and is told again what it lacks.
fn told_aside(
    tx: &mut Tx,
    inbound: Stream,
    held: FeedHead,
    hello: &Hello,
    ack: Option<Ack>,
) -> Result<Option<Ack>, DbError> {
    let known = hello.refused.filter(|_| hello.up.feed == held.feed);
    if refused_known(tx, inbound, held.feed)? == known || seeded::has(Bug::VerdictsForgotten) {
        return Ok(ack);
    }
    let mut told = verdicts_between(tx, inbound, held.feed, 1, held.seq)?;
    let said = ack.map(|ack| ack.verdicts).unwrap_or_default();
    let others = said
        .into_iter()
        .filter(|one| told.iter().all(|aside| aside.seq != one.seq));
    let others: Vec<RecordVerdict> = others.collect();
    told.extend(others);
    told.sort_by_key(|one| one.seq);
    Ok(Some(Ack {
        held,
        verdicts: told,
    }))
}

fn known_edge(row: &HeadRow) -> KnownEdge {
    KnownEdge {
        incarnation: Incarnation(row.head.feed.0),
        actor: row.actor,
        held: row.head,
    }
}

/// Returns how far the edge holds our feed: what it says, if our chain there is the same, else
/// from the start. It is the minimum of both sides by construction.
pub(super) fn edge_holds(
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
) -> Result<Vec<BusinessDate>, DbError> {
    let mut differ = Vec::new();
    if held == hello.up {
        for day in hello.days.iter().take(DAYS_COMPARED_MAX) {
            if digest_of(tx, inbound, held.feed, day.business_date)? != day.digest {
                differ.push(day.business_date);
            }
        }
    }
    Ok(differ)
}
