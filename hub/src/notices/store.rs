//! The SQL of posted notices and of who should get them.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::EdgeNumber;

/// A posted notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) id: [u8; 16],
    pub(super) text: String,
    pub(super) until_ms: Option<i64>,
    pub(super) posted_at_ms: i64,
    pub(super) posted_by: String,
}

pub(super) fn add(tx: &mut Tx, notice: &Notice) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO notices (notice_id, text, until_ms, posted_at_ms, posted_by)
         VALUES ($1, $2, $3, $4, $5)",
        params![
            notice.id,
            &notice.text,
            notice.until_ms,
            notice.posted_at_ms,
            &notice.posted_by,
        ],
    )?;
    Ok(())
}

/// Notes as which record of the hub's feed an edge gets a notice.
pub(super) fn add_delivery(
    tx: &mut Tx,
    notice_id: [u8; 16],
    edge: EdgeNumber,
    seq: u64,
) -> Result<(), DbError> {
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    tx.execute(
        "INSERT INTO notice_deliveries (notice_id, edge, seq) VALUES ($1, $2, $3)",
        params![notice_id, edge.0, seq],
    )?;
    Ok(())
}

/// Returns notices, the newest first, at most `limit`.
pub(super) fn notices(tx: &mut Tx, limit: u32) -> Result<Vec<Notice>, DbError> {
    let rows = tx.query_all(
        "SELECT notice_id, text, until_ms, posted_at_ms, posted_by FROM notices
         ORDER BY posted_at_ms DESC, notice_id DESC LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Notice {
                id: row.read(0)?,
                text: row.read(1)?,
                until_ms: row.read(2)?,
                posted_at_ms: row.read(3)?,
                posted_by: row.read(4)?,
            })
        })
        .collect()
}

/// Returns to which edges a notice goes, and as which records.
pub(super) fn deliveries(
    tx: &mut Tx,
    notice_id: [u8; 16],
) -> Result<Vec<(EdgeNumber, i64)>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, seq FROM notice_deliveries WHERE notice_id = $1 ORDER BY edge",
        params![notice_id],
    )?;
    rows.iter()
        .map(|row| Ok((EdgeNumber(row.read(0)?), row.read(1)?)))
        .collect()
}
