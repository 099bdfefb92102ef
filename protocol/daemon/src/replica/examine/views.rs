//! Is every view what its facts say: made anew beside what is stored, compared row by row.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::super::Replica;
use super::super::record::ReplicaFailed;
use super::verify::Verified;
use crate::db::{DbError, Row, Tx, Value};
use crate::params;

/// How many rows of one table are shown that differ.
const SHOWN_MAX: usize = 5;

/// How often each row stands in a table, by the first half of a hash over its values.
type Rows = HashMap<[u8; 16], u32>;

/// Carries the findings out of a savepoint, whose changes are to be undone.
enum Undone {
    Compared(Vec<(&'static str, Rows, Vec<String>)>),
    Failed(ReplicaFailed),
}

impl From<DbError> for Undone {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl Replica {
    pub(super) fn verify_views(
        &self,
        tx: &mut Tx,
        found: &mut Verified,
    ) -> Result<(), ReplicaFailed> {
        let views = &self.inner.projections;
        let tables: Vec<_> = views
            .iter()
            .flat_map(|view| view.tables())
            .copied()
            .collect();
        let mut stored = Vec::new();
        for table in &tables {
            stored.push(count(&rows_of(tx, table)?));
        }
        let compared = tx.savepoint(|tx| {
            self.rebuild(tx).map_err(Undone::Failed)?;
            let mut compared = Vec::new();
            for (table, mut left) in tables.iter().copied().zip(stored) {
                let only_facts = take_away(&mut left, &rows_of(tx, table)?);
                compared.push((table, left, only_facts));
            }
            Err::<(), _>(Undone::Compared(compared))
        });
        let compared = match compared {
            Err(Undone::Compared(compared)) => compared,
            Err(Undone::Failed(failed)) => return Err(failed),
            Ok(()) => unreachable!("the savepoint is always undone"),
        };
        for (table, left, only_facts) in compared {
            found.views += 1;
            let place = format!("view {table}");
            for row in only_facts.iter().take(SHOWN_MAX) {
                found.note(
                    &place,
                    format!("the facts say a row that is not stored: {row}"),
                );
            }
            let only_stored: u32 = left.values().sum();
            if only_stored == 0 {
                continue;
            }
            let rows = rows_of(tx, table)?;
            let not_said = rows.iter().filter(|row| left.contains_key(&hash(row)));
            for row in not_said.take(SHOWN_MAX) {
                let row = shown(row);
                found.note(&place, format!("a row is stored that no facts say: {row}"));
            }
        }
        Ok(())
    }
}

fn rows_of(tx: &mut Tx, table: &str) -> Result<Vec<Row>, DbError> {
    tx.query_all(&format!("SELECT * FROM {table}"), params![])
}

fn count(rows: &[Row]) -> Rows {
    let mut counted = Rows::new();
    for row in rows {
        *counted.entry(hash(row)).or_default() += 1;
    }
    counted
}

/// Takes rows away from those counted and returns, as text, what was not among them.
fn take_away(counted: &mut Rows, rows: &[Row]) -> Vec<String> {
    let mut others = Vec::new();
    for row in rows {
        let key = hash(row);
        match counted.get_mut(&key) {
            Some(1) => {
                counted.remove(&key);
            }
            Some(times) => *times -= 1,
            None => others.push(shown(row)),
        }
    }
    others
}

fn hash(row: &Row) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for value in row.values() {
        // Kind and length come first, so that no two rows read alike.
        match value {
            Value::Null => hasher.update([0]),
            Value::Int(number) => {
                hasher.update([1]);
                hasher.update(number.to_be_bytes());
            }
            Value::Text(text) => update(&mut hasher, 2, text.as_bytes()),
            Value::Bytes(bytes) => update(&mut hasher, 3, bytes),
        }
    }
    let whole: [u8; 32] = hasher.finalize().into();
    *whole.first_chunk().expect("half of a hash")
}

fn update(hasher: &mut Sha256, kind: u8, bytes: &[u8]) {
    hasher.update([kind]);
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

/// Returns a row for a person, bytes as hexadecimal digits. Views hold pseudonyms, never names.
fn shown(row: &Row) -> String {
    let values = row.values().iter().map(|value| match value {
        Value::Null => "-".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    });
    let values: Vec<String> = values.collect();
    format!("({})", values.join(", "))
}
