//! The edge's half of a recovery: what to ask next, and what an answer brings.

use counterpart_protocol::documents::Actor;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::lives::RecoveryEnded;
use counterpart_protocol::sync::{
    FeedHead, FeedId, LIVES_MAX, LIVES_TOLD_MAX, LifeStep, RecoveryAsked, RecoveryTold, next_step,
};

use super::super::Replica;
use super::super::feeds::{chain_at, head_of, put_acked, put_head, records_after};
use super::super::identity::Identity;
use super::super::outbound::last_hlc;
use super::super::record::{Place, ReplicaFailed};
use super::super::sender::{Against, Sender};
use super::{OWN, Recovering, Recovery, is_recovering, state};
use crate::db::{DbError, Tx};
use crate::params;
use crate::seeded::{self, Bug};

/// How many records are stated anew in one transaction: some 20 ms, so that no sale waits.
const RESTATED_AT_ONCE: u32 = 200;

impl Replica {
    /// Makes this life's next question to the hub; nothing when it does not recover and no earlier
    /// life has told the hub more since.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] before enrolment; those of the database.
    pub fn ask_recovery(&self, tx: &mut Tx) -> Result<Option<RecoveryAsked>, ReplicaFailed> {
        let Some(row) = state::load(tx)? else {
            return Ok(None);
        };
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let (at, is_open) = question(tx, &me)?;
        if !is_open && row.recovery.ended_at_ms.is_some() {
            return Ok(None);
        }
        Ok(Some(RecoveryAsked {
            edge: me.writer.edge,
            incarnation: me.writer.incarnation,
            actor: me.actor,
            nonce: row.nonce,
            at,
        }))
    }

    /// Takes the hub's answer to a recovering life in. Only one that repeats this life's nonce
    /// counts. `place` is where what is said about this life is stated.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] before enrolment; those of the database.
    pub fn hear_recovery(
        &self,
        tx: &mut Tx,
        place: Place,
        told: &RecoveryTold,
    ) -> Result<Recovering, ReplicaFailed> {
        let Some(row) = state::load(tx)?.filter(|row| row.nonce == told.nonce) else {
            return Ok(Recovering::Ignored);
        };
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let own = FeedId(me.writer.incarnation.0);
        let newest = told.newest;
        if (newest.incarnation, newest.actor) != (me.writer.incarnation, me.actor) {
            let greeted = head_of(tx, OWN, own)?.and_then(|row| row.contact_at_ms);
            if greeted.is_some() {
                return Ok(Recovering::Fenced(newest.incarnation));
            }
            let (because, since) = (row.recovery.because, row.recovery.opened_at_ms);
            let known = Some(newest.incarnation);
            let renamed = self.open_life_since(tx, place, because, known, since)?;
            return Ok(Recovering::Renamed(renamed.writer.incarnation));
        }
        self.note_greeted(tx, own)?;
        let (asked, _) = question(tx, &me)?;
        self.note_lives(tx, &me, &told.lives)?;
        // Only the answer to what is asked now can say that the hub has less than it once had.
        if asked.is_some() && asked == told.at {
            note_lost(tx, &me, &told.lives, LIVES_MAX)?;
        }
        if let Some(refused) = self.learn(tx, &me, told)? {
            return Ok(Recovering::Refused(refused));
        }
        self.go_on(tx, &me, &row.recovery, place)
    }

    /// Notes what the hub holds of earlier lives by now; true if it is more than we have of one, as
    /// when a machine that was replaced told it something since, or less than it once had.
    pub(in super::super) fn note_late(
        &self,
        tx: &mut Tx,
        me: &Identity,
        told: &[FeedHead],
    ) -> Result<bool, DbError> {
        if is_recovering(tx)? || state::load(tx)?.is_none() {
            return Ok(false);
        }
        self.note_lives(tx, me, told)?;
        note_lost(tx, me, told, LIVES_TOLD_MAX)?;
        Ok(question(tx, me)?.1)
    }

    /// Notes that the hub knows this life, so that it is never given another number.
    fn note_greeted(&self, tx: &mut Tx, own: FeedId) -> Result<(), DbError> {
        let acked = head_of(tx, OWN, own)?.map_or(0, |row| row.acked_seq);
        put_acked(tx, OWN, own, acked, self.now_ms())
    }

    /// Notes how far the hub holds each earlier life, also of those this node knows nothing of.
    fn note_lives(&self, tx: &mut Tx, me: &Identity, lives: &[FeedHead]) -> Result<(), DbError> {
        for held in lives {
            if held.feed.0 >= me.writer.incarnation.0 {
                continue;
            }
            if head_of(tx, OWN, held.feed)?.is_none() {
                let hlc = last_hlc(tx)?;
                // Its actor is told with its records.
                put_head(tx, OWN, FeedHead::start(held.feed), Actor([0; 16]), hlc)?;
            }
            let mut seen = state::seen(tx, held.feed)?;
            // Feeds only grow: an answer that is late tells less, not otherwise.
            seen.hubs = seen.hubs.max(held.seq);
            state::put_seen(tx, &seen)?;
        }
        Ok(())
    }

