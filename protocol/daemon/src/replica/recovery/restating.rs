//! Stating the records of an earlier life anew, and letting go of those whose numbers the hub
//! gives to others.

use std::collections::BTreeSet;

use counterpart_protocol::documents::{ChangeHash, stored_fact};
use counterpart_protocol::ids::{DocumentId, EdgeNumber};
use counterpart_protocol::sync::{Chain, DayDigest, FeedId};

use super::super::Replica;
use super::super::feeds::{StoredRecord, chain_at, int, records_after};
use super::super::identity::Identity;
use super::super::outbound::{Entry, append_entry};
use super::super::packing::loosen;
use super::super::record::ReplicaFailed;
use super::{OWN, state};
use crate::db::{DbError, Tx};
use crate::params;
use crate::seeded::{self, Bug};

impl Replica {
    /// States records of an earlier life anew, at most `limit` after number `after`; true if those
    /// were all. A fact keeps its id, so it counts once wherever it was known already.
    pub(super) fn restate(
        &self,
        tx: &mut Tx,
        me: &Identity,
        feed: FeedId,
        after: u64,
        limit: u32,
    ) -> Result<bool, ReplicaFailed> {
        let page = records_after(tx, OWN, feed, after, limit)?;
        let mut seen = state::seen(tx, feed)?;
        let Some(last) = page.last().map(|stored| stored.record.seq) else {
            // Records that are gone from the middle of a feed: `verify` names the place.
            tracing::error!(
                feed = feed.0,
                after,
                "records of an earlier life are missing"
            );
            seen.looked = seen.ours;
            state::put_seen(tx, &seen)?;
            return Ok(true);
        };
        let count = page.len() as u64;
        for stored in page.into_iter().filter(|_| !seeded::has(Bug::NotRestated)) {
            self.restate_one(tx, me, stored)?;
        }
        seen.looked = last;
        state::put_seen(tx, &seen)?;
        state::count(tx, 0, count)?;
        Ok(last == seen.ours)
    }

    fn restate_one(
        &self,
        tx: &mut Tx,
        me: &Identity,
        stored: StoredRecord,
    ) -> Result<(), ReplicaFailed> {
        let record = stored.record;
        if let DocumentId::Order(_) = record.document {
            // Others in the document may follow it, so it goes under its own key.
            let head = append_entry(tx, me, EdgeNumber::HUB, &Entry::again(&record))?;
            self.wake(tx, EdgeNumber::HUB, head.seq);
            return Ok(());
        }
        let fact = stored
            .change
            .as_deref()
            .and_then(|bytes| stored_fact(bytes, record.change));
        match fact {
            Some(fact) => self.state_again(tx, me, fact, record.change),
            None => {
                tracing::error!(
                    seq = record.seq,
                    change = %record.change,
                    "a record of an earlier life holds no fact and cannot be stated anew"
                );
                Ok(())
            }
        }
    }

    /// Lets go of our records of an earlier life after number `common`: what they state stands in
    /// this life's feed, and the hub's records have their numbers. Their changes stay.
    pub(super) fn part(&self, tx: &mut Tx, feed: FeedId, common: u64) -> Result<(), DbError> {
        let run = params![OWN.direction.word(), OWN.peer.0, feed.0, int(common)];
        let days = tx.query_all(
            "SELECT DISTINCT business_date FROM feed_records
             WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq > $4",
            run,
        )?;
        let days: BTreeSet<i32> = days
            .iter()
            .map(|row| row.read(0))
            .collect::<Result<_, _>>()?;
        // Segments that begin beyond the place are gone with their records; the one in which it
        // lies cannot be loaded whole any more.
        tx.execute(
            "UPDATE documents SET state = 'incomplete', facts = facts - (
                 SELECT COUNT(*) FROM feed_records r
                 WHERE r.direction = $1 AND r.peer = $2 AND r.feed = $3 AND r.seq > $4
                     AND r.document = documents.document AND NOT EXISTS (
                         SELECT 1 FROM quarantine q
                         WHERE q.direction = r.direction AND q.peer = r.peer
                             AND q.feed = r.feed AND q.seq = r.seq))
             WHERE document < 'order' AND document IN (
                 SELECT document FROM feed_records
                 WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq > $4)",
            run,
        )?;
        loosen(tx, OWN, feed, common)?;
        for table in ["quarantine", "feed_records"] {
            let sql = format!(
                "DELETE FROM {table}
                 WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq > $4"
            );
            tx.execute(&sql, run)?;
        }
        for day in days {
            count_anew(tx, feed, day)?;
        }
        let chain = chain_at(tx, OWN, feed, common)?.unwrap_or(Chain::GENESIS);
        tx.execute(
            "UPDATE feed_heads SET seq = $4, chain = $5, segment = NULL
             WHERE direction = $1 AND peer = $2 AND feed = $3",
            params![
                OWN.direction.word(),
                OWN.peer.0,
                feed.0,
                int(common),
                chain.0
            ],
        )?;
        let mut seen = state::seen(tx, feed)?;
        (seen.looked, seen.differs) = (common, None);
        state::put_seen(tx, &seen)
    }
}

/// Makes a day's digest of an earlier life anew from the records that are left.
fn count_anew(tx: &mut Tx, feed: FeedId, day: i32) -> Result<(), DbError> {
    let of_day = params![OWN.direction.word(), OWN.peer.0, feed.0, day];
    let rows = tx.query_all(
        "SELECT change_hash FROM feed_records
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND business_date = $4",
        of_day,
    )?;
    let mut digest = DayDigest::default();
    for row in &rows {
        digest = digest.with(&ChangeHash(row.read(0)?));
    }
    tx.execute(
        "DELETE FROM day_digests
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND business_date = $4",
        of_day,
    )?;
    if digest.count > 0 {
        tx.execute(
            "INSERT INTO day_digests (direction, peer, feed, business_date, records, hash_sum)
             VALUES ($1, $2, $3, $4, $5, $6)",
            params![
                OWN.direction.word(),
                OWN.peer.0,
                feed.0,
                day,
                int(digest.count),
                digest.sum,
            ],
        )?;
    }
    Ok(())
}
