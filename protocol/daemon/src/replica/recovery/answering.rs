//! The hub's half of a recovery: fence the older lives, say what they told, hand it back.

use counterpart_protocol::documents::Actor;
use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::sync::{
    Chain, FeedHead, FeedId, LIVES_MAX, LifeMet, RecoveryAsked, RecoveryTold, WithHashes,
};

use super::super::Replica;
use super::super::feeds::{Direction, Stream, chain_at, head_of, newest_head, put_head, unsigned};
use super::super::outbound::last_hlc;
use super::super::quarantine::verdicts_between;
use super::super::record::ReplicaFailed;
use crate::db::{DbError, Tx};
use crate::params;

impl Replica {
    /// Answers a recovering life of `edge`, the one the certificate names. A life newer than every
    /// one met is registered, which fences the older ones from here on.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn answer_recovery(
        &self,
        tx: &mut Tx,
        edge: EdgeNumber,
        asked: &RecoveryAsked,
    ) -> Result<RecoveryTold, ReplicaFailed> {
        let inbound = Stream {
            direction: Direction::In,
            peer: edge,
        };
        let run = FeedId(asked.incarnation.0);
        let known = newest_head(tx, inbound)?;
        let newest = match known.filter(|row| row.head.feed >= run) {
            Some(row) => LifeMet {
                incarnation: Incarnation(row.head.feed.0),
                actor: row.actor,
            },
            None => {
                let hlc = last_hlc(tx)?;
                put_head(tx, inbound, FeedHead::start(run), asked.actor, hlc)?;
                LifeMet {
                    incarnation: asked.incarnation,
                    actor: asked.actor,
                }
            }
        };
        let mut told = RecoveryTold {
            nonce: asked.nonce,
            newest,
            lives: lives_before(tx, inbound, run, LIVES_MAX)?,
            at: asked.at,
            agrees: false,
            actor: None,
            batch: None,
            aside: None,
        };
        // What is of this life or a later one is no earlier life's to take.
        if let Some(at) = asked.at.filter(|at| at.feed < run) {
            told.actor = actor_of_run(tx, inbound, at.feed)?;
            told.agrees =
                told.actor.is_some() && chain_at(tx, inbound, at.feed, at.seq)? == Some(at.chain);
            if told.agrees {
                told.batch = self.batch_after(tx, inbound, at.feed, at.seq, WithHashes::Yes)?;
                let to = at.seq
                    + told
                        .batch
                        .as_ref()
                        .map_or(0, |one| one.records.len() as u64);
                let aside = verdicts_between(tx, inbound, at.feed, 1, to)?;
                told.aside = (!aside.is_empty()).then_some(aside);
            }
        }
        Ok(told)
    }
}

fn actor_of_run(tx: &mut Tx, inbound: Stream, feed: FeedId) -> Result<Option<Actor>, DbError> {
    Ok(head_of(tx, inbound, feed)?.map(|row| row.actor))
}

/// Returns how far the feeds of an edge's lives before `run` are held, at most `limit`, the newest
/// first.
pub(in super::super) fn lives_before(
    tx: &mut Tx,
    inbound: Stream,
    run: FeedId,
    limit: usize,
) -> Result<Vec<FeedHead>, DbError> {
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let rows = tx.query_all(
        "SELECT feed, seq, chain FROM feed_heads
         WHERE direction = $1 AND peer = $2 AND feed < $3 ORDER BY feed DESC LIMIT $4",
        params![inbound.direction.word(), inbound.peer.0, run.0, limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(FeedHead {
                feed: FeedId(row.read(0)?),
                seq: unsigned(row, 1)?,
                chain: Chain(row.read(2)?),
            })
        })
        .collect()
}
