//! Where a change's bytes are: loose, else in the pack of their day.

use std::collections::HashMap;

use counterpart_protocol::documents::{ChangeHash, unpack};

use crate::db::{DbError, FromValue as _, Tx, Value};
use crate::params;

/// How many packs are held open: those of two days that go into each other, and of the next.
const OPEN_MAX: usize = 4;

/// The pack in which the change of record `r` is, if it is in any.
pub(in super::super) const PACK_OF_RECORD: &str = "(SELECT p.pack FROM change_packs p
     WHERE p.direction = r.direction AND p.peer = r.peer AND p.feed = r.feed
         AND p.business_date = r.business_date AND p.first_seq <= r.seq
     ORDER BY p.first_seq DESC LIMIT 1)";

/// Reads changes wherever they are; packs that were opened stay open.
#[derive(Debug, Default)]
pub(in super::super) struct Packs {
    open: HashMap<i64, HashMap<ChangeHash, Vec<u8>>>,
}

impl Packs {
    /// Returns the bytes of a change: those that are loose, right or not, else those in `pack`.
    /// From a pack only the right ones come; one that is damaged has none.
    pub(in super::super) fn bytes(
        &mut self,
        tx: &mut Tx,
        hash: ChangeHash,
        loose: Option<Vec<u8>>,
        pack: Option<i64>,
    ) -> Result<Option<Vec<u8>>, DbError> {
        let Some(pack) = pack.filter(|_| loose.is_none()) else {
            return Ok(loose);
        };
        if !self.open.contains_key(&pack) {
            if self.open.len() >= OPEN_MAX {
                self.open.clear();
            }
            let changes = changes_in(tx, pack)?.unwrap_or_else(Vec::new);
            let by_hash = changes
                .into_iter()
                .map(|change| (ChangeHash::of(&change), change));
            self.open.insert(pack, by_hash.collect());
        }
        let open = self.open.get(&pack);
        Ok(open.and_then(|changes| changes.get(&hash)).cloned())
    }
}

/// Returns the changes in a pack; nothing if it is damaged or gone.
pub(super) fn changes_in(tx: &mut Tx, pack: i64) -> Result<Option<Vec<Vec<u8>>>, DbError> {
    let row = tx.query_opt(
        "SELECT packed FROM change_packs WHERE pack = $1",
        params![pack],
    )?;
    let Some(row) = row else { return Ok(None) };
    let packed: Vec<u8> = row.read(0)?;
    let unpacked = unpack(&packed);
    if unpacked.is_err() {
        tracing::warn!(pack, "a pack of changes is damaged");
    }
    Ok(unpacked.ok())
}

/// Returns the packs that cannot be unpacked, as feed, day and records.
pub(in super::super) fn damaged_packs(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let rows = tx.query_all(
        "SELECT pack, direction, peer, feed, first_seq, last_seq FROM change_packs
         ORDER BY direction, peer, feed, first_seq",
        params![],
    )?;
    let mut damaged = Vec::new();
    for row in &rows {
        if changes_in(tx, row.read(0)?)?.is_none() {
            let [peer, feed, first, last] =
                [2, 3, 4, 5].map(|at| i64::from_value(&row.values()[at]));
            let number = |read: Result<i64, _>| read.map_or("?".to_owned(), |it| it.to_string());
            let way = match &row.values()[1] {
                Value::Text(word) if word == "out" => "to",
                _ => "from",
            };
            damaged.push(format!(
                "pack of feed {way} {}, run {}, records {} to {}",
                number(peer),
                number(feed),
                number(first),
                number(last)
            ));
        }
    }
    Ok(damaged)
}
