//! The SQL of price lists.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::ids::{GroupId, Sku, StoreId};
use counterpart_protocol::money::Minor;
use jiff::civil::DateTime;

use super::rules::Terms;

/// A list as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List {
    pub(super) terms: Terms,
    pub(super) generation: i64,
    pub(super) prices: i64,
    pub(super) put_at_ms: i64,
    pub(super) put_by: String,
    pub(super) ended_at_ms: Option<i64>,
}

/// A wall time of a row.
struct Wall(DateTime);

impl FromValue for Wall {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        text.parse()
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "a wall time"))
    }
}

/// The slugs of a row, with spaces between.
struct Slugs(Vec<StoreId>);

impl FromValue for Slugs {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let slugs = text.split_whitespace().map(str::parse);
        slugs
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "slugs of stores"))
    }
}

/// The short name of a group of customers.
struct Group(GroupId);

impl FromValue for Group {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let read = text.parse().map(Self);
        read.map_err(|_| ValueMismatch::new(value, "a group's slug"))
    }
}

const COLUMNS: &str = "list_id, name, stores, from_local, until_local, generation, prices,
    put_at_ms, put_by, ended_at_ms, group_id";

fn list(row: &Row) -> Result<List, DbError> {
    Ok(List {
        terms: Terms {
            list_id: row.read(0)?,
            name: row.read(1)?,
            stores: row.read::<Slugs>(2)?.0,
            from: row.read::<Option<Wall>>(3)?.map(|wall| wall.0),
            until: row.read::<Option<Wall>>(4)?.map(|wall| wall.0),
            group: row.read::<Option<Group>>(10)?.map(|group| group.0),
        },
        generation: row.read(5)?,
        prices: row.read(6)?,
        put_at_ms: row.read(7)?,
        put_by: row.read(8)?,
        ended_at_ms: row.read(9)?,
    })
}

/// Returns the lists, the newest first, at most `limit`.
pub(super) fn lists(tx: &mut Tx, limit: u32) -> Result<Vec<List>, DbError> {
    let sql =
        format!("SELECT {COLUMNS} FROM price_lists ORDER BY put_at_ms DESC, list_id LIMIT $1");
    let rows = tx.query_all(&sql, params![limit])?;
    rows.iter().map(list).collect()
}

/// Returns the lists nobody ended, by id.
pub(super) fn open_lists(tx: &mut Tx) -> Result<Vec<List>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM price_lists WHERE ended_at_ms IS NULL ORDER BY list_id LIMIT 1000"
    );
    let rows = tx.query_all(&sql, params![])?;
    rows.iter().map(list).collect()
}

pub(super) fn list_by_id(tx: &mut Tx, list_id: &str) -> Result<Option<List>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM price_lists WHERE list_id = $1");
    let row = tx.query_opt(&sql, params![list_id])?;
    row.as_ref().map(list).transpose()
}

/// Puts a list in the place of the one with its id.
pub(super) fn put_list(tx: &mut Tx, new: &List) -> Result<(), DbError> {
    let stores: Vec<&str> = new.terms.stores.iter().map(StoreId::as_str).collect();
    let wall = |at: Option<DateTime>| at.map(|at| at.to_string());
    tx.execute(
        "INSERT INTO price_lists (list_id, name, stores, from_local, until_local, generation,
             prices, put_at_ms, put_by, group_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (list_id) DO UPDATE
         SET name = excluded.name, stores = excluded.stores, from_local = excluded.from_local,
             until_local = excluded.until_local, generation = excluded.generation,
             prices = excluded.prices, put_at_ms = excluded.put_at_ms, put_by = excluded.put_by,
             group_id = excluded.group_id, ended_at_ms = NULL, ended_by = NULL",
        params![
            &new.terms.list_id,
            &new.terms.name,
            stores.join(" "),
            wall(new.terms.from),
            wall(new.terms.until),
            new.generation,
            new.prices,
            new.put_at_ms,
            &new.put_by,
            new.terms.group.as_ref().map(GroupId::as_str),
        ],
    )?;
    Ok(())
}

/// Ends a list; false if it is ended or there is none.
pub(super) fn end_list(tx: &mut Tx, list_id: &str, by: &str, now_ms: i64) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE price_lists SET ended_at_ms = $2, ended_by = $3
         WHERE list_id = $1 AND ended_at_ms IS NULL",
        params![list_id, now_ms, by],
    )?;
    Ok(changed == 1)
}

pub(super) fn put_prices(
    tx: &mut Tx,
    list_id: &str,
    generation: i64,
    prices: &[(Sku, Minor)],
) -> Result<(), DbError> {
    for (sku, price) in prices {
        tx.execute(
            "INSERT INTO list_prices (list_id, generation, sku, price_minor)
             VALUES ($1, $2, $3, $4) ON CONFLICT (list_id, generation, sku) DO NOTHING",
            params![list_id, generation, sku.as_str(), price.0],
        )?;
    }
    Ok(())
}

/// Deletes some prices of other generations of a list; returns how many, 0 once none is left.
pub(super) fn delete_others(
    tx: &mut Tx,
    list_id: &str,
    kept: i64,
    limit: u32,
) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM list_prices WHERE (list_id, generation, sku) IN (
             SELECT list_id, generation, sku FROM list_prices
             WHERE list_id = $1 AND generation <> $2 LIMIT $3)",
        params![list_id, kept, limit],
    )
}

/// Returns prices of a list by SKU after `after`, at most `limit`.
pub(super) fn prices(
    tx: &mut Tx,
    list: &List,
    after: &str,
    limit: u32,
) -> Result<Vec<(Sku, Minor)>, DbError> {
    let rows = tx.query_all(
        "SELECT sku, price_minor FROM list_prices
         WHERE list_id = $1 AND generation = $2 AND sku > $3 ORDER BY sku LIMIT $4",
        params![&list.terms.list_id, list.generation, after, limit],
    )?;
    rows.iter()
        .map(|row| Ok((row.read::<SkuText>(0)?.0, Minor(row.read(1)?))))
        .collect()
}

/// A SKU of a row.
struct SkuText(Sku);

impl FromValue for SkuText {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        text.parse()
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "a SKU"))
    }
}

/// Returns which lists a store was last sent.
pub(super) fn marks(tx: &mut Tx, store_id: &StoreId) -> Result<Option<String>, DbError> {
    let sql = "SELECT marks FROM price_books WHERE store_id = $1";
    let row = tx.query_opt(sql, params![store_id.as_str()])?;
    row.map(|row| row.read(0)).transpose()
}

pub(super) fn put_marks(tx: &mut Tx, store_id: &StoreId, marks: &str) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO price_books (store_id, marks) VALUES ($1, $2)
         ON CONFLICT (store_id) DO UPDATE SET marks = excluded.marks",
        params![store_id.as_str(), marks],
    )?;
    Ok(())
}
