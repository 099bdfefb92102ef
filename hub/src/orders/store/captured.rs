//! What is kept beside an order's facts: the channel's request and answer, where custody stands in
//! a feed, the sealed code, and the decisions of routing.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{EdgeNumber, FulfilmentId, OrderId};

/// A captured order, by its channel's reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) struct Capture {
    pub(in crate::orders) channel: String,
    pub(in crate::orders) channel_reference: String,
    pub(in crate::orders) order_id: OrderId,
    pub(in crate::orders) request_sha256: [u8; 32],
    /// What was ordered, as JSON.
    pub(in crate::orders) content: String,
    /// What was answered, as JSON.
    pub(in crate::orders) answer: String,
    pub(in crate::orders) captured_at_ms: i64,
    pub(in crate::orders) captured_by: String,
}

/// The custody of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) struct Custody {
    pub(in crate::orders) fulfilment_id: FulfilmentId,
    pub(in crate::orders) epoch: u32,
    pub(in crate::orders) edge: EdgeNumber,
    /// The record of the edge's feed that gives it custody.
    pub(in crate::orders) feed_seq: u64,
    /// Code and digits.
    pub(in crate::orders) sealed: Vec<u8>,
}

/// A decision of routing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) struct Routing {
    pub(in crate::orders) at_ms: i64,
    pub(in crate::orders) because: String,
    pub(in crate::orders) by_whom: String,
    pub(in crate::orders) fulfilment_id: Option<FulfilmentId>,
    pub(in crate::orders) store_id: Option<String>,
    /// What was thought of every store, as JSON.
    pub(in crate::orders) considered: String,
}

pub(in crate::orders) fn capture(
    tx: &mut Tx,
    channel: &str,
    channel_reference: &str,
) -> Result<Option<Capture>, DbError> {
    let row = tx.query_opt(
        "SELECT channel, channel_reference, order_id, request_sha256, content, answer,
             captured_at_ms, captured_by
         FROM captures WHERE channel = $1 AND channel_reference = $2",
        params![channel, channel_reference],
    )?;
    row.map(|row| {
        Ok(Capture {
            channel: row.read(0)?,
            channel_reference: row.read(1)?,
            order_id: OrderId::from_bytes(row.read(2)?),
            request_sha256: row.read(3)?,
            content: row.read(4)?,
            answer: row.read(5)?,
            captured_at_ms: row.read(6)?,
            captured_by: row.read(7)?,
        })
    })
    .transpose()
}

/// Returns the order a channel calls so, as its facts say: the first, should there be several.
pub(in crate::orders) fn by_reference(
    tx: &mut Tx,
    channel: &str,
    channel_reference: &str,
) -> Result<Option<OrderId>, DbError> {
    let row = tx.query_opt(
        "SELECT order_id FROM orders WHERE channel = $1 AND channel_reference = $2
         ORDER BY order_id LIMIT 1",
        params![channel, channel_reference],
    )?;
    row.map(|row| row.read(0).map(OrderId::from_bytes))
        .transpose()
}

/// Makes every custody there is count as framed to its store.
pub(in crate::orders) fn forget_frames(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute("UPDATE custodies SET feed_seq = 0", params![])?;
    Ok(())
}

pub(in crate::orders) fn add_capture(tx: &mut Tx, new: &Capture) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO captures (channel, channel_reference, order_id, request_sha256, content,
             answer, captured_at_ms, captured_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            &new.channel,
            &new.channel_reference,
            new.order_id.to_bytes(),
            new.request_sha256,
            &new.content,
            &new.answer,
            new.captured_at_ms,
            &new.captured_by,
        ],
    )?;
    Ok(())
}

pub(in crate::orders) fn add_custody(tx: &mut Tx, new: &Custody) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO custodies (fulfilment_id, epoch, edge, feed_seq, sealed)
         VALUES ($1, $2, $3, $4, $5)",
        params![
            new.fulfilment_id.to_bytes(),
            new.epoch,
            new.edge.0,
            i64::try_from(new.feed_seq).unwrap_or(i64::MAX),
            &new.sealed[..],
        ],
    )?;
    Ok(())
}

/// Returns the custody of a part under an epoch.
pub(in crate::orders) fn custody(
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    epoch: u32,
) -> Result<Option<Custody>, DbError> {
    let row = tx.query_opt(
        "SELECT fulfilment_id, epoch, edge, feed_seq, sealed FROM custodies
         WHERE fulfilment_id = $1 AND epoch = $2",
        params![fulfilment_id.to_bytes(), epoch],
    )?;
    row.map(|row| {
        Ok(Custody {
            fulfilment_id: FulfilmentId::from_bytes(row.read(0)?),
            epoch: row.read(1)?,
            edge: EdgeNumber(row.read(2)?),
            feed_seq: row.read::<i64>(3)?.unsigned_abs(),
            sealed: row.read(4)?,
        })
    })
    .transpose()
}

/// Adds a decision after those there are.
pub(in crate::orders) fn add_routing(
    tx: &mut Tx,
    order_id: OrderId,
    new: &Routing,
) -> Result<(), DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(MAX(decision), 0) + 1 FROM routings WHERE order_id = $1",
        params![order_id.to_bytes()],
    )?;
    tx.execute(
        "INSERT INTO routings (order_id, decision, at_ms, because, by_whom, fulfilment_id,
             store_id, considered)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            order_id.to_bytes(),
            row.read::<i64>(0)?,
            new.at_ms,
            &new.because,
            &new.by_whom,
            new.fulfilment_id.map(|id| id.to_bytes()),
            new.store_id.as_deref(),
            &new.considered,
        ],
    )?;
    Ok(())
}

fn routing(row: &Row) -> Result<Routing, DbError> {
    let fulfilment_id: Option<[u8; 16]> = row.read(3)?;
    Ok(Routing {
        at_ms: row.read(0)?,
        because: row.read(1)?,
        by_whom: row.read(2)?,
        fulfilment_id: fulfilment_id.map(FulfilmentId::from_bytes),
        store_id: row.read(4)?,
        considered: row.read(5)?,
    })
}

/// Returns the decisions about an order, in their order, at most `limit`.
pub(in crate::orders) fn routings(
    tx: &mut Tx,
    order_id: OrderId,
    limit: u32,
) -> Result<Vec<Routing>, DbError> {
    let rows = tx.query_all(
        "SELECT at_ms, because, by_whom, fulfilment_id, store_id, considered FROM routings
         WHERE order_id = $1 ORDER BY decision LIMIT $2",
        params![order_id.to_bytes(), limit],
    )?;
    rows.iter().map(routing).collect()
}
