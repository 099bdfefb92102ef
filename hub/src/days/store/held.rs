//! What the hub's own views hold of a day: papers by series, money by currency, the shelf.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx, Value};
use counterpart_daemon::params;
use counterpart_protocol::days::{DaySums, StockCheckpoint};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::money::Minor;
use counterpart_protocol::tax::{Rate, contained};
use counterpart_protocol::time::BusinessDate;

use crate::days::rules::{SeriesProof, Takings, paper_series, series};
use crate::returns;

/// From the lowest to the highest number of a series, and how many.
type Bounds = (u32, u32, u64);

/// Joins what is held of a day with what was sealed of it: the seal says between which numbers to
/// look, and what is held beyond them is looked at too.
fn joined<K: Ord + Copy>(
    held: impl IntoIterator<Item = (K, Bounds)>,
    sealed: impl IntoIterator<Item = (K, Bounds)>,
) -> BTreeMap<K, Bounds> {
    let mut all: BTreeMap<K, Bounds> = held.into_iter().collect();
    for (key, (first, last, _)) in sealed {
        let (lowest, highest, _) = all.entry(key).or_insert((first, last, 0));
        *lowest = first.min(*lowest);
        *highest = last.max(*highest);
    }
    all
}

/// Returns what the receipts of a day prove, by register and series.
pub(in crate::days) fn receipts(
    tx: &mut Tx,
    edge: EdgeNumber,
    date: BusinessDate,
    sealed: Option<&DaySums>,
) -> Result<Vec<SeriesProof>, DbError> {
    let rows = tx.query_all(
        "SELECT register, series, MIN(number), MAX(number), COUNT(DISTINCT number) FROM sales
         WHERE edge = $1 AND business_date = $2 GROUP BY register, series",
        params![edge.0, date.days()],
    )?;
    let mut held = Vec::new();
    for row in &rows {
        let key: (u16, u32) = (row.read(0)?, row.read(1)?);
        let count: i64 = row.read(4)?;
        held.push((key, (row.read(2)?, row.read(3)?, count.unsigned_abs())));
    }
    let sealed = sealed.into_iter().flat_map(|sums| &sums.receipts);
    let sealed = sealed.map(|run| {
        let bounds = (run.first, run.last, run.count);
        ((run.register.0, run.series), bounds)
    });
    let mut proofs = Vec::new();
    for ((register, run), (first, last, count)) in joined(held, sealed) {
        let rows = tx.query_all(
            "SELECT number, COUNT(*) FROM sales
             WHERE edge = $1 AND register = $2 AND series = $3 AND number >= $4 AND number <= $5
             GROUP BY number ORDER BY number",
            params![edge.0, register, run, first, last],
        )?;
        let name = format!("{register}-{run}");
        let numbers = numbers(&rows)?;
        proofs.push(series((name.clone(), name), (first, last), count, numbers));
    }
    Ok(proofs)
}

fn numbers(rows: &[counterpart_daemon::db::Row]) -> Result<Vec<(u32, u64)>, DbError> {
    rows.iter()
        .map(|row| Ok((row.read(0)?, row.read::<i64>(1)?.unsigned_abs())))
        .collect()
}

/// Returns what the numbered papers of a day prove, by kind and series.
pub(in crate::days) fn papers(
    tx: &mut Tx,
    edge: EdgeNumber,
    date: BusinessDate,
    sealed: Option<&DaySums>,
) -> Result<Vec<SeriesProof>, DbError> {
    let rows = tx.query_all(
        "SELECT kind, series, MIN(number), MAX(number), COUNT(DISTINCT number)
         FROM issued_papers WHERE edge = $1 AND business_date = $2 GROUP BY kind, series",
        params![edge.0, date.days()],
    )?;
    let kinds = counterpart_protocol::sales::PaperKind::ALL;
    let mut held = Vec::new();
    for row in &rows {
        let word: String = row.read(0)?;
        let Some(kind) = kinds.into_iter().find(|kind| kind.word() == word) else {
            continue;
        };
        let (run, count): (u32, i64) = (row.read(1)?, row.read(4)?);
        let bounds = (row.read(2)?, row.read(3)?, count.unsigned_abs());
        held.push(((kind, run), bounds));
    }
    let sealed = sealed.into_iter().flat_map(|sums| &sums.papers);
    let sealed = sealed.map(|run| ((run.kind, run.series), (run.first, run.last, run.count)));
    let mut proofs = Vec::new();
    for ((kind, run), (first, last, count)) in joined(held, sealed) {
        let rows = tx.query_all(
            "SELECT number, COUNT(*), MIN(printed_number) FROM issued_papers
             WHERE edge = $1 AND kind = $2 AND series = $3 AND number >= $4 AND number <= $5
             GROUP BY number ORDER BY number",
            params![edge.0, kind.word(), run, first, last],
        )?;
        let printed: Option<String> = rows.first().map(|row| row.read(2)).transpose()?;
        let begins = printed.and_then(|text| Some(text.rsplit_once('-')?.0.to_owned()));
        let name = begins.unwrap_or_else(|| format!("{}-{edge}.{run}", kind.letter()));
        let key = paper_series(kind.letter(), run);
        proofs.push(series((key, name), (first, last), count, numbers(&rows)?));
    }
    Ok(proofs)
}

