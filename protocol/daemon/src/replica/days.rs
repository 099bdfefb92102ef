//! Business days of a feed: what counts for one, and how a store seals its own.
//!
//! It knows that a day can be over, not what a day came to: the fact that says so is a slice's.

mod received;

pub use received::DayAside;

use std::collections::BTreeMap;

use counterpart_protocol::days::{DayHeld, KindCount};
use counterpart_protocol::documents::ChangeHash;
use counterpart_protocol::facts::Body;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{DayDigest, FeedHead, FeedId, Record};
use counterpart_protocol::time::BusinessDate;

use super::Replica;
use super::feeds::{Direction, Stream, digest_of, int, newest_head, read_date, unsigned};
use super::identity::Identity;
use super::outbound::OpenFeeds;
use super::record::{Place, Recorded, ReplicaFailed, close_segment};
use super::recovery::is_recovering;
use crate::db::{DbError, Tx};
use crate::params;
use crate::seeded::{self, Bug};

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
        Some(sealed) if date <= sealed && !seeded::has(Bug::SealedDayWritten) => Day {
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

/// Counts records in the digests of their days: those of one transaction, written at its end. No
/// view reads a digest, so none misses what is counted and not written yet.
#[derive(Debug, Default)]
pub(super) struct DayCounts {
    days: BTreeMap<BusinessDate, Counted>,
}

/// What a day comes to with the records of this transaction.
#[derive(Debug)]
struct Counted {
    digest: DayDigest,
    first_seq: u64,
    last_seq: u64,
}

impl DayCounts {
    /// Counts a record.
    pub(super) fn count(
        &mut self,
        tx: &mut Tx,
        stream: Stream,
        record: &Record,
        feed: FeedId,
    ) -> Result<(), DbError> {
        let date = record.business_date;
        let before = match self.days.remove(&date) {
            Some(counted) => counted,
            None => Counted {
                digest: digest_of(tx, stream, feed, date)?,
                first_seq: record.seq,
                last_seq: record.seq,
            },
        };
        let counted = Counted {
            digest: before.digest.with(&record.change),
            last_seq: record.seq,
            ..before
        };
        self.days.insert(date, counted);
        Ok(())
    }

    /// Writes what was counted.
    pub(super) fn write(self, tx: &mut Tx, stream: Stream, feed: FeedId) -> Result<(), DbError> {
        for (date, counted) in self.days {
            tx.execute(
                "INSERT INTO day_digests (direction, peer, feed, business_date, records, hash_sum,
                     first_seq, last_seq)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (direction, peer, feed, business_date)
                 DO UPDATE SET records = excluded.records, hash_sum = excluded.hash_sum,
                     last_seq = excluded.last_seq",
                params![
                    stream.direction.word(),
                    stream.peer.0,
                    feed.0,
                    date.days(),
                    int(counted.digest.count),
                    counted.digest.sum,
                    int(counted.first_seq),
                    int(counted.last_seq),
                ],
            )?;
        }
        Ok(())
    }
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
    /// are not sealed, the oldest first. Days on which nothing was stated are none of them, and
    /// none is while a new life recovers: it states facts of its earlier ones anew, for their days.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn days_to_seal(
        &self,
        tx: &mut Tx,
        today: BusinessDate,
    ) -> Result<Vec<BusinessDate>, DbError> {
        if is_recovering(tx)? {
            return Ok(Vec::new());
        }
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

    /// Returns the days on which this node stated something for the hub and which are not sealed,
    /// the newest first, each with how many records count for it.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn open_days(&self, tx: &mut Tx) -> Result<Vec<(BusinessDate, u64)>, DbError> {
        let sealed = last_seal(tx)?.map_or(-1, BusinessDate::days);
        let rows = tx.query_all(
            "SELECT business_date, SUM(records) FROM day_digests
             WHERE direction = $1 AND peer = $2 AND business_date > $3
             GROUP BY business_date ORDER BY business_date DESC",
            params![Direction::Out.word(), EdgeNumber::HUB.0, sealed],
        )?;
        rows.iter()
            .map(|row| Ok((read_date(row, 0)?, unsigned(row, 1)?)))
            .collect()
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
