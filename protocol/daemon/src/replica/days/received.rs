//! What came from a peer for a day: at the hub, what a seal is held against.

use counterpart_protocol::days::DayHeld;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{Chain, FeedId};
use counterpart_protocol::time::BusinessDate;

use super::day_held;
use crate::db::{DbError, Tx};
use crate::params;
use crate::replica::feeds::{Direction, Stream, chain_at, read_date, unsigned};
use crate::replica::{Quarantined, Replica};

/// A record that counts for a day and stands in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayAside {
    /// The record and why it was set aside.
    pub record: Quarantined,
    /// The number of its kind, as the record says.
    pub kind_number: u32,
}

impl Replica {
    /// Returns what counts for a day in run `run` of the feed from `peer`, before record
    /// `before_seq`.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn day_received(
        &self,
        tx: &mut Tx,
        (peer, run): (EdgeNumber, u32),
        date: BusinessDate,
        before_seq: u64,
    ) -> Result<DayHeld, DbError> {
        day_held(tx, incoming(peer), FeedId(run), date, before_seq)
    }

    /// Returns the chain after a record of run `run` from `peer`; nothing if it is not held. `seq`
    /// may be any number the peer said.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn chain_received(
        &self,
        tx: &mut Tx,
        (peer, run): (EdgeNumber, u32),
        seq: u64,
    ) -> Result<Option<Chain>, DbError> {
        chain_at(tx, incoming(peer), FeedId(run), seq)
    }

    /// Returns the days for which something came from `peer`, with how many records, the newest
    /// first, at most `limit`, before `before` if that is given.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn days_received(
        &self,
        tx: &mut Tx,
        peer: EdgeNumber,
        before: Option<BusinessDate>,
        limit: u32,
    ) -> Result<Vec<(BusinessDate, u64)>, DbError> {
        let before = before.map_or(i32::MAX, BusinessDate::days);
        let rows = tx.query_all(
            "SELECT business_date, SUM(records) FROM day_digests
             WHERE direction = $1 AND peer = $2 AND business_date < $3
             GROUP BY business_date ORDER BY business_date DESC LIMIT $4",
            params![Direction::In.word(), peer.0, before, limit],
        )?;
        rows.iter()
            .map(|row| Ok((read_date(row, 0)?, unsigned(row, 1)?)))
            .collect()
    }

    /// Returns how many records from `peer` count for a day, in all runs of its feed.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn records_of_day(
        &self,
        tx: &mut Tx,
        peer: EdgeNumber,
        date: BusinessDate,
    ) -> Result<u64, DbError> {
        let row = tx.query_one(
            "SELECT COALESCE(SUM(records), 0) FROM day_digests
             WHERE direction = $1 AND peer = $2 AND business_date = $3",
            params![Direction::In.word(), peer.0, date.days()],
        )?;
        unsigned(&row, 0)
    }

    /// Returns what counts for a day in the newest run from `peer` that has something of it;
    /// nothing if none has.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn day_of_newest_run(
        &self,
        tx: &mut Tx,
        peer: EdgeNumber,
        date: BusinessDate,
    ) -> Result<Option<DayHeld>, DbError> {
        let row = tx.query_opt(
            "SELECT feed FROM day_digests
             WHERE direction = $1 AND peer = $2 AND business_date = $3
             ORDER BY feed DESC LIMIT 1",
            params![Direction::In.word(), peer.0, date.days()],
        )?;
        let Some(row) = row else { return Ok(None) };
        let feed = FeedId(row.read(0)?);
        day_held(tx, incoming(peer), feed, date, u64::MAX).map(Some)
    }

    /// Returns how many records of run `run` from `peer` count for days after `from` and before
    /// `to`.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn received_between(
        &self,
        tx: &mut Tx,
        (peer, run): (EdgeNumber, u32),
        from: BusinessDate,
        to: BusinessDate,
    ) -> Result<u64, DbError> {
        let row = tx.query_one(
            "SELECT COALESCE(SUM(records), 0) FROM day_digests
             WHERE direction = $1 AND peer = $2 AND feed = $3
                 AND business_date > $4 AND business_date < $5",
            params![Direction::In.word(), peer.0, run, from.days(), to.days()],
        )?;
        unsigned(&row, 0)
    }

    /// Returns the records from `peer` that count for a day and stand in quarantine, in their
    /// order. One whose change came in under another record is none of them.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn day_set_aside(
        &self,
        tx: &mut Tx,
        peer: EdgeNumber,
        date: BusinessDate,
    ) -> Result<Vec<DayAside>, DbError> {
        // A change of an order that no view could use is stored, and its record has no bytes.
        let rows = tx.query_all(
            "SELECT q.feed, q.seq, q.reason, q.noticed_at_ms, r.kind FROM quarantine q
             JOIN feed_records r ON r.direction = q.direction AND r.peer = q.peer
                 AND r.feed = q.feed AND r.seq = q.seq
             LEFT JOIN changes c ON c.change_hash = r.change_hash
             WHERE q.direction = $1 AND q.peer = $2 AND r.business_date = $3
                 AND (q.bytes IS NULL OR c.change_hash IS NULL)
             ORDER BY q.feed, q.seq",
            params![Direction::In.word(), peer.0, date.days()],
        )?;
        rows.iter()
            .map(|row| {
                let record = Quarantined {
                    direction: Direction::In,
                    peer,
                    feed: row.read(0)?,
                    seq: unsigned(row, 1)?,
                    reason: row.read(2)?,
                    noticed_at_ms: row.read(3)?,
                };
                Ok(DayAside {
                    record,
                    kind_number: row.read(4)?,
                })
            })
            .collect()
    }
}

const fn incoming(peer: EdgeNumber) -> Stream {
    Stream {
        direction: Direction::In,
        peer,
    }
}
