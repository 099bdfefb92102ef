//! The SQL of transfers.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{EdgeNumber, FactId, Sku, TransferId};
use counterpart_protocol::quantity::Milli;

use super::rules::Line;

/// A transfer, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Transfer {
    pub(super) id: TransferId,
    pub(super) sent: Option<Sent>,
    pub(super) received: Option<Received>,
    pub(super) told_edge: Option<EdgeNumber>,
}

/// What the sender said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) by: EdgeNumber,
    pub(super) to_store: String,
    pub(super) at_ms: i64,
    pub(super) fact: FactId,
}

/// What the receiver said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) by: EdgeNumber,
    pub(super) at_ms: i64,
    pub(super) fact: FactId,
}

const COLUMNS: &str = "transfer_id, sent_by, to_store, sent_at_ms, sent_fact, received_by,
    received_at_ms, received_fact, told_edge";

fn transfer(row: &Row) -> Result<Transfer, DbError> {
    const WHOLE: &str = "what one end said is stored whole";
    let sent = match row.read::<Option<u32>>(1)? {
        Some(by) => Some(Sent {
            by: EdgeNumber(by),
            to_store: row.read::<Option<String>>(2)?.expect(WHOLE),
            at_ms: row.read::<Option<i64>>(3)?.expect(WHOLE),
            fact: FactId::from_bytes(row.read::<Option<[u8; 16]>>(4)?.expect(WHOLE)),
        }),
        None => None,
    };
    let received = match row.read::<Option<u32>>(5)? {
        Some(by) => Some(Received {
            by: EdgeNumber(by),
            at_ms: row.read::<Option<i64>>(6)?.expect(WHOLE),
            fact: FactId::from_bytes(row.read::<Option<[u8; 16]>>(7)?.expect(WHOLE)),
        }),
        None => None,
    };
    Ok(Transfer {
        id: TransferId::from_bytes(row.read(0)?),
        sent,
        received,
        told_edge: row.read::<Option<u32>>(8)?.map(EdgeNumber),
    })
}

pub(super) fn by_id(tx: &mut Tx, id: TransferId) -> Result<Option<Transfer>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM transfers WHERE transfer_id = $1");
    let row = tx.query_opt(&sql, params![id.to_bytes()])?;
    row.as_ref().map(transfer).transpose()
}

fn begin(tx: &mut Tx, id: TransferId) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO transfers (transfer_id) VALUES ($1) ON CONFLICT (transfer_id) DO NOTHING",
        params![id.to_bytes()],
    )?;
    Ok(())
}

pub(super) fn put_sent(tx: &mut Tx, id: TransferId, sent: &Sent) -> Result<(), DbError> {
    begin(tx, id)?;
    tx.execute(
        "UPDATE transfers SET sent_by = $2, to_store = $3, sent_at_ms = $4, sent_fact = $5
         WHERE transfer_id = $1",
        params![
            id.to_bytes(),
            sent.by.0,
            &sent.to_store,
            sent.at_ms,
            sent.fact.to_bytes(),
        ],
    )?;
    Ok(())
}

pub(super) fn put_received(
    tx: &mut Tx,
    id: TransferId,
    received: &Received,
) -> Result<(), DbError> {
    begin(tx, id)?;
    tx.execute(
        "UPDATE transfers SET received_by = $2, received_at_ms = $3, received_fact = $4
         WHERE transfer_id = $1",
        params![
            id.to_bytes(),
            received.by.0,
            received.at_ms,
            received.fact.to_bytes(),
        ],
    )?;
    Ok(())
}

pub(super) fn put_told(tx: &mut Tx, id: TransferId, edge: EdgeNumber) -> Result<(), DbError> {
    begin(tx, id)?;
    tx.execute(
        "UPDATE transfers SET told_edge = $2 WHERE transfer_id = $1",
        params![id.to_bytes(), edge.0],
    )?;
    Ok(())
}

pub(super) fn put_line(tx: &mut Tx, id: TransferId, line: &Line) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO transfer_lines (transfer_id, sku, sent_milli, counted_milli)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (transfer_id, sku) DO UPDATE
         SET sent_milli = excluded.sent_milli, counted_milli = excluded.counted_milli",
        params![
            id.to_bytes(),
            line.sku.as_str(),
            line.sent.0,
            line.counted.0
        ],
    )?;
    Ok(())
}

pub(super) fn lines(tx: &mut Tx, id: TransferId) -> Result<Vec<Line>, DbError> {
    let rows = tx.query_all(
        "SELECT sku, sent_milli, counted_milli FROM transfer_lines WHERE transfer_id = $1
         ORDER BY sku",
        params![id.to_bytes()],
    )?;
    rows.iter()
        .map(|row| {
            let sku: String = row.read(0)?;
            Ok(Line {
                sku: sku
                    .parse::<Sku>()
                    .expect("only the SKUs of facts are stored"),
                sent: Milli(row.read(1)?),
                counted: Milli(row.read(2)?),
            })
        })
        .collect()
}

/// Returns transfers nobody was told of, the oldest first, after `after`, at most `limit`.
pub(super) fn untold(
    tx: &mut Tx,
    after: Option<(i64, TransferId)>,
    limit: u32,
) -> Result<Vec<(i64, TransferId)>, DbError> {
    let (at_ms, id) = after.map_or((i64::MIN, [0; 16]), |(at_ms, id)| (at_ms, id.to_bytes()));
    let rows = tx.query_all(
        "SELECT sent_at_ms, transfer_id FROM transfers
         WHERE told_edge IS NULL AND sent_at_ms IS NOT NULL
             AND (sent_at_ms, transfer_id) > ($1, $2)
         ORDER BY sent_at_ms, transfer_id LIMIT $3",
        params![at_ms, id, limit],
    )?;
    rows.iter()
        .map(|row| Ok((row.read(0)?, TransferId::from_bytes(row.read(1)?))))
        .collect()
}

/// Which transfers are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Every one.
    All,
    /// Those nobody has counted in.
    UnderWay,
    /// Those of which something else arrived than was sent.
    Differing,
}

impl Which {
    const fn condition(self) -> &'static str {
        match self {
            Self::All => "",
            Self::UnderWay => "AND received_at_ms IS NULL",
            Self::Differing => {
                "AND received_at_ms IS NOT NULL AND EXISTS (
                     SELECT 1 FROM transfer_lines l WHERE l.transfer_id = transfers.transfer_id
                         AND l.sent_milli <> l.counted_milli)"
            }
        }
    }
}

/// Returns transfers, the newest first, after `after`, at most `limit`.
pub(super) fn listed(
    tx: &mut Tx,
    which: Which,
    after: Option<(i64, TransferId)>,
    limit: u32,
) -> Result<Vec<Transfer>, DbError> {
    let (at_ms, id) = after.map_or((i64::MAX, [255; 16]), |(at_ms, id)| (at_ms, id.to_bytes()));
    let condition = which.condition();
    let sql = format!(
        "SELECT {COLUMNS} FROM transfers
         WHERE sent_at_ms IS NOT NULL AND (sent_at_ms, transfer_id) < ($1, $2) {condition}
         ORDER BY sent_at_ms DESC, transfer_id DESC LIMIT $3"
    );
    let rows = tx.query_all(&sql, params![at_ms, id, limit])?;
    rows.iter().map(transfer).collect()
}

/// The tables of the views.
pub(super) const VIEWS: &[&str] = &["transfers", "transfer_lines"];
