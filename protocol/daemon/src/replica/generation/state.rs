//! The SQL of generations: the one a hub opened, how it stands with each edge, and what an edge
//! knows of its hub.

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::lives::LifeBecause;
use counterpart_protocol::sync::{FeedHead, FeedId, RunMet, Whose};

use super::super::feeds::{Stream, chain_at, int, unsigned};
use super::{Generation, HearTrouble, Hearing};
use crate::db::{DbError, Row, Tx, Value, ValueMismatch};
use crate::params;

pub(super) fn generation(tx: &mut Tx) -> Result<Option<Generation>, DbError> {
    let row = tx.query_opt(
        "SELECT generation, because, opened_at_ms, unproven_from_ms FROM replica_generation",
        params![],
    )?;
    row.map(|row| {
        let word: String = row.read(1)?;
        Ok(Generation {
            generation: row.read(0)?,
            because: LifeBecause::from_word(&word)
                .ok_or_else(|| unknown(1, word, "why a generation was opened"))?,
            opened_at_ms: row.read(2)?,
            unproven_from_ms: row.read(3)?,
        })
    })
    .transpose()
}

fn unknown(column: usize, word: String, expected: &'static str) -> DbError {
    DbError::Column {
        column,
        sql: "replica_generation".into(),
        mismatch: ValueMismatch::new(&Value::Text(word), expected),
    }
}

/// Remembers the generation that is opened; what was heard in an earlier one counts no more.
pub(super) fn begin(tx: &mut Tx, opened: &Generation) -> Result<(), DbError> {
    tx.execute("DELETE FROM replica_hearing", params![])?;
    tx.execute("DELETE FROM replica_generation", params![])?;
    tx.execute(
        "INSERT INTO replica_generation (singleton, generation, because, opened_at_ms,
             unproven_from_ms)
         VALUES (1, $1, $2, $3, $4)",
        params![
            opened.generation,
            opened.because.word(),
            opened.opened_at_ms,
            opened.unproven_from_ms,
        ],
    )?;
    Ok(())
}

/// Returns the highest generation any edge ever spoke of, 0 if none did.
pub(super) fn highest_told(tx: &mut Tx) -> Result<u32, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(MAX(trouble_number), 0) FROM replica_hearing WHERE trouble = 'outlived'",
        params![],
    )?;
    row.read(0)
}

/// Returns every edge there ever was an exchange with, by number.
pub(super) fn peers(tx: &mut Tx) -> Result<Vec<EdgeNumber>, DbError> {
    let rows = tx.query_all(
        "SELECT DISTINCT peer FROM feed_heads ORDER BY peer",
        params![],
    )?;
    rows.iter().map(|row| row.read(0).map(EdgeNumber)).collect()
}

const COLUMNS: &str = "heard_at_ms, taken, trouble, trouble_number";

fn hearing_row(row: &Row, edge: EdgeNumber, at: usize) -> Result<Hearing, DbError> {
    let trouble = match row.read::<Option<String>>(at + 2)? {
        None => None,
        Some(word) => {
            let number = unsigned(row, at + 3)?;
            Some(match word.as_str() {
                "outlived" => HearTrouble::Outlived(u32::try_from(number).unwrap_or(u32::MAX)),
                "behind" => HearTrouble::Behind(number),
                "forked" => HearTrouble::Forked(number),
                _ => return Err(unknown(at + 2, word, "a trouble with an edge")),
            })
        }
    };
    Ok(Hearing {
        edge,
        heard_at_ms: row.read(at)?,
        taken: row
            .read::<Option<i64>>(at + 1)?
            .unwrap_or(0)
            .cast_unsigned(),
        trouble,
    })
}

pub(super) fn hearing(tx: &mut Tx, edge: EdgeNumber) -> Result<Option<Hearing>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM replica_hearing WHERE peer = $1");
    let row = tx.query_opt(&sql, params![edge.0])?;
    row.map(|row| hearing_row(&row, edge, 0)).transpose()
}

pub(super) fn hearings(tx: &mut Tx) -> Result<Vec<Hearing>, DbError> {
    let restored = generation(tx)?.is_some();
    let whom = match restored {
        true => "SELECT DISTINCT peer FROM feed_heads",
        false => "SELECT peer FROM replica_hearing WHERE trouble IS NOT NULL",
    };
    let sql = format!(
        "SELECT p.peer, {COLUMNS} FROM ({whom}) p
         LEFT JOIN replica_hearing r ON r.peer = p.peer ORDER BY p.peer"
    );
    let rows = tx.query_all(&sql, params![])?;
    rows.iter()
        .map(|row| hearing_row(row, EdgeNumber(row.read(0)?), 1))
        .collect()
}

