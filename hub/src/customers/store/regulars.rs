//! The SQL of customers whom tills know: what stands beside their sealed records.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::customers::{Certificate, CustomerCard, Exemption};
use counterpart_protocol::ids::{CustomerId, GroupId};
use counterpart_protocol::time::BusinessDate;

use crate::customers::rules::Terms;

/// A customer whom tills know, as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::customers) struct RegularRow {
    pub(in crate::customers) customer_id: CustomerId,
    /// Counts the changes of name and contact from 1.
    pub(in crate::customers) record: u32,
    pub(in crate::customers) terms: Terms,
    pub(in crate::customers) added_at_ms: i64,
    pub(in crate::customers) changed_at_ms: i64,
}

/// A customer with the sealed record of name and contact, if there is one.
pub(in crate::customers) type WithRecord = (RegularRow, Option<Vec<u8>>);

/// A text of a row, parsed.
pub(super) struct Parsed<T>(pub(super) T);

impl<T: std::str::FromStr> FromValue for Parsed<T> {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let read = text.parse().map(Self);
        read.map_err(|_| ValueMismatch::new(value, "a well-formed number or slug"))
    }
}

/// A day of a row.
struct Day(BusinessDate);

impl FromValue for Day {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let read = BusinessDate::from_days(i32::from_value(value)?).map(Self);
        read.map_err(|_| ValueMismatch::new(value, "a day"))
    }
}

const COLUMNS: &str = "r.customer_id, r.record, r.card, r.group_id, r.certificate, r.exempt_until,
    r.added_at_ms, r.changed_at_ms";
/// Where what is joined to a row begins.
const BESIDE: usize = 8;

fn row(row: &Row) -> Result<RegularRow, DbError> {
    let until = row.read::<Option<Day>>(5)?.map(|day| day.0);
    let certificate = row.read::<Option<Parsed<Certificate>>>(4)?;
    Ok(RegularRow {
        customer_id: CustomerId::from_bytes(row.read(0)?),
        record: row.read(1)?,
        terms: Terms {
            card: row.read::<Option<Parsed<CustomerCard>>>(2)?.map(|it| it.0),
            group: row.read::<Option<Parsed<GroupId>>>(3)?.map(|it| it.0),
            exemption: certificate.map(|it| Exemption {
                certificate: it.0,
                until,
            }),
        },
        added_at_ms: row.read(6)?,
        changed_at_ms: row.read(7)?,
    })
}

pub(in crate::customers) fn regular(
    tx: &mut Tx,
    id: CustomerId,
) -> Result<Option<RegularRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM regulars r WHERE r.customer_id = $1");
    let found = tx.query_opt(&sql, params![id.to_bytes()])?;
    found.as_ref().map(row).transpose()
}

/// Returns whose card it is.
pub(in crate::customers) fn by_card(
    tx: &mut Tx,
    card: &CustomerCard,
) -> Result<Option<CustomerId>, DbError> {
    let sql = "SELECT customer_id FROM regulars WHERE card = $1";
    let found = tx.query_opt(sql, params![card.as_str()])?;
    found
        .map(|row| Ok(CustomerId::from_bytes(row.read(0)?)))
        .transpose()
}

/// Returns those that were added before a place in the list, the newest first, each with the
/// sealed record.
pub(in crate::customers) fn newest_regulars(
    tx: &mut Tx,
    before: Option<&RegularRow>,
    limit: u32,
) -> Result<Vec<WithRecord>, DbError> {
    let mut sql = format!(
        "SELECT {COLUMNS}, c.sealed FROM regulars r
         JOIN customers c ON c.customer_id = r.customer_id"
    );
    let mut values: Vec<Value> = Vec::new();
    if let Some(before) = before {
        values.push(before.added_at_ms.into());
        values.push(before.customer_id.to_bytes().into());
        sql += " WHERE (r.added_at_ms, r.customer_id) < ($1, $2)";
    }
    values.push(limit.into());
    let limit = values.len();
    sql += &format!(" ORDER BY r.added_at_ms DESC, r.customer_id DESC LIMIT ${limit}");
    let rows = tx.query_all(&sql, &values)?;
    rows.iter()
        .map(|found| Ok((row(found)?, found.read(BESIDE)?)))
        .collect()
}

/// Returns all, by ascending id, at most `limit`.
pub(in crate::customers) fn regulars(tx: &mut Tx, limit: u32) -> Result<Vec<RegularRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM regulars r ORDER BY r.customer_id LIMIT $1");
    let rows = tx.query_all(&sql, params![limit])?;
    rows.iter().map(row).collect()
}

pub(in crate::customers) fn count_regulars(tx: &mut Tx) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) FROM regulars";
    tx.query_one(sql, params![])?.read(0)
}

/// Returns how many belong to a group.
pub(in crate::customers) fn members_of(tx: &mut Tx, group: &GroupId) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) FROM regulars WHERE group_id = $1";
    tx.query_one(sql, params![group.as_str()])?.read(0)
}

pub(in crate::customers) fn add_regular(tx: &mut Tx, new: &RegularRow) -> Result<(), DbError> {
    let exemption = new.terms.exemption.as_ref();
    tx.execute(
        "INSERT INTO regulars (customer_id, record, card, group_id, certificate, exempt_until,
             added_at_ms, changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            new.customer_id.to_bytes(),
            new.record,
            new.terms.card.as_ref().map(CustomerCard::as_str),
            new.terms.group.as_ref().map(GroupId::as_str),
            exemption.map(|it| it.certificate.as_str()),
            exemption.and_then(|it| it.until).map(BusinessDate::days),
            new.added_at_ms,
            new.changed_at_ms,
        ],
    )?;
    Ok(())
}

pub(in crate::customers) fn change_regular(tx: &mut Tx, to: &RegularRow) -> Result<(), DbError> {
    let exemption = to.terms.exemption.as_ref();
    tx.execute(
        "UPDATE regulars SET record = $2, card = $3, group_id = $4, certificate = $5,
             exempt_until = $6, changed_at_ms = $7
         WHERE customer_id = $1",
        params![
            to.customer_id.to_bytes(),
            to.record,
            to.terms.card.as_ref().map(CustomerCard::as_str),
            to.terms.group.as_ref().map(GroupId::as_str),
            exemption.map(|it| it.certificate.as_str()),
            exemption.and_then(|it| it.until).map(BusinessDate::days),
            to.changed_at_ms,
        ],
    )?;
    Ok(())
}

/// Takes a customer out of what tills know; false if they were not in it.
pub(in crate::customers) fn remove_regular(tx: &mut Tx, id: CustomerId) -> Result<bool, DbError> {
    let sql = "DELETE FROM regulars WHERE customer_id = $1";
    Ok(tx.execute(sql, params![id.to_bytes()])? == 1)
}