/// Returns what a day took, by currency. It is added up row by row: an amount that is beyond all
/// money must not stop the proof.
pub(in crate::days) fn takings(
    tx: &mut Tx,
    edge: EdgeNumber,
    date: BusinessDate,
) -> Result<Vec<Takings>, DbError> {
    let day = params![edge.0, date.days()];
    let mut all: BTreeMap<String, Takings> = BTreeMap::new();
    let sales = tx.query_all(
        "SELECT currency, total_minor, change_minor, rounding_minor FROM sales
         WHERE edge = $1 AND business_date = $2",
        day,
    )?;
    for row in &sales {
        let (total, change): (i64, i64) = (row.read(1)?, row.read(2)?);
        let sums = of(&mut all, row.read(0)?);
        sums.sales += 1;
        sums.total_minor = sums.total_minor.saturating_add(total);
        sums.rounding_minor = sums.rounding_minor.saturating_add(row.read(3)?);
        if change != 0 {
            let cash = sums.tenders.entry("cash".to_owned()).or_default();
            *cash = cash.saturating_sub(change);
        }
    }
    let tenders = tx.query_all(
        "SELECT s.currency, t.kind, t.amount_minor FROM sales s
         JOIN sale_tenders t ON t.sale_id = s.sale_id
         WHERE s.edge = $1 AND s.business_date = $2",
        day,
    )?;
    for row in &tenders {
        let sums = of(&mut all, row.read(0)?);
        let kept = sums.tenders.entry(row.read(1)?).or_default();
        *kept = kept.saturating_add(row.read(2)?);
    }
    taxes(tx, day, &mut all)?;
    for (currency, back) in returns::of_day(tx, edge, date)? {
        let sums = of(&mut all, currency);
        sums.returns = back.returns;
        sums.returned_minor = back.total_minor;
        sums.rounding_minor = sums.rounding_minor.saturating_sub(back.rounding_minor);
        for (kind, amount) in back.tenders {
            let sum = sums.tenders.entry(kind).or_default();
            *sum = sum.saturating_sub(amount);
        }
        for (rate, tax) in back.taxes {
            let sum = sums.taxes.entry(rate).or_default();
            *sum = sum.saturating_sub(tax);
        }
    }
    Ok(all.into_values().collect())
}

/// Adds up the tax of a day's sales: what a sale stated where that is known, else what is in its
/// lines, taken out once per sale and rate, as the till does it.
fn taxes(tx: &mut Tx, day: &[Value], all: &mut BTreeMap<String, Takings>) -> Result<(), DbError> {
    let stated = tx.query_all(
        "SELECT s.currency, t.rate, t.tax_minor FROM sales s
         JOIN sale_taxes t ON t.sale_id = s.sale_id
         WHERE s.edge = $1 AND s.business_date = $2",
        day,
    )?;
    for row in &stated {
        let tax = of(all, row.read(0)?).taxes.entry(row.read(1)?).or_default();
        *tax = tax.saturating_add(row.read(2)?);
    }
    let lines = tx.query_all(
        "SELECT s.currency, s.sale_id, l.tax_rate, l.amount_minor FROM sales s
         JOIN sale_lines l ON l.sale_id = s.sale_id
         WHERE s.edge = $1 AND s.business_date = $2 AND NOT EXISTS (
             SELECT 1 FROM sale_taxes t WHERE t.sale_id = s.sale_id)",
        day,
    )?;
    let mut gross: BTreeMap<(String, [u8; 16], u32), i64> = BTreeMap::new();
    for row in &lines {
        let sum = gross
            .entry((row.read(0)?, row.read(1)?, row.read(2)?))
            .or_default();
        *sum = sum.saturating_add(row.read(3)?);
    }
    for ((currency, _, rate), gross) in gross {
        let within = contained(Minor(gross), Rate(rate)).unwrap_or(Minor(i64::MAX));
        let tax = of(all, currency).taxes.entry(rate).or_default();
        *tax = tax.saturating_add(within.0);
    }
    Ok(())
}

fn of(all: &mut BTreeMap<String, Takings>, currency: String) -> &mut Takings {
    let nothing = Takings::of_nothing(&currency);
    all.entry(currency).or_insert(nothing)
}

/// Returns what an edge's facts said was on hand before the timestamp `hlc`: what they say now,
/// less what moved since.
pub(in crate::days) fn shelf_at(
    tx: &mut Tx,
    edge: EdgeNumber,
    hlc: i64,
) -> Result<StockCheckpoint, DbError> {
    let now = tx.query_all(
        "SELECT sku, on_hand_milli FROM stock_levels WHERE edge = $1",
        params![edge.0],
    )?;
    let since = tx.query_all(
        "SELECT sku, delta_milli FROM stock_movements WHERE edge = $1 AND hlc >= $2",
        params![edge.0, hlc],
    )?;
    let mut shelf: BTreeMap<String, i64> = BTreeMap::new();
    for row in &now {
        shelf.insert(row.read(0)?, row.read(1)?);
    }
    for row in &since {
        let milli = shelf.entry(row.read(0)?).or_default();
        *milli = milli.wrapping_sub(row.read(1)?);
    }
    let shelf = shelf.iter().map(|(sku, milli)| (sku.as_str(), *milli));
    Ok(StockCheckpoint::of(shelf))
}
