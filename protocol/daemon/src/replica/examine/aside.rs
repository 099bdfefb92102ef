//! One record that was set aside, with its bytes: what it is, where it stands, what it would say.

use counterpart_protocol::documents::{ChangeHash, Expected, admit, admit_to_order};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{DocumentId, EdgeNumber};
use counterpart_protocol::sync::FeedId;
use counterpart_protocol::time::BusinessDate;
use serde::Serialize;

use super::super::Replica;
use super::super::feeds::{Direction, Stream, head_of, int, read_date, unsigned};
use super::super::quarantine::Quarantined;
use super::inspect::Said;
use crate::db::{DbError, Row, Tx};
use crate::params;

/// A record that was set aside, as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AsideListed {
    /// Which, why and when.
    #[serde(flatten)]
    pub record: Quarantined,
    /// The word for its kind as the record says, or its number if this program does not know it.
    pub kind: String,
    /// The document it belongs to, as the record says.
    pub document: String,
    /// The day it counts for.
    pub business_date: BusinessDate,
    /// How many bytes are kept.
    pub size_bytes: u64,
}

/// A record that was set aside, with everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideShown {
    /// Which, why and when.
    pub listed: AsideListed,
    /// The change its sender chained, by its SHA-256.
    pub change: String,
    /// Whether the kept bytes are that change.
    pub is_intact: bool,
    /// The chain after the record.
    pub chain: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What it would say, or why nobody can read it.
    pub said: Said,
}

/// Records of the kind that is believed or not: ours, and the peer's.
const LISTED: &str = "q.direction, q.peer, q.feed, q.seq, q.reason, q.noticed_at_ms, r.kind,
    r.document, r.business_date, LENGTH(COALESCE(q.bytes, c.bytes))";
const FROM: &str = "FROM quarantine q
    JOIN feed_records r ON r.direction = q.direction AND r.peer = q.peer AND r.feed = q.feed
        AND r.seq = q.seq
    LEFT JOIN changes c ON c.change_hash = r.change_hash";

impl Replica {
    /// Returns the newest records that peers sent and this node set aside, at most `limit`; those
    /// after (`noticed_at_ms`, `peer`, `feed`, `seq`) of the last of a page before if that is
    /// given.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn aside(
        &self,
        tx: &mut Tx,
        after: Option<(i64, u32, u32, u64)>,
        limit: u32,
    ) -> Result<Vec<AsideListed>, DbError> {
        let (at_ms, peer, feed, seq) =
            after.unwrap_or((i64::MAX, u32::MAX, u32::MAX, u64::MAX >> 1));
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        let sql = format!(
            "SELECT {LISTED} {FROM} WHERE q.direction = $1
             AND (q.noticed_at_ms, q.peer, q.feed, q.seq) < ($2, $3, $4, $5)
             ORDER BY q.noticed_at_ms DESC, q.peer DESC, q.feed DESC, q.seq DESC LIMIT $6"
        );
        let values = params![Direction::In.word(), at_ms, peer, feed, seq, limit];
        let rows = tx.query_all(&sql, values)?;
        rows.iter().map(listed).collect()
    }

    /// Returns a record that a peer sent and this node set aside, with its bytes; nothing if none
    /// stands there.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn aside_one(
        &self,
        tx: &mut Tx,
        peer: EdgeNumber,
        run: u32,
        seq: u64,
    ) -> Result<Option<AsideShown>, DbError> {
        // A person may have typed the number into an address.
        if i64::try_from(seq).is_err() {
            return Ok(None);
        }
        let sql = format!(
            "SELECT {LISTED}, r.change_hash, r.chain, COALESCE(q.bytes, c.bytes) {FROM}
             WHERE q.direction = $1 AND q.peer = $2 AND q.feed = $3 AND q.seq = $4"
        );
        let values = params![Direction::In.word(), peer.0, run, int(seq)];
        let Some(row) = tx.query_opt(&sql, values)? else {
            return Ok(None);
        };
        let (change, chain): ([u8; 32], [u8; 32]) = (row.read(10)?, row.read(11)?);
        let bytes = row.read::<Option<Vec<u8>>>(12)?.unwrap_or_default();
        let listed = listed(&row)?;
        let stream = Stream {
            direction: Direction::In,
            peer,
        };
        let document: Result<DocumentId, _> = listed.document.parse();
        let actor = head_of(tx, stream, FeedId(run))?.map(|row| row.actor);
        let fact = match (document, actor) {
            (Ok(DocumentId::Order(_)), _) => admit_to_order(&bytes).map(|change| change.fact),
            (Ok(DocumentId::Segment(document)), Some(actor)) => {
                let expected = Expected {
                    document,
                    actor,
                    seq,
                };
                admit(&bytes, &expected).map(|admitted| admitted.fact)
            }
            (Ok(DocumentId::Segment(_)), None) | (Err(_), _) => {
                unreachable!("a record that is stored has a document, and its run a head")
            }
        };
        let said = match fact {
            Ok(fact) => Said::of(&fact),
            Err(refused) => Said::Unreadable {
                unreadable: refused.to_string(),
            },
        };
        let hash = ChangeHash(change);
        Ok(Some(AsideShown {
            listed,
            change: hash.to_string(),
            is_intact: ChangeHash::of(&bytes) == hash,
            chain: counterpart_protocol::sync::Chain(chain).to_string(),
            bytes,
            said,
        }))
    }
}

fn listed(row: &Row) -> Result<AsideListed, DbError> {
    let kind_number: u32 = row.read(6)?;
    let record = Quarantined {
        direction: row.read(0)?,
        peer: EdgeNumber(row.read(1)?),
        feed: row.read(2)?,
        seq: unsigned(row, 3)?,
        reason: row.read(4)?,
        noticed_at_ms: row.read(5)?,
    };
    Ok(AsideListed {
        record,
        kind: Kind::from_number(kind_number)
            .map_or_else(|| kind_number.to_string(), |kind| kind.word().to_owned()),
        document: row.read(7)?,
        business_date: read_date(row, 8)?,
        size_bytes: row.read::<Option<i64>>(9)?.unwrap_or(0).unsigned_abs(),
    })
}
