//! The tables of a daemon's database, read from its file: to compare both sides of a feed, and
//! views before and after they are made anew.
//!
//! It opens files for reading only, and knows tables by what SQLite says of them.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// Every row of every table, rows sorted, each written as text.
pub type Books = BTreeMap<String, Vec<String>>;

/// One record of a feed: its number, the hash of its change and the chain after it.
pub type Link = (i64, Vec<u8>, Vec<u8>);

/// Reads every table of a database but those of SQLite itself.
///
/// # Panics
///
/// When the file is no database.
#[must_use]
pub fn read(database: &Path) -> Books {
    let file = open(database);
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut names = file.prepare(sql).expect("a database has a schema");
    let names = names.query_map([], |row| row.get::<_, String>(0));
    let names: Result<Vec<String>, _> = names.expect("a schema can be read").collect();
    let names = names.expect("tables have names").into_iter();
    names
        .map(|name| (name.clone(), rows(&file, &name)))
        .collect()
}

/// Returns the names of the tables that differ, each with what one side has and the other lacks.
#[must_use]
pub fn differences(before: &Books, after: &Books) -> Vec<String> {
    let mut found = Vec::new();
    for name in before.keys().chain(after.keys()) {
        let (left, right) = (before.get(name), after.get(name));
        if left == right
            || found
                .iter()
                .any(|line: &String| line.starts_with(name.as_str()))
        {
            continue;
        }
        let lost = missing(left, right);
        let gained = missing(right, left);
        found.push(format!(
            "{name}: only before {lost:?}, only after {gained:?}"
        ));
    }
    found
}

/// Reads a feed's records in order: `direction` is `out` or `in`, `peer` the other side's number.
///
/// # Panics
///
/// When the file is no replica's.
#[must_use]
pub fn feed(database: &Path, direction: &str, peer: u32) -> Vec<Link> {
    let file = open(database);
    let sql = "SELECT seq, change_hash, chain FROM feed_records
               WHERE direction = ?1 AND peer = ?2 ORDER BY feed, seq";
    let mut records = file.prepare(sql).expect("a replica has feeds");
    let records = records.query_map((direction, peer), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    });
    let records: Result<Vec<Link>, _> = records.expect("feeds can be read").collect();
    records.expect("records have these columns")
}

fn open(database: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    Connection::open_with_flags(database, flags)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", database.display()))
}

fn rows(file: &Connection, table: &str) -> Vec<String> {
    let mut select = file
        .prepare(&format!("SELECT * FROM \"{table}\""))
        .expect("a table can be read");
    let columns = select.column_count();
    let mut rows = select.query([]).expect("a table can be read");
    let mut texts = Vec::new();
    while let Some(row) = rows.next().expect("a row can be read") {
        let cells = (0..columns).map(|column| {
            let value: Value = row.get(column).expect("every value is a value");
            format!("{value:?}")
        });
        texts.push(cells.collect::<Vec<_>>().join(", "));
    }
    texts.sort_unstable();
    texts
}

/// The first rows of one table that another lacks.
fn missing(of: Option<&Vec<String>>, other: Option<&Vec<String>>) -> Vec<String> {
    let lacks = |row: &&String| other.is_none_or(|other| other.binary_search(row).is_err());
    of.into_iter()
        .flatten()
        .filter(lacks)
        .take(3)
        .cloned()
        .collect()
}