    /// Learns from what was told of the place that was asked about, and takes the records that
    /// follow it. Returns why they were not taken, if they were not.
    fn learn(
        &self,
        tx: &mut Tx,
        me: &Identity,
        told: &RecoveryTold,
    ) -> Result<Option<String>, DbError> {
        let Some(at) = told.at.filter(|at| at.feed.0 < me.writer.incarnation.0) else {
            return Ok(None);
        };
        // What was told of another feed than the one we have by now says nothing about it.
        if chain_at(tx, OWN, at.feed, at.seq)? != Some(at.chain) {
            return Ok(None);
        }
        let mut seen = state::seen(tx, at.feed)?;
        if !told.agrees {
            seen.differs = Some(seen.differs.map_or(at.seq, |known| known.min(at.seq)));
            state::put_seen(tx, &seen)?;
            return Ok(None);
        }
        seen.common = seen.common.max(at.seq);
        state::put_seen(tx, &seen)?;
        let aside = told.aside.as_deref().unwrap_or(&[]);
        // What it set aside of what we have; the batch's records are judged when they are taken.
        self.note_refused(tx, OWN, at.feed, aside)?;
        let (Some(batch), Some(actor)) = (&told.batch, told.actor) else {
            return Ok(None);
        };
        if at.seq != seen.ours {
            return Ok(None);
        }
        if at.seq == 0 {
            put_actor(tx, at.feed, actor)?;
        }
        let sender = Sender {
            peer: me.writer.edge,
            stream: OWN,
            held: at,
            actor,
            about: None,
            against: Against::SetAside(aside),
            me: *me,
        };
        let taken = self.take_batch(tx, &sender, batch)?;
        if let Some(refused) = taken.refused {
            return Ok(Some(refused.to_string()));
        }
        let held = taken.ack.held;
        put_acked(tx, OWN, at.feed, held.seq, self.now_ms())?;
        seen.common = held.seq;
        seen.hubs = seen.hubs.max(held.seq);
        state::put_seen(tx, &seen)?;
        state::count(tx, held.seq - at.seq, 0)?;
        Ok(None)
    }

    /// Does what needs no answer, and ends the recovery when nothing is left.
    fn go_on(
        &self,
        tx: &mut Tx,
        me: &Identity,
        recovery: &Recovery,
        place: Place,
    ) -> Result<Recovering, ReplicaFailed> {
        for feed in state::earlier_feeds(tx, me.writer.incarnation)? {
            loop {
                match next_step(&state::seen(tx, feed)?) {
                    LifeStep::Compare(_) | LifeStep::Take(_) => return Ok(Recovering::More),
                    LifeStep::Restate { after } => {
                        let all = self.restate(tx, me, feed, after, RESTATED_AT_ONCE)?;
                        if !all {
                            return Ok(Recovering::More);
                        }
                    }
                    LifeStep::Part(common) => self.part(tx, feed, common)?,
                    LifeStep::Nothing => break,
                }
            }
        }
        if recovery.ended_at_ms.is_some() {
            return Ok(Recovering::Ended);
        }
        let unproven_from_ms = last_record_ms(tx, me, recovery.opened_at_ms)?;
        state::end(tx, unproven_from_ms, self.now_ms())?;
        let ended = self.recovery(tx)?.unwrap_or(*recovery);
        let said = RecoveryEnded {
            incarnation: me.writer.incarnation,
            pulled: ended.pulled,
            restated: ended.restated,
            unproven_from_ms,
        };
        self.record(tx, EdgeNumber::HUB, place, &said)?;
        Ok(Recovering::Ended)
    }
}

/// Returns the place that the hub is asked about next, and whether anything is left to do.
fn question(tx: &mut Tx, me: &Identity) -> Result<(Option<FeedHead>, bool), DbError> {
    let mut is_open = false;
    for feed in state::earlier_feeds(tx, me.writer.incarnation)? {
        let step = next_step(&state::seen(tx, feed)?);
        is_open |= step != LifeStep::Nothing;
        let (LifeStep::Compare(seq) | LifeStep::Take(seq)) = step else {
            continue;
        };
        let at = chain_at(tx, OWN, feed, seq)?.map(|chain| FeedHead { feed, seq, chain });
        return Ok((at, is_open));
    }
    Ok((None, is_open))
}

/// Notes which earlier lives the hub holds less of than it once did, of the `limit` newest it
/// names: it was put back to a backup, and what it lost is stated anew.
fn note_lost(tx: &mut Tx, me: &Identity, told: &[FeedHead], limit: usize) -> Result<(), DbError> {
    for feed in state::earlier_feeds(tx, me.writer.incarnation)? {
        let held = told.iter().find(|held| held.feed == feed);
        let seq = match held {
            Some(held) => held.seq,
            None if told.len() < limit => 0,
            None => continue,
        };
        let mut seen = state::seen(tx, feed)?;
        if seq < seen.hubs && !seeded::has(Bug::LostNotNoted) {
            seen.lost(seq);
            state::put_seen(tx, &seen)?;
        }
    }
    Ok(())
}

fn put_actor(tx: &mut Tx, feed: FeedId, actor: Actor) -> Result<(), DbError> {
    tx.execute(
        "UPDATE feed_heads SET actor = $4 WHERE direction = $1 AND peer = $2 AND feed = $3",
        params![OWN.direction.word(), OWN.peer.0, feed.0, actor.0],
    )?;
    Ok(())
}

/// Returns when the last record of an earlier life was written, in milliseconds UTC, by its own
/// clock; what this life wrote under an earlier number does not count.
fn last_record_ms(tx: &mut Tx, me: &Identity, opened_at_ms: i64) -> Result<Option<i64>, DbError> {
    let mut last = None;
    for feed in state::earlier_feeds(tx, me.writer.incarnation)? {
        let head = head_of(tx, OWN, feed)?.map_or(0, |row| row.head.seq);
        if head == 0 {
            continue;
        }
        let record = records_after(tx, OWN, feed, head - 1, 1)?.pop();
        let at_ms = record.and_then(|stored| i64::try_from(stored.record.hlc.at_ms()).ok());
        last = last.max(at_ms.filter(|at_ms| *at_ms <= opened_at_ms));
    }
    Ok(last)
}
