//! The view of sealed days, and what the hub said of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed, own_edge};
use counterpart_protocol::days::{DayCountersigned, DaySealed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::money::Minor;
use counterpart_protocol::time::BusinessDate;

use super::rules::DayRow;

/// Returns the sealed days, newest first, at most `limit`.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// When a stored date or currency is not one that was checked before.
pub fn latest(tx: &mut Tx, limit: u32) -> Result<Vec<DayRow>, DbError> {
    let rows = tx.query_all(
        "SELECT s.business_date, s.sealed_at_ms, s.facts, s.receipts, s.currency, s.total_minor,
             s.open_tills, c.countersigned_at_ms
         FROM sealed_days s LEFT JOIN countersigned_days c ON c.seal = s.seal
         ORDER BY s.business_date DESC, s.sealed_at_ms DESC LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| {
            let (currency, total): (Option<String>, i64) = (row.read(4)?, row.read(5)?);
            let currency = currency.map(|code| code.parse().expect("a checked currency"));
            Ok(DayRow {
                business_date: BusinessDate::from_days(row.read(0)?).expect("a checked date"),
                sealed_at_ms: row.read(1)?,
                facts: row.read(2)?,
                receipts: row.read(3)?,
                total: currency.map(|currency| (currency, Minor(total))),
                open_tills: row.read(6)?,
                countersigned_at_ms: row.read(7)?,
            })
        })
        .collect()
}

/// Returns the days whose every seal is countersigned: one seal, unless a life was restored.
pub(super) fn countersigned(tx: &mut Tx) -> Result<BTreeSet<BusinessDate>, DbError> {
    let rows = tx.query_all(
        "SELECT s.business_date FROM sealed_days s
         LEFT JOIN countersigned_days c ON c.seal = s.seal
         GROUP BY s.business_date HAVING COUNT(*) = COUNT(c.seal)",
        params![],
    )?;
    rows.iter()
        .map(|row| {
            let days = row.read(0)?;
            Ok(BusinessDate::from_days(days).expect("a checked date"))
        })
        .collect()
}

/// Folds this store's seals and the hub's countersignatures, and calls `changed` once one is
/// durable.
pub(super) struct Days {
    pub(super) changed: Arc<dyn Fn() + Send + Sync>,
}

impl Projection for Days {
    fn name(&self) -> &'static str {
        "days"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::DaySealed, Kind::DayCountersigned]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        if fact.kind() == Some(Kind::DaySealed) {
            // Another store's seal is none of ours, whoever forwards it.
            if own_edge(tx)? != Some(projected.origin.writer.edge) {
                return Ok(());
            }
            put_sealed(tx, fact, &fact.read()?)?;
        } else {
            let countersigned: DayCountersigned = fact.read()?;
            tx.execute(
                "INSERT INTO countersigned_days (seal, countersigned_at_ms) VALUES ($1, $2)
                 ON CONFLICT (seal) DO NOTHING",
                params![countersigned.seal.to_bytes(), at_ms(fact)],
            )?;
        }
        let changed = self.changed.clone();
        tx.on_commit(Box::new(move || changed()));
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["sealed_days", "countersigned_days"]
    }
}

fn put_sealed(tx: &mut Tx, fact: &Fact, sealed: &DaySealed) -> Result<(), DbError> {
    let receipts = sealed.sums.receipts.iter().map(|run| run.count);
    let takings = sealed.sums.takings.first();
    tx.execute(
        "INSERT INTO sealed_days (seal, business_date, sealed_at_ms, facts, receipts, currency,
             total_minor, open_tills)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            fact.header.id.to_bytes(),
            sealed.business_date.days(),
            at_ms(fact),
            counted(sealed.digest.count),
            counted(receipts.fold(0, u64::saturating_add)),
            takings.map(|takings| takings.currency.code().to_owned()),
            takings.map_or(0, |takings| takings.total_minor.0),
            counted(sealed.open_tills.len() as u64),
        ],
    )?;
    Ok(())
}

fn counted(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn at_ms(fact: &Fact) -> i64 {
    i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX)
}
