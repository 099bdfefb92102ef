//! The edge's half of a comparison: when it is due, what to ask, what an answer brings.

use counterpart_protocol::sync::{
    Compared, Comparison, ComparisonAsked, ComparisonTold, FeedId, HANDED_BYTES_MAX, SPANS_MAX,
    SpanSum, Way,
};
use serde::Serialize;

use super::sums::{leaf, mend, sum_of};
use super::{Replica, Stream};
use crate::db::{DbError, Tx};
use crate::params;
use crate::replica::exchange::{DOWN, UP};
use crate::replica::feeds::{head_of, int, newest_head, unsigned};
use crate::replica::record::ReplicaFailed;

/// How many days back records are compared each night: as long as an edge keeps them at least
/// (replication.md §5).
const DAYS_COMPARED: u32 = 35;

/// Of how many sealed days one brings a comparison of everything, from the first record on: packs
/// and rows of older days rot too. Which one, a store's number says, so that a hub's stores come
/// one after the other.
const DAYS_BETWEEN_WHOLE: i64 = 28;

/// For what a comparison is due.
struct Occasion {
    /// Words that differ for each.
    words: String,
    reach: Reach,
}

/// How far back records are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The last days.
    Late,
    Everything,
}

/// What the last comparison of one way came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LastComparison {
    /// When it ended, in milliseconds UTC.
    pub at_ms: i64,
    /// Records compared.
    pub records: u64,
    /// Records made right, here or at the hub.
    pub mended: u64,
    /// Records that differ still.
    pub lost: u64,
}

impl Replica {
    /// Returns the next comparison that is due: one each way for each day that was sealed, and
    /// again in a new life or under another generation of the hub. Runs of earlier lives and
    /// generations are compared as long as they hold anything of the last days.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] before enrolment; those of the database.
    pub fn comparison_due(&self, tx: &mut Tx) -> Result<Option<Comparison>, ReplicaFailed> {
        let Some(occasion) = self.occasion(tx)? else {
            return Ok(None);
        };
        for way in [Way::Up, Way::Down] {
            for feed in runs_of(tx, way, occasion.reach)? {
                let done = tx.query_opt(
                    "SELECT at_ms FROM replica_compared_runs
                     WHERE way = $1 AND feed = $2 AND occasion = $3",
                    params![word(way), feed.0, &occasion.words],
                )?;
                if done.is_none() {
                    return Ok(Some(comparison(tx, way, feed, occasion.reach)?));
                }
            }
        }
        Ok(None)
    }

    /// Makes the next question of a comparison, with the records the hub said it lacks.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] before enrolment; those of the database.
    pub fn ask_comparison(
        &self,
        tx: &mut Tx,
        comparison: &Comparison,
    ) -> Result<ComparisonAsked, ReplicaFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let (stream, feed) = (stream(comparison.way), comparison.feed);
        let mut spans = Vec::new();
        for span in comparison.spans() {
            let digest = sum_of(tx, stream, feed, span)?;
            spans.push(SpanSum { span, digest });
        }
        let (mut owed, mut bytes) = (Vec::new(), 0);
        for seq in comparison.owed().iter().take(SPANS_MAX) {
            let ours = leaf(tx, stream, feed, *seq)?;
            bytes += ours.change.as_ref().map_or(0, Vec::len);
            if bytes > HANDED_BYTES_MAX && !owed.is_empty() {
                break;
            }
            owed.push(ours);
        }
        Ok(ComparisonAsked {
            edge: me.writer.edge,
            incarnation: me.writer.incarnation,
            way: comparison.way,
            feed,
            spans,
            mend: owed,
        })
    }

    /// Takes the answer to `asked` in: mends what the hub has and we lack, also in views that were
    /// made anew meanwhile, and keeps what it came to once the comparison is over.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn hear_comparison(
        &self,
        tx: &mut Tx,
        comparison: &mut Comparison,
        asked: &ComparisonAsked,
        told: &ComparisonTold,
    ) -> Result<(), ReplicaFailed> {
        let handed: Vec<u64> = asked.mend.iter().map(|leaf| leaf.seq).collect();
        let was_asked = |seq| asked.spans.iter().any(|one| one.span.first == seq);
        let (stream, feed) = (stream(comparison.way), comparison.feed);
        comparison.told(told, &handed);
        for theirs in told.leaves.iter().filter(|leaf| was_asked(leaf.seq)) {
            let ours = leaf(tx, stream, feed, theirs.seq)?;
            match (&ours.change, &theirs.change) {
                (None, Some(bytes)) => {
                    if mend(tx, stream, feed, theirs.seq, bytes)? {
                        comparison.mended_here();
                    }
                }
                (Some(_), None) => comparison.owe(theirs.seq),
                // Neither has it, or both have what the other would not believe.
                (None, None) | (Some(_), Some(_)) => {}
            }
        }
        self.fold_mended(tx)?;
        if comparison.is_over()
            && let Some(occasion) = self.occasion(tx)?
        {
            keep(tx, comparison, &occasion.words, self.now_ms())?;
        }
        Ok(())
    }

    /// Returns what the last comparison of each way came to: up, then down.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn last_comparisons(&self, tx: &mut Tx) -> Result<[Option<LastComparison>; 2], DbError> {
        let mut last = [None, None];
        for (place, way) in [Way::Up, Way::Down].into_iter().enumerate() {
            let row = tx.query_one(
                "SELECT MAX(at_ms), COALESCE(SUM(records), 0), COALESCE(SUM(mended), 0),
                     COALESCE(SUM(lost), 0)
                 FROM replica_compared_runs WHERE way = $1 AND occasion = (
                     SELECT occasion FROM replica_compared_runs WHERE way = $1
                     ORDER BY at_ms DESC, feed DESC LIMIT 1)",
                params![word(way)],
            )?;
            last[place] = match row.read::<Option<i64>>(0)? {
                Some(at_ms) => Some(LastComparison {
                    at_ms,
                    records: unsigned(&row, 1)?,
                    mended: unsigned(&row, 2)?,
                    lost: unsigned(&row, 3)?,
                }),
                None => None,
            };
        }
        Ok(last)
    }

    /// Says for what a comparison is due; nothing before the first day was sealed.
    fn occasion(&self, tx: &mut Tx) -> Result<Option<Occasion>, ReplicaFailed> {
        let sql = "SELECT business_date FROM day_seals ORDER BY business_date DESC LIMIT 1";
        let Some(seal) = tx.query_opt(sql, params![])? else {
            return Ok(None);
        };
        let sealed: i32 = seal.read(0)?;
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let generation = tx.query_opt("SELECT generation FROM replica_hub", params![])?;
        let generation = generation.map_or(Ok(0), |row| row.read::<u32>(0))?;
        let life = me.writer.incarnation.0;
        let turn = i64::from(sealed) + i64::from(me.writer.edge.0);
        let reach = match turn.rem_euclid(DAYS_BETWEEN_WHOLE) {
            0 => Reach::Everything,
            _ => Reach::Late,
        };
        let words = format!("day {sealed}, life {life}, generation {generation}");
        Ok(Some(Occasion { words, reach }))
    }
}

