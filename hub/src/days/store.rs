//! The SQL of business days: seals, what was found about them, and what came late.

mod held;

pub(super) use held::{papers, receipts, shelf_at, takings};

use std::collections::BTreeSet;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::days::{DayCountersigned, DaySealed};
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{EdgeNumber, FactId};
use counterpart_protocol::time::BusinessDate;

use super::rules::{Late, Sealed};

/// The tables of the views of seals.
pub(super) const VIEWS: &[&str] = &["sealed_days", "countersigned_days"];
/// The table of the view of what came late.
pub(super) const LATE_VIEWS: &[&str] = &["late_facts"];

/// A seal as it stands here.
#[derive(Debug, Clone)]
pub(super) struct SealRow {
    pub(super) edge: EdgeNumber,
    pub(super) seal: FactId,
    /// The record the seal stands in.
    pub(super) seq: u64,
    /// The seal's own timestamp: what is older was there when it was written.
    pub(super) hlc: i64,
    pub(super) sealed: Sealed,
    /// How many differences were found when it was last compared, if any.
    pub(super) differences: i64,
}

const COLUMNS: &str = "s.edge, s.run, s.seal, s.seq, s.fact, c.countersigned_at_ms,
    COALESCE(k.differences, 0)";
const FROM: &str = "FROM sealed_days s
    LEFT JOIN countersigned_days c ON c.seal = s.seal
    LEFT JOIN day_checks k ON k.seal = s.seal";

fn seal_row(row: &Row) -> Result<SealRow, DbError> {
    let bytes: Vec<u8> = row.read(4)?;
    let fact = Fact::decode(&bytes).expect("a folded fact is canonical");
    let body: DaySealed = fact.read().expect("a folded fact could be read");
    Ok(SealRow {
        edge: EdgeNumber(row.read(0)?),
        seal: FactId::from_bytes(row.read(2)?),
        seq: row.read::<i64>(3)?.unsigned_abs(),
        hlc: i64::try_from(fact.header.hlc.0).unwrap_or(i64::MAX),
        sealed: Sealed {
            run: row.read(1)?,
            sealed_at_ms: i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX),
            countersigned_at_ms: row.read(5)?,
            body,
        },
        differences: row.read(6)?,
    })
}

/// Returns the seals of an edge's day, the newest run first: one, unless it was restored.
pub(super) fn seals_of(
    tx: &mut Tx,
    edge: EdgeNumber,
    date: BusinessDate,
) -> Result<Vec<SealRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} {FROM} WHERE s.edge = $1 AND s.business_date = $2 ORDER BY s.run DESC"
    );
    let rows = tx.query_all(&sql, params![edge.0, date.days()])?;
    rows.iter().map(seal_row).collect()
}

/// Returns a seal by its fact.
pub(super) fn seal(tx: &mut Tx, seal: FactId) -> Result<Option<SealRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE s.seal = $1");
    let row = tx.query_opt(&sql, params![seal.to_bytes()])?;
    row.as_ref().map(seal_row).transpose()
}

/// Returns the days of an edge whose every seal is countersigned: one, unless it was restored.
pub(super) fn countersigned(
    tx: &mut Tx,
    edge: EdgeNumber,
) -> Result<BTreeSet<BusinessDate>, DbError> {
    let rows = tx.query_all(
        "SELECT s.business_date FROM sealed_days s
         LEFT JOIN countersigned_days c ON c.seal = s.seal
         WHERE s.edge = $1 GROUP BY s.business_date HAVING COUNT(*) = COUNT(c.seal)",
        params![edge.0],
    )?;
    rows.iter()
        .map(|row| {
            let days = row.read(0)?;
            Ok(BusinessDate::from_days(days).expect("a checked date"))
        })
        .collect()
}

/// A seal that is not countersigned, and on what it was last compared.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) seal: FactId,
    /// What the last comparison stood on, if there was one.
    pub(super) compared: Option<(String, i64)>,
    /// What the next one would stand on: the day's records and what is set aside.
    pub(super) mark: String,
}

/// Returns the seals that are not countersigned, the longest not compared first, at most `limit`.
pub(super) fn waiting(tx: &mut Tx, limit: u32) -> Result<Vec<Waiting>, DbError> {
    let rows = tx.query_all(
        "SELECT s.seal, k.mark, k.checked_at_ms, d.records, d.last_seq,
             (SELECT COUNT(*) FROM quarantine q WHERE q.direction = 'in' AND q.peer = s.edge)
         FROM sealed_days s
         LEFT JOIN countersigned_days c ON c.seal = s.seal
         LEFT JOIN day_checks k ON k.seal = s.seal
         LEFT JOIN day_digests d ON d.direction = 'in' AND d.peer = s.edge AND d.feed = s.run
             AND d.business_date = s.business_date
         WHERE c.seal IS NULL ORDER BY COALESCE(k.checked_at_ms, 0), s.edge, s.business_date
         LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| {
            let mark: Option<String> = row.read(1)?;
            let number = |number: Option<i64>| number.map_or("-".to_owned(), |it| it.to_string());
            let stands_on = [row.read(3)?, row.read(4)?, row.read(5)?].map(number);
            let checked_at_ms: Option<i64> = row.read(2)?;
            Ok(Waiting {
                seal: FactId::from_bytes(row.read(0)?),
                compared: mark.zip(checked_at_ms),
                mark: stands_on.join("."),
            })
        })
        .collect()
}

