//! Business days of a feed: what counts for one, and how a store seals its own.
//!
//! It knows that a day can be over, not what a day came to: the fact that says so is a slice's.

use std::collections::BTreeMap;

use counterpart_protocol::days::KindCount;
use counterpart_protocol::documents::ChangeHash;
use counterpart_protocol::facts::Body;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{Chain, DayDigest, FeedHead, FeedId, Record};
use counterpart_protocol::time::BusinessDate;

use super::feeds::{Direction, Stream, chain_at, digest_of, int, newest_head, read_date, unsigned};
use super::identity::Identity;
use super::outbound::OpenFeeds;
use super::record::{Place, Recorded, ReplicaFailed, close_segment};
use super::{Quarantined, Replica};
use crate::db::{DbError, Tx};
use crate::params;

/// The day a fact counts for, and the one it is late for, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) counts_for: BusinessDate,
    pub(super) late_for: Option<BusinessDate>,
}

/// Decides the day of a fact that happened on `date`: that one, unless it is over. The hub seals
/// nothing, so its facts count for whatever day they are stated on.
pub(super) fn day_of(tx: &mut Tx, me: &Identity, date: BusinessDate) -> Result<Day, DbError> {
    let sealed = match me.writer.edge {
        EdgeNumber::HUB => None,
        _ => sealed_through(tx)?,
    };
    Ok(match sealed {
        Some(sealed) if date <= sealed => Day {
            // The last day there is stays open: no fact may be refused for its date.
            counts_for: BusinessDate::from_days(sealed.days() + 1).unwrap_or(sealed),
            late_for: Some(date),
        },
        Some(_) | None => Day {
            counts_for: date,
            late_for: None,
        },
    })
}

/// Returns the last day that is sealed here. It is remembered between transactions, with what else
/// is lost on any rollback.
fn sealed_through(tx: &mut Tx) -> Result<Option<BusinessDate>, DbError> {
    if let Some(sealed) = tx.scratch::<OpenFeeds>().sealed {
        return Ok(sealed);
    }
    let sealed = last_seal(tx)?;
    tx.scratch::<OpenFeeds>().sealed = Some(sealed);
    Ok(sealed)
}

fn last_seal(tx: &mut Tx) -> Result<Option<BusinessDate>, DbError> {
    let sql = "SELECT business_date FROM day_seals ORDER BY business_date DESC LIMIT 1";
    let row = tx.query_opt(sql, params![])?;
    row.map(|row| read_date(&row, 0)).transpose()
}

/// Counts a record in the digest of its day.
pub(super) fn count_in_day(
    tx: &mut Tx,
    stream: Stream,
    record: &Record,
    feed: FeedId,
) -> Result<(), DbError> {
    let date = record.business_date;
    let digest = digest_of(tx, stream, feed, date)?.with(&record.change);
    tx.execute(
        "INSERT INTO day_digests (direction, peer, feed, business_date, records, hash_sum,
             first_seq, last_seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (direction, peer, feed, business_date)
         DO UPDATE SET records = excluded.records, hash_sum = excluded.hash_sum,
             last_seq = excluded.last_seq",
        params![
            stream.direction.word(),
            stream.peer.0,
            feed.0,
            date.days(),
            int(digest.count),
            digest.sum,
            int(record.seq),
        ],
    )?;
    Ok(())
}

/// What a seal is written from: everything before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealPoint {
    /// The day sealed before.
    pub previous: Option<BusinessDate>,
    /// The last record before the seal.
    pub after: FeedHead,
    /// What counts for the day in this run of the feed.
    pub held: DayHeld,
}

/// What counts for a day in one run of a feed, up to a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayHeld {
    /// How many, and the sum of their hashes.
    pub digest: DayDigest,
    /// How many of each kind, by number.
    pub kinds: Vec<KindCount>,
    /// How many records of the day came at that record or later, but for changes of orders that
    /// were sent once more.
    pub later: u64,
}

/// A record that counts for a day and stands in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayAside {
    /// The record and why it was set aside.
    pub record: Quarantined,
    /// The number of its kind, as the record says.
    pub kind_number: u32,
}

/// Why a day was not sealed; nothing of the transaction may be kept.
#[derive(Debug, thiserror::Error)]
pub enum SealFailed {
    /// It is sealed, or a later one is.
    #[error("the day {0} is over: a seal is written once, and days are sealed in their order")]
    Over(BusinessDate),
    /// The fact could not be stated.
    #[error("could not state that a day is over")]
    Replica(#[from] ReplicaFailed),
}

impl From<DbError> for SealFailed {
    fn from(error: DbError) -> Self {
        Self::Replica(error.into())
    }
}

impl Replica {
    /// Returns the last day that is sealed here, if one is.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn sealed_through(&self, tx: &mut Tx) -> Result<Option<BusinessDate>, DbError> {
        last_seal(tx)
    }