/// Returns the runs of a feed that hold anything of the days in reach, the newest first; of a feed
/// that holds nothing yet the run to come, so that the comparison of nothing is kept too.
fn runs_of(tx: &mut Tx, way: Way, reach: Reach) -> Result<Vec<FeedId>, DbError> {
    let stream = stream(way);
    let place = params![stream.direction.word(), stream.peer.0];
    let newest = tx.query_one(
        "SELECT COALESCE(MAX(business_date), 0) FROM day_digests
         WHERE direction = $1 AND peer = $2",
        place,
    )?;
    let since = match reach {
        Reach::Late => newest
            .read::<i64>(0)?
            .saturating_sub(i64::from(DAYS_COMPARED)),
        Reach::Everything => i64::MIN,
    };
    let rows = tx.query_all(
        "SELECT DISTINCT feed FROM day_digests
         WHERE direction = $1 AND peer = $2 AND business_date > $3 ORDER BY feed DESC",
        params![stream.direction.word(), stream.peer.0, since],
    )?;
    if rows.is_empty() {
        return Ok(vec![FeedId(0)]);
    }
    rows.iter().map(|row| row.read(0).map(FeedId)).collect()
}

/// The records in reach that both ends are known to have been told.
fn comparison(tx: &mut Tx, way: Way, feed: FeedId, reach: Reach) -> Result<Comparison, DbError> {
    let stream = stream(way);
    let newest = newest_head(tx, stream)?.map(|row| row.head.feed);
    let Some(row) = head_of(tx, stream, feed)? else {
        return Ok(Comparison::new(way, feed, 1, 0));
    };
    // Of an earlier life nobody counts what was acknowledged: the hub passes over what it lacks.
    let last = match way {
        Way::Up if newest == Some(feed) => row.acked_seq.min(row.head.seq),
        Way::Up | Way::Down => row.head.seq,
    };
    if reach == Reach::Everything {
        return Ok(Comparison::new(way, feed, 1, last));
    }
    let first = tx.query_one(
        "SELECT COALESCE(MIN(first_seq), 1) FROM (
             SELECT first_seq FROM day_digests
             WHERE direction = $1 AND peer = $2 AND feed = $3
             ORDER BY business_date DESC LIMIT $4) AS newest",
        params![
            stream.direction.word(),
            stream.peer.0,
            feed.0,
            DAYS_COMPARED
        ],
    )?;
    Ok(Comparison::new(way, feed, unsigned(&first, 0)?, last))
}

fn keep(tx: &mut Tx, comparison: &Comparison, occasion: &str, now_ms: i64) -> Result<(), DbError> {
    let compared: Compared = comparison.compared();
    let records = (comparison.last + 1).saturating_sub(comparison.first);
    let mended = compared.mended_here + compared.mended_there;
    if compared.differing > 0 {
        tracing::warn!(
            way = word(comparison.way),
            differing = compared.differing,
            mended,
            lost = compared.lost(),
            "this store and its hub did not have the same records any more"
        );
    }
    metrics::counter!("counterpart_records_mended_total").increment(mended);
    tx.execute(
        "INSERT INTO replica_compared_runs (way, feed, occasion, at_ms, records, mended, lost)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (way, feed) DO UPDATE SET occasion = excluded.occasion,
             at_ms = excluded.at_ms, records = excluded.records, mended = excluded.mended,
             lost = excluded.lost",
        params![
            word(comparison.way),
            comparison.feed.0,
            occasion,
            now_ms,
            int(records),
            int(mended),
            int(compared.lost())
        ],
    )?;
    let lost = tx.query_one(
        "SELECT SUM(lost) FROM replica_compared_runs WHERE way = $1 AND occasion = $2",
        params![word(comparison.way), occasion],
    )?;
    let lost = u32::try_from(unsigned(&lost, 0)?).unwrap_or(u32::MAX);
    let way = word(comparison.way);
    metrics::gauge!("counterpart_records_lost", "way" => way).set(f64::from(lost));
    Ok(())
}

const fn stream(way: Way) -> Stream {
    match way {
        Way::Up => UP,
        Way::Down => DOWN,
    }
}

const fn word(way: Way) -> &'static str {
    match way {
        Way::Up => "up",
        Way::Down => "down",
    }
}