/// Remembers how the hub stands with an edge, if that is news.
pub(super) fn put_hearing(tx: &mut Tx, new: &Hearing) -> Result<(), DbError> {
    if hearing(tx, new.edge)?.as_ref() == Some(new) {
        return Ok(());
    }
    let (trouble, number) = match new.trouble {
        None => (None, None),
        Some(HearTrouble::Outlived(generation)) => (Some("outlived"), Some(u64::from(generation))),
        Some(HearTrouble::Behind(seq)) => (Some("behind"), Some(seq)),
        Some(HearTrouble::Forked(seq)) => (Some("forked"), Some(seq)),
    };
    // A peer may say any number.
    let number = number.map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    tx.execute(
        "INSERT INTO replica_hearing (peer, heard_at_ms, taken, trouble, trouble_number)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (peer) DO UPDATE SET heard_at_ms = excluded.heard_at_ms,
             taken = excluded.taken, trouble = excluded.trouble,
             trouble_number = excluded.trouble_number",
        params![new.edge.0, new.heard_at_ms, int(new.taken), trouble, number,],
    )?;
    Ok(())
}

/// Returns how far each run of a stream before `before` goes, the newest first, at most `limit`.
pub(super) fn runs_before(
    tx: &mut Tx,
    stream: Stream,
    before: u32,
    limit: u32,
) -> Result<Vec<FeedHead>, DbError> {
    let rows = tx.query_all(
        "SELECT feed, seq, chain FROM feed_heads
         WHERE direction = $1 AND peer = $2 AND feed < $3 AND seq > 0
         ORDER BY feed DESC LIMIT $4",
        params![stream.direction.word(), stream.peer.0, before, limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(FeedHead {
                feed: FeedId(row.read(0)?),
                seq: unsigned(row, 1)?,
                chain: counterpart_protocol::sync::Chain(row.read(2)?),
            })
        })
        .collect()
}

/// What an edge knows of its hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HubKnown {
    /// The newest generation it has met.
    pub(super) generation: u32,
    /// Whether that one needs no more of it.
    pub(super) heard: bool,
    /// Whether the hub has heard everybody else too.
    pub(super) settled: bool,
    /// What it asked for last: whose run, which, after which record.
    pub(super) asks: Option<(Whose, FeedId, u64)>,
}

pub(super) fn hub(tx: &mut Tx) -> Result<Option<HubKnown>, DbError> {
    let row = tx.query_opt(
        "SELECT generation, heard, asks_own, asks_feed, asks_seq, settled FROM replica_hub",
        params![],
    )?;
    row.map(|row| {
        let whose = |own: i64| match own {
            0 => Whose::Hubs,
            _ => Whose::Edges,
        };
        let asks = match row.read::<Option<i64>>(2)? {
            Some(own) => Some((whose(own), FeedId(row.read(3)?), unsigned(&row, 4)?)),
            None => None,
        };
        Ok(HubKnown {
            generation: row.read(0)?,
            heard: row.read::<i64>(1)? == 1,
            settled: row.read::<i64>(5)? == 1,
            asks,
        })
    })
    .transpose()
}

pub(super) fn put_hub(tx: &mut Tx, known: &HubKnown) -> Result<(), DbError> {
    let asks = known.asks.map(|(whose, feed, seq)| {
        let own = i64::from(whose == Whose::Edges);
        (own, feed.0, i64::try_from(seq).unwrap_or(i64::MAX))
    });
    tx.execute("DELETE FROM replica_hub", params![])?;
    tx.execute(
        "INSERT INTO replica_hub (singleton, generation, heard, asks_own, asks_feed, asks_seq,
             settled)
         VALUES (1, $1, $2, $3, $4, $5, $6)",
        params![
            known.generation,
            i64::from(known.heard),
            asks.map(|(own, _, _)| own),
            asks.map(|(_, feed, _)| feed),
            asks.map(|(_, _, seq)| seq),
            i64::from(known.settled),
        ],
    )?;
    Ok(())
}

/// Returns the place in one of our runs after which records are asked for, if we have it.
pub(super) fn place(
    tx: &mut Tx,
    stream: Stream,
    (whose, feed, seq): (Whose, FeedId, u64),
) -> Result<Option<RunMet>, DbError> {
    let chain = chain_at(tx, stream, feed, seq)?;
    Ok(chain.map(|chain| RunMet {
        whose,
        head: FeedHead { feed, seq, chain },
    }))
}
