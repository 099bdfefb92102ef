//! Looking entries up: each thing asked is one more condition, served by its own index.

use counterpart_daemon::db::{DbError, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{FactId, RegisterId, ReturnId, SaleId, Sku, StaffId};
use counterpart_protocol::money::Minor;

use super::stored;
use crate::journal::rules::{Entry, EntryKind, NumberSought, Search};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The entries, the newest first.
    pub entries: Vec<Entry>,
    /// Tells whether there are older ones.
    pub more: bool,
}

/// Conditions and what stands in them.
#[derive(Default)]
struct Query {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Query {
    /// Adds a condition with `{}` where its values go.
    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        let mut text = String::new();
        let mut parts = condition.split("{}");
        text.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            self.values.push(value);
            text.push_str(&format!("${}{part}", self.values.len()));
        }
        self.conditions.push(text);
    }
}

/// Returns the entries that fit, at most `limit`, the newest first. `skus` are the products meant,
/// if one was asked for.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn search(
    tx: &mut Tx,
    search: &Search,
    skus: Option<&[Sku]>,
    limit: u32,
) -> Result<Found, DbError> {
    let mut query = Query::default();
    match &search.number {
        Some(NumberSought::Whole(number)) => query.and("number = {}", [number.as_str().into()]),
        Some(NumberSought::Tail(tail)) => query.and("tail = {}", [(*tail).into()]),
        None => {}
    }
    if let Some(amount) = search.amount_minor {
        let other = Minor(amount.0.saturating_neg());
        query.and(
            "amount_minor IN ({}, {})",
            [amount.0.into(), other.0.into()],
        );
    }
    if let Some(from_ms) = search.from_ms {
        query.and("hlc >= {}", [first_at(from_ms).into()]);
    }
    if let Some(until_ms) = search.until_ms {
        query.and("hlc < {}", [first_at(until_ms).into()]);
    }
    if let Some(staff) = search.staff {
        query.and("staff_id = {}", [staff.to_bytes().into()]);
    }
    if let Some(kind) = search.kind {
        query.and("kind = {}", [kind.word().into()]);
    }
    if let Some(card) = &search.card {
        query.and(
            "(fact_id, kind) IN (SELECT fact_id, kind FROM journal_cards WHERE last_four = {})",
            [card.as_str().into()],
        );
    }
    if let Some(skus) = skus {
        let places = vec!["{}"; skus.len()].join(", ");
        let condition = format!(
            "(fact_id, kind) IN (SELECT fact_id, kind FROM journal_items WHERE sku IN ({places}))"
        );
        query.and(&condition, skus.iter().map(|sku| sku.as_str().into()));
    }
    if let Some(after) = &search.after {
        query.and(
            "(hlc, fact_id, kind) < ({}, {}, {})",
            [
                stored(after.hlc).into(),
                after.fact_id.to_bytes().into(),
                after.kind.word().into(),
            ],
        );
    }
    page(tx, query, limit)
}

/// Returns the first time of a moment (milliseconds UTC) as the tables hold it; a moment no fact
/// can have is the nearest there is.
fn first_at(at_ms: i64) -> i64 {
    let at_ms = u64::try_from(at_ms.max(0)).expect("it is not below nothing");
    stored(Hlc::from_parts(at_ms, 0))
}

fn page(tx: &mut Tx, mut query: Query, limit: u32) -> Result<Found, DbError> {
    let mut sql = "SELECT fact_id, kind, hlc, register, staff_id, approved_by, number, tail,
         sale_id, return_id, amount_minor, why FROM journal_entries"
        .to_owned();
    if !query.conditions.is_empty() {
        sql.push_str(" WHERE ");
        sql.push_str(&query.conditions.join(" AND "));
    }
    query.values.push((limit + 1).into());
    sql.push_str(" ORDER BY hlc DESC, fact_id DESC, kind DESC LIMIT ");
    sql.push_str(&format!("${}", query.values.len()));
    let rows = tx.query_all(&sql, &query.values)?;
    let shown = usize::try_from(limit).expect("32 bits fit");
    let entries = rows.iter().take(shown).map(entry);
    Ok(Found {
        entries: entries.collect::<Result<_, _>>()?,
        more: rows.len() > shown,
    })
}

/// Returns products that were sold under a name with `part` in it, in small letters, at most
/// `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn named(tx: &mut Tx, part: &str, limit: u32) -> Result<Vec<Sku>, DbError> {
    let rows = tx.query_all(
        "SELECT DISTINCT sku FROM journal_names WHERE instr(name, $1) > 0 ORDER BY sku LIMIT $2",
        params![part, limit],
    )?;
    rows.iter()
        .map(|row| {
            let sku: String = row.read(0)?;
            Ok(sku.parse().expect("only checked SKUs are stored"))
        })
        .collect()
}

fn entry(row: &Row) -> Result<Entry, DbError> {
    let kind: String = row.read(1)?;
    let why: String = row.read(11)?;
    let person = |column| {
        let id: Option<[u8; 16]> = row.read(column)?;
        Ok::<_, DbError>(id.map(StaffId::from_bytes))
    };
    Ok(Entry {
        fact_id: FactId::from_bytes(row.read(0)?),
        kind: EntryKind::from_word(&kind).ok_or_else(|| DbError::Column {
            column: 1,
            sql: "journal_entries.kind".into(),
            mismatch: ValueMismatch {
                found: kind.clone(),
                expected: "a kind of entry".to_owned(),
            },
        })?,
        hlc: Hlc(u64::try_from(row.read::<i64>(2)?).expect("only times of facts are stored")),
        register: row.read::<Option<u16>>(3)?.map(RegisterId),
        staff: person(4)?,
        approved_by: person(5)?,
        number: row.read(6)?,
        tail: row.read(7)?,
        sale_id: row.read::<Option<[u8; 16]>>(8)?.map(SaleId::from_bytes),
        return_id: row.read::<Option<[u8; 16]>>(9)?.map(ReturnId::from_bytes),
        amount_minor: row.read::<Option<i64>>(10)?.map(Minor),
        why: why
            .split(',')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}