    /// Returns the days before `today` on which this node stated something for the hub and which
    /// are not sealed, the oldest first. Days on which nothing was stated are none of them.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn days_to_seal(
        &self,
        tx: &mut Tx,
        today: BusinessDate,
    ) -> Result<Vec<BusinessDate>, DbError> {
        let sealed = last_seal(tx)?.map_or(-1, BusinessDate::days);
        let rows = tx.query_all(
            "SELECT DISTINCT business_date FROM day_digests
             WHERE direction = $1 AND peer = $2 AND business_date > $3 AND business_date < $4
             ORDER BY business_date",
            params![
                Direction::Out.word(),
                EdgeNumber::HUB.0,
                sealed,
                today.days()
            ],
        )?;
        rows.iter().map(|row| read_date(row, 0)).collect()
    }

    /// Seals `date`: states the fact that `body` makes of everything before it, and closes the
    /// journal's segment, so that the next fact opens another. From now on nothing stated here
    /// counts for that day.
    ///
    /// # Errors
    ///
    /// [`SealFailed`]; the caller returns it, so that nothing is kept.
    pub fn seal<B: Body>(
        &self,
        tx: &mut Tx,
        date: BusinessDate,
        body: impl FnOnce(&mut Tx, SealPoint) -> Result<B, DbError>,
    ) -> Result<Recorded, SealFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let previous = last_seal(tx)?;
        if previous.is_some_and(|previous| date <= previous) {
            return Err(SealFailed::Over(date));
        }
        let stream = Stream {
            direction: Direction::Out,
            peer: EdgeNumber::HUB,
        };
        let feed = FeedId(me.writer.incarnation.0);
        let head = newest_head(tx, stream)?.map(|row| row.head);
        let after = head
            .filter(|head| head.feed == feed)
            .unwrap_or(FeedHead::start(feed));
        let held = day_held(tx, stream, feed, date, after.seq + 1)?;
        let point = SealPoint {
            previous,
            after,
            held,
        };
        let body = body(tx, point)?;
        let place = Place {
            business_date: date,
            register: None,
            staff: None,
        };
        let recorded = self.record(tx, stream.peer, place, &body)?;
        tx.execute(
            "INSERT INTO day_seals (business_date, feed, seq) VALUES ($1, $2, $3)",
            params![date.days(), feed.0, int(recorded.seq)],
        )?;
        tx.scratch::<OpenFeeds>().sealed = Some(Some(date));
        if let Some(mut open) = tx.scratch::<OpenFeeds>().feeds.remove(&stream.peer) {
            close_segment(tx, &mut open, &me)?;
            tx.scratch::<OpenFeeds>().feeds.insert(stream.peer, open);
        }
        Ok(recorded)
    }

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

/// Goes through the records of a day: between the first and the last of them stand few others.
fn day_held(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    date: BusinessDate,
    before_seq: u64,
) -> Result<DayHeld, DbError> {
    // A peer says how far its feed goes; what no feed reaches is as good as the end.
    let before = i64::try_from(before_seq).unwrap_or(i64::MAX);
    let rows = tx.query_all(
        "SELECT r.seq, r.kind, r.change_hash, r.document FROM day_digests d
         JOIN feed_records r ON r.direction = d.direction AND r.peer = d.peer
             AND r.feed = d.feed AND r.business_date = d.business_date
             AND r.seq >= d.first_seq AND (d.last_seq IS NULL OR r.seq <= d.last_seq)
         WHERE d.direction = $1 AND d.peer = $2 AND d.feed = $3 AND d.business_date = $4
         ORDER BY r.seq",
        params![stream.direction.word(), stream.peer.0, feed.0, date.days()],
    )?;
    let mut kinds: BTreeMap<u32, u64> = BTreeMap::new();
    let mut held = DayHeld::default();
    for row in &rows {
        if row.read::<i64>(0)? < before {
            held.digest = held.digest.with(&ChangeHash(row.read(2)?));
            *kinds.entry(row.read(1)?).or_default() += 1;
        } else if !row.read::<String>(3)?.starts_with("order") {
            held.later += 1;
        }
    }
    held.kinds = kinds
        .into_iter()
        .map(|(kind_number, facts)| KindCount { kind_number, facts })
        .collect();
    Ok(held)
}
