//! The SQL of promotions.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::pricing::Promotion;
use jiff::civil::DateTime;

use super::rules::Terms;

/// A promotion as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) terms: Terms,
    pub(super) is_on: bool,
    /// Counts its changes from 1.
    pub(super) generation: i64,
    pub(super) changed_at_ms: i64,
    pub(super) changed_by: String,
}

/// A wall time of a row.
struct Wall(DateTime);

impl FromValue for Wall {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let read = text.parse().map(Self);
        read.map_err(|_| ValueMismatch::new(value, "a wall time"))
    }
}

/// The slugs of a row, with spaces between.
struct Slugs(Vec<StoreId>);

impl FromValue for Slugs {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let slugs: Result<Vec<StoreId>, _> = text.split_whitespace().map(str::parse).collect();
        slugs
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "slugs of stores"))
    }
}

struct Content(Promotion);

impl FromValue for Content {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let read = serde_json::from_str(&text).map(Self);
        read.map_err(|_| ValueMismatch::new(value, "a promotion"))
    }
}

const COLUMNS: &str = "content, stores, from_local, until_local, is_on, generation, changed_at_ms,
    changed_by";

fn kept(row: &Row) -> Result<Kept, DbError> {
    Ok(Kept {
        terms: Terms {
            promotion: row.read::<Content>(0)?.0,
            stores: row.read::<Slugs>(1)?.0,
            from: row.read::<Option<Wall>>(2)?.map(|wall| wall.0),
            until: row.read::<Option<Wall>>(3)?.map(|wall| wall.0),
        },
        is_on: row.read::<i64>(4)? == 1,
        generation: row.read(5)?,
        changed_at_ms: row.read(6)?,
        changed_by: row.read(7)?,
    })
}

/// Returns the promotions, the last changed first, at most `limit`.
pub(super) fn all(tx: &mut Tx, limit: u32) -> Result<Vec<Kept>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM promotions ORDER BY changed_at_ms DESC, promotion_id LIMIT $1"
    );
    let rows = tx.query_all(&sql, params![limit])?;
    rows.iter().map(kept).collect()
}

/// Returns the promotions that are on, by id, at most `limit`.
pub(super) fn on(tx: &mut Tx, limit: u32) -> Result<Vec<Kept>, DbError> {
    let sql =
        format!("SELECT {COLUMNS} FROM promotions WHERE is_on = 1 ORDER BY promotion_id LIMIT $1");
    let rows = tx.query_all(&sql, params![limit])?;
    rows.iter().map(kept).collect()
}

pub(super) fn count_on(tx: &mut Tx) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) FROM promotions WHERE is_on = 1";
    tx.query_one(sql, params![])?.read(0)
}

pub(super) fn by_id(tx: &mut Tx, promotion_id: &str) -> Result<Option<Kept>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM promotions WHERE promotion_id = $1");
    let row = tx.query_opt(&sql, params![promotion_id])?;
    row.as_ref().map(kept).transpose()
}

/// Puts a promotion in the place of the one with its id.
pub(super) fn put(tx: &mut Tx, new: &Kept) -> Result<(), DbError> {
    let terms = &new.terms;
    let stores: Vec<&str> = terms.stores.iter().map(StoreId::as_str).collect();
    let wall = |at: Option<DateTime>| at.map(|at| at.to_string());
    let content = serde_json::to_string(&terms.promotion).expect("a promotion has text keys only");
    tx.execute(
        "INSERT INTO promotions (promotion_id, content, stores, from_local, until_local, is_on,
             generation, changed_at_ms, changed_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (promotion_id) DO UPDATE
         SET content = excluded.content, stores = excluded.stores,
             from_local = excluded.from_local, until_local = excluded.until_local,
             is_on = excluded.is_on, generation = excluded.generation,
             changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        params![
            &terms.promotion.id,
            content,
            stores.join(" "),
            wall(terms.from),
            wall(terms.until),
            i64::from(new.is_on),
            new.generation,
            new.changed_at_ms,
            &new.changed_by,
        ],
    )?;
    Ok(())
}

/// Returns which promotions a store was last sent.
pub(super) fn marks(tx: &mut Tx, store_id: &StoreId) -> Result<Option<String>, DbError> {
    let sql = "SELECT marks FROM promotion_books WHERE store_id = $1";
    let row = tx.query_opt(sql, params![store_id.as_str()])?;
    row.map(|row| row.read(0)).transpose()
}

pub(super) fn put_marks(tx: &mut Tx, store_id: &StoreId, marks: &str) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO promotion_books (store_id, marks) VALUES ($1, $2)
         ON CONFLICT (store_id) DO UPDATE SET marks = excluded.marks",
        params![store_id.as_str(), marks],
    )?;
    Ok(())
}
