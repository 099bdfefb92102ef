//! Which days are to be packed, what packing came to, and how packed days become loose again.

use std::collections::BTreeSet;

use counterpart_protocol::documents::ChangeHash;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{FeedId, Record};
use counterpart_protocol::time::BusinessDate;
use serde::Serialize;

use super::super::Replica;
use super::super::feeds::{Direction, Stream, int, put_change, read_date, unsigned};
use super::super::identity::own_edge;
use super::reading::changes_in;
use crate::db::{DbError, Tx};
use crate::params;

/// A day of one run of a feed that waits to be packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayToPack {
    pub(super) stream: Stream,
    pub(super) feed: FeedId,
    pub(super) date: BusinessDate,
}

impl DayToPack {
    /// Returns the day.
    #[must_use]
    pub const fn date(&self) -> BusinessDate {
        self.date
    }
}

/// What packing came to so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Packed {
    /// Packs.
    pub packs: u64,
    /// Changes in them.
    pub changes: u64,
    /// How many bytes the rows of those changes had, without what a database adds.
    pub loose_bytes: u64,
    /// How many bytes the packs have.
    pub packed_bytes: u64,
}

impl Packed {
    /// Returns how many bytes less are stored.
    #[must_use]
    pub const fn saved_bytes(&self) -> u64 {
        self.loose_bytes.saturating_sub(self.packed_bytes)
    }
}

impl Replica {
    /// Returns the days before `before` of all feeds from and to `peer` that are not packed and may
    /// be, the oldest first: of the store's feed those in `countersigned`, of the hub's also those
    /// on which the store stated nothing, up to the last that is countersigned.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn days_to_pack(
        &self,
        tx: &mut Tx,
        peer: EdgeNumber,
        before: BusinessDate,
        countersigned: &BTreeSet<BusinessDate>,
    ) -> Result<Vec<DayToPack>, DbError> {
        let Some(last) = countersigned.last() else {
            return Ok(Vec::new());
        };
        let of_store = match own_edge(tx)? {
            Some(EdgeNumber::HUB) => Direction::In,
            Some(_) | None => Direction::Out,
        };
        let stated = tx.query_all(
            "SELECT DISTINCT business_date FROM day_digests
             WHERE direction = $1 AND peer = $2 AND business_date < $3",
            params![of_store.word(), peer.0, before.days()],
        )?;
        let stated: BTreeSet<BusinessDate> = stated
            .iter()
            .map(|row| read_date(row, 0))
            .collect::<Result<_, _>>()?;
        let rows = tx.query_all(
            "SELECT direction, feed, business_date FROM day_digests
             WHERE peer = $1 AND business_date < $2
                 AND (packed_seq IS NULL OR packed_seq < last_seq)
             ORDER BY business_date, direction, feed",
            params![peer.0, before.days()],
        )?;
        let mut days = Vec::new();
        for row in &rows {
            let direction = row.read(0)?;
            let date = read_date(row, 2)?;
            let is_quiet = direction != of_store && date < *last && !stated.contains(&date);
            if countersigned.contains(&date) || is_quiet {
                days.push(DayToPack {
                    stream: Stream { direction, peer },
                    feed: FeedId(row.read(1)?),
                    date,
                });
            }
        }
        Ok(days)
    }

    /// Returns how many days of the feeds from and to `peer` are packed.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn days_packed(&self, tx: &mut Tx, peer: EdgeNumber) -> Result<u64, DbError> {
        let row = tx.query_one(
            "SELECT COUNT(DISTINCT business_date) FROM change_packs WHERE peer = $1",
            params![peer.0],
        )?;
        unsigned(&row, 0)
    }

    /// Returns what packing came to, over all feeds.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn packed(&self, tx: &mut Tx) -> Result<Packed, DbError> {
        let row = tx.query_opt(
            "SELECT packs, changes, loose_bytes, packed_bytes FROM packed_totals",
            params![],
        )?;
        row.map_or(Ok(Packed::default()), |row| {
            Ok(Packed {
                packs: unsigned(&row, 0)?,
                changes: unsigned(&row, 1)?,
                loose_bytes: unsigned(&row, 2)?,
                packed_bytes: unsigned(&row, 3)?,
            })
        })
    }
}

/// Has the day of a record whose bytes came back packed once more.
pub(in super::super) fn pack_anew(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    record: &Record,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE day_digests SET packed_seq = NULL
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND business_date = $4",
        params![
            stream.direction.word(),
            stream.peer.0,
            feed.0,
            record.business_date.days()
        ],
    )?;
    Ok(())
}

/// Makes all changes loose that stand in packs with a record after `after_seq`: those records are
/// let go of, and their changes stay. A pack that cannot be read stays for whoever can.
pub(in super::super) fn loosen(
    tx: &mut Tx,
    stream: Stream,
    feed: FeedId,
    after_seq: u64,
) -> Result<(), DbError> {
    let rows = tx.query_all(
        "SELECT pack, loose_bytes, packed_bytes FROM change_packs
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND last_seq > $4",
        params![
            stream.direction.word(),
            stream.peer.0,
            feed.0,
            int(after_seq)
        ],
    )?;
    for row in &rows {
        let pack: i64 = row.read(0)?;
        let Some(changes) = changes_in(tx, pack)? else {
            continue;
        };
        for change in &changes {
            put_change(tx, ChangeHash::of(change), change)?;
        }
        tx.execute("DELETE FROM change_packs WHERE pack = $1", params![pack])?;
        let gone = -i64::try_from(changes.len()).expect("a pack has few changes");
        let (loose, packed): (i64, i64) = (row.read(1)?, row.read(2)?);
        count(tx, [-1, gone, -loose, -packed])?;
    }
    Ok(())
}

/// Counts packs, changes, loose and packed bytes.
pub(super) fn count(tx: &mut Tx, more: [i64; 4]) -> Result<(), DbError> {
    let [packs, changes, loose, packed] = more;
    tx.execute(
        "INSERT INTO packed_totals (singleton, packs, changes, loose_bytes, packed_bytes)
         VALUES (1, $1, $2, $3, $4)
         ON CONFLICT (singleton) DO UPDATE SET packs = packed_totals.packs + excluded.packs,
             changes = packed_totals.changes + excluded.changes,
             loose_bytes = packed_totals.loose_bytes + excluded.loose_bytes,
             packed_bytes = packed_totals.packed_bytes + excluded.packed_bytes",
        params![packs, changes, loose, packed],
    )?;
    Ok(())
}
