//! The book of the safe, folded from facts, and the questions asked of it.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{FactId, RegisterId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::shifts::{CashMoved, SafeBooked, into_safe};

/// The word of what a till dropped into the safe.
pub(crate) const DROPPED: &str = "dropped";

/// One entry of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryRow {
    /// The fact.
    pub fact_id: FactId,
    /// The word of what happened.
    pub entry: String,
    /// How much moved, or was counted.
    pub amount_minor: Minor,
    /// By how much the book changed.
    pub change_minor: Minor,
    /// What the book said before a count.
    pub expected_minor: Option<Minor>,
    /// The word of why a count differs.
    pub reason: Option<String>,
    /// The number of a bag or of a till.
    pub reference: Option<String>,
    /// At which register.
    pub register: Option<RegisterId>,
    /// Who.
    pub staff: Option<StaffId>,
    /// When, in milliseconds UTC.
    pub at_ms: i64,
}

/// Returns what should be in the safe of one currency.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn expected(tx: &mut Tx, currency: Currency) -> Result<Minor, DbError> {
    let row = tx.query_one(
        "SELECT CAST(COALESCE(SUM(change_minor), 0) AS BIGINT) FROM safe_entries
         WHERE currency = $1",
        params![currency.code()],
    )?;
    row.read(0).map(Minor)
}

/// Returns the last entries, the newest first, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn entries(
    tx: &mut Tx,
    currency: Currency,
    limit: u32,
) -> Result<Vec<EntryRow>, DbError> {
    let rows = tx.query_all(
        "SELECT fact_id, entry, amount_minor, change_minor, expected_minor, reason, reference,
             register, staff_id, at_ms
         FROM safe_entries WHERE currency = $1 ORDER BY at_ms DESC, fact_id DESC LIMIT $2",
        params![currency.code(), limit],
    )?;
    rows.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<EntryRow, DbError> {
    Ok(EntryRow {
        fact_id: FactId::from_bytes(row.read(0)?),
        entry: row.read(1)?,
        amount_minor: Minor(row.read(2)?),
        change_minor: Minor(row.read(3)?),
        expected_minor: row.read::<Option<i64>>(4)?.map(Minor),
        reason: row.read(5)?,
        reference: row.read(6)?,
        register: row.read::<Option<u16>>(7)?.map(RegisterId),
        staff: row.read::<Option<[u8; 16]>>(8)?.map(StaffId::from_bytes),
        at_ms: row.read(9)?,
    })
}

/// Folds what was booked and what tills dropped.
pub(crate) struct Projected;

impl Projection for Projected {
    fn name(&self) -> &'static str {
        "safe"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::CashMoved, Kind::SafeBooked]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        if fact.kind() == Some(Kind::SafeBooked) {
            let booked: SafeBooked = fact.read()?;
            return Ok(put(
                tx,
                fact,
                booked.entry.word(),
                &booked,
                booked.change_minor(),
            )?);
        }
        let moved: CashMoved = fact.read()?;
        let Some(dropped) = into_safe(&moved) else {
            return Ok(());
        };
        let booked = SafeBooked {
            currency: moved.currency,
            // Only its words and amounts are kept.
            entry: counterpart_protocol::shifts::SafeEntry::FloatBack,
            amount_minor: dropped,
            counted: None,
            expected_minor: None,
            reason: None,
            reference: moved.reference,
        };
        Ok(put(tx, fact, DROPPED, &booked, dropped)?)
    }

    fn tables(&self) -> &'static [&'static str] {
        &["safe_entries"]
    }
}

fn put(
    tx: &mut Tx,
    fact: &Fact,
    word: &str,
    booked: &SafeBooked,
    change: Minor,
) -> Result<(), DbError> {
    let header = &fact.header;
    tx.execute(
        "INSERT INTO safe_entries (fact_id, entry, currency, amount_minor, change_minor,
             expected_minor, reason, reference, register, staff_id, at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            header.id.to_bytes(),
            word,
            booked.currency.code(),
            booked.amount_minor.0,
            change.0,
            booked.expected_minor.map(|minor| minor.0),
            booked.reason.clone(),
            booked.reference.clone(),
            header.register.map(|register| register.0),
            header.staff.map(StaffId::to_bytes),
            i64::try_from(header.hlc.at_ms()).expect("48 bits of milliseconds fit"),
        ],
    )?;
    Ok(())
}