/// Puts a seal down; false if the run has sealed the day already.
pub(super) fn put_seal(
    tx: &mut Tx,
    (edge, run, seq): (EdgeNumber, u32, u64),
    fact: &Fact,
) -> Result<bool, DbError> {
    let stored = tx.execute(
        "INSERT INTO sealed_days (edge, run, business_date, seal, seq, fact)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (edge, run, business_date) DO NOTHING",
        params![
            edge.0,
            run,
            fact.header.business_date.days(),
            fact.header.id.to_bytes(),
            i64::try_from(seq).unwrap_or(i64::MAX),
            fact.encode_said(),
        ],
    )?;
    Ok(stored == 1)
}

pub(super) fn put_countersigned(
    tx: &mut Tx,
    countersigned: &DayCountersigned,
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO countersigned_days (seal, business_date, countersigned_at_ms)
         VALUES ($1, $2, $3) ON CONFLICT (seal) DO NOTHING",
        params![
            countersigned.seal.to_bytes(),
            countersigned.business_date.days(),
            at_ms
        ],
    )?;
    Ok(())
}

pub(super) fn count_late(tx: &mut Tx, edge: EdgeNumber, fact: &Fact) -> Result<(), DbError> {
    let Some(late_for) = fact.late_for else {
        return Ok(());
    };
    tx.execute(
        "INSERT INTO late_facts (edge, late_for, business_date, kind, facts)
         VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (edge, late_for, business_date, kind)
         DO UPDATE SET facts = late_facts.facts + 1",
        params![
            edge.0,
            late_for.days(),
            fact.header.business_date.days(),
            fact.kind_number,
        ],
    )?;
    Ok(())
}

/// Returns what came for a day after it was over, by the day it counts for.
pub(super) fn late(
    tx: &mut Tx,
    edge: EdgeNumber,
    date: BusinessDate,
) -> Result<Vec<Late>, DbError> {
    let rows = tx.query_all(
        "SELECT business_date, SUM(facts) FROM late_facts WHERE edge = $1 AND late_for = $2
         GROUP BY business_date ORDER BY business_date",
        params![edge.0, date.days()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Late {
                counted_on: BusinessDate::from_days(row.read(0)?).expect("a checked date"),
                facts: row.read(1)?,
            })
        })
        .collect()
}

/// Writes down what a comparison found; tells whether that is news.
pub(super) fn put_check(
    tx: &mut Tx,
    row: &SealRow,
    mark: &str,
    (count, first): (i64, &str),
    now_ms: i64,
) -> Result<bool, DbError> {
    let before = tx.query_opt(
        "SELECT differences, first FROM day_checks WHERE seal = $1",
        params![row.seal.to_bytes()],
    )?;
    let before: Option<(i64, String)> = match before {
        Some(row) => Some((row.read(0)?, row.read(1)?)),
        None => None,
    };
    tx.execute(
        "INSERT INTO day_checks (seal, edge, business_date, checked_at_ms, mark, differences,
             first)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (seal) DO UPDATE SET checked_at_ms = excluded.checked_at_ms,
             mark = excluded.mark, differences = excluded.differences, first = excluded.first",
        params![
            row.seal.to_bytes(),
            row.edge.0,
            row.sealed.body.business_date.days(),
            now_ms,
            mark,
            count,
            first,
        ],
    )?;
    Ok(before.is_none_or(|(was, said)| (was, said.as_str()) != (count, first)))
}

pub(super) fn forget_check(tx: &mut Tx, seal: FactId) -> Result<(), DbError> {
    let sql = "DELETE FROM day_checks WHERE seal = $1";
    tx.execute(sql, params![seal.to_bytes()]).map(|_| ())
}

/// A day that differs from its seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// Whose.
    pub edge: EdgeNumber,
    /// The day.
    pub business_date: BusinessDate,
    /// The first difference, as a sentence.
    pub first: String,
}

/// Returns the days that differed from their seals when they were last compared, the newest first,
/// at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn differing(tx: &mut Tx, limit: u32) -> Result<Vec<Differing>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, business_date, first FROM day_checks WHERE differences > 0
         ORDER BY business_date DESC, edge LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Differing {
                edge: EdgeNumber(row.read(0)?),
                business_date: BusinessDate::from_days(row.read(1)?).expect("a checked date"),
                first: row.read(2)?,
            })
        })
        .collect()
}

/// Returns the days of an edge that were sealed, before `before`, newest first, at most `limit`.
pub(super) fn sealed_dates(
    tx: &mut Tx,
    edge: EdgeNumber,
    before: Option<BusinessDate>,
    limit: u32,
) -> Result<Vec<BusinessDate>, DbError> {
    let rows = tx.query_all(
        "SELECT DISTINCT business_date FROM sealed_days WHERE edge = $1 AND business_date < $2
         ORDER BY business_date DESC LIMIT $3",
        params![edge.0, before.map_or(i32::MAX, BusinessDate::days), limit],
    )?;
    rows.iter()
        .map(|row| Ok(BusinessDate::from_days(row.read(0)?).expect("a checked date")))
        .collect()
}

/// Returns how many receipts an edge's day has here, and what they come to.
pub(super) fn sold(
    tx: &mut Tx,
    edge: EdgeNumber,
    date: BusinessDate,
) -> Result<(i64, i64), DbError> {
    let row = tx.query_opt(
        "SELECT sales, total_minor FROM sale_days WHERE edge = $1 AND business_date = $2",
        params![edge.0, date.days()],
    )?;
    row.map_or(Ok((0, 0)), |row| Ok((row.read(0)?, row.read(1)?)))
}
