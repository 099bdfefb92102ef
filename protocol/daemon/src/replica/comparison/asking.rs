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

/// How many days are one period. With its first sealed day comes a comparison of everything, from
/// the first record on: packs and rows of older days rot too. When periods begin, a store's number
/// says, so that a hub's stores come one after the other.
const PERIOD_DAYS: i64 = 28;

/// For what a comparison is due.
struct Occasion {
    /// Words that differ for each.
    words: String,
    /// The period that the sealed day is in.
    period: i64,
}

/// How far back records are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The last days.
    Late,
    Everything,
}

/// A run of a feed.
struct Run {
    feed: FeedId,
    /// Whether it holds anything of the last days.
    is_of_late: bool,
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
    /// generations are compared as long as they hold anything of the last days, and every run as a
    /// whole once in four weeks.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] before enrolment; those of the database.
    pub fn comparison_due(&self, tx: &mut Tx) -> Result<Option<Comparison>, ReplicaFailed> {
        let Some(occasion) = self.occasion(tx)? else {
            return Ok(None);
        };
        for way in [Way::Up, Way::Down] {
            for run in runs(tx, way)? {
                if let Some(reach) = reach_due(tx, way, &run, &occasion)? {
                    return Ok(Some(comparison(tx, way, run.feed, reach)?));
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
            keep(tx, comparison, &occasion, self.now_ms())?;
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
        let words = format!("day {sealed}, life {life}, generation {generation}");
        let days = i64::from(sealed) + i64::from(me.writer.edge.0);
        let period = days.div_euclid(PERIOD_DAYS);
        Ok(Some(Occasion { words, period }))
    }
}

/// Returns the runs of a feed, the newest first; of a feed that holds nothing yet the run to come,
/// so that the comparison of nothing is kept too.
fn runs(tx: &mut Tx, way: Way) -> Result<Vec<Run>, DbError> {
    let stream = stream(way);
    let rows = tx.query_all(
        "SELECT feed, MAX(business_date) FROM day_digests
         WHERE direction = $1 AND peer = $2 GROUP BY feed ORDER BY feed DESC",
        params![stream.direction.word(), stream.peer.0],
    )?;
    let mut newest = Vec::new();
    for row in &rows {
        newest.push((FeedId(row.read(0)?), row.read::<i64>(1)?));
    }
    let days = i64::from(DAYS_COMPARED);
    let Some(since) = newest.iter().map(|(_, date)| date - days).max() else {
        let (feed, is_of_late) = (FeedId(0), true);
        return Ok(vec![Run { feed, is_of_late }]);
    };
    let run = |(feed, date)| Run {
        feed,
        is_of_late: date > since,
    };
    Ok(newest.into_iter().map(run).collect())
}

/// Returns how far back a comparison of a run is due, if any is. A night without a line and a
/// comparison that the next seal overtook leave their period's due.
fn reach_due(
    tx: &mut Tx,
    way: Way,
    run: &Run,
    occasion: &Occasion,
) -> Result<Option<Reach>, DbError> {
    let last = tx.query_opt(
        "SELECT occasion, whole_period FROM replica_compared_runs WHERE way = $1 AND feed = $2",
        params![word(way), run.feed.0],
    )?;
    let (done, whole) = match last {
        Some(row) => (Some(row.read::<String>(0)?), row.read::<Option<i64>>(1)?),
        None => (None, None),
    };
    // Of a run that is new the last days are everything.
    if whole.map_or(!run.is_of_late, |period| period != occasion.period) {
        return Ok(Some(Reach::Everything));
    }
    let is_due = run.is_of_late && done.as_ref() != Some(&occasion.words);
    Ok(is_due.then_some(Reach::Late))
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

fn keep(
    tx: &mut Tx,
    comparison: &Comparison,
    occasion: &Occasion,
    now_ms: i64,
) -> Result<(), DbError> {
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
        "INSERT INTO replica_compared_runs (way, feed, occasion, at_ms, records, mended, lost,
             whole_period)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (way, feed) DO UPDATE SET occasion = excluded.occasion,
             at_ms = excluded.at_ms, records = excluded.records, mended = excluded.mended,
             lost = excluded.lost, whole_period = CASE WHEN $9 = 1 THEN excluded.whole_period
                 ELSE COALESCE(replica_compared_runs.whole_period, excluded.whole_period) END",
        params![
            word(comparison.way),
            comparison.feed.0,
            &occasion.words,
            now_ms,
            int(records),
            int(mended),
            int(compared.lost()),
            occasion.period,
            i64::from(comparison.first <= 1)
        ],
    )?;
    let lost = tx.query_one(
        "SELECT SUM(lost) FROM replica_compared_runs WHERE way = $1 AND occasion = $2",
        params![word(comparison.way), &occasion.words],
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
