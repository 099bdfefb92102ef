//! Packing some records of a day: a bounded piece of work for the one thread that writes.

use counterpart_protocol::documents::{
    ChangeHash, PACK_BYTES_MAX, PACK_CHANGES_MAX, PackFailed, pack, stored_fact, unpack,
};
use counterpart_protocol::ids::DocumentId;

use super::super::Replica;
use super::super::feeds::{StoredRecord, head_of, int, records_after, unsigned};
use super::due::{DayToPack, count};
use crate::db::{DbError, Tx};
use crate::params;
use crate::seeded::{self, Bug};

/// How many records one step goes through at most, whichever day they count for: a pack's worth of
/// them, and as many orders' and other days' between.
const STEP_RECORDS: u32 = 256;

/// What a database adds to a pack: its row, its place in an index, the ends of its pages.
const ROW_BYTES: usize = 256;
/// What a loose row has besides its bytes.
const HASH_BYTES: usize = 32;

/// What one step of packing a day did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackStep {
    /// Changes went into a pack.
    Packed {
        /// How many.
        changes: u64,
    },
    /// Records were gone through, and none of them packed.
    Passed,
    /// The day has no more.
    Over,
}

/// Why nothing was packed; the loose bytes are as they were.
#[derive(Debug, thiserror::Error)]
pub enum PackRefused {
    /// The pack could not be made.
    #[error("could not pack the changes of a day")]
    Pack(#[from] PackFailed),
    /// What was packed does not come back byte by byte.
    #[error("a pack of changes does not come back as it was: they stay loose")]
    Differs,
    /// The database failed.
    #[error("could not store a pack of changes")]
    Db(#[from] DbError),
}

/// How far a day is packed.
struct Progress {
    packed_seq: u64,
    last_seq: u64,
}

/// A pack that stands where packing goes on.
struct Standing {
    pack: i64,
    first_seq: u64,
    last_seq: u64,
    /// Changes, loose and packed bytes, as they were counted.
    counted: [i64; 3],
}

impl Standing {
    fn changes(&self) -> usize {
        usize::try_from(self.counted[0]).expect("a pack has few changes")
    }
}

/// The records one pack is to hold.
#[derive(Default)]
struct Group {
    first_seq: u64,
    last_seq: u64,
    hashes: Vec<ChangeHash>,
    changes: Vec<Vec<u8>>,
    /// Whether all there is of the place was taken.
    is_whole: bool,
}

impl Replica {
    /// Packs the next records of a day: at most [`PACK_CHANGES_MAX`], in the caller's transaction.
    ///
    /// # Errors
    ///
    /// [`PackRefused`]; the caller returns it, so that nothing is kept.
    pub fn pack_group(&self, tx: &mut Tx, day: &DayToPack) -> Result<PackStep, PackRefused> {
        let Some(progress) = progress(tx, day)? else {
            return Ok(PackStep::Over);
        };
        let from = progress.packed_seq;
        let page: Vec<_> = records_after(tx, day.stream, day.feed, from, STEP_RECORDS)?
            .into_iter()
            .take_while(|stored| stored.record.seq <= progress.last_seq)
            .collect();
        let of_day = |stored: &&StoredRecord| stored.record.business_date == day.date;
        let Some(first) = page.iter().find(of_day).map(|stored| stored.record.seq) else {
            let last = page.last().map(|stored| stored.record.seq);
            go_on(tx, day, &progress, last.unwrap_or(progress.last_seq))?;
            return Ok(PackStep::Passed);
        };
        let standing = standing(tx, day, first)?;
        let at = standing.as_ref().filter(|pack| pack.first_seq <= first);
        let end = match (&standing, at) {
            (_, Some(here)) => here.last_seq,
            (Some(next), None) => next.first_seq - 1,
            (None, None) => progress.last_seq,
        };
        let aside = aside(tx, day, (first, end), at)?;
        let mut group = gather(&page, day, end, &aside);
        // A pack is written anew only from its first record on, with everything it holds.
        let holds_all = |here: &Standing| {
            let is_begun = from >= here.first_seq;
            !is_begun && group.is_whole && group.changes.len() >= here.changes()
        };
        if !at.is_none_or(holds_all) {
            // Something of it is damaged still, or it would not fit: it stays as it is.
            go_on(tx, day, &progress, end)?;
            return Ok(PackStep::Passed);
        }
        group.last_seq = match at {
            Some(here) => here.last_seq,
            None => group.last_seq,
        };
        let changes = group.changes.len() as u64;
        let is_packed = put(tx, day, &group, at)?;
        go_on(tx, day, &progress, group.last_seq.max(first))?;
        Ok(match is_packed {
            true => PackStep::Packed { changes },
            false => PackStep::Passed,
        })
    }
}

/// Returns how far a day is packed, unless it is.
fn progress(tx: &mut Tx, day: &DayToPack) -> Result<Option<Progress>, DbError> {
    let row = tx.query_opt(
        "SELECT COALESCE(packed_seq, first_seq - 1), last_seq FROM day_digests
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND business_date = $4
             AND (packed_seq IS NULL OR packed_seq < last_seq)",
        params![
            day.stream.direction.word(),
            day.stream.peer.0,
            day.feed.0,
            day.date.days()
        ],
    )?;
    let Some(row) = row else { return Ok(None) };
    let last_seq = match row.read::<Option<i64>>(1)? {
        Some(last) => last.unsigned_abs(),
        // A day of before it was noted: it may reach to the end of the feed.
        None => head_of(tx, day.stream, day.feed)?.map_or(0, |row| row.head.seq),
    };
    Ok(Some(Progress {
        packed_seq: row.read::<i64>(0)?.max(0).unsigned_abs(),
        last_seq,
    }))
}

/// Notes how far a day is packed, and how far it reaches if nobody had.
fn go_on(tx: &mut Tx, day: &DayToPack, progress: &Progress, seq: u64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE day_digests SET packed_seq = $5, last_seq = COALESCE(last_seq, $6)
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND business_date = $4",
        params![
            day.stream.direction.word(),
            day.stream.peer.0,
            day.feed.0,
            day.date.days(),
            int(seq),
            int(progress.last_seq)
        ],
    )?;
    Ok(())
}

/// Returns the first pack of the day that reaches to `seq` or beyond.
fn standing(tx: &mut Tx, day: &DayToPack, seq: u64) -> Result<Option<Standing>, DbError> {
    let row = tx.query_opt(
        "SELECT pack, first_seq, last_seq, changes, loose_bytes, packed_bytes FROM change_packs
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND business_date = $4
             AND last_seq >= $5
         ORDER BY first_seq LIMIT 1",
        params![
            day.stream.direction.word(),
            day.stream.peer.0,
            day.feed.0,
            day.date.days(),
            int(seq)
        ],
    )?;
    row.map(|row| {
        Ok(Standing {
            pack: row.read(0)?,
            first_seq: unsigned(&row, 1)?,
            last_seq: unsigned(&row, 2)?,
            counted: [row.read(3)?, row.read(4)?, row.read(5)?],
        })
    })
    .transpose()
}

/// Returns which records stand in quarantine, here or at the peer, and so stay loose. What the peer
/// refused once it was packed has its bytes in the pack alone, which must go on to hold them.
fn aside(
    tx: &mut Tx,
    day: &DayToPack,
    (from, to): (u64, u64),
    at: Option<&Standing>,
) -> Result<Vec<u64>, DbError> {
    let rows = tx.query_all(
        "SELECT seq FROM quarantine
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND seq >= $4 AND seq <= $5
             AND (bytes IS NOT NULL OR $6 = 0)",
        params![
            day.stream.direction.word(),
            day.stream.peer.0,
            day.feed.0,
            int(from),
            int(to),
            i64::from(at.is_some())
        ],
    )?;
    rows.iter().map(|row| unsigned(row, 0)).collect()
}

/// Takes what goes into one pack: what is right, up to its bounds.
fn gather(page: &[StoredRecord], day: &DayToPack, end: u64, aside: &[u64]) -> Group {
    let mut group = Group {
        // Whether the page reaches as far as the pack did.
        is_whole: page.last().is_some_and(|last| last.record.seq >= end),
        ..Group::default()
    };
    let mut bytes = 0;
    for stored in page.iter().take_while(|one| one.record.seq <= end) {
        let record = &stored.record;
        if group.changes.len() == PACK_CHANGES_MAX || bytes >= PACK_BYTES_MAX {
            group.is_whole = false;
            break;
        }
        group.last_seq = record.seq;
        let is_order = matches!(record.document, DocumentId::Order(_));
        if record.business_date != day.date || is_order || aside.contains(&record.seq) {
            continue;
        }
        let is_right = |change: &&Vec<u8>| ChangeHash::of(change) == record.change;
        let Some(change) = stored.change.as_ref().filter(is_right) else {
            group.is_whole = false;
            continue;
        };
        if group.changes.is_empty() {
            group.first_seq = record.seq;
        }
        bytes += change.len();
        group.hashes.push(record.change);
        group.changes.push(change.clone());
    }
    group
}

/// Stores a pack and lets the loose rows of its changes go; false if it would save nothing, or the
/// pack that stands there holds all of them.
fn put(
    tx: &mut Tx,
    day: &DayToPack,
    group: &Group,
    at: Option<&Standing>,
) -> Result<bool, PackRefused> {
    let had = at.map_or([0; 3], |here| here.counted);
    let count_now = i64::try_from(group.changes.len()).expect("a pack has few changes");
    if at.is_some() && had[0] == count_now && !is_any_loose(tx, group)? {
        return Ok(false);
    }
    let packed = match seeded::has(Bug::PackedUncompared) {
        // It loses the last change on its way, which nobody notices.
        true => pack(&group.changes[..group.changes.len().saturating_sub(1)])?,
        false => pack(&group.changes)?,
    };
    let loose_bytes = group.changes.iter().map(Vec::len).sum::<usize>();
    let loose_bytes = loose_bytes + HASH_BYTES * group.changes.len();
    if at.is_none() && packed.len() + ROW_BYTES >= loose_bytes {
        return Ok(false);
    }
    let place = match at {
        Some(here) => (here.pack, here.first_seq),
        None => (next_pack(tx)?, group.first_seq),
    };
    put_pack(tx, day, group, place, (&packed, loose_bytes))?;
    // What is stored is read back, not what is in memory.
    let row = tx.query_one(
        "SELECT packed FROM change_packs WHERE pack = $1",
        params![place.0],
    )?;
    let stored: Vec<u8> = row.read(0)?;
    let unpacked = unpack(&stored)?;
    let hashes = unpacked.iter().map(|change| ChangeHash::of(change));
    let is_same = unpacked == group.changes && hashes.eq(group.hashes.iter().copied());
    if !is_same && !seeded::has(Bug::PackedUncompared) {
        return Err(PackRefused::Differs);
    }
    for (hash, change) in group.hashes.iter().zip(&group.changes) {
        if let Some(fact) = stored_fact(change, *hash) {
            tx.execute(
                "UPDATE facts SET pack = $3 WHERE fact_id = $1 AND change_hash = $2",
                params![fact.header.id.to_bytes(), hash.0, place.0],
            )?;
        }
        tx.execute(
            "DELETE FROM changes WHERE change_hash = $1",
            params![hash.0],
        )?;
    }
    let sizes = [loose_bytes, packed.len()].map(|size| i64::try_from(size).expect("small"));
    count(
        tx,
        [
            i64::from(at.is_none()),
            count_now - had[0],
            sizes[0] - had[1],
            sizes[1] - had[2],
        ],
    )?;
    Ok(true)
}

fn put_pack(
    tx: &mut Tx,
    day: &DayToPack,
    group: &Group,
    (number, first_seq): (i64, u64),
    (packed, loose_bytes): (&[u8], usize),
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO change_packs (pack, direction, peer, feed, business_date, first_seq, last_seq,
             changes, loose_bytes, packed_bytes, packed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (pack) DO UPDATE SET changes = excluded.changes,
             loose_bytes = excluded.loose_bytes, packed_bytes = excluded.packed_bytes,
             packed = excluded.packed",
        params![
            number,
            day.stream.direction.word(),
            day.stream.peer.0,
            day.feed.0,
            day.date.days(),
            int(first_seq),
            int(group.last_seq),
            int(group.changes.len() as u64),
            int(loose_bytes as u64),
            int(packed.len() as u64),
            packed,
        ],
    )?;
    Ok(())
}

fn is_any_loose(tx: &mut Tx, group: &Group) -> Result<bool, DbError> {
    for hash in &group.hashes {
        let row = tx.query_opt(
            "SELECT 1 FROM changes WHERE change_hash = $1",
            params![hash.0],
        )?;
        if row.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn next_pack(tx: &mut Tx) -> Result<i64, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(MAX(pack), 0) + 1 FROM change_packs",
        params![],
    )?;
    row.read(0)
}
