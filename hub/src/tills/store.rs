//! The SQL of the views of tills and safes.

use counterpart_daemon::db::{DbError, Row, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::TenderKind;
use counterpart_protocol::shifts::{SafeBooked, ShiftClosed};
use counterpart_protocol::time::BusinessDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The views of closings.
pub(super) const CLOSING_VIEWS: &[&str] = &["till_closings"];
/// The views of safes.
pub(super) const SAFE_VIEWS: &[&str] = &["safe_entries"];

/// A till that was counted and closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closing {
    pub(super) register: Option<u16>,
    pub(super) z_number: u32,
    pub(super) business_date: BusinessDate,
    pub(super) at_ms: i64,
    pub(super) staff_id: Option<[u8; 16]>,
    pub(super) currency: String,
    pub(super) sales: i64,
    pub(super) sales_minor: i64,
    pub(super) expected_minor: i64,
    pub(super) over_short_minor: i64,
    pub(super) reason: Option<String>,
    pub(super) others: Vec<Other>,
}

/// What was counted of one kind of tender beside cash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TenderCountedJson)]
pub(super) struct Other {
    /// Which kind.
    pub(super) kind: TenderKind,
    /// The currency of the amounts where it is not the till's.
    pub(super) currency: Option<Currency>,
    /// What was counted.
    pub(super) counted_minor: i64,
    /// What should have been there.
    pub(super) expected_minor: i64,
    /// Counted less expected.
    pub(super) over_short_minor: i64,
}

/// An entry of a safe's book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) fact_id: [u8; 16],
    pub(super) entry: String,
    pub(super) currency: String,
    pub(super) amount_minor: i64,
    pub(super) change_minor: i64,
    pub(super) is_count: bool,
    pub(super) reason: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) register: Option<u16>,
    pub(super) at_ms: i64,
    pub(super) staff_id: Option<[u8; 16]>,
}

pub(super) fn put_closing(
    tx: &mut Tx,
    edge: EdgeNumber,
    fact: &Fact,
    closed: &ShiftClosed,
) -> Result<(), DbError> {
    let others = closed.others.as_deref().unwrap_or_default().iter();
    let others: Vec<Other> = others
        .map(|it| Other {
            kind: it.kind,
            currency: it.currency,
            counted_minor: it.counted_minor.0,
            expected_minor: it.expected_minor.0,
            over_short_minor: it.over_short_minor.0,
        })
        .collect();
    let others =
        (!others.is_empty()).then(|| serde_json::to_string(&others).expect("it has texts as keys"));
    tx.execute(
        "INSERT INTO till_closings (fact_id, edge, shift_id, register, z_number, business_date,
             at_ms, staff_id, currency, sales, sales_minor, expected_minor, over_short_minor,
             reason, others)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        params![
            fact.header.id.to_bytes(),
            edge.0,
            closed.shift_id.to_bytes(),
            fact.header.register.map(|register| register.0),
            closed.z_number,
            fact.header.business_date.days(),
            at_ms(fact),
            fact.header.staff.map(|staff| staff.to_bytes()),
            closed.currency.code(),
            closed.sales,
            closed.sales_minor.0,
            closed.expected_minor.0,
            closed.over_short_minor.0,
            closed.reason.clone(),
            others,
        ],
    )?;
    Ok(())
}

/// Books a fact at the safe of its store; `word` says what happened.
pub(super) fn put_entry(
    tx: &mut Tx,
    edge: EdgeNumber,
    fact: &Fact,
    word: &str,
    (booked, change): (&SafeBooked, Minor),
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO safe_entries (fact_id, edge, entry, currency, amount_minor, change_minor,
             expected_minor, reason, reference, register, at_ms, staff_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            fact.header.id.to_bytes(),
            edge.0,
            word,
            booked.currency.code(),
            booked.amount_minor.0,
            change.0,
            booked.expected_minor.map(|minor| minor.0),
            booked.reason.clone(),
            booked.reference.clone(),
            fact.header.register.map(|register| register.0),
            at_ms(fact),
            fact.header.staff.map(|staff| staff.to_bytes()),
        ],
    )?;
    Ok(())
}

fn at_ms(fact: &Fact) -> i64 {
    i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX)
}

/// Returns the last closings of an edge, the newest first.
pub(super) fn closings(tx: &mut Tx, edge: EdgeNumber, limit: u32) -> Result<Vec<Closing>, DbError> {
    let rows = tx.query_all(
        "SELECT register, z_number, business_date, at_ms, staff_id, currency, sales, sales_minor,
             expected_minor, over_short_minor, reason, others
         FROM till_closings WHERE edge = $1 ORDER BY at_ms DESC, fact_id DESC LIMIT $2",
        params![edge.0, limit],
    )?;
    rows.iter().map(closing).collect()
}

fn closing(row: &Row) -> Result<Closing, DbError> {
    let unreadable = |column: usize, wrong: String| DbError::Column {
        column,
        sql: "till_closings".into(),
        mismatch: ValueMismatch {
            found: wrong,
            expected: "what was folded".to_owned(),
        },
    };
    let (days, others): (i32, Option<String>) = (row.read(2)?, row.read(11)?);
    let others = match others {
        None => Vec::new(),
        Some(json) => {
            serde_json::from_str(&json).map_err(|wrong| unreadable(11, wrong.to_string()))?
        }
    };
    Ok(Closing {
        register: row.read(0)?,
        z_number: row.read(1)?,
        business_date: BusinessDate::from_days(days)
            .map_err(|wrong| unreadable(2, wrong.to_string()))?,
        at_ms: row.read(3)?,
        staff_id: row.read(4)?,
        currency: row.read(5)?,
        sales: row.read(6)?,
        sales_minor: row.read(7)?,
        expected_minor: row.read(8)?,
        over_short_minor: row.read(9)?,
        reason: row.read(10)?,
        others,
    })
}

/// Returns what should be in the safe of an edge, by currency. It is added up row by row: an amount
/// that is beyond all money must not stop the page.
pub(super) fn in_safe(tx: &mut Tx, edge: EdgeNumber) -> Result<Vec<(String, i64)>, DbError> {
    let rows = tx.query_all(
        "SELECT currency, change_minor FROM safe_entries WHERE edge = $1",
        params![edge.0],
    )?;
    let mut sums = std::collections::BTreeMap::<String, i64>::new();
    for row in &rows {
        let sum = sums.entry(row.read(0)?).or_default();
        *sum = sum.saturating_add(row.read(1)?);
    }
    Ok(sums.into_iter().collect())
}

/// Returns the last entries of the safe of an edge, the newest first.
pub(super) fn entries(tx: &mut Tx, edge: EdgeNumber, limit: u32) -> Result<Vec<Entry>, DbError> {
    let rows = tx.query_all(
        "SELECT fact_id, entry, currency, amount_minor, change_minor, expected_minor, reason,
             reference, register, at_ms, staff_id
         FROM safe_entries WHERE edge = $1 ORDER BY at_ms DESC, fact_id DESC LIMIT $2",
        params![edge.0, limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Entry {
                fact_id: row.read(0)?,
                entry: row.read(1)?,
                currency: row.read(2)?,
                amount_minor: row.read(3)?,
                change_minor: row.read(4)?,
                is_count: row.read::<Option<i64>>(5)?.is_some(),
                reason: row.read(6)?,
                reference: row.read(7)?,
                register: row.read(8)?,
                at_ms: row.read(9)?,
                staff_id: row.read(10)?,
            })
        })
        .collect()
}
